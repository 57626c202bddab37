"""How well chances and intervals agree with what came true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

RANK_BINS = 20
CURVE_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Share of truths inside the central interval of ``level``, with its standard error."""

    level: float
    share: float
    standard_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """Cases whose forecast chance lies in one bin: their number, mean chance and the share that came true."""

    count: int
    forecast: float
    observed: float


def judge_ranks(ranks: NDArray[np.float64]) -> float:
    """Return the chi-square p that ranks (0..1) are uniform, in twenty bins."""
    counts, _ = np.histogram(np.clip(ranks, 0, 1), bins=RANK_BINS, range=(0, 1))
    return float(stats.chisquare(counts).pvalue)


def count_inside(ranks: NDArray[np.float64], level: float) -> Coverage:
    """Count the truths whose rank lies in the central ``level``."""
    share = float((np.abs(ranks - 1 / 2) <= level / 2).mean())
    return Coverage(level=level, share=share, standard_error=float(np.sqrt(level * (1 - level) / len(ranks))))


def score_brier(chances: NDArray[np.float64], came_true: NDArray[np.bool_]) -> float:
    """Return the mean squared distance of chances from what came true; 0 is perfect."""
    return float(((chances - came_true) ** 2).mean())


def draw_curve(chances: NDArray[np.float64], came_true: NDArray[np.bool_]) -> tuple[CurvePoint, ...]:
    """Return the calibration curve in ten bins of the chance; empty bins are left out."""
    bins = np.minimum((chances * CURVE_BINS).astype(int), CURVE_BINS - 1)
    return tuple(
        CurvePoint(
            count=int((bins == one).sum()),
            forecast=float(chances[bins == one].mean()),
            observed=float(came_true[bins == one].mean()),
        )
        for one in range(CURVE_BINS)
        if (bins == one).any()
    )


def judge_calibration(chances: NDArray[np.float64], came_true: NDArray[np.bool_]) -> float:
    """Return the two-sided p that the number that came true is what the chances sum to (Spiegelhalter's z).

    Chances of exactly 0 or 1 say nothing about spread and are taken as half a case away from it.
    """
    p = np.clip(chances, 10.0**-3, 1 - 10.0**-3)
    z = ((came_true - p) * (1 - 2 * p)).sum() / np.sqrt(((1 - 2 * p) ** 2 * p * (1 - p)).sum())
    return float(2 * stats.norm.sf(abs(z)))
