"""The small values that every picture is made of: an estimate, a stamp, a bar of therapy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from osteon.report.checks import check_finite, check_half_width, check_order, check_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A probability or a share, 0 to 1, with its interval where one is known."""

    value: float
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        check_order("Estimate", 0, low, self.value, high, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassLimits:
    """The two T-scores between which bone mass counts as low.

    At or below `osteoporosis_up_to` is osteoporosis, at or above `normal_from` is normal.
    """

    osteoporosis_up_to: float
    normal_from: float

    def __post_init__(self) -> None:
        check_order("ClassLimits", self.osteoporosis_up_to, self.normal_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a reader needs to make the picture again: parameter set and version of the package."""

    parameter_set: str
    version: str

    def __post_init__(self) -> None:
        check_text("Stamp.parameter_set", self.parameter_set)
        check_text("Stamp.version", self.version)


class BarFamily(StrEnum):
    """What a bar of therapy stands for; each member has its own hatch."""

    ANTIRESORPTIVE = "antiresorptive"
    ANABOLIC = "anabolic"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapyBar:
    """One drug, or none, from `start_month` to `stop_month`."""

    label: str
    start_month: float
    stop_month: float
    family: BarFamily

    def __post_init__(self) -> None:
        check_text("TherapyBar.label", self.label)
        check_order("TherapyBar.start_month, stop_month", self.start_month, self.stop_month)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredPoint:
    """A scan: month (negative before the start), T-score, and half-width of its precision bar."""

    month: float
    t_score: float
    half_width: float | None = None

    def __post_init__(self) -> None:
        check_finite("MeasuredPoint", self.month, self.t_score)
        check_half_width("MeasuredPoint.half_width", self.half_width)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceMarker:
    """A T-score from elsewhere, such as a trial's mean; markers of one label share one symbol."""

    label: str
    month: float
    t_score: float
    half_width: float | None = None

    def __post_init__(self) -> None:
        check_text("ReferenceMarker.label", self.label)
        check_finite("ReferenceMarker", self.month, self.t_score)
        check_half_width("ReferenceMarker.half_width", self.half_width)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbabilityMark:
    """The chance of being above the goal at one month."""

    month: float
    estimate: Estimate

    def __post_init__(self) -> None:
        check_finite("ProbabilityMark.month", self.month)
