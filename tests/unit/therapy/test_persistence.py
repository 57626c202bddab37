"""Persistence follows the published shares and its inverse draws them back."""

import numpy as np
import pytest

from osteon.errors import BadInputError
from osteon.evidence import cite, load_facts
from osteon.therapy import (
    AfterStop,
    Drug,
    draw_course_stop_days,
    draw_stop_month,
    find_persistence_curve,
    list_dose_courses,
    list_drugs,
    load_persistence_curve,
    parse_sequence,
    persistence_share,
)

EVEN = (np.arange(4000) + 0.5) / 4000


@pytest.mark.parametrize(
    ("drug", "months", "share"),
    [
        (Drug.DENOSUMAB, 12, 0.73),
        (Drug.DENOSUMAB, 24, 0.50),
        (Drug.DENOSUMAB, 36, 0.38),
        (Drug.ALENDRONATE, 12, 0.39),
        (Drug.ALENDRONATE, 36, 0.17),
        (Drug.TERIPARATIDE, 12, 0.61),
        (Drug.ZOLEDRONATE, 12, 0.70),
        (Drug.RALOXIFENE, 24, 0.48),
        (Drug.ABALOPARATIDE, 18, 0.648),
        (Drug.ROMOSOZUMAB, 12, 0.415),
    ],
)
def test_published_points_are_met(drug, months, share):
    assert persistence_share(drug, months) == pytest.approx(share, rel=1e-12)


def test_between_points_the_share_falls_log_linearly():
    share = persistence_share(Drug.DENOSUMAB, 18)
    assert share == pytest.approx(np.sqrt(0.73 * 0.50), rel=1e-12)


def test_after_the_last_point_the_hazard_stays():
    late = persistence_share(Drug.DENOSUMAB, [36, 48, 60])
    assert late[1] / late[0] == pytest.approx(0.38 / 0.50, rel=1e-12)
    assert late[2] / late[1] == pytest.approx(0.38 / 0.50, rel=1e-12)


def test_a_first_year_of_teriparatide_foretells_another_clinic_at_two_years():
    (published,) = load_persistence_curve("us_pth_analog_clinic").shares
    # 100 patients: the standard error of 54% is 5 points, and the cohorts differ.
    assert persistence_share(Drug.TERIPARATIDE, 24) == pytest.approx(published, abs=0.10)


@pytest.mark.parametrize("drug", list_drugs())
def test_every_drug_has_a_falling_curve_with_a_source(drug):
    curve = find_persistence_curve(drug)
    shares = np.array([1, *curve.shares])
    assert np.all(np.diff(shares) < 0)
    assert shares[-1] > 0
    assert list(curve.months) == sorted(set(curve.months))
    assert curve.cohort
    assert cite(curve)


def test_a_proxy_says_so():
    proxies = {drug for drug in list_drugs() if find_persistence_curve(drug).is_proxy}
    assert proxies == {Drug.IBANDRONATE}
    assert "none was found" in find_persistence_curve(Drug.IBANDRONATE).note
    assert "none was found" in find_persistence_curve(Drug.ROMOSOZUMAB).note


def test_every_curve_of_the_table_loads():
    names = {fact.keys["curve"] for fact in load_facts("persistence")}
    assert len(names) > 10
    assert all(load_persistence_curve(name).shares for name in names)


def test_drawn_stops_have_the_published_shares():
    stops = draw_stop_month(EVEN, Drug.DENOSUMAB)
    for months, share in ((12, 0.73), (24, 0.50), (36, 0.38)):
        assert np.mean(stops > months) == pytest.approx(share, abs=1 / len(EVEN))


def test_a_regimen_bounds_the_stop():
    stops = draw_stop_month(EVEN, Drug.ALENDRONATE, 24)
    assert stops.max() == 24
    assert np.mean(stops == 24) == pytest.approx(0.25, abs=1 / len(EVEN))


def test_courses_stop_with_the_patient():
    plan = parse_sequence(
        "romosozumab for 12 months with real-world persistence, then alendronate for 24 months"
    )
    stops = draw_course_stop_days(plan, [[0.9, 0.5], [0.2, 0.5]])
    early, kept = stops
    assert 0 < early[0] < 365
    assert early[1] == 365  # begins on day 365, so nothing of it is taken
    assert kept.tolist() == [365, 1096]


def test_the_next_regimen_may_begin_as_planned():
    plan = parse_sequence(
        "romosozumab for 12 months with real-world persistence, then alendronate for 24 months"
    )
    stops = draw_course_stop_days(plan, [[0.9, 0.5]], after_stop=AfterStop.NEXT_AS_PLANNED)
    assert stops[0, 1] == 1096


def test_drugs_of_one_regimen_stop_together():
    plan = parse_sequence("teriparatide and denosumab for 24 months with real-world persistence")
    stops = draw_course_stop_days(plan, EVEN[:, None])
    assert np.array_equal(stops[:, 0], stops[:, 1])
    least = min(persistence_share(drug, 12) for drug in (Drug.TERIPARATIDE, Drug.DENOSUMAB))
    assert np.mean(stops[:, 0] > 365) == pytest.approx(least, abs=0.01)


def test_a_stated_share_is_met_and_a_full_one_keeps_everyone():
    half = parse_sequence("denosumab for 24 months with 50% persistence at 12 months")
    stops = draw_course_stop_days(half, EVEN[:, None])
    assert np.mean(stops > 365) == pytest.approx(0.5, abs=1 / len(EVEN) + 0.002)
    full = parse_sequence("denosumab for 24 months with 100% persistence at 12 months")
    assert set(draw_course_stop_days(full, EVEN[:, None]).ravel()) == {731}
    assert draw_course_stop_days(full, [[1.0]]).tolist() == [[731]]


def test_the_first_dose_of_a_course_begun_is_taken():
    plan = parse_sequence("zoledronate for 36 months with real-world persistence")
    assert draw_course_stop_days(plan, [[1.0]]).tolist() == [[1]]


def test_without_persistence_everyone_stays():
    plan = parse_sequence(
        "alendronate for 12 months, then no drug for 12 months, then denosumab for 12 months"
    )
    stops = draw_course_stop_days(plan, [[0.99, 0.99, 0.99]], start_day=10)
    assert stops.tolist() == [[course.stop_day for course in list_dose_courses(plan, 10)]]


def test_no_course_gives_no_column():
    assert draw_course_stop_days(parse_sequence("no drug for 12 months"), [[0.5], [0.5]]).shape == (2, 0)


@pytest.mark.parametrize("uniforms", [[0.5], [[0.5, 0.5]], [[0.0]], [[1.1]], [[float("nan")]]])
def test_what_are_not_uniform_numbers_is_refused(uniforms):
    plan = parse_sequence("alendronate for 12 months with real-world persistence")
    with pytest.raises(BadInputError) as caught:
        draw_course_stop_days(plan, uniforms)
    assert caught.value.code == "therapy.uniforms"


def test_a_zero_is_refused_by_the_single_draw():
    with pytest.raises(BadInputError):
        draw_stop_month([0.0], Drug.DENOSUMAB)
