"""Expected against observed: what the data before the newest visit foretold of it, for scans and markers alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from osteon.monitoring.data import Block, Prediction, find_normal_share, weigh_block

if TYPE_CHECKING:
    from osteon.densitometry import Site
    from osteon.inference import Marker, VisitPrediction

__all__ = ["Expected", "expect_newest", "place_visit"]

_STEPS = 60
_REACH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the newest visit was to bring, and where the `observed` value fell: `percentile` from 0 to 1.

    BMD in g/cm2, CTX in ng/L, P1NP in ug/L, the noise of one measurement included.
    """

    outcome: Site | Marker
    low_90: float
    median: float
    high_90: float
    observed: float
    percentile: float


@dataclass(frozen=True, slots=True)
class _Mixture:
    """A weighted mixture of normal laws, one for each virtual patient."""

    weight: np.ndarray
    mean: np.ndarray
    sd: np.ndarray

    def find_share(self, value: float) -> float:
        """Return the probability of less than `value`."""
        return float((self.weight * find_normal_share((value - self.mean) / self.sd)).sum())

    def find_quantile(self, share: float) -> float:
        """Return the value below which `share` lies, by bisection."""
        reach = abs(NormalDist().inv_cdf(10.0**-_REACH))
        low, high = float((self.mean - reach * self.sd).min()), float((self.mean + reach * self.sd).max())
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.find_share(middle) < share else (low, middle)
        return (low + high) / 2


def place_visit(told: VisitPrediction) -> Expected:
    """Turn what was predicted of one scan into what is shown of it."""
    low, _, median, _, high = map(float, told.quantiles)
    return Expected(
        outcome=told.site,
        low_90=low,
        median=median,
        high_90=high,
        observed=told.observed_g_cm2,
        percentile=told.percentile,
    )


def expect_newest(
    blocks: tuple[Block, ...], predictions: list[Prediction], shares: tuple[float, float, float]
) -> tuple[Expected, ...]:
    """Foretell the newest value of each block from everything older than it, and place the observed one.

    The virtual patients are weighed by the older data of every block; `shares` are the low, middle and high quantile
    to give.
    """
    pairs = list(zip(blocks, predictions, strict=True))
    log_weights = np.sum([_weigh_older(block, predicted) for block, predicted in pairs], axis=0)
    weight = np.exp(log_weights - log_weights.max())
    weight = weight / weight.sum()
    return tuple(
        _expect(block, predicted, weight, shares) for block, predicted in pairs if block.newest.any()
    )


def _weigh_older(block: Block, predicted: Prediction) -> np.ndarray:
    return weigh_block(_keep_older(block), _pick(predicted, ~block.newest))


def _keep_older(block: Block) -> Block:
    older = ~block.newest
    days = tuple(day for day, kept in zip(block.days, older, strict=True) if kept)
    return Block(
        outcome=block.outcome,
        days=days,
        values=block.values[older],
        noise_sd=block.noise_sd[older],
        level_mean=block.level_mean,
        level_sd=block.level_sd,
        first_day=block.first_day,
        newest=block.newest[older],
        is_log=block.is_log,
    )


def _pick(predicted: Prediction, rows: np.ndarray) -> Prediction:
    return Prediction(mean=predicted.mean[rows], slope=predicted.slope[rows])


def _expect(
    block: Block, predicted: Prediction, weight: np.ndarray, shares: tuple[float, float, float]
) -> Expected:
    """Foretell the newest value: the level is first learned from the older values of its own block."""
    older, rest = _keep_older(block), _pick(predicted, ~block.newest)
    precision = 1 / older.noise_sd[:, None] ** 2
    known = 1 / block.level_sd**2 + (precision * rest.slope**2).sum(axis=0)
    shift = (precision * rest.slope * (older.values[:, None] - rest.mean)).sum(axis=0) / known
    last = int(np.flatnonzero(block.newest)[-1])
    mean = predicted.mean[last] + predicted.slope[last] * shift
    sd = np.sqrt(block.noise_sd[last] ** 2 + predicted.slope[last] ** 2 / known)
    law = _Mixture(weight, mean, sd)
    read = math.exp if block.is_log else float
    low, median, high = (read(law.find_quantile(share)) for share in shares)
    return Expected(
        outcome=block.outcome,
        low_90=low,
        median=median,
        high_90=high,
        observed=read(float(block.values[last])),
        percentile=law.find_share(float(block.values[last])),
    )
