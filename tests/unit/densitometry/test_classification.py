import pytest

from osteon.densitometry import (
    FindingCode,
    Maker,
    Person,
    Scan,
    ScoreBasis,
    ScoreKind,
    Sex,
    Side,
    Site,
    WhoClass,
    choose_diagnostic_domain,
    classify_scans,
)
from osteon.errors import AbstainedError, BadInputError
from osteon.evidence import cite

WOMAN = Person(sex=Sex.FEMALE, age_years=67, menopausal=True)
YOUNG_WOMAN = Person(sex=Sex.FEMALE, age_years=35, menopausal=False)
YOUNG_MAN = Person(sex=Sex.MALE, age_years=44)


def hologic(site, bmd, **facts):
    return Scan(site=site, areal_bmd_g_cm2=bmd, maker=Maker.HOLOGIC, **facts)


def central(spine, hip, neck):
    return [
        hologic(Site.LUMBAR_SPINE, spine),
        hologic(Site.TOTAL_HIP, hip),
        hologic(Site.FEMORAL_NECK, neck),
    ]


def codes(result):
    return {found.code for found in result.findings}


def site_codes(classification):
    return {found.code for site in classification.sites for found in site.findings}


@pytest.mark.parametrize(
    ("neck_bmd", "who", "flagged"),
    [
        (0.558, WhoClass.OSTEOPOROSIS, False),  # exactly -2.5
        (0.5525, WhoClass.OSTEOPOROSIS, False),  # -2.546
        (0.5628, WhoClass.OSTEOPENIA, True),  # -2.46
        (0.738, WhoClass.NORMAL, False),  # exactly -1.0
        (0.7428, WhoClass.NORMAL, False),  # -0.96
        (0.7332, WhoClass.OSTEOPENIA, True),  # -1.04
    ],
)
def test_the_lines_at_one_site(neck_bmd, who, flagged):
    result = classify_scans([hologic(Site.FEMORAL_NECK, neck_bmd)], WOMAN)
    assert result.who_class is who
    assert (FindingCode.ROUNDING_CHANGES_CLASS in site_codes(result)) is flagged


def test_minus_2_546_and_minus_2_46_print_alike_and_differ():
    first = classify_scans([hologic(Site.FEMORAL_NECK, 0.5525)], WOMAN).sites[0]
    second = classify_scans([hologic(Site.FEMORAL_NECK, 0.5628)], WOMAN).sites[0]
    assert first.printed_score == second.printed_score == -2.5
    assert (round(first.score, 3), round(second.score, 3)) == (-2.546, -2.46)
    assert first.who_class is not second.who_class


@pytest.mark.parametrize(
    ("spine", "hip", "neck", "lowest"),
    [
        (0.772, 0.9, 0.8, Site.LUMBAR_SPINE),
        (1.0, 0.6, 0.8, Site.TOTAL_HIP),
        (1.0, 0.9, 0.5, Site.FEMORAL_NECK),
    ],
)
def test_the_lowest_site_decides(spine, hip, neck, lowest):
    result = classify_scans(central(spine, hip, neck), WOMAN)
    assert result.lowest_site is lowest
    assert result.who_class is WhoClass.OSTEOPOROSIS
    assert result.lowest_score == min(site.score for site in result.sites)
    assert FindingCode.SITES_MISSING not in codes(result)


def test_either_hip_may_be_the_lowest():
    hips = [hologic(Site.TOTAL_HIP, 0.7, side=Side.LEFT), hologic(Site.TOTAL_HIP, 0.63, side=Side.RIGHT)]
    assert classify_scans(hips, WOMAN).who_class is WhoClass.OSTEOPOROSIS


def test_missing_sites_are_named():
    result = classify_scans([hologic(Site.FEMORAL_NECK, 0.6)], WOMAN)
    (message,) = [f.message for f in result.findings if f.code is FindingCode.SITES_MISSING]
    assert "lumbar spine, total hip" in message


def test_no_scan_is_an_error():
    with pytest.raises(BadInputError, match=r"scan\.missing"):
        classify_scans([], WOMAN)


def test_one_site_twice_is_an_error():
    with pytest.raises(BadInputError, match=r"scan\.duplicate.*total_hip"):
        classify_scans([hologic(Site.TOTAL_HIP, 0.7), hologic(Site.TOTAL_HIP, 0.63)], WOMAN)


def test_one_vertebra_never_decides():
    lone = hologic(Site.LUMBAR_SPINE, 0.5, vertebrae=("L3",), reported_t_score=-4.5)
    result = classify_scans([lone, hologic(Site.TOTAL_HIP, 0.9)], WOMAN)
    assert result.who_class is WhoClass.NORMAL
    assert result.sites[0].score is None
    assert FindingCode.SINGLE_VERTEBRA in site_codes(result)
    with pytest.raises(AbstainedError, match=r"t_score\.unavailable.*single vertebra"):
        classify_scans([lone], WOMAN)


def test_two_vertebrae_prefer_the_printed_score():
    scan = hologic(Site.LUMBAR_SPINE, 0.85, vertebrae=("L3", "L4"), reported_t_score=-2.7)
    (site,) = classify_scans([scan], WOMAN).sites
    assert (site.score, site.basis, site.who_class) == (-2.7, ScoreBasis.REPORTED, WhoClass.OSTEOPOROSIS)
    bare = hologic(Site.LUMBAR_SPINE, 0.85, vertebrae=("L3", "L4"))
    (site,) = classify_scans([bare], WOMAN).sites
    assert site.basis is ScoreBasis.COMPUTED
    assert FindingCode.VERTEBRAE_WITHOUT_REFERENCE in {found.code for found in site.findings}


def test_a_score_without_bmd_is_taken_as_reported():
    result = classify_scans([Scan(site=Site.TOTAL_HIP, reported_t_score=-2.5)], WOMAN)
    assert result.who_class is WhoClass.OSTEOPOROSIS
    assert result.sites[0].basis is ScoreBasis.REPORTED
    assert FindingCode.ROUNDING_CHANGES_CLASS in site_codes(result)


def test_norland_and_forearm_use_the_reported_score():
    norland = Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.7, maker=Maker.NORLAND, reported_t_score=-2.6)
    forearm = hologic(Site.ONE_THIRD_RADIUS, 0.5, reported_t_score=-3.1)
    result = classify_scans([norland, forearm], WOMAN)
    assert {site.basis for site in result.sites} == {ScoreBasis.REPORTED}
    assert result.lowest_site is Site.ONE_THIRD_RADIUS


def test_bmd_without_maker_or_reference_is_not_guessed():
    nameless = Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.7)
    with pytest.raises(AbstainedError, match=r"t_score\.unavailable") as caught:
        classify_scans([nameless], WOMAN)
    assert "Add the maker" in caught.value.hint
    result = classify_scans([nameless, hologic(Site.FEMORAL_NECK, 0.7)], WOMAN)
    assert result.lowest_site is Site.FEMORAL_NECK
    assert FindingCode.SCORE_UNAVAILABLE in site_codes(result)


def test_the_counted_score_outranks_a_report_that_disagrees():
    scan = hologic(Site.FEMORAL_NECK, 0.558, reported_t_score=-3.1)
    (site,) = classify_scans([scan], WOMAN).sites
    assert site.score == -2.5
    assert FindingCode.REPORTED_T_DISAGREES in {found.code for found in site.findings}
    agreeing = hologic(Site.FEMORAL_NECK, 0.5628, reported_t_score=-2.5)
    (site,) = classify_scans([agreeing], WOMAN).sites
    assert FindingCode.REPORTED_T_DISAGREES not in {found.code for found in site.findings}


def test_makers_have_their_own_references():
    hologic_class = classify_scans([hologic(Site.FEMORAL_NECK, 0.65)], WOMAN).who_class
    lunar = Scan(site=Site.FEMORAL_NECK, areal_bmd_g_cm2=0.65, maker=Maker.GE_LUNAR)
    assert hologic_class is WhoClass.OSTEOPENIA
    assert classify_scans([lunar], WOMAN).who_class is WhoClass.OSTEOPOROSIS


def test_a_man_of_50_is_read_by_the_female_reference():
    man = Person(sex=Sex.MALE, age_years=50)
    result = classify_scans([hologic(Site.FEMORAL_NECK, 0.62)], man)
    # The male reference (0.934, 0.137) would give -2.29; the female one gives -1.98.
    assert round(result.lowest_score, 2) == -1.98
    assert result.score_kind is ScoreKind.T_SCORE


def test_a_man_of_44_gets_a_z_score_and_no_class():
    result = classify_scans([hologic(Site.FEMORAL_NECK, 0.558)], YOUNG_MAN)
    assert result.score_kind is ScoreKind.Z_SCORE
    assert result.who_class is None
    assert result.sites[0].who_class is None
    assert result.below_expected_for_age is True
    assert result.label == "below the expected range for age"
    assert round(result.lowest_score, 2) == -2.3


def test_a_premenopausal_woman_of_35_gets_a_z_score_and_no_class():
    result = classify_scans([hologic(Site.LUMBAR_SPINE, 0.9)], YOUNG_WOMAN)
    assert (result.who_class, result.below_expected_for_age) == (None, False)
    assert result.label == "within the expected range for age"
    assert FindingCode.OTHER_REFERENCE_GROUP in site_codes(result)
    with pytest.raises(AbstainedError, match=r"z_score\.unavailable"):
        classify_scans([hologic(Site.TOTAL_HIP, 0.6)], YOUNG_WOMAN)
    printed = hologic(Site.TOTAL_HIP, 0.6, reported_z_score=-2.0)
    assert classify_scans([printed], YOUNG_WOMAN).below_expected_for_age is True


def test_a_fracture_does_not_class_a_young_person():
    broken = Person(sex=Sex.MALE, age_years=44, fragility_fracture=True)
    assert classify_scans([hologic(Site.FEMORAL_NECK, 0.5)], broken).who_class is None


def test_a_z_score_that_prints_across_the_line_is_remarked():
    just_above = Scan(site=Site.TOTAL_HIP, reported_z_score=-1.96)
    result = classify_scans([just_above], YOUNG_MAN)
    assert result.below_expected_for_age is False
    assert FindingCode.ROUNDING_CHANGES_CLASS in site_codes(result)


@pytest.mark.parametrize(
    ("person", "kind"),
    [
        (Person(sex=Sex.MALE, age_years=49.9), ScoreKind.Z_SCORE),
        (Person(sex=Sex.MALE, age_years=50), ScoreKind.T_SCORE),
        (Person(sex=Sex.FEMALE, age_years=44, menopausal=True), ScoreKind.T_SCORE),
        (Person(sex=Sex.FEMALE, age_years=44, years_since_menopause=0), ScoreKind.T_SCORE),
        (Person(sex=Sex.FEMALE, age_years=54, menopausal=False), ScoreKind.Z_SCORE),
        (Person(sex=Sex.FEMALE, age_years=72), ScoreKind.T_SCORE),
    ],
)
def test_who_is_read_by_which_score(person, kind):
    assert choose_diagnostic_domain(person).score_kind is kind


def test_an_assumed_menopause_is_said_aloud():
    domain = choose_diagnostic_domain(Person(sex=Sex.FEMALE, age_years=50))
    assert [found.code for found in domain.findings] == [FindingCode.MENOPAUSE_ASSUMED]
    with pytest.raises(BadInputError, match=r"person\.menopause_unknown"):
        choose_diagnostic_domain(Person(sex=Sex.FEMALE, age_years=49))


def test_severe_needs_the_line_and_the_fracture():
    broken = Person(sex=Sex.FEMALE, age_years=67, menopausal=True, fragility_fracture=True)
    severe = classify_scans([hologic(Site.FEMORAL_NECK, 0.558)], broken)
    assert severe.who_class is WhoClass.SEVERE_OSTEOPOROSIS
    assert severe.sites[0].who_class is WhoClass.OSTEOPOROSIS
    assert FindingCode.CLINICAL_DIAGNOSIS_POSSIBLE not in codes(severe)
    mild = classify_scans([hologic(Site.FEMORAL_NECK, 0.6)], broken)
    assert mild.who_class is WhoClass.OSTEOPENIA
    assert FindingCode.CLINICAL_DIAGNOSIS_POSSIBLE in codes(mild)


def test_people_read_low_bone_mass():
    assert classify_scans([hologic(Site.FEMORAL_NECK, 0.6)], WOMAN).label == "low bone mass (osteopenia)"


def test_a_result_cites_what_it_rests_on():
    keys = {reference.key for reference in cite(classify_scans(central(0.8, 0.7, 0.6), WOMAN))}
    assert {"looker1998", "kelly1990", "who1994", "leib2006", "iscd2019"} <= keys
    young = {reference.key for reference in cite(classify_scans(central(0.8, 0.7, 0.6), YOUNG_MAN))}
    assert "nhanes20132014" in young
    assert "looker1998" not in young
