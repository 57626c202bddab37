"""How a phenomenon is told: its courses, and claims that read them.

A curve names either an arm of the evidence, whose published numbers then stand beside it, or a sequence. Claims
speak of direction and order only: how far the course is from what was published is said by the points.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from osteon.trials.courses import ArmCourse

__all__ = [
    "CTX",
    "EARLY",
    "HIP",
    "P1NP",
    "SINCE_START",
    "SINCE_STOP",
    "SINCE_SWITCH",
    "SPINE",
    "YEAR",
    "CurveSpec",
    "Find",
    "PanelSpec",
    "PhenomenonSpec",
    "find_peak",
    "find_peak_month",
    "read_after",
    "rises",
]

Find: TypeAlias = Callable[[int, str], ArmCourse]
Holds: TypeAlias = Callable[[Find], bool]

SPINE, HIP, CTX, P1NP = "lumbar_spine", "total_hip", "ctx", "p1np"
YEAR, EARLY = 12, 2
SINCE_START, SINCE_STOP, SINCE_SWITCH = (
    f"months since the {event}" for event in ("start", "end of treatment", "switch")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveSpec:
    """A named course: of an arm of the evidence, else of a sequence."""

    label: str
    study: str = ""
    arm: str = ""
    sequence: str = ""
    zero_month: float = 0
    baseline_month: float = 0
    end_month: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSpec:
    """Courses of one outcome that share axes."""

    title: str
    outcome: str
    curves: tuple[CurveSpec, ...]
    month_label: str = SINCE_START


@dataclass(frozen=True, slots=True, kw_only=True)
class PhenomenonSpec:
    """What is known, how it is shown, and claims: a sentence, and whether the panels' courses agree."""

    key: str
    title: str
    text: str
    panels: tuple[PanelSpec, ...]
    claims: tuple[tuple[str, Holds], ...]


def find_peak(course: ArmCourse, start: float) -> float:
    """Return the highest value from a month on."""
    return max(read_after(course, start))


def find_peak_month(course: ArmCourse) -> float:
    """Return the month of the highest value."""
    return max(zip(course.simulated, course.months, strict=True))[1]


def read_after(course: ArmCourse, start: float) -> list[float]:
    """Return the values from a month on."""
    return [value for month, value in zip(course.months, course.simulated, strict=True) if month >= start]


def rises(values: Sequence[float]) -> bool:
    """Tell whether each value is above the one before."""
    return all(later > earlier for earlier, later in pairwise(values))
