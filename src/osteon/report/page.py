"""A page measured in inches from its top left corner, and the text set on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from osteon.report import palette
from osteon.report.wording import set_minus

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOTS_PER_INCH: Final = 150
POINTS_PER_INCH: Final = 72
LINE_SPACING: Final = 1.3
ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"
NARROWINGS: Final = 24

_NUMBER_AND_WORD: Final = re.compile(r"(?:[\d.]+ )?\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A figure, and the sheet under it whose units are inches and whose y axis points down."""

    figure: Figure
    sheet: Axes
    width_in: float
    height_in: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """How a piece of text looks."""

    points: float = palette.BODY_POINTS
    color: str = palette.INK
    weight: str = "normal"


TITLE_PEN: Final = Pen(points=palette.TITLE_POINTS, weight="bold")
HEADING_PEN: Final = Pen(points=palette.HEADING_POINTS, weight="bold")
BODY_PEN: Final = Pen()
STRONG_PEN: Final = Pen(weight="bold")
SOFT_PEN: Final = Pen(color=palette.SOFT_INK)
SMALL_PEN: Final = Pen(points=palette.SMALL_POINTS, color=palette.SOFT_INK)
SMALL_STRONG_PEN: Final = Pen(points=palette.SMALL_POINTS, weight="bold")


def open_page(width_in: float, height_in: float) -> Page:
    """Make an empty white page; call inside `open_style`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in), dpi=DOTS_PER_INCH, facecolor=palette.PAPER)
    FigureCanvasAgg(figure)
    sheet = figure.add_axes((0, 0, 1, 1), zorder=-1)
    sheet.set_axis_off()
    sheet.set(xlim=(0, width_in), ylim=(height_in, 0))
    return Page(figure=figure, sheet=sheet, width_in=width_in, height_in=height_in)


def add_axes(page: Page, left_in: float, top_in: float, width_in: float, height_in: float) -> Axes:
    """Add bare axes at a place given in inches from the top left corner."""
    across, down = page.width_in, page.height_in
    bottom_in = down - top_in - height_in
    axes = page.figure.add_axes((left_in / across, bottom_in / down, width_in / across, height_in / down))
    axes.tick_params(length=0, labelsize=palette.SMALL_POINTS)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    return axes


def put_text(page: Page, left_in: float, top_in: float, text: str, pen: Pen, *, align: str = "left") -> None:
    """Set one line of text on the sheet, its small letters centered on `top_in`."""
    baseline_in = top_in + pen.points * 0.36 / POINTS_PER_INCH
    page.sheet.text(
        left_in,
        baseline_in,
        set_minus(text),
        ha=align,
        va="baseline",
        fontsize=pen.points,
        color=pen.color,
        fontweight=pen.weight,
    )


def put_lines(page: Page, left_in: float, top_in: float, lines: tuple[str, ...], pen: Pen) -> None:
    """Set lines one under another, the first centered half a line below `top_in`."""
    step = line_height(pen)
    for row, line in enumerate(lines):
        put_text(page, left_in, top_in + (row + 1 / 2) * step, line, pen)


def line_height(pen: Pen) -> float:
    """Return the distance in inches from one line to the next."""
    return pen.points * LINE_SPACING / POINTS_PER_INCH


@lru_cache(maxsize=4096)
def measure_text(text: str, pen: Pen) -> float:
    """Return the width in inches that a line of text takes; call inside `open_style`."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    font = FontProperties(family="sans-serif", size=pen.points, weight=pen.weight)
    width, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    return float(width) / POINTS_PER_INCH


def wrap_text(text: str, pen: Pen, width_in: float, *, most_lines: int) -> tuple[str, ...]:
    """Break a text into lines of even length no wider than `width_in`.

    A number stays with its unit; an ellipsis ends what does not fit.
    """
    words = _NUMBER_AND_WORD.findall(set_minus(text))
    lines = _fill_lines(words, pen, width_in)
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], lines[most_lines - 1] + ELLIPSIS]
    else:
        lines = _even_lines(words, lines, pen, width_in)
    return tuple(_shorten_line(line, pen, width_in) for line in lines)


def fit_text(text: str, pen: Pen, width_in: float) -> str:
    """Return a text on one line, cut with an ellipsis where it is wider than `width_in`."""
    (line,) = wrap_text(text, pen, width_in, most_lines=1)
    return line


def _fill_lines(words: Sequence[str], pen: Pen, width_in: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure_text(longer, pen) <= width_in:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _even_lines(words: Sequence[str], lines: list[str], pen: Pen, width_in: float) -> list[str]:
    """Narrow the column for as long as the text still takes the same number of lines."""
    for part in range(NARROWINGS, 0, -1):
        narrower = _fill_lines(words, pen, width_in * part / NARROWINGS)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines


def _shorten_line(line: str, pen: Pen, width_in: float) -> str:
    stem = line
    while len(stem) > 1 and measure_text(line, pen) > width_in:
        stem = stem.rstrip(ELLIPSIS)[:-1].rstrip()
        line = stem + ELLIPSIS
    return line
