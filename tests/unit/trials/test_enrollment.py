"""Who gets in: nobody beyond the limits, and on average the woman that the design states."""

import numpy as np
import pytest

from osteon.densitometry import Site
from osteon.errors import BadInputError
from osteon.remodeling import load_parameter_set
from osteon.trials import EnrolledBaseline, Inclusion, Limits, Spread, plan_trial, simulate_chunk
from osteon.trials.enrollment import match_candidates, screen_subjects
from tests.unit.trials.example_designs import make_design

HIP, COUNT = 1, 4096


def enroll(design, count=COUNT, address="a"):
    candidates = match_candidates(design, load_parameter_set())
    subjects = screen_subjects(candidates, design.inclusion, seed=1, address=address, count=count)
    scores = (subjects.scanned_bmd - candidates.young_mean[:, None]) / candidates.young_sd[:, None]
    return subjects, scores


def test_enrolled_means_and_sds_are_those_stated():
    design = make_design()
    subjects, scores = enroll(design)
    # Four standard errors of a mean, and of an SD, of so many.
    error = 4 / COUNT**0.5
    assert abs(subjects.age_years.mean() - 70) < 6 * error
    assert abs(scores[HIP].mean() + 2.6) < 0.5 * error
    assert abs(scores[HIP].std() / 0.5 - 1) < error
    assert abs(subjects.age_years.std() / 6 - 1) < error + 0.05  # bounded by the limits of age


def test_nobody_gets_in_beyond_the_limits():
    subjects, scores = enroll(make_design())
    assert subjects.age_years.min() >= 60
    assert subjects.age_years.max() <= 80
    assert scores[HIP].min() >= -4
    assert scores[HIP].max() <= -1.8


def test_one_of_several_sites_is_enough():
    sites = {site: Limits(low=-4, high=-2.5) for site in (Site.LUMBAR_SPINE, Site.TOTAL_HIP)}
    _, scores = enroll(make_design(inclusion=Inclusion(t_score_any=sites)))
    low = scores[:2] <= -2.5
    assert low.any(axis=0).all()
    assert not low.all(axis=0).all()


def test_a_scan_that_let_her_in_flatters_no_one():
    """Who was let in by a low scan has, on average, more bone than it showed: regression to the mean."""
    low = Inclusion(t_score_all={Site.TOTAL_HIP: Limits(low=-5, high=-2.5)})
    stated = EnrolledBaseline(t_score={Site.TOTAL_HIP: Spread(mean=-3)})
    subjects, _ = enroll(make_design(inclusion=low, baseline=stated))
    assert subjects.true_bmd[HIP].mean() > subjects.scanned_bmd[HIP].mean()


def test_a_place_is_filled_alike_whatever_its_address_is_beside():
    one, other = (enroll(make_design(), count=64, address=name)[0] for name in ("a", "a"))
    apart = enroll(make_design(), count=64, address="b")[0]
    assert np.array_equal(one.true_bmd, other.true_bmd)
    assert not np.array_equal(one.true_bmd, apart.true_bmd)


def test_screened_counts_the_candidates_of_a_place():
    design = make_design()
    candidates = match_candidates(design, load_parameter_set())
    subjects, _ = enroll(design)
    expected = 1 / candidates.accepted
    # A geometric count: its SD is about its mean.
    assert abs(subjects.screened.mean() - expected) < 4 * expected / COUNT**0.5 + expected / 20
    assert subjects.screened.min() >= 1


def test_what_is_not_stated_is_that_of_women_of_the_age():
    free = make_design(baseline=EnrolledBaseline(age_years=Spread(mean=70)), inclusion=Inclusion())
    _, scores = enroll(free)
    candidates = match_candidates(free, load_parameter_set())
    assert candidates.accepted == 1
    assert -2 < scores[HIP].mean() < 0
    # A survey's spread is that of single scans: the noise is in it, not on top of it.
    assert scores.std(axis=1) == pytest.approx(candidates.t_sd, rel=4 / (2 * COUNT) ** 0.5)


@pytest.mark.parametrize(
    ("inclusion", "code"),
    [
        (Inclusion(age_years=Limits(low=20, high=30)), "trial.nobody_enrolled"),
        (
            Inclusion(t_score_all={Site.TOTAL_HIP: Limits(low=-2.5, high=-1)}),
            "trial.baseline_out_of_reach",
        ),
    ],
)
def test_limits_that_keep_the_stated_woman_out_are_refused(inclusion, code):
    with pytest.raises(BadInputError) as fault:
        plan_trial(make_design(inclusion=inclusion))
    assert fault.value.code == code


def test_history_makes_her_younger_at_its_start_and_no_younger_at_month_0():
    from osteon.therapy import parse_sequence
    from osteon.trials import list_chunks

    treated = EnrolledBaseline(
        age_years=Spread(mean=70, sd=6), history=parse_sequence("alendronate for 24 months")
    )
    plan = plan_trial(make_design(baseline=treated, subjects=40))
    rows = simulate_chunk(plan, next(iter(list_chunks(plan))))
    start = rows["month"] == 0
    assert rows["age_years"][start].min() >= 60
    assert np.all(rows["total_hip_percent_change"][start] == 0)
