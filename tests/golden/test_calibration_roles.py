"""A fit opens no row that is held back for validation."""

import numpy as np
import pytest

from osteon.evidence import Role, load_facts, open_calibration_facts, record_openings, select_facts
from osteon.inference import Calibration, fit_run, make_problem, variability
from osteon.inference.fit_run import read_fit_settings, read_priors
from osteon.inference.variability import read_published_spreads, read_variability_priors
from osteon.population import load_engine
from osteon.remodeling import load_parameter_set, map_to_line

HELD_BACK = frozenset({"trial_outcomes", "variability", "probability_cells"})


@pytest.fixture(scope="module")
def opened():
    """The problem of a fit, the published spreads, and every fact that was handed out to make them."""
    load_engine()
    with record_openings() as log:
        problem = make_problem(open_calibration_facts, read_priors(), read_fit_settings())
        spreads = read_published_spreads(open_calibration_facts)
        read_variability_priors()
    return problem, spreads, log.facts


def test_some_rows_are_held_back():
    # Without them the tests below would pass for nothing.
    assert len(select_facts("trial_outcomes", role=Role.VALIDATION)) > 50
    assert select_facts("probability_cells", role=Role.VALIDATION)


def test_no_validation_row_of_any_outcome_was_opened(opened):
    _, _, facts = opened
    seen = [fact for fact in facts if fact.table in HELD_BACK]
    assert len(seen) > 500
    assert {fact.role for fact in seen} == {Role.CALIBRATION}


def test_no_validation_row_of_any_table_was_opened(opened):
    _, _, facts = opened
    assert [fact.fact_id for fact in facts if fact.role is Role.VALIDATION] == []


def test_every_number_that_is_fitted_is_a_calibration_row(opened):
    problem, spreads, _ = opened
    allowed = {fact.fact_id for fact in open_calibration_facts("trial_outcomes")}
    assert {observation.fact.fact_id for observation in problem.observations} <= allowed
    assert len(problem.observations) == len(problem.target) > 500
    assert len(spreads) > 10


def test_every_trial_with_an_effect_has_a_calibration_row_and_none_to_validate(opened):
    problem, _, _ = opened
    outcomes = load_facts("trial_outcomes")
    studies = {role: {f.keys["study"] for f in outcomes if f.role is role} for role in Role}
    assert set(problem.studies) <= studies[Role.CALIBRATION]
    assert set(problem.studies).isdisjoint(studies[Role.VALIDATION])
    assert set(problem.studies) == {observation.study for observation in problem.observations}


def test_the_stored_set_was_fitted_to_these_trials(opened):
    problem, _, _ = opened
    stored = load_parameter_set().fit
    assert set(stored["studies"]) == set(problem.studies) == set(stored["trial_effects"])
    assert stored["observations"] == len(problem.observations)


def test_weights_are_positive_and_the_doubtful_weigh_less(opened):
    problem, _, _ = opened
    assert np.all(problem.residual_sd > 0)
    floor = problem.settings.residual_sd
    for observation, sd in zip(problem.observations, problem.residual_sd, strict=True):
        doubted = observation.fact.extraction == "recalled" or "low_weight" in observation.fact.note
        factor = problem.settings.recalled_factor if doubted else 1
        assert sd >= factor * floor[observation.outcome] * (1 - 1e-12)


def test_a_fit_that_peeks_would_be_seen():
    with record_openings() as log:
        select_facts("trial_outcomes", quantity="percent_change_from_baseline")
    assert Role.VALIDATION in log.roles


def test_the_whole_calibration_run_opens_no_validation_row(monkeypatch):
    """The run from end to end, every step of it real but the long sums."""

    def skip_the_steps(problem, *, report=None, start=None):
        lines = np.array([map_to_line(p.median, p.scale) for p in problem.free])
        return Calibration(
            lines=lines,
            covariance=np.eye(len(lines)),
            effects=np.zeros((len(problem.studies), 3)),
            objective=(1.0,),
        )

    def skip_the_arms(parameters, spreads, variability):
        stream = np.random.default_rng(1)
        months = max(spread.month for spread in spreads) + 1
        return {(s.arm.study, s.arm.arm): stream.standard_normal((months, 3, 8)) for s in spreads}

    monkeypatch.setattr(fit_run, "calibrate", skip_the_steps)
    monkeypatch.setattr(fit_run, "estimate_cohort_shift", lambda problem, *_: np.zeros(len(problem.target)))
    monkeypatch.setattr(variability, "_simulate_arms", skip_the_arms)
    with record_openings() as log:
        parameters, rows = fit_run.run_calibration(name="a test", created="2026-11-22")
    assert len(rows) == parameters.fit["observations"] > 500
    assert {fact.role for fact in log.facts if fact.table in HELD_BACK} == {Role.CALIBRATION}
    assert Role.VALIDATION not in log.roles
