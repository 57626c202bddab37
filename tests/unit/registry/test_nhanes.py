import numpy as np
import pytest

from osteon.registry import choose_spine_bmd, load_nhanes_adults

ADULTS = load_nhanes_adults()


def test_the_survey_is_whole():
    assert len(ADULTS.seqn) == len(set(ADULTS.seqn.tolist())) == 2869
    assert (ADULTS.female.sum(), np.isfinite(ADULTS.femoral_neck_g_cm2).sum()) == (1500, 2769)
    assert (ADULTS.age_years.min(), ADULTS.age_years.max()) == (40, 80)


def test_every_stratum_has_two_units():
    pairs = {(int(s), int(p)) for s, p in zip(ADULTS.design.strata, ADULTS.design.psus, strict=True)}
    assert len(pairs) == 2 * len({stratum for stratum, _ in pairs}) == 30


def test_every_bmd_has_three_decimals_and_can_be():
    columns = (ADULTS.femoral_neck_g_cm2, ADULTS.total_hip_g_cm2, ADULTS.l1_l4_g_cm2, ADULTS.vertebrae_g_cm2)
    for column in columns:
        known = column[np.isfinite(column)]
        assert ((known > 0.2) & (known < 2.0)).all()
        np.testing.assert_array_equal(np.round(known, 3), known)


def test_answers_are_yes_no_or_unknown():
    for column in (ADULTS.told_osteoporosis, ADULTS.hip_fracture, ADULTS.glucocorticoid_ever_daily):
        assert set(column[np.isfinite(column)].tolist()) == {0.0, 1.0}
    assert np.nansum(ADULTS.told_osteoporosis) == 247


def test_a_caller_cannot_change_what_the_next_one_reads():
    for column in (
        ADULTS.age_years,
        ADULTS.female,
        ADULTS.seqn,
        ADULTS.vertebrae_g_cm2,
        ADULTS.design.weights,
    ):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1
    assert load_nhanes_adults() is ADULTS


def test_the_spine_is_the_total_or_the_mean_of_two_or_three_vertebrae():
    spine = choose_spine_bmd(ADULTS)
    count = np.isfinite(ADULTS.vertebrae_g_cm2).sum(axis=1)
    total = np.isfinite(ADULTS.l1_l4_g_cm2)
    np.testing.assert_array_equal(spine[total], ADULTS.l1_l4_g_cm2[total])
    several = ~total & ((count == 2) | (count == 3))
    np.testing.assert_allclose(spine[several], np.nanmean(ADULTS.vertebrae_g_cm2[several], axis=1))
    assert np.isnan(spine[~total & ~several]).all()
    assert (total.sum(), several.sum(), (~total & (count == 4)).sum()) == (1892, 760, 99)
