"""How many subjects it takes: power by resampling the simulated subjects, beside its closed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import nctdtr, ndtr, ndtri, stdtr, stdtrit

from osteon.population import address_stream

__all__ = ["PowerRow", "Sample", "find_size", "power_closed_form", "power_resampled", "tabulate_power"]

_SIGNIFICANCE = 5 / 100
_TRIALS = 2000
_BATCH = 10**6
_GOALS = (50 / 100, 80 / 100, 90 / 100, 95 / 100)
_LARGEST = 10**7
_LEAST_PER_ARM = 5
_CERTAIN = 10
_MOST_RESAMPLED = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Values of one endpoint in two arms, NaN for who has none, and each arm's part of the randomization.

    ``is_share`` marks values of 0 and 1. ``model_sd`` is how far the true difference may lie from the simulated
    one, on the scale of the values; 0 where that is not known.
    """

    own: np.ndarray
    control: np.ndarray
    own_part: float
    is_share: bool
    model_sd: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerRow:
    """Power of a two-sided test at 5 % with ``subjects`` randomized to the two arms together.

    ``resampled`` with its Monte Carlo standard error; ``closed_form``; ``assurance`` averages the power over
    what the model does not know of the difference (None where that is not known).
    """

    subjects: int
    resampled: float
    standard_error: float
    closed_form: float
    assurance: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Mean, SD and share with a value, in each of two arms."""

    means: tuple[float, float]
    sds: tuple[float, float]
    seen: tuple[float, float]


def describe_sample(sample: Sample) -> Moments:
    """Return what the closed form is made of."""
    groups = (sample.own, sample.control)
    known = [group[~np.isnan(group)] for group in groups]
    return Moments(
        means=(float(known[0].mean()), float(known[1].mean())),
        sds=(float(known[0].std(ddof=1)), float(known[1].std(ddof=1))),
        seen=(len(known[0]) / len(groups[0]), len(known[1]) / len(groups[1])),
    )


def split_subjects(subjects: int, own_part: float) -> tuple[int, int]:
    """Divide subjects between two arms, no arm below a handful."""
    own = min(max(round(subjects * own_part), _LEAST_PER_ARM), subjects - _LEAST_PER_ARM)
    return own, subjects - own


def power_closed_form(sample: Sample, subjects: int) -> float:
    """Return the power by formula: Welch's t (noncentral t) for means, two proportions for shares.

    The number with a value is taken as its expectation, and values as normal within an arm.
    """
    known = describe_sample(sample)
    first, second = (
        max(n * seen, 2)
        for n, seen in zip(split_subjects(subjects, sample.own_part), known.seen, strict=True)
    )
    difference = known.means[0] - known.means[1]
    if sample.is_share:
        return _power_of_shares(known.means, first, second)
    errors = (known.sds[0] ** 2 / first, known.sds[1] ** 2 / second)
    se, freedom = _weigh_errors(errors, (first, second))
    if se == 0:
        return float(difference != 0)
    critical = float(stdtrit(freedom, 1 - _SIGNIFICANCE / 2))
    shift = abs(difference) / se
    if shift > critical + _CERTAIN:
        return 1.0  # where the noncentral t runs out of digits
    wrong_side = float(np.nan_to_num(nctdtr(freedom, shift, -critical)))
    return float(1 - nctdtr(freedom, shift, critical)) + wrong_side


def _weigh_errors(errors: tuple[float, float], counts: tuple[float, float]) -> tuple[float, float]:
    """Return the standard error of a difference and Welch's degrees of freedom."""
    total = sum(errors)
    if total == 0:
        return 0.0, sum(counts) - 2
    below = sum(error**2 / (count - 1) for error, count in zip(errors, counts, strict=True))
    return total ** (1 / 2), total**2 / below


def _power_of_shares(shares: tuple[float, float], first: float, second: float) -> float:
    pooled = (shares[0] * first + shares[1] * second) / (first + second)
    under_null = (pooled * (1 - pooled) * (1 / first + 1 / second)) ** (1 / 2)
    under_truth = (shares[0] * (1 - shares[0]) / first + shares[1] * (1 - shares[1]) / second) ** (1 / 2)
    reach, difference = float(ndtri(1 - _SIGNIFICANCE / 2)) * under_null, abs(shares[0] - shares[1])
    if under_truth == 0:
        return float(difference > reach)
    return float(ndtr((difference - reach) / under_truth) + ndtr((-difference - reach) / under_truth))


def power_assured(sample: Sample, subjects: int) -> float | None:
    """Return the power averaged over what the model does not know, by a normal approximation."""
    if not sample.model_sd:
        return None
    known = describe_sample(sample)
    sizes = split_subjects(subjects, sample.own_part)
    variance = sum(sd**2 / (n * s) for sd, n, s in zip(known.sds, sizes, known.seen, strict=True))
    reach = float(ndtri(1 - _SIGNIFICANCE / 2)) * variance ** (1 / 2)
    difference, spread = abs(known.means[0] - known.means[1]), (variance + sample.model_sd**2) ** (1 / 2)
    return float(ndtr((difference - reach) / spread) + ndtr((-difference - reach) / spread))


def power_resampled(sample: Sample, subjects: int, *, seed: int, trials: int = _TRIALS) -> float:
    """Return the share of trials with a significant test, each made of subjects drawn with replacement.

    Who has no value is drawn as well, so that the number analyzed varies as it would.
    """
    sizes = split_subjects(subjects, sample.own_part)
    stream = address_stream(seed, f"{subjects} subjects", "power")
    batch = max(_BATCH // max(sizes), 1)
    significant = 0
    for start in range(0, trials, batch):
        count = min(batch, trials - start)
        drawn = [
            group[stream.integers(0, len(group), (count, n))]
            for group, n in zip((sample.own, sample.control), sizes, strict=True)
        ]
        test = _test_shares if sample.is_share else _test_means
        significant += int((test(*map(_sum_up, drawn)) < _SIGNIFICANCE).sum())
    return significant / trials


def _sum_up(drawn: np.ndarray) -> np.ndarray:
    """Return count, mean and variance of each trial's arm, (3, trials)."""
    known = ~np.isnan(drawn)
    count = np.maximum(known.sum(axis=1), 2)
    mean = np.where(known, drawn, 0).sum(axis=1) / count
    squares = (np.where(known, drawn - mean[:, None], 0) ** 2).sum(axis=1)
    return np.array([count, mean, squares / (count - 1)])


def _test_means(own: np.ndarray, control: np.ndarray) -> np.ndarray:
    """Return the p-value of Welch's test in each trial."""
    errors = own[2] / own[0], control[2] / control[0]
    total = errors[0] + errors[1]
    safe = np.maximum(total, np.finfo(float).tiny)
    below = errors[0] ** 2 / (own[0] - 1) + errors[1] ** 2 / (control[0] - 1)
    freedom = np.where(total > 0, safe**2 / np.maximum(below, np.finfo(float).tiny), 1)
    return np.asarray(2 * stdtr(freedom, -np.abs(own[1] - control[1]) / safe ** (1 / 2)))


def _test_shares(own: np.ndarray, control: np.ndarray) -> np.ndarray:
    """Return the p-value of the test of two proportions in each trial."""
    pooled = (own[0] * own[1] + control[0] * control[1]) / (own[0] + control[0])
    error = (pooled * (1 - pooled) * (1 / own[0] + 1 / control[0])) ** (1 / 2)
    z = np.abs(own[1] - control[1]) / np.maximum(error, np.finfo(float).tiny)
    return np.asarray(2 * ndtr(-z))


def find_size(sample: Sample, power: float) -> int | None:
    """Return the fewest subjects in two arms that reach a power by the closed form; None where none do."""
    low, high = 2 * _LEAST_PER_ARM, _LARGEST
    if power_closed_form(sample, high) < power:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if power_closed_form(sample, middle) >= power else (middle + 1, high)
    return low


def list_sizes(sample: Sample, planned: int) -> tuple[int, ...]:
    """List the sizes worth showing: those for 50, 80, 90 and 95 % power, and the one planned, unless huge."""
    sizes = (find_size(sample, goal) for goal in _GOALS)
    wanted = {planned, *(size for size in sizes if size is not None)}
    return tuple(sorted(size for size in wanted if size <= _MOST_RESAMPLED))


def tabulate_power(sample: Sample, planned: int, *, seed: int) -> tuple[PowerRow, ...]:
    """Return the power of each size worth showing."""
    rows = []
    for subjects in list_sizes(sample, planned):
        share = power_resampled(sample, subjects, seed=seed)
        row = PowerRow(
            subjects=subjects,
            resampled=share,
            standard_error=(share * (1 - share) / _TRIALS) ** (1 / 2),
            closed_form=power_closed_form(sample, subjects),
            assurance=power_assured(sample, subjects),
        )
        rows.append(row)
    return tuple(rows)
