"""A population under each sequence: the share expected above the goal, by persistence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osteon.report import palette
from osteon.report.description import describe_survey
from osteon.report.frame import FOOTER_IN, MARGIN_IN, PAGE_WIDTH_IN, draw_frame, header_height, open_frame
from osteon.report.key import ROW_IN as KEY_IN
from osteon.report.key import KeyEntry, draw_key, sample_interval
from osteon.report.marks import CHANCE_MARK, REAL_WORLD_MARK, Mark
from osteon.report.output import attach_description
from osteon.report.page import (
    BODY_PEN,
    SMALL_PEN,
    SMALL_STRONG_PEN,
    STRONG_PEN,
    Page,
    fit_text,
    line_height,
    open_page,
    put_lines,
    put_text,
    wrap_text,
)
from osteon.report.palette import open_style
from osteon.report.track import draw_estimate
from osteon.report.values import Estimate
from osteon.report.views import SurveyRow, SurveyView
from osteon.report.wording import NOT_GIVEN, format_interval, format_limit, format_month, format_share

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LABEL_WIDTH_IN: Final = 2.75
PLOT_LEFT_IN: Final = MARGIN_IN + LABEL_WIDTH_IN + 0.25
PLOT_WIDTH_IN: Final = 3.35
SHARE_RIGHT_IN: Final = PLOT_LEFT_IN + PLOT_WIDTH_IN + 0.52
LINE_IN: Final = 0.17
ROW_PADDING_IN: Final = 0.09
BLOCK_GAP_IN: Final = 0.16
SCALE_IN: Final = 0.26
SCALE_STEPS: Final = 5
MOST_LABEL_LINES: Final = 4


def draw_survey(view: SurveyView) -> Figure:
    """Draw a dot with its interval for full, and one for real-world, persistence in each row.

    >>> from osteon.report import Estimate, Stamp, describe_figure
    >>> row = SurveyRow(
    ...     sequence_label="no drug", full_persistence=Estimate(value=0.1), real_world_persistence=None
    ... )
    >>> view = SurveyView(
    ...     title="One sequence",
    ...     population_label="Women 50 years and older",
    ...     goal_t_score=-2.5,
    ...     target_month=36,
    ...     interval_label="90% interval",
    ...     rows=(row,),
    ...     stamp=Stamp(parameter_set="example", version="0"),
    ... )
    >>> describe_figure(draw_survey(view))[0]
    'One sequence'
    """
    with open_style():
        frame = open_frame(view.title, view.population_label, view.stamp)
        names = tuple(_wrap_name(row) for row in view.rows)
        heights = tuple(_row_height(name) for name in names)
        start_in = header_height(frame) + BLOCK_GAP_IN
        plot_in = start_in + KEY_IN + LINE_IN + BLOCK_GAP_IN
        end_in = plot_in + sum(heights)
        page = open_page(PAGE_WIDTH_IN, end_in + SCALE_IN + BLOCK_GAP_IN + FOOTER_IN)
        draw_frame(page, frame)
        _draw_head(page, start_in, view)
        _draw_scale(page, plot_in, end_in)
        at_in = plot_in
        for row, name, height_in in zip(view.rows, names, heights, strict=True):
            _draw_row(page, at_in, height_in, row, name)
            at_in += height_in
    attach_description(page.figure, view.title, describe_survey(view))
    return page.figure


def _wrap_name(row: SurveyRow) -> tuple[str, ...]:
    return wrap_text(row.sequence_label, BODY_PEN, LABEL_WIDTH_IN, most_lines=MOST_LABEL_LINES)


def _row_height(name: tuple[str, ...]) -> float:
    return max(len(name) * line_height(BODY_PEN), 2 * LINE_IN) + 2 * ROW_PADDING_IN


def _draw_head(page: Page, top_in: float, view: SurveyView) -> None:
    goal, month = format_limit(view.goal_t_score), format_month(view.target_month)
    question = f"Share above {goal} at every site at month {month}, with {view.interval_label}"
    room_in = page.width_in - MARGIN_IN - PLOT_LEFT_IN
    line = fit_text(question, SMALL_STRONG_PEN, room_in)
    put_text(page, PLOT_LEFT_IN, top_in + LINE_IN / 2, line, SMALL_STRONG_PEN)
    full = KeyEntry(sample=sample_interval(CHANCE_MARK), label="full persistence")
    real = KeyEntry(sample=sample_interval(REAL_WORLD_MARK), label="real-world persistence")
    draw_key(page, PLOT_LEFT_IN, top_in + LINE_IN + BLOCK_GAP_IN / 4, ((full, real),))


def _draw_scale(page: Page, top_in: float, bottom_in: float) -> None:
    for step in range(SCALE_STEPS + 1):
        share = step / SCALE_STEPS
        at_in = PLOT_LEFT_IN + share * PLOT_WIDTH_IN
        page.sheet.plot((at_in, at_in), (top_in, bottom_in), color=palette.PALE_RULE, linewidth=0.8)
        put_text(page, at_in, bottom_in + SCALE_IN / 2, format_share(share), SMALL_PEN, align="center")


def _draw_row(page: Page, top_in: float, height_in: float, row: SurveyRow, name: tuple[str, ...]) -> None:
    ends = (MARGIN_IN, page.width_in - MARGIN_IN)
    page.sheet.plot(ends, (top_in, top_in), color=palette.PALE_RULE, linewidth=0.8)
    name_in = top_in + (height_in - len(name) * line_height(BODY_PEN)) / 2
    put_lines(page, MARGIN_IN, name_in, name, BODY_PEN)
    middle_in = top_in + height_in / 2
    _draw_share(page, middle_in - LINE_IN / 2, row.full_persistence, CHANCE_MARK)
    _draw_share(page, middle_in + LINE_IN / 2, row.real_world_persistence, REAL_WORLD_MARK)


def _draw_share(page: Page, middle_in: float, estimate: Estimate | None, mark: Mark) -> None:
    if estimate is None:
        put_text(page, SHARE_RIGHT_IN, middle_in, NOT_GIVEN, SMALL_PEN, align="right")
        return
    draw_estimate(page, PLOT_LEFT_IN, middle_in, PLOT_WIDTH_IN, estimate, mark=mark)
    put_text(page, SHARE_RIGHT_IN, middle_in, format_share(estimate.value), STRONG_PEN, align="right")
    put_text(page, SHARE_RIGHT_IN + 0.07, middle_in, format_interval(estimate), SMALL_PEN)
