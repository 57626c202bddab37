"""Markers read where the visit stands between two doses: nearest to the last one, or just before the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from osteon.therapy import Sequence, list_dose_courses
from osteon.trials.cohort import MARKERS
from osteon.trials.reproduction import ReproducedRow
from osteon.units import DAYS_PER_MONTH

__all__ = ["DosingVisit", "list_dosing_visits"]

_LONGEST_MONTHS = 13
# A dose on the day of the visit is given after the blood is drawn.
_SLACK_DAYS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DosingVisit:
    """A marker row of an arm on one drug given monthly or more seldom, and where its visit stands."""

    row: ReproducedRow
    drug: str
    interval_months: float
    months_since_dose: float


def list_dosing_visits(rows: Iterable[ReproducedRow]) -> tuple[DosingVisit, ...]:
    """List the marker rows that were read between two doses of a course of a month or longer intervals.

    A dose due on the day of the visit counts as given after it. Differences between arms are left out.
    """
    found = []
    for row in rows:
        o = row.observation
        if o.outcome in MARKERS and not o.comparator and not o.baseline_month:
            place = _place_visit(row.arm.sequence, o.month)
            if place is not None:
                drug, interval, since = place
                found.append(
                    DosingVisit(row=row, drug=drug, interval_months=interval, months_since_dose=since)
                )
    return tuple(found)


def _place_visit(sequence: Sequence, month: float) -> tuple[str, float, float] | None:
    day = month * DAYS_PER_MONTH
    running = [c for c in list_dose_courses(sequence) if c.start_day < day <= c.stop_day + _SLACK_DAYS]
    if len(running) != 1:
        return None
    (course,) = running
    interval = course.interval_days
    if interval < DAYS_PER_MONTH - 1 or interval > _LONGEST_MONTHS * DAYS_PER_MONTH:
        return None
    into = (day - course.exact_start_days) % interval
    # A trough visit a day early or late is still a trough.
    since = interval if into < _SLACK_DAYS else into
    return course.drug.value, interval / DAYS_PER_MONTH, since / DAYS_PER_MONTH
