import math

import pytest

from osteon.densitometry import Maker, Person, Scan, Sex, Side, Site
from osteon.errors import AbstainedError, BadInputError


def catch(make, kind=BadInputError):
    with pytest.raises(kind) as caught:
        make()
    return caught.value


def test_milligrams_are_named_as_such():
    error = catch(lambda: Scan(site=Site.FEMORAL_NECK, areal_bmd_g_cm2=860))
    assert str(error) == (
        "[bmd.out_of_range] Scan.areal_bmd_g_cm2 (femoral_neck): got 860; expected 0.2 to 2.0 g/cm2. "
        "If the report is in mg/cm2, divide by 1000."
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.0, -0.8, 0.199, 2.001, 1e9])
def test_a_bmd_that_cannot_be_is_refused_without_a_false_hint(value):
    error = catch(lambda: Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=value))
    assert error.code == "bmd.out_of_range"
    assert "mg/cm2" not in error.hint


@pytest.mark.parametrize("value", [0.2, 2.0])
def test_the_ends_of_the_range_are_allowed(value):
    assert Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=value).areal_bmd_g_cm2 == value


@pytest.mark.parametrize("field", ["reported_t_score", "reported_z_score"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -25, 10.1])
def test_a_score_that_cannot_be_is_refused(field, value):
    error = catch(lambda: Scan(site=Site.TOTAL_HIP, **{field: value}))
    assert error.code == "score.out_of_range"
    assert field in error.field


@pytest.mark.parametrize("value", [math.nan, 0.0, -0.01, 1.9])
def test_a_precision_error_in_percent_is_refused(value):
    make = lambda: Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.7, precision_error_g_cm2=value)  # noqa: E731
    assert catch(make).code == "precision.out_of_range"


def test_a_scan_says_something():
    assert catch(lambda: Scan(site=Site.TOTAL_HIP, maker=Maker.HOLOGIC)).code == "scan.empty"
    assert Scan(site=Site.TOTAL_HIP, reported_t_score=-2.6).areal_bmd_g_cm2 is None


@pytest.mark.parametrize(
    ("site", "vertebrae"),
    [
        (Site.LUMBAR_SPINE, ()),
        (Site.LUMBAR_SPINE, ("L5",)),
        (Site.LUMBAR_SPINE, ("L2", "L1")),
        (Site.LUMBAR_SPINE, ("L1", "L1")),
        (Site.TOTAL_HIP, ("L1", "L2")),
    ],
)
def test_vertebrae_must_exist(site, vertebrae):
    make = lambda: Scan(site=site, areal_bmd_g_cm2=0.8, vertebrae=vertebrae)  # noqa: E731
    assert catch(make).code == "scan.bad_vertebrae"


def test_a_spine_has_no_side():
    make = lambda: Scan(site=Site.LUMBAR_SPINE, areal_bmd_g_cm2=0.8, side=Side.LEFT)  # noqa: E731
    assert catch(make).code == "scan.side_of_spine"


@pytest.mark.parametrize("age", [math.nan, -1, 121, 1957])
def test_an_age_that_cannot_be_is_refused(age):
    assert catch(lambda: Person(sex=Sex.MALE, age_years=age)).code == "person.age_out_of_range"


def test_children_are_outside_the_domain():
    error = catch(lambda: Person(sex=Sex.MALE, age_years=12), AbstainedError)
    assert error.code == "person.not_adult"


@pytest.mark.parametrize(
    "facts",
    [
        {"sex": Sex.MALE, "menopausal": True},
        {"sex": Sex.MALE, "years_since_menopause": 3},
        {"sex": Sex.FEMALE, "menopausal": False, "years_since_menopause": 3},
        {"sex": Sex.FEMALE, "years_since_menopause": 80},
        {"sex": Sex.FEMALE, "years_since_menopause": -1},
        {"sex": Sex.FEMALE, "years_since_menopause": math.nan},
    ],
)
def test_menopause_must_not_contradict(facts):
    assert catch(lambda: Person(age_years=60, **facts)).code == "person.menopause_contradicts"


def test_years_since_menopause_say_that_it_was_reached():
    assert Person(sex=Sex.FEMALE, age_years=60, years_since_menopause=8).postmenopausal is True
    assert Person(sex=Sex.FEMALE, age_years=60).postmenopausal is None
    assert Person(sex=Sex.MALE, age_years=60, menopausal=False).postmenopausal is False
