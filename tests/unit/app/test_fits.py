import csv
import json

import pytest

from osteon.app import calibrate, store_fit, write_fit
from osteon.app import fits as room
from osteon.app.fits import choose_free_name
from osteon.errors import BadInputError


@pytest.fixture
def fake_run(monkeypatch, small_fit):
    asked = []

    def run(*, name, created, report):
        asked.append((name, created))
        report("means", 0, 1.0)
        return small_fit.parameters, small_fit.rows

    monkeypatch.setattr(room, "run_calibration", run)
    return asked


def test_a_set_is_named_by_the_day_unless_told(fake_run, monkeypatch):
    monkeypatch.setattr(room, "list_parameter_sets", lambda: ("1999-01-01",))
    told = []
    calibrate(progress=lambda *step: told.append(step))
    calibrate(name="mine", progress=lambda *_: None)
    (first, created), (second, _) = fake_run
    assert (first, second) == (created, "mine")
    assert told == [("means", 0, 1.0)]


def test_a_stored_set_is_never_written_over():
    assert choose_free_name("a", []) == "a"
    assert choose_free_name("a", ["a", "a-2", "b"]) == "a-3"


def test_a_fit_is_written_whole(tmp_path, small_fit):
    stored, rows = write_fit(small_fit, tmp_path)
    assert json.loads(stored.read_text())["name"] == small_fit.parameters.name
    with rows.open(newline="") as file:
        read = list(csv.DictReader(file))
    assert [float(row["difference"]) for row in read] == [row.difference for row in small_fit.rows]
    assert {row["source"] for row in read} == {"looker1998"}


def test_a_set_is_stored_where_sets_are_loaded_from(tmp_path, monkeypatch, small_fit):
    (tmp_path / "data" / "parameter_sets").mkdir(parents=True)
    monkeypatch.setattr(room, "files", lambda _: tmp_path)
    assert store_fit(small_fit).parent == tmp_path / "data" / "parameter_sets"


def test_a_package_that_is_no_folder_is_not_written_to(tmp_path, monkeypatch, small_fit):
    monkeypatch.setattr(room, "files", lambda _: tmp_path)
    with pytest.raises(BadInputError, match="not_writable"):
        store_fit(small_fit)
