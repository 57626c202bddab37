"""Every result that is written has a published schema, and keeps to it."""

import json
from dataclasses import fields

import jsonschema
import pytest

from osteon.app import (
    Demo,
    ValidatedEvidence,
    check_patient_files,
    cite_file,
    cite_keys,
    classify_file,
    describe_drugs,
    describe_schema,
    list_schemas,
    list_trials,
    make_card,
    monitor,
    read_version_facts,
    simulate_trial,
    validate_cells,
    validate_table,
    write_document,
    write_problem,
)
from osteon.errors import AbstainedError, BadInputError
from osteon.evidence import find_reference
from osteon.inference import BankSettings
from osteon.interop import check_patient_text, fill_patient_template, format_patient, read_patient_record
from osteon.therapy import PatientContext, format_sequence, standard_sequences
from tests.unit.app.example_accuracy import make_accuracy
from tests.unit.trials.example_designs import make_design

READ = {"patient", "patient-1", "trial-design"}
NEWER = {"demo": 2, "plan": 2}
FAULT = {"code": "a.b", "field": "c", "got": "d", "expected": "e", "hint": "f"}


@pytest.fixture(scope="module")
def results(root, small_plan, small_forecast, small_survey, small_fit):
    cells = validate_cells(root / "examples" / "cells.csv")
    return {
        "calibrate": small_fit,
        "cite": cite_keys(["looker1998"]),
        "classify": classify_file(root / "examples" / "cohort.csv"),
        "demo": Demo(plan=small_plan, survey=small_survey),
        "drugs": describe_drugs(),
        "forecast": small_forecast,
        "patient-check": check_patient_files(
            [root / "examples" / "followed.toml", root / "examples" / "none.toml"]
        ),
        "monitor": monitor(
            root / "examples" / "followup-off-track.toml", settings=BankSettings(draws=4, per_draw=16)
        ),
        "model-card": make_card(make_accuracy()),
        "plan": small_plan,
        "survey": small_survey,
        "trial": simulate_trial(make_design(subjects=40), workers=1),
        "trial-list": list_trials(),
        "validate": ValidatedEvidence(reproductions=(), cells=cells),
        "validate-cells": cells,
        "validate-table": validate_table(root / "examples" / "arms.csv"),
        "version": read_version_facts(),
    }


@pytest.fixture(scope="module")
def documents(results):
    texts = {name: write_document(result) for name, result in results.items()}
    texts["error"] = write_problem((BadInputError(**FAULT), AbstainedError(**FAULT)), 2)
    return {name: json.loads(text) for name, text in texts.items()}


def check(name, document):
    schema = json.loads(describe_schema(name))
    jsonschema.Draft202012Validator(schema).validate(document)


@pytest.mark.parametrize("name", list_schemas())
def test_every_schema_is_one(name):
    schema = json.loads(describe_schema(name))
    jsonschema.Draft202012Validator.check_schema(schema)
    version = schema["properties"]["format"]["const"].rpartition("/")[2]
    assert schema["$id"] == f"urn:osteon:{name.removesuffix('-1')}:{version}"
    assert schema["additionalProperties"] is False


def test_every_written_schema_is_tried(documents):
    assert set(documents) | READ == set(list_schemas())


@pytest.mark.parametrize("name", sorted(set(list_schemas()) - READ))
def test_what_is_written_keeps_to_its_schema(documents, name):
    check(name, documents[name])
    assert documents[name]["format"] == f"osteon-{name}/{NEWER.get(name, 1)}"


@pytest.mark.parametrize("name", sorted(set(list_schemas()) - READ))
def test_the_schema_would_see_a_missing_and_an_unknown_name(documents, name):
    whole = documents[name]
    for key in whole:
        with pytest.raises(jsonschema.ValidationError):
            check(name, {other: value for other, value in whole.items() if other != key})
    with pytest.raises(jsonschema.ValidationError):
        check(name, whole | {"extra": 1})


def test_the_schema_would_see_a_chance_above_one(documents):
    broken = json.loads(json.dumps(documents["plan"]))
    broken["options"][0]["sites"][0]["probability_of_target"]["value"] = 1.5
    with pytest.raises(jsonschema.ValidationError, match="maximum"):
        check("plan", broken)


@pytest.mark.parametrize("name", ["plan", "forecast", "survey", "demo", "classify", "drugs", "calibrate"])
def test_every_result_says_what_it_is_not_and_names_its_sources(documents, name):
    assert "not a medical device" in documents[name]["notice"]
    assert documents[name]["sources"]
    for source in documents[name]["sources"]:
        assert find_reference(source["key"]).is_recalled is source["recalled"]


def test_a_plan_in_json_is_the_plan(documents, small_plan):
    written = documents["plan"]
    assert [option["sequence"] for option in written["options"]][:-1] == [
        format_sequence(one.sequence) for one in standard_sequences()
    ]
    assert [option["own"] for option in written["options"]] == [option.own for option in small_plan.options]
    for option, shape in zip(small_plan.options, written["options"], strict=True):
        chance = option.forecast.all_sites[small_plan.month].value
        assert shape["all_sites_probability_of_target"]["value"] == pytest.approx(chance, abs=1e-6)
        for path, site in zip(option.forecast.sites, shape["sites"], strict=True):
            median = path.quantiles[2, small_plan.month]
            assert (site["site"], site["t_score"]["median"]) == (path.site, pytest.approx(median, abs=1e-6))


def test_a_search_in_json_says_what_it_went_through(small_search):
    written = json.loads(write_document(small_search))
    check("plan", written)
    search, shown = written["search"], [option for option in written["options"] if not option["own"]]
    left_out = sum(group["count"] for group in search["excluded"])
    assert search["considered"] == left_out + search["beaten"] + len(shown)
    assert all(find_reference(group["reason"]["source"]) for group in search["excluded"])
    assert written["listing"] == "searched"
    assert [option["name"] for option in written["options"]][-2:] == ["own_1", "own_2"]
    assert written["options"][-1]["exclusions"][0]["code"] == "denosumab_without_follow_on"
    names = {option["name"] for option in written["options"]}
    assert all(set(option["beaten_by"]) <= names for option in written["options"])


def test_without_a_search_there_is_nothing_of_one(documents):
    assert (documents["plan"]["listing"], documents["plan"]["search"]) == ("standard", None)
    assert not any(option["beaten_by"] for option in documents["plan"]["options"])


def test_a_forecast_in_json_runs_month_by_month(documents, small_forecast):
    course = documents["forecast"]["course"]
    assert course["months"] == list(range(len(small_forecast.forecast.months)))
    for site in course["sites"]:
        lengths = {len(column) for name, column in site.items() if name != "site"}
        assert lengths == {len(course["months"])}
        assert all(
            later >= earlier for earlier, later in zip(site["reached"], site["reached"][1:], strict=False)
        )


def test_the_definition_and_the_lasting_diagnosis_are_written(documents):
    definition = documents["plan"]["definition"]
    assert definition["target_t_score"] == -2.5
    assert definition["diagnosis_persists"] is True
    assert definition["sites"] == ["lumbar_spine", "total_hip", "femoral_neck"]


def test_a_row_holds_a_classification_or_a_problem(documents):
    for row in documents["classify"]["rows"]:
        assert (row["classification"] is None) is (row["problem"] is not None)
    assert {row["problem"]["code"] for row in documents["classify"]["rows"] if row["problem"]} == {
        "z_score.unavailable",
        "bmd.out_of_range",
        "person.not_adult",
    }


def test_problems_keep_their_five_parts(documents):
    assert documents["error"]["problems"] == [FAULT, FAULT]
    assert documents["error"]["exit_code"] == 2


def test_a_written_result_can_be_cited(tmp_path, results, small_plan):
    path = tmp_path / "plan.json"
    path.write_text(write_document(results["plan"]), encoding="utf-8")
    found = cite_file(path)
    assert (found.about, set(found.sources)) == ("osteon-plan/2", set(small_plan.sources))


def test_the_patient_schema_takes_the_examples_and_asks_what_therapy_asks(root):
    schema = json.loads(describe_schema("patient"))
    context = schema["$defs"]["ContextSection"]["properties"]
    asked = {field.name for field in fields(PatientContext)} - {"history", "age_years", "male"}
    assert set(context) == asked | {"egfr", "vitamin_d_25oh"}
    assert schema["required"] == ["format", "patient_id", "sex", "scans"]
    for path in (root / "examples").glob("*.toml"):
        check("patient", json.loads(format_patient(read_patient_record(path), ".json")))


def test_the_patient_schema_takes_the_template_and_misses_what_it_lacks():
    whole = json.loads(format_patient(check_patient_text(fill_patient_template(), ".toml").file, ".json"))
    check("patient", whole)
    for key in ("format", "patient_id", "sex", "scans", "age_years"):
        with pytest.raises(jsonschema.ValidationError):
            check("patient", {other: value for other, value in whole.items() if other != key})
    for name in ("scans", "markers", "injections", "fractures"):
        with pytest.raises(jsonschema.ValidationError):
            check("patient", whole | {name: [{}]})


@pytest.mark.parametrize(("name", "version"), [("patient", 2), ("patient-1", 1)])
def test_the_published_schema_of_the_patient_file_is_this_one(root, name, version):
    published = root / "docs" / "schemas" / f"osteon-patient-{version}.json"
    assert published.read_text(encoding="utf-8") == describe_schema(name) + "\n"


def test_a_checked_file_is_written_with_its_lines(documents):
    good, missing = documents["patient-check"]["files"]
    assert (good["usable"], good["problems"], good["patient_id"]) == (True, [], "example-3")
    (problem,) = missing["problems"]
    assert (missing["usable"], problem["severity"], problem["code"]) == (False, "fault", "patient.unreadable")


def test_an_unknown_schema_is_refused_with_the_nearest_name():
    with pytest.raises(BadInputError, match="Did you mean plan"):
        describe_schema("plam")
