from datetime import date

import pytest

from osteon.densitometry import (
    FindingCode,
    Maker,
    PrecisionBasis,
    Scan,
    Side,
    Site,
    assess_change,
    check_comparability,
)
from osteon.errors import AbstainedError, BadInputError

COMPLETE = {
    "maker": Maker.HOLOGIC,
    "model": "Horizon A",
    "software": "5.6",
    "side": Side.LEFT,
}
SPINE = {"maker": Maker.HOLOGIC, "model": "Horizon A", "software": "5.6"}
FOUR = ("L1", "L2", "L3", "L4")


def hip(bmd, year=2024, **facts):
    return Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=bmd, date=date(year, 3, 1), **{**COMPLETE, **facts})


def spine(bmd, year=2024, **facts):
    return Scan(site=Site.LUMBAR_SPINE, areal_bmd_g_cm2=bmd, date=date(year, 3, 1), **{**SPINE, **facts})


def codes(findings, *, blocking=None):
    return {found.code for found in findings if blocking is None or found.blocks is blocking}


def test_like_scans_have_no_findings():
    assert check_comparability(hip(0.70), hip(0.72, 2025)) == ()
    assert check_comparability(spine(0.8, vertebrae=FOUR), spine(0.9, 2025, vertebrae=FOUR)) == ()


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (hip(0.7), hip(0.7, 2025, maker=Maker.GE_LUNAR), FindingCode.MAKER_DIFFERS),
        (hip(0.7), hip(0.7, 2025, maker=None), FindingCode.MAKER_UNKNOWN),
        (hip(0.7), hip(0.7, 2025, model="Discovery A"), FindingCode.MODEL_DIFFERS),
        (hip(0.7), hip(0.7, 2025, software="5.7"), FindingCode.SOFTWARE_DIFFERS),
        (hip(0.7), hip(0.7, 2025, side=Side.RIGHT), FindingCode.SIDE_DIFFERS),
        (hip(0.7), hip(None, 2025, reported_t_score=-2.4), FindingCode.BMD_MISSING),
        (
            spine(0.8, vertebrae=FOUR),
            spine(0.8, 2025, vertebrae=("L2", "L3", "L4")),
            FindingCode.VERTEBRAE_DIFFER,
        ),
        (
            spine(0.8, vertebrae=("L3",)),
            spine(0.9, 2025, vertebrae=("L3",)),
            FindingCode.SINGLE_VERTEBRA,
        ),
    ],
)
def test_unlike_scans_give_no_number(first, second, code):
    change = assess_change(first, second, precision_error_g_cm2=0.01)
    assert code in codes(change.findings, blocking=True)
    assert change.comparable is False
    numbers = (change.absolute_g_cm2, change.percent, change.least_significant_change_g_cm2)
    assert numbers == (None, None, None)
    assert change.significant is None


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ({"model": None}, FindingCode.MODEL_UNKNOWN),
        ({"software": None}, FindingCode.SOFTWARE_UNKNOWN),
        ({"side": None}, FindingCode.SIDE_UNKNOWN),
        ({"date": None}, FindingCode.DATE_UNKNOWN),
    ],
)
def test_what_is_not_stated_is_said_and_does_not_block(missing, code):
    second = Scan(
        site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.74, **{**COMPLETE, "date": date(2025, 3, 1), **missing}
    )
    change = assess_change(hip(0.70), second)
    assert code in codes(change.findings, blocking=False)
    assert change.comparable is True


def test_the_vertebrae_of_a_spine_should_be_stated():
    assert codes(check_comparability(spine(0.8), spine(0.9, 2025))) == {FindingCode.VERTEBRAE_UNKNOWN}


def test_a_subset_of_vertebrae_needs_its_own_precision():
    kept = ("L2", "L3", "L4")
    found = codes(check_comparability(spine(0.8, vertebrae=kept), spine(0.9, 2025, vertebrae=kept)))
    assert found == {FindingCode.VERTEBRAE_NEED_OWN_PRECISION}


def test_the_neck_and_forearm_are_not_for_monitoring():
    scan = Scan(site=Site.FEMORAL_NECK, areal_bmd_g_cm2=0.6, date=date(2024, 1, 1), **COMPLETE)
    assert codes(check_comparability(scan, scan)) == {FindingCode.SITE_NOT_FOR_MONITORING}


def test_sites_are_not_mixed():
    with pytest.raises(BadInputError, match=r"change\.sites_differ"):
        check_comparability(hip(0.7), spine(0.8))


def test_time_runs_forward():
    with pytest.raises(BadInputError, match=r"change\.out_of_order"):
        check_comparability(hip(0.7, 2025), hip(0.7, 2024))


def test_a_change_of_exactly_the_least_is_real():
    lsc = 1.959963984540054 * 2**0.5 * 0.01
    exact = assess_change(hip(0.7), hip(round(0.7 + lsc, 10), 2025), precision_error_g_cm2=0.01)
    below = assess_change(hip(0.7), hip(0.7277, 2025), precision_error_g_cm2=0.01)
    assert exact.significant is True
    assert below.significant is False


def test_binary_noise_does_not_hide_a_change():
    assert 0.83 - 0.80 < 0.03
    error = 0.03 / (1.959963984540054 * 2**0.5)
    assert assess_change(hip(0.80), hip(0.83, 2025), precision_error_g_cm2=error).significant is True


def test_a_loss_is_judged_like_a_gain():
    change = assess_change(hip(0.80), hip(0.70, 2025), precision_error_g_cm2=0.01)
    assert (change.absolute_g_cm2, change.significant) == (-0.1, True)
    assert change.percent == pytest.approx(-12.5)


def test_the_facility_outranks_the_scan_and_the_scan_the_default():
    first, second = hip(0.7, precision_error_g_cm2=0.008), hip(0.75, 2025, precision_error_g_cm2=0.006)
    facility = assess_change(first, second, precision_error_g_cm2=0.01)
    assert (facility.precision_error_g_cm2, facility.precision_basis) == (0.01, PrecisionBasis.FACILITY)
    stated = assess_change(first, second)
    assert stated.precision_basis is PrecisionBasis.SCAN
    assert stated.precision_error_g_cm2 == pytest.approx(((0.008**2 + 0.006**2) / 2) ** 0.5)
    default = assess_change(hip(0.7), hip(0.75, 2025))
    assert default.precision_basis is PrecisionBasis.DEFAULT
    assert default.precision_error_g_cm2 == pytest.approx(0.018 * 0.7)
    assert FindingCode.DEFAULT_PRECISION_ERROR in codes(default.findings)
    assert "shepherd2006" in default.sources


def test_less_confidence_needs_less_change():
    first, second = hip(0.70), hip(0.724, 2025)
    assert assess_change(first, second, precision_error_g_cm2=0.01).significant is False
    assert assess_change(first, second, precision_error_g_cm2=0.01, confidence=0.8).significant is True


def test_a_forearm_without_the_facility_error_cannot_be_judged():
    forearm = Scan(site=Site.ONE_THIRD_RADIUS, areal_bmd_g_cm2=0.6, maker=Maker.HOLOGIC)
    with pytest.raises(AbstainedError, match=r"precision\.no_default"):
        assess_change(forearm, forearm)
    assert assess_change(forearm, forearm, precision_error_g_cm2=0.01).significant is False
