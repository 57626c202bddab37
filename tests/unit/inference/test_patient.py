"""From scans to the start of a forecast."""

from dataclasses import replace
from datetime import date

import pytest

from osteon.densitometry import (
    Maker,
    Person,
    Scan,
    Sex,
    Side,
    Site,
    compute_areal_bmd,
    find_age_reference,
    find_reference_curve,
)
from osteon.errors import AbstainedError, OsteonError
from osteon.inference import Patient, name_context, read_baseline
from osteon.remodeling import load_parameter_set
from osteon.therapy import PatientContext, parse_sequence

WOMAN = Person(sex=Sex.FEMALE, age_years=69, menopausal=True)
TODAY = date(2026, 11, 1)
HIP = find_reference_curve(Maker.HOLOGIC, Site.TOTAL_HIP)


def scan(site=Site.TOTAL_HIP, bmd=0.60, **more):
    return Scan(**{"site": site, "areal_bmd_g_cm2": bmd, "maker": Maker.HOLOGIC, "date": TODAY} | more)


def read(*scans, person=WOMAN):
    patient = Patient(patient_id="ann", person=person, scans=scans)
    return read_baseline(patient, load_parameter_set().values)


def read_one(*scans, person=WOMAN):
    (site,) = read(*scans, person=person).sites
    return site


def test_a_site_starts_at_its_measured_bmd():
    site = read_one(scan(bmd=0.65))
    assert (site.areal_bmd_g_cm2, site.site) == (0.65, Site.TOTAL_HIP)
    assert site.t_score == pytest.approx((0.65 - HIP.young_mean_g_cm2) / HIP.young_sd_g_cm2)


def test_every_diagnostic_site_is_read_and_the_forearm_is_not():
    sites = (Site.LUMBAR_SPINE, Site.TOTAL_HIP, Site.FEMORAL_NECK)
    found = read(*(scan(site) for site in sites), scan(Site.ONE_THIRD_RADIUS, 0.5))
    assert {site.site for site in found.sites} == set(sites)


def test_the_newest_scan_counts():
    assert read_one(scan(bmd=0.70, date=date(2020, 1, 1)), scan(bmd=0.62)).areal_bmd_g_cm2 == 0.62
    assert read_one(scan(bmd=0.62), scan(bmd=0.70, date=None)).areal_bmd_g_cm2 == 0.62


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_hips_the_lower_counts_with_its_own_bmd(turned):
    hips = (scan(bmd=0.60, side=Side.LEFT), scan(bmd=0.75, side=Side.RIGHT))
    site = read_one(*(reversed(hips) if turned else hips))
    assert site.areal_bmd_g_cm2 == 0.60
    assert site.t_score == pytest.approx((0.60 - HIP.young_mean_g_cm2) / HIP.young_sd_g_cm2)


def test_a_reported_score_without_bmd_starts_at_its_bmd_on_the_reference():
    site = read_one(scan(bmd=None, maker=None, reported_t_score=-2.7))
    assert site.areal_bmd_g_cm2 == pytest.approx(compute_areal_bmd(-2.7, HIP))


def test_a_reported_score_of_some_vertebrae_starts_at_that_score():
    site = read_one(scan(Site.LUMBAR_SPINE, 0.70, vertebrae=("L2", "L3"), reported_t_score=-2.9))
    start = (site.areal_bmd_g_cm2 - site.young_mean_g_cm2) / site.young_sd_g_cm2
    assert (site.t_score, start) == pytest.approx((-2.9, -2.9))


def test_the_truth_lies_between_the_scan_and_the_age_group():
    low, high = read_one(scan(bmd=0.50)), read_one(scan(bmd=1.10))
    group = find_age_reference(Maker.HOLOGIC, Site.TOTAL_HIP, Sex.FEMALE, 69)
    assert 0.50 < low.true_mean_g_cm2 < group.mean_g_cm2 < high.true_mean_g_cm2 < 1.10
    assert low.true_sd_g_cm2 < low.precision_error_g_cm2


def test_a_better_scanner_leaves_less_to_the_age_group():
    poor, good = (read_one(scan(bmd=0.50, precision_error_g_cm2=error)) for error in (0.02, 0.002))
    assert 0.50 < good.true_mean_g_cm2 < poor.true_mean_g_cm2
    assert good.true_sd_g_cm2 < poor.true_sd_g_cm2


@pytest.mark.parametrize("maker", [Maker.HOLOGIC, Maker.GE_LUNAR])
def test_the_same_score_on_another_maker_is_the_same_start(maker):
    curve = find_reference_curve(maker, Site.TOTAL_HIP)
    site = read_one(scan(bmd=compute_areal_bmd(-2.7, curve), maker=maker))
    assert site.t_score == pytest.approx(-2.7)
    assert (site.true_mean_g_cm2 - site.young_mean_g_cm2) / site.young_sd_g_cm2 == pytest.approx(
        -2.7, abs=0.05
    )


def test_covariates_follow_the_person_and_the_scans():
    person = Person(sex=Sex.FEMALE, age_years=69, years_since_menopause=12)
    found = read(scan(Site.LUMBAR_SPINE, 0.60), scan(bmd=0.90), person=person).person
    assert (found.age_years, found.years_since_menopause) == (69, 12)
    assert found.spine_bmd_ratio < 1 < found.hip_bmd_ratio


def test_the_line_itself_is_the_measure_of_thinness():
    person = read(
        *(
            scan(site, compute_areal_bmd(-2.5, find_reference_curve(Maker.HOLOGIC, site)))
            for site in (Site.LUMBAR_SPINE, Site.TOTAL_HIP)
        )
    ).person
    # Regression to the mean of the age group moves it by a little.
    assert (person.spine_bmd_ratio, person.hip_bmd_ratio) == pytest.approx((1, 1), abs=0.01)


def test_unstated_menopause_is_counted_from_the_usual_age():
    values = load_parameter_set().values
    assert read(scan()).person.years_since_menopause == 69 - values["menopause_age_years"]
    young = replace(WOMAN, age_years=50.0)
    assert read(scan(), person=young).person.years_since_menopause == 1


def test_a_man_has_no_menopause_left():
    man = read(scan(), person=Person(sex=Sex.MALE, age_years=70)).person
    assert man.years_since_menopause >= load_parameter_set().values["menopause_age_years"]


@pytest.mark.parametrize(
    "person",
    [Person(sex=Sex.FEMALE, age_years=45, menopausal=False), Person(sex=Sex.MALE, age_years=44)],
)
def test_it_abstains_where_z_scores_rule(person):
    with pytest.raises(AbstainedError) as caught:
        read(scan(reported_z_score=-2.2), person=person)
    assert caught.value.as_problem()["code"] == "forecast.outside_domain"


def test_it_abstains_when_only_a_forearm_was_scanned():
    with pytest.raises(AbstainedError) as caught:
        read(scan(Site.ONE_THIRD_RADIUS, 0.50, reported_t_score=-3.0))
    assert caught.value.as_problem()["code"] == "forecast.no_site"


def test_no_scan_at_all_is_refused():
    with pytest.raises(OsteonError):
        read()


def test_the_context_takes_what_the_record_already_says():
    past = parse_sequence("alendronate for 24 months")
    patient = Patient(patient_id="ann", person=WOMAN, scans=(scan(),), history=past)
    context = name_context(patient)
    assert (context.age_years, context.male, context.history) == (69, False, past)


def test_the_context_keeps_what_it_was_told():
    told = PatientContext(age_years=71, male=True)
    patient = Patient(patient_id="ann", person=WOMAN, scans=(scan(),), context=told)
    assert (name_context(patient).age_years, name_context(patient).male) == (71, True)
