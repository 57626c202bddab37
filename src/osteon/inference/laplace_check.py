"""Is Laplace's Gaussian the posterior? A chain on the exact posterior beside it, in its own coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from osteon.inference.calibration import list_moments, measure_objectives
from osteon.population import address_stream

if TYPE_CHECKING:
    from osteon.inference.calibration import Calibration, FitProblem

__all__ = ["LaplaceCheck", "check_laplace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaplaceCheck:
    """How far samples stand from the Gaussian, by fitted parameter, in the Gaussian's SDs.

    ``shift`` (K,) is the samples' mean less the mode, ``spread`` (K,) their SD over the Gaussian's, ``error``
    (K,) the Monte Carlo error of ``shift`` from the spread between chains. ``accepted`` is the share of
    proposals taken, ``draws`` the number of samples after the first third was dropped.
    """

    names: tuple[str, ...]
    shift: np.ndarray
    spread: np.ndarray
    error: np.ndarray
    accepted: float
    chains: int
    draws: int


def check_laplace(
    problem: FitProblem,
    fit: Calibration,
    *,
    chains: int = 8,
    steps: int = 150,
    stride: float = 0.2,
    seed: int = 1,
) -> LaplaceCheck:
    """Walk ``chains`` preconditioned Crank-Nicolson chains of ``steps`` over parameters and trial effects.

    The proposal leaves Laplace's Gaussian as it is, so a step is refused only for what the Gaussian leaves out.
    ``stride`` (0 to 1) is the share of a proposal that is new. The chains start from the Gaussian itself.
    """
    mode, covariance = list_moments(problem, fit)
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    stream = address_stream(seed, "", "laplace check")
    where = stream.standard_normal((chains, len(mode)))

    def weigh(points: np.ndarray) -> np.ndarray:
        """Log of posterior over Gaussian, up to a constant."""
        objective = measure_objectives(problem, mode + points @ root.T)
        return np.asarray(-objective / 2 + (points**2).sum(axis=1) / 2)

    level, taken, kept = weigh(where), 0.0, []
    for step in range(steps):
        moved = (1 - stride**2) ** 0.5 * where + stride * stream.standard_normal(where.shape)
        new = weigh(moved)
        accept = np.log(stream.random(chains)) < new - level
        where, level = np.where(accept[:, None], moved, where), np.where(accept, new, level)
        taken += accept.mean() / steps
        if step >= steps // 3:
            kept.append(where @ root.T)
    size = len(problem.free)
    sd = np.sqrt(np.diag(covariance))[:size]
    samples = np.array(kept)[:, :, :size] / sd
    return LaplaceCheck(
        names=tuple(prior.name for prior in problem.free),
        shift=samples.mean(axis=(0, 1)),
        spread=samples.std(axis=(0, 1)),
        error=samples.mean(axis=0).std(axis=0) / chains**0.5,
        accepted=float(taken),
        chains=chains,
        draws=samples.shape[0] * chains,
    )
