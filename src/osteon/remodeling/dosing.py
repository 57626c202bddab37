"""From what is prescribed to what the equations see: one table of doses and drives per step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from osteon.remodeling.equations import Bolus, Drive
from osteon.therapy import Drug, Route, list_course_days
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from osteon.therapy import DoseCourse

__all__ = ["CHANNELS", "Timetable", "tabulate_courses"]

CHANNELS = (*Bolus._fields, *Drive._fields)
_CONTINUOUS_UNDER_DAYS = 10
_ORAL_SHARE = {(Drug.IBANDRONATE, Route.ORAL): "ibandronate_oral_absorbed"}
_REFERENCE = {
    Drug.TERIPARATIDE: "teriparatide_reference_ug",
    Drug.ABALOPARATIDE: "abaloparatide_reference_ug",
    Drug.RALOXIFENE: "raloxifene_reference_mg",
}


class Timetable:
    """Doses and drives by step: ``channels`` (steps, CHANNELS) and ``adherence`` (steps,) of single doses.

    Boluses are mg given at the start of their step; drives hold for the whole step and already carry their
    adherence. Doses given at least every ten days are a continuous rate: the surface pool they feed empties over
    weeks to months, so the average is what it sees.
    """

    __slots__ = ("adherence", "channels", "steps_per_month")

    def __init__(self, months: float, steps_per_month: int) -> None:
        steps = round(months * steps_per_month)
        self.channels = np.zeros((steps, len(CHANNELS)))
        self.adherence = np.ones(steps)
        self.steps_per_month = steps_per_month


def tabulate_courses(
    courses: Iterable[DoseCourse],
    *,
    months: float,
    steps_per_month: int,
    scale: Mapping[str, float],
    calcium_from_day: float | None = None,
) -> Timetable:
    """Lay dose courses on the grid of ``months x steps_per_month`` steps.

    ``scale`` holds the reference doses and the oral bioavailability of the parameter set; ``calcium_from_day``
    starts calcium and vitamin D, which every trial gave.
    """
    table = Timetable(months, steps_per_month)
    for course in courses:
        _add_course(table, course, scale)
    if calcium_from_day is not None:
        table.channels[_find_step(table, calcium_from_day) :, CHANNELS.index("calcium")] = 1
    return table


def _find_step(table: Timetable, day: float) -> int:
    return max(0, round(day / DAYS_PER_MONTH * table.steps_per_month))


def _add_course(table: Timetable, course: DoseCourse, scale: Mapping[str, float]) -> None:
    first, last = _find_step(table, course.start_day), _find_step(table, course.stop_day)
    if course.drug in _REFERENCE:
        ratio = course.amount / course.interval_days / scale[_REFERENCE[course.drug]]
        drive = course.adherence * 2 * ratio / (1 + ratio)
        table.channels[first:last, CHANNELS.index(course.drug.value)] += drive
        return
    amount = course.amount * scale.get(_ORAL_SHARE.get((course.drug, course.route), ""), 1)
    if course.interval_days < _CONTINUOUS_UNDER_DAYS:
        rate = course.adherence * amount / course.interval_days
        table.channels[first:last, CHANNELS.index(f"{course.drug.value}_mg_day")] += rate
        return
    for step in _list_dose_steps(table, course):
        table.channels[step, CHANNELS.index(f"{course.drug.value}_mg")] += amount
        table.adherence[step] = course.adherence


def _list_dose_steps(table: Timetable, course: DoseCourse) -> list[int]:
    interval = course.interval_days / DAYS_PER_MONTH * table.steps_per_month
    first = course.exact_start_days / DAYS_PER_MONTH * table.steps_per_month
    steps = (round(first + k * interval) for k in range(len(list_course_days(course))))
    return [step for step in steps if 0 <= step < len(table.channels)]
