"""Refusals shared by the views: a picture is never drawn from a value that cannot be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from osteon.errors import BadInputError


def check_text(field: str, text: str) -> None:
    """Refuse a label that is empty or holds control characters, which no SVG may carry."""
    if text.strip() and text.isprintable():
        return
    raise BadInputError(
        code="report.bad_text",
        field=field,
        got=repr(text),
        expected="one line of printable text",
        hint="Give a label that a reader can see; leave line breaks to the chart.",
    )


def check_finite(field: str, *values: float) -> None:
    """Refuse a value that is not a finite number."""
    for value in values:
        if not math.isfinite(value):
            raise BadInputError(
                code="report.not_finite",
                field=field,
                got=str(value),
                expected="a finite number",
                hint="Leave an unknown value out instead of drawing it.",
            )


def check_half_width(field: str, value: float | None) -> None:
    """Refuse a half-width that is known and not above zero."""
    if value is None:
        return
    check_finite(field, value)
    if value <= 0:
        raise BadInputError(
            code="report.not_positive",
            field=field,
            got=f"{value:g}",
            expected="a number above 0",
            hint="Give None where the width is unknown.",
        )


def check_order(field: str, *values: float) -> None:
    """Refuse limits that do not rise from the lowest to the highest."""
    check_finite(field, *values)
    if any(later < earlier for earlier, later in pairwise(values)):
        raise BadInputError(
            code="report.not_in_order",
            field=field,
            got=", ".join(f"{value:g}" for value in values),
            expected="values that never fall, lowest limit first",
            hint="Check that the lower and the upper limit were not exchanged.",
        )


def check_rising(field: str, months: Sequence[float]) -> None:
    """Refuse a time axis that is too short or does not rise strictly."""
    check_finite(field, *months)
    if len(months) > 1 and all(later > earlier for earlier, later in pairwise(months)):
        return
    raise BadInputError(
        code="report.time_not_rising",
        field=field,
        got=f"{len(months)} months",
        expected="at least 2 months, each later than the one before",
        hint="Sort the months and drop repeated ones.",
    )


def check_same_length(field: str, expected_length: int, *columns: Sequence[float]) -> None:
    """Refuse columns that do not have one value for each month."""
    for column in columns:
        if len(column) != expected_length:
            raise BadInputError(
                code="report.length_differs",
                field=field,
                got=f"{len(column)} values",
                expected=f"{expected_length} values, one for each month",
                hint="Give the curve and its limits on the same months.",
            )


def check_count(field: str, count: int, *, least: int, most: int) -> None:
    """Refuse more or fewer items than one picture can show legibly."""
    if not least <= count <= most:
        raise BadInputError(
            code="report.bad_count",
            field=field,
            got=str(count),
            expected=f"{least} to {most}",
            hint="Split what you want to show over several pictures.",
        )
