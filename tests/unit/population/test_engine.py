"""The engine room: shapes, grids, executors, and doses that are missed."""

from dataclasses import replace

import numpy as np
import pytest

from osteon.errors import OsteonError
from osteon.population import (
    STEPS_PER_MONTH,
    ThreadExecutor,
    draw_virtual_patients,
    load_engine,
    simulate_timetable,
)
from osteon.remodeling import Covariates, Outcomes, load_parameter_set, tabulate_courses
from osteon.therapy import list_dose_courses, parse_sequence

WOMAN = Covariates(age_years=70.0, years_since_menopause=20.0)


@pytest.fixture(scope="module")
def same():
    """Three hundred copies of the typical woman, who differ in their streams only."""
    return draw_virtual_patients(
        load_parameter_set(), WOMAN, draws=1, per_draw=300, seed=1, patient="same", typical=True
    )


def tabulate(text, months, steps=STEPS_PER_MONTH):
    return tabulate_courses(
        list_dose_courses(parse_sequence(text)),
        months=months,
        steps_per_month=steps,
        scale=load_parameter_set().values,
    )


@pytest.mark.parametrize("months", [1, 12, 13])
@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_outcomes_come_by_month_from_the_start(same, months, precision):
    ran = simulate_timetable(same, tabulate("denosumab for 12 months", months), precision=precision)
    assert ran.shape == (months + 1, len(Outcomes._fields), 300)
    assert ran.dtype == precision
    assert (ran[0] == 1).all()
    assert (ran[1, 3] < 0.5).all()


def test_another_grid_is_refused_in_five_parts(same):
    with pytest.raises(OsteonError) as caught:
        simulate_timetable(same, tabulate("denosumab for 12 months", 12, steps=60))
    assert caught.value.as_problem()["code"] == "engine.wrong_grid"


def test_persons_who_are_alike_fare_alike_when_nothing_is_left_to_chance(same):
    ran = simulate_timetable(same, tabulate("denosumab for 24 months", 24))
    assert (ran == ran[..., :1]).all()


def test_each_dose_is_missed_by_its_own_chance(same):
    ran = simulate_timetable(same, tabulate("denosumab for 12 months at 60% adherence", 12))
    first, second = ran[3, 3] < 0.5, ran[9, 3] < 0.5
    # 300 doses of each: four standard errors of a share are 0.113.
    assert first.mean() == pytest.approx(0.6, abs=0.113)
    assert second.mean() == pytest.approx(0.6, abs=0.113)
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0, abs=4 / 300**0.5)


def test_fewer_doses_taken_mean_more_left_over(same):
    gained = [
        simulate_timetable(same, tabulate(f"denosumab for 24 months at {share}% adherence", 24))[24, 0].mean()
        for share in (0, 40, 80, 100)
    ]
    assert gained == sorted(gained)
    assert gained[0] < 1 < gained[-1]


def test_who_stops_earlier_has_less(same):
    stops = np.linspace(0, 24, 300)
    ran = simulate_timetable(same, tabulate("alendronate for 24 months", 24), stop_months=stops)
    assert np.all(np.diff(ran[24, 0]) >= 0)
    assert ran[24, 0, -1] > ran[24, 0, 0] + 0.02


def test_calcium_goes_on_when_the_drug_is_stopped(same):
    courses = list_dose_courses(parse_sequence("denosumab for 12 months"))
    table = tabulate_courses(
        courses,
        months=12,
        steps_per_month=STEPS_PER_MONTH,
        scale=load_parameter_set().values,
        calcium_from_day=0,
    )
    ran = simulate_timetable(same, table, stop_months=np.zeros(300))
    assert (ran[12, 3] < 0.99).all()


def test_a_random_dose_does_not_depend_on_the_order_of_the_lanes(same):
    table = tabulate("denosumab for 12 months at 50% adherence", 12)
    turned = replace(same, keys=same.keys[::-1].copy())
    assert np.array_equal(simulate_timetable(turned, table), simulate_timetable(same, table)[..., ::-1])


def test_threads_keep_the_order():
    assert list(ThreadExecutor(4).map(lambda x: x * x, range(50))) == [x * x for x in range(50)]


def test_a_failure_in_a_thread_is_not_swallowed():
    def fail(item):
        raise OsteonError(code="x.y", field="f", got=str(item), expected="e", hint="h")

    with pytest.raises(OsteonError):
        list(ThreadExecutor(2).map(fail, range(3)))


def test_the_engine_computes_in_both_precisions():
    jax = load_engine()
    assert jax is load_engine()
    assert jax.numpy.asarray(1.0).dtype == np.float64
