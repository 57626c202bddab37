"""Calibration as small multiples: published points against the simulated curve of each arm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from osteon.report import palette
from osteon.report.checks import check_count
from osteon.report.description import describe_fit
from osteon.report.frame import (
    FOOTER_IN,
    MARGIN_IN,
    PAGE_WIDTH_IN,
    Frame,
    draw_frame,
    header_height,
    open_frame,
)
from osteon.report.key import ROW_IN as KEY_IN
from osteon.report.key import (
    KeyEntry,
    draw_key,
    flow_entries,
    sample_fill,
    sample_line,
    sample_mark,
)
from osteon.report.marks import FITTED_MARK, HELD_BACK_MARK, draw_mark
from osteon.report.output import attach_description
from osteon.report.page import (
    SMALL_PEN,
    SMALL_STRONG_PEN,
    Page,
    Pen,
    add_axes,
    fit_text,
    line_height,
    open_page,
    put_text,
    wrap_text,
)
from osteon.report.palette import open_style
from osteon.report.panel import Span, list_month_ticks
from osteon.report.views import PANELS_PER_PAGE, FitPanel, FitView
from osteon.report.wording import format_month, set_minus

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEW_PANELS: Final = 9
FEW_COLUMNS: Final = 3
MANY_COLUMNS: Final = 4
PLOT_HEIGHT_IN: Final = 0.98
TICK_ROOM_IN: Final = 0.36
PANEL_GAP_IN: Final = 0.16
NAMES_GAP_IN: Final = 0.05
ROW_GAP_IN: Final = 0.38
BLOCK_GAP_IN: Final = 0.14
MOST_ARM_LINES: Final = 3
MOST_TICKS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """How many panels stand side by side, how wide each is, and how high the names of each row."""

    columns: int
    cell_width_in: float
    names_in: tuple[float, ...]


def split_fit(view: FitView) -> tuple[FitView, ...]:
    """Cut a view of many panels into pages that `draw_fit` can draw, as even as can be.

    >>> from osteon.report import ObservedPoint, Stamp
    >>> panel = FitPanel(
    ...     study="Trial A",
    ...     arm="placebo",
    ...     outcome="total hip, % change",
    ...     observed=(ObservedPoint(month=12, value=-1, half_width=0.5),),
    ...     months=(0, 24),
    ...     simulated=(0, -1),
    ... )
    >>> view = FitView(
    ...     title="Calibration",
    ...     subtitle="One arm",
    ...     panels=(panel,) * 24,
    ...     interval_label="90% interval",
    ...     stamp=Stamp(parameter_set="example", version="0"),
    ... )
    >>> [len(page.panels) for page in split_fit(view)]
    [12, 12]
    """
    pages = max(-(-len(view.panels) // PANELS_PER_PAGE), 1)
    bounds = [len(view.panels) * page // pages for page in range(pages + 1)]
    return tuple(
        replace(view, panels=view.panels[bounds[page] : bounds[page + 1]], page=page + 1, pages=pages)
        for page in range(pages)
    )


def draw_fit(view: FitView) -> Figure:
    """Draw one page of panels; `split_fit` makes the pages of a longer view.

    >>> from osteon.report import ObservedPoint, Stamp, describe_figure
    >>> panel = FitPanel(
    ...     study="Trial A",
    ...     arm="placebo",
    ...     outcome="total hip, % change",
    ...     observed=(ObservedPoint(month=12, value=-1, half_width=0.5),),
    ...     months=(0, 24),
    ...     simulated=(0, -1),
    ... )
    >>> view = FitView(
    ...     title="Calibration",
    ...     subtitle="One arm",
    ...     panels=(panel,),
    ...     interval_label="90% interval",
    ...     stamp=Stamp(parameter_set="example", version="0"),
    ... )
    >>> describe_figure(draw_fit(view))[0]
    'Calibration'

    Raises:
        BadInputError: there is no panel, or there are more than a page holds.
    """
    check_count("FitView.panels (see split_fit)", len(view.panels), least=1, most=PANELS_PER_PAGE)
    with open_style():
        frame = open_frame(_title_page(view), view.subtitle, view.stamp)
        key = flow_entries(_list_key(view), PAGE_WIDTH_IN - 2 * MARGIN_IN)
        grid = _lay_out_grid(view.panels)
        top_in = header_height(frame) + len(key) * KEY_IN + 1.5 * BLOCK_GAP_IN
        page = open_page(PAGE_WIDTH_IN, top_in + _rows_height(grid.names_in) + FOOTER_IN)
        _draw_surround(page, frame, key)
        for index, panel in enumerate(view.panels):
            row, column = divmod(index, grid.columns)
            left_in = MARGIN_IN + column * grid.cell_width_in
            plot_in = top_in + _rows_height(grid.names_in[:row]) + grid.names_in[row]
            _draw_panel(page, left_in, plot_in, panel, grid.cell_width_in - PANEL_GAP_IN)
    attach_description(page.figure, view.title, describe_fit(view))
    return page.figure


def _title_page(view: FitView) -> str:
    return view.title if view.pages == 1 else f"{view.title} ({view.page} of {view.pages})"


def _lay_out_grid(panels: Sequence[FitPanel]) -> Grid:
    columns = min(len(panels), FEW_COLUMNS if len(panels) <= FEW_PANELS else MANY_COLUMNS)
    cell_width_in = (PAGE_WIDTH_IN - 2 * MARGIN_IN) / columns
    lines = [len(_list_names(panel, cell_width_in - PANEL_GAP_IN)) for panel in panels]
    rows = (max(lines[first : first + columns]) for first in range(0, len(panels), columns))
    names_in = tuple(row * line_height(SMALL_PEN) + NAMES_GAP_IN for row in rows)
    return Grid(columns=columns, cell_width_in=cell_width_in, names_in=names_in)


def _rows_height(names_in: Sequence[float]) -> float:
    return sum(names_in) + len(names_in) * (PLOT_HEIGHT_IN + ROW_GAP_IN)


def _list_names(panel: FitPanel, width_in: float) -> tuple[tuple[str, Pen], ...]:
    study = fit_text(panel.study, SMALL_STRONG_PEN, width_in)
    arm = wrap_text(panel.arm, SMALL_PEN, width_in, most_lines=MOST_ARM_LINES)
    outcome = fit_text(panel.outcome, SMALL_PEN, width_in)
    return ((study, SMALL_STRONG_PEN), *((line, SMALL_PEN) for line in (*arm, outcome)))


def _list_key(view: FitView) -> list[KeyEntry]:
    entries = [KeyEntry(sample=sample_line, label="simulated")]
    if any(panel.low for panel in view.panels):
        entries.append(KeyEntry(sample=sample_fill(palette.OUTER_RIBBON), label=view.interval_label))
    points = [point for panel in view.panels for point in panel.observed]
    if any(point.fitted for point in points):
        entries.append(KeyEntry(sample=sample_mark(FITTED_MARK), label="published, used in the fit"))
    if not all(point.fitted for point in points):
        entries.append(KeyEntry(sample=sample_mark(HELD_BACK_MARK), label="published, held back"))
    return entries


def _draw_surround(page: Page, frame: Frame, key: Sequence[Sequence[KeyEntry]]) -> None:
    draw_frame(page, frame)
    draw_key(page, MARGIN_IN, header_height(frame) + BLOCK_GAP_IN / 2, key)
    foot_in = page.height_in - FOOTER_IN - BLOCK_GAP_IN / 2
    put_text(page, page.width_in - MARGIN_IN, foot_in - 0.02, "months", SMALL_PEN, align="right")


def _draw_panel(page: Page, left_in: float, plot_in: float, panel: FitPanel, width_in: float) -> None:
    step = line_height(SMALL_PEN)
    for row, (line, pen) in enumerate(reversed(_list_names(panel, width_in))):
        put_text(page, left_in, plot_in - NAMES_GAP_IN - (row + 1 / 2) * step, line, pen)
    axes = add_axes(page, left_in + TICK_ROOM_IN, plot_in, width_in - TICK_ROOM_IN, PLOT_HEIGHT_IN)
    axes.set_facecolor(palette.PANEL)
    if panel.low:
        fill = palette.OUTER_RIBBON
        axes.fill_between(panel.months, panel.low, panel.high, color=fill, linewidth=0, zorder=1)
    axes.plot(panel.months, panel.simulated, color=palette.MEDIAN_LINE, linewidth=1.5, zorder=2)
    for point in panel.observed:
        mark = FITTED_MARK if point.fitted else HELD_BACK_MARK
        draw_mark(axes, point.month, point.value, mark, half_width=point.half_width)
    _draw_ticks(axes)


def _draw_ticks(axes: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.axhline(0, color=palette.RULE, linewidth=0.8, zorder=0.5)
    months = Span(low=axes.get_xlim()[0], high=axes.get_xlim()[1])
    ticks = list_month_ticks(months, most=MOST_TICKS)
    axes.set_xticks(ticks, [format_month(month) for month in ticks])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=MOST_TICKS))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: set_minus(f"{value:g}")))
    axes.grid(axis="y", color=palette.PAPER, linewidth=0.9)
