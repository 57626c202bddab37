"""Group evidence says what was published, no further than it was published, and that it is of groups."""

import math
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteon.errors import AbstainedError, BadInputError
from osteon.evidence import cite, find_fact, select_facts
from osteon.trials import (
    GROUP_EVIDENCE_LABEL,
    FractureKind,
    describe_fracture_evidence,
    relate_fracture_risk,
)

OBSERVED = (2.0, 6.0)
DIFFERENCES = st.floats(*OBSERVED)


def find(evidence, kind):
    return next(one for one in evidence.reductions if one.fracture is kind)


@pytest.mark.parametrize("fact", select_facts("fracture_surrogate", quantity="risk_reduction"), ids=str)
def test_at_the_published_differences_it_says_what_was_published(fact):
    keys = {"bmd_site": "total_hip", "condition": fact.keys["condition"]}
    difference = find_fact("fracture_surrogate", quantity="bmd_difference", **keys).number
    found = find(relate_fracture_risk(difference), FractureKind(fact.keys["fracture"]))
    assert found.reduction_percent == pytest.approx(fact.number, abs=1e-9)


@pytest.mark.parametrize("difference", [-3.0, 0.0, 1.99, 6.01, 12.0])
def test_beyond_the_published_differences_it_abstains(difference):
    with pytest.raises(AbstainedError) as caught:
        relate_fracture_risk(difference)
    assert caught.value.code == "fracture.outside_evidence"
    assert "2 to 6" in caught.value.expected


@pytest.mark.parametrize("difference", [math.nan, math.inf])
def test_what_is_no_number_is_bad_input(difference):
    with pytest.raises(BadInputError, match=r"fracture\.not_a_number"):
        relate_fracture_risk(difference)


def test_no_association_is_none_and_never_a_zero():
    found = find(relate_fracture_risk(4.0), FractureKind.NONVERTEBRAL)
    assert not found.has_association
    assert (found.reduction_percent, found.low_percent, found.high_percent) == (None, None, None)
    assert (
        find_fact(
            "fracture_surrogate",
            quantity="association",
            fracture="nonvertebral",
            study="bouxsein2019surrogate",
        ).value
        == "none clear"
    )


@given(difference=DIFFERENCES)
def test_the_interval_holds_the_estimate_and_excludes_no_effect_from_the_threshold_on(difference):
    for one in relate_fracture_risk(difference).reductions:
        assert one.above_threshold is (difference >= one.threshold_percent)
        if one.has_association:
            assert one.low_percent < one.reduction_percent < one.high_percent < 100
            assert (one.low_percent >= -1e-9) is one.above_threshold


def test_a_larger_difference_never_predicts_more_fractures():
    evidence = [relate_fracture_risk(2 + step / 10) for step in range(41)]
    for kind in (FractureKind.VERTEBRAL, FractureKind.HIP):
        risks = [find(one, kind).reduction_percent for one in evidence]
        assert all(later > earlier for earlier, later in pairwise(risks))


def test_the_relation_is_a_straight_line_on_the_logarithm_of_the_risk():
    logs = [
        math.log1p(-find(relate_fracture_risk(difference), FractureKind.HIP).reduction_percent / 100)
        for difference in (2.0, 3.0, 4.0, 5.0, 6.0)
    ]
    steps = [later - earlier for earlier, later in pairwise(logs)]
    assert steps == pytest.approx([steps[0]] * 4, rel=1e-9)


def test_without_a_difference_the_line_says_nearly_nothing():
    """Drawn on to zero, which is never shown, the line of a sound regression meets no effect within its interval."""
    for kind in (FractureKind.VERTEBRAL, FractureKind.HIP):
        low, high = (
            math.log1p(-find(relate_fracture_risk(at), kind).reduction_percent / 100) for at in OBSERVED
        )
        half = math.log1p(-find(relate_fracture_risk(2.0), kind).low_percent / 100) - low
        assert abs(low - 2 * (high - low) / 4) < half


def test_it_is_labeled_and_every_number_has_its_paper():
    evidence = relate_fracture_risk(3.0)
    assert evidence.label == GROUP_EVIDENCE_LABEL
    assert "2025-12-19" in evidence.qualification
    assert "not the benefit of an individual" in evidence.qualification
    assert {"bouxsein2019surrogate", "black2020surrogate", "eastell2022sabre", "fda2025sabre"} == set(
        evidence.sources
    )
    assert len(cite(evidence)) == 4
    explained = dict(find(evidence, FractureKind.VERTEBRAL).variance_explained)
    assert explained == {"bouxsein2019surrogate": 0.56, "black2020surrogate": 0.73}


@given(difference=DIFFERENCES)
def test_the_words_name_the_group_each_fracture_and_never_a_person_or_minus_zero(difference):
    lines = describe_fracture_evidence(relate_fracture_risk(difference))
    assert lines[0] == GROUP_EVIDENCE_LABEL
    for kind in FractureKind:
        assert sum(line.startswith(f"{kind.capitalize()} fractures: ") for line in lines) == 1
    text = " ".join(lines)
    assert "no clear association" in text
    assert not re.search(r"\byou\b|\byour\b|\bpatient\b|-0|\bcure", text, re.IGNORECASE)
