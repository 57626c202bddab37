"""How far the mean of a cohort lies from its typical subject: what variability does to a published mean."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from osteon.inference.arm_batch import predict_changes
from osteon.inference.calibration import list_values
from osteon.population import address_stream
from osteon.remodeling import Effects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from osteon.inference.calibration import FitProblem

__all__ = ["estimate_cohort_shift"]

_PAIRS = 24
_NAMES = tuple(field.name for field in fields(Effects))


def estimate_cohort_shift(
    problem: FitProblem, lines: np.ndarray, variability: Mapping[str, float]
) -> np.ndarray:
    """Return mean less typical for each BMD observation (percentage points; 0 for markers), (M,).

    The subjects come in mirrored pairs, so that what is linear in a departure cancels and a few dozen suffice.
    """
    import jax

    predict = jax.jit(predict_changes(problem.batches, problem.reads, effect_names=_NAMES))
    values = list_values(problem, lines)
    lanes = [len(batch.arms) for batch in problem.batches]
    typical = np.asarray(predict(values, [np.zeros((len(_NAMES), count)) for count in lanes]))
    stream = address_stream(0, "", "cohort_shift")
    total = np.zeros_like(typical)
    for _ in range(_PAIRS):
        departure = _draw_departure(stream, variability)
        for sign in (1, -1):
            total += np.asarray(
                predict(values, [np.repeat(sign * departure, count, axis=1) for count in lanes])
            )
    return np.where(problem.is_marker, 0, total / (2 * _PAIRS) - typical)


def _draw_departure(stream: np.random.Generator, variability: Mapping[str, float]) -> np.ndarray:
    """Draw one subject's effects (len(names), 1), the same subject in every arm."""
    shock = {name: stream.standard_normal() * variability.get(name, 0) for name in ("turnover", *_NAMES)}
    for envelope in ("turnover_t", "turnover_c"):
        shock[envelope] += shock["turnover"]
    return np.array([[shock[name]] for name in _NAMES])
