"""How osteon looks: colors that survive color blindness and a gray printer, and type sizes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from types import MappingProxyType
from typing import Final

from osteon.report.values import BarFamily

INK: Final = "#1b2530"
SOFT_INK: Final = "#4a5763"
RULE: Final = "#c9d0d6"
PALE_RULE: Final = "#e6eaed"
PANEL: Final = "#f3f5f7"
PAPER: Final = "#ffffff"

OSTEOPOROSIS_BAND: Final = "#eadccb"
OSTEOPENIA_BAND: Final = "#f7f1e6"
NORMAL_BAND: Final = "#ffffff"

OUTER_RIBBON: Final = "#a9c8de"
INNER_RIBBON: Final = "#6ba3c8"
MEDIAN_LINE: Final = "#0b3a5b"
GOAL_LINE: Final = "#8a2f00"
REAL_WORLD_INTERVAL: Final = "#d99a78"
REFERENCE: Final = "#7a2e6d"
REFERENCE_BAND: Final = "#d3aecb"
FOURTH_LINE: Final = "#2f6b4f"
FOURTH_BAND: Final = "#a8ccb9"

FAMILY_FILL: Final = MappingProxyType(
    {BarFamily.ANTIRESORPTIVE: "#cfe0ec", BarFamily.ANABOLIC: "#f6d3a5", BarFamily.NONE: "#ffffff"}
)
FAMILY_EDGE: Final = MappingProxyType(
    {BarFamily.ANTIRESORPTIVE: "#1f5f8b", BarFamily.ANABOLIC: "#9a5a00", BarFamily.NONE: "#5d6872"}
)
FAMILY_HATCH: Final = MappingProxyType(
    {BarFamily.ANTIRESORPTIVE: "////", BarFamily.ANABOLIC: "xxxx", BarFamily.NONE: ""}
)
FAMILY_LABEL: Final = MappingProxyType(
    {
        BarFamily.ANTIRESORPTIVE: "antiresorptive",
        BarFamily.ANABOLIC: "anabolic",
        BarFamily.NONE: "no drug",
    }
)

TITLE_POINTS: Final = 12.0
HEADING_POINTS: Final = 9.5
BODY_POINTS: Final = 8.0
SMALL_POINTS: Final = 7.0

# DejaVu Sans ships with the plotting library, so every machine lays text out alike;
# Verdana, next in line for a browser, has almost the same widths.
FONT_STACK: Final = ("DejaVu Sans", "Verdana", "Geneva", "Arial", "sans-serif")

_STYLE: Final = MappingProxyType(
    {
        "font.family": "sans-serif",
        "font.sans-serif": FONT_STACK,
        "font.size": BODY_POINTS,
        "text.color": INK,
        "text.hinting": "none",
        "text.parse_math": False,
        "axes.edgecolor": RULE,
        "axes.labelcolor": SOFT_INK,
        "axes.linewidth": 0.8,
        "axes.unicode_minus": True,
        "hatch.linewidth": 0.6,
        "svg.fonttype": "none",
        "svg.hashsalt": "osteon",
        "xtick.color": SOFT_INK,
        "ytick.color": SOFT_INK,
        "path.simplify": False,
    }
)
_style_lock = RLock()


@contextmanager
def open_style() -> Iterator[None]:
    """Draw in the style of the house, whatever the reader's own plotting settings are.

    The plotting library keeps its settings for the whole process, so one drawing waits for
    another, and the settings found are put back.
    """
    import matplotlib.style

    with _style_lock, matplotlib.style.context(["default", dict(_STYLE)]):
        yield
