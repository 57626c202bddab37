"""Standardized BMD: one scale for groups measured on scanners of different makers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from osteon.densitometry.findings import gather_sources
from osteon.densitometry.ranges import require_areal_bmd
from osteon.densitometry.rules import find_rule_source
from osteon.densitometry.sites import Maker, Site
from osteon.errors import AbstainedError, BadInputError
from osteon.evidence import select_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_EQUATION_BY_SITE: Final = {
    Site.LUMBAR_SPINE: "hui1997",
    Site.TOTAL_HIP: "lu2001",
    Site.FEMORAL_NECK: "lu2001",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StandardizedGroup:
    """Standardized BMD of a group, one value per patient, in g/cm2.

    The equations are off by several percent for one person, so the values serve group
    summaries only.
    """

    site: Site
    maker: Maker
    standardized_bmd_g_cm2: NDArray[np.float64]
    mean_g_cm2: float
    sources: tuple[str, ...]


def _find_coefficient(quantity: str, maker: Maker, site: Site) -> float:
    facts = select_facts(
        "bmd_standardization",
        quantity=quantity,
        equation=_EQUATION_BY_SITE[site],
        maker=maker,
        target="standardized",
        site=site,
    )
    return facts[0].number if facts else 0.0


def _refuse_individuals(patient_ids: Sequence[str], values: Sequence[float]) -> None:
    if len(patient_ids) != len(values):
        raise BadInputError(
            code="sbmd.lengths_differ",
            field="patient_ids",
            got=f"{len(patient_ids)} patients and {len(values)} values",
            expected="one value per patient",
            hint="Give the values and their patients in the same order.",
        )
    distinct = len(set(patient_ids))
    if distinct < len(patient_ids) or distinct <= 1:
        raise AbstainedError(
            code="sbmd.individual_change",
            field="patient_ids",
            got=f"{len(patient_ids)} values of {distinct} patients",
            expected="one value of each of two or more patients",
            hint="Standardized BMD never judges one patient's change; compare scans of one scanner.",
        )


def standardize_bmd(
    areal_bmd_g_cm2: Sequence[float],
    *,
    maker: Maker,
    site: Site,
    patient_ids: Sequence[str],
) -> StandardizedGroup:
    """Put the BMD of a group on the common scale of all makers.

    slope * (BMD - center) + intercept, from hui1997 (spine) and lu2001 (hip). One value per
    patient: a patient who appears twice, or alone, raises `sbmd.individual_change`; a site
    without equations raises `sbmd.no_equation`; also `bmd.out_of_range`.

    >>> group = standardize_bmd(
    ...     [0.942, 0.820], maker=Maker.HOLOGIC, site=Site.TOTAL_HIP, patient_ids=["a", "b"]
    ... )
    >>> round(float(group.standardized_bmd_g_cm2[0]), 3)
    0.956
    """
    _refuse_individuals(patient_ids, areal_bmd_g_cm2)
    if site not in _EQUATION_BY_SITE:
        raise AbstainedError(
            code="sbmd.no_equation",
            field="site",
            got=site,
            expected=", ".join(_EQUATION_BY_SITE),
            hint="Leave this site out of a comparison across makers.",
        )
    for position, value in enumerate(areal_bmd_g_cm2):
        require_areal_bmd(value, f"areal_bmd_g_cm2[{position}] ({site})")
    slope, center, intercept = (
        _find_coefficient(quantity, maker, site) for quantity in ("slope", "center", "intercept")
    )
    standardized = slope * (np.asarray(areal_bmd_g_cm2, dtype=np.float64) - center) + intercept
    equation, warning = _EQUATION_BY_SITE[site], find_rule_source("one_patient_across_makers")
    return StandardizedGroup(
        site=site,
        maker=maker,
        standardized_bmd_g_cm2=standardized,
        mean_g_cm2=float(standardized.mean()),
        sources=gather_sources([equation, warning]),
    )
