"""From sums to what a trial report prints: means, differences, shares and times, each with its 95 % interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from osteon.trials.virtual_trial_sums import ChunkSums

__all__ = [
    "Contrast",
    "Interval",
    "TimeCourse",
    "compare_means",
    "compare_shares",
    "describe_times",
    "estimate_mean",
    "estimate_share",
]

_LEVEL = 95 / 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A number with its 95 % interval (that of sampling), from ``n`` subjects."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A difference from the control with its 95 % interval and two-sided p-value.

    ``predicted`` is the 95 % interval for what one real trial of this size would print: it adds what the model
    does not know (parameters, differences between trials, the floor of the fit). None where that is not known.
    """

    value: float
    low: float
    high: float
    p_value: float
    predicted: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeCourse:
    """The product-limit course of reaching a target: share not yet there at each month, with its 95 % interval.

    ``median_months`` and its limits are visits; None where the course does not fall so far.
    """

    months: tuple[int, ...]
    at_risk: tuple[int, ...]
    not_reached: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    median_months: int | None
    median_low: int | None
    median_high: int | None


def _normal_reach() -> float:
    return float(ndtri((1 + _LEVEL) / 2))


def estimate_mean(moments: np.ndarray) -> Interval | None:
    """Return a mean with its t interval, from count, sum and sum of squares; None of nobody.

    >>> found = estimate_mean(np.array([3.0, 6.0, 14.0]))
    >>> found.value, round(found.low, 2)
    (2.0, -0.48)
    """
    count, total, _ = moments
    if count < 1:
        return None
    mean, error = total / count, (_find_variance(moments) / count) ** (1 / 2)
    reach = float(stdtrit(max(count - 1, 1), (1 + _LEVEL) / 2)) * error
    return Interval(value=float(mean), low=float(mean - reach), high=float(mean + reach), n=int(count))


def _find_variance(moments: np.ndarray) -> float:
    count, total, squares = moments
    return float(max(squares - total**2 / count, 0) / max(count - 1, 1))


def estimate_share(moments: np.ndarray) -> Interval | None:
    """Return a share with its Wilson interval; None of nobody.

    >>> found = estimate_share(np.array([10.0, 10.0, 10.0]))
    >>> found.value, round(found.low, 2), found.high
    (1.0, 0.72, 1.0)
    """
    count, total, _ = moments
    if count < 1:
        return None
    share, z = total / count, _normal_reach()
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    root = (share * (1 - share) / count + (z / (2 * count)) ** 2) ** (1 / 2)
    reach = z * root / (1 + z**2 / count)
    return Interval(
        value=float(share),
        low=float(max(min(middle - reach, share), 0)),
        high=float(min(max(middle + reach, share), 1)),
        n=int(count),
    )


def compare_means(
    own: np.ndarray, control: np.ndarray, *, pairing: float = 0, model_sd: float | None = None
) -> Contrast | None:
    """Return the difference of two means by Welch's test; None where an arm has nobody.

    ``pairing`` is the correlation of twins' values, 0 for independent arms; ``model_sd`` the SD of what the model
    does not know of the difference.
    """
    if min(own[0], control[0]) <= 1:
        return None
    variances = _find_variance(own) / own[0], _find_variance(control) / control[0]
    shared = 2 * pairing * (variances[0] * variances[1]) ** (1 / 2)
    error = float(max(sum(variances) - shared, 0)) ** (1 / 2)
    below = variances[0] ** 2 / (own[0] - 1) + variances[1] ** 2 / (control[0] - 1)
    freedom = sum(variances) ** 2 / below if below else own[0] + control[0] - 2
    value = float(own[1] / own[0] - control[1] / control[0])
    reach = float(stdtrit(freedom, (1 + _LEVEL) / 2)) * error
    p_value = float(2 * stdtr(freedom, -abs(value) / error)) if error else float(value == 0)
    predicted = None
    if model_sd is not None:
        wide = _normal_reach() * float(np.hypot(error, model_sd))
        predicted = (value - wide, value + wide)
    return Contrast(value=value, low=value - reach, high=value + reach, p_value=p_value, predicted=predicted)


def compare_shares(own: np.ndarray, control: np.ndarray) -> Contrast | None:
    """Return the difference of two shares by Newcombe's interval and the test of two proportions.

    Twins are compared as if they were independent, which widens the interval.
    """
    first, second = estimate_share(own), estimate_share(control)
    if first is None or second is None:
        return None
    value = first.value - second.value
    low = value - float(np.hypot(first.value - first.low, second.high - second.value))
    high = value + float(np.hypot(first.high - first.value, second.value - second.low))
    pooled = (own[1] + control[1]) / (own[0] + control[0])
    error = (pooled * (1 - pooled) * (1 / own[0] + 1 / control[0])) ** (1 / 2)
    from_normal = float(2 * stdtr(np.inf, -abs(value) / error)) if error else 1.0
    return Contrast(value=value, low=low, high=high, p_value=from_normal)


def describe_times(times: np.ndarray, visits: tuple[int, ...]) -> TimeCourse:
    """Return the product-limit course, (visits, 2) at risk and reached, with log-log intervals.

    A target is seen at visits only, so a time is the month of a visit: reached then or since the visit before.
    """
    at_risk, reached = times.T
    safe = np.maximum(at_risk, 1)
    share = np.cumprod(1 - reached / safe)
    rest = np.maximum(at_risk - reached, 1 / 2)
    greenwood = np.cumsum(reached / (safe * rest))
    low, high = _bound_course(share, greenwood)
    return TimeCourse(
        months=visits,
        at_risk=tuple(int(count) for count in at_risk),
        not_reached=tuple(map(float, share)),
        low=tuple(map(float, low)),
        high=tuple(map(float, high)),
        median_months=_find_fall(share, visits),
        median_low=_find_fall(low, visits),
        median_high=_find_fall(high, visits),
    )


def _bound_course(share: np.ndarray, greenwood: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inside = np.clip(share, np.finfo(float).tiny, 1 - np.finfo(float).eps)
    spread = _normal_reach() * np.sqrt(greenwood) / np.abs(np.log(inside))
    certain = (share <= 0) | (share >= 1)
    low = np.where(certain, share, inside ** np.exp(spread))
    high = np.where(certain, share, inside ** np.exp(-spread))
    return low, high


def _find_fall(course: np.ndarray, visits: tuple[int, ...]) -> int | None:
    """Return the first visit at which half or less is left."""
    below = np.flatnonzero(course <= 1 / 2)
    return int(visits[below[0]]) if len(below) else None


def find_pairing(own: ChunkSums, control: ChunkSums, endpoint: int) -> float:
    """Return the correlation of twins' values among the first few thousand."""
    count = min(own.pool.shape[1], control.pool.shape[1])
    pair = np.array([own.pool[endpoint, :count], control.pool[endpoint, :count]])
    known = pair[:, ~np.isnan(pair).any(axis=0)]
    spreads = known.std(axis=1) if known.shape[1] else np.zeros(2)
    return float(np.corrcoef(known)[0, 1]) if spreads.all() else 0.0
