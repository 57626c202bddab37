"""The shipped designs enroll the women that the trials printed, and find the differences that they found."""

import pytest

from osteon.app import find_design, simulate_trial
from osteon.interop import list_trial_designs
from osteon.trials import TRIAL_SITES, ChangeEndpoint

SUBJECTS = 1500
# A 95 % interval holds 19 of 20; with some fifteen differences, three outside would come about once in forty.
MOST_OUTSIDE = 2


@pytest.fixture(scope="module")
def trials():
    return {name: simulate_trial(find_design(name), subjects=SUBJECTS).trial for name in list_trial_designs()}


@pytest.mark.parametrize("name", list_trial_designs())
def test_the_enrolled_are_those_of_the_trial(trials, name):
    stated = trials[name].design.baseline
    for arm in trials[name].baselines:
        error = 4 / arm.subjects**0.5
        # Beyond sampling, a tenth of an SD is what the limits of a trial may keep from being met.
        assert abs(arm.means["age_years"] - stated.age_years.mean) < (error + 0.1) * arm.sds["age_years"]
        for site in TRIAL_SITES:
            assert abs(arm.means[site] - stated.t_score[site].mean) < (error + 0.1) * arm.sds[site], site


def list_differences(trial):
    """Every difference between an arm and the control that was printed for both, beside where it should lie."""
    rows = [
        one
        for one in trial.endpoints
        if isinstance(one.endpoint, ChangeEndpoint) and one.published is not None
    ]
    control = {one.endpoint: one.published for one in rows if one.arm == trial.design.control}
    return [
        (
            trial.design.name,
            one.arm,
            one.endpoint.name,
            one.published - control[one.endpoint],
            one.contrast.predicted,
        )
        for one in rows
        if one.contrast is not None and one.endpoint in control
    ]


def test_printed_differences_lie_where_a_real_trial_would(trials):
    differences = [found for trial in trials.values() for found in list_differences(trial)]
    assert len(differences) > 12
    outside = [found for found in differences if not found[4][0] <= found[3] <= found[4][1]]
    assert len(outside) <= MOST_OUTSIDE, outside
