"""The forecast of one patient under one sequence, a panel for each site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from osteon.report import palette
from osteon.report.chances import chances_height, draw_chances
from osteon.report.description import describe_forecast
from osteon.report.frame import (
    FOOTER_IN,
    MARGIN_IN,
    PAGE_WIDTH_IN,
    Frame,
    draw_frame,
    header_height,
    open_frame,
)
from osteon.report.key import (
    ROW_IN,
    KeyEntry,
    draw_key,
    flow_entries,
    sample_family,
    sample_fill,
    sample_line,
    sample_mark,
)
from osteon.report.marks import SCAN_MARK, find_reference_mark
from osteon.report.output import attach_description
from osteon.report.page import (
    HEADING_PEN,
    SMALL_PEN,
    Page,
    Pen,
    add_axes,
    fit_text,
    line_height,
    measure_text,
    open_page,
    put_text,
)
from osteon.report.palette import open_style
from osteon.report.panel import (
    Span,
    draw_panel,
    list_marker_labels,
    list_month_ticks,
    list_points,
    span_t_scores,
)
from osteon.report.strip import LANE_IN, PlacedBar, count_lanes, draw_strip, place_bars
from osteon.report.views import ForecastView, SiteForecast
from osteon.report.wording import format_calendar_month, format_limit, format_month

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PLOT_LEFT_IN: Final = 0.72
PLOT_WIDTH_IN: Final = 4.36
GUTTER_IN: Final = 0.7
SIDE_LEFT_IN: Final = PLOT_LEFT_IN + PLOT_WIDTH_IN + GUTTER_IN
SIDE_WIDTH_IN: Final = PAGE_WIDTH_IN - MARGIN_IN - SIDE_LEFT_IN
HEADING_IN: Final = 0.26
PANEL_GAP_IN: Final = 0.12
BLOCK_GAP_IN: Final = 0.14
PANEL_HEIGHTS_IN: Final = (3.35, 2.15, 1.7, 1.5)
MOST_TICKS: Final = 7
SPARE_SHARE: Final = 0.02
GOAL_PEN: Final = Pen(points=palette.SMALL_POINTS, color=palette.GOAL_LINE, weight="bold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where everything goes, in inches from the top of the page."""

    frame: Frame
    key: tuple[tuple[KeyEntry, ...], ...]
    months: Span
    t_scores: Span
    panel_in: float
    bars: tuple[PlacedBar, ...]
    axis_in: float
    height_in: float


def draw_forecast(view: ForecastView) -> Figure:
    """Draw the forecast of one patient: bands, ribbons, scans, goal, chances and therapy.

    >>> from osteon.report import BarFamily, ClassLimits, MeasuredPoint, SiteForecast, Stamp, TherapyBar
    >>> from osteon.report import describe_figure
    >>> hip = SiteForecast(
    ...     site_label="Total hip",
    ...     months=(0, 12, 24),
    ...     median=(-2.8, -2.6, -2.5),
    ...     low_50=(-2.8, -2.7, -2.6),
    ...     high_50=(-2.8, -2.5, -2.4),
    ...     low_90=(-2.8, -2.9, -2.8),
    ...     high_90=(-2.8, -2.3, -2.2),
    ...     measured=(MeasuredPoint(month=0, t_score=-2.8, half_width=0.1),),
    ... )
    >>> alendronate = TherapyBar(
    ...     label="alendronate 70 mg weekly", start_month=0, stop_month=24, family=BarFamily.ANTIRESORPTIVE
    ... )
    >>> view = ForecastView(
    ...     title="Alendronate for 24 months",
    ...     patient_label="Woman, 70 years",
    ...     sites=(hip,),
    ...     goal_t_score=-2.5,
    ...     class_limits=ClassLimits(osteoporosis_up_to=-2.5, normal_from=-1),
    ...     therapy=(alendronate,),
    ...     stamp=Stamp(parameter_set="example", version="0"),
    ...     interval_label="90% interval",
    ... )
    >>> describe_figure(draw_forecast(view))[0]
    'Alendronate for 24 months'
    """
    with open_style():
        layout = _lay_out(view)
        page = open_page(PAGE_WIDTH_IN, layout.height_in)
        draw_frame(page, layout.frame)
        at_in = header_height(layout.frame) + BLOCK_GAP_IN / 2
        draw_key(page, MARGIN_IN, at_in, layout.key)
        at_in += len(layout.key) * ROW_IN + BLOCK_GAP_IN
        for site in view.sites:
            _draw_site(page, at_in, view, site, layout)
            at_in += HEADING_IN + layout.panel_in + PANEL_GAP_IN
        at_in -= PANEL_GAP_IN
        _draw_time_axis(page, at_in, view, layout)
        draw_strip(page, PLOT_LEFT_IN, at_in + layout.axis_in, layout.bars)
        draw_key(page, SIDE_LEFT_IN, at_in + layout.axis_in, _list_families(view))
    attach_description(page.figure, view.title, describe_forecast(view))
    return page.figure


def _lay_out(view: ForecastView) -> Layout:
    frame = open_frame(view.title, view.patient_label, view.stamp)
    key = flow_entries(_list_key(view), PAGE_WIDTH_IN - 2 * MARGIN_IN)
    months = _span_months(view)
    bars = place_bars(view.therapy, months, PLOT_WIDTH_IN)
    beside = max(chances_height(site, SIDE_WIDTH_IN) for site in view.sites)
    panel_in = max(PANEL_HEIGHTS_IN[len(view.sites) - 1], beside)
    axis_in = 0.24 + (line_height(SMALL_PEN) if view.start_date else 0)
    panels_in = len(view.sites) * (HEADING_IN + panel_in + PANEL_GAP_IN) - PANEL_GAP_IN
    blocks_in = len(key) * ROW_IN + 2.5 * BLOCK_GAP_IN
    strip_in = axis_in + max(count_lanes(bars) * LANE_IN, len(_list_families(view)) * ROW_IN)
    return Layout(
        frame=frame,
        key=key,
        months=months,
        t_scores=span_t_scores(view),
        panel_in=panel_in,
        bars=bars,
        axis_in=axis_in,
        height_in=header_height(frame) + blocks_in + panels_in + strip_in + FOOTER_IN,
    )


def _span_months(view: ForecastView) -> Span:
    months = [point.month for site in view.sites for point in list_points(site)]
    months += [end for site in view.sites for end in (site.months[0], site.months[-1])]
    low, high = min(0, *months), max(months)
    spare = SPARE_SHARE * (high - low)
    return Span(low=low - spare, high=high + spare)


def _list_key(view: ForecastView) -> list[KeyEntry]:
    entries = [
        KeyEntry(sample=sample_line, label="median forecast"),
        KeyEntry(sample=sample_fill(palette.INNER_RIBBON), label="middle 50%"),
        KeyEntry(sample=sample_fill(palette.OUTER_RIBBON), label="middle 90%"),
    ]
    if any(site.measured for site in view.sites):
        entries.append(KeyEntry(sample=sample_mark(SCAN_MARK), label="scan with precision error"))
    for index, label in enumerate(list_marker_labels(view)):
        entries.append(KeyEntry(sample=sample_mark(find_reference_mark(index)), label=label))
    return entries


def _list_families(view: ForecastView) -> tuple[tuple[KeyEntry], ...]:
    unnamed = (bar.family for bar in view.therapy if bar.label != palette.FAMILY_LABEL[bar.family])
    return tuple(
        (KeyEntry(sample=sample_family(family), label=palette.FAMILY_LABEL[family]),)
        for family in dict.fromkeys(unnamed)
    )


def _draw_site(page: Page, top_in: float, view: ForecastView, site: SiteForecast, layout: Layout) -> None:
    label = fit_text(site.site_label, HEADING_PEN, PLOT_WIDTH_IN)
    put_text(page, MARGIN_IN, top_in + HEADING_IN / 2, label, HEADING_PEN)
    after_in = MARGIN_IN + measure_text(label, HEADING_PEN) + 0.1
    put_text(page, after_in, top_in + HEADING_IN / 2, "T-score", SMALL_PEN)
    plot_in = top_in + HEADING_IN
    axes = add_axes(page, PLOT_LEFT_IN, plot_in, PLOT_WIDTH_IN, layout.panel_in)
    draw_panel(axes, view, site, layout.months, layout.t_scores)
    spread = layout.t_scores.high - layout.t_scores.low
    goal_in = plot_in + layout.panel_in * (layout.t_scores.high - view.goal_t_score) / spread
    goal = f"goal {format_limit(view.goal_t_score)}"
    put_text(page, PLOT_LEFT_IN + PLOT_WIDTH_IN + 0.06, goal_in, goal, GOAL_PEN)
    draw_chances(page, SIDE_LEFT_IN, top_in, SIDE_WIDTH_IN, site, view)
    axes.set_xticks(list_month_ticks(layout.months, most=MOST_TICKS))
    axes.grid(axis="x", color=palette.INK, alpha=0.08, linewidth=0.8)


def _draw_time_axis(page: Page, top_in: float, view: ForecastView, layout: Layout) -> None:
    per_month = PLOT_WIDTH_IN / (layout.months.high - layout.months.low)
    step = line_height(SMALL_PEN)
    middle_in = top_in + 0.04 + step / 2
    for month in list_month_ticks(layout.months, most=MOST_TICKS):
        at_in = PLOT_LEFT_IN + (month - layout.months.low) * per_month
        put_text(page, at_in, middle_in, format_month(month), SMALL_PEN, align="center")
        if view.start_date is not None:
            calendar = format_calendar_month(view.start_date, month)
            put_text(page, at_in, middle_in + step, calendar, SMALL_PEN, align="center")
    put_text(page, SIDE_LEFT_IN, middle_in, "months from start", SMALL_PEN)
