"""How long ago the last dose was: the denosumab clock, and an anabolic drug with nothing after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from osteon.monitoring.rules import read_monitoring_rules
from osteon.therapy import (
    ClockReading,
    ClockState,
    Drug,
    DrugFamily,
    describe_drug,
    list_course_days,
    read_denosumab_clock,
)
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from osteon.monitoring.timeline import Timeline

__all__ = ["DenosumabClock", "TreatmentGap", "find_gap", "read_clock"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DenosumabClock:
    """When denosumab was given last, when the next dose or a follow-on drug is due, and how late it is."""

    last_dose: date
    due: date
    reading: ClockReading


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentGap:
    """A stretch without the drug that should have come: after `drug`, for `months`; `ongoing` to this day or not.

    After denosumab or an anabolic drug it is pressing: what was gained is lost.
    """

    drug: Drug
    months: float
    ongoing: bool

    @property
    def is_pressing(self) -> bool:
        """Whether guidelines ask for another drug at once."""
        return self.drug is Drug.DENOSUMAB or describe_drug(self.drug).family is DrugFamily.ANABOLIC


@dataclass(frozen=True, slots=True)
class _Dose:
    day: int
    drug: Drug


def _list_doses(timeline: Timeline) -> list[_Dose]:
    """List every dose up to today, daily ones by their last day too."""
    today = timeline.count_days(timeline.as_of)
    doses = []
    for course in timeline.courses:
        if course.adherence > 0:
            days = (day for day in list_course_days(course) if day <= today)
            doses += [_Dose(day, course.drug) for day in days]
    return sorted(doses, key=lambda dose: dose.day)


def read_clock(timeline: Timeline) -> DenosumabClock | None:
    """Read the denosumab clock today; None without denosumab, or when another antiresorptive has followed it."""
    doses = _list_doses(timeline)
    given = [dose.day for dose in doses if dose.drug is Drug.DENOSUMAB]
    if not given or any(dose.day > given[-1] and _is_follow_on(dose) for dose in doses):
        return None
    last = timeline.start + timedelta(days=given[-1])
    reading = read_denosumab_clock((timeline.as_of - last).days)
    due = timeline.as_of - timedelta(days=round(reading.overdue_days))
    return DenosumabClock(last_dose=last, due=due, reading=reading)


def _is_follow_on(dose: _Dose) -> bool:
    family = describe_drug(dose.drug).family
    return dose.drug is not Drug.DENOSUMAB and family is DrugFamily.ANTIRESORPTIVE


def find_gap(timeline: Timeline) -> TreatmentGap | None:
    """Find what treatment as stated left open: the ongoing gap, else the longest late dose of denosumab.

    After denosumab a gap is a dose that the clock calls late; after any other drug it is a time without any drug
    beyond the interval of the last dose and the months that still count as at once.
    """
    doses = _list_doses(timeline)
    if not doses:
        return None
    clock = read_clock(timeline)
    if clock is not None and clock.reading.state is not ClockState.ON_TIME:
        return TreatmentGap(
            drug=Drug.DENOSUMAB, months=clock.reading.overdue_days / DAYS_PER_MONTH, ongoing=True
        )
    last = doses[-1]
    covered = describe_drug(last.drug).standard_dose.interval_days or DAYS_PER_MONTH
    idle = (timeline.count_days(timeline.as_of) - last.day - covered) / DAYS_PER_MONTH
    if last.drug is not Drug.DENOSUMAB and idle > read_monitoring_rules().follow_on_months:
        return TreatmentGap(drug=last.drug, months=idle, ongoing=True)
    return _find_late_dose(doses)


def _find_late_dose(doses: list[_Dose]) -> TreatmentGap | None:
    readings = [
        read_denosumab_clock(later.day - dose.day)
        for dose, later in pairwise(doses)
        if dose.drug is Drug.DENOSUMAB
    ]
    late = [reading for reading in readings if reading.state is not ClockState.ON_TIME]
    if not late:
        return None
    longest = max(late, key=lambda reading: reading.overdue_days)
    return TreatmentGap(drug=Drug.DENOSUMAB, months=longest.overdue_days / DAYS_PER_MONTH, ongoing=False)
