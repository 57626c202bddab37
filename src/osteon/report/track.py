"""A share as a dot on a track from 0 to 100%, with its interval as a thicker line."""

from __future__ import annotations

from typing import Final

from osteon.report import palette
from osteon.report.marks import Mark, draw_mark
from osteon.report.page import SMALL_PEN, Page, put_text
from osteon.report.values import Estimate
from osteon.report.wording import format_share

TRACK_TICKS: Final = (0, 1 / 2, 1)
TICK_IN: Final = 0.025


def draw_track(page: Page, left_in: float, middle_in: float, width_in: float) -> None:
    """Draw an empty track with ticks at 0, 50 and 100%."""
    ends = (left_in, left_in + width_in)
    page.sheet.plot(ends, (middle_in, middle_in), color=palette.RULE, linewidth=0.8)
    for share in TRACK_TICKS:
        at_in = left_in + share * width_in
        tick = (middle_in - TICK_IN, middle_in + TICK_IN)
        page.sheet.plot((at_in, at_in), tick, color=palette.RULE, linewidth=0.8)


def draw_estimate(
    page: Page, left_in: float, middle_in: float, width_in: float, estimate: Estimate, *, mark: Mark
) -> None:
    """Draw an estimate on a track of this place and width."""
    if estimate.low is not None and estimate.high is not None:
        reach = (left_in + width_in * estimate.low, left_in + width_in * estimate.high)
        page.sheet.plot(reach, (middle_in, middle_in), color=mark.interval_color, linewidth=2.6)
    draw_mark(page.sheet, left_in + width_in * estimate.value, middle_in, mark)


def draw_scale(page: Page, left_in: float, middle_in: float, width_in: float) -> None:
    """Write what the ends of the tracks above stand for."""
    put_text(page, left_in, middle_in, format_share(0), SMALL_PEN)
    put_text(page, left_in + width_in, middle_in, format_share(1), SMALL_PEN, align="right")
