"""Sequences side by side: a row for each in the order given, none singled out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from osteon.report import palette
from osteon.report.description import describe_plan
from osteon.report.frame import (
    FOOTER_IN,
    MARGIN_IN,
    PAGE_WIDTH_IN,
    draw_frame,
    header_height,
    open_frame,
)
from osteon.report.key import ROW_IN as KEY_ROW_IN
from osteon.report.key import KeyEntry, draw_key, flow_entries, sample_family
from osteon.report.marks import CHANCE_MARK, DURABILITY_MARK, Mark
from osteon.report.output import attach_description
from osteon.report.page import (
    BODY_PEN,
    SMALL_PEN,
    SMALL_STRONG_PEN,
    Page,
    fit_text,
    line_height,
    measure_text,
    open_page,
    put_lines,
    put_text,
    wrap_text,
)
from osteon.report.palette import open_style
from osteon.report.track import draw_estimate, draw_scale, draw_track
from osteon.report.values import BarFamily, Estimate
from osteon.report.views import MOST_SITES, PlanRow, PlanView
from osteon.report.wording import NOT_GIVEN, format_interval, format_month, format_share

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LABEL_WIDTH_IN: Final = 2.5
NARROW_LABEL_WIDTH_IN: Final = 2.0
COLUMN_GAP_IN: Final = 0.22
ROW_PADDING_IN: Final = 0.1
LEAST_ROW_IN: Final = 0.46
BLOCK_GAP_IN: Final = 0.16
SCALE_IN: Final = 0.24
MOST_LABEL_LINES: Final = 6
MOST_HEADING_LINES: Final = 4
ALL_SITES: Final = "Every site"
STRIP_IN: Final = 0.16
STRIP_BAR_IN: Final = 0.1
STRIP_SEAM_IN: Final = 0.02
STRIP_SHARE: Final = 0.92


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of tracks: its broken heading, its left edge, and the mark of its dots."""

    heading: tuple[str, ...]
    left_in: float
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class LabeledRow:
    """A row with its name and its note broken into lines, and the inches it takes."""

    row: PlanRow
    name: tuple[str, ...]
    note: tuple[str, ...]
    height_in: float


def draw_plan(view: PlanView) -> Figure:
    """Draw the chances of each sequence, and how long they hold, as dots with intervals.

    >>> from osteon.report import Estimate, PlanRow, PlanView, Stamp, describe_figure
    >>> likely = Estimate(value=0.6, low=0.5, high=0.7)
    >>> row = PlanRow(sequence_label="no drug", sites=(likely,), all_sites=likely, durability=None)
    >>> view = PlanView(
    ...     title="One sequence",
    ...     patient_label="Woman, 70 years",
    ...     goal_t_score=-2.5,
    ...     target_month=36,
    ...     interval_label="90% interval",
    ...     site_labels=("Total hip",),
    ...     durability_label="Still above a year later",
    ...     rows=(row,),
    ...     stamp=Stamp(parameter_set="example", version="0"),
    ... )
    >>> describe_figure(draw_plan(view))[0]
    'One sequence'
    """
    with open_style():
        frame = open_frame(view.title, view.patient_label, view.stamp)
        width_in = _column_width(view)
        columns = _list_columns(view, width_in)
        rows = tuple(_label_row(row, _label_width(view)) for row in view.rows)
        per_month_in = _scale_strips(view)
        heading_in = (max(len(column.heading) for column in columns) + 1.6) * line_height(SMALL_STRONG_PEN)
        start_in = header_height(frame) + BLOCK_GAP_IN
        body_in = heading_in + sum(row.height_in for row in rows)
        key = _list_key(view)
        key_in = len(key) * KEY_ROW_IN
        page = open_page(PAGE_WIDTH_IN, start_in + body_in + SCALE_IN + key_in + BLOCK_GAP_IN + FOOTER_IN)
        draw_frame(page, frame)
        _draw_headings(page, start_in, heading_in, view, columns, width_in)
        at_in = start_in + heading_in
        for row in rows:
            _draw_row(page, at_in, row, columns, width_in)
            _draw_strip(page, at_in + row.height_in - ROW_PADDING_IN, row.row, per_month_in)
            at_in += row.height_in
        _draw_rule(page, at_in)
        for column in columns:
            draw_scale(page, column.left_in, at_in + SCALE_IN / 2, width_in)
        draw_key(page, MARGIN_IN, at_in + SCALE_IN, key)
    attach_description(page.figure, view.title, describe_plan(view))
    return page.figure


def _column_width(view: PlanView) -> float:
    columns = len(view.site_labels) + 2
    room_in = PAGE_WIDTH_IN - 2 * MARGIN_IN - _label_width(view) - columns * COLUMN_GAP_IN
    return room_in / columns


def _label_width(view: PlanView) -> float:
    return LABEL_WIDTH_IN if len(view.site_labels) < MOST_SITES else NARROW_LABEL_WIDTH_IN


def _list_columns(view: PlanView, width_in: float) -> tuple[Column, ...]:
    headings = (*view.site_labels, ALL_SITES, view.durability_label)
    marks = (*(CHANCE_MARK for _ in view.site_labels), CHANCE_MARK, DURABILITY_MARK)
    step_in = width_in + COLUMN_GAP_IN
    start_in = MARGIN_IN + _label_width(view) + COLUMN_GAP_IN
    widths = (*(width_in + COLUMN_GAP_IN / 2 for _ in headings[:-1]), width_in)
    return tuple(
        Column(
            heading=wrap_text(heading, SMALL_STRONG_PEN, room_in, most_lines=MOST_HEADING_LINES),
            left_in=start_in + index * step_in,
            mark=mark,
        )
        for index, (heading, mark, room_in) in enumerate(zip(headings, marks, widths, strict=True))
    )


def _label_row(row: PlanRow, width_in: float) -> LabeledRow:
    name = wrap_text(row.sequence_label, BODY_PEN, width_in, most_lines=MOST_LABEL_LINES)
    note = wrap_text(row.note, SMALL_PEN, width_in, most_lines=2) if row.note else ()
    text_in = len(name) * line_height(BODY_PEN) + len(note) * line_height(SMALL_PEN)
    strip_in = STRIP_IN if row.therapy else 0.0
    height_in = max(text_in + strip_in + 2 * ROW_PADDING_IN, LEAST_ROW_IN)
    return LabeledRow(row=row, name=name, note=note, height_in=height_in)


def _draw_headings(
    page: Page, top_in: float, height_in: float, view: PlanView, columns: Sequence[Column], width_in: float
) -> None:
    step = line_height(SMALL_STRONG_PEN)
    month = format_month(view.target_month)
    question = f"Chance T-score {view.goal_words} at month {month}, with {view.interval_label}"
    room_in = page.width_in - MARGIN_IN - columns[0].left_in
    put_text(page, columns[0].left_in, top_in + step / 2, fit_text(question, SMALL_PEN, room_in), SMALL_PEN)
    last_in = columns[-2].left_in + width_in
    under_in = top_in + step * 1.2
    page.sheet.plot((columns[0].left_in, last_in), (under_in, under_in), color=palette.RULE, linewidth=0.8)
    bottom_in = top_in + height_in - step / 4
    put_text(page, MARGIN_IN, bottom_in - step / 2, "Sequence", SMALL_STRONG_PEN)
    for column in columns:
        put_lines(
            page, column.left_in, bottom_in - len(column.heading) * step, column.heading, SMALL_STRONG_PEN
        )


def _draw_row(page: Page, top_in: float, row: LabeledRow, columns: Sequence[Column], width_in: float) -> None:
    _draw_rule(page, top_in)
    text_in = len(row.name) * line_height(BODY_PEN) + len(row.note) * line_height(SMALL_PEN)
    strip_in = STRIP_IN if row.row.therapy else 0.0
    name_in = top_in + (row.height_in - text_in - strip_in) / 2
    put_lines(page, MARGIN_IN, name_in, row.name, BODY_PEN)
    put_lines(page, MARGIN_IN, name_in + len(row.name) * line_height(BODY_PEN), row.note, SMALL_PEN)
    estimates = (*row.row.sites, row.row.all_sites, row.row.durability)
    middle_in = top_in + row.height_in / 2
    for column, estimate in zip(columns, estimates, strict=True):
        _draw_cell(page, middle_in, column, estimate, width_in)


def _list_key(view: PlanView) -> tuple[tuple[KeyEntry, ...], ...]:
    """Name the families that the strips show, in rows."""
    families = {bar.family for row in view.rows for bar in row.therapy}
    entries = tuple(
        KeyEntry(sample=sample_family(family), label=palette.FAMILY_LABEL[family])
        for family in BarFamily
        if family in families
    )
    return flow_entries(entries, PAGE_WIDTH_IN - 2 * MARGIN_IN) if entries else ()


def _scale_strips(view: PlanView) -> float:
    """Return the inches that a month takes on every strip."""
    last = max((bar.stop_month for row in view.rows for bar in row.therapy), default=1.0)
    return STRIP_SHARE * _label_width(view) / last


def _draw_strip(page: Page, bottom_in: float, row: PlanRow, per_month_in: float) -> None:
    """Draw what is given and when as thin bars, hatched by family; drugs given together share the height."""
    for bar in row.therapy:
        together = [other for other in row.therapy if other.start_month == bar.start_month]
        height_in = STRIP_BAR_IN / len(together)
        page.sheet.barh(
            bottom_in - STRIP_BAR_IN + (together.index(bar) + 1 / 2) * height_in,
            (bar.stop_month - bar.start_month) * per_month_in - STRIP_SEAM_IN,
            left=MARGIN_IN + bar.start_month * per_month_in,
            height=height_in,
            facecolor=palette.FAMILY_FILL[bar.family],
            edgecolor=palette.FAMILY_EDGE[bar.family],
            hatch=palette.FAMILY_HATCH[bar.family],
            linewidth=0.6,
        )


def _draw_cell(
    page: Page, middle_in: float, column: Column, estimate: Estimate | None, width_in: float
) -> None:
    words_in, track_in = middle_in - 0.09, middle_in + 0.09
    draw_track(page, column.left_in, track_in, width_in)
    if estimate is None:
        put_text(page, column.left_in, words_in, NOT_GIVEN, SMALL_PEN)
        return
    share = format_share(estimate.value)
    put_text(page, column.left_in, words_in, share, SMALL_STRONG_PEN)
    after_in = column.left_in + measure_text(share, SMALL_STRONG_PEN) + 0.05
    put_text(page, after_in, words_in, format_interval(estimate), SMALL_PEN)
    draw_estimate(page, column.left_in, track_in, width_in, estimate, mark=column.mark)


def _draw_rule(page: Page, at_in: float) -> None:
    ends = (MARGIN_IN, page.width_in - MARGIN_IN)
    page.sheet.plot(ends, (at_in, at_in), color=palette.PALE_RULE, linewidth=0.8)
