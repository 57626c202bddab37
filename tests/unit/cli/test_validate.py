"""`osteon validate`: a user's own tables, with and without JSON."""

import json

import jsonschema
import pytest

from osteon.app import describe_schema


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
