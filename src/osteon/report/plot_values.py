"""What a small plot shows, as plain values: curves with their bands, points, and bars of therapy above them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from osteon.report.checks import check_finite, check_half_width, check_order, check_rising, check_same_length
from osteon.report.panel import Span
from osteon.report.values import TherapyBar


class Ink(StrEnum):
    """The lines of a plot, each with a color and a dash of its own."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    RULE = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotCurve:
    """A line with its band (both limits empty where there is none) and the name set at its end."""

    across: tuple[float, ...]
    up: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    label: str = ""
    ink: Ink = Ink.FIRST

    def __post_init__(self) -> None:
        check_rising("PlotCurve.across", self.across)
        check_same_length(f"PlotCurve ({self.label})", len(self.across), self.up)
        check_finite(f"PlotCurve ({self.label})", *self.up)
        if self.low or self.high:
            check_same_length(f"PlotCurve ({self.label})", len(self.across), self.low, self.high)
            for low, high in zip(self.low, self.high, strict=True):
                check_order(f"PlotCurve ({self.label})", low, high)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotPoint:
    """A published number: hollow where it was recalled, a diamond where the fit never saw it.

    ``far`` rings a number that lies outside of what its interval allows; ``toward`` joins it to the simulated one.
    """

    across: float
    up: float
    half_width: float | None = None
    hollow: bool = False
    held_back: bool = False
    far: bool = False
    toward: float | None = None
    ink: Ink = Ink.FIRST

    def __post_init__(self) -> None:
        check_finite("PlotPoint", self.across, self.up)
        check_half_width("PlotPoint.half_width", self.half_width)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """One small plot; an empty ``title`` leaves no room for one, ``corner`` is a short remark inside.

    ``percent_ticks`` writes the ticks of the y axis as signed changes.
    """

    title: str
    across: Span
    up: Span
    curves: tuple[PlotCurve, ...] = ()
    points: tuple[PlotPoint, ...] = ()
    bars: tuple[TherapyBar, ...] = ()
    across_label: str = ""
    corner: str = ""
    months: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotGrid:
    """Plots side by side in rows of ``columns``; None leaves a place empty."""

    title: str
    description: str
    plots: tuple[Plot | None, ...]
    columns: int
    plot_width_in: float
    plot_height_in: float
    label_room_in: float = 0.0
