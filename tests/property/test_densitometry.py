"""What must hold for every scan, score and pair of scans."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from osteon.densitometry import (
    NOT_CLASSIFIED,
    VERTEBRAE,
    WHO_CLASSES,
    FindingCode,
    Maker,
    Person,
    PrecisionStudy,
    Scan,
    ScoreKind,
    Sex,
    Side,
    Site,
    WhoClass,
    assess_change,
    check_comparability,
    classify_cohort,
    classify_scans,
    classify_t_scores,
    compute_areal_bmd,
    compute_t_score,
    estimate_precision_error,
    find_reference_curve,
    find_rounding_sensitive,
    is_rounding_sensitive,
    least_significant_change,
    round_t_score,
    who_class,
)
from osteon.evidence import cite

WITH_REFERENCE = (Site.LUMBAR_SPINE, Site.TOTAL_HIP, Site.FEMORAL_NECK)
curves = st.builds(
    find_reference_curve,
    st.sampled_from([Maker.HOLOGIC, Maker.GE_LUNAR]),
    st.sampled_from(WITH_REFERENCE),
)
densities = st.integers(200, 2000).map(lambda milligrams: milligrams / 1000)
free_densities = st.floats(0.2, 2.0)
t_scores = st.floats(-8, 5)
printed_t_scores = st.integers(-80, 50).map(lambda tenths: tenths / 10)
near_lines = st.sampled_from([-2.5, -1.0]).flatmap(
    lambda line: st.floats(line - 0.06, line + 0.06) | st.just(line)
)
vertebrae = st.sets(st.sampled_from(VERTEBRAE), min_size=1).map(
    lambda kept: tuple(name for name in VERTEBRAE if name in kept)
)
dates = st.dates(date(2000, 1, 1), date(2030, 1, 1))
texts = st.sampled_from(["A", "B"])
people = st.builds(
    Person,
    sex=st.just(Sex.FEMALE),
    age_years=st.floats(50, 100),
    menopausal=st.just(True),
    fragility_fracture=st.booleans(),
) | st.builds(Person, sex=st.just(Sex.MALE), age_years=st.floats(50, 100), fragility_fracture=st.booleans())
young_people = st.builds(Person, sex=st.just(Sex.MALE), age_years=st.floats(40, 49.9)) | st.builds(
    Person, sex=st.just(Sex.FEMALE), age_years=st.floats(40, 55), menopausal=st.just(False)
)


@st.composite
def scans(draw, site=None, maker=None):
    """Any valid scan with a BMD."""
    site = draw(st.sampled_from(list(Site))) if site is None else site
    at_spine = site is Site.LUMBAR_SPINE
    return Scan(
        site=site,
        areal_bmd_g_cm2=draw(densities),
        date=draw(st.none() | dates),
        maker=draw(st.none() | st.sampled_from(list(Maker))) if maker is None else maker,
        model=draw(st.none() | texts),
        software=draw(st.none() | texts),
        side=None if at_spine else draw(st.none() | st.sampled_from(list(Side))),
        vertebrae=draw(st.none() | vertebrae) if at_spine else None,
        precision_error_g_cm2=draw(st.none() | st.floats(0.002, 0.05)),
        reported_t_score=draw(st.none() | printed_t_scores),
    )


@st.composite
def scan_pairs(draw):
    """Two scans of one site in the order of time."""
    site = draw(st.sampled_from(WITH_REFERENCE))
    first, second = draw(scans(site=site)), draw(scans(site=site))
    if first.date and second.date and second.date < first.date:
        return second, first
    return first, second


@st.composite
def visits(draw):
    """BMD of the three central sites by one Hologic scanner, some not measured."""
    measured = draw(st.sets(st.sampled_from(WITH_REFERENCE), min_size=1))
    return {site: draw(densities) for site in WITH_REFERENCE if site in measured}


studies = st.lists(
    st.lists(st.floats(0.5, 1.5), min_size=2, max_size=4).map(tuple), min_size=2, max_size=20
).map(lambda repeats: PrecisionStudy(site=Site.TOTAL_HIP, repeats_g_cm2=tuple(repeats)))


def plain_class(t_score, *, fracture=False):
    """The definition, written once more and by itself."""
    if t_score <= -2.5:
        return WhoClass.SEVERE_OSTEOPOROSIS if fracture else WhoClass.OSTEOPOROSIS
    return WhoClass.NORMAL if t_score >= -1.0 else WhoClass.OSTEOPENIA


@given(free_densities, curves)
def test_a_t_score_inverts(bmd, curve):
    back = compute_areal_bmd(compute_t_score(bmd, curve), curve)
    # Ten decimals of a T-score are 1e-10 SD, and no SD is above 1 g/cm2.
    assert abs(back - bmd) <= 1e-10


@given(densities, curves)
def test_printed_bmd_gives_the_exactly_rounded_t_score(bmd, curve):
    mean, sd = Decimal(str(curve.young_mean_g_cm2)), Decimal(str(curve.young_sd_g_cm2))
    exact = ((Decimal(str(bmd)) - mean) / sd).quantize(Decimal("1e-10"))
    assert abs(Decimal(repr(compute_t_score(bmd, curve))) - exact) <= Decimal("1e-10")
    assert who_class(compute_t_score(bmd, curve)) is plain_class(exact)


@given(st.lists(free_densities | st.just(np.nan), min_size=1, max_size=20), curves)
def test_arrays_and_single_values_agree_to_the_last_bit(values, curve):
    together = compute_t_score(np.array(values), curve)
    for value, found in zip(values, together, strict=True):
        assert np.isnan(found) if np.isnan(value) else found == compute_t_score(value, curve)


@given(densities, densities, curves)
def test_more_bone_is_never_a_lower_score_or_a_worse_class(first, second, curve):
    low, high = sorted((first, second))
    assert compute_t_score(low, curve) <= compute_t_score(high, curve)
    worse, better = (WHO_CLASSES.index(who_class(compute_t_score(bmd, curve))) for bmd in (low, high))
    assert worse >= better


@given(t_scores.map(lambda t: round(t, 6)) | printed_t_scores, st.booleans())
def test_the_class_is_the_definition(t_score, fracture):
    assert who_class(t_score, fragility_fracture=fracture) is plain_class(t_score, fracture=fracture)


@given(st.lists(st.tuples(t_scores | near_lines, st.booleans()), min_size=1, max_size=20))
def test_classes_of_an_array_are_those_of_single_scores(rows):
    values, fractures = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    codes = classify_t_scores(values, fractures)
    singles = [who_class(float(value), fragility_fracture=broken) for value, broken in rows]
    assert [WHO_CLASSES[code] for code in codes] == singles


@given(t_scores | near_lines)
def test_rounding_is_half_away_from_zero(t_score):
    exact = Decimal(repr(t_score)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    assert round_t_score(t_score) == float(exact)
    assert abs(round_t_score(t_score) - t_score) <= 0.05 + 1e-12
    assert round_t_score(-t_score) == -round_t_score(t_score)


@given(near_lines | t_scores)
def test_a_score_is_flagged_exactly_when_its_printed_value_is_of_another_class(t_score):
    t_score = round(t_score, 9)
    differs = plain_class(round_t_score(t_score)) is not plain_class(t_score)
    assert is_rounding_sensitive(t_score) is differs
    assert bool(find_rounding_sensitive(np.array([t_score]))[0]) is differs


@given(printed_t_scores)
def test_a_reported_score_is_flagged_exactly_on_the_lines(t_score):
    assert is_rounding_sensitive(t_score, reported=True) is (t_score in {-2.5, -1.0})


@given(visits(), people)
def test_the_lowest_site_decides_and_the_cohort_path_agrees(visit, person):
    single = classify_scans(
        [Scan(site=site, areal_bmd_g_cm2=bmd, maker=Maker.HOLOGIC) for site, bmd in visit.items()],
        person,
    )
    assert single.lowest_score == min(site.score for site in single.sites)
    assert single.who_class is plain_class(single.lowest_score, fracture=person.fragility_fracture)
    columns = {site: np.array([visit.get(site, np.nan)]) for site in WITH_REFERENCE}
    many = classify_cohort(
        columns, maker=Maker.HOLOGIC, fragility_fracture=np.array([person.fragility_fracture])
    )
    assert WHO_CLASSES[many.class_code[0]] is single.who_class
    assert many.lowest_t_score[0] == single.lowest_score
    assert many.t_scores[many.lowest_site_index[0], 0] == single.lowest_score


@given(visits(), people, st.randoms(use_true_random=False))
def test_the_order_of_scans_does_not_matter(visit, person, random):
    given_scans = [Scan(site=site, areal_bmd_g_cm2=bmd, maker=Maker.HOLOGIC) for site, bmd in visit.items()]
    shuffled = random.sample(given_scans, len(given_scans))
    first, second = classify_scans(given_scans, person), classify_scans(shuffled, person)
    assert (first.lowest_score, first.who_class) == (second.lowest_score, second.who_class)
    assert first.sources == second.sources


@given(visits())
def test_sex_does_not_change_a_t_score(visit):
    given_scans = [Scan(site=site, areal_bmd_g_cm2=bmd, maker=Maker.HOLOGIC) for site, bmd in visit.items()]
    woman = Person(sex=Sex.FEMALE, age_years=70, menopausal=True)
    man = Person(sex=Sex.MALE, age_years=70)
    assert classify_scans(given_scans, woman).sites == classify_scans(given_scans, man).sites


@given(visits(), young_people)
def test_nobody_outside_the_domain_gets_a_class(visit, person):
    given_scans = [Scan(site=site, areal_bmd_g_cm2=bmd, maker=Maker.HOLOGIC) for site, bmd in visit.items()]
    result = classify_scans(given_scans, person)
    assert result.score_kind is ScoreKind.Z_SCORE
    assert result.who_class is None
    assert all(site.who_class is None for site in result.sites)
    assert result.below_expected_for_age is (result.lowest_score <= -2.0)


@given(st.lists(visits(), min_size=2, max_size=6))
def test_a_row_does_not_depend_on_its_neighbors(rows):
    columns = {site: np.array([row.get(site, np.nan) for row in rows]) for site in WITH_REFERENCE}
    together = classify_cohort(columns, maker=Maker.HOLOGIC)
    for place in range(len(rows)):
        alone = classify_cohort(
            {site: column[place : place + 1] for site, column in columns.items()}, maker=Maker.HOLOGIC
        )
        assert alone.class_code[0] == together.class_code[place] != NOT_CLASSIFIED
        assert alone.lowest_t_score[0] == together.lowest_t_score[place]


@given(scan_pairs(), st.none() | st.floats(0.002, 0.05))
def test_a_change_is_told_exactly_when_nothing_blocks(pair, error):
    findings = check_comparability(*pair)
    change = assess_change(*pair, precision_error_g_cm2=error)
    assert change.comparable is not any(found.blocks for found in findings)
    numbers = (change.absolute_g_cm2, change.percent, change.significant)
    assert all((number is None) is not change.comparable for number in numbers)
    if pair[0].maker is not pair[1].maker:
        assert change.percent is None
    if change.comparable:
        limit = change.least_significant_change_g_cm2
        assert change.significant is (abs(change.absolute_g_cm2) >= round(limit, 10))
    assert {reference.key for reference in cite(change)} == set(change.sources)


@given(scan_pairs())
def test_comparability_is_symmetric_but_for_time(pair):
    first, second = pair
    if first.date is None or second.date is None or first.date == second.date:
        there = {found.code for found in check_comparability(first, second)}
        assert there == {found.code for found in check_comparability(second, first)}


@given(scans(site=Site.LUMBAR_SPINE), people)
def test_a_single_vertebra_never_has_a_score(scan, person):
    hip = Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.9, maker=Maker.HOLOGIC)
    result = classify_scans([scan, hip], person).sites[0]
    if scan.vertebrae is not None and len(scan.vertebrae) == 1:
        assert result.score is None
        assert [found.code for found in result.findings] == [FindingCode.SINGLE_VERTEBRA]


@given(studies)
def test_the_precision_error_is_that_of_all_pairs_of_scans(study):
    estimate = estimate_precision_error(study)
    squares = [
        sum((one - other) ** 2 for one in values for other in values) / (2 * len(values))
        for values in study.repeats_g_cm2
    ]
    expected = (sum(squares) / estimate.degrees_of_freedom) ** 0.5
    assert abs(estimate.precision_error_g_cm2 - expected) <= 1e-9
    assert estimate.upper_limit_g_cm2 >= estimate.precision_error_g_cm2


@given(st.floats(0.001, 0.09), st.floats(0.5, 0.99), st.floats(0.5, 0.99), st.integers(1, 5))
def test_the_least_change_grows_with_error_and_confidence(error, one, other, follow_ups):
    low, high = sorted((one, other))
    first = least_significant_change(error, confidence=low, follow_ups=follow_ups)
    assert first <= least_significant_change(error, confidence=high, follow_ups=follow_ups)
    assert first <= least_significant_change(error * 1.1, confidence=low, follow_ups=follow_ups)
    assert first >= least_significant_change(error, confidence=low, follow_ups=follow_ups + 1)
