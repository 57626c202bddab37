"""What was taken, day by day, as stated and with doses left out."""

from datetime import date

import numpy as np
import pytest

from osteon.inference import prepare_patient
from osteon.monitoring.clock import find_gap, read_clock
from osteon.monitoring.timeline import Omission, lay_timeline, list_undocumented, read_at, simulate_history
from osteon.therapy import ClockState, Drug
from tests.unit.monitoring.people import AFTER, ALENDRONATE, BEFORE, SMALL, denosumab, patient, visit


def lay(history=ALENDRONATE, **more):
    followed = patient(*visit(BEFORE, hip=-2.7), *visit(AFTER, hip=-2.6), history=history, **more)
    return lay_timeline(followed, AFTER, (BEFORE, AFTER))


def test_the_timeline_begins_with_the_first_datum_and_ends_today():
    found = lay("alendronate for 12 months")
    assert (found.start, found.as_of) == (BEFORE, AFTER)
    (course,) = found.courses
    assert course.start_day == pytest.approx(365, abs=1)
    assert course.stop_day == pytest.approx(730, abs=1)


def test_dated_injections_replace_the_doses_of_their_drug():
    days = (date(2024, 9, 10), date(2025, 3, 12))
    found = lay("denosumab for 24 months", injections=denosumab(*days))
    assert [course.start_day for course in found.courses] == [8, 191]
    assert list_undocumented(found) == ()


def test_an_injection_after_today_was_not_given():
    assert lay(None, injections=denosumab(date(2026, 12, 1))).courses == ()


@pytest.fixture(scope="module")
def bank():
    return prepare_patient(patient(*visit(None, spine=-2.8, hip=-2.7), history=None), settings=SMALL)


def test_leaving_everything_out_is_no_drug_but_calcium(bank):
    stated = lay()
    none = simulate_history(bank, stated, Omission(from_day=0, share=0))
    half = simulate_history(bank, stated, Omission(from_day=0, share=0.5))
    full = simulate_history(bank, stated)
    spine = [float(np.median(course[-1, 0])) for course in (none, half, full)]
    assert spine == sorted(spine)
    assert spine[0] < 1.01 < spine[2]


def test_leaving_out_from_a_day_on_changes_nothing_before_it(bank):
    stated = lay()
    full, later = (
        simulate_history(bank, stated, omission) for omission in (None, Omission(from_day=400, share=0))
    )
    np.testing.assert_array_equal(full[:13], later[:13])
    assert (later[-1, 0] < full[-1, 0]).mean() > 0.9


def test_a_share_of_all_is_the_history_as_stated(bank):
    stated = lay()
    cut = simulate_history(bank, stated, Omission(from_day=300, share=1))
    np.testing.assert_allclose(cut, simulate_history(bank, stated), rtol=1e-5)


def test_between_months_a_course_is_a_straight_line():
    course = np.array([1.0, 2.0, 4.0])[:, None, None] * np.ones((3, 5, 1))
    assert read_at(course, 30.4375 * 1.5)[0, 0] == pytest.approx(3)
    assert read_at(course, 10**4)[0, 0] == 4


LAST = {"on_time": date(2026, 3, 5), "late": date(2026, 1, 5), "critical": date(2025, 7, 1)}


@pytest.mark.parametrize("state", LAST)
def test_the_clock_is_counted_from_the_last_injection(state):
    found = lay(None, injections=denosumab(date(2024, 9, 10), LAST[state]))
    clock = read_clock(found)
    assert (clock.last_dose, clock.reading.state.value) == (LAST[state], state)
    assert (clock.reading.vertebral_hazard_ratio is None) is (state == "on_time")


def test_the_clock_of_a_stated_course_is_counted_from_its_last_dose():
    clock = read_clock(lay("denosumab for 12 months, then no drug for 12 months"))
    assert clock.reading.state is ClockState.CRITICAL
    assert abs((clock.last_dose - date(2025, 3, 3)).days) <= 2


def test_a_follow_on_drug_stops_the_clock():
    assert read_clock(lay("denosumab for 12 months, then alendronate for 12 months")) is None
    assert read_clock(lay("denosumab for 12 months, then teriparatide for 12 months")) is not None


@pytest.mark.parametrize(
    ("history", "drug", "pressing"),
    [
        ("romosozumab for 12 months, then no drug for 12 months", Drug.ROMOSOZUMAB, True),
        ("denosumab for 12 months, then no drug for 12 months", Drug.DENOSUMAB, True),
        ("alendronate for 12 months, then no drug for 12 months", Drug.ALENDRONATE, False),
    ],
)
def test_what_was_left_open_is_a_gap(history, drug, pressing):
    gap = find_gap(lay(history))
    assert (gap.drug, gap.ongoing, gap.is_pressing) == (drug, True, pressing)


@pytest.mark.parametrize(
    "history",
    [ALENDRONATE, "zoledronate 5 mg once, observed for 12 months", "romosozumab for 12 months", None],
)
def test_a_course_that_runs_or_still_covers_leaves_no_gap(history):
    assert find_gap(lay(history)) is None


def test_a_late_dose_in_the_past_is_remembered():
    days = (date(2024, 9, 10), date(2025, 10, 20), date(2026, 4, 20))
    gap = find_gap(lay(None, injections=denosumab(*days)))
    assert (gap.drug, gap.ongoing) == (Drug.DENOSUMAB, False)
