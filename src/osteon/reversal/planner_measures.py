"""What an option is weighed by: the target met by a date, whether it lasts, and what it asks of the patient."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from osteon.errors import BadInputError
from osteon.evidence import find_fact
from osteon.therapy import Route, describe_drug, list_course_days, list_dose_courses
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from osteon.reversal.definition import ReversalDefinition
    from osteon.therapy import Regimen, Sequence

__all__ = [
    "Burden",
    "Goal",
    "Measures",
    "count_burden",
    "list_costs",
    "list_points",
    "list_ties",
    "read_resolution",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What is to be reached and by when: a target at the measured sites, and a month after the start."""

    definition: ReversalDefinition
    month: int

    def __post_init__(self) -> None:
        """Refuse a month before the first."""
        if self.month < 1:
            raise BadInputError(
                code="plan.month_out_of_range",
                field="Goal.month",
                got=str(self.month),
                expected="1 or more",
                hint="Count months from the start of the sequence.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """What a sequence asks for when kept as written: doses by how they are given, and months on a drug."""

    injections: int
    infusions: int
    oral_doses: int
    months_on_drug: float

    @property
    def needles(self) -> int:
        """Injections and infusions together."""
        return self.injections + self.infusions

    @property
    def doses(self) -> int:
        """Doses of every kind."""
        return self.needles + self.oral_doses


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The numbers that options are compared by.

    `chance` is the share that meets the target at every measured site at the month asked about; `lasting` the
    share that meets it 24 months after the last drug has ended, with no drug after it (both 0..1).
    """

    chance: float
    lasting: float
    burden: Burden


def count_burden(sequence: Sequence) -> Burden:
    """Count the doses of a sequence by route, and the months during which some drug is given.

    A single dose covers the interval that its label gives.

    >>> from osteon.therapy import parse_sequence
    >>> found = count_burden(parse_sequence("romosozumab for 12 months, then alendronate for 24 months"))
    >>> found.injections, found.infusions, found.oral_doses, found.months_on_drug
    (12, 0, 105, 36.0)
    """
    counts = dict.fromkeys(Route, 0)
    for course in list_dose_courses(sequence):
        counts[course.route] += len(list_course_days(course))
    return Burden(
        injections=counts[Route.SUBCUTANEOUS],
        infusions=counts[Route.INTRAVENOUS],
        oral_doses=counts[Route.ORAL],
        months_on_drug=sum(map(_count_months, sequence.regimens)),
    )


def _count_months(regimen: Regimen) -> float:
    covered = [
        regimen.duration_months
        if prescription.interval_days is not None
        else describe_drug(prescription.drug).standard_dose.interval_days / DAYS_PER_MONTH
        for prescription in regimen.prescriptions
    ]
    return min(max(covered, default=0.0), regimen.duration_months)


def list_points(measures: tuple[Measures, ...]) -> np.ndarray:
    """Lay measures out for `find_front`, (options, 4), larger being better; chances as they are printed.

    Chances are told apart in steps of `read_resolution`, with everything below the first step and above the last
    but one alike, so that what reads the same is the same. What an option asks for is as in `list_costs`.
    """
    gains = [(_count_steps(one.chance), _count_steps(one.lasting)) for one in measures]
    costs = list_costs(tuple(one.burden for one in measures))
    return np.hstack([np.array(gains, dtype=float).reshape(-1, 2), -costs])


def list_ties(measures: tuple[Measures, ...]) -> np.ndarray:
    """Lay out what parts options that are alike on every measure, (options,): fewer injections and infusions."""
    return np.array([-one.burden.needles for one in measures], dtype=float)


def list_costs(burdens: tuple[Burden, ...]) -> np.ndarray:
    """Lay burdens out for comparison, (options, 2), smaller being better.

    Injections and infusions count in the steps of the table `planner_rules`, none at all apart, and months on a
    drug as they are.
    """
    step = find_fact("planner_rules", quantity="needle_step", rule="search").number
    costs = [(np.ceil(one.needles / step), one.months_on_drug) for one in burdens]
    return np.array(costs, dtype=float).reshape(-1, 2)


def _count_steps(share: float) -> float:
    steps, most = share / read_resolution(), 1 / read_resolution()
    if steps < 1:
        return 0.0
    return most if steps > most - 1 else float(np.rint(steps))


@cache
def read_resolution() -> float:
    """Return the smallest difference between two chances that is told apart, 0..1."""
    return find_fact("planner_rules", quantity="resolution", rule="search").number / 100
