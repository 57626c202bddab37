"""The course of an arm between and around its printed numbers, with the band in which a trial may lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from osteon.evidence import Statistic
from osteon.inference import TrialArm
from osteon.trials.cohort import MARKERS
from osteon.trials.course import BLOCKS_PER_MONTH
from osteon.trials.estimate import ArmReading, Estimate

__all__ = ["ArmCourse", "CourseRequest", "list_course_months", "list_course_readings", "make_course"]

_MOST = 90 / 100
_STEPS = (1, 2, 3, 6, 12)
_POINTS = {"bmd": 20, "marker": 50}
# A marker moves within weeks of a start, a switch or a stop; half a year later the months are enough.
_EARLY = tuple(block / BLOCKS_PER_MONTH for block in (1, 3, 6, 12, 18))


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRequest:
    """Which course is asked for: positions of the arms in a list, the outcome, and the months to read."""

    arm: int
    comparator: int | None
    outcome: str
    baseline_month: float
    months: tuple[float, ...]
    statistic: Statistic = Statistic.MEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmCourse:
    """Percent change since ``baseline_month`` by month, and the 90 % interval of a trial of the arm's size.

    With a ``comparator`` it is the difference of two such changes.
    """

    arm: TrialArm
    comparator: TrialArm | None
    outcome: str
    baseline_month: float
    months: tuple[float, ...]
    simulated: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def read(self, month: float) -> float:
        """Return the percent change at a month of the course, between two points by a straight line."""
        return float(np.interp(month, self.months, self.simulated))


def list_course_months(
    arm: TrialArm, outcome: str, *, start: float, end: float, asked: Iterable[float] = ()
) -> tuple[float, ...]:
    """List the months at which to read a course: an even grid, what is asked, and each change of therapy."""
    most = _POINTS["marker" if outcome in MARKERS else "bmd"]
    step = next((step for step in _STEPS if (end - start) / step <= most), _STEPS[-1])
    changes = list(accumulate((r.duration_months for r in arm.sequence.regimens), initial=0.0))
    months = {start, end, *asked, *changes}
    months |= {start + step * index for index in range(int((end - start) / step) + 1)}
    if outcome in MARKERS:
        months |= {change + after for change in changes for after in _EARLY}
    return tuple(sorted({round(month, 6) for month in months if start <= month <= end}))


def list_course_readings(request: CourseRequest) -> list[ArmReading]:
    """List one reading for each month of a course."""
    return [
        ArmReading(
            arm=request.arm,
            comparator=request.comparator,
            outcome=request.outcome,
            month=month,
            baseline_month=request.baseline_month,
            statistic=request.statistic,
        )
        for month in request.months
    ]


def make_course(request: CourseRequest, arms: Sequence[TrialArm], estimates: Sequence[Estimate]) -> ArmCourse:
    """Join the estimates of a request's readings; at the baseline month itself nothing is uncertain."""
    bounds = [
        (0.0, 0.0) if month == request.baseline_month else estimate.find_interval(_MOST)
        for month, estimate in zip(request.months, estimates, strict=True)
    ]
    return ArmCourse(
        arm=arms[request.arm],
        comparator=None if request.comparator is None else arms[request.comparator],
        outcome=request.outcome,
        baseline_month=request.baseline_month,
        months=request.months,
        simulated=tuple(estimate.simulated for estimate in estimates),
        low=tuple(low for low, _ in bounds),
        high=tuple(high for _, high in bounds),
    )
