"""When doses fall: courses and single events in whole days."""

import math
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from osteon.therapy.drugs import AmountUnit, Drug, Lifestyle, Route
from osteon.therapy.sequence import Prescription, Regimen, Sequence
from osteon.units import DAYS_PER_MONTH

__all__ = [
    "ONCE_INTERVAL_DAYS",
    "DoseCourse",
    "DoseEvent",
    "LifestyleCourse",
    "list_course_days",
    "list_dose_courses",
    "list_dose_events",
    "list_lifestyle_courses",
    "round_day",
]

ONCE_INTERVAL_DAYS = 10.0**6
_SLACK_DAYS = 10.0**-6


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseCourse:
    """One drug at one rhythm from a start day up to, not including, a stop day.

    Doses fall on the whole days nearest `exact_start_days + k * interval_days` (halves up)
    that lie before `stop_day`; `exact_start_days` is the start before rounding, kept so that
    a course cut in two at a dose falls on the same days as the whole. A single dose has the
    interval `ONCE_INTERVAL_DAYS`. `adherence` is the share of these doses that is taken.
    """

    drug: Drug
    amount: float
    unit: AmountUnit
    route: Route
    start_day: int
    stop_day: int
    exact_start_days: float
    interval_days: float
    adherence: float
    regimen_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseEvent:
    """One dose due on one whole day."""

    day: int
    drug: Drug
    amount: float
    unit: AmountUnit
    route: Route


@dataclass(frozen=True, slots=True, kw_only=True)
class LifestyleCourse:
    """A lifestyle measure kept from a start day up to, not including, a stop day."""

    measure: Lifestyle
    start_day: int
    stop_day: int
    regimen_index: int


def list_lifestyle_courses(sequence: Sequence, start_day: int = 0) -> tuple[LifestyleCourse, ...]:
    """List the stretches during which a lifestyle measure is kept, in the order written.

    >>> from osteon.therapy.grammar import parse_sequence
    >>> (course,) = list_lifestyle_courses(parse_sequence("exercise for 8 months"))
    >>> course.measure.value, course.stop_day
    ('exercise', 244)
    """
    days = [int(round_day(bound)) for bound in _list_bounds(sequence, start_day)]
    return tuple(
        LifestyleCourse(
            measure=measure,
            start_day=days[index],
            stop_day=days[index + 1],
            regimen_index=index,
        )
        for index, regimen in enumerate(sequence.regimens)
        for measure in regimen.lifestyle
    )


def list_dose_courses(sequence: Sequence, start_day: int = 0) -> tuple[DoseCourse, ...]:
    """List the courses of a sequence, in its own order.

    A regimen begins on the whole day nearest its start in months. One with no drug has no
    course. Time runs from `start_day`, which may be negative for treatment in the past.

    >>> from osteon.therapy.grammar import parse_sequence
    >>> (course,) = list_dose_courses(parse_sequence("denosumab for 36 months"))
    >>> course.start_day, course.stop_day, course.interval_days
    (0, 1096, 182.625)
    """
    bounds = _list_bounds(sequence, start_day)
    return tuple(
        _make_course(prescription, regimen, index, bounds[index], bounds[index + 1])
        for index, regimen in enumerate(sequence.regimens)
        for prescription in regimen.prescriptions
    )


def list_course_days(course: DoseCourse) -> tuple[int, ...]:
    """List the whole days on which the doses of a course are due.

    >>> from osteon.therapy.grammar import parse_sequence
    >>> (course,) = list_dose_courses(parse_sequence("zoledronate for 3 years"))
    >>> list_course_days(course)
    (0, 365, 731)
    """
    length = (course.stop_day - course.exact_start_days) / course.interval_days
    due = course.exact_start_days + np.arange(math.ceil(length) + 1) * course.interval_days
    days = round_day(due)
    return tuple(days[days < course.stop_day].tolist())


def list_dose_events(sequence: Sequence, start_day: int = 0) -> tuple[DoseEvent, ...]:
    """List every dose due, by day; doses of one day stand in the order written.

    >>> from osteon.therapy.grammar import parse_sequence
    >>> [event.day for event in list_dose_events(parse_sequence("denosumab for 12 months"))]
    [0, 183]
    """
    events = (
        DoseEvent(
            day=day,
            drug=course.drug,
            amount=course.amount,
            unit=course.unit,
            route=course.route,
        )
        for course in list_dose_courses(sequence, start_day)
        for day in list_course_days(course)
    )
    return tuple(sorted(events, key=lambda event: event.day))


def _list_bounds(sequence: Sequence, start_day: int) -> tuple[float, ...]:
    months = accumulate((r.duration_months for r in sequence.regimens), initial=0.0)
    return tuple(start_day + elapsed * DAYS_PER_MONTH for elapsed in months)


def round_day(days: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Round to the nearest whole day, halves up, blind to the last digits of a float."""
    return np.floor(np.asarray(days) + 1 / 2 + _SLACK_DAYS).astype(np.int64)


def _make_course(
    prescription: Prescription, regimen: Regimen, index: int, start: float, stop: float
) -> DoseCourse:
    interval = prescription.interval_days
    return DoseCourse(
        drug=prescription.drug,
        amount=prescription.amount,
        unit=prescription.unit,
        route=prescription.route,
        start_day=int(round_day(start)),
        stop_day=int(round_day(stop)),
        exact_start_days=start,
        interval_days=ONCE_INTERVAL_DAYS if interval is None else interval,
        adherence=regimen.adherence,
        regimen_index=index,
    )
