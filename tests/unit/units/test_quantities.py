"""Reading and converting numbers with units."""

import math

import pytest

from osteon.errors import BadInputError
from osteon.units import Quantity, convert, parse_quantity


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (860, "mg/cm2", "g/cm2", 0.86),
        (0.28, "ng/mL", "ng/L", 280.0),
        (0.28, "ug/L", "ng/L", 280.0),
        (280, "pg/mL", "ng/L", 280.0),
        (35, "ng/mL", "ug/L", 35.0),
        (1, "mo", "d", 30.4375),
        (1, "a", "d", 365.25),
        (1, "a", "mo", 12.0),
        (2, "wk", "d", 14.0),
        (50, "%", "1", 0.5),
        (-2.5, "{T-score}", "{T-score}", -2.5),
        (3.06, "mL/h", "L/d", 0.07344),
    ],
)
def test_convert(value, source, target, expected):
    assert convert(value, source, target) == expected


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("g/cm2", "g/cm3"),
        ("d", "%"),
        ("{T-score}", "%"),
        ("{T-score}", "1"),
        ("{T-score}", "{Z-score}"),
        ("ng/L", "d"),
        ("U/L", "g/L"),
    ],
)
def test_different_things_do_not_convert(source, target):
    with pytest.raises(BadInputError) as caught:
        convert(1.0, source, target)
    assert caught.value.code == "units.incompatible"


@pytest.mark.parametrize(("source", "target"), [("pmol/L", "ng/L"), ("ng/L", "pmol/L"), ("nmol/L", "pmol/L")])
def test_molar_units_are_refused(source, target):
    with pytest.raises(BadInputError) as caught:
        convert(1.0, source, target)
    assert caught.value.code == "units.molar"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_no_number_is_refused(value):
    with pytest.raises(BadInputError) as caught:
        convert(value, "mg/cm2", "g/cm2")
    assert caught.value.code == "units.not_finite"


def test_a_result_too_large_for_a_float_is_refused():
    with pytest.raises(BadInputError) as caught:
        convert(1e308, "kg", "ng")
    assert caught.value.code == "units.not_finite"


def test_the_misprint_of_an_areal_density_needs_the_lenient_flag():
    with pytest.raises(BadInputError) as caught:
        convert(0.86, "g/cm-2", "g/cm2")
    assert caught.value.code == "units.unknown"
    assert "'g/cm2'" in caught.value.hint
    assert convert(0.86, "g/cm-2", "mg/cm2", lenient=True) == 860.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("860 mg/cm2", Quantity(value=860.0, unit="mg/cm2")),
        ("-2.5 {T-score}", Quantity(value=-2.5, unit="{T-score}")),
        ("80%", Quantity(value=80.0, unit="%")),
        ("  .5 1 ", Quantity(value=0.5, unit="1")),
        ("+1e-3 g", Quantity(value=0.001, unit="g")),
        ("5mg/cm2", Quantity(value=5.0, unit="mg/cm2")),
    ],
)
def test_parse_quantity(text, expected):
    assert parse_quantity(text) == expected


@pytest.mark.parametrize(
    "text", ["", "860", "0.81", "mg/cm2", "0,86 g/cm2", "1 2 g/cm2", "1 g / cm2", "--1 g"]
)
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(BadInputError) as caught:
        parse_quantity(text)
    assert caught.value.code == "units.not_a_quantity"


@pytest.mark.parametrize(
    ("text", "code"),
    [("5 pmol/L", "units.molar"), ("5 furlong", "units.unknown"), ("1e999 g", "units.not_finite")],
)
def test_parse_refuses_what_convert_refuses(text, code):
    with pytest.raises(BadInputError) as caught:
        parse_quantity(text)
    assert caught.value.code == code


def test_a_lenient_quantity_carries_the_right_code():
    assert parse_quantity("0.86 g/cm-2", lenient=True) == Quantity(value=0.86, unit="g/cm2")
