"""UCUM unit codes, read into an exact factor and a dimension."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Final

from osteon.errors import BadInputError

DAYS_PER_MONTH: Final = 30.4375
DAYS_PER_YEAR: Final = 365.25


class CanonicalUnit(StrEnum):
    """The unit that each kind of number has inside the package."""

    AREAL_BMD = "g/cm2"
    TIME = "d"
    CTX = "ng/L"
    P1NP = "ug/L"
    T_SCORE = "{T-score}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One UCUM code as an exact multiple of base units.

    `dimension` holds sorted (base, exponent) pairs without zeros; a bare number has none.
    """

    code: str
    factor: Fraction
    dimension: tuple[tuple[str, int], ...]

    @property
    def is_molar(self) -> bool:
        """Whether an amount of substance is part of the unit."""
        return any(base == "mol" for base, _ in self.dimension)


_PREFIXES: Final = MappingProxyType(
    {
        "k": Fraction(1000),
        "d": Fraction(1, 10),
        "c": Fraction(1, 100),
        "m": Fraction(1, 1000),
        "u": Fraction(1, 10**6),
        "n": Fraction(1, 10**9),
        "p": Fraction(1, 10**12),
    }
)
# A litre is a cubic decimeter; month and year are the Julian ones, as in UCUM.
_METRIC: Final = MappingProxyType(
    {
        "g": (Fraction(1), "g", 1),
        "m": (Fraction(1), "m", 1),
        "L": (Fraction(1, 1000), "m", 3),
        "mol": (Fraction(1), "mol", 1),
        "U": (Fraction(1), "U", 1),
    }
)
_PLAIN: Final = MappingProxyType(
    {
        "1": (Fraction(1), "", 0),
        "%": (Fraction(1, 100), "", 0),
        "s": (Fraction(1, 86400), "d", 1),
        "min": (Fraction(1, 1440), "d", 1),
        "h": (Fraction(1, 24), "d", 1),
        "d": (Fraction(1), "d", 1),
        "wk": (Fraction(7), "d", 1),
        "mo": (Fraction(DAYS_PER_MONTH), "d", 1),
        "a": (Fraction(DAYS_PER_YEAR), "d", 1),
        "[IU]": (Fraction(1), "[IU]", 1),
        "{T-score}": (Fraction(1), "{T-score}", 1),
        "{Z-score}": (Fraction(1), "{Z-score}", 1),
        "{1.73_m2}": (Fraction(1), "{1.73_m2}", 1),
    }
)
_COMPONENT: Final = re.compile(r"(?P<plain>1|%|\[IU\]|\{[^{}]+\})|(?P<atom>[A-Za-z]+)(?P<exponent>-?[1-9])?")
_TERM: Final = re.compile(r"(?P<operator>[./]?)(?P<component>\{[^{}]+\}|[^./{}]+)")
_KNOWN_MISTAKES: Final = MappingProxyType({"g/cm-2": "g/cm2", "mg/cm-2": "mg/cm2"})


def _find_atom(symbol: str) -> tuple[Fraction, str, int] | None:
    plain = _PLAIN.get(symbol) or _METRIC.get(symbol)
    if plain is not None:
        return plain
    prefix, rest = symbol[:1], symbol[1:]
    if prefix in _PREFIXES and rest in _METRIC:
        factor, base, power = _METRIC[rest]
        return _PREFIXES[prefix] * factor, base, power
    return None


def _unknown(code: str, hint: str) -> BadInputError:
    return BadInputError(
        code="units.unknown",
        field="unit",
        got=repr(code),
        expected="a UCUM code such as g/cm2, mg/cm2, ng/L, ug/L, d, mo, a, % or {T-score}",
        hint=hint,
    )


def _split_terms(code: str) -> tuple[tuple[int, str], ...]:
    terms: list[tuple[int, str]] = []
    position = 0
    for match in _TERM.finditer(code):
        if match.start() != position or (terms and not match["operator"]):
            break
        position = match.end()
        terms.append((-1 if match["operator"] == "/" else 1, match["component"]))
    if not terms or position != len(code) or code.startswith("."):
        raise _unknown(code, "Codes are case-sensitive and have no spaces.")
    return tuple(terms)


def _parse_component(code: str, component: str) -> tuple[Fraction, str, int]:
    match = _COMPONENT.fullmatch(component)
    atom = _find_atom(match["plain"] or match["atom"]) if match else None
    if match is None or atom is None:
        raise _unknown(code, f"The part {component!r} is not known here; codes are case-sensitive.")
    exponent = int(match["exponent"] or 1)
    factor, base, power = atom
    return factor**exponent, base, power * exponent


@cache
def parse_unit(code: str) -> Unit:
    """Read a UCUM code; a power of a unit follows it, a slash divides.

    Raises `units.unknown` for anything else, and for `g/cm-2`, which is not the code of an
    areal density although HL7's own bone density example prints it.

    >>> parse_unit("mg/cm2").factor
    Fraction(10, 1)
    """
    if code in _KNOWN_MISTAKES:
        right = _KNOWN_MISTAKES[code]
        raise _unknown(code, f"An areal density is {right!r}; lenient reading accepts this one.")
    factor, powers = Fraction(1), dict[str, int]()
    for sign, component in _split_terms(code):
        part, base, power = _parse_component(code, component)
        factor *= part**sign
        powers[base] = powers.get(base, 0) + sign * power
    dimension = tuple(sorted((base, power) for base, power in powers.items() if base and power))
    return Unit(code=code, factor=factor, dimension=dimension)


def correct_unit(code: str) -> str:
    """Return the code that a known wrong spelling stands for, else the code itself.

    >>> correct_unit("g/cm-2")
    'g/cm2'
    """
    return _KNOWN_MISTAKES.get(code, code)


def is_known_unit(code: str) -> bool:
    """Tell whether a UCUM code can be read (molar units are known, though never converted).

    >>> is_known_unit("g/cm2"), is_known_unit("furlong")
    (True, False)
    """
    try:
        parse_unit(code)
    except BadInputError:
        return False
    return True
