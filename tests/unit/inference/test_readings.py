"""Markers and injections: what they refuse."""

from datetime import date

import pytest

from osteon.errors import BadInputError
from osteon.inference import Injection, Marker, MarkerReading
from osteon.therapy import Drug

DAY = date(2025, 3, 1)


@pytest.mark.parametrize(
    ("marker", "value"), [("ctx", 0.42), ("ctx", 42_000), ("p1np", 0.05), ("p1np", 50_000)]
)
def test_a_value_in_another_unit_is_refused(marker, value):
    with pytest.raises(BadInputError) as caught:
        MarkerReading(marker=Marker(marker), value=value)
    assert caught.value.code == "marker.out_of_range"


@pytest.mark.parametrize(("marker", "value"), [("ctx", 420), ("ctx", 20), ("p1np", 8), ("p1np", 250)])
def test_usual_values_are_taken(marker, value):
    assert MarkerReading(marker=Marker(marker), value=value, date=DAY).value == value


@pytest.mark.parametrize(
    ("drug", "amount", "unit", "code"),
    [
        (Drug.ALENDRONATE, 70, "mg", "injection.not_injected"),
        (Drug.TERIPARATIDE, 20, "ug", "injection.not_injected"),
        (Drug.DENOSUMAB, 60, "ml", "injection.unknown_unit"),
        (Drug.DENOSUMAB, 60_000, "mg", "therapy.amount_out_of_range"),
        (Drug.DENOSUMAB, 60, "ug", "therapy.wrong_unit"),
    ],
)
def test_what_cannot_be_an_injection_is_refused(drug, amount, unit, code):
    with pytest.raises(BadInputError) as caught:
        Injection(drug=drug, amount=amount, unit=unit, date=DAY)
    assert caught.value.code == code


def test_ibandronate_by_needle_is_intravenous():
    assert Injection(drug=Drug.IBANDRONATE, amount=3, unit="mg", date=DAY).amount == 3
