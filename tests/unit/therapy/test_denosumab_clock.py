"""The denosumab clock turns at the published delays."""

import pytest

from osteon.evidence import cite
from osteon.therapy import ClockState, read_denosumab_clock

DUE = 182.625


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (0, ClockState.ON_TIME),
        (DUE, ClockState.ON_TIME),
        (DUE + 28, ClockState.ON_TIME),
        (DUE + 28.1, ClockState.LATE),
        (DUE + 112, ClockState.LATE),
        (DUE + 112.1, ClockState.CRITICAL),
        (730, ClockState.CRITICAL),
    ],
)
def test_states_turn_at_four_and_sixteen_weeks(days, state):
    assert read_denosumab_clock(days).state is state


def test_hazard_ratios_are_the_published_ones_and_grow():
    late, critical = read_denosumab_clock(250), read_denosumab_clock(400)
    assert late.vertebral_hazard_ratio == 1.48
    assert late.vertebral_hazard_ratio_ci95 == (0.58, 3.79)
    assert critical.vertebral_hazard_ratio == 3.91
    assert critical.vertebral_hazard_ratio_ci95 == (1.62, 9.45)
    assert read_denosumab_clock(180).vertebral_hazard_ratio is None


def test_the_alarm_rings_from_seven_months():
    assert not read_denosumab_clock(213).alarm
    assert read_denosumab_clock(213.1).alarm


def test_overdue_days_count_from_the_due_day_and_sources_resolve():
    reading = read_denosumab_clock(100)
    assert reading.overdue_days == 100 - DUE
    assert {reference.key for reference in cite(reading)} >= {"lyu2020", "tsourdi2021ects"}
