"""The strip of therapy under the time axis: one bar for each drug, hatched by family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from osteon.report import palette
from osteon.report.page import SMALL_STRONG_PEN, Page, fit_text, measure_text, put_text
from osteon.report.panel import Span
from osteon.report.values import TherapyBar

LANE_IN: Final = 0.25
BAR_IN: Final = 0.18
LABEL_GAP_IN: Final = 0.06
HATCH_IN: Final = 0.14
SEAM_IN: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedBar:
    """A bar in inches from the left edge of the plot, its lane, and where its name stands."""

    bar: TherapyBar
    lane: int
    left_in: float
    right_in: float
    label: str
    label_left_in: float
    inside: bool


def place_bars(bars: Sequence[TherapyBar], months: Span, width_in: float) -> tuple[PlacedBar, ...]:
    """Give each bar the first lane in which neither bar nor name meets another.

    A name goes inside its bar where it fits, else to the right of it, else to the left.
    """
    placed: list[PlacedBar] = []
    lane_ends: list[list[tuple[float, float]]] = []
    for bar in bars:
        loose = _place_bar(bar, months, width_in)
        if loose is None:
            continue
        left = min(loose.left_in, loose.label_left_in)
        right = max(loose.right_in, loose.label_left_in + measure_text(loose.label, SMALL_STRONG_PEN))
        taken = (left + SEAM_IN / 2, right - SEAM_IN / 2)
        lane = next((row for row, ends in enumerate(lane_ends) if _is_free(ends, taken)), len(lane_ends))
        if lane == len(lane_ends):
            lane_ends.append([])
        lane_ends[lane].append(taken)
        placed.append(replace(loose, lane=lane))
    return tuple(placed)


def count_lanes(placed: Sequence[PlacedBar]) -> int:
    """Return how many lanes the placed bars take."""
    return max((bar.lane + 1 for bar in placed), default=0)


def draw_strip(page: Page, left_in: float, top_in: float, placed: Sequence[PlacedBar]) -> None:
    """Draw the bars from the left edge of the plot downwards."""
    for bar in placed:
        middle_in = top_in + (bar.lane + 1 / 2) * LANE_IN
        _draw_bar(page, left_in, middle_in, bar)
        pen = SMALL_STRONG_PEN
        at_in = left_in + bar.label_left_in
        if bar.inside:
            width_in = measure_text(bar.label, pen)
            _draw_plate(page, at_in, middle_in, width_in)
        put_text(page, at_in, middle_in, bar.label, pen)


def _draw_bar(page: Page, left_in: float, middle_in: float, bar: PlacedBar) -> None:
    family = bar.bar.family
    page.sheet.barh(
        middle_in,
        bar.right_in - bar.left_in - SEAM_IN,
        left=left_in + bar.left_in + SEAM_IN / 2,
        height=BAR_IN,
        facecolor=palette.FAMILY_FILL[family],
        edgecolor=palette.FAMILY_EDGE[family],
        hatch=palette.FAMILY_HATCH[family],
        linewidth=0.8,
    )


def _draw_plate(page: Page, left_in: float, middle_in: float, width_in: float) -> None:
    """Clear the hatch behind a name."""
    margin_in = LABEL_GAP_IN / 2
    page.sheet.barh(
        middle_in,
        width_in + 2 * margin_in,
        left=left_in - margin_in,
        height=BAR_IN * 3 / 4,
        color=palette.PAPER,
    )


def _place_bar(bar: TherapyBar, months: Span, width_in: float) -> PlacedBar | None:
    per_month = width_in / (months.high - months.low)
    left = max(bar.start_month - months.low, 0) * per_month
    right = min(bar.stop_month - months.low, months.high - months.low) * per_month
    if right <= left:
        return None
    label_width = measure_text(bar.label, SMALL_STRONG_PEN)
    inside = label_width + 2 * HATCH_IN <= right - left
    label, label_left = bar.label, (left + right - label_width) / 2
    if not inside:
        label, label_left = _place_beside(bar.label, left, right, width_in)
    return PlacedBar(
        bar=bar,
        lane=0,
        left_in=left,
        right_in=right,
        label=label,
        label_left_in=label_left,
        inside=inside or left < label_left < right,
    )


def _place_beside(label: str, left: float, right: float, width_in: float) -> tuple[str, float]:
    room_right = width_in - right - LABEL_GAP_IN
    room_left = left - LABEL_GAP_IN
    label_width = measure_text(label, SMALL_STRONG_PEN)
    if label_width <= room_right or (room_right >= room_left and room_right >= right - left):
        line = fit_text(label, SMALL_STRONG_PEN, room_right)
        return line, right + LABEL_GAP_IN
    if room_left >= right - left:
        line = fit_text(label, SMALL_STRONG_PEN, room_left)
        return line, room_left - measure_text(line, SMALL_STRONG_PEN)
    line = fit_text(label, SMALL_STRONG_PEN, right - left - 2 * LABEL_GAP_IN)
    return line, left + LABEL_GAP_IN


def _is_free(taken: Sequence[tuple[float, float]], wanted: tuple[float, float]) -> bool:
    return all(wanted[1] <= left or right <= wanted[0] for left, right in taken)
