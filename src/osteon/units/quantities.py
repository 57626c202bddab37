"""Numbers with a unit at the edge of the package, and their conversion."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from osteon.errors import BadInputError
from osteon.units.codes import Unit, correct_unit, parse_unit

# A unit that starts with a digit needs a space before it: "0.81" must never read as 0.8 of "1".
_QUANTITY: Final = re.compile(
    r"\s*(?P<number>[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)(\s+|(?=[^\d.\s]))(?P<unit>\S+)\s*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number and its UCUM code.

    >>> Quantity(value=0.86, unit="g/cm2")
    Quantity(value=0.86, unit='g/cm2')
    """

    value: float
    unit: str


def _read_unit(code: str, *, lenient: bool) -> Unit:
    unit = parse_unit(correct_unit(code) if lenient else code)
    if unit.is_molar:
        raise BadInputError(
            code="units.molar",
            field="unit",
            got=repr(code),
            expected="a mass unit such as ng/L, ug/L or ng/mL",
            hint="There is no agreed mass-to-mole factor; ask the laboratory for mass units.",
        )
    return unit


def _require_same_dimension(source: Unit, target: Unit) -> None:
    if source.dimension != target.dimension:
        raise BadInputError(
            code="units.incompatible",
            field="unit",
            got=repr(source.code),
            expected=f"a unit that converts to {target.code!r}",
            hint="The two units measure different things; check which quantity was meant.",
        )


def _require_finite(value: float) -> None:
    if not math.isfinite(value):
        raise BadInputError(
            code="units.not_finite",
            field="value",
            got=str(value),
            expected="a finite number",
            hint="Leave the value out when it was not measured.",
        )


def convert(value: float, from_unit: str, to_unit: str, *, lenient: bool = False) -> float:
    """Convert a number between two UCUM units of one dimension, correctly rounded.

    `lenient` also reads HL7's misprint `g/cm-2` as `g/cm2`. Raises `units.unknown`,
    `units.molar`, `units.incompatible` or `units.not_finite`.

    >>> convert(860, "mg/cm2", "g/cm2")
    0.86
    >>> convert(0.28, "ug/L", "ng/L")
    280.0
    """
    source = _read_unit(from_unit, lenient=lenient)
    target = _read_unit(to_unit, lenient=lenient)
    _require_same_dimension(source, target)
    _require_finite(value)
    try:
        return float(Fraction(value) * source.factor / target.factor)
    except OverflowError:
        _require_finite(math.inf)
        raise


def parse_quantity(text: str, *, lenient: bool = False) -> Quantity:
    """Read a number followed by a UCUM code; nothing is guessed when either is missing.

    Raises `units.not_a_quantity` besides what `convert` raises for a unit.

    >>> parse_quantity("860 mg/cm2")
    Quantity(value=860.0, unit='mg/cm2')
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise BadInputError(
            code="units.not_a_quantity",
            field="quantity",
            got=repr(text),
            expected="a number with a decimal point and a UCUM code, such as '0.86 g/cm2'",
            hint="Write a decimal point, not a comma, and always give the unit.",
        )
    value = float(match["number"])
    _require_finite(value)
    return Quantity(value=value, unit=_read_unit(match["unit"], lenient=lenient).code)
