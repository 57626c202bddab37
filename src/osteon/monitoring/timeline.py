"""What was taken, day by day, from the first datum to today: as stated, or with doses left out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from osteon.population import STEPS_PER_MONTH, simulate_timetable
from osteon.remodeling import tabulate_courses
from osteon.therapy import ONCE_INTERVAL_DAYS, AmountUnit, DoseCourse, Route, describe_drug, list_dose_courses
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from osteon.inference import Injection, Patient, PatientBank
    from osteon.population import Executor
    from osteon.therapy import Drug

__all__ = [
    "Omission",
    "Timeline",
    "begin_history",
    "lay_timeline",
    "list_undocumented",
    "read_at",
    "simulate_history",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Omission:
    """Doses left out: from `from_day` of the timeline on, `share` (0 to 1) of the stated doses is taken."""

    from_day: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The days from `start` to `as_of` with every course on them, counted in days from `start`.

    `documented` are the drugs whose doses are dated injections, which nobody can have left out.
    """

    start: date
    as_of: date
    courses: tuple[DoseCourse, ...]
    documented: frozenset[Drug]

    @property
    def months(self) -> int:
        """Whole months that hold the timeline."""
        return max(1, math.ceil((self.as_of - self.start).days / DAYS_PER_MONTH))

    def count_days(self, day: date) -> int:
        """Count the days from the start to a day."""
        return (day - self.start).days


def begin_history(patient: Patient, as_of: date) -> date:
    """Return the day that the stated history begins."""
    if patient.history is None:
        return as_of
    if patient.history_start is not None:
        return patient.history_start
    return as_of - timedelta(days=round(patient.history.duration_months * DAYS_PER_MONTH))


def lay_timeline(patient: Patient, as_of: date, days: Iterable[date]) -> Timeline:
    """Lay history and injections on one timeline that begins with the earliest of them and of `days`."""
    begin = begin_history(patient, as_of)
    given = [injection for injection in patient.injections if injection.date <= as_of]
    start = min([begin, as_of, *(injection.date for injection in given), *days])
    documented = frozenset(injection.drug for injection in given)
    stated = (
        () if patient.history is None else list_dose_courses(patient.history, start_day=(begin - start).days)
    )
    courses = [course for course in stated if not _is_documented(course, documented)]
    courses += [_date_course(injection, (injection.date - start).days) for injection in given]
    return Timeline(start=start, as_of=as_of, courses=tuple(courses), documented=documented)


def _is_documented(course: DoseCourse, documented: frozenset[Drug]) -> bool:
    return course.drug in documented and course.route is not Route.ORAL


def list_undocumented(timeline: Timeline) -> tuple[DoseCourse, ...]:
    """List the courses of which nobody wrote down each dose."""
    return tuple(course for course in timeline.courses if not _is_documented(course, timeline.documented))


def _date_course(injection: Injection, day: int) -> DoseCourse:
    routes = describe_drug(injection.drug).routes
    return DoseCourse(
        drug=injection.drug,
        amount=injection.amount,
        unit=AmountUnit(injection.unit),
        route=Route.INTRAVENOUS if Route.INTRAVENOUS in routes else routes[0],
        start_day=day,
        stop_day=day + 1,
        exact_start_days=float(day),
        interval_days=ONCE_INTERVAL_DAYS,
        adherence=1.0,
        regimen_index=0,
    )


def simulate_history(
    bank: PatientBank,
    timeline: Timeline,
    omission: Omission | None = None,
    executor: Executor | None = None,
) -> np.ndarray:
    """Run the bank's virtual patients through the timeline: (months + 1, 5, N), relative to its first day."""
    courses = timeline.courses if omission is None else tuple(_leave_out(timeline, omission))
    first = min((course.start_day for course in timeline.courses), default=None)
    deficient = bank.patient.context.vitamin_d_deficiency is True
    table = tabulate_courses(
        courses,
        months=timeline.months,
        steps_per_month=STEPS_PER_MONTH,
        scale=bank.parameters.values,
        calcium_from_day=None if deficient or first is None else first,
    )
    return simulate_timetable(bank.virtual, table, executor=executor)


def _leave_out(timeline: Timeline, omission: Omission) -> Iterator[DoseCourse]:
    """Cut each course in two where doses begin to be left out; dated injections stay as they are."""
    for course in timeline.courses:
        if _is_documented(course, timeline.documented) or course.stop_day <= omission.from_day:
            yield course
            continue
        skipped = max(0, math.ceil((omission.from_day - course.exact_start_days) / course.interval_days))
        later = course.exact_start_days + skipped * course.interval_days
        if skipped:
            yield replace(course, stop_day=min(course.stop_day, round(later)))
        if later < course.stop_day:
            yield replace(
                course,
                start_day=max(course.start_day, round(later)),
                exact_start_days=later,
                adherence=course.adherence * omission.share,
            )


def read_at(outcomes: np.ndarray, day: float) -> np.ndarray:
    """Read the outcomes (months + 1, 5, N) at a day, between month ends in a straight line: (5, N)."""
    month = min(max(day / DAYS_PER_MONTH, 0), len(outcomes) - 1)
    below = min(math.floor(month), len(outcomes) - 2)
    share = month - below
    return np.asarray((1 - share) * outcomes[below] + share * outcomes[below + 1])
