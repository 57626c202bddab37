"""Power by resampling agrees with its closed form within Monte Carlo error, on a shipped design."""

import numpy as np
import pytest
from scipy import stats

from osteon.app import find_design, simulate_trial
from osteon.trials import Sample, power_closed_form, power_resampled
from osteon.trials.virtual_trial_power import find_size, power_assured, split_subjects, tabulate_power

TRIALS = 2000
ERRORS = 4


@pytest.fixture(scope="module")
def active():
    return simulate_trial(find_design("active"), subjects=1500).trial


def test_a_shipped_design_agrees_with_its_closed_form(active):
    """Abaloparatide against teriparatide at the total hip: hundreds of women, where the formula is at home."""
    (power,) = [one for one in active.power if one.arm == "abaloparatide"]
    rows = [row for row in power.rows if row.closed_form < 0.99]
    assert len(rows) >= 4
    for row in rows:
        error = (row.closed_form * (1 - row.closed_form) / TRIALS) ** 0.5
        assert abs(row.resampled - row.closed_form) < ERRORS * error, row


def test_power_rises_with_subjects_and_doubt_flattens_it(active):
    (power,) = [one for one in active.power if one.arm == "abaloparatide"]
    closed = [row.closed_form for row in power.rows]
    assert closed == sorted(closed)
    for row in power.rows:
        # Doubt about the difference pulls power toward a half.
        assert abs(row.assurance - 0.5) <= abs(row.closed_form - 0.5) + 0.02


def make_sample(difference, sds, size=4000, *, missing=0.0, part=0.5):
    stream = np.random.default_rng(7)
    own, control = (stream.normal(mean, sd, size) for mean, sd in zip((difference, 0), sds, strict=True))
    own = difference + (own - own.mean()) / own.std(ddof=1) * sds[0]
    control = (control - control.mean()) / control.std(ddof=1) * sds[1]
    own[: int(missing * size)] = np.nan
    return Sample(own=own, control=control, own_part=part, is_share=False)


@pytest.mark.parametrize(
    ("sds", "missing", "part"), [((1, 1), 0, 0.5), ((2, 1), 0, 0.67), ((1, 1), 0.3, 0.5)]
)
def test_normal_values_agree(sds, missing, part):
    sample = make_sample(0.5, sds, missing=missing, part=part)
    for subjects in (60, 160, 300):
        closed = power_closed_form(sample, subjects)
        error = max(closed * (1 - closed) / TRIALS, 1 / TRIALS**2) ** 0.5
        assert abs(power_resampled(sample, subjects, seed=3) - closed) < ERRORS * error


def test_no_difference_is_found_as_often_as_the_test_errs():
    sample = make_sample(0, (1, 1))
    assert power_closed_form(sample, 200) == pytest.approx(0.05, abs=1e-6)
    error = (0.05 * 0.95 / TRIALS) ** 0.5
    assert abs(power_resampled(sample, 200, seed=5) - 0.05) < ERRORS * error


def test_shares_agree():
    stream = np.random.default_rng(2)
    own, control = ((stream.random(4000) < share).astype(float) for share in (0.5, 0.35))
    sample = Sample(own=own, control=control, own_part=0.5, is_share=True)
    for subjects in (150, 350):
        closed = power_closed_form(sample, subjects)
        error = (closed * (1 - closed) / TRIALS) ** 0.5
        # The formula rounds a count to a continuous number: two points of grace.
        assert abs(power_resampled(sample, subjects, seed=3) - closed) < ERRORS * error + 0.02


def test_the_size_is_the_fewest_that_reach_the_power():
    sample = make_sample(0.5, (1, 1))
    size = find_size(sample, 0.8)
    assert power_closed_form(sample, size) >= 0.8 > power_closed_form(sample, size - 2)
    # The textbook: 63 or 64 in each arm for half an SD, 80 %, 5 %.
    assert 126 <= size <= 130
    assert find_size(make_sample(0, (1, 1)), 0.8) is None


def test_huge_effects_do_not_break_the_noncentral_t():
    sample = make_sample(12, (1, 1))
    powers = [power_closed_form(sample, subjects) for subjects in range(10, 400, 7)]
    assert min(powers) > 0.999
    assert not np.isnan(powers).any()
    assert [row.subjects for row in tabulate_power(sample, 50_000, seed=1)] == [10]


def test_subjects_are_divided_by_the_part():
    assert split_subjects(90, 2 / 3) == (60, 30)
    assert min(split_subjects(12, 0.9)) == 5


def test_assurance_is_the_mean_of_powers():
    sample = make_sample(0.5, (1, 1))
    doubtful = Sample(own=sample.own, control=sample.control, own_part=0.5, is_share=False, model_sd=0.3)
    quantiles = stats.norm.ppf((np.arange(400) + 0.5) / 400, 0.5, 0.3)
    powers = [power_closed_form(make_sample(delta, (1, 1), size=500), 150) for delta in quantiles[::8]]
    assert power_assured(doubtful, 150) == pytest.approx(np.mean(powers), abs=0.02)
    assert power_assured(sample, 150) is None
