"""A virtual trial on one page: the course of each arm at each site, times to a target, and power."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osteon.report import palette
from osteon.report.frame import FOOTER_IN, MARGIN_IN, PAGE_WIDTH_IN, draw_frame, header_height, open_frame
from osteon.report.key import ROW_IN as KEY_IN
from osteon.report.key import SAMPLE_IN, KeyEntry, Sample, draw_key, flow_entries, sample_mark
from osteon.report.marks import Mark, draw_mark
from osteon.report.output import attach_description
from osteon.report.page import (
    SMALL_PEN,
    SMALL_STRONG_PEN,
    Page,
    add_axes,
    fit_text,
    line_height,
    open_page,
    put_text,
)
from osteon.report.palette import open_style
from osteon.report.panel import Span, list_month_ticks
from osteon.report.trial_views import TrialCurve, TrialPanel, TrialView
from osteon.report.wording import format_month, set_minus

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS: Final = 3
PLOT_HEIGHT_IN: Final = 1.55
TICK_ROOM_IN: Final = 0.4
PANEL_GAP_IN: Final = 0.2
NAMES_IN: Final = 2 * line_height(SMALL_PEN) + 0.05
ROW_GAP_IN: Final = 0.48
BLOCK_GAP_IN: Final = 0.14
MOST_TICKS: Final = 5
HEADROOM: Final = 0.06
SHADE: Final = 0.16

# Told apart by color, by dash and by the symbol of what was published, so that gray is enough.
ARM_COLORS: Final = ("#0b3a5b", "#b35a00", "#3f7d4e", "#7a2e6d", "#5d6872", "#8a2f00")
ARM_DASHES: Final = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), "-.", (0, (8, 2)), (0, (3, 1, 1, 1, 1, 1)))
ARM_SYMBOLS: Final = ("o", "s", "^", "D", "v", "P")


def draw_trial(view: TrialView) -> Figure:
    """Draw a virtual trial.

    >>> from osteon.report import Stamp, describe_figure
    >>> curve = TrialCurve(arm=0, across=(0, 12), up=(0, 3.0), low=(0, 2.5), high=(0, 3.5))
    >>> panel = TrialPanel(title="Total hip", up_label="change, %", across_label="months", curves=(curve,))
    >>> view = TrialView(
    ...     title="Trial A",
    ...     subtitle="One arm",
    ...     arms=("placebo",),
    ...     panels=(panel,),
    ...     stamp=Stamp(parameter_set="example", version="0"),
    ... )
    >>> describe_figure(draw_trial(view))[0]
    'Trial A'
    """
    with open_style():
        frame = open_frame(view.title, view.subtitle, view.stamp)
        key = flow_entries(_list_key(view), PAGE_WIDTH_IN - 2 * MARGIN_IN)
        columns = min(COLUMNS, len(view.panels))
        rows = -(-len(view.panels) // columns)
        top_in = header_height(frame) + len(key) * KEY_IN + 1.5 * BLOCK_GAP_IN
        row_in = NAMES_IN + PLOT_HEIGHT_IN + ROW_GAP_IN
        page = open_page(PAGE_WIDTH_IN, top_in + rows * row_in + FOOTER_IN)
        draw_frame(page, frame)
        draw_key(page, MARGIN_IN, header_height(frame) + BLOCK_GAP_IN / 2, key)
        cell_in = (PAGE_WIDTH_IN - 2 * MARGIN_IN + PANEL_GAP_IN) / columns
        for index, panel in enumerate(view.panels):
            row, column = divmod(index, columns)
            place = (MARGIN_IN + column * cell_in, top_in + row * row_in)
            _draw_panel(page, place, cell_in - PANEL_GAP_IN, panel)
    attach_description(page.figure, view.title, describe_trial(view))
    return page.figure


def _find_mark(arm: int) -> Mark:
    style = arm % len(ARM_COLORS)
    return Mark(symbol=ARM_SYMBOLS[style], color=ARM_COLORS[style], filled=False, points=4.2)


def _sample_arm(arm: int) -> Sample:
    def draw(page: Page, left_in: float, middle_in: float) -> None:
        style = arm % len(ARM_COLORS)
        ends = (left_in, left_in + SAMPLE_IN)
        color, dash = ARM_COLORS[style], ARM_DASHES[style]
        page.sheet.plot(ends, (middle_in, middle_in), color=color, linestyle=dash, linewidth=1.6)

    return draw


def _list_key(view: TrialView) -> list[KeyEntry]:
    entries = [KeyEntry(sample=_sample_arm(arm), label=name) for arm, name in enumerate(view.arms)]
    shown = {
        (curve.arm, panel.marks_label): None
        for panel in view.panels
        for curve in panel.curves
        if curve.marks and panel.marks_label
    }
    entries += [
        KeyEntry(sample=sample_mark(_find_mark(arm)), label=f"{view.arms[arm]}, {label}")
        for arm, label in shown
    ]
    return entries


def _draw_panel(page: Page, place: tuple[float, float], width_in: float, panel: TrialPanel) -> None:
    left_in, top_in = place
    step = line_height(SMALL_PEN)
    put_text(
        page, left_in, top_in + step / 2, fit_text(panel.title, SMALL_STRONG_PEN, width_in), SMALL_STRONG_PEN
    )
    put_text(page, left_in, top_in + step * 1.5, fit_text(panel.up_label, SMALL_PEN, width_in), SMALL_PEN)
    plot_in = top_in + NAMES_IN
    axes = add_axes(page, left_in + TICK_ROOM_IN, plot_in, width_in - TICK_ROOM_IN, PLOT_HEIGHT_IN)
    axes.set_facecolor(palette.PANEL)
    if panel.is_log:
        axes.set_xscale("log")
    for curve in panel.curves:
        _draw_curve(axes, curve)
    _draw_ticks(axes, panel)
    foot_in = plot_in + PLOT_HEIGHT_IN + 0.27
    put_text(page, left_in + width_in, foot_in, panel.across_label, SMALL_PEN, align="right")


def _draw_curve(axes: Axes, curve: TrialCurve) -> None:
    style = curve.arm % len(ARM_COLORS)
    color = ARM_COLORS[style]
    if curve.low:
        axes.fill_between(
            curve.across,
            curve.low,
            curve.high,
            step="post" if curve.stepped else None,
            color=color,
            alpha=SHADE,
            linewidth=0,
            zorder=1,
        )
    axes.plot(
        curve.across,
        curve.up,
        color=color,
        linestyle=ARM_DASHES[style],
        linewidth=1.5,
        drawstyle="steps-post" if curve.stepped else "default",
        zorder=3,
    )
    for month, value in curve.marks:
        draw_mark(axes, month, value, _find_mark(curve.arm))


def _draw_ticks(axes: Axes, panel: TrialPanel) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

    if panel.is_log:
        sizes = sorted({across for curve in panel.curves for across in curve.across})
        axes.set_xticks(_thin_out(sizes), [f"{size:g}" for size in _thin_out(sizes)])
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.tick_params(axis="x", which="minor", length=0)
    else:
        months = Span(low=axes.get_xlim()[0], high=axes.get_xlim()[1])
        ticks = list_month_ticks(months, most=MOST_TICKS)
        axes.set_xticks(ticks, [format_month(month) for month in ticks])
    if panel.is_share:
        axes.set_ylim(0, 1 + HEADROOM)
        axes.set_yticks((0, 1 / 4, 1 / 2, 3 / 4, 1), ("0%", "25%", "50%", "75%", "100%"))
    else:
        axes.axhline(0, color=palette.RULE, linewidth=0.8, zorder=0.5)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=MOST_TICKS))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: set_minus(f"{value:g}")))
    axes.grid(axis="y", color=palette.PAPER, linewidth=0.9)


def _thin_out(sizes: list[float]) -> list[float]:
    """Return sizes no nearer to each other than their labels are wide, the smallest first."""
    kept: list[float] = []
    nearest = (sizes[-1] / sizes[0]) ** (1 / MOST_TICKS) if sizes else 1
    for size in sizes:
        if not kept or size >= kept[-1] * nearest:
            kept.append(size)
    return kept


def describe_trial(view: TrialView) -> str:
    """Say what `draw_trial` draws: where every arm ends in every panel."""
    parts = [f"{view.subtitle}."]
    for panel in view.panels:
        ends = "; ".join(_describe_end(view, panel, curve) for curve in panel.curves)
        parts.append(f"{panel.title}, {panel.up_label}: {ends}.")
    stamp = view.stamp
    return " ".join([*parts, f"Parameter set {stamp.parameter_set}, osteon {stamp.version}."])


def _describe_end(view: TrialView, panel: TrialPanel, curve: TrialCurve) -> str:
    value = f"{100 * curve.up[-1]:.0f}%" if panel.is_share else f"{curve.up[-1]:.1f}"
    interval = ""
    if curve.low and panel.is_share:
        interval = f" ({100 * curve.low[-1]:.0f}% to {100 * curve.high[-1]:.0f}%)"
    elif curve.low:
        interval = f" ({curve.low[-1]:.1f} to {curve.high[-1]:.1f})"
    return f"{view.arms[curve.arm]} {value}{interval} at {curve.across[-1]:g} {panel.across_label}"
