"""A pause: nothing is taken for a while, and then again."""

import numpy as np
import pytest

from osteon.population import STEPS_PER_MONTH, draw_virtual_patients, simulate_timetable
from osteon.remodeling import Covariates, load_parameter_set, tabulate_courses
from osteon.therapy import list_dose_courses, parse_sequence

MONTHS = 24


@pytest.fixture(scope="module")
def patients():
    woman = Covariates(age_years=70.0, years_since_menopause=20.0)
    return draw_virtual_patients(load_parameter_set(), woman, draws=1, per_draw=3, seed=1, patient="a")


def tabulate(text):
    return tabulate_courses(
        list_dose_courses(parse_sequence(text)),
        months=MONTHS,
        steps_per_month=STEPS_PER_MONTH,
        scale=load_parameter_set().values,
    )


def pause(start, stop):
    return np.array([[start] * 3, [stop] * 3], dtype=float)


def test_a_pause_before_or_after_everything_changes_nothing(patients):
    table = tabulate("denosumab for 24 months")
    usual = simulate_timetable(patients, table)
    for start, stop in ((100, 200), (np.inf, 12), (6.5, 7.5)):
        assert np.array_equal(simulate_timetable(patients, table, pause_months=pause(start, stop)), usual)


def test_a_pause_of_everything_is_no_drug(patients):
    paused = simulate_timetable(patients, tabulate("denosumab for 24 months"), pause_months=pause(0, MONTHS))
    assert np.array_equal(paused, simulate_timetable(patients, tabulate("no drug for 24 months")))


def test_what_comes_after_a_pause_is_taken(patients):
    paused = simulate_timetable(patients, tabulate("denosumab for 24 months"), pause_months=pause(0, 12))
    later = simulate_timetable(patients, tabulate("no drug for 12 months, then denosumab for 12 months"))
    assert np.array_equal(paused, later)


def test_a_stop_holds_whatever_the_pause(patients):
    table = tabulate("denosumab for 24 months")
    stopped = simulate_timetable(patients, table, stop_months=np.full(3, 12.0))
    both = simulate_timetable(patients, table, stop_months=np.full(3, 12.0), pause_months=pause(12, 18))
    assert np.array_equal(both, stopped)


def test_each_pauses_on_its_own(patients):
    table = tabulate("denosumab for 24 months")
    mixed = np.array([[0, np.inf, np.inf], [MONTHS, MONTHS, MONTHS]])
    found = simulate_timetable(patients, table, pause_months=mixed)
    usual = simulate_timetable(patients, table)
    assert np.array_equal(found[..., 1:], usual[..., 1:])
    assert not np.array_equal(found[..., 0], usual[..., 0])
