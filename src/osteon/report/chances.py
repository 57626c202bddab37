"""The column beside a panel: the chance of being above the goal, month by month."""

from __future__ import annotations

from typing import Final

from osteon.report.marks import CHANCE_MARK
from osteon.report.page import (
    SMALL_PEN,
    SMALL_STRONG_PEN,
    Page,
    fit_text,
    line_height,
    put_lines,
    put_text,
    wrap_text,
)
from osteon.report.track import draw_estimate, draw_track
from osteon.report.values import ProbabilityMark
from osteon.report.views import ForecastView, SiteForecast
from osteon.report.wording import format_interval, format_limit, format_month, format_share, format_t_score

ROW_IN: Final = 0.21
LIFT_IN: Final = 0.06
MONTH_IN: Final = 0.48
TRACK_IN: Final = 0.52
GAP_IN: Final = 0.07
SHARE_IN: Final = 0.33
BLOCK_GAP_IN: Final = 0.08
NOTE_GAP_IN: Final = 0.04
MOST_NOTE_LINES: Final = 3


def chances_height(site: SiteForecast, width_in: float) -> float:
    """Return the inches that the column takes."""
    notes = sum(len(lines) for lines in _wrap_notes(site, width_in))
    rows = len(site.probabilities) + (2 if site.probabilities else 0)
    gaps_in = BLOCK_GAP_IN + (len(site.notes) + 2) * NOTE_GAP_IN
    return rows * ROW_IN + gaps_in + notes * line_height(SMALL_PEN)


def draw_chances(
    page: Page, left_in: float, top_in: float, width_in: float, site: SiteForecast, view: ForecastView
) -> None:
    """Set the chances, the T-score at the end and the notes of a site, from the top down."""
    at_in = top_in
    if site.probabilities:
        head = f"Chance T-score above {format_limit(view.goal_t_score)}"
        put_text(page, left_in, at_in + ROW_IN / 2, head, SMALL_STRONG_PEN)
        at_in += ROW_IN
        interval = fit_text(f"with {view.interval_label}", SMALL_PEN, width_in)
        put_text(page, left_in, at_in + ROW_IN / 2 - LIFT_IN, interval, SMALL_PEN)
        at_in += ROW_IN - LIFT_IN
    for mark in site.probabilities:
        _draw_chance(page, left_in, at_in + ROW_IN / 2, mark)
        at_in += ROW_IN
    at_in += BLOCK_GAP_IN if site.probabilities else 0
    for lines in _wrap_notes(site, width_in):
        put_lines(page, left_in, at_in, lines, SMALL_PEN)
        at_in += len(lines) * line_height(SMALL_PEN) + NOTE_GAP_IN


def _draw_chance(page: Page, left_in: float, middle_in: float, mark: ProbabilityMark) -> None:
    put_text(page, left_in, middle_in, f"{format_month(mark.month)} mo", SMALL_PEN)
    track_in = left_in + MONTH_IN
    draw_track(page, track_in, middle_in, TRACK_IN)
    draw_estimate(page, track_in, middle_in, TRACK_IN, mark.estimate, mark=CHANCE_MARK)
    share_in = track_in + TRACK_IN + GAP_IN + SHARE_IN
    put_text(page, share_in, middle_in, format_share(mark.estimate.value), SMALL_STRONG_PEN, align="right")
    put_text(page, share_in + GAP_IN, middle_in, format_interval(mark.estimate), SMALL_PEN)


def _wrap_notes(site: SiteForecast, width_in: float) -> tuple[tuple[str, ...], ...]:
    last = site.months[-1]
    end = f"At {format_month(last)} mo, median {format_t_score(site.median[-1])}"
    limits = f"middle 90% {format_t_score(site.low_90[-1])} to {format_t_score(site.high_90[-1])}"
    texts = (end, limits, *site.notes)
    return tuple(wrap_text(text, SMALL_PEN, width_in, most_lines=MOST_NOTE_LINES) for text in texts)
