"""A probability with its interval: what parameter uncertainty does to it, apart from the luck of the draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Chance", "estimate_chance", "estimate_share"]

_Z_90 = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability with a 90 % interval, all in 0..1; the interval never shrinks to a point at 0 or 1."""

    value: float
    low: float
    high: float


def estimate_chance(above: NDArray[np.bool_], draw: NDArray[np.int_]) -> tuple[Chance, ...]:
    """Estimate the chance in each row of ``above`` (rows, N); ``draw`` (N,) numbers the parameter draws.

    The interval is that of the chance over parameter draws: the spread between draws less the luck within them,
    plus the Monte Carlo error of the mean, symmetric on the logit scale.
    """
    draws = int(draw.max()) + 1
    by_draw = above.reshape(len(above), draws, -1)
    return _estimate(by_draw.sum(axis=2), np.full(draws, by_draw.shape[2]))


def estimate_share(
    later: NDArray[np.bool_], among: NDArray[np.bool_], draw: NDArray[np.int_]
) -> Chance | None:
    """Estimate the chance of ``later`` among those in ``among`` (both (N,)); ``None`` when there are too few."""
    if among.mean() < 1 / 100:
        return None
    draws = int(draw.max()) + 1
    kept = (later & among).reshape(draws, -1).sum(axis=1)
    base = among.reshape(draws, -1).sum(axis=1)
    return _estimate(kept[None, base > 0], base[base > 0])[0]


def _estimate(kept: NDArray[np.int_], base: NDArray[np.int_]) -> tuple[Chance, ...]:
    """Pool counts (rows, draws) out of ``base`` (draws,); the interval adds half a success and half a failure."""
    total, count = base.sum(), kept.sum(axis=1)
    value, center = count / total, (count + 1 / 2) / (total + 1)
    luck = (center[:, None] * (1 - center[:, None]) / base).mean(axis=1)
    between = (kept / base).var(axis=1, ddof=1) if len(base) > 1 else luck
    variance = np.maximum(between - luck, 0) + center * (1 - center) / (total + 1)
    width = _Z_90 * np.sqrt(variance) / (center * (1 - center))
    odds = center / (1 - center)
    low, high = odds * np.exp(-width), odds * np.exp(width)
    ends = np.minimum(value, low / (1 + low)), np.maximum(value, high / (1 + high))
    return tuple(
        Chance(*numbers) for numbers in zip(value.tolist(), *(end.tolist() for end in ends), strict=True)
    )
