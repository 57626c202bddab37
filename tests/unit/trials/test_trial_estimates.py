"""Estimates beside textbook answers, and what must hold of every interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from osteon.trials.virtual_trial_estimates import (
    compare_means,
    compare_shares,
    describe_times,
    estimate_mean,
    estimate_share,
)

GROUPS = st.lists(st.floats(-20, 40, allow_nan=False), min_size=3, max_size=40).map(np.array)


def sum_up(values):
    return np.array([len(values), values.sum(), (values**2).sum()])


@given(GROUPS)
def test_a_mean_has_the_t_interval(values):
    found = estimate_mean(sum_up(values))
    assert found.low <= found.value <= found.high
    error = values.std(ddof=1) / len(values) ** 0.5
    low, high = (
        stats.t.interval(0.95, len(values) - 1, values.mean(), error)
        if error > 1e-6
        else (found.low, found.high)
    )
    # The sums of squares lose a few digits where values are alike.
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-5)


@given(GROUPS, GROUPS)
def test_a_difference_is_welchs(own, control):
    found = compare_means(sum_up(own), sum_up(control))
    assert found.value == pytest.approx(own.mean() - control.mean(), abs=1e-9)
    if min(own.std(), control.std()) > 0.1:
        expected = stats.ttest_ind(own, control, equal_var=False)
        low, high = expected.confidence_interval(0.95)
        assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6, abs=1e-6)
        assert found.p_value == pytest.approx(expected.pvalue, rel=1e-5, abs=1e-12)


def test_twins_are_compared_more_sharply():
    stream = np.random.default_rng(1)
    shared = stream.normal(0, 3, 100)
    own, control = shared + stream.normal(1, 1, 100), shared + stream.normal(0, 1, 100)
    pairing = float(np.corrcoef(own, control)[0, 1])
    paired = compare_means(sum_up(own), sum_up(control), pairing=pairing)
    expected = stats.ttest_rel(own, control)
    apart = compare_means(sum_up(own), sum_up(control))
    assert paired.high - paired.low < (apart.high - apart.low) / 2
    assert (paired.high - paired.low) == pytest.approx(
        np.diff(expected.confidence_interval(0.95))[0], rel=0.02
    )


def test_what_the_model_does_not_know_widens_what_is_predicted():
    own, control = sum_up(np.arange(10.0)), sum_up(np.arange(10.0) - 3)
    sharp, wide = (compare_means(own, control, model_sd=sd).predicted for sd in (0.0, 2.0))
    assert wide[0] < sharp[0] < 3 < sharp[1] < wide[1]
    assert compare_means(own, control).predicted is None


@pytest.mark.parametrize(("count", "n"), [(0, 10), (3, 10), (10, 10), (81, 263), (1, 29)])
def test_a_share_has_the_wilson_interval(count, n):
    found = estimate_share(np.array([n, count, count], dtype=float))
    expected = stats.binomtest(count, n).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_two_shares_have_newcombes_interval():
    """Newcombe 1998, table II, method 10: 56/70 less 48/80."""
    found = compare_shares(np.array([70, 56, 56.0]), np.array([80, 48, 48.0]))
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_nobody_has_no_estimate():
    nobody, someone = np.zeros(3), np.array([4, 2, 2.0])
    assert estimate_mean(nobody) is None
    assert estimate_share(nobody) is None
    assert compare_means(nobody, someone) is None
    assert compare_shares(someone, nobody) is None


def test_a_course_is_the_product_limit():
    """By hand: 10 at risk and 2 reach it, then 6 (two left) and 3 reach it."""
    found = describe_times(np.array([[10, 2], [6, 3]]), (6, 12))
    assert found.not_reached == pytest.approx((0.8, 0.4))
    assert (found.median_months, found.median_low) == (12, 6)
    # Greenwood: the variance of log S is the sum of d / (n (n - d)).
    spread = 1.959964 * (2 / (10 * 8) + 3 / (6 * 3)) ** 0.5 / abs(np.log(0.4))
    assert found.low[1] == pytest.approx(0.4 ** np.exp(spread), rel=1e-5)
    assert found.high[1] == pytest.approx(0.4 ** np.exp(-spread), rel=1e-5)


def test_a_course_nobody_finishes_has_no_median():
    found = describe_times(np.array([[10, 1], [9, 0]]), (6, 12))
    assert found.median_months is None
    assert found.not_reached[0] == found.not_reached[1]


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 1)), min_size=1, max_size=8))
def test_a_course_never_rises_and_lies_in_its_interval(visits):
    at_risk = np.minimum.accumulate([n for n, _ in visits])
    reached = np.floor(at_risk * np.array([share for _, share in visits]))
    found = describe_times(np.stack([at_risk, reached], axis=1), tuple(range(1, len(visits) + 1)))
    assert all(
        0 <= low <= value <= high <= 1
        for low, value, high in zip(found.low, found.not_reached, found.high, strict=True)
    )
    assert all(now >= later for now, later in zip(found.not_reached, found.not_reached[1:], strict=False))
