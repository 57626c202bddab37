import numpy as np
import pytest

from osteon.densitometry import Maker, Site, find_reference_curve, standardize_bmd
from osteon.errors import AbstainedError, BadInputError
from osteon.evidence import find_fact, select_facts


def standardize(values, maker, site):
    ids = [str(number) for number in range(len(values))]
    return standardize_bmd(values, maker=maker, site=site, patient_ids=ids).standardized_bmd_g_cm2


def test_the_hip_equation_reproduces_the_published_young_mean():
    curve = find_reference_curve(Maker.HOLOGIC, Site.TOTAL_HIP)
    published = find_fact("bmd_standardization", equation="hanson1997")
    found = standardize([curve.young_mean_g_cm2, 0.8], Maker.HOLOGIC, Site.TOTAL_HIP)[0]
    # Both means are printed to three decimals, and the reference was revised after 1997.
    assert found == pytest.approx(published.number, abs=0.0015)


@pytest.mark.parametrize("site", [Site.LUMBAR_SPINE, Site.TOTAL_HIP, Site.FEMORAL_NECK])
def test_both_makers_put_the_diagnostic_line_at_one_place(site):
    lines = [
        standardize([curve.young_mean_g_cm2 - 2.5 * curve.young_sd_g_cm2, 1.0], curve.maker, site)[0]
        for curve in (find_reference_curve(maker, site) for maker in (Maker.HOLOGIC, Maker.GE_LUNAR))
    ]
    # The converted references are rounded to 0.001 in mean and SD.
    assert lines[0] == pytest.approx(lines[1], abs=0.004)


@pytest.mark.parametrize("maker", list(Maker))
def test_the_spine_equation_agrees_with_the_older_one(maker):
    older = find_fact("bmd_standardization", equation="genant1994", maker=maker).number
    values = [0.8, 0.9, 1.0, 1.1]
    # The two equations are different fits to one experiment; makers agreed to 2.2 % after either.
    np.testing.assert_allclose(
        standardize(values, maker, Site.LUMBAR_SPINE), older * np.array(values), rtol=0.022
    )


def test_the_spine_equations_agree_with_the_pairwise_ones():
    pairs = select_facts("bmd_standardization", equation="genant1994_pairwise", quantity="slope")
    assert len(pairs) == 6
    for slope in pairs:
        keys = {"maker": slope.keys["maker"], "target": slope.keys["target"]}
        offset = find_fact(
            "bmd_standardization", equation="genant1994_pairwise", quantity="intercept", **keys
        )
        first, second = 0.9, 0.9 * slope.number + offset.number
        here = standardize([first, 1.0], Maker(keys["maker"]), Site.LUMBAR_SPINE)[0]
        there = standardize([second, 1.0], Maker(keys["target"]), Site.LUMBAR_SPINE)[0]
        assert here == pytest.approx(there, rel=0.025), keys


@pytest.mark.parametrize("ids", [["a", "a"], ["a"], []])
def test_one_patients_change_is_refused(ids):
    with pytest.raises(AbstainedError, match=r"sbmd\.individual_change"):
        standardize_bmd([0.8] * len(ids), maker=Maker.HOLOGIC, site=Site.TOTAL_HIP, patient_ids=ids)


def test_values_and_patients_belong_together():
    with pytest.raises(BadInputError, match=r"sbmd\.lengths_differ"):
        standardize_bmd([0.8], maker=Maker.HOLOGIC, site=Site.TOTAL_HIP, patient_ids=["a", "b"])


def test_a_site_without_equations_and_a_value_in_other_units_are_refused():
    with pytest.raises(AbstainedError, match=r"sbmd\.no_equation"):
        standardize([0.5, 0.6], Maker.HOLOGIC, Site.ONE_THIRD_RADIUS)
    with pytest.raises(BadInputError, match=r"bmd\.out_of_range"):
        standardize([0.5, 600.0], Maker.HOLOGIC, Site.TOTAL_HIP)


def test_the_warning_about_individuals_is_cited():
    group = standardize_bmd([0.5, 0.6], maker=Maker.HOLOGIC, site=Site.TOTAL_HIP, patient_ids=["a", "b"])
    assert group.sources == ("fan2010", "lu2001")
    assert group.mean_g_cm2 == pytest.approx(group.standardized_bmd_g_cm2.mean())
