"""`osteon validate`: a user's own tables, with and without JSON."""

import json

import jsonschema
import pytest

from osteon.app import PeerComparison, ValidatedEvidence, describe_schema, validation
from osteon.evidence import Role, open_calibration_facts
from osteon.inference import read_observations
from osteon.remodeling import Outcomes, load_parameter_set
from osteon.trials import (
    CellSettings,
    CohortSettings,
    NoChange,
    Reproduction,
    compare_with_peer,
    list_published_cells,
    simulate_cells,
)
from osteon.trials.reproduction import trace_observations


def read_json(result, schema):
    document = json.loads(result.out)
    jsonschema.validate(document, json.loads(describe_schema(schema)))
    return document


@pytest.fixture(scope="module")
def examples(request):
    return request.config.rootpath / "examples"


def test_arms_stand_beside_their_simulation_and_a_fault_in_its_row(osteon, examples):
    result = osteon("validate", "--table", str(examples / "arms.csv"), "--json")
    assert result.code == 0
    rows = read_json(result, "validate-table")["rows"]
    assert [("simulated" in row) for row in rows] == [True, True, True, False]
    assert rows[3]["error"]["code"] == "therapy.unknown_drug"
    for row in rows[:3]:
        assert row["simulated_low"] < row["simulated"] < row["simulated_high"]


def test_chances_stand_beside_their_simulation(osteon, examples):
    result = osteon("validate", "--cells", str(examples / "cells.csv"), "--json")
    assert result.code == 0
    document = read_json(result, "validate-cells")
    errors = [abs(row["simulated"] - row["probability"]) for row in document["rows"]]
    assert document["mean_absolute_error"] == pytest.approx(sum(errors) / len(errors), abs=1e-6)


def test_the_page_names_the_fault_and_the_error(osteon, examples):
    result = osteon("validate", "--table", str(examples / "arms.csv"))
    assert result.code == 0
    assert "therapy.unknown_drug" in result.out
    assert "root-mean-square error" in result.out


def test_two_tables_at_once_are_refused(osteon, examples):
    table, cells = str(examples / "arms.csv"), str(examples / "cells.csv")
    result = osteon("validate", "--table", table, "--cells", cells)
    assert result.code == 2


@pytest.fixture(scope="module")
def evidence():
    """A few arms in place of all of them."""
    settings = CohortSettings(subjects=16, trials=8)
    seen = read_observations(open_calibration_facts, frozenset(Outcomes._fields))
    asked = [o for o in seen if o.study in {"DECIDE", "FREEDOM"} and o.month > 0]
    rows, courses = trace_observations(asked, load_parameter_set(), settings=settings)
    one = Reproduction(
        role=Role.CALIBRATION,
        rows=rows,
        outside=0,
        spreads=(),
        parameter_set="a set",
        sources=("bone2017freedom",),
        courses=courses,
    )
    return ValidatedEvidence(
        reproductions=(one,),
        cells=simulate_cells(list_published_cells()[:2], settings=CellSettings(draws=2, per_draw=4)),
        peers=(PeerComparison(role=one.role, scores=compare_with_peer(rows, NoChange())),),
        seconds=1.0,
    )


@pytest.fixture
def reproduced(monkeypatch, evidence):
    monkeypatch.setattr(validation, "validate", lambda **_: evidence)
    return evidence


def test_the_summary_fits_one_screen_of_80_columns(osteon, reproduced, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    result = osteon("validate")
    assert result.code == 0
    lines = result.out.splitlines()
    assert len(lines) <= 30
    assert all(len(line) <= 80 for line in lines)
    for word in ("Seen by the fit", "50/90 %", "no change", "Published chances", "targets met", "Misfits"):
        assert word in result.out


def test_the_numbers_of_the_screen_are_those_of_the_json(osteon, reproduced):
    document = read_json(osteon("validate", "--json"), "validate")
    screen = osteon("validate").out
    for one in document["judgments"]:
        if one["quantity"] == "rmse":
            assert f"{one['value']:.2f} " in screen
    for one in document["peers"]:
        assert f"{one['ratio']:.2f}" in screen
    row = document["reproductions"][0]["rows"][0]
    assert row["simulated_low"] < row["simulated"] < row["simulated_high"]


def test_the_report_is_written_beside_the_summary(osteon, reproduced, tmp_path):
    path = tmp_path / "report.html"
    result = osteon("validate", "--report", path)
    assert result.code == 0
    assert "targets met" in result.out
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert str(tmp_path) not in text


@pytest.mark.parametrize("place", ["report.pdf", "missing/report.html"])
def test_a_report_that_cannot_be_written_is_refused(osteon, reproduced, tmp_path, place):
    result = osteon("validate", "--report", tmp_path / place)
    assert result.code == 2
    assert "report." in result.err


def test_a_report_is_of_all_the_evidence(osteon, examples, tmp_path):
    result = osteon("validate", "--table", examples / "arms.csv", "--report", tmp_path / "report.html")
    assert result.code == 2
    assert "validate.report_of_table" in result.err
