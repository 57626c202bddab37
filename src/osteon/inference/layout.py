"""Past and future of a patient on one timetable of doses and drives."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from osteon.evidence import find_fact
from osteon.inference.past import Past
from osteon.inference.readings import prescribe_injection
from osteon.population import STEPS_PER_MONTH
from osteon.remodeling import CHANNELS, ParameterSet, Timetable, tabulate_courses
from osteon.therapy import ONCE_INTERVAL_DAYS, DoseCourse, Lifestyle, list_dose_courses
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from osteon.inference.readings import Injection
    from osteon.therapy import Sequence

__all__ = ["lay_out_sequence", "lay_out_therapy"]


def lay_out_sequence(
    parameters: ParameterSet,
    sequence: Sequence,
    history: Sequence | None,
    months: int,
    *,
    deficient: bool = False,
) -> tuple[Timetable, int]:
    """Return the timetable of history and sequence, and the month on it at which the sequence starts.

    Calcium and vitamin D run from the start of the sequence, as they did in every trial; for a patient known to be
    ``deficient`` in vitamin D only while the sequence names them.
    """
    return lay_out_therapy(parameters, Past(sequence=history), sequence, months, deficient=deficient)


def lay_out_therapy(
    parameters: ParameterSet, past: Past, sequence: Sequence | None, months: int, *, deficient: bool
) -> tuple[Timetable, int]:
    """Return the timetable of a past, with its injections, and of what follows; and the month of the forecast."""
    before = math.ceil(past.months)
    lead = round((before - past.months) * DAYS_PER_MONTH)
    courses = [*(list_dose_courses(past.sequence, start_day=lead) if past.sequence else ())]
    courses = [course for course in courses if past.keeps(course)]
    now = round(before * DAYS_PER_MONTH)
    ahead = list_dose_courses(sequence, start_day=now) if sequence else ()
    # An injection of today is the first of what follows, where that begins with the same drug.
    begun = {course.drug for course in ahead if course.start_day == now}
    courses += [
        _give_once(given, now - days) for days, given in past.injections if days or given.drug not in begun
    ]
    courses += ahead
    from_start = past.untreated_months and lead + past.untreated_months * DAYS_PER_MONTH
    table = tabulate_courses(
        courses,
        months=before + months,
        steps_per_month=STEPS_PER_MONTH,
        scale=parameters.values,
        calcium_from_day=None if deficient else (from_start if past.treated else before * DAYS_PER_MONTH),
    )
    if deficient and sequence:
        _add_supplements(table, sequence, before)
    return table, before


def _give_once(injection: Injection, day: int) -> DoseCourse:
    dose = prescribe_injection(injection)
    return DoseCourse(
        drug=dose.drug,
        amount=dose.amount,
        unit=dose.unit,
        route=dose.route,
        start_day=day,
        stop_day=day + 1,
        exact_start_days=day,
        interval_days=ONCE_INTERVAL_DAYS,
        adherence=1.0,
        regimen_index=0,
    )


def _add_supplements(table: Timetable, sequence: Sequence, before: int) -> None:
    fact = find_fact("forecast_rules", quantity="calcium_drive_supplemented", rule="vitamin_d_deficient")
    ends = float(before)
    for regimen in sequence.regimens:
        start, ends = ends, ends + regimen.duration_months
        if Lifestyle.CALCIUM_VITAMIN_D in regimen.lifestyle:
            steps = slice(round(start * STEPS_PER_MONTH), round(ends * STEPS_PER_MONTH))
            table.channels[steps, CHANNELS.index("calcium")] = fact.number
