"""How numbers are said: the same words in the picture and in the text that stands for it."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from osteon.report.values import Estimate

MINUS: Final = "\N{MINUS SIGN}"
DASH: Final = "\N{EN DASH}"
NOT_GIVEN: Final = "cannot say"
MONTH_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS_PER_YEAR: Final = len(MONTH_NAMES)

_HYPHEN_BEFORE_NUMBER: Final = re.compile(r"(?<!\w)-(?=\d)")


def set_minus(text: str) -> str:
    """Set a true minus before a number: a screen reader passes over a hyphen in silence.

    >>> set_minus("T-score -2.5 in 2013-2014")
    'T-score −2.5 in 2013-2014'
    """  # noqa: RUF002 - the sign that is drawn
    return _HYPHEN_BEFORE_NUMBER.sub(MINUS, text)


def format_t_score(t_score: float) -> str:
    """Write a T-score with two decimals, so that -2.46 is not read as the line itself.

    >>> format_t_score(-2.46)
    '−2.46'
    """  # noqa: RUF002 - the sign that is drawn
    return set_minus(f"{t_score:.2f}")


def format_limit(t_score: float) -> str:
    """Write a goal or a class limit, with one decimal unless it needs more.

    >>> format_limit(-2.5), format_limit(-2)
    ('−2.5', '−2.0')
    """  # noqa: RUF002 - the sign that is drawn
    shortest = f"{t_score:.10g}"
    text = shortest if "." in shortest else f"{shortest}.0"
    return set_minus(text)


def format_share(share: float) -> str:
    """Write a share of 0 to 1 in percent; only what is certain reads 0% or 100%.

    >>> format_share(0.584), format_share(0.998), format_share(0.0004), format_share(0)
    ('58%', '>99%', '<1%', '0%')
    """
    percent = 100 * share
    if share > 0 and percent < 1:
        return "<1%"
    if share < 1 and percent > 100 - 1:
        return ">99%"
    return f"{percent:.0f}%"


def format_interval(estimate: Estimate) -> str:
    """Write the interval of an estimate, or nothing where none is known.

    >>> format_interval(Estimate(value=0.58, low=0.41, high=0.73))
    '41–73%'
    """  # noqa: RUF002 - the sign that is drawn
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{100 * estimate.low:.0f}{DASH}{100 * estimate.high:.0f}%"


def say_estimate(estimate: Estimate | None, interval_label: str) -> str:
    """Say an estimate in words for a reader who cannot see the picture.

    >>> say_estimate(Estimate(value=0.58, low=0.41, high=0.73), "90% interval")
    '58% (90% interval 41% to 73%)'
    """
    if estimate is None:
        return NOT_GIVEN
    if estimate.low is None or estimate.high is None:
        return format_share(estimate.value)
    limits = f"{100 * estimate.low:.0f}% to {100 * estimate.high:.0f}%"
    return f"{format_share(estimate.value)} ({interval_label} {limits})"


def format_month(month: float) -> str:
    """Write a month without needless decimals.

    >>> format_month(36.0), format_month(-1.5)
    ('36', '−1.5')
    """  # noqa: RUF002 - the sign that is drawn
    return set_minus(f"{round(month, 1):g}")


def format_calendar_month(start: date, month: float) -> str:
    """Write the calendar month that lies so many months after the start.

    >>> format_calendar_month(date(2026, 11, 22), 3)
    'Feb 2027'
    """
    count = start.year * MONTHS_PER_YEAR + start.month - 1 + round(month)
    year, month_index = divmod(count, MONTHS_PER_YEAR)
    return f"{MONTH_NAMES[month_index]} {year}"
