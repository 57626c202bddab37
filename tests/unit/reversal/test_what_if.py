"""One sequence several ways, on one bank."""

from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from osteon.densitometry import Maker, Person, Scan, Sex, Site
from osteon.inference import BankSettings, Injection, Patient, prepare_patient
from osteon.reversal import AlternativeKind, compare_adherence, what_if
from osteon.therapy import Drug, format_sequence, parse_sequence

TODAY = date(2026, 11, 1)
PLAN = "denosumab for 24 months, then zoledronate for 12 months"


@cache
def prepare(history=None, shots=()):
    scans = (Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.62, maker=Maker.HOLOGIC, date=TODAY),)
    return prepare_patient(
        Patient(
            patient_id="ann",
            person=Person(sex=Sex.FEMALE, age_years=70, menopausal=True),
            scans=scans,
            history=parse_sequence(history) if history else None,
            injections=tuple(
                Injection(drug=Drug.DENOSUMAB, amount=60, unit="mg", date=TODAY - timedelta(days=days))
                for days in shots
            ),
        ),
        settings=BankSettings(draws=8, per_draw=16),
    )


@cache
def ask(text=PLAN, history=None):
    found = what_if(prepare(history), parse_sequence(text), horizon_months=36)
    return {one.kind: one for one in found}


def find_median(found, month=24):
    return found.forecast.sites[0].quantiles[2, month]


def test_every_way_is_forecast_over_one_horizon():
    found = ask()
    assert list(found) == list(AlternativeKind)
    assert {len(one.forecast.months) for one in found.values()} == {37}


def test_as_planned_is_the_plan():
    assert ask()[AlternativeKind.EVERY_DOSE].sequence == parse_sequence(PLAN)


def test_fewer_doses_gain_less_and_none_least():
    kinds = ("every_dose", "adherence_good", "adherence_half", "no_drug")
    medians = [find_median(ask()[AlternativeKind(kind)]) for kind in kinds]
    assert medians == sorted(medians, reverse=True)


def test_the_later_the_dose_the_less_is_held():
    # Over two years on average: on one day it matters more when the last dose was.
    kinds = ("every_dose", "denosumab_late", "denosumab_very_late")
    held = [find_median(ask()[AlternativeKind(kind)], slice(0, 25)).mean() for kind in kinds]
    assert held == sorted(held, reverse=True)


def test_exercise_adds():
    assert find_median(ask()[AlternativeKind.WITH_EXERCISE]) > find_median(ask()[AlternativeKind.EVERY_DOSE])


def test_everybody_starts_alike():
    starts = [one.forecast.sites[0].quantiles[:, 0] for one in ask().values()]
    assert all(np.array_equal(start, starts[0]) for start in starts)


def test_late_doses_are_written_as_a_longer_interval():
    late = ask()[AlternativeKind.DENOSUMAB_LATE].sequence
    assert format_sequence(late).startswith("denosumab 60 mg every 8 months for 24 months")


@pytest.mark.parametrize("bank", [("denosumab for 24 months", ()), (None, (180, 360))])
def test_who_is_on_denosumab_waits_for_the_first_dose_too(bank):
    late = what_if(
        prepare(*bank), parse_sequence(PLAN), kinds=(AlternativeKind.DENOSUMAB_LATE,), horizon_months=12
    )
    assert format_sequence(late[0].sequence).startswith(
        "no drug for 2 months, then denosumab 60 mg every 8 months"
    )
    assert late[0].sequence.duration_months == pytest.approx(36)


def test_ways_that_say_nothing_of_the_sequence_are_left_out():
    assert "denosumab_late" not in {kind.value for kind in ask("alendronate for 36 months")}
    assert {kind.value for kind in ask("no drug for 36 months")} == {"every_dose", "with_exercise", "no_drug"}


def test_adherence_alone_is_compared():
    found = compare_adherence(prepare(), parse_sequence(PLAN), horizon_months=12)
    assert [one.kind.value for one in found][:3] == ["every_dose", "adherence_good", "adherence_half"]
    assert len(found) == 5


def test_labels_name_sizes_from_the_evidence():
    assert AlternativeKind.ADHERENCE_HALF.label == "50 % of doses"
    assert "months late" in AlternativeKind.DENOSUMAB_LATE.label
