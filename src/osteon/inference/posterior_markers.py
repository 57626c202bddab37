"""What turnover markers say of each virtual patient, with the person's own level summed out in closed form.

The log of a result is ``log u + log m_k + a_g + e_k``: ``u`` the person's own untreated level, ``m_k`` the virtual
patient's marker relative to it, ``a_g`` an unknown factor of every assay after the first, ``e_k`` the noise of a
sample. Women with a higher turnover have a higher untreated level: ``log u`` is centered on the reference level
times the virtual patient's turnover relative to the typical woman at the osteoporosis line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from osteon.evidence import find_fact, load_facts
from osteon.inference.readings import Marker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from osteon.inference.past import Past
    from osteon.inference.readings import MarkerReading
    from osteon.population import VirtualPatients
    from osteon.remodeling import Lane, ParameterSet
    from osteon.therapy import PatientContext

__all__ = [
    "MarkerEvidence",
    "find_sample_noise",
    "gather_marker_evidence",
    "list_marker_sources",
    "read_turnover",
]

_LEVEL = "postmenopausal women with osteoporosis"
_DISTURBED = "not fasting or not in the morning"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerEvidence:
    """Results of one marker, ready to weigh virtual patients; all on the log scale.

    ``center`` and ``level_var`` are of a typical woman's untreated level; ``noise`` (K, K) the covariance of the
    results of a known course and level; ``months_before`` (K,) count back from the forecast.
    """

    marker: Marker
    values: NDArray[np.float64]
    months_before: NDArray[np.float64]
    center: float
    level_var: float
    noise: NDArray[np.float64]

    def make_covariance(self) -> NDArray[np.float64]:
        """Return the covariance (K, K) of the results of one virtual patient, own level included."""
        return self.noise + self.level_var

    def predict(self, relative: NDArray[np.float64], turnover: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the expected results (K, N) of marker courses ``relative`` (K, N) at a ``turnover`` (N,)."""
        return np.asarray(self.center + np.log(turnover) + np.log(relative))

    def weigh(self, relative: NDArray[np.float64], turnover: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-likelihood (N,)."""
        miss = self.values[:, None] - self.predict(relative, turnover)
        covariance = self.make_covariance()
        sign = np.linalg.slogdet(2 * np.pi * covariance)[1]
        return np.asarray(-(sign + np.einsum("kn,kj,jn->n", miss, np.linalg.inv(covariance), miss)) / 2)


@cache
def _read(marker: Marker, condition: str, quantity: str) -> float:
    return find_fact("marker_levels", quantity=quantity, marker=marker.value, condition=condition).number


def find_sample_noise(reading: MarkerReading) -> float:
    """Return the SD of the log of one result about the person's level of that day."""
    noise = _read(reading.marker, "fasting morning sample", "log_sd_of_a_sample")
    if reading.marker is not Marker.CTX or reading.fasting_morning:
        return noise
    condition = "draw time unknown" if reading.fasting_morning is None else _DISTURBED
    return float(np.hypot(noise, _read(reading.marker, condition, "log_sd_added")))


def gather_marker_evidence(
    readings: Iterable[MarkerReading], *, past: Past, context: PatientContext, parameters: ParameterSet
) -> tuple[MarkerEvidence, ...]:
    """Sort results by marker and say how sure each is."""
    listed = sorted(readings, key=lambda one: -past.count_months(one.date))
    by_marker = {marker: [one for one in listed if one.marker is marker] for marker in Marker}
    return tuple(
        _gather_one(marker, found, past=past, context=context, parameters=parameters)
        for marker, found in by_marker.items()
        if found
    )


def _gather_one(
    marker: Marker,
    readings: list[MarkerReading],
    *,
    past: Past,
    context: PatientContext,
    parameters: ParameterSet,
) -> MarkerEvidence:
    assays = [one.assay for one in readings]
    other = np.array([assay != assays[0] for assay in assays], dtype=float)
    same = np.array([[one == two for two in assays] for one in assays])
    factor = _read(marker, "other assay", "log_sd_added") ** 2 * same * other * other[:, None]
    return MarkerEvidence(
        marker=marker,
        values=np.log([one.value for one in readings]),
        months_before=np.array([past.count_months(one.date) for one in readings]),
        center=float(np.log(_read(marker, _LEVEL, "untreated_level"))),
        level_var=_find_level_variance(marker, context, parameters),
        noise=np.diag([find_sample_noise(one) ** 2 for one in readings]) + factor,
    )


def _find_level_variance(marker: Marker, context: PatientContext, parameters: ParameterSet) -> float:
    """Return the variance between women that neither turnover nor the sample explains."""
    between = _read(marker, "women of one age", "log_sd_between_women") ** 2
    sample = _read(marker, "fasting morning sample", "log_sd_of_a_sample") ** 2
    left = max(between - sample - parameters.variability.get("turnover", 0) ** 2, sample)
    disturbances = []
    limit = find_fact("posterior_rules", quantity="renal_clearance", rule="renal_impairment").number
    if context.renal_clearance_ml_min is not None and context.renal_clearance_ml_min < limit:
        disturbances.append("renal impairment")
    if context.glucocorticoids:
        disturbances.append("glucocorticoids")
    return left + sum(_read(marker, name, "log_sd_added") ** 2 for name in disturbances)


def list_marker_sources(markers: Iterable[MarkerEvidence]) -> tuple[str, ...]:
    """Return the bib keys behind what is taken for known of these markers."""
    wanted = {marker.marker.value for marker in markers}
    facts = (fact for fact in load_facts("marker_levels") if fact.keys["marker"] in wanted)
    return tuple(sorted({fact.source for fact in facts if fact.quantity != "plausible_value"}))


def read_turnover(virtual: VirtualPatients, typical: Lane) -> NDArray[np.float64]:
    """Return untreated marker levels (N,) relative to the typical person's, whose lanes are by parameter draw."""
    share = np.asarray(typical.marker_share_t, dtype=float)[virtual.draw]
    trabecular = virtual.lane.turnover_t / np.asarray(typical.turnover_t)[virtual.draw]
    cortical = virtual.lane.turnover_c / np.asarray(typical.turnover_c)[virtual.draw]
    return np.asarray(share * trabecular + (1 - share) * cortical)
