"""The model card of what is installed, and the accuracy that it may be made from."""

import json

import pytest

from osteon.app import ValidatedEvidence, accuracy, cards, describe_model, make_card, write_document
from osteon.app.accuracy import find_accuracy, measure_accuracy, read_accuracy, stamp_accuracy
from osteon.app.card_tables import list_biased
from osteon.errors import BadInputError
from osteon.evidence import Role, evidence_hash
from osteon.remodeling import load_parameter_set
from osteon.trials import CellTable, CohortSettings, validate_evidence
from tests.unit.app.example_accuracy import make_accuracy, make_score


@pytest.fixture(scope="module")
def answer():
    return make_card(make_accuracy())


def test_the_card_is_of_the_installed_set_and_evidence(answer):
    parameters = load_parameter_set()
    stamp = dict(answer.card.stamp)
    assert stamp["Parameter set"] == parameters.name
    assert stamp["Evidence, SHA-256"] == evidence_hash()
    text = answer.card.find_section("model").text
    assert f"{len(parameters.fitted)} of {len(parameters.values)} parameters" in text
    assert set(parameters.sources) == set(answer.sources)


def test_a_target_that_is_missed_stands_in_the_judgment(answer):
    text = answer.card.find_section("adequacy").text
    assert "adequacy is not shown for: inside 90 % interval, Total hip (fitted)" in text
    met = make_accuracy(goals=[goal for goal in make_accuracy().goals if goal.met])
    assert "Every target that was set is met." in make_card(met).card.find_section("adequacy").text


def test_accuracy_stands_by_drug_site_duration_and_subgroup(answer):
    tables = {table.caption: table for table in answer.card.find_section("accuracy").tables}
    (by_drug,) = (t for name, t in tables.items() if name.startswith("By drug at the time, fitted"))
    assert by_drug.rows == (("denosumab", *["0.77 (40)"] * 5),)
    (by_age,) = (t for name, t in tables.items() if name.startswith("By age"))
    assert [row[0] for row in by_age.rows] == [
        f"{group}, {basis}"
        for group in ("mean age 65 to 74", "mean hip T-score above -2.5")
        for basis in ("fitted", "held back")
    ]


def test_metrics_hold_json(answer):
    for metric in answer.card.metrics:
        assert metric.results
        for _, value in metric.results:
            assert json.loads(value)


def test_a_group_missed_to_one_side_is_named_the_worst_first():
    groups = [
        make_score("fitted", "drug", "a", "total_hip", rmse=1.0, mean_error=0.1),
        make_score("fitted", "drug", "b", "total_hip", rmse=1.0, mean_error=-0.5),
        make_score("fitted", "drug", "c", "total_hip", rmse=1.0, mean_error=0.9),
        make_score("fitted", "drug", "d", "total_hip", rmse=1.0, mean_error=0.9, n=2),
        make_score("fitted", "age", "e", "total_hip", rmse=1.0, mean_error=0.9),
    ]
    assert [score.group for score in list_biased(groups)] == ["c", "b"]


@pytest.mark.parametrize("whole", [True, False])
def test_an_accuracy_is_read_by_itself_or_from_a_card(tmp_path, answer, whole):
    path = tmp_path / "kept.json"
    path.write_text(write_document(answer) if whole else answer.accuracy.model_dump_json(), encoding="utf-8")
    assert read_accuracy(path) == answer.accuracy
    assert describe_model(path).card == answer.card


@pytest.mark.parametrize("changed", ["parameter_set", "evidence_hash", "code_hash", "osteon_version"])
def test_what_belongs_to_something_else_is_refused(tmp_path, changed):
    stale = make_accuracy(stamp=stamp_accuracy().model_copy(update={changed: "another"}))
    path = tmp_path / "kept.json"
    path.write_text(stale.model_dump_json(), encoding="utf-8")
    with pytest.raises(BadInputError) as caught:
        read_accuracy(path)
    assert caught.value.code == "card.stale"
    assert caught.value.got == f"{changed.replace('_', ' ')} another"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"accuracy": {"scores": []}}'])
def test_anything_else_is_unreadable(tmp_path, text):
    path = tmp_path / "kept.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError) as caught:
        read_accuracy(path)
    assert caught.value.code == "card.unreadable"


def test_what_was_measured_is_kept_and_not_measured_again(tmp_path, monkeypatch):
    asked = []

    def measure(*, progress):
        asked.append(progress)
        return ValidatedEvidence(reproductions=(), cells=no_cells())

    monkeypatch.setenv("OSTEON_CACHE", str(tmp_path / "new"))
    monkeypatch.setattr(accuracy, "validate", measure)
    first, second = find_accuracy(), find_accuracy()
    assert first == second
    assert len(asked) == 1
    monkeypatch.setattr(accuracy, "stamp_accuracy", lambda: first.stamp.model_copy(update={"code_hash": "x"}))
    find_accuracy()
    assert len(asked) == 2


def no_cells():
    return CellTable(rows=(), mean_absolute_error=None, worst=None, parameter_set="x", sources=())


def test_what_is_measured_adds_up():
    found = validate_evidence(Role.VALIDATION, settings=CohortSettings(subjects=8, trials=4))
    measured = measure_accuracy(ValidatedEvidence(reproductions=(found,), cells=no_cells()))
    assert measured.number_count == len(found.rows)
    for grouping in {score.grouping for score in measured.scores}:
        counted = sum(score.n for score in measured.scores if score.grouping == grouping)
        assert counted == len(found.rows), grouping
    assert measured.misfit_count == len(ValidatedEvidence(reproductions=(found,), cells=no_cells()).misfits)
    assert {score.basis for score in measured.scores} == {"held back"}
    assert all(one.fitted_numbers == 0 for one in measured.drugs)
    assert make_card(measured).card


def test_the_card_is_one_of_the_use_cases():
    assert describe_model is cards.describe_model
