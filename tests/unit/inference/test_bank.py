"""The bank of virtual patients that one patient could be."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from osteon.densitometry import Maker, Person, Scan, Sex, Site
from osteon.inference import (
    BankSettings,
    Patient,
    lay_out_sequence,
    prepare_patient,
    simulate_sites,
)
from osteon.remodeling import CHANNELS, load_parameter_set
from osteon.therapy import Sequence, parse_sequence

SMALL = BankSettings(draws=4, per_draw=16)
SCANS = (
    Scan(site=Site.LUMBAR_SPINE, areal_bmd_g_cm2=0.74, maker=Maker.HOLOGIC),
    Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.62, maker=Maker.HOLOGIC),
)
WOMAN = Person(sex=Sex.FEMALE, age_years=66, years_since_menopause=6)


@cache
def prepare(history=None, settings=SMALL, patient_id="ann"):
    past = parse_sequence(history) if history else None
    patient = Patient(patient_id=patient_id, person=WOMAN, scans=SCANS, history=past)
    return prepare_patient(patient, settings=settings)


def simulate(text, *, months=24, **which):
    sequence = text if isinstance(text, Sequence) else parse_sequence(text)
    return simulate_sites(prepare(**which), sequence, months=months)


def lay_out(text, history=None, months=24):
    past = parse_sequence(history) if history else None
    table, before = lay_out_sequence(load_parameter_set(), parse_sequence(text), past, months)
    return table.channels, before


def find_doses(channels, name):
    return (np.flatnonzero(channels[:, CHANNELS.index(name)]) / 30).tolist()


def test_courses_are_by_site_month_and_virtual_patient():
    found = simulate("denosumab for 24 months")
    assert found.true_t.shape == found.measured_t.shape == (2, 25, 64)
    assert found.months.tolist() == list(range(25))
    assert len(found.draw) == 64


def test_every_sequence_starts_the_same_people_at_the_same_bmd():
    one, two = simulate("denosumab for 24 months"), simulate("teriparatide for 24 months")
    assert np.array_equal(one.true_t[:, 0], two.true_t[:, 0])
    assert np.array_equal(one.measured_t[:, 0], two.measured_t[:, 0])


def test_a_longer_horizon_changes_nothing_before_it():
    short, long = (simulate("denosumab for 24 months", months=months) for months in (12, 24))
    assert np.array_equal(long.true_t[:, :13], short.true_t)
    assert np.array_equal(long.measured_t[:, :13], short.measured_t)


def test_scans_scatter_about_the_truth_by_more_than_their_precision_error():
    found, bank = simulate("no drug for 24 months"), prepare()
    error = found.measured_t - found.true_t
    for row, site in enumerate(bank.baseline.sites):
        # 25 x 64 scans: the SD is known to 1.8 %; four of those.
        drift = bank.parameters.variability[f"long_term_{site.site}"] * site.areal_bmd_g_cm2
        expected = np.hypot(site.precision_error_g_cm2, drift) / site.young_sd_g_cm2
        assert error[row].std() == pytest.approx(expected, rel=0.075)
        assert error[row].mean() == pytest.approx(0, abs=4 * expected / 1600**0.5)


def test_taking_nothing_equals_no_drug():
    regimen = parse_sequence("denosumab for 24 months").regimens[0]
    nothing = simulate(Sequence(regimens=(replace(regimen, adherence=0.0),)))
    assert np.array_equal(nothing.true_t, simulate("no drug for 24 months").true_t)


def test_poor_persistence_lowers_what_is_reached():
    kept, poor, usual = (
        simulate(f"denosumab for 24 months{suffix}").true_t[:, 24].mean()
        for suffix in ("", " with 20% persistence at 6 months", " with real-world persistence")
    )
    assert poor < usual < kept


def test_persistence_of_everybody_is_no_loss():
    kept, all_stay = (
        simulate(f"denosumab for 24 months{suffix}") for suffix in ("", " with 100% persistence at 24 months")
    )
    assert np.array_equal(kept.true_t, all_stay.true_t)


def test_who_stops_early_takes_nothing_of_the_next_regimen():
    hardly = "with 0.01% persistence at 1 month"
    text = f"denosumab for 24 months {hardly}, then zoledronate for 12 months"
    once = "denosumab 60 mg once, observed for 24 months"
    # Nearly everybody stops within days of the first dose and is never given zoledronate.
    found = simulate(text, months=36).true_t[:, 36].mean()
    assert found == pytest.approx(simulate(once, months=36).true_t[:, 36].mean(), abs=0.02)


def test_history_makes_the_virtual_patients_younger_when_it_began():
    now, then = prepare(), prepare(history="alendronate for 36 months")
    assert then.baseline.person.age_years == now.baseline.person.age_years == 66
    assert np.all(then.virtual.lane.imbalance_c < now.virtual.lane.imbalance_c)
    assert np.all(then.virtual.menopause > now.virtual.menopause)


def test_a_history_longer_than_menopause_begins_at_menopause():
    bank = prepare(history="raloxifene for 120 months")
    assert np.all(bank.virtual.menopause == 1)


def test_history_comes_before_the_sequence_on_the_clock():
    channels, before = lay_out("denosumab for 12 months", history="alendronate for 36 months")
    assert before == 36
    assert len(channels) == (36 + 24) * 30
    assert find_doses(channels, "denosumab_mg") == [36, 42]
    given = channels[:, CHANNELS.index("alendronate_mg_day")]
    assert given[: 36 * 30].all()
    assert not given[36 * 30 :].any()


@pytest.mark.parametrize("months", [6.2, 6.5, 6.8])
def test_a_history_of_part_months_ends_where_the_sequence_begins(months):
    channels, before = lay_out("denosumab for 12 months", history=f"alendronate for {months} months")
    given = np.flatnonzero(channels[:, CHANNELS.index("alendronate_mg_day")])
    assert before == 7
    # A day is the rounding of a regimen's limits.
    assert given[-1] + 1 == pytest.approx(before * 30, abs=1)
    assert len(given) == pytest.approx(months * 30, abs=2)
    assert find_doses(channels, "denosumab_mg") == [7, 13]


def test_the_past_is_the_start_of_the_forecast():
    # A year after denosumab was stopped resorption is high: more is lost without a drug than by the untreated.
    past = "denosumab for 36 months, then no drug for 6 months"
    rebounding, untreated = (
        np.diff(
            simulate("no drug for 12 months", months=12, history=history).true_t[:, [0, 12]], axis=1
        ).mean()
        for history in (past, None)
    )
    assert rebounding < untreated


def test_a_bisphosphonate_in_the_past_blunts_teriparatide():
    gains = [
        np.diff(
            simulate("teriparatide for 12 months", months=12, history=history).true_t[0, [0, 12]], axis=0
        ).mean()
        for history in (None, "alendronate for 60 months")
    ]
    assert gains[1] < gains[0]


@pytest.mark.parametrize("history", [None, "alendronate for 24 months"])
def test_everybody_starts_where_the_patient_was_measured(history):
    found, bank = simulate("no drug for 12 months", months=12, history=history), prepare(history=history)
    for row, site in enumerate(bank.baseline.sites):
        start = site.young_mean_g_cm2 + found.true_t[row, 0] * site.young_sd_g_cm2
        # Four standard errors of a mean of 64.
        assert start.mean() == pytest.approx(site.true_mean_g_cm2, abs=4 * site.true_sd_g_cm2 / 8)


def test_exercise_adds_while_it_lasts_and_fades_after():
    gained = simulate("exercise for 12 months, then no drug for 36 months", months=48).true_t[0].mean(axis=1)
    gained = gained - simulate("no drug for 48 months", months=48).true_t[0].mean(axis=1)
    assert np.all(np.diff(gained[:13]) > 0)
    assert np.all(np.diff(gained[12:]) < 0)
    assert gained[0] == 0
    assert 0 < gained[48] < gained[12] / 4


def test_exercise_adds_to_a_drug():
    both = simulate("denosumab and exercise for 24 months").true_t[0, 24].mean()
    assert both > simulate("denosumab for 24 months").true_t[0, 24].mean()


def test_a_larger_bank_begins_with_the_smaller():
    small, large = prepare(), prepare(settings=BankSettings(draws=8, per_draw=16))
    assert np.array_equal(large.virtual.keys[:64], small.virtual.keys)
    assert np.array_equal(large.virtual.site_response[:, :64], small.virtual.site_response)


def test_another_patient_is_other_people_with_the_same_uncertainty_of_the_model():
    ann, bea = prepare(), prepare(patient_id="bea")
    assert not np.array_equal(ann.virtual.lane.turnover_t, bea.virtual.lane.turnover_t)
    assert np.array_equal(ann.virtual.lane.young_mineral, bea.virtual.lane.young_mineral)
