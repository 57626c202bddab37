"""The symbols of points, each told from the others by its shape as well as its color."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from osteon.report import palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FRONT: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The symbol of a point, and the color of an interval drawn beneath it."""

    symbol: str
    color: str
    filled: bool
    points: float = 5.0
    interval_color: str = palette.INNER_RIBBON


SCAN_MARK: Final = Mark(symbol="o", color=palette.INK, filled=True)
REFERENCE_MARKS: Final = tuple(
    Mark(symbol=symbol, color=palette.REFERENCE, filled=False) for symbol in ("D", "s", "^", "v")
)
FITTED_MARK: Final = Mark(symbol="o", color=palette.INK, filled=True, points=3.6)
HELD_BACK_MARK: Final = Mark(symbol="D", color=palette.GOAL_LINE, filled=False, points=3.6)
CHANCE_MARK: Final = Mark(symbol="o", color=palette.MEDIAN_LINE, filled=True, points=4.5)
DURABILITY_MARK: Final = Mark(symbol="D", color=palette.MEDIAN_LINE, filled=False, points=4.5)
REAL_WORLD_MARK: Final = Mark(
    symbol="s", color=palette.GOAL_LINE, filled=False, points=4.5, interval_color=palette.REAL_WORLD_INTERVAL
)


def find_reference_mark(index: int) -> Mark:
    """Return the symbol of the reference markers named in this place; they repeat after four."""
    return REFERENCE_MARKS[index % len(REFERENCE_MARKS)]


def draw_mark(axes: Axes, across: float, up: float, mark: Mark, *, half_width: float | None = None) -> None:
    """Draw a point, with an upright error bar where its half-width is known."""
    if half_width is not None:
        axes.plot(
            (across, across),
            (up - half_width, up + half_width),
            color=mark.color,
            linewidth=1.1,
            marker="_",
            markersize=mark.points,
            markeredgewidth=1.1,
            clip_on=False,
            zorder=FRONT - 1,
        )
    axes.plot(
        across,
        up,
        color=mark.color,
        linestyle="none",
        marker=mark.symbol,
        markersize=mark.points,
        markerfacecolor=mark.color if mark.filled else palette.PAPER,
        markeredgewidth=1.2,
        clip_on=False,
        zorder=FRONT,
    )
