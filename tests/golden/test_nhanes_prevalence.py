"""Does the classification find as much osteoporosis in the survey as was published from it?

The published cells (looker2017) are of the same survey years. The margin, fixed before the
comparison, is 1.5 design-based standard errors of our own estimate in every cell.
"""

import numpy as np
import pytest

from osteon.densitometry import (
    WHO_CLASSES,
    Maker,
    ReferenceGroup,
    Sex,
    Site,
    WhoClass,
    classify_cohort,
    find_reference_curve,
)
from osteon.evidence import select_facts
from osteon.registry import choose_spine_bmd, estimate_share, load_nhanes_adults

MARGIN_IN_STANDARD_ERRORS = 1.5
CELLS = select_facts("prevalence", survey="nhanes_2013_2014", role="validation")
ADULTS = load_nhanes_adults()
FIFTY = ADULTS.age_years >= 50
BMD = {
    "femoral_neck": {Site.FEMORAL_NECK: ADULTS.femoral_neck_g_cm2},
    "lumbar_spine": {Site.LUMBAR_SPINE: choose_spine_bmd(ADULTS)},
    "either": {
        Site.FEMORAL_NECK: ADULTS.femoral_neck_g_cm2,
        Site.LUMBAR_SPINE: choose_spine_bmd(ADULTS),
    },
}
SEXES = {"female": ADULTS.female, "male": ~ADULTS.female, "all": np.ones_like(ADULTS.female)}


def estimate_cell(sex, site, who_class, *, add_g_cm2=0.0):
    columns = {place: bmd + add_g_cm2 for place, bmd in BMD[site].items()}
    measured = np.all([np.isfinite(bmd) for bmd in columns.values()], axis=0)
    codes = classify_cohort(columns, maker=Maker.HOLOGIC).class_code
    has = codes == WHO_CLASSES.index(WhoClass(who_class))
    return estimate_share(ADULTS.design, has, domain=measured & FIFTY & SEXES[sex])


def count_errors(fact, **change):
    estimate = estimate_cell(fact.keys["sex"], fact.keys["site"], fact.keys["who_class"], **change)
    return (100 * estimate.value - fact.number) / (100 * estimate.standard_error)


def test_all_published_cells_are_compared():
    assert len(CELLS) == 2 * 2 * 2 + 3


@pytest.mark.parametrize("fact", CELLS, ids=lambda fact: "-".join(fact.keys.values()))
def test_the_published_share_is_reproduced(fact):
    assert abs(count_errors(fact)) <= MARGIN_IN_STANDARD_ERRORS


def test_the_cells_agree_together_and_not_only_one_by_one():
    errors = np.array([count_errors(fact) for fact in CELLS if fact.keys["sex"] != "all"])
    assert np.sqrt((errors**2).mean()) < 1
    assert abs(errors.mean()) < 1


@pytest.mark.parametrize("shift", [-0.03, 0.03])
def test_a_reference_off_by_a_quarter_t_score_would_be_seen(shift):
    worst = max(abs(count_errors(fact, add_g_cm2=shift)) for fact in CELLS)
    assert worst > 2 * MARGIN_IN_STANDARD_ERRORS


def test_the_male_reference_would_be_seen():
    male = find_reference_curve(Maker.HOLOGIC, Site.FEMORAL_NECK, Sex.MALE)
    low = ADULTS.femoral_neck_g_cm2 <= male.young_mean_g_cm2 - 2.5 * male.young_sd_g_cm2
    domain = FIFTY & ~ADULTS.female & np.isfinite(ADULTS.femoral_neck_g_cm2)
    share = estimate_share(ADULTS.design, low, domain=domain)
    (published,) = (
        fact
        for fact in CELLS
        if (fact.keys["sex"], fact.keys["site"], fact.keys["who_class"])
        == ("male", "femoral_neck", "osteoporosis")
    )
    errors = (100 * share.value - published.number) / (100 * share.standard_error)
    assert errors > MARGIN_IN_STANDARD_ERRORS


@pytest.mark.parametrize(
    ("sex", "who_class", "percent", "error", "n"),
    [
        ("female", "osteoporosis", 9.3, 1.2, 1010),
        ("female", "osteopenia", 53.0, 1.6, 1010),
        ("male", "osteoporosis", 2.2, 0.5, 979),
        ("male", "osteopenia", 32.1, 1.6, 979),
    ],
)
def test_an_independent_reading_of_the_same_file_found_the_same(sex, who_class, percent, error, n):
    # That reading counted in plain binary numbers, by which 0.558 g/cm2 is at -2.4999999999999996.
    noisy = (ADULTS.femoral_neck_g_cm2 - 0.858) / 0.120
    low, normal = noisy <= -2.5, noisy >= -1.0
    has = low if who_class == "osteoporosis" else ~low & ~normal
    found = estimate_share(ADULTS.design, has, domain=np.isfinite(noisy) & FIFTY & SEXES[sex])
    rounded = (round(100 * found.value, 1), round(100 * found.standard_error, 1), found.n)
    assert rounded == (percent, error, n)


def test_only_people_exactly_on_a_line_differ_from_that_reading():
    neck = ADULTS.femoral_neck_g_cm2
    noisy = (neck - 0.858) / 0.120
    codes = classify_cohort(BMD["femoral_neck"], maker=Maker.HOLOGIC).class_code
    plain = np.where(noisy <= -2.5, 2, np.where(noisy >= -1.0, 0, 1))
    differing = neck[np.isfinite(neck) & (codes != plain)]
    assert set(differing.tolist()) == {0.558}


@pytest.mark.parametrize(
    "fact",
    select_facts("age_reference", reference="nhanes_2013_2014", group=ReferenceGroup.ALL),
    ids=lambda fact: "-".join(fact.keys.values()),
)
def test_the_age_references_are_those_of_the_survey(fact):
    column = {
        "femoral_neck": ADULTS.femoral_neck_g_cm2,
        "total_hip": ADULTS.total_hip_g_cm2,
        "lumbar_spine": ADULTS.l1_l4_g_cm2,
    }[fact.keys["site"]]
    low, high = int(fact.keys["age_low"]), int(fact.keys["age_high"])
    chosen = SEXES[fact.keys["sex"]] & (low <= ADULTS.age_years) & (high >= ADULTS.age_years)
    chosen &= np.isfinite(column)
    weights, values = ADULTS.design.weights[chosen], column[chosen]
    mean = np.average(values, weights=weights)
    spread = np.sqrt(np.average((values - mean) ** 2, weights=weights))
    assert chosen.sum() == fact.n
    assert mean == pytest.approx(fact.number, abs=0.0006)
    # A sample SD and a population SD differ by the factor sqrt(n / (n - 1)).
    assert spread == pytest.approx(fact.spread, abs=0.0006 + 0.02 * fact.spread)
