"""The key of a picture: small samples of its marks, each with its name, set in a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from osteon.report import palette
from osteon.report.marks import Mark, draw_mark
from osteon.report.page import SMALL_PEN, Page, fit_text, measure_text, put_text
from osteon.report.values import BarFamily

SAMPLE_IN: Final = 0.24
SAMPLE_GAP_IN: Final = 0.07
SAMPLE_BAR_IN: Final = 0.07
ENTRY_GAP_IN: Final = 0.22
ROW_IN: Final = 0.2

Sample = Callable[[Page, float, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEntry:
    """One mark and its name; `sample` draws the mark from a left edge around a middle line."""

    sample: Sample
    label: str


def sample_line(page: Page, left_in: float, middle_in: float) -> None:
    """Draw the median's line."""
    ends = (left_in, left_in + SAMPLE_IN)
    page.sheet.plot(ends, (middle_in, middle_in), color=palette.MEDIAN_LINE, linewidth=1.8)


def sample_fill(color: str) -> Sample:
    """Return the sample of a filled area."""

    def draw(page: Page, left_in: float, middle_in: float) -> None:
        page.sheet.barh(middle_in, SAMPLE_IN, left=left_in, height=0.11, color=color)

    return draw


def sample_family(family: BarFamily) -> Sample:
    """Return the sample of a family of therapy, hatched as its bars are."""

    def draw(page: Page, left_in: float, middle_in: float) -> None:
        page.sheet.barh(
            middle_in,
            SAMPLE_IN,
            left=left_in,
            height=0.12,
            facecolor=palette.FAMILY_FILL[family],
            edgecolor=palette.FAMILY_EDGE[family],
            hatch=palette.FAMILY_HATCH[family],
            linewidth=0.8,
        )

    return draw


def sample_mark(mark: Mark) -> Sample:
    """Return the sample of a point with its upright error bar."""

    def draw(page: Page, left_in: float, middle_in: float) -> None:
        draw_mark(page.sheet, left_in + SAMPLE_IN / 2, middle_in, mark, half_width=SAMPLE_BAR_IN)

    return draw


def sample_interval(mark: Mark) -> Sample:
    """Return the sample of a point on its lying interval."""

    def draw(page: Page, left_in: float, middle_in: float) -> None:
        ends = (left_in, left_in + SAMPLE_IN)
        page.sheet.plot(ends, (middle_in, middle_in), color=mark.interval_color, linewidth=2.6)
        draw_mark(page.sheet, left_in + SAMPLE_IN / 2, middle_in, mark)

    return draw


def flow_entries(entries: Sequence[KeyEntry], width_in: float) -> tuple[tuple[KeyEntry, ...], ...]:
    """Break a key into rows no wider than `width_in`."""
    rows: list[list[KeyEntry]] = [[]]
    used_in = 0.0
    room_in = width_in - SAMPLE_IN - SAMPLE_GAP_IN
    for given in entries:
        entry = replace(given, label=fit_text(given.label, SMALL_PEN, room_in))
        width = _entry_width(entry)
        if rows[-1] and used_in + width > width_in:
            rows.append([])
            used_in = 0.0
        rows[-1].append(entry)
        used_in += width + ENTRY_GAP_IN
    return tuple(tuple(row) for row in rows)


def draw_key(page: Page, left_in: float, top_in: float, rows: Sequence[Sequence[KeyEntry]]) -> None:
    """Set the rows of a key from a top left corner."""
    for index, row in enumerate(rows):
        middle_in = top_in + (index + 1 / 2) * ROW_IN
        at_in = left_in
        for entry in row:
            entry.sample(page, at_in, middle_in)
            put_text(page, at_in + SAMPLE_IN + SAMPLE_GAP_IN, middle_in, entry.label, SMALL_PEN)
            at_in += _entry_width(entry) + ENTRY_GAP_IN


def _entry_width(entry: KeyEntry) -> float:
    return SAMPLE_IN + SAMPLE_GAP_IN + measure_text(entry.label, SMALL_PEN)
