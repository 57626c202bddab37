"""Trial arms and numbers as the evidence tables tell them."""

from dataclasses import replace

import numpy as np
import pytest

from osteon.densitometry import Site
from osteon.evidence import SpreadKind, load_facts, open_calibration_facts
from osteon.inference import read_observations, read_trial_arm
from osteon.inference.arm_batch import compare_to_line, describe_person, make_arm_batches, plan_reads
from osteon.remodeling import CHANNELS, Outcomes, load_parameter_set
from osteon.therapy import format_sequence

BMD = frozenset({"lumbar_spine", "total_hip", "femoral_neck"})


@pytest.fixture(scope="module")
def scale():
    return load_parameter_set().values


@pytest.fixture(scope="module")
def observations():
    return read_observations(open_calibration_facts, frozenset(Outcomes._fields))


def read_as(spread, kind, n=100.0, value=5.0):
    """The standard error that is read from one published spread."""
    fact = next(
        f for f in open_calibration_facts("trial_outcomes") if f.quantity == "percent_change_from_baseline"
    )
    changed = replace(fact, spread=spread, spread_kind=kind, n=n, value=value)
    (found,) = read_observations(lambda table: (changed,), frozenset(Outcomes._fields))
    return found.standard_error


@pytest.mark.parametrize(
    ("spread", "kind", "n", "error"),
    [
        (0.5, SpreadKind.SE, 100, 0.5),
        (1.96, SpreadKind.CI95_HALF, 100, 1.0),
        (5.0, SpreadKind.SD, 100, 0.5),
        (6.745, SpreadKind.IQR_HALF, 100, 1.0),
        (5.0, SpreadKind.SD, None, None),
        (None, None, 100, None),
    ],
)
def test_a_spread_becomes_the_standard_error_of_a_mean(spread, kind, n, error):
    # Quantiles of the normal law to the digits written here.
    assert read_as(spread, kind, n) == (None if error is None else pytest.approx(error, rel=1e-3))


def test_an_arm_is_what_was_given_to_whom():
    arm = read_trial_arm("ARCH", "romosozumab then alendronate")
    assert arm is not None
    assert format_sequence(arm.sequence).startswith(
        "romosozumab 210 mg monthly for 12 months, then alendronate"
    )
    assert arm.history is None
    assert arm.history_months == 0
    assert arm.population == "postmenopausal"
    assert arm.baseline_t_scores[Site.LUMBAR_SPINE] < -2


def test_an_arm_of_others_than_postmenopausal_women_is_left_out():
    assert read_trial_arm("ARCH", "no such arm") is None
    outside = {
        (f.keys["study"], f.keys["arm"])
        for f in load_facts("trial_arms")
        if f.quantity == "population" and f.value != "postmenopausal"
    }
    assert outside
    assert all(read_trial_arm(*key) is None for key in outside)


def test_every_number_knows_its_arm_and_month(observations):
    for observation in observations:
        assert observation.month >= 0
        assert observation.outcome in Outcomes._fields
        assert observation.standard_error is None or observation.standard_error > 0
    assert any(observation.comparator for observation in observations)
    assert {o.outcome for o in observations} == set(Outcomes._fields)


def test_only_the_outcomes_that_are_asked_for_are_read():
    found = read_observations(open_calibration_facts, BMD)
    assert {observation.outcome for observation in found} == BMD


def test_the_mean_subject_is_described_at_the_start_of_her_history(scale):
    arm = read_trial_arm("ARCH", "alendronate")
    later = replace(arm, history=arm.sequence)
    now, then = describe_person(arm, scale), describe_person(later, scale)
    years = later.history_months / 12
    assert now.age_years - then.age_years == pytest.approx(years)
    assert then.years_since_menopause == max(now.years_since_menopause - years, 0)


def test_what_an_arm_does_not_say_is_taken_as_usual(scale):
    arm = replace(
        read_trial_arm("ARCH", "alendronate"),
        age_years=None,
        years_since_menopause=None,
        baseline_t_scores={},
    )
    person = describe_person(arm, scale)
    assert person.age_years == scale["nominal_age_years"]
    assert person.years_since_menopause == scale["nominal_age_years"] - scale["menopause_age_years"]
    assert person.spine_bmd_ratio == compare_to_line(Site.LUMBAR_SPINE, scale["nominal_t_score_spine"])


def test_the_line_of_osteoporosis_compares_as_one():
    assert compare_to_line(Site.TOTAL_HIP, -2.5) == pytest.approx(1)
    assert compare_to_line(Site.TOTAL_HIP, -3.5) < 1 < compare_to_line(Site.TOTAL_HIP, -1.0)


def test_arms_of_a_batch_share_a_grid_and_keep_their_doses(scale):
    arms = [read_trial_arm("ARCH", "alendronate"), read_trial_arm("ARCH", "romosozumab then alendronate")]
    months = {(arm.study, arm.arm): 12.0 for arm in arms}
    (batch,) = make_arm_batches(arms, months, scale)
    assert batch.arms == tuple(arms)
    assert batch.schedule.shape[2:] == (len(CHANNELS), 2)
    assert batch.schedule.shape[0] * batch.schedule.shape[1] == 12 * 30
    doses = batch.schedule[:, :, CHANNELS.index("romosozumab_mg")]
    assert (np.count_nonzero(doses[..., 0]), np.count_nonzero(doses[..., 1])) == (0, 12)


def test_a_number_is_read_between_the_blocks_around_its_month(scale, observations):
    arm = read_trial_arm("ARCH", "alendronate")
    batches = make_arm_batches([arm], {(arm.study, arm.arm): 13.0}, scale)
    sample = next(o for o in observations if (o.study, o.arm, o.comparator) == ("ARCH", "alendronate", ""))
    whole, part = (replace(sample, month=month, baseline_month=0.0, outcome="ctx") for month in (6.0, 6.05))
    plan = plan_reads(batches, [whole, part])
    row, lanes, per_month = Outcomes._fields.index("ctx"), 1, 10
    at = (6 * per_month * len(Outcomes._fields) + row) * lanes
    assert plan.index[0].tolist() == [at, at]
    assert plan.weight[0] == pytest.approx([0, 0.05 * per_month])
    assert plan.index[2].tolist() == [row, row]
    assert not plan.has_comparator.any()
