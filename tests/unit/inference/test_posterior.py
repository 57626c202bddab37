"""The posterior of one patient: what moves it, what does not, and when it is asked for."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from osteon.densitometry import Maker, Person, Scan, Sex, Side, Site
from osteon.inference import (
    BankSettings,
    Marker,
    MarkerReading,
    Patient,
    prepare_patient,
    simulate_sites,
    weigh_patient,
)
from osteon.therapy import PatientContext, parse_sequence
from osteon.units import DAYS_PER_MONTH

TODAY = date(2026, 11, 1)
WOMAN = Person(sex=Sex.FEMALE, age_years=70, years_since_menopause=20)
FEW = BankSettings(draws=8, per_draw=32)
DENOSUMAB = parse_sequence("denosumab for 24 months")


def before(months):
    return TODAY - timedelta(days=round(months * DAYS_PER_MONTH))


def scan(months=0.0, bmd=0.60, site=Site.TOTAL_HIP, **more):
    known = {"site": site, "areal_bmd_g_cm2": bmd, "maker": Maker.HOLOGIC, "date": before(months)}
    return Scan(**known | more)


def ctx(months, value, **more):
    return MarkerReading(
        **{"marker": Marker.CTX, "value": value, "date": before(months), "fasting_morning": True} | more
    )


def patient(*scans, history=DENOSUMAB, **more):
    return Patient(
        **{"patient_id": "ann", "person": WOMAN, "scans": scans, "history": history, "as_of": TODAY} | more
    )


@cache
def prepare(asked):
    return prepare_patient(asked, settings=FEW)


def find_later(asked, months=24):
    return simulate_sites(prepare(asked), DENOSUMAB, months=months).true_t[:, -1]


def course(*bmd, **more):
    """Scans a year apart, the last one today."""
    return tuple(scan(12 * (len(bmd) - 1 - index), value, **more) for index, value in enumerate(bmd))


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (patient(scan()), False),
        (patient(scan(), scan(site=Site.LUMBAR_SPINE, bmd=0.7)), False),
        (patient(scan(side=Side.LEFT), scan(side=Side.RIGHT, bmd=0.61)), False),
        (patient(scan(0.3)), False),
        (patient(scan(), history=None, as_of=None), False),
        (patient(scan(12)), True),
        (patient(scan(12), scan()), True),
        (patient(scan(), scan(12, site=Site.LUMBAR_SPINE)), True),
        (patient(scan(), markers=(ctx(0, 400),)), True),
        (patient(scan(), scan(12, site=Site.ONE_THIRD_RADIUS)), False),
    ],
)
def test_a_posterior_is_made_where_there_is_more_than_one_visit(asked, wanted):
    assert (prepare(asked).posterior is not None) is wanted


def test_the_posterior_of_a_lone_scan_starts_where_the_plain_bank_does():
    plain, weighed = (make(patient(scan()), settings=FEW) for make in (prepare_patient, weigh_patient))
    one, two = plain.baseline.sites[0], weighed.baseline.sites[0]
    assert two.true_mean_g_cm2 == pytest.approx(one.true_mean_g_cm2, rel=1e-6)
    assert two.true_sd_g_cm2 == pytest.approx(one.true_sd_g_cm2, rel=1e-6)
    # Nothing was learned, so all count alike and none was drawn twice.
    assert weighed.posterior.effective_sample_size == pytest.approx(256)
    assert np.array_equal(weighed.virtual.keys, plain.virtual.keys)


def test_who_gained_more_is_expected_to_hold_more():
    well, badly = (find_later(patient(*course(0.60, *gained))) for gained in ((0.63, 0.65), (0.60, 0.60)))
    assert well.mean() > badly.mean() + 0.2


def test_a_low_turnover_under_treatment_is_the_drug_taken():
    # Both were untreated at 500; what differs is CTX a year into denosumab doses that half are missed.
    half = parse_sequence("alendronate for 24 months at 50% adherence")
    low, high = (
        prepare(patient(scan(24), scan(), history=half, markers=(ctx(24, 500), ctx(12, value)))).posterior
        for value in (150, 600)
    )
    assert low.markers_used == high.markers_used == 2
    assert low.log_evidence > high.log_evidence


def test_more_turnover_before_treatment_is_found_by_its_markers():
    slow, quick = (
        prepare(
            patient(scan(), history=None, markers=(ctx(0, value), replace(ctx(0, p1np), marker=Marker.P1NP)))
        )
        for value, p1np in ((150, 15), (900, 120))
    )
    assert np.mean(quick.virtual.lane.turnover_t) > 1.1 * np.mean(slow.virtual.lane.turnover_t)


def test_an_afternoon_sample_says_less():
    def lean(**more):
        asked = patient(scan(), history=None, markers=(ctx(0, 1500, **more),))
        return np.mean(prepare(asked).virtual.lane.turnover_t)

    assert (
        lean(fasting_morning=True)
        > lean(fasting_morning=False)
        > np.mean(prepare(patient(scan(), history=None)).virtual.lane.turnover_t)
    )


@pytest.mark.parametrize("context", [{"renal_clearance_ml_min": 20.0}, {"glucocorticoids": True}])
def test_a_disturbed_marker_says_less(context):
    def lean(known):
        asked = patient(scan(), history=None, markers=(ctx(0, 1500),), context=known)
        return np.mean(prepare(asked).virtual.lane.turnover_t)

    assert lean(PatientContext(**context)) < lean(PatientContext())


def test_another_assay_says_little_about_change():
    def spread(assay):
        markers = (ctx(24, 500, assay="one"), ctx(12, 900, assay=assay))
        return prepare(patient(scan(24), scan(), markers=markers)).posterior.log_evidence

    # A rise under denosumab is less of a surprise where the laboratory changed.
    assert spread("other") > spread("one")


def test_a_scan_on_another_maker_hardly_moves_the_forecast():
    def later(**more):
        return find_later(patient(scan(24, 0.60), scan(0, 0.70, **more))).mean()

    bmd_of_same_t = 1.008 + (0.70 - 0.942) / 0.122 * 0.126
    same, other = later(), later(maker=Maker.GE_LUNAR, areal_bmd_g_cm2=bmd_of_same_t)
    alone = find_later(patient(scan(24, 0.60))).mean()
    assert prepare(patient(scan(24), scan(0, maker=Maker.GE_LUNAR))).posterior.notes
    # Start and scale are the newest scanner's, so compare how far each lies from what the first scan led to expect.
    assert same > alone + 0.2
    assert other == pytest.approx(same, abs=0.6)


def test_what_is_known_of_markers_is_cited():
    with_marker = prepare(patient(scan(), markers=(ctx(0, 400),)))
    assert "cho2020markers" in with_marker.baseline.sources
    assert "cho2020markers" not in prepare(patient(scan(12), scan())).baseline.sources


def test_scans_without_a_date_are_left_out_aloud():
    bank = prepare(patient(scan(12), scan(), scan(date=None, bmd=0.66)))
    assert bank.posterior.scans_used == 2
    assert any("left out" in note for note in bank.posterior.notes)


def test_an_unlikely_patient_is_refined_and_still_has_the_full_bank():
    bank = prepare(patient(*course(0.60, 0.54, 0.50)))
    assert bank.posterior.rounds > 0
    assert len(bank.virtual.keys) == 256
    assert np.array_equal(np.bincount(bank.virtual.draw), np.full(8, 32))


def test_too_few_effective_patients_are_said_aloud(monkeypatch):
    monkeypatch.setattr("osteon.inference.posterior._read_wanted", lambda settings: 10.0**6)
    lost = prepare_patient(patient(*course(0.60, 0.62)), settings=BankSettings(draws=2, per_draw=8)).posterior
    assert lost.rounds == 4
    assert lost.effective_sample_size < 16 + 4 * 32
    assert any("unlike what the model expects" in note for note in lost.notes)


def test_the_start_is_told_as_the_posterior_has_it():
    bank = prepare(patient(*course(0.60, 0.62, 0.63)))
    (site,) = bank.baseline.sites
    start = (
        simulate_sites(bank, DENOSUMAB, months=1).true_t[0, 0] * site.young_sd_g_cm2 + site.young_mean_g_cm2
    )
    # 256 draws: four standard errors of their mean.
    assert start.mean() == pytest.approx(site.true_mean_g_cm2, abs=4 * site.true_sd_g_cm2 / 16)
    assert site.areal_bmd_g_cm2 == 0.63


def test_a_history_that_may_have_been_stopped_is_weighed_by_what_was_seen():
    dropped = parse_sequence("denosumab for 24 months with 50% persistence at 12 months")
    kept, lost = (
        prepare(
            patient(scan(24, 0.60), scan(12, 0.62), scan(0, last), history=dropped, markers=(ctx(1, value),))
        )
        for last, value in ((0.65, 80), (0.58, 900))
    )
    paused = [np.mean(bank.pauses[0] < 20) for bank in (kept, lost)]
    assert paused[0] < 0.35
    assert paused[1] > 0.65


def test_who_paused_takes_what_comes_next():
    dropped = parse_sequence("denosumab for 24 months with 1% persistence at 6 months")
    bank = prepare(patient(scan(24, 0.60), scan(0, 0.59), history=dropped))
    treated, untreated = (
        simulate_sites(bank, parse_sequence(text), months=12).true_t[0, 12].mean()
        for text in ("denosumab for 12 months", "no drug for 12 months")
    )
    assert treated > untreated + 0.2
