"""How well a scan repeats: precision error and the smallest change it can resolve."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from osteon.densitometry.findings import FindingCode, ScanFinding, gather_sources
from osteon.densitometry.ranges import (
    require_areal_bmd,
    require_confidence,
    require_precision_error,
)
from osteon.densitometry.rules import find_rule_source, read_rules
from osteon.errors import AbstainedError, BadInputError
from osteon.evidence import select_facts

if TYPE_CHECKING:
    from osteon.densitometry.sites import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisionStudy:
    """Repeat scans of several people at one site, repositioned each time.

    `repeats_g_cm2` holds the BMD values of each person, two or more each. Raises
    `precision.too_few_repeats` or `bmd.out_of_range`.

    >>> from osteon.densitometry import Site
    >>> study = PrecisionStudy(site=Site.TOTAL_HIP, repeats_g_cm2=((0.80, 0.81), (0.70, 0.70)))
    >>> len(study.repeats_g_cm2)
    2
    """

    site: Site
    repeats_g_cm2: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        """Refuse a study that says nothing about repeats."""
        fewest = min((len(values) for values in self.repeats_g_cm2), default=0)
        if fewest <= 1:
            raise BadInputError(
                code="precision.too_few_repeats",
                field=f"PrecisionStudy.repeats_g_cm2 ({self.site})",
                got=f"{len(self.repeats_g_cm2)} people, the fewest scans of one being {fewest}",
                expected="two or more scans of every person",
                hint="The usual study is 30 people scanned twice, or 15 scanned three times.",
            )
        for person, values in enumerate(self.repeats_g_cm2):
            for value in values:
                require_areal_bmd(value, f"PrecisionStudy.repeats_g_cm2[{person}] ({self.site})")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisionEstimate:
    """The precision error that a study found, in g/cm2.

    `upper_limit_g_cm2` is the one-sided limit that the true error lies below with
    `confidence`.
    """

    site: Site
    precision_error_g_cm2: float
    degrees_of_freedom: int
    upper_limit_g_cm2: float
    confidence: float
    people: int
    mean_bmd_g_cm2: float
    findings: tuple[ScanFinding, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultPrecisionError:
    """The worst acceptable precision error of a site, as a fraction of BMD.

    A stand-in for a facility that has not measured its own; `label` says so.
    """

    site: Site
    fraction: float
    label: str
    sources: tuple[str, ...]


def _check_study_size(degrees_of_freedom: int) -> tuple[ScanFinding, ...]:
    needed = read_rules().precision_degrees_of_freedom
    if degrees_of_freedom >= needed:
        return ()
    message = f"The study has {degrees_of_freedom} degrees of freedom; {needed} are asked for."
    source = find_rule_source("precision_study")
    return (ScanFinding(code=FindingCode.PRECISION_STUDY_SMALL, message=message, source=source),)


def _limit_factor(degrees_of_freedom: int, confidence: float) -> float:
    # scipy takes half a second to import and only precision studies need it.
    from scipy.stats import chi2  # noqa: PLC0415

    quantile = float(chi2.ppf(1 - confidence, degrees_of_freedom))
    return math.sqrt(degrees_of_freedom / quantile)


def estimate_precision_error(study: PrecisionStudy, *, confidence: float | None = None) -> PrecisionEstimate:
    """Estimate a facility's precision error: the root-mean-square SD of repeat scans.

    Squared deviations from each person's mean are pooled over all degrees of freedom; with
    equally many scans of everybody that is sqrt(sum(SD^2) / people). The upper limit follows
    from the chi-square distribution (gluer1995). Raises `confidence.out_of_range`.

    >>> from osteon.densitometry import Site
    >>> study = PrecisionStudy(site=Site.TOTAL_HIP, repeats_g_cm2=((0.80, 0.81), (0.70, 0.70)))
    >>> round(estimate_precision_error(study).precision_error_g_cm2, 4)
    0.005
    """
    level = read_rules().precision_confidence if confidence is None else confidence
    require_confidence(level)
    people = [np.asarray(values, dtype=np.float64) for values in study.repeats_g_cm2]
    squares = sum(float(((values - values.mean()) ** 2).sum()) for values in people)
    degrees = sum(len(values) - 1 for values in people)
    error = math.sqrt(squares / degrees)
    return PrecisionEstimate(
        site=study.site,
        precision_error_g_cm2=error,
        degrees_of_freedom=degrees,
        upper_limit_g_cm2=error * _limit_factor(degrees, level),
        confidence=level,
        people=len(people),
        mean_bmd_g_cm2=float(np.concatenate(people).mean()),
        findings=_check_study_size(degrees),
        sources=gather_sources([find_rule_source("precision_study"), find_rule_source("precision_limit")]),
    )


def least_significant_change(
    precision_error_g_cm2: float, *, confidence: float | None = None, follow_ups: int = 1
) -> float:
    """Return the smallest change in g/cm2 that is more than noise, at a two-sided confidence.

    z * precision error * sqrt(1 + 1 / follow_ups): 2.77 precision errors for one scan against
    one at 95 %, the default. Raises `precision.out_of_range`, `confidence.out_of_range` or
    `precision.no_follow_up`.

    >>> round(least_significant_change(0.010), 4)
    0.0277
    """
    level = read_rules().confidence if confidence is None else confidence
    require_confidence(level)
    require_precision_error(precision_error_g_cm2, "precision_error_g_cm2")
    if follow_ups < 1:
        raise BadInputError(
            code="precision.no_follow_up",
            field="follow_ups",
            got=str(follow_ups),
            expected="1 or more",
            hint="Count the follow-up scans whose mean is compared with the first.",
        )
    quantile = NormalDist().inv_cdf((1 + level) / 2)
    return quantile * precision_error_g_cm2 * math.sqrt(1 + 1 / follow_ups)


@cache
def default_precision_error(site: Site) -> DefaultPrecisionError:
    """Return the worst precision error that is still acceptable at a site.

    Raises `precision.no_default` where none is published (one-third radius).

    >>> from osteon.densitometry import Site
    >>> default_precision_error(Site.TOTAL_HIP).fraction
    0.018
    """
    facts = select_facts("precision_limits", quantity="precision_error", basis="worst_acceptable", site=site)
    if not facts:
        raise AbstainedError(
            code="precision.no_default",
            field="site",
            got=site,
            expected="a site with a published worst acceptable precision error",
            hint="Give the facility's own precision error.",
        )
    return DefaultPrecisionError(
        site=site,
        fraction=facts[0].number / 100,
        label="worst acceptable precision error, not this facility's own",
        sources=facts[0].sources,
    )
