"""Units: conversion is exact both ways, and nothing is guessed."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from osteon.errors import BadInputError
from osteon.units import convert, is_known_unit, parse_quantity
from osteon.units.codes import parse_unit

FAMILIES = {
    "areal density": ("g/cm2", "mg/cm2", "kg/m2"),
    "concentration": ("ng/mL", "ng/L", "pg/mL", "ug/L", "g/dL"),
    "time": ("d", "wk", "mo", "a", "h", "min", "s"),
    "fraction": ("1", "%"),
    "flow": ("mL/min", "L/d", "mL/h"),
    "T-score": ("{T-score}",),
}
family = st.sampled_from(sorted(FAMILIES))
# A measured value with every unit here stays far from the ends of the float range.
sizes = st.just(0.0) | st.floats(min_value=1e-12, max_value=1e12)
values = sizes | sizes.map(lambda size: -size)


@st.composite
def units_of_one_kind(draw, count):
    members = st.sampled_from(FAMILIES[draw(family)])
    return [draw(members) for _ in range(count)]


@given(values, units_of_one_kind(2))
def test_there_and_back_is_the_value_to_the_last_roundings(value, units):
    first, second = units
    back = convert(convert(value, first, second), second, first)
    # Two correctly rounded steps, each off by half a unit in the last place.
    assert math.isclose(back, value, rel_tol=2**-52)


@given(values, units_of_one_kind(3))
def test_a_detour_changes_nothing_but_rounding(value, units):
    first, second, third = units
    detour = convert(convert(value, first, second), second, third)
    assert math.isclose(detour, convert(value, first, third), rel_tol=2**-51)


@given(values, family)
def test_a_unit_into_itself_is_the_value_to_the_last_bit(value, name):
    for unit in FAMILIES[name]:
        assert convert(value, unit, unit) == value


@given(st.tuples(family, family).filter(lambda pair: pair[0] != pair[1]), st.data(), values)
def test_different_kinds_are_refused(pair, data, value):
    first, second = (data.draw(st.sampled_from(FAMILIES[name])) for name in pair)
    with pytest.raises(BadInputError) as caught:
        convert(value, first, second)
    assert caught.value.code == "units.incompatible"


@given(values, units_of_one_kind(1))
def test_what_is_written_is_read(value, units):
    (unit,) = units
    quantity = parse_quantity(f"{value!r} {unit}")
    assert (quantity.value, quantity.unit) == (value, unit)


@given(st.text(max_size=12))
def test_a_text_is_a_known_unit_or_a_five_part_refusal(code):
    if is_known_unit(code):
        assert parse_unit(code).code == code
        return
    with pytest.raises(BadInputError) as caught:
        parse_unit(code)
    assert caught.value.code == "units.unknown"
    assert all(caught.value.as_problem().values())


@given(st.text(alphabet="0123456789.,-+eE gmcun/L%{}", max_size=14))
def test_a_quantity_is_never_cut_out_of_a_longer_number(text):
    try:
        quantity = parse_quantity(text)
    except BadInputError:
        return
    assume(text.strip())
    head, _, _ = text.strip().rpartition(quantity.unit)
    assert float(head) == quantity.value
