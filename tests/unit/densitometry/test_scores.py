import math

import numpy as np
import pytest

from osteon.densitometry import (
    NOT_CLASSIFIED,
    WHO_CLASSES,
    Maker,
    Sex,
    Site,
    WhoClass,
    classify_t_scores,
    compute_areal_bmd,
    compute_t_score,
    compute_z_score,
    find_age_reference,
    find_implausible_bmd,
    find_reference_curve,
    find_rounding_sensitive,
    is_rounding_sensitive,
    round_t_score,
    who_class,
)
from osteon.errors import AbstainedError, BadInputError

NECK = find_reference_curve(Maker.HOLOGIC, Site.FEMORAL_NECK)


@pytest.mark.parametrize(
    ("t_score", "expected"),
    [
        (-2.546, WhoClass.OSTEOPOROSIS),
        (-2.5, WhoClass.OSTEOPOROSIS),
        (-2.4999, WhoClass.OSTEOPENIA),
        (-2.46, WhoClass.OSTEOPENIA),
        (-1.04, WhoClass.OSTEOPENIA),
        (-1.0001, WhoClass.OSTEOPENIA),
        (-1.0, WhoClass.NORMAL),
        (-0.96, WhoClass.NORMAL),
        (0.0, WhoClass.NORMAL),
    ],
)
def test_the_class_follows_the_unrounded_score(t_score, expected):
    assert who_class(t_score) is expected


def test_a_fragility_fracture_makes_osteoporosis_severe_and_nothing_else():
    assert who_class(-2.5, fragility_fracture=True) is WhoClass.SEVERE_OSTEOPOROSIS
    assert who_class(-2.4, fragility_fracture=True) is WhoClass.OSTEOPENIA
    assert who_class(0.3, fragility_fracture=True) is WhoClass.NORMAL


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -860])
def test_a_score_that_cannot_be_has_no_class(value):
    with pytest.raises(BadInputError, match=r"score\.out_of_range"):
        who_class(value)


@pytest.mark.parametrize(
    ("t_score", "printed"),
    [
        (-2.546, "-2.5"),
        (-2.46, "-2.5"),
        (-2.45, "-2.5"),
        (-2.449, "-2.4"),
        (-2.55, "-2.6"),
        (-0.96, "-1.0"),
        (-1.05, "-1.1"),
        (1.25, "1.3"),
        (2.35, "2.4"),
        (-0.04, "0.0"),
    ],
)
def test_scores_print_half_away_from_zero(t_score, printed):
    assert f"{round_t_score(t_score):.1f}" == printed


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_not_a_number_is_not_rounded(value):
    with pytest.raises(BadInputError, match=r"score\.out_of_range"):
        round_t_score(value)


@pytest.mark.parametrize(
    ("t_score", "reported", "expected"),
    [
        (-2.46, False, True),  # prints -2.5 and is osteopenia
        (-2.546, False, False),  # prints -2.5 and is osteoporosis
        (-2.5, False, False),
        (-2.44, False, False),
        (-1.04, False, True),  # prints -1.0 and is osteopenia
        (-0.96, False, False),  # prints -1.0 and is normal
        (-1.0, False, False),
        (-2.5, True, True),  # may stand for -2.46
        (-1.0, True, True),  # may stand for -1.04
        (-2.4, True, False),
        (-2.6, True, False),
        (-2.46, True, True),  # a report with two decimals is read like a counted score
        (-2.546, True, False),
    ],
)
def test_rounding_is_remarked_only_where_it_changes_the_class(t_score, reported, expected):
    assert is_rounding_sensitive(t_score, reported=reported) is expected


@pytest.mark.parametrize(
    ("maker", "site", "lines"),
    [
        (Maker.HOLOGIC, Site.FEMORAL_NECK, {0.738: -1.0, 0.618: -2.0, 0.558: -2.5, 0.498: -3.0}),
        (Maker.HOLOGIC, Site.TOTAL_HIP, {0.820: -1.0, 0.698: -2.0, 0.637: -2.5, 0.576: -3.0}),
        (Maker.HOLOGIC, Site.LUMBAR_SPINE, {0.937: -1.0, 0.827: -2.0, 0.772: -2.5, 0.717: -3.0}),
        (Maker.GE_LUNAR, Site.LUMBAR_SPINE, {1.06: -1.0, 0.94: -2.0, 0.88: -2.5, 0.82: -3.0}),
    ],
)
def test_bmd_on_a_line_gives_a_score_on_that_line(maker, site, lines):
    curve = find_reference_curve(maker, site)
    assert {bmd: compute_t_score(bmd, curve) for bmd in lines} == lines


def test_binary_noise_alone_would_miss_the_line():
    assert (0.772 - 1.047) / 0.110 > -2.5
    assert who_class((0.772 - 1.047) / 0.110) is WhoClass.OSTEOPOROSIS


@pytest.mark.parametrize(("bmd", "expected"), [(0.691, -2.5), (0.693, -2.5)])
def test_converted_references_agree_with_the_published_lines_to_the_decimal(bmd, expected):
    site = Site.FEMORAL_NECK if bmd == 0.691 else Site.TOTAL_HIP
    assert round_t_score(compute_t_score(bmd, find_reference_curve(Maker.GE_LUNAR, site))) == expected


def test_bmd_of_a_score_is_the_inverse():
    assert compute_areal_bmd(-2.5, NECK) == 0.558
    np.testing.assert_array_equal(
        compute_areal_bmd(np.array([-2.5, np.nan, -1.0]), NECK), [0.558, np.nan, 0.738]
    )
    with pytest.raises(BadInputError, match=r"score\.out_of_range"):
        compute_areal_bmd(math.nan, NECK)


def test_an_array_keeps_its_gaps_and_refuses_what_cannot_be():
    np.testing.assert_array_equal(compute_t_score(np.array([0.558, np.nan]), NECK), [-2.5, np.nan])
    with pytest.raises(BadInputError, match=r"areal_bmd_g_cm2\[2\]: got 860"):
        compute_t_score(np.array([0.558, np.nan, 860.0]), NECK)
    assert find_implausible_bmd(np.array([np.inf, 0.1, 0.2, np.nan])).tolist() == [True, True, False, False]


@pytest.mark.parametrize("value", [math.nan, 860.0])
def test_a_single_bmd_must_be_plausible(value):
    with pytest.raises(BadInputError, match=r"bmd\.out_of_range"):
        compute_t_score(value, NECK)


def test_men_and_women_share_the_female_reference():
    assert find_reference_curve(Maker.HOLOGIC, Site.FEMORAL_NECK, Sex.FEMALE) == NECK
    male = find_reference_curve(Maker.HOLOGIC, Site.FEMORAL_NECK, Sex.MALE)
    assert (male.young_mean_g_cm2, male.sex) == (0.934, Sex.MALE)


@pytest.mark.parametrize(
    ("maker", "site"),
    [(Maker.NORLAND, Site.TOTAL_HIP), (Maker.HOLOGIC, Site.ONE_THIRD_RADIUS)],
)
def test_where_no_reference_is_known_none_is_made_up(maker, site):
    with pytest.raises(AbstainedError, match="Give the T-score that the report prints"):
        find_reference_curve(maker, site)


def test_classes_of_an_array_are_those_of_its_elements():
    t_scores = np.array([[-3.0, -2.5, -2.4999], [-1.0, np.nan, np.inf]])
    codes = classify_t_scores(t_scores)
    assert codes.tolist() == [[2, 2, 1], [0, NOT_CLASSIFIED, NOT_CLASSIFIED]]
    severe = classify_t_scores(t_scores, np.ones_like(t_scores, dtype=bool))
    assert [WHO_CLASSES[code] for code in severe[0]] == [
        WhoClass.SEVERE_OSTEOPOROSIS,
        WhoClass.SEVERE_OSTEOPOROSIS,
        WhoClass.OSTEOPENIA,
    ]
    assert find_rounding_sensitive(np.array([-2.46, -2.45, -2.44, -2.5])).tolist() == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("age", "reference", "group", "mean"),
    [
        (35, "nhanes_2005_2008", "white", 1.065),
        (39.9, "nhanes_2005_2008", "white", 1.065),
        (40, "nhanes_2013_2014", "all", 1.061),
        (49.99, "nhanes_2013_2014", "all", 1.061),
        (95, "nhanes_2013_2014", "all", 0.892),
    ],
)
def test_the_newest_survey_that_covers_the_age_answers(age, reference, group, mean):
    found = find_age_reference(Maker.HOLOGIC, Site.LUMBAR_SPINE, Sex.FEMALE, age)
    assert (found.reference, found.group, found.mean_g_cm2) == (reference, group, mean)


def test_a_z_score_counts_from_people_of_the_same_age():
    peers = find_age_reference(Maker.HOLOGIC, Site.TOTAL_HIP, Sex.MALE, 72)
    assert compute_z_score(peers.mean_g_cm2, peers) == 0
    assert compute_z_score(peers.mean_g_cm2 - 2 * peers.sd_g_cm2, peers) == -2.0


@pytest.mark.parametrize(
    ("maker", "site", "age"),
    [
        (Maker.GE_LUNAR, Site.TOTAL_HIP, 60),
        (Maker.HOLOGIC, Site.TOTAL_HIP, 35),
        (Maker.HOLOGIC, Site.FEMORAL_NECK, 35),
        (Maker.HOLOGIC, Site.LUMBAR_SPINE, 20),
    ],
)
def test_where_no_peers_are_known_none_are_made_up(maker, site, age):
    with pytest.raises(AbstainedError, match="Give the Z-score that the report prints"):
        find_age_reference(maker, site, Sex.FEMALE, age)
