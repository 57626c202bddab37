"""Timetables that share their beginnings: each gets, to the last bit, what it gets alone."""

import numpy as np
import pytest

from osteon.population import (
    STEPS_PER_MONTH,
    ThreadExecutor,
    draw_virtual_patients,
    read_branch,
    simulate_branches,
    simulate_timetable,
    take_lanes,
)
from osteon.remodeling import Covariates, load_parameter_set, tabulate_courses
from osteon.therapy import list_dose_courses, parse_sequence

WOMAN = Covariates(age_years=70.0, years_since_menopause=20.0)
PLANS = {
    "romosozumab for 12 months, then alendronate for 24 months": 40,
    "romosozumab for 12 months, then denosumab for 24 months": 36,
    "romosozumab for 12 months": 24,
    "denosumab for 24 months at 60% adherence": 30,
    "denosumab for 24 months": 30,
    "no drug for 12 months": 12,
}


@pytest.fixture(scope="module")
def women():
    return draw_virtual_patients(load_parameter_set(), WOMAN, draws=3, per_draw=100, seed=1, patient="women")


@pytest.fixture(scope="module")
def tables():
    return [
        tabulate_courses(
            list_dose_courses(parse_sequence(text)),
            months=months,
            steps_per_month=STEPS_PER_MONTH,
            scale=load_parameter_set().values,
        )
        for text, months in PLANS.items()
    ]


@pytest.fixture(scope="module")
def together(women, tables):
    return simulate_branches(women, tables)


@pytest.mark.parametrize("index", range(len(PLANS)))
def test_every_timetable_gets_the_bits_that_it_gets_alone(women, tables, together, index):
    alone = simulate_timetable(women, tables[index])
    assert np.array_equal(read_branch(together, index), alone)


def test_what_begins_alike_is_simulated_once(together):
    first, second, third, half, whole, none = together.paths
    assert first[0] == second[0] == third[0]
    assert first[1] != second[1]
    assert len({first[0], half[0], whole[0], none[0]}) == 4
    assert len(together.years) < sum(map(len, together.paths))


def test_stops_are_each_patients_own(women, tables):
    stops = np.linspace(1, 30, 300)
    ran = simulate_branches(women, tables[:2], stop_months=stops)
    alone = simulate_timetable(women, tables[1], stop_months=stops)
    assert np.array_equal(read_branch(ran, 1), alone)


def test_a_patient_does_not_depend_on_who_else_is_simulated(women, tables, together):
    lanes = np.arange(1, 300, 7)
    few = simulate_branches(take_lanes(women, lanes), tables[:4], executor=ThreadExecutor(1))
    for index in range(4):
        assert np.array_equal(read_branch(few, index), read_branch(together, index)[..., lanes])
