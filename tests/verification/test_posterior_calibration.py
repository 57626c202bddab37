"""Does the truth lie where the posterior says, as often as it says? Sixty simulated patients, for a start."""

import numpy as np
import pytest
from scipy import stats

from osteon.inference import BankSettings
from osteon.remodeling import load_parameter_set
from studies.posterior import run_calibration
from studies.scores import count_inside

PATIENTS = 60
ALPHA, ALPHA_OF_MISSES = 10.0**-4, 10.0**-3
SETTINGS = BankSettings(draws=16, per_draw=24)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def outcomes():
    parameters = load_parameter_set()
    # From a thousand on: not the patients of the full study.
    return [
        one
        for number in range(1000, 1000 + PATIENTS)
        for one in run_calibration(number, parameters, SETTINGS)
    ]


def gather(outcomes, name, site):
    return np.array([getattr(one, name)[site] for one in outcomes])


@pytest.mark.parametrize("name", ["rank_now", "rank_later", "rank_scan"])
@pytest.mark.parametrize("site", [0, 1])
def test_ranks_are_even(outcomes, name, site):
    # Kolmogorov and Smirnov at one in ten thousand: six such checks fail a right program once in 1700 runs.
    assert stats.kstest(gather(outcomes, name, site), "uniform").pvalue > ALPHA


@pytest.mark.parametrize("name", ["rank_now", "rank_later", "rank_scan"])
def test_misses_are_as_large_as_stated(outcomes, name):
    # As normal scores their squares sum to chi-square. Leaving the wander of scans out of the posterior, a fault
    # of a few parts in a hundred, gave a p of 0.0001 for today's T-scores.
    ranks = np.concatenate([gather(outcomes, name, site) for site in (0, 1)])
    half = 1 / (2 * SETTINGS.draws * SETTINGS.per_draw)
    squares = (stats.norm.ppf(np.clip(ranks, half, 1 - half)) ** 2).sum()
    tails = stats.chi2.cdf(squares, len(ranks)), stats.chi2.sf(squares, len(ranks))
    assert 2 * min(tails) > ALPHA_OF_MISSES


@pytest.mark.parametrize("level", [0.5, 0.9])
@pytest.mark.parametrize("name", ["rank_now", "rank_later", "rank_scan"])
@pytest.mark.parametrize("site", [0, 1])
def test_intervals_cover_as_often_as_they_say(outcomes, level, name, site):
    inside = round(count_inside(gather(outcomes, name, site), level).share * PATIENTS)
    assert stats.binomtest(inside, PATIENTS, level).pvalue > ALPHA


def test_chances_come_true(outcomes):
    chance = np.clip([one.chance for one in outcomes], 0.01, 0.99)
    came = sum(one.above for one in outcomes)
    # The number that came true is a sum of coins, each with its own chance.
    assert came == pytest.approx(chance.sum(), abs=4 * np.sqrt((chance * (1 - chance)).sum()))


def test_chances_beat_the_share_alone(outcomes):
    above = np.array([one.above for one in outcomes])
    squares = np.mean([(one.chance - one.above) ** 2 for one in outcomes])
    assert squares < 0.8 * above.mean() * (1 - above.mean())
