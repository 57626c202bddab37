"""Refusing numbers that cannot be what they claim to be."""

from __future__ import annotations

import math

from osteon.densitometry.rules import read_rules
from osteon.errors import BadInputError


def _refuse(code: str, field: str, value: float, expected: str, hint: str) -> BadInputError:
    return BadInputError(code=code, field=field, got=f"{value:g}", expected=expected, hint=hint)


def _hint_unit(value: float, low: float, high: float) -> str:
    thousandth = value / 1000
    if math.isfinite(value) and low <= thousandth <= high:
        return "If the report is in mg/cm2, divide by 1000."
    return "Leave the value out when it was not measured."


def require_areal_bmd(value: float, field: str) -> None:
    """Refuse a BMD that is not finite or outside the plausible range.

    Raises `bmd.out_of_range`.
    """
    rules = read_rules()
    low, high = rules.lowest_areal_bmd, rules.highest_areal_bmd
    if not low <= value <= high:
        expected = f"{low} to {high} g/cm2"
        raise _refuse("bmd.out_of_range", field, value, expected, _hint_unit(value, low, high))


def require_score(value: float, field: str) -> None:
    """Refuse a T- or Z-score that is not finite or outside the plausible range.

    Raises `score.out_of_range`.
    """
    rules = read_rules()
    if not rules.lowest_score <= value <= rules.highest_score:
        expected = f"{rules.lowest_score:g} to {rules.highest_score:g}"
        hint = "Give the score itself, with its sign; leave it out when it was not printed."
        raise _refuse("score.out_of_range", field, value, expected, hint)


def require_precision_error(value: float, field: str) -> None:
    """Refuse a precision error that is not above 0 or is larger than any scanner's.

    Raises `precision.out_of_range`.
    """
    high = read_rules().highest_precision_error
    if not 0 < value <= high:
        hint = "Give the root-mean-square SD in g/cm2, not a percent."
        raise _refuse("precision.out_of_range", field, value, f"above 0, to {high:g} g/cm2", hint)


def require_confidence(value: float) -> None:
    """Refuse a confidence that is not between 0 and 1.

    Raises `confidence.out_of_range`.
    """
    if not 0 < value < 1:
        hint = "Give 0.95 for 95 %."
        raise _refuse("confidence.out_of_range", "confidence", value, "between 0 and 1", hint)
