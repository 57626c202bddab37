"""The evidence run again: roles apart, scores that mean what they say, and trials left out."""

import dataclasses
from dataclasses import replace

import numpy as np
import pytest

from osteon.errors import BadInputError
from osteon.evidence import Role, open_calibration_facts, record_openings
from osteon.inference import leave_out, make_problem, read_fit_settings, read_priors, read_trial_arm
from osteon.trials import (
    CohortSettings,
    Estimate,
    LeftOutRow,
    NoChange,
    compare_with_peer,
    describe_reproduction,
    leave_one_trial_out,
    left_out,
    list_left_out_studies,
    measure_error,
    name_phase,
    read_left_out,
    score_left_out,
    score_rows,
    validate_evidence,
)

SMALL = CohortSettings(subjects=32, trials=8)


@pytest.fixture(scope="module")
def validation():
    with record_openings() as log:
        found = validate_evidence(Role.VALIDATION, settings=SMALL)
    return found, log


def test_rows_of_one_role_are_reproduced_and_no_others(validation):
    found, log = validation
    roles = {fact.role for fact in log.facts if fact.table in {"trial_outcomes", "variability"}}
    assert roles == {Role.VALIDATION}
    assert {row.observation.fact.role for row in found.rows} == {Role.VALIDATION}
    assert len(found.rows) > 50
    assert found.spreads


def test_scores_count_every_row_once(validation):
    found, _ = validation
    assert sum(score.n for score in score_rows(found.rows).values()) == len(found.rows)
    told = describe_reproduction(found)
    assert len(told["rows"]) == len(found.rows)
    for group in ("by_phase", "by_prior", "by_duration"):
        counted = [score["n"] for scores in told[group].values() for score in scores.values()]
        assert sum(counted) == len(found.rows)
        assert len(told[group]) > 1


def test_pretreated_women_are_told_from_others(validation):
    found, _ = validation
    for row in found.rows:
        if row.arm.history is not None:
            assert row.prior == "after another drug"
        elif len(row.arm.sequence.regimens) == 1:
            assert row.prior == "first drug"


def test_an_interval_holds_the_narrower_one(validation):
    found, _ = validation
    for row in found.rows:
        inner, outer = row.estimate.find_interval(0.5), row.estimate.find_interval(0.9)
        assert outer[0] < inner[0] < row.estimate.simulated < inner[1] < outer[1]
    scores = score_rows(found.rows).values()
    assert all(score.inside_50 <= score.inside_90 for score in scores)


def test_a_peer_is_scored_on_the_same_numbers(validation):
    found, _ = validation
    scores = score_rows(found.rows)
    for peer in compare_with_peer(found.rows, NoChange()):
        assert (peer.n, peer.rmse) == (scores[peer.outcome].n, pytest.approx(scores[peer.outcome].rmse))
        assert peer.ratio == pytest.approx(peer.rmse / peer.peer_rmse)


def test_a_difference_between_arms_is_that_of_their_means(validation):
    found, _ = validation
    pair = next(row for row in found.rows if row.comparator)
    arms = [dataclasses.replace(pair.observation, comparator="")]
    arms.append(dataclasses.replace(arms[0], arm=pair.observation.comparator))
    from osteon.remodeling import load_parameter_set
    from osteon.trials.reproduction import reproduce_observations

    own, other = reproduce_observations(arms, load_parameter_set(), settings=SMALL)
    expected = own.estimate.simulated - other.estimate.simulated
    assert pair.estimate.simulated == pytest.approx(expected)


@pytest.mark.parametrize(
    ("outcome", "simulated", "observed", "expected"),
    [("total_hip", 5, 3, 2), ("ctx", 100, 0, np.log(2)), ("ctx", -50, -50, 0)],
)
def test_bmd_errs_in_points_and_markers_in_log_units(outcome, simulated, observed, expected):
    assert measure_error(outcome, simulated, observed) == pytest.approx(expected)


def test_a_marker_interval_never_reaches_below_nothing():
    low, high = Estimate(outcome="ctx", simulated=-90, spread=2).find_interval(0.99)
    assert -100 < low < -90 < high


@pytest.mark.parametrize(
    ("study", "arm", "month", "expected"),
    [
        ("FREEDOM", "placebo", 12, "no drug"),
        ("FREEDOM", "denosumab", 12, "denosumab"),
        ("DEFEND", "denosumab then off", 24, "denosumab"),
        ("DEFEND", "denosumab then off", 25, "off denosumab"),
        ("DATA", "combination then denosumab", 12, "denosumab + teriparatide"),
    ],
)
def test_a_phase_is_named_by_what_is_taken(study, arm, month, expected):
    assert name_phase(read_trial_arm(study, arm), month) == expected


def test_a_trial_left_out_is_blanked_and_no_other():
    problem = make_problem(open_calibration_facts, read_priors(), read_fit_settings())
    study = list_left_out_studies()[0]
    own = np.array([o.study == study for o in problem.observations])
    poisoned = replace(problem, target=np.where(own, 10**6, problem.target))
    blind, also_blind = leave_out(problem, study), leave_out(poisoned, study)
    assert own.any()
    assert np.array_equal(blind.target, also_blind.target)
    assert np.all(1 / blind.residual_sd[own] < 10**-6)
    assert np.array_equal(blind.target[~own], problem.target[~own])
    assert np.array_equal(blind.residual_sd[~own], problem.residual_sd[~own])
    assert {o.fact.role for o in problem.observations} == {Role.CALIBRATION}


def make_row(study):
    interval = {"low_50": 1, "high_50": 2, "low_90": 0, "high_90": 3}
    where = {"arm": "x", "comparator": "", "outcome": "total_hip", "month": 12, "baseline_month": 0}
    return LeftOutRow(study=study, value=2.5, simulated=1.5, **where, **interval)


def test_a_trial_left_out_is_kept_and_not_fitted_again(tmp_path, monkeypatch):
    calls = []

    def predict(study, refits, settings):
        calls.append(study)
        return (make_row(study),)

    monkeypatch.setattr(left_out, "_predict_left_out", predict)
    monkeypatch.setattr(left_out, "prepare_refits", lambda parameters: None)
    first, second = list_left_out_studies()[:2]
    for study in (first, second, first):
        assert leave_one_trial_out(study, tmp_path) == (make_row(study),)
    assert calls == [first, second]
    assert read_left_out(tmp_path) == (make_row(first), make_row(second))
    (tmp_path / "00.json").write_text('{"study": "another", "rows": []}', encoding="utf-8")
    assert read_left_out(tmp_path) == (make_row(second),)


def test_left_out_scores_are_those_of_the_rows():
    score = score_left_out([make_row("A")])["total_hip"]
    assert (score.n, score.rmse, score.inside_50, score.inside_90) == (1, 1, 0, 1)


def test_a_study_that_was_never_in_cannot_be_left_out(tmp_path):
    with pytest.raises(BadInputError) as caught:
        leave_one_trial_out("no such trial", tmp_path)
    assert caught.value.code == "trials.unknown_study"
