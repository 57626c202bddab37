"""What every picture has around it: a title, a line on whom it shows, and the footer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from osteon.report import palette
from osteon.report.page import (
    SMALL_PEN,
    SOFT_PEN,
    TITLE_PEN,
    Page,
    fit_text,
    line_height,
    put_lines,
    put_text,
    wrap_text,
)
from osteon.report.values import Stamp

PAGE_WIDTH_IN: Final = 8.0
MARGIN_IN: Final = 0.32
TOP_IN: Final = 0.26
SUBTITLE_GAP_IN: Final = 0.03
FOOTER_IN: Final = 0.5
MOST_TITLE_LINES: Final = 3
MOST_SUBTITLE_LINES: Final = 2
DISCLAIMER: Final = (
    "Research use only, not a medical device. Diagnosis persists after the T-score passes -2.5."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Title and subtitle, broken into lines, and the stamp."""

    title_lines: tuple[str, ...]
    subtitle_lines: tuple[str, ...]
    stamp: Stamp


def open_frame(title: str, subtitle: str, stamp: Stamp) -> Frame:
    """Break title and subtitle to the width of the page."""
    width_in = PAGE_WIDTH_IN - 2 * MARGIN_IN
    return Frame(
        title_lines=wrap_text(title, TITLE_PEN, width_in, most_lines=MOST_TITLE_LINES),
        subtitle_lines=wrap_text(subtitle, SOFT_PEN, width_in, most_lines=MOST_SUBTITLE_LINES),
        stamp=stamp,
    )


def header_height(frame: Frame) -> float:
    """Return the inches from the top of the page to the end of the subtitle."""
    titles = len(frame.title_lines) * line_height(TITLE_PEN)
    subtitles = len(frame.subtitle_lines) * line_height(SOFT_PEN)
    return TOP_IN + titles + SUBTITLE_GAP_IN + subtitles


def draw_frame(page: Page, frame: Frame) -> None:
    """Set the title and the subtitle at the top of the page, the footer at its foot."""
    put_lines(page, MARGIN_IN, TOP_IN, frame.title_lines, TITLE_PEN)
    subtitle_in = TOP_IN + len(frame.title_lines) * line_height(TITLE_PEN) + SUBTITLE_GAP_IN
    put_lines(page, MARGIN_IN, subtitle_in, frame.subtitle_lines, SOFT_PEN)
    _draw_footer(page, frame.stamp)


def _draw_footer(page: Page, stamp: Stamp) -> None:
    right_in = page.width_in - MARGIN_IN
    rule_in = page.height_in - FOOTER_IN
    page.sheet.plot((MARGIN_IN, right_in), (rule_in, rule_in), color=palette.RULE, linewidth=0.8)
    step = line_height(SMALL_PEN)
    put_text(page, MARGIN_IN, rule_in + step, DISCLAIMER, SMALL_PEN)
    made_with = f"Parameter set {stamp.parameter_set}, osteon {stamp.version}"
    line = fit_text(made_with, SMALL_PEN, right_in - MARGIN_IN)
    put_text(page, MARGIN_IN, rule_in + 2 * step, line, SMALL_PEN)
