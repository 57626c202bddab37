"""One site's T-score over time: class bands, ribbons, scans and the goal line."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from osteon.report import palette
from osteon.report.marks import SCAN_MARK, draw_mark, find_reference_mark
from osteon.report.page import SMALL_PEN, line_height, measure_text
from osteon.report.values import ClassLimits, MeasuredPoint, ReferenceMarker
from osteon.report.views import ForecastView, SiteForecast
from osteon.report.wording import format_limit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NORMAL: Final = "normal"
OSTEOPENIA: Final = "low bone mass (osteopenia)"
OSTEOPOROSIS: Final = "osteoporosis"

LEAST_BAND_SHARE: Final = 0.13
PADDING_SHARE: Final = 0.06
LEAST_SPAN: Final = 1.5
TICK_STEP: Final = 0.5
MONTH_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 1200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of an axis."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """What is visible of one diagnostic class."""

    label: str
    color: str
    span: Span


def span_t_scores(view: ForecastView) -> Span:
    """Return the T-scores that hold every curve, point and the goal, the same for all sites.

    The span is never so short that the noise of a scan looks like a change, and a class that
    would show as a sliver is given room for its name.
    """
    values = [view.goal_t_score]
    for site in view.sites:
        values += [*site.low_90, *site.high_90]
        for point in list_points(site):
            reach = point.half_width or 0
            values += [point.t_score - reach, point.t_score + reach]
    low, high = min(values), max(values)
    padding = max(PADDING_SHARE * (high - low), (LEAST_SPAN - (high - low)) / 2)
    low, high = low - padding, high + padding
    least = LEAST_BAND_SHARE * (high - low)
    limits = (view.goal_t_score, view.class_limits.osteoporosis_up_to, view.class_limits.normal_from)
    for limit in limits:
        high = max(high, limit + least) if high > limit else high
        low = min(low, limit - least) if low < limit else low
    return Span(low=low, high=high)


def list_bands(limits: ClassLimits, span: Span) -> tuple[Band, ...]:
    """Return the classes visible in a span of T-scores, the lowest first."""
    edges = (span.low, limits.osteoporosis_up_to, limits.normal_from, span.high)
    names = (OSTEOPOROSIS, OSTEOPENIA, NORMAL)
    colors = (palette.OSTEOPOROSIS_BAND, palette.OSTEOPENIA_BAND, palette.NORMAL_BAND)
    bands = []
    for label, color, low, high in zip(names, colors, edges[:-1], edges[1:], strict=True):
        visible = Span(low=max(low, span.low), high=min(high, span.high))
        if visible.high > visible.low:
            bands.append(Band(label=label, color=color, span=visible))
    return tuple(bands)


def draw_panel(axes: Axes, view: ForecastView, site: SiteForecast, months: Span, t_scores: Span) -> None:
    """Draw one site on its axes; the goal's name is set beside the panel by the caller."""
    axes.set(xlim=(months.low, months.high), ylim=(t_scores.low, t_scores.high))
    bands = list_bands(view.class_limits, t_scores)
    for band in bands:
        axes.axhspan(band.span.low, band.span.high, facecolor=band.color, edgecolor="none", zorder=0)
    for band in bands[1:]:
        axes.axhline(band.span.low, color=palette.RULE, linewidth=0.8, zorder=2)
    _draw_curves(axes, site)
    axes.axhline(view.goal_t_score, color=palette.GOAL_LINE, linewidth=1.3, dashes=(5, 3), zorder=3)
    for index, label in enumerate(list_marker_labels(view)):
        for marker in site.markers:
            if marker.label == label:
                mark = find_reference_mark(index)
                draw_mark(axes, marker.month, marker.t_score, mark, half_width=marker.half_width)
    for scan in site.measured:
        draw_mark(axes, scan.month, scan.t_score, SCAN_MARK, half_width=scan.half_width)
    for band in bands:
        _name_band(axes, band, site)
    _draw_ticks(axes, t_scores)


def list_marker_labels(view: ForecastView) -> tuple[str, ...]:
    """Return the names of the reference markers, each once, in the order of appearance."""
    return tuple(dict.fromkeys(marker.label for site in view.sites for marker in site.markers))


def list_points(site: SiteForecast) -> tuple[MeasuredPoint | ReferenceMarker, ...]:
    """Return everything drawn as a point at a site, scans first."""
    return (*site.measured, *site.markers)


def list_month_ticks(months: Span, *, most: int) -> tuple[float, ...]:
    """Return round months within a span, no more than `most` of them."""
    fitting = (list_tick_values(months, step) for step in MONTH_STEPS)
    return next(ticks for ticks in fitting if len(ticks) <= most)


def list_tick_values(span: Span, step: float) -> tuple[float, ...]:
    """Return the multiples of `step` within a span."""
    first, last = -int(-span.low // step), int(span.high // step)
    return tuple(index * step for index in range(first, last + 1))


def _draw_curves(axes: Axes, site: SiteForecast) -> None:
    months = site.months
    outer, inner = palette.OUTER_RIBBON, palette.INNER_RIBBON
    axes.fill_between(months, site.low_90, site.high_90, color=outer, linewidth=0, zorder=1)
    axes.fill_between(months, site.low_50, site.high_50, color=inner, linewidth=0, zorder=1.5)
    axes.plot(months, site.median, color=palette.MEDIAN_LINE, linewidth=1.8, zorder=4)


def _draw_ticks(axes: Axes, t_scores: Span) -> None:
    ticks = list_tick_values(t_scores, TICK_STEP)
    axes.set_yticks(ticks, [format_limit(tick) for tick in ticks])
    axes.tick_params(axis="x", labelbottom=False)


def _name_band(axes: Axes, band: Band, site: SiteForecast) -> None:
    """Set a band's name in that corner of it where the fewest curves and points lie."""
    width, height = _name_size(axes, band.label)
    months = axes.get_xlim()
    inset = (months[1] - months[0]) / 100
    lefts = (months[1] - inset - width, months[0] + inset, sum(months) / 2 - width / 2)
    lows = (band.span.low + height / 10, band.span.high - height * 1.1)
    if band.label != OSTEOPOROSIS:
        lefts, lows = (lefts[1], lefts[0], lefts[2]), lows[::-1]
    left, low = min(product(lefts, lows), key=lambda corner: _count_hits(site, corner, (width, height)))
    axes.text(
        left,
        low + height / 2,
        band.label,
        ha="left",
        va="center",
        fontsize=SMALL_PEN.points,
        color=SMALL_PEN.color,
        zorder=3.5,
    )


def _name_size(axes: Axes, text: str) -> tuple[float, float]:
    """Return the width in months and the height in T-score that a small label takes."""
    figure = axes.get_figure(root=True)
    assert figure is not None  # noqa: S101 - axes are always made on a page
    box = axes.get_window_extent()
    per_month = box.width / (axes.get_xlim()[1] - axes.get_xlim()[0])
    per_t_score = box.height / (axes.get_ylim()[1] - axes.get_ylim()[0])
    dots = figure.dpi
    return measure_text(text, SMALL_PEN) * dots / per_month, line_height(SMALL_PEN) * dots / per_t_score


def _count_hits(site: SiteForecast, corner: tuple[float, float], size: tuple[float, float]) -> int:
    import numpy as np

    (left, low), (width, height) = corner, size
    across = np.linspace(left, left + width, num=20)
    inside = (across >= site.months[0]) & (across <= site.months[-1])
    bottom = np.interp(across, site.months, site.low_90)
    top = np.interp(across, site.months, site.high_90)
    hits = int(np.sum(inside & (bottom < low + height) & (top > low)))
    for point in list_points(site):
        reach = point.half_width or 0
        beside = left - width / 10 <= point.month <= left + width * 1.1
        overlaps = point.t_score - reach < low + height and point.t_score + reach > low
        hits += 10 * int(beside and overlaps)
    return hits
