"""What is this number? UCUM codes at the edge, canonical floats inside."""

from osteon.units.codes import DAYS_PER_MONTH, DAYS_PER_YEAR, CanonicalUnit, is_known_unit
from osteon.units.quantities import Quantity, convert, parse_quantity

__all__ = [
    "DAYS_PER_MONTH",
    "DAYS_PER_YEAR",
    "CanonicalUnit",
    "Quantity",
    "convert",
    "is_known_unit",
    "parse_quantity",
]
