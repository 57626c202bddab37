import math

import numpy as np
import pytest

from osteon.densitometry import (
    FindingCode,
    PrecisionStudy,
    Site,
    default_precision_error,
    estimate_precision_error,
    least_significant_change,
)
from osteon.errors import AbstainedError, BadInputError
from osteon.evidence import find_fact


def study_of(people, scans, sd=0.01):
    rng = np.random.default_rng(7)
    bmd = 0.8 + 0.05 * rng.standard_normal((people, 1)) + sd * rng.standard_normal((people, scans))
    return PrecisionStudy(site=Site.TOTAL_HIP, repeats_g_cm2=tuple(map(tuple, bmd.tolist())))


@pytest.mark.parametrize(("people", "scans"), [(30, 2), (15, 3)])
def test_both_usual_studies_have_thirty_degrees_of_freedom(people, scans):
    estimate = estimate_precision_error(study_of(people, scans))
    assert (estimate.degrees_of_freedom, estimate.people) == (30, people)
    assert estimate.findings == ()


def test_the_error_is_the_root_mean_square_of_the_sds():
    study = study_of(15, 3)
    sds = np.std(np.array(study.repeats_g_cm2), axis=1, ddof=1)
    expected = math.sqrt(np.mean(sds**2))
    assert estimate_precision_error(study).precision_error_g_cm2 == pytest.approx(expected, rel=1e-12)


def test_two_scans_reduce_to_half_the_squared_difference():
    study = PrecisionStudy(site=Site.TOTAL_HIP, repeats_g_cm2=((0.80, 0.82), (0.70, 0.70)))
    assert estimate_precision_error(study).precision_error_g_cm2 == pytest.approx(0.01, rel=1e-9)


def test_unequal_repeats_are_pooled_by_degrees_of_freedom():
    study = PrecisionStudy(site=Site.TOTAL_HIP, repeats_g_cm2=((0.80, 0.82), (0.70, 0.71, 0.72)))
    estimate = estimate_precision_error(study)
    assert estimate.degrees_of_freedom == 3
    assert estimate.precision_error_g_cm2 == pytest.approx(math.sqrt((0.0002 + 0.0002) / 3), rel=1e-9)


def test_the_upper_limit_is_the_published_one():
    degrees = int(
        find_fact("densitometry_rules", rule="precision_study_check", quantity="degrees_of_freedom").number
    )
    excess = find_fact(
        "densitometry_rules", rule="precision_study_check", quantity="upper_limit_excess"
    ).number
    estimate = estimate_precision_error(study_of(degrees, 2))
    assert estimate.degrees_of_freedom == degrees
    ratio = estimate.upper_limit_g_cm2 / estimate.precision_error_g_cm2
    # The abstract prints a round number; a one-sided 90 % limit would give 22.
    assert 100 * (ratio - 1) == pytest.approx(excess, abs=1)


def test_more_confidence_raises_the_limit():
    study = study_of(30, 2)
    limits = [
        estimate_precision_error(study, confidence=level).upper_limit_g_cm2 for level in (0.8, 0.9, 0.99)
    ]
    assert limits == sorted(limits)
    assert limits[0] > estimate_precision_error(study).precision_error_g_cm2


def test_a_small_study_is_remarked():
    (finding,) = estimate_precision_error(study_of(10, 2)).findings
    assert finding.code is FindingCode.PRECISION_STUDY_SMALL


@pytest.mark.parametrize("repeats", [(), ((0.8,),), ((0.8, 0.81), (0.7,))])
def test_a_study_without_repeats_is_refused(repeats):
    with pytest.raises(BadInputError, match=r"precision\.too_few_repeats"):
        PrecisionStudy(site=Site.TOTAL_HIP, repeats_g_cm2=repeats)


@pytest.mark.parametrize("value", [math.nan, 801.0])
def test_a_study_in_other_units_is_refused(value):
    with pytest.raises(BadInputError, match=r"bmd\.out_of_range.*repeats_g_cm2\[1\]"):
        PrecisionStudy(site=Site.TOTAL_HIP, repeats_g_cm2=((0.8, 0.81), (0.8, value)))


@pytest.mark.parametrize(("confidence", "factor"), [(None, 2.77), (0.95, 2.77), (0.90, 2.33), (0.80, 1.81)])
def test_the_factor_on_the_precision_error(confidence, factor):
    change = least_significant_change(0.01, confidence=confidence)
    assert round(change / 0.01, 2) == factor


def test_several_follow_ups_resolve_more():
    assert least_significant_change(0.01, follow_ups=3) == pytest.approx(
        1.959964 * 0.01 * math.sqrt(1 + 1 / 3), rel=1e-6
    )
    with pytest.raises(BadInputError, match=r"precision\.no_follow_up"):
        least_significant_change(0.01, follow_ups=0)


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, math.nan])
def test_a_confidence_in_percent_is_refused(confidence):
    with pytest.raises(BadInputError, match=r"confidence\.out_of_range"):
        least_significant_change(0.01, confidence=confidence)


@pytest.mark.parametrize("site", [Site.LUMBAR_SPINE, Site.TOTAL_HIP, Site.FEMORAL_NECK])
def test_the_default_matches_the_published_least_significant_change(site):
    published = find_fact("precision_limits", quantity="least_significant_change", site=site).number
    default = default_precision_error(site)
    assert 100 * least_significant_change(default.fraction) == pytest.approx(published, abs=0.05)
    assert "not this facility" in default.label


def test_there_is_no_default_for_the_forearm():
    with pytest.raises(AbstainedError, match=r"precision\.no_default"):
        default_precision_error(Site.ONE_THIRD_RADIUS)
