"""The change between two scans of one patient, and whether it is more than noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from osteon.densitometry.comparability import check_comparability
from osteon.densitometry.findings import FindingCode, ScanFinding, gather_sources
from osteon.densitometry.precision import default_precision_error, least_significant_change
from osteon.densitometry.ranges import require_precision_error
from osteon.densitometry.rules import find_rule_source, read_rules

if TYPE_CHECKING:
    from osteon.densitometry.scan import Scan
    from osteon.densitometry.sites import Site

_NOISE_DECIMALS: Final = 10


class PrecisionBasis(StrEnum):
    """Where the precision error behind a verdict came from."""

    FACILITY = "facility"
    SCAN = "scan"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The change from one scan to the next, in g/cm2 and percent of the first.

    When the scans are not `comparable`, every number and `significant` are None: a change
    that cannot be told is not printed.
    """

    site: Site
    comparable: bool
    absolute_g_cm2: float | None
    percent: float | None
    precision_error_g_cm2: float | None
    precision_basis: PrecisionBasis | None
    least_significant_change_g_cm2: float | None
    confidence: float
    significant: bool | None
    findings: tuple[ScanFinding, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Precision:
    error_g_cm2: float
    basis: PrecisionBasis
    findings: tuple[ScanFinding, ...] = ()


def _label_default(first: Scan, first_bmd: float) -> _Precision:
    default = default_precision_error(first.site)
    finding = ScanFinding(
        code=FindingCode.DEFAULT_PRECISION_ERROR,
        message=f"Judged with the {default.label} ({default.fraction:.1%} of BMD).",
        source=default.sources[0],
    )
    return _Precision(
        error_g_cm2=default.fraction * first_bmd,
        basis=PrecisionBasis.DEFAULT,
        findings=(finding,),
    )


def _choose_precision(first: Scan, second: Scan, first_bmd: float, facility: float | None) -> _Precision:
    if facility is not None:
        require_precision_error(facility, "precision_error_g_cm2")
        return _Precision(error_g_cm2=facility, basis=PrecisionBasis.FACILITY)
    stated = (first.precision_error_g_cm2, second.precision_error_g_cm2)
    known = [error for error in stated if error is not None]
    if not known:
        return _label_default(first, first_bmd)
    # Two different errors add in squares; their root mean square acts as one common error.
    common = math.sqrt(sum(error**2 for error in known) / len(known))
    return _Precision(error_g_cm2=common, basis=PrecisionBasis.SCAN)


def _withhold_change(
    site: Site, confidence: float, findings: tuple[ScanFinding, ...], sources: tuple[str, ...]
) -> Change:
    return Change(
        site=site,
        comparable=False,
        absolute_g_cm2=None,
        percent=None,
        precision_error_g_cm2=None,
        precision_basis=None,
        least_significant_change_g_cm2=None,
        confidence=confidence,
        significant=None,
        findings=findings,
        sources=sources,
    )


def assess_change(
    first: Scan,
    second: Scan,
    *,
    precision_error_g_cm2: float | None = None,
    confidence: float | None = None,
) -> Change:
    """Judge the change between two scans: at or beyond the least significant change is real.

    The precision error is the facility's given here, else the scans' own, else the labeled
    default for the site. Raises what `check_comparability` and `least_significant_change`
    raise, and `precision.no_default`.

    >>> from osteon.densitometry import Maker, Scan, Site
    >>> old = Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.630, maker=Maker.HOLOGIC)
    >>> new = Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.641, maker=Maker.HOLOGIC)
    >>> change = assess_change(old, new)
    >>> change.significant, round(change.percent, 1), change.precision_basis.value
    (False, 1.7, 'default')
    """
    level = read_rules().confidence if confidence is None else confidence
    findings = check_comparability(first, second)
    rule = find_rule_source("least_significant_change")
    sources = gather_sources([rule], (found.source for found in findings))
    before, after = first.areal_bmd_g_cm2, second.areal_bmd_g_cm2
    if before is None or after is None or any(found.blocks for found in findings):
        return _withhold_change(first.site, level, findings, sources)
    precision = _choose_precision(first, second, before, precision_error_g_cm2)
    smallest = least_significant_change(precision.error_g_cm2, confidence=level)
    absolute = round(after - before, _NOISE_DECIMALS)
    return Change(
        site=first.site,
        comparable=True,
        absolute_g_cm2=absolute,
        percent=100 * absolute / before,
        precision_error_g_cm2=precision.error_g_cm2,
        precision_basis=precision.basis,
        least_significant_change_g_cm2=smallest,
        confidence=level,
        significant=abs(absolute) >= round(smallest, _NOISE_DECIMALS),
        findings=(*findings, *precision.findings),
        sources=gather_sources(sources, (found.source for found in precision.findings)),
    )
