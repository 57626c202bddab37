"""Small plots drawn straight onto the sheet: many fit on a page, and each is a few shapes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from osteon.report import palette
from osteon.report.output import attach_description
from osteon.report.page import SMALL_STRONG_PEN, Page, Pen, fit_text, open_page, put_text
from osteon.report.palette import open_style
from osteon.report.panel import Span, list_month_ticks, list_tick_values
from osteon.report.plot_values import Ink, Plot, PlotCurve, PlotGrid, PlotPoint
from osteon.report.wording import format_month

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TICK_ROOM_IN: Final = 0.34
RIGHT_IN: Final = 0.1
TITLE_IN: Final = 0.22
STRIP_IN: Final = 0.11
MONTHS_IN: Final = 0.2
LABEL_IN: Final = 0.17
GAP_IN: Final = 0.06
MOST_TICKS: Final = 4
POINT_IN: Final = 0.03
FAR_IN: Final = 0.075
LEAST_LABEL_STEP_IN: Final = 0.13

_COLOR: Final = MappingProxyType(
    {
        Ink.FIRST: palette.MEDIAN_LINE,
        Ink.SECOND: palette.GOAL_LINE,
        Ink.THIRD: palette.REFERENCE,
        Ink.FOURTH: palette.FOURTH_LINE,
        Ink.RULE: palette.SOFT_INK,
    }
)
_BAND: Final = MappingProxyType(
    {
        Ink.FIRST: palette.OUTER_RIBBON,
        Ink.SECOND: palette.REAL_WORLD_INTERVAL,
        Ink.THIRD: palette.REFERENCE_BAND,
        Ink.FOURTH: palette.FOURTH_BAND,
        Ink.RULE: palette.FOURTH_BAND,
    }
)
_DASH: Final = MappingProxyType(
    {Ink.FIRST: "-", Ink.SECOND: (0, (5, 1.5)), Ink.THIRD: (0, (2, 1)), Ink.FOURTH: "-.", Ink.RULE: "-"}
)
_STEPS: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where a plot lies on the sheet, in inches from the top left corner, and the scales that it has there."""

    left_in: float
    top_in: float
    width_in: float
    height_in: float
    across: Span
    up: Span

    def place_across(self, value: float) -> float:
        """Return the inches from the left of the page."""
        share = (value - self.across.low) / (self.across.high - self.across.low)
        return self.left_in + share * self.width_in

    def place_up(self, value: float) -> float:
        """Return the inches from the top of the page; what lies beyond the scale is set on its edge."""
        share = (min(max(value, self.up.low), self.up.high) - self.up.low) / (self.up.high - self.up.low)
        return self.top_in + (1 - share) * self.height_in


def span_values(values: Iterable[float], *, least: float = 0) -> Span:
    """Return a span around values and zero that ends a little beyond them, never shorter than ``least``.

    >>> span_values([0, 10]) == Span(low=-1, high=11)
    True
    """
    found = [0.0, *values]
    low, high = min(found), max(found)
    short = max(least - (high - low), 0) / 2
    margin = (high - low) / 10 + short
    return Span(low=low - margin, high=high + margin)


def draw_plots(grid: PlotGrid) -> Figure:
    """Draw a grid of small plots, without title or footer: the page around them has both.

    >>> from osteon.report import Plot, PlotCurve, PlotGrid, Span, describe_figure
    >>> curve = PlotCurve(across=(0, 12), up=(0, 5))
    >>> plot = Plot(title="Hip", across=Span(low=0, high=12), up=Span(low=-1, high=6), curves=(curve,))
    >>> grid = PlotGrid(
    ...     title="Trial A",
    ...     description="One arm.",
    ...     plots=(plot,),
    ...     columns=1,
    ...     plot_width_in=2,
    ...     plot_height_in=1,
    ... )
    >>> describe_figure(draw_plots(grid))
    ('Trial A', 'One arm.')
    """
    shown = [plot for plot in grid.plots if plot is not None]
    head_in = TITLE_IN * any(plot.title for plot in shown) + STRIP_IN * any(plot.bars for plot in shown)
    foot_in = MONTHS_IN + LABEL_IN * any(plot.across_label for plot in shown)
    row_in = GAP_IN + head_in + grid.plot_height_in + foot_in
    cell_in = TICK_ROOM_IN + grid.plot_width_in + RIGHT_IN + grid.label_room_in
    rows = ceil(len(grid.plots) / grid.columns)
    with open_style():
        page = open_page(cell_in * grid.columns, row_in * rows)
        for index, plot in enumerate(grid.plots):
            row, column = divmod(index, grid.columns)
            if plot is not None:
                box = Box(
                    left_in=column * cell_in + TICK_ROOM_IN,
                    top_in=row * row_in + GAP_IN + head_in,
                    width_in=grid.plot_width_in,
                    height_in=grid.plot_height_in,
                    across=plot.across,
                    up=plot.up,
                )
                _draw_plot(page, box, plot, grid.label_room_in)
    attach_description(page.figure, grid.title, grid.description)
    return page.figure


def _draw_plot(page: Page, box: Box, plot: Plot, label_room_in: float) -> None:
    _fill(page, box)
    if plot.title:
        width_in = box.width_in + TICK_ROOM_IN + label_room_in
        title_in = box.top_in - STRIP_IN * bool(plot.bars) - TITLE_IN / 2
        text = fit_text(plot.title, SMALL_STRONG_PEN, width_in)
        put_text(page, box.left_in - TICK_ROOM_IN + 0.04, title_in, text, SMALL_STRONG_PEN)
    _draw_scales(page, box, plot)
    for curve in plot.curves:
        _draw_band(page, box, curve)
    for curve in plot.curves:
        _draw_line(page, box, curve)
    _draw_bars(page, box, plot)
    _draw_points(page, box, plot.points)
    _draw_labels(page, box, plot.curves, label_room_in)
    if plot.corner:
        corner_in = box.top_in + (box.height_in - 0.07 if _is_high_at_right(box, plot) else 0.08)
        put_text(page, box.left_in + box.width_in - 0.03, corner_in, plot.corner, _TINY_PEN, align="right")


def _is_high_at_right(box: Box, plot: Plot) -> bool:
    """Tell whether the right half of a plot is busier above than below."""
    middle = (box.across.low + box.across.high) / 2
    places = [
        (across, up) for curve in plot.curves for across, up in zip(curve.across, curve.up, strict=True)
    ]
    places += [(point.across, point.up) for point in plot.points]
    right = [box.place_up(up) for across, up in places if across >= middle]
    return not right or sum(right) / len(right) < box.top_in + box.height_in / 2


_TINY_PEN: Final = Pen(points=6.5, color=palette.SOFT_INK)


def _fill(page: Page, box: Box) -> None:
    right_in, bottom_in = box.left_in + box.width_in, box.top_in + box.height_in
    corners = ((box.left_in, right_in, right_in, box.left_in), (box.top_in, box.top_in, bottom_in, bottom_in))
    page.sheet.fill(*corners, facecolor=palette.PANEL, edgecolor="none", zorder=0, clip_on=False)


def _draw_scales(page: Page, box: Box, plot: Plot) -> None:
    right_in, bottom_in = box.left_in + box.width_in, box.top_in + box.height_in
    ticks = list_round_values(box.up, most=MOST_TICKS)
    for tick in ticks:
        at_in = box.place_up(tick)
        color = palette.RULE if tick == 0 else palette.PAPER
        page.sheet.plot(
            (box.left_in, right_in), (at_in, at_in), color=color, linewidth=0.8, zorder=1, clip_on=False
        )
        put_text(page, box.left_in - 0.04, at_in, f"{tick:g}", _TINY_PEN, align="right")
    across = _list_across_ticks(plot)
    for tick in across:
        at_in = box.place_across(tick)
        align = (
            "center"
            if box.left_in < at_in < right_in - 0.02
            else ("left" if at_in <= box.left_in else "right")
        )
        put_text(page, at_in, bottom_in + MONTHS_IN / 2, format_month(tick), _TINY_PEN, align=align)
    if plot.across_label:
        label_in = bottom_in + MONTHS_IN + LABEL_IN / 2 - 0.02
        put_text(page, box.left_in + box.width_in / 2, label_in, plot.across_label, _TINY_PEN, align="center")


def _list_across_ticks(plot: Plot) -> tuple[float, ...]:
    if plot.months:
        return list_month_ticks(plot.across, most=MOST_TICKS)
    return list_round_values(plot.across, most=MOST_TICKS)


def list_round_values(span: Span, *, most: int) -> tuple[float, ...]:
    """Return the multiples of 1, 2 or 5 times a power of ten within a span, at most ``most`` of them.

    >>> list_round_values(Span(low=-12, high=31), most=4)
    (0.0, 20.0)
    """
    power = floor(log10(span.high - span.low)) - 1
    fitting = (
        ticks
        for shift in range(4)
        for step in _STEPS
        if len(ticks := list_tick_values(span, step * 10.0 ** (power + shift))) <= most
    )
    return next(fitting)


def _draw_band(page: Page, box: Box, curve: PlotCurve) -> None:
    if curve.low:
        across = [box.place_across(value) for value in curve.across]
        low, high = ([box.place_up(value) for value in side] for side in (curve.low, curve.high))
        page.sheet.fill(
            [*across, *across[::-1]],
            [*low, *high[::-1]],
            facecolor=_BAND[curve.ink],
            edgecolor="none",
            alpha=0.55,
            zorder=2,
            clip_on=False,
        )


def _draw_line(page: Page, box: Box, curve: PlotCurve) -> None:
    across = [box.place_across(value) for value in curve.across]
    up = [box.place_up(value) for value in curve.up]
    width = 0.9 if curve.ink is Ink.RULE else 1.5
    page.sheet.plot(
        across,
        up,
        color=_COLOR[curve.ink],
        linewidth=width,
        linestyle=_DASH[curve.ink],
        zorder=3,
        clip_on=False,
    )


def _draw_bars(page: Page, box: Box, plot: Plot) -> None:
    for bar in plot.bars:
        start, stop = (
            box.place_across(min(max(month, box.across.low), box.across.high))
            for month in (bar.start_month, bar.stop_month)
        )
        if stop > start:
            page.sheet.barh(
                box.top_in - STRIP_IN / 2,
                stop - start,
                left=start,
                height=STRIP_IN / 2,
                facecolor=palette.FAMILY_FILL[bar.family],
                edgecolor=palette.FAMILY_EDGE[bar.family],
                linewidth=0.6,
                zorder=2,
                clip_on=False,
            )


def _draw_points(page: Page, box: Box, points: Sequence[PlotPoint]) -> None:
    for ink in Ink:
        own = [point for point in points if point.ink is ink]
        if own:
            _draw_bars_of_points(page, box, own, _COLOR[ink])
            _draw_marks(page, box, own, ink)


def _draw_bars_of_points(page: Page, box: Box, points: Sequence[PlotPoint], color: str) -> None:
    from matplotlib.collections import LineCollection

    reaches = [
        (point.across, point.up - point.half_width, point.up + point.half_width)
        for point in points
        if point.half_width is not None
    ]
    reaches += [(point.across, point.up, point.toward) for point in points if point.toward is not None]
    lines = [
        [(box.place_across(across), box.place_up(low)), (box.place_across(across), box.place_up(high))]
        for across, low, high in reaches
    ]
    if lines:
        page.sheet.add_collection(
            LineCollection(lines, colors=color, linewidths=0.9, zorder=4, clip_on=False)
        )


def _draw_marks(page: Page, box: Box, points: Sequence[PlotPoint], ink: Ink) -> None:
    color = palette.INK if ink is Ink.FIRST else _COLOR[ink]
    for held_back in (False, True):
        for hollow in (False, True):
            own = [p for p in points if (p.held_back, p.hollow) == (held_back, hollow)]
            if own:
                page.sheet.plot(
                    [box.place_across(point.across) for point in own],
                    [box.place_up(point.up) for point in own],
                    linestyle="none",
                    marker="D" if held_back else "o",
                    markersize=3.4 if held_back else 3.8,
                    markeredgecolor=palette.GOAL_LINE if held_back and ink is Ink.FIRST else color,
                    markerfacecolor=palette.PAPER
                    if hollow
                    else (palette.GOAL_LINE if held_back and ink is Ink.FIRST else color),
                    markeredgewidth=0.9,
                    zorder=5,
                    clip_on=False,
                )
    far = [point for point in points if point.far]
    if far:
        page.sheet.plot(
            [box.place_across(point.across) for point in far],
            [box.place_up(point.up) for point in far],
            linestyle="none",
            marker="o",
            markersize=8.5,
            markeredgecolor=palette.GOAL_LINE,
            markerfacecolor="none",
            markeredgewidth=1.0,
            zorder=6,
            clip_on=False,
        )


def _draw_labels(page: Page, box: Box, curves: Sequence[PlotCurve], room_in: float) -> None:
    """Name each line at its end, the names spread where they would meet."""
    named = sorted((curve for curve in curves if curve.label), key=lambda curve: box.place_up(curve.up[-1]))
    wanted = [box.place_up(curve.up[-1]) for curve in named]
    for at_in, curve in zip(spread_apart(wanted, LEAST_LABEL_STEP_IN), named, strict=True):
        pen = Pen(points=palette.SMALL_POINTS, color=_COLOR[curve.ink])
        text = fit_text(curve.label, pen, room_in)
        put_text(page, box.left_in + box.width_in + 0.05, at_in, text, pen)


def spread_apart(places: Sequence[float], least: float) -> list[float]:
    """Move rising places apart until neighbors are ``least`` from each other, their middle staying.

    >>> spread_apart([1.0, 1.0, 5.0], 1.0)
    [0.5, 1.5, 5.0]
    """
    groups: list[list[float]] = []
    for place in places:
        groups.append([place])
        while len(groups) > 1 and _meet(groups[-2], groups[-1], least):
            groups[-2:] = [groups[-2] + groups[-1]]
    return [
        sum(group) / len(group) + (index - (len(group) - 1) / 2) * least
        for group in groups
        for index in range(len(group))
    ]


def _meet(first: Sequence[float], second: Sequence[float], least: float) -> bool:
    reach = (len(first) + len(second)) / 2 * least
    return sum(second) / len(second) - sum(first) / len(first) < reach
