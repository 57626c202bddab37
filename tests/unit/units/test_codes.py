"""Which unit codes are known."""

from fractions import Fraction

import pytest

from osteon.errors import BadInputError
from osteon.units import DAYS_PER_MONTH, DAYS_PER_YEAR, CanonicalUnit, is_known_unit
from osteon.units.codes import correct_unit, parse_unit

KNOWN = [
    "1",
    "%",
    "g/cm2",
    "mg/cm2",
    "ng/mL",
    "ng/L",
    "pg/mL",
    "ug/L",
    "d",
    "wk",
    "mo",
    "a",
    "{T-score}",
    "{Z-score}",
    "mg",
    "ug",
    "kg/m2",
    "/d",
    "1/h",
    "mL/min",
    "mL/min/{1.73_m2}",
    "ug/kg/d",
    "g.dL/cm2/mU",
    "nmol/L",
    "L/pmol",
    "[IU]",
    "[IU]/d",
    "%/a",
    "cm2",
    "min",
    "m",
]
UNKNOWN = [
    "",
    "12",
    "g/",
    "//d",
    ".g",
    "g cm2",
    "g//cm2",
    "G/CM2",
    "gm/cm2",
    "g/cm^2",
    "g/cm-2",
    "mcg",
    "furlong",
    "{score}",
    "months",
    "%2",
    "kmo",
]


@pytest.mark.parametrize("code", KNOWN)
def test_known(code):
    assert is_known_unit(code)


@pytest.mark.parametrize("code", UNKNOWN)
def test_unknown(code):
    assert not is_known_unit(code)
    with pytest.raises(BadInputError) as caught:
        parse_unit(code)
    assert caught.value.code == "units.unknown"
    assert caught.value.got == repr(code)


def test_factors_are_exact():
    assert parse_unit("mg/cm2").factor == Fraction(10)
    assert parse_unit("mo").factor == Fraction(487, 16)
    assert parse_unit("pg/mL").factor == parse_unit("ng/L").factor


def test_month_and_year_are_those_of_ucum():
    assert DAYS_PER_MONTH == 30.4375
    assert DAYS_PER_YEAR == 12 * DAYS_PER_MONTH


def test_min_is_a_minute_and_m_a_meter():
    assert parse_unit("min").dimension == (("d", 1),)
    assert parse_unit("m").dimension == (("m", 1),)


def test_only_units_with_an_amount_of_substance_are_molar():
    assert parse_unit("nmol/L").is_molar
    assert not parse_unit("g/L").is_molar


@pytest.mark.parametrize("unit", list(CanonicalUnit))
def test_canonical_units_are_known(unit):
    assert is_known_unit(unit)


def test_only_the_known_mistake_is_corrected():
    assert correct_unit("g/cm-2") == "g/cm2"
    assert correct_unit("g/cm-3") == "g/cm-3"
