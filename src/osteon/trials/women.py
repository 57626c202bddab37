"""Women who share a measured T-score at one site: their true bone there, and their other sites."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from osteon.densitometry import (
    Maker,
    ReferenceCurve,
    Sex,
    Site,
    compute_areal_bmd,
    compute_t_score,
    find_age_reference,
    find_reference_curve,
)
from osteon.evidence import find_fact
from osteon.inference import compare_to_line, measure_trial_noise
from osteon.population import address_stream
from osteon.remodeling import Covariates, ParameterSet

__all__ = ["MeasuredBaseline", "draw_covariates", "read_measured_baseline"]

_COVARIATE_SITES = (Site.LUMBAR_SPINE, Site.TOTAL_HIP)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredBaseline:
    """The true BMD of women with one measured T-score, and the noise of one scan (g/cm2), on a Hologic scanner."""

    curve: ReferenceCurve
    true_mean_g_cm2: float
    true_sd_g_cm2: float
    noise_g_cm2: float

    def find_bmd(self, t_score: float) -> float:
        """Return the BMD of a T-score at this site."""
        return compute_areal_bmd(t_score, self.curve)


def read_measured_baseline(
    site: Site, t_score: float, age_years: float, parameters: ParameterSet
) -> MeasuredBaseline:
    """Regress a measured T-score to women of that age, as far as the noise of a scan allows."""
    curve = find_reference_curve(Maker.HOLOGIC, site)
    measured = compute_areal_bmd(t_score, curve)
    noise = measure_trial_noise(parameters, site.value) / 100 * measured
    group = find_age_reference(Maker.HOLOGIC, site, Sex.FEMALE, age_years)
    # The spread of a survey is that of single scans, so the noise is already in it.
    weight = max(1 - (noise / group.sd_g_cm2) ** 2, 0)
    return MeasuredBaseline(
        curve=curve,
        true_mean_g_cm2=group.mean_g_cm2 + weight * (measured - group.mean_g_cm2),
        true_sd_g_cm2=weight ** (1 / 2) * noise,
        noise_g_cm2=noise,
    )


def draw_covariates(
    site: Site,
    t_score: float,
    age_years: float,
    parameters: ParameterSet,
    *,
    count: int,
    seed: int,
    typical: bool = False,
) -> Covariates:
    """Draw age and the spine and hip of ``count`` women, given the T-score measured at ``site``."""
    stream = address_stream(seed, "women of a measured baseline", "baseline")
    age_shock, *shocks = (0 if typical else 1) * stream.standard_normal((3, count))
    means, root = _condition_sites(site, t_score, age_years)
    spine, hip = means[:, None] + root @ np.array(shocks)
    spread = find_fact("trial_cohorts", quantity="spread_among_subjects", item="age_years").number
    age = age_years + spread * age_shock
    return Covariates(
        age_years=age,
        years_since_menopause=np.maximum(age - parameters.values["menopause_age_years"], 1),
        spine_bmd_ratio=_compare(Site.LUMBAR_SPINE, spine),
        hip_bmd_ratio=_compare(Site.TOTAL_HIP, hip),
    )


def _compare(site: Site, t_scores: np.ndarray) -> np.ndarray:
    """Apply ``compare_to_line``, which is linear in the T-score, to many."""
    at_zero, at_one = compare_to_line(site, 0), compare_to_line(site, 1)
    return at_zero + (at_one - at_zero) * t_scores


def _condition_sites(site: Site, t_score: float, age_years: float) -> tuple[np.ndarray, np.ndarray]:
    """Return mean (2,) and a root of the covariance (2, 2) of spine and hip T-scores given one site's."""
    own_mean, own_sd = _describe_age(site, age_years)
    z = (t_score - own_mean) / own_sd
    groups = [_describe_age(other, age_years) for other in _COVARIATE_SITES]
    with_own = np.array([find_correlation(site, other) for other in _COVARIATE_SITES])
    sds = np.array([sd for _, sd in groups])
    mean = np.array([mean for mean, _ in groups]) + sds * with_own * z
    between = np.array([[find_correlation(a, b) for a in _COVARIATE_SITES] for b in _COVARIATE_SITES])
    covariance = (between - np.outer(with_own, with_own)) * np.outer(sds, sds)
    values, vectors = np.linalg.eigh(covariance)
    return mean, np.asarray(vectors * np.sqrt(np.maximum(values, 0)))


def _describe_age(site: Site, age_years: float) -> tuple[float, float]:
    """Return mean and SD of T-scores among women of an age."""
    curve = find_reference_curve(Maker.HOLOGIC, site)
    group = find_age_reference(Maker.HOLOGIC, site, Sex.FEMALE, age_years)
    return compute_t_score(group.mean_g_cm2, curve), group.sd_g_cm2 / curve.young_sd_g_cm2


@cache
def find_correlation(one: Site, other: Site) -> float:
    """Return the correlation of two sites' T-scores between people."""
    if one is other:
        return 1.0
    first, second = sorted((one.value, other.value))
    keys = {"item": first, "other": second}
    return find_fact("trial_cohorts", quantity="correlation_of_t_scores", **keys).number
