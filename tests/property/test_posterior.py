"""What must hold of any posterior: sure, alone, and never less sure on average for knowing more."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteon.densitometry import Maker, Person, Scan, Sex, Site, compute_areal_bmd, find_reference_curve
from osteon.inference import (
    BankSettings,
    Marker,
    MarkerReading,
    Patient,
    chance_above_now,
    predict_visit,
    prepare_patient,
    simulate_sites,
    weigh_patient,
)
from osteon.remodeling import load_parameter_set
from osteon.therapy import parse_sequence
from studies.simulated import Schedule, look_at, place_month, simulate_truth, slice_sequence

SMALL = BankSettings(draws=4, per_draw=32)
PLAN = parse_sequence("denosumab for 24 months")
HIP = find_reference_curve(Maker.HOLOGIC, Site.TOTAL_HIP)
CASES = 12

scores = st.integers(-35, -20)
markers = st.one_of(st.none(), st.integers(100, 1500))


@cache
def describe(first, second, ctx=None, name="ann"):
    scans = tuple(
        Scan(
            site=Site.TOTAL_HIP,
            areal_bmd_g_cm2=compute_areal_bmd(t / 10, HIP),
            maker=Maker.HOLOGIC,
            date=place_month(month),
        )
        for t, month in ((first, 0), (second, 24))
    )
    drawn = () if ctx is None else (MarkerReading(marker=Marker.CTX, value=ctx, date=place_month(0)),)
    return Patient(
        patient_id=name,
        person=Person(sex=Sex.FEMALE, age_years=70, menopausal=True),
        scans=scans,
        history=PLAN,
        history_start=place_month(0),
        markers=drawn,
    )


def forecast(patient):
    return simulate_sites(prepare_patient(patient, settings=SMALL), PLAN, months=12).true_t


@settings(max_examples=8)
@given(scores, scores, markers)
def test_the_same_patient_is_answered_the_same(first, second, ctx):
    asked = describe(first, second, ctx)
    assert np.array_equal(forecast(asked), forecast(asked))


@settings(max_examples=6)
@given(scores, scores, scores)
def test_a_patient_is_answered_alike_after_any_other(first, second, other):
    alone = forecast(describe(first, second))
    forecast(describe(other, first, 500, name="bea"))
    assert np.array_equal(forecast(describe(first, second)), alone)


@settings(max_examples=8)
@given(scores, scores, markers)
def test_the_order_in_which_a_record_is_written_says_nothing(first, second, ctx):
    asked = describe(first, second, ctx)
    turned = replace(asked, scans=asked.scans[::-1])
    assert np.array_equal(forecast(turned), forecast(asked))


@settings(max_examples=8)
@given(scores, scores, markers)
def test_chances_lie_in_range_and_weights_are_counted(first, second, ctx):
    bank = prepare_patient(describe(first, second, ctx), settings=SMALL)
    now = chance_above_now(bank, -2.5)
    assert 0 <= now.all_sites <= min(site.chance for site in now.sites) <= 1
    assert bank.posterior.effective_sample_size >= 1
    assert np.isfinite(bank.posterior.log_evidence)
    assert np.all(bank.posterior.start_sd > 0)


@settings(max_examples=6)
@given(scores, st.integers(-35, -15), st.integers(1, 10))
def test_a_higher_scan_lies_at_a_higher_percentile(first, second, more):
    low, high = (
        predict_visit(describe(first, t), describe(first, t).scans[1:], settings=SMALL)[0]
        for t in (second, second + more)
    )
    assert low.percentile <= high.percentile
    assert np.array_equal(low.quantiles, high.quantiles)


@pytest.fixture(scope="module")
def widths():
    """SD of the T-scores a year on, by what is known: (cases, kinds of record, sites)."""
    parameters, found = load_parameter_set(), []
    for number in range(CASES):
        truth = simulate_truth(number, Schedule(scans=(0, 12, 24), markers=(0, 3)), parameters, seed=7)
        known = [
            look_at(truth, 24, scans=(24,), markers=()),
            look_at(truth, 24, scans=(12, 24), markers=()),
            look_at(truth, 24, scans=(0, 12, 24), markers=()),
            look_at(truth, 24),
        ]
        after = slice_sequence(truth.plan, 24, 36)
        found.append([_find_widths(patient, after) for patient in known])
    return np.array(found)


def _find_widths(patient, after):
    courses = simulate_sites(
        weigh_patient(patient, settings=BankSettings(draws=8, per_draw=64)), after, months=12
    )
    return courses.true_t[:, -1].std(axis=1)


def test_more_scans_never_widen_what_is_expected_on_average(widths):
    # Sites and cases averaged; an SD of 512 draws with 100 effective ones is known to 7 %, 24 of them to 1.4 %.
    log_width = np.log(widths[:, 1:]).mean(axis=(0, 2))
    assert log_width[1] < log_width[0] + 0.03
    assert log_width[2] < log_width[1] + 0.03
    assert log_width[2] < log_width[0]


def test_a_second_scan_narrows_the_forecast_of_a_lone_one(widths):
    log_width = np.log(widths).mean(axis=(0, 2))
    assert log_width[2] < log_width[0]
