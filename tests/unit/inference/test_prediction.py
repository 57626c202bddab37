"""What a posterior expects of today, of the next scan and of the next marker."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest
from scipy import stats

from osteon.densitometry import Maker, Person, Scan, Sex, Site
from osteon.errors import BadInputError
from osteon.inference import (
    BankSettings,
    Injection,
    Marker,
    MarkerReading,
    Patient,
    chance_above_now,
    predict_marker,
    predict_visit,
    prepare_patient,
)
from osteon.therapy import Drug, parse_sequence
from osteon.units import DAYS_PER_MONTH

TODAY = date(2026, 11, 1)
FEW = BankSettings(draws=8, per_draw=32)
DENOSUMAB = parse_sequence("denosumab for 24 months")


def before(months):
    return TODAY - timedelta(days=round(months * DAYS_PER_MONTH))


def scan(months=0.0, bmd=0.60, site=Site.TOTAL_HIP, **more):
    known = {"site": site, "areal_bmd_g_cm2": bmd, "maker": Maker.HOLOGIC, "date": before(months)}
    return Scan(**known | more)


def patient(*scans, **more):
    person = Person(sex=Sex.FEMALE, age_years=70, years_since_menopause=20)
    return Patient(
        **{"patient_id": "ann", "person": person, "scans": scans, "history": DENOSUMAB, "as_of": TODAY} | more
    )


@cache
def prepare(asked):
    return prepare_patient(asked, settings=FEW)


def test_the_chance_now_of_one_scan_is_the_normal_law():
    bank = prepare(patient(scan(bmd=0.63), history=None))
    (site,) = bank.baseline.sites
    line = site.young_mean_g_cm2 - 2.5 * site.young_sd_g_cm2
    now = chance_above_now(bank, -2.5)
    expected = stats.norm.sf(line, site.true_mean_g_cm2, site.true_sd_g_cm2)
    assert now.sites[0].chance == pytest.approx(expected)
    assert now.all_sites == pytest.approx(expected)
    assert now.sites[0].measured_above is now.measured_above is False


def test_all_sites_are_less_likely_than_each():
    now = chance_above_now(prepare(patient(scan(bmd=0.64), scan(bmd=0.77, site=Site.LUMBAR_SPINE))), -2.5)
    assert 0 < now.all_sites < min(site.chance for site in now.sites)


def test_a_higher_line_is_less_likely():
    bank = prepare(patient(scan(24), scan()))
    chances = [chance_above_now(bank, line).all_sites for line in (-3.5, -2.8, -2.5, -2.0)]
    assert chances == sorted(chances, reverse=True)


def test_noise_takes_a_chance_toward_even():
    site = chance_above_now(prepare(patient(scan(24, 0.6), scan(0, 0.62))), -2.5).sites[0]
    assert site.chance < site.chance_measured < 0.5


def test_a_visit_is_predicted_from_what_came_before_only():
    told = patient(scan(24), scan(12, 0.62), scan(0, 0.70))
    lower = replace(told, scans=(*told.scans[:2], scan(0, 0.55)))
    one, two = (predict_visit(asked, asked.scans[2:], settings=FEW)[0] for asked in (told, lower))
    assert np.array_equal(one.quantiles, two.quantiles)
    assert one.percentile > 0.95
    assert two.percentile < 0.05
    assert np.all(np.diff(one.quantiles) > 0)


def test_a_visit_may_be_new_to_the_record():
    told = patient(scan(24), scan(12, 0.62))
    new = predict_visit(told, (scan(0, 0.63),), settings=FEW)
    kept = predict_visit(replace(told, scans=(*told.scans, scan(0, 0.63))), (scan(0, 0.63),), settings=FEW)
    assert new[0].percentile == kept[0].percentile


def test_the_percentile_is_where_the_quantiles_say():
    told = patient(scan(24), scan(12, 0.62))
    (found,) = predict_visit(told, (scan(0, 0.63),), settings=FEW)
    (again,) = predict_visit(told, (scan(0, float(found.quantiles[3])),), settings=FEW)
    assert again.percentile == pytest.approx(0.75, abs=0.01)


def test_another_scanner_is_predicted_widely():
    told = patient(scan(24))
    same, other = (
        predict_visit(told, (scan(0, 0.66, maker=maker),), settings=FEW)[0]
        for maker in (Maker.HOLOGIC, Maker.GE_LUNAR)
    )
    assert same.comparable
    assert not other.comparable
    assert other.sd_g_cm2 > 1.5 * same.sd_g_cm2


def test_a_site_without_a_scan_before_is_not_predicted():
    visit = (scan(0, 0.62), scan(0, 0.75, site=Site.LUMBAR_SPINE))
    assert [found.site for found in predict_visit(patient(scan(24)), visit, settings=FEW)] == [Site.TOTAL_HIP]


def test_a_visit_needs_a_date():
    with pytest.raises(BadInputError) as caught:
        predict_visit(patient(scan(24)), (scan(date=None),), settings=FEW)
    assert caught.value.code == "visit.without_date"


def test_a_marker_falls_under_denosumab_and_starts_at_one():
    bank = prepare(patient(scan(24), scan()))
    start, later = (predict_marker(bank, Marker.CTX, day) for day in (before(24), before(20)))
    assert start.quantiles == pytest.approx(1, abs=0.05)
    assert later.quantiles[4] < 0.7
    assert later.measured_quantiles[4] - later.measured_quantiles[0] > later.quantiles[4] - later.quantiles[0]


def test_a_late_dose_lets_the_marker_rise():
    told = patient(scan(24), scan())
    shots = tuple(
        Injection(drug=Drug.DENOSUMAB, amount=60, unit="mg", date=before(months)) for months in (24, 18, 12)
    )
    on_time, late = (
        predict_marker(prepare(asked), Marker.CTX, TODAY).quantiles[2]
        for asked in (told, replace(told, injections=shots))
    )
    assert late > 1.5 * on_time


def test_a_marker_of_tomorrow_depends_on_what_is_taken():
    bank = prepare(patient(scan(), history=None))
    day = TODAY + timedelta(days=90)
    with_drug = predict_marker(bank, Marker.CTX, day, sequence=DENOSUMAB)
    without = predict_marker(bank, Marker.CTX, day)
    assert with_drug.quantiles[2] < 0.6 < without.quantiles[2]


def test_a_marker_of_an_untreated_patient_is_her_own():
    bank = prepare(
        patient(scan(), history=None, markers=(MarkerReading(marker=Marker.CTX, value=400, date=TODAY),))
    )
    assert predict_marker(bank, Marker.P1NP, None).quantiles == pytest.approx(1)
