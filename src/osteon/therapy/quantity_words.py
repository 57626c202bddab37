"""Read and print numbers, lengths of time and rhythms of dosing, exactly."""

from decimal import Decimal
from enum import StrEnum

from osteon.therapy.scanner import Cursor, TokenKind
from osteon.therapy.sequence import LONGEST_MONTHS, SHORTEST_MONTHS
from osteon.units import DAYS_PER_MONTH

__all__ = [
    "format_number",
    "format_rhythm",
    "read_length",
    "read_number",
    "read_rhythm",
    "sees_rhythm",
]

_MONTHS_PER_YEAR = 12
_DAYS_PER_WEEK = 7


class _Period(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


_PERIOD_WORDS = {
    "d": _Period.DAY,
    "wk": _Period.WEEK,
    "mo": _Period.MONTH,
    "y": _Period.YEAR,
    "yr": _Period.YEAR,
    **{str(period): period for period in _Period},
}
_RHYTHM_WORDS = {
    "daily": _Period.DAY,
    "weekly": _Period.WEEK,
    "monthly": _Period.MONTH,
    "yearly": _Period.YEAR,
    "annually": _Period.YEAR,
}


def _count_days(period: _Period) -> Decimal:
    month = Decimal(repr(DAYS_PER_MONTH))
    return {
        _Period.DAY: Decimal(1),
        _Period.WEEK: Decimal(_DAYS_PER_WEEK),
        _Period.MONTH: month,
        _Period.YEAR: month * _MONTHS_PER_YEAR,
    }[period]


def _find_period(word: str) -> _Period | None:
    return _PERIOD_WORDS.get(word) or _PERIOD_WORDS.get(word.removesuffix("s"))


def read_number(cursor: Cursor, expected: str) -> Decimal:
    """Read a plain decimal number; anything else is a fault."""
    if cursor.token.kind is not TokenKind.NUMBER:
        raise cursor.fault(code="number_missing", expected=expected)
    return Decimal(cursor.advance().text)


def read_length(cursor: Cursor) -> float:
    """Read a length in months or years, and give months."""
    place = cursor.token
    number = read_number(cursor, 'a length, such as "24 months"')
    period = _find_period(cursor.token.text)
    if period is _Period.YEAR:
        number *= _MONTHS_PER_YEAR
    elif period is not _Period.MONTH:
        raise cursor.fault(code="length_unit", expected="months or years")
    cursor.advance()
    if not SHORTEST_MONTHS <= float(number) <= LONGEST_MONTHS:
        expected = f"{SHORTEST_MONTHS:g} to {LONGEST_MONTHS:g} months"
        raise cursor.fault(code="duration_out_of_range", expected=expected, token=place)
    return float(number)


def sees_rhythm(cursor: Cursor) -> bool:
    """Whether a rhythm of dosing comes next."""
    words = ("once", "twice", "every", "each", *_RHYTHM_WORDS)
    return any(cursor.sees(word) for word in words)


def read_rhythm(cursor: Cursor) -> float | None:
    """Read a rhythm and give its interval in days; None for a single dose."""
    if cursor.accept("every") or cursor.accept("each"):
        return float(_read_interval(cursor))
    if cursor.accept("twice"):
        return float(_read_rate(cursor) / 2)
    if cursor.accept("once"):
        return _read_after_once(cursor)
    return float(_count_days(_RHYTHM_WORDS[cursor.advance().text]))


def _read_after_once(cursor: Cursor) -> float | None:
    if cursor.accept("every"):
        return float(_read_interval(cursor))
    if cursor.sees("a") or cursor.sees("per") or cursor.token.text in _RHYTHM_WORDS:
        return float(_read_rate(cursor))
    return None


def _read_rate(cursor: Cursor) -> Decimal:
    if cursor.token.text in _RHYTHM_WORDS:
        return _count_days(_RHYTHM_WORDS[cursor.advance().text])
    if cursor.accept("a") or cursor.accept("per"):
        return _read_interval(cursor)
    raise cursor.fault(code="unreadable", expected='a rhythm, such as "yearly"')


def _read_interval(cursor: Cursor) -> Decimal:
    place = cursor.token
    counted = place.kind is TokenKind.NUMBER
    number = Decimal(cursor.advance().text) if counted else Decimal(1)
    period = _find_period(cursor.token.text)
    if period is None:
        raise cursor.fault(code="unreadable", expected="days, weeks, months or years")
    cursor.advance()
    days = number * _count_days(period)
    if days < 1:
        raise cursor.fault(
            code="interval_out_of_range", expected="one day or more between doses", token=place
        )
    return days


def format_number(number: float | Decimal) -> str:
    """Print a number in full, without an exponent, so that it reads back unchanged.

    >>> format_number(70.0), format_number(0.5)
    ('70', '0.5')
    """
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    return str(int(exact)) if exact == int(exact) else format(exact.normalize(), "f")


def format_rhythm(interval_days: float | None) -> str:
    """Print a rhythm by the largest period that it is a whole number of.

    >>> format_rhythm(7.0), format_rhythm(182.625), format_rhythm(None)
    ('weekly', 'every 6 months', 'once')
    """
    if interval_days is None:
        return "once"
    days = Decimal(repr(interval_days))
    for word, period in (("yearly", "year"), ("monthly", "month"), ("weekly", "week")):
        periods, rest = divmod(days, _count_days(_Period(period)))
        if not rest and periods:
            return word if periods == 1 else f"every {periods} {period}s"
    return "daily" if days == 1 else f"every {format_number(interval_days)} days"
