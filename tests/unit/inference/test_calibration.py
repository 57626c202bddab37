"""The fit finds what made the numbers, and says how sure it is."""

from dataclasses import replace

import numpy as np
import pytest

from osteon.evidence import open_calibration_facts
from osteon.inference import (
    calibrate,
    check_laplace,
    leave_out,
    list_fit_rows,
    make_problem,
    predict_observations,
    score_fit,
)
from osteon.inference.calibration import transform_change
from osteon.inference.cohort_shift import estimate_cohort_shift
from osteon.inference.fit_run import read_fit_settings, read_priors
from osteon.population import load_engine
from osteon.remodeling import load_parameter_set, map_to_line

STUDIES = frozenset({"STRUCTURE", "DECIDE", "ARCH"})
FREE = ("turnover_t", "denosumab_kd", "romosozumab_formation")
SHIFT = np.array([0.2, -0.3, 0.25])


def open_some(table):
    """Calibration facts of three trials, no later than month 12."""
    facts = open_calibration_facts(table)
    return tuple(f for f in facts if f.keys["study"] in STUDIES and float(f.keys["month"]) <= 12)


@pytest.fixture(scope="module")
def problem():
    """Three free parameters that hardly any prior holds, three trials, and numbers that the model made itself."""
    load_engine()
    priors = [replace(p, log_sd=5.0 if p.name in FREE else None) for p in read_priors()]
    made = make_problem(open_some, priors, replace(read_fit_settings(), tangents=6))
    percent = predict_observations(made, read_center(made) + SHIFT)
    return replace(made, target=transform_change(percent, made.is_marker))


def read_center(problem):
    return np.array([map_to_line(prior.median, prior.scale) for prior in problem.free])


@pytest.fixture(scope="module")
def fit(problem):
    return calibrate(problem)


def test_only_what_has_a_width_moves(problem):
    assert {prior.name for prior in problem.free} == set(FREE)
    assert set(problem.studies) <= STUDIES
    assert len(problem.observations) == len(problem.target) > 10


def test_the_fit_finds_the_parameters_that_made_the_numbers(problem, fit):
    # The priors, 5 wide on the log scale, pull by less than a thousandth; the fit stops within 0.01 % of its minimum.
    by_name = dict(zip(FREE, SHIFT, strict=True))
    expected = [by_name[prior.name] for prior in problem.free]
    made = read_center(problem) + SHIFT
    assert expected
    assert fit.lines == pytest.approx(made, abs=0.02)


def test_no_trial_needs_an_effect_where_all_agree(fit):
    assert fit.effects.shape == (len(STUDIES), 3)
    assert np.abs(fit.effects).max() < 0.01


def test_the_objective_falls_with_every_step(fit):
    assert len(fit.objective) > 2
    assert np.all(np.diff(fit.objective) < 0)
    assert fit.objective[-1] < 1e-2


def test_the_covariance_is_one(fit):
    assert np.allclose(fit.covariance, fit.covariance.T, rtol=1e-8)
    assert np.linalg.eigvalsh(fit.covariance).min() > 0


def test_the_fit_has_no_chance_in_it(problem, fit):
    again = calibrate(problem)
    assert np.array_equal(again.lines, fit.lines)
    assert np.array_equal(again.covariance, fit.covariance)


def test_an_effect_of_a_trial_moves_that_trial_only(problem):
    effects = np.zeros((len(problem.studies), 3))
    effects[problem.studies.index("ARCH")] = 0.3
    moved = predict_observations(problem, read_center(problem), effects)
    still = predict_observations(problem, read_center(problem))
    changed = {o.study for o, a, b in zip(problem.observations, moved, still, strict=True) if a != b}
    assert changed == {"ARCH"}


def test_each_reported_step_lowers_the_objective(problem):
    seen = []
    calibrate(problem, report=lambda index, value: seen.append((index, value)))
    assert [index for index, _ in seen] == list(range(len(seen)))
    assert [value for _, value in seen] == sorted((value for _, value in seen), reverse=True)


def test_rows_set_every_number_beside_its_simulation(problem, fit):
    rows = list_fit_rows(problem, fit, np.zeros(len(problem.target)))
    assert len(rows) == len(problem.observations)
    for row, observation in zip(rows, problem.observations, strict=True):
        assert (row.study, row.outcome, row.observed) == (
            observation.study,
            observation.outcome,
            observation.value,
        )
        assert row.difference == row.simulated - row.observed
    assert score_fit(rows)["lumbar_spine"]["n"] == sum(row.outcome == "lumbar_spine" for row in rows)


def test_a_cohort_of_like_subjects_is_its_typical_subject(problem):
    nobody = estimate_cohort_shift(problem, read_center(problem), {})
    assert nobody == pytest.approx(np.zeros(len(problem.target)), abs=1e-12)


def test_variability_moves_the_mean_of_bmd_a_little_and_no_marker(problem):
    shift = estimate_cohort_shift(problem, read_center(problem), load_parameter_set().variability)
    assert (shift[problem.is_marker] == 0).all()
    moved = np.abs(shift[~problem.is_marker])
    assert np.isfinite(shift).all()
    # A convex response moves the mean of a cohort by tenths of a percent, not by what a drug does.
    assert 0 < moved.max() < 2


def test_markers_are_compared_on_the_log_scale_and_bmd_in_points():
    percent, marker = np.array([100.0, -50.0, 7.0]), np.array([True, True, False])
    assert transform_change(percent, marker) == pytest.approx([np.log(2), -np.log(2), 7.0])


def test_a_trial_left_out_does_not_move_the_fit_whatever_its_numbers(problem):
    hidden = np.array([o.study == "DECIDE" for o in problem.observations])
    wrong = replace(problem, target=np.where(hidden, problem.target + 50, problem.target))
    honest, misled = (calibrate(leave_out(one, "DECIDE")) for one in (problem, wrong))
    assert hidden.any()
    assert np.array_equal(honest.lines, misled.lines)
    assert not np.allclose(calibrate(wrong).lines, honest.lines, atol=0.01)


def test_samples_agree_with_laplace_where_the_posterior_is_nearly_gaussian(problem, fit):
    found = check_laplace(problem, fit, chains=4, steps=60, stride=0.5)
    assert found.names == tuple(prior.name for prior in problem.free)
    assert found.accepted > 0.5
    # 160 samples in correlated chains: the mean is known to about a third of an SD, the SD to about a quarter.
    assert np.all(np.abs(found.shift) < 1)
    assert np.all((found.spread > 0.5) & (found.spread < 1.6))


def test_samples_tell_a_mode_that_is_none(problem, fit):
    sd = np.sqrt(np.diag(fit.covariance))
    found = check_laplace(problem, replace(fit, lines=fit.lines + 4 * sd), chains=4, steps=60, stride=0.5)
    assert np.abs(found.shift).max() > 1
