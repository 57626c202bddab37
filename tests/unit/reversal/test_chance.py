"""Probabilities with their intervals."""

import numpy as np
import pytest

from osteon.reversal import Chance, estimate_chance, estimate_share


def number_draws(draws, each):
    return np.repeat(np.arange(draws), each)


def count_out(shares, each):
    """One row of outcomes in which draw i succeeds in `shares[i]` of its persons."""
    return np.concatenate([np.arange(each) < round(share * each) for share in shares])[None]


def estimate(shares, each):
    (found,) = estimate_chance(count_out(shares, each), number_draws(len(shares), each))
    return found


def width(chance):
    return chance.high - chance.low


def test_the_value_is_the_share_of_all():
    assert estimate([0.2, 0.4, 0.9], 100).value == pytest.approx(0.5)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99, 1.0])
def test_the_interval_holds_the_value_and_stays_in_range(share):
    found = estimate([share] * 8, 100)
    assert 0 <= found.low <= found.value <= found.high <= 1


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_none_and_all_of_a_few_are_no_certainty(share):
    few, many = estimate([share] * 4, 5), estimate([share] * 32, 64)
    assert few.value == share
    assert width(few) > width(many) > 0


def test_the_interval_narrows_with_more_persons_to_what_the_parameters_leave():
    generator = np.random.default_rng(1)
    truth = 1 / (1 + np.exp(-generator.standard_normal(400) * 0.8))

    def simulate(each):
        drawn = (generator.random((400, each)) < truth[:, None]).reshape(1, -1)
        return estimate_chance(drawn, number_draws(400, each))[0]

    known = np.quantile(truth, [0.05, 0.95])
    found = simulate(400)
    # 400 draws tell a 5 % quantile of the logit to about 0.1, that is 0.02 here; the logit-normal form adds as much.
    assert [found.low, found.high] == pytest.approx(known, abs=0.05)


def test_luck_within_a_draw_is_not_taken_for_uncertainty_of_the_parameters():
    generator = np.random.default_rng(2)
    drawn = generator.random((1, 64 * 32)) < 0.3
    (found,) = estimate_chance(drawn, number_draws(64, 32))
    # The naive spread of 64 shares of 32 persons each would give 0.17 to 0.46.
    assert width(found) < 0.15


def test_parameters_that_disagree_widen_the_interval():
    assert (
        width(estimate([0.5] * 16, 100))
        < width(estimate([0.4, 0.6] * 8, 100))
        < width(estimate([0.1, 0.9] * 8, 100))
    )


def test_each_row_is_estimated_alone():
    rows = np.concatenate([count_out([0.1, 0.3], 50), count_out([0.8, 0.9], 50)])
    both = estimate_chance(rows, number_draws(2, 50))
    assert both == (estimate([0.1, 0.3], 50), estimate([0.8, 0.9], 50))


def test_one_parameter_draw_still_has_the_error_of_its_own_count():
    assert width(estimate([0.5], 10)) > width(estimate([0.5], 1000)) > 0


def test_a_share_is_among_those_it_is_asked_of():
    among = np.array([True, True, True, False] * 10)
    later = np.array([True, False, True, True] * 10)
    found = estimate_share(later, among, number_draws(4, 10))
    assert isinstance(found, Chance)
    assert found.value == pytest.approx(2 / 3)
    assert found.low <= found.value <= found.high


def test_a_share_of_too_few_is_not_estimated():
    among = np.zeros(400, dtype=bool)
    among[:3] = True
    assert estimate_share(among, among, number_draws(4, 100)) is None


def test_a_share_survives_draws_in_which_nobody_counts():
    among = np.repeat([True, False], 50)
    found = estimate_share(among, among, number_draws(2, 50))
    assert found is not None
    assert found.value == 1
    assert 0 < found.low < 1
