"""A design file says all of a design, leans on the evidence where it may, and tells every fault with its line."""

import tomllib
from dataclasses import replace

import pytest

from osteon.errors import BadInputError
from osteon.evidence import find_reference
from osteon.inference import read_trial_arm
from osteon.interop import list_trial_designs, load_trial_design, read_trial_design
from osteon.interop.trial_design_file import TrialDesignError, TrialDesignFile, _make_design
from osteon.therapy import parse_sequence
from osteon.trials import EnrolledBaseline, describe_design
from tests.unit.trials.example_designs import make_design

HEAD = """format = "osteon-trial-design/1"
name = "own"
title = "My own"
subjects = 100
visits_months = [6, 12]
control = "placebo"
primary = "hip"
"""
ARMS = """
[[arms]]
name = "placebo"
sequence = "no drug for 12 months"
[[arms]]
name = "drug"
sequence = "denosumab for 12 months"
"""
ENDPOINT = """
[[endpoints]]
name = "hip"
kind = "percent_change"
site = "total_hip"
month = 12
"""


def read(folder, text):
    path = folder / "own.toml"
    path.write_text(text)
    return read_trial_design(path)


def test_a_small_file_is_a_design(tmp_path):
    design = read(tmp_path, HEAD + ARMS + ENDPOINT)
    assert [arm.name for arm in design.arms] == ["placebo", "drug"]
    assert (design.months, design.subjects, design.seed, design.paired) == (12, 100, 1, False)


@pytest.mark.parametrize(
    "changes",
    [{}, {"paired": True, "seed": 9}, {"dropout": None}, {"study": None}],
)
def test_words_read_back_as_the_same_design(changes):
    design = make_design(**changes)
    assert _make_design(TrialDesignFile.model_validate(describe_design(design))) == design


def test_history_reads_back():
    treated = EnrolledBaseline(history=parse_sequence("alendronate for 36 months, then no drug for 6 months"))
    design = make_design(baseline=treated)
    assert _make_design(TrialDesignFile.model_validate(describe_design(design))) == design


@pytest.mark.parametrize("name", list_trial_designs())
def test_a_shipped_design_stands_alone_once_written(name):
    design = load_trial_design(name)
    words = describe_design(design)
    again = _make_design(TrialDesignFile.model_validate(words))
    assert describe_design(again) == words
    assert replace(again, baseline=design.baseline) == design


@pytest.mark.parametrize("name", list_trial_designs())
def test_a_shipped_design_names_its_sources(name):
    design = load_trial_design(name)
    assert design.facts
    for fact in design.facts:
        assert find_reference(fact.source)
    for arm in design.arms:
        published = read_trial_arm(design.study, arm.published_arm)
        assert arm.sequence == published.sequence
        assert arm.ratio == published.n


def test_five_trials_are_shipped():
    assert {"frame", "arch", "freedom", "active", "data-switch"} <= set(list_trial_designs())
    with pytest.raises(BadInputError, match=r"trial\.unknown_design"):
        load_trial_design("framed")


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("format = ", "trial.unreadable", "own.toml"),
        (HEAD + ARMS + ENDPOINT + "colour = 1\n", "trial.unknown_key", "line 21, endpoints[0].colour"),
        (HEAD.replace('control = "placebo"\n', "") + ARMS + ENDPOINT, "trial.missing_key", "control"),
        (HEAD + ARMS + ENDPOINT.replace("12", '"12"'), "trial.wrong_kind", "line 20, endpoints[0].month"),
        (
            HEAD + ARMS + ENDPOINT.replace("total_hip", "hip"),
            "trial.wrong_kind",
            "line 19, endpoints[0].site",
        ),
        (HEAD.replace('"placebo"', '"none"') + ARMS + ENDPOINT, "trial.unknown_name", "control"),
        (
            HEAD + ARMS.replace("denosumab for", "denosumb for") + ENDPOINT,
            "therapy.unknown_drug",
            "arms (drug), sequence, sequence",
        ),
        (
            HEAD + ARMS.replace('sequence = "denosumab for 12 months"', 'published_arm = "x"') + ENDPOINT,
            "trial.unknown_arm",
            "arms (drug), published_arm",
        ),
        (
            HEAD + ARMS.replace('sequence = "denosumab for 12 months"\n', "") + ENDPOINT,
            "trial.missing_key",
            "arms (drug), sequence",
        ),
        (HEAD.replace("subjects = 100\n", "") + ARMS + ENDPOINT, "trial.missing_key", "subjects"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path, text, code, field):
    with pytest.raises(BadInputError) as fault:
        read(tmp_path, text)
    assert fault.value.code == code
    assert fault.value.field.startswith(field)


def test_every_fault_of_shape_is_told_at_once(tmp_path):
    text = (HEAD + ARMS + ENDPOINT).replace("subjects = 100", 'subjects = "many"') + 'kindd = "x"\n'
    with pytest.raises(TrialDesignError) as fault:
        read(tmp_path, text)
    assert [one.code for one in fault.value.faults] == ["trial.wrong_kind", "trial.unknown_key"]


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BadInputError, match=r"trial\.unreadable"):
        read_trial_design(tmp_path / "none.toml")


def test_what_a_file_states_wins_over_the_evidence(tmp_path):
    shipped = describe_design(load_trial_design("freedom"))
    text = (
        HEAD.replace('control = "placebo"', 'control = "placebo"\nstudy = "FREEDOM"').replace(
            "subjects = 100\n", ""
        )
        + "[baseline.t_score]\ntotal_hip = { mean = -2.2 }\n"
        + ARMS.replace('sequence = "no drug for 12 months"', 'published_arm = "placebo"\nratio = 5').replace(
            'sequence = "denosumab for 12 months"', 'published_arm = "denosumab"'
        )
        + ENDPOINT
    )
    assert tomllib.loads(text)
    words = describe_design(read(tmp_path, text))
    assert words["baseline"]["t_score"]["total_hip"] == {"mean": -2.2}
    assert (
        words["baseline"]["t_score"]["lumbar_spine"]["mean"]
        == shipped["baseline"]["t_score"]["lumbar_spine"]["mean"]
    )
    assert words["arms"][0]["ratio"] == 5
    assert words["subjects"] == shipped["subjects"]
