"""What counts as reversal."""

import pytest

from osteon.densitometry import CENTRAL_SITES, Site
from osteon.errors import BadInputError
from osteon.reversal import ReversalDefinition, standard_reversal


def test_the_standard_target_is_the_line_of_osteoporosis_at_every_diagnostic_site():
    standard = standard_reversal()
    assert standard.target_t_score == -2.5
    assert set(standard.sites) == set(CENTRAL_SITES) == {Site.LUMBAR_SPINE, Site.TOTAL_HIP, Site.FEMORAL_NECK}


@pytest.mark.parametrize("target", [-25.0, -6.1, 2.1, float("nan"), float("inf")])
def test_a_target_out_of_range_is_refused_in_five_parts(target):
    with pytest.raises(BadInputError) as caught:
        ReversalDefinition(target_t_score=target)
    problem = caught.value.as_problem()
    assert problem["code"] == "reversal.target_out_of_range"
    assert all(problem.values())


@pytest.mark.parametrize("target", [-6.0, -2.5, -2.0, 2.0])
def test_targets_at_the_limits_are_taken(target):
    assert ReversalDefinition(target_t_score=target).target_t_score == target
