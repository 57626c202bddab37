"""A part is what it holds: written whole, read back to the bit, and refused when it is torn or another's."""

import numpy as np
import pytest

from osteon.cluster import hash_columns, read_part, write_part
from osteon.errors import OsteonError

LABELS = {"run_hash": "abc", "part": "one"}


def make_columns():
    return {
        "arm": np.array(["placebo", "placebo", "drug"]),
        "month": np.array([0, 6, 0], dtype=np.int16),
        "change": np.array([0.1, -0.0, np.nan], dtype=np.float32),
        "persistent": np.array([True, False, True]),
    }


def test_it_comes_back_to_the_bit(tmp_path):
    columns, path = make_columns(), tmp_path / "one.parquet"
    content_hash = write_part(path, columns, LABELS)
    stored, stored_hash = read_part(path, LABELS)
    assert stored_hash == content_hash == hash_columns(columns)
    assert set(stored) == set(columns)
    for name, column in columns.items():
        assert stored[name].dtype == column.dtype
        assert stored[name].tobytes() == column.tobytes()
    assert [entry.name for entry in tmp_path.iterdir()] == ["one.parquet"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda columns: columns | {"month": columns["month"] + np.int16(1)},
        lambda columns: columns | {"month": columns["month"].astype(np.int32)},
        lambda columns: columns | {"change": np.array([0.1, 0.0, np.nan], dtype=np.float32)},
        lambda columns: {name: column[:2] for name, column in columns.items()},
        lambda columns: {("months" if name == "month" else name): c for name, c in columns.items()},
        lambda columns: columns | {"arm": np.array(["placebo", "placebod", "rug"])},
    ],
)
def test_the_hash_sees_every_difference(spoil):
    assert hash_columns(spoil(make_columns())) != hash_columns(make_columns())


def test_a_missing_torn_or_foreign_part_is_no_part(tmp_path):
    path = tmp_path / "one.parquet"
    assert read_part(path, LABELS) is None
    write_part(path, make_columns(), LABELS)
    assert read_part(path, LABELS | {"run_hash": "other"}) is None
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert read_part(path, LABELS) is None


def test_a_part_that_does_not_hold_what_it_says_is_no_part(tmp_path):
    import pyarrow.parquet as pq

    path = tmp_path / "one.parquet"
    write_part(path, make_columns(), LABELS)
    table = pq.read_table(path)
    pq.write_table(table.slice(0, 2), path)
    assert read_part(path, LABELS) is None


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(OsteonError, match=r"cluster\.not_writable"):
        write_part(tmp_path / "none" / "one.parquet", make_columns(), LABELS)
