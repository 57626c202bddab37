"""Values refuse what cannot be, with all five parts of an error."""

from dataclasses import FrozenInstanceError

import pytest

from osteon.errors import BadInputError
from osteon.therapy import (
    AmountUnit,
    Drug,
    Prescription,
    Regimen,
    Route,
    Sequence,
    StatedPersistence,
    join_sequences,
    parse_sequence,
)

ALENDRONATE = {
    "drug": Drug.ALENDRONATE,
    "amount": 70.0,
    "unit": AmountUnit.MG,
    "interval_days": 7.0,
    "route": Route.ORAL,
}
WEEKLY = Prescription(**ALENDRONATE)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": 0.0}, "amount_out_of_range"),
        ({"amount": float("nan")}, "amount_out_of_range"),
        ({"amount": 70000.0}, "amount_out_of_range"),
        ({"unit": AmountUnit.UG}, "wrong_unit"),
        ({"route": Route.SUBCUTANEOUS}, "wrong_route"),
        ({"interval_days": 0.5}, "interval_out_of_range"),
        ({"interval_days": float("inf")}, "interval_out_of_range"),
    ],
)
def test_an_impossible_prescription_is_refused(change, code):
    with pytest.raises(BadInputError) as caught:
        Prescription(**(ALENDRONATE | change))
    assert caught.value.code == f"therapy.{code}"
    assert all(caught.value.as_problem().values())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"duration_months": 0.0}, "duration_out_of_range"),
        ({"duration_months": float("nan")}, "duration_out_of_range"),
        ({"adherence": 80.0}, "adherence_out_of_range"),
        ({"adherence": -0.1}, "adherence_out_of_range"),
        ({"prescriptions": (WEEKLY, WEEKLY)}, "named_twice"),
        ({"prescriptions": (), "adherence": 0.8}, "nothing_to_adhere_to"),
    ],
)
def test_an_impossible_regimen_is_refused(change, code):
    with pytest.raises(BadInputError) as caught:
        Regimen(**({"prescriptions": (WEEKLY,), "duration_months": 12.0} | change))
    assert caught.value.code == f"therapy.{code}"


@pytest.mark.parametrize(("share", "months"), [(0.0, 12.0), (1.1, 12.0), (0.5, 0.0)])
def test_an_impossible_persistence_is_refused(share, months):
    with pytest.raises(BadInputError):
        StatedPersistence(share=share, at_months=months)


def test_a_sequence_of_nothing_is_refused():
    with pytest.raises(BadInputError) as caught:
        Sequence(regimens=())
    assert caught.value.code == "therapy.empty_sequence"


def test_values_do_not_change():
    with pytest.raises(FrozenInstanceError):
        WEEKLY.amount = 35.0


def test_an_unusual_dose_is_kept():
    assert Prescription(**(ALENDRONATE | {"interval_days": 1.0})).interval_days == 1.0


def test_joining_keeps_order_and_length():
    joined = join_sequences(parse_sequence("teriparatide for 2 years"), parse_sequence("no drug for 1 year"))
    assert joined == parse_sequence("teriparatide for 24 months, then no drug for 12 months")
    assert joined.duration_months == 36
