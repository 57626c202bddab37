"""One person through a course of therapy by the model of Jörg and colleagues, solved with LSODA."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from osteon.errors import AbstainedError
from osteon.remodeling.joerg import (
    JoergDose,
    JoergOutcomes,
    JoergParameters,
    JoergState,
    add_joerg_dose,
    differentiate_joerg,
    load_joerg_parameters,
    read_estrogen,
    read_joerg_outcomes,
    rest_joerg,
)
from osteon.therapy import Drug, list_course_days, list_dose_courses
from osteon.units import DAYS_PER_MONTH, DAYS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from osteon.remodeling.parameters import Covariates
    from osteon.therapy import DoseCourse, Regimen
    from osteon.therapy import Sequence as Therapy

__all__ = ["JoergCourse", "JoergModel", "age_joerg", "follow_joerg"]

_RELATIVE, _ABSOLUTE = 10**-8, 10**-10
_CONTINUOUS_UP_TO_DAYS = 10
_FIELDS = {
    Drug.ALENDRONATE: "alendronate_mg",
    Drug.DENOSUMAB: "denosumab_mg",
    Drug.TERIPARATIDE: "teriparatide_ug",
    Drug.ROMOSOZUMAB: "antibody_mg",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JoergCourse:
    """What is given: ``doses`` as (day, dose) and ``rates`` as (first day, last day, dose per day), from day 0."""

    doses: tuple[tuple[float, JoergDose], ...] = ()
    rates: tuple[tuple[float, float, JoergDose], ...] = ()

    def list_changes(self, last_day: float) -> list[float]:
        """List the days between 0 and the last at which the right-hand side or the state jumps, with both ends."""
        edges = [day for day, _ in self.doses] + [
            day for first, last, _ in self.rates for day in (first, last)
        ]
        return sorted({0.0, *(float(day) for day in edges if 0 < day < last_day), float(last_day)})


def age_joerg(p: JoergParameters, age_years: float) -> JoergState:
    """Return the untreated state at an age: closed form up to menopause, solved from there on."""
    state = rest_joerg(p)
    slope = differentiate_joerg(state, p, JoergDose(), 1.0).density
    calm = min(age_years, p.menopause_age)
    state = state._replace(density=state.density + slope * calm * DAYS_PER_YEAR)
    past = max(age_years - p.menopause_age, 0) * DAYS_PER_YEAR
    if not past:
        return state
    solved = _solve(p, state, p.menopause_age, (0.0, past), JoergDose(), np.array([past]))
    return JoergState(*solved[:, -1])


def _solve(
    p: JoergParameters,
    state: JoergState,
    age_years: float,
    days: tuple[float, float],
    rate: JoergDose,
    reads: np.ndarray,
) -> np.ndarray:
    """Solve from one day to another of a course that began at ``age_years``; (states, reads)."""
    from scipy.integrate import solve_ivp

    def slope(day: float, values: np.ndarray) -> JoergState:
        estrogen = read_estrogen(age_years + day / DAYS_PER_YEAR, p)
        return differentiate_joerg(JoergState(*values), p, rate, estrogen)

    solved = solve_ivp(
        slope, days, list(state), method="LSODA", rtol=_RELATIVE, atol=_ABSOLUTE, t_eval=np.asarray(reads)
    )
    return np.asarray(solved.y)


def follow_joerg(
    p: JoergParameters, age_years: float, course: JoergCourse, days: Sequence[float] | np.ndarray
) -> JoergOutcomes:
    """Follow a person from an age on; each read-out at ``days`` (0 or more, rising), relative to day 0."""
    wanted = np.asarray(days, dtype=float)
    state = age_joerg(p, age_years)
    start, parts = read_joerg_outcomes(state, p), [np.zeros((0, len(JoergOutcomes._fields)))]
    parts += [np.array([start])] * int((wanted == 0).sum())
    edges = course.list_changes(max(wanted.max(), 1))
    for first, last in pairwise(edges):
        for day, dose in course.doses:
            state = add_joerg_dose(state, p, dose) if day == first else state
        inside = wanted[(wanted > first) & (wanted <= last)]
        solved = _solve(
            p, state, age_years, (first, last), _add_rates(course, first), np.union1d(inside, last)
        )
        state = JoergState(*solved[:, -1])
        read = read_joerg_outcomes(JoergState(*solved[:, : len(inside)]), p)
        parts.append(np.array(read).T)
    return JoergOutcomes(*(np.concatenate(parts) / np.array(start)).T)


def _add_rates(course: JoergCourse, day: float) -> JoergDose:
    """Return what is given per day from ``day`` on, up to the next change."""
    current = [rate for first, last, rate in course.rates if first <= day < last]
    return JoergDose(*np.sum([JoergDose(), *current], axis=0).tolist())


@dataclass(frozen=True, slots=True, kw_only=True)
class JoergModel:
    """The published fit as a model that trials can call: total hip, CTX and P1NP of one woman.

    Only her age counts. Alendronate and teriparatide are continuous, antibodies single doses.
    """

    parameters: JoergParameters = field(default_factory=load_joerg_parameters)

    @property
    def name(self) -> str:
        """What it is."""
        return "Jörg 2022"

    @property
    def outcomes(self) -> frozenset[str]:
        """What it speaks of: one site, and both markers."""
        return frozenset(JoergOutcomes._fields)

    @property
    def sources(self) -> tuple[str, ...]:
        """The paper."""
        return ("jorg2022",)

    def simulate_outcomes(
        self, sequence: Therapy, history: Therapy | None, person: Covariates, months: np.ndarray
    ) -> Mapping[str, np.ndarray]:
        """Return outcomes relative to the untreated start, as `RemodelingModel` says.

        Abstains from other drugs, and from doses left out: its antibodies act almost in full at any dose, so a
        dose missed is not a dose halved.
        """
        before = history.duration_months * DAYS_PER_MONTH if history else 0.0
        courses = _list_courses(sequence, round(before)) + (_list_courses(history, 0) if history else ())
        found = follow_joerg(
            self.parameters, float(person.age_years), _lay_out(courses), before + months * DAYS_PER_MONTH
        )
        return found._asdict()


def _list_courses(sequence: Therapy, start_day: int) -> tuple[DoseCourse, ...]:
    for regimen in sequence.regimens:
        _require_described(regimen)
    return list_dose_courses(sequence, start_day=start_day)


def _require_described(regimen: Regimen) -> None:
    unknown = [str(one.drug) for one in regimen.prescriptions if one.drug not in _FIELDS]
    partly = regimen.adherence < 1 or regimen.persistence is not None
    if unknown or partly:
        raise AbstainedError(
            code="model.not_described",
            field="Sequence.regimens",
            got=", ".join(unknown) or "doses that are not taken",
            expected=f"{', '.join(_FIELDS)}, each dose taken",
            hint="This model was written for these drugs only.",
        )


def _lay_out(courses: Sequence[DoseCourse]) -> JoergCourse:
    doses: list[tuple[float, JoergDose]] = []
    rates: list[tuple[float, float, JoergDose]] = []
    for course in courses:
        name = _FIELDS[course.drug]
        if course.interval_days < _CONTINUOUS_UP_TO_DAYS:
            rate = JoergDose(**{name: course.amount / course.interval_days})
            rates.append((course.start_day, course.stop_day, rate))
        else:
            dose = JoergDose(**{name: course.amount})
            doses += [(float(day), dose) for day in list_course_days(course)]
    return JoergCourse(doses=tuple(doses), rates=tuple(rates))
