"""The same classification for whole columns of scans at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from osteon.densitometry.findings import gather_sources
from osteon.densitometry.references import find_reference_curve
from osteon.densitometry.rules import find_rule_source
from osteon.densitometry.scores import (
    classify_t_scores,
    compute_t_score,
    find_implausible_bmd,
    find_rounding_sensitive,
)
from osteon.densitometry.sites import NOT_CLASSIFIED
from osteon.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from osteon.densitometry.sites import Maker, Site


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CohortClassification:
    """T-scores and WHO classes of many people, one row each.

    `lowest_site_index` points into `sites` and `class_code` into `WHO_CLASSES`; both are
    `NOT_CLASSIFIED` where nobody measured. `implausible` marks rows with a value that cannot
    be a BMD: they are left out, never repaired.
    """

    sites: tuple[Site, ...]
    t_scores: NDArray[np.float64]
    lowest_t_score: NDArray[np.float64]
    lowest_site_index: NDArray[np.int8]
    class_code: NDArray[np.int8]
    rounding_sensitive: NDArray[np.bool_]
    implausible: NDArray[np.bool_]
    sources: tuple[str, ...]


def _require_same_length(columns: Mapping[Site, NDArray[np.float64]]) -> None:
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise BadInputError(
            code="cohort.lengths_differ",
            field="areal_bmd_g_cm2",
            got=f"columns of {sorted(lengths)} rows",
            expected="one or more columns of one length",
            hint="Use NaN where a person has no scan of a site.",
        )


def _find_lowest(
    t_scores: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    filled = np.where(np.isnan(t_scores), np.inf, t_scores)
    index = filled.argmin(axis=0).astype(np.int8)
    lowest = filled.min(axis=0)
    missing = np.isinf(lowest)
    index[missing] = NOT_CLASSIFIED
    return np.where(missing, np.nan, lowest), index


def classify_cohort(
    areal_bmd_g_cm2: Mapping[Site, NDArray[np.float64]],
    *,
    maker: Maker,
    fragility_fracture: NDArray[np.bool_] | None = None,
) -> CohortClassification:
    """Classify many people by their lowest T-score, with the rules of `classify_scans`.

    Each column is one site in g/cm2, one row per person, NaN where not measured. Everybody is
    taken to be read by T-scores (postmenopausal, or a man of 50 or more); choose the rows
    first. Raises `cohort.lengths_differ` or `reference.none`.

    >>> from osteon.densitometry import Maker, Site
    >>> neck = {Site.FEMORAL_NECK: np.array([0.552, 0.60, 860.0])}
    >>> result = classify_cohort(neck, maker=Maker.HOLOGIC)
    >>> result.class_code.tolist(), result.implausible.tolist()
    ([2, 1, -1], [False, False, True])
    """
    _require_same_length(areal_bmd_g_cm2)
    curves = [find_reference_curve(maker, site) for site in areal_bmd_g_cm2]
    columns = [np.asarray(column, dtype=np.float64) for column in areal_bmd_g_cm2.values()]
    implausible = np.any([find_implausible_bmd(column) for column in columns], axis=0)
    t_scores = np.stack(
        [
            compute_t_score(np.where(implausible, np.nan, column), curve)
            for column, curve in zip(columns, curves, strict=True)
        ]
    )
    lowest, index = _find_lowest(t_scores)
    rules = (find_rule_source(rule) for rule in ("osteoporosis", "normal", "diagnostic_sites"))
    return CohortClassification(
        sites=tuple(areal_bmd_g_cm2),
        t_scores=t_scores,
        lowest_t_score=lowest,
        lowest_site_index=index,
        class_code=classify_t_scores(lowest, fragility_fracture),
        rounding_sensitive=find_rounding_sensitive(lowest),
        implausible=implausible,
        sources=gather_sources(rules, *(curve.sources for curve in curves)),
    )
