"""A run goes on from what it finished, and never in another run's folder."""

import json
from functools import partial

import numpy as np
import pytest

from osteon.cluster import PartTask, open_run_folder, run_parts
from osteon.errors import BadInputError, OsteonError
from osteon.population import ThreadExecutor

TASKS = [PartTask(name=f"part-{number}", work=number) for number in range(5)]


def compute(made, number):
    made.append(number)
    return {"value": np.full(3, number)}


def total(number, columns):
    return int(columns["value"].sum()) + 0 * number


def run(path, run_hash="abc", tasks=TASKS):
    made = []
    folder = open_run_folder(path, run_hash)
    finished = list(
        run_parts(folder, tasks, partial(compute, made), total, executor=ThreadExecutor(threads=1))
    )
    return made, finished


def test_a_second_run_makes_nothing_and_says_the_same(tmp_path):
    made, first = run(tmp_path)
    assert (sorted(made), [part.found for part in first]) == ([0, 1, 2, 3, 4], [False] * 5)
    again, second = run(tmp_path)
    assert (again, [part.found for part in second]) == ([], [True] * 5)
    assert [(p.name, p.rows, p.content_hash, p.summary) for p in first] == [
        (p.name, p.rows, p.content_hash, p.summary) for p in second
    ]
    assert [part.summary for part in first] == [0, 3, 6, 9, 12]


def test_only_what_is_missing_or_torn_is_made_again(tmp_path):
    run(tmp_path)
    (tmp_path / "parts" / "part-1.parquet").unlink()
    (tmp_path / "parts" / "part-3.parquet").write_bytes(b"torn")
    made, finished = run(tmp_path)
    assert sorted(made) == [1, 3]
    assert [part.found for part in finished] == [True, False, True, False, True]


def test_a_part_of_another_run_is_not_taken_for_ones_own(tmp_path):
    run(tmp_path)
    assert run(tmp_path, run_hash="other")[0] == [0, 1, 2, 3, 4]


def test_what_an_interrupted_write_left_is_removed(tmp_path):
    run(tmp_path)
    left = tmp_path / "parts" / ".part-9.parquet.x.unfinished"
    left.write_bytes(b"half")
    run(tmp_path)
    assert not left.exists()


def test_the_folder_of_another_run_is_refused(tmp_path):
    open_run_folder(tmp_path, "abc").write_manifest({"rows": 3})
    assert json.loads((tmp_path / "manifest.json").read_text()) == {"rows": 3, "run_hash": "abc"}
    open_run_folder(tmp_path, "abc")
    with pytest.raises(BadInputError) as fault:
        open_run_folder(tmp_path, "other")
    assert fault.value.code == "cluster.other_run"
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(BadInputError):
        open_run_folder(tmp_path, "abc")


def test_a_place_that_is_no_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInputError, match=r"cluster\.not_writable"):
        open_run_folder(tmp_path / "file", "abc")


def test_a_folder_that_only_the_worker_sees_is_told(tmp_path, monkeypatch):
    from osteon.cluster import run_folder

    class Elsewhere:
        """A worker whose disk is not this one."""

        def map(self, function, items):
            for item in items:
                done = function(item)
                (tmp_path / "parts" / f"{done.name}.parquet").unlink()
                yield done

    monkeypatch.setattr(run_folder, "_PATIENCE_S", 0.1)
    folder = open_run_folder(tmp_path, "abc")
    with pytest.raises(OsteonError, match=r"cluster\.folder_not_shared"):
        list(run_parts(folder, TASKS, partial(compute, []), total, executor=Elsewhere()))


def test_what_a_worker_that_was_killed_left_is_gone_when_the_run_ends(tmp_path):
    folder = open_run_folder(tmp_path, "abc")
    left = tmp_path / "parts" / ".part-2.parquet.y.unfinished"
    left.write_bytes(b"half")
    finished = list(run_parts(folder, TASKS, partial(compute, []), total, executor=ThreadExecutor(threads=1)))
    assert len(finished) == len(TASKS)
    assert not left.exists()
