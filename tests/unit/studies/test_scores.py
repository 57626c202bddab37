"""The rulers of the studies can fail."""

import numpy as np
import pytest

from studies.scores import count_inside, draw_curve, judge_calibration, judge_ranks, score_brier

EVEN = (np.arange(1000) + 0.5) / 1000


def test_even_ranks_pass_and_crowded_ones_do_not():
    assert judge_ranks(EVEN) > 0.99
    assert judge_ranks(EVEN / 2 + 0.25) < 1e-6
    assert judge_ranks(np.clip(EVEN * 1.1, 0, 1)) < 1e-3


def test_coverage_counts_the_middle():
    assert count_inside(EVEN, 0.9).share == pytest.approx(0.9)
    assert count_inside(EVEN / 2 + 0.25, 0.5).share == pytest.approx(1)


def test_brier_is_nothing_when_right_and_a_quarter_at_a_coin():
    came = np.array([True, False])
    assert score_brier(np.array([1.0, 0.0]), came) == 0
    assert score_brier(np.array([0.5, 0.5]), came) == 0.25


def test_the_curve_has_the_share_of_each_bin():
    points = draw_curve(np.array([0.11, 0.15, 1.0]), np.array([True, False, True]))
    assert [(point.count, point.observed) for point in points] == [(2, 0.5), (1, 1.0)]


def test_chances_that_come_true_pass_and_bold_ones_do_not():
    stream = np.random.default_rng(3)
    chances = stream.uniform(size=4000)
    came = stream.uniform(size=4000) < chances
    assert judge_calibration(chances, came) > 0.01
    assert judge_calibration(np.where(chances > 0.5, 0.95, 0.05), came) < 1e-6
