"""Whether two scans of one patient can be compared at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osteon.densitometry.findings import FindingCode, ScanFinding
from osteon.densitometry.rules import find_rule_source, read_rules
from osteon.densitometry.scan import has_all_vertebrae
from osteon.densitometry.sites import Site
from osteon.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osteon.densitometry.scan import Scan

_SCANNER = "new_scanner"
_VERTEBRAE = "vertebral_subset"


def _remark(code: FindingCode, message: str, rule: str, *, blocks: bool = False) -> ScanFinding:
    return ScanFinding(code=code, message=message, source=find_rule_source(rule), blocks=blocks)


def _compare_makers(first: Scan, second: Scan) -> Iterator[ScanFinding]:
    if first.maker is None or second.maker is None:
        message = "The maker of a scanner is not stated, so the scans cannot be compared."
        yield _remark(FindingCode.MAKER_UNKNOWN, message, _SCANNER, blocks=True)
    elif first.maker is not second.maker:
        message = f"{first.maker} and {second.maker} scanners measure on different scales."
        yield _remark(FindingCode.MAKER_DIFFERS, message, "one_patient_across_makers", blocks=True)


def _compare_models(first: Scan, second: Scan) -> Iterator[ScanFinding]:
    if first.model is None or second.model is None:
        message = "The scanner model is not stated for both scans; it was taken as the same."
        yield _remark(FindingCode.MODEL_UNKNOWN, message, _SCANNER)
    elif first.model != second.model:
        message = f"Scanner models {first.model} and {second.model} differ: a new baseline."
        yield _remark(FindingCode.MODEL_DIFFERS, message, _SCANNER, blocks=True)


def _compare_software(first: Scan, second: Scan) -> Iterator[ScanFinding]:
    if first.software is None or second.software is None:
        message = "The software version is not stated for both scans; it was taken as the same."
        yield _remark(FindingCode.SOFTWARE_UNKNOWN, message, _SCANNER)
    elif first.software != second.software:
        message = f"Software {first.software} and {second.software} differ: reanalyze one scan."
        yield _remark(FindingCode.SOFTWARE_DIFFERS, message, _SCANNER, blocks=True)


def _compare_sides(first: Scan, second: Scan) -> Iterator[ScanFinding]:
    if first.site is Site.LUMBAR_SPINE:
        return
    if first.side is None or second.side is None:
        message = "The body side is not stated for both scans; it was taken as the same."
        yield _remark(FindingCode.SIDE_UNKNOWN, message, _SCANNER)
    elif first.side is not second.side:
        message = "The scans are of different body sides."
        yield _remark(FindingCode.SIDE_DIFFERS, message, _SCANNER, blocks=True)


def _compare_vertebrae(first: Scan, second: Scan) -> Iterator[ScanFinding]:
    if first.site is not Site.LUMBAR_SPINE:
        return
    least = read_rules().least_vertebrae
    if any(scan.vertebrae is not None and len(scan.vertebrae) < least for scan in (first, second)):
        message = "A single vertebra is never used for monitoring."
        yield _remark(FindingCode.SINGLE_VERTEBRA, message, "least_vertebrae", blocks=True)
    if first.vertebrae is None or second.vertebrae is None:
        message = "The vertebrae are not stated for both scans; they were taken as the same."
        yield _remark(FindingCode.VERTEBRAE_UNKNOWN, message, _VERTEBRAE)
    elif first.vertebrae != second.vertebrae:
        message = "Different vertebrae were kept: recompute the older scan with those of the newer."
        yield _remark(FindingCode.VERTEBRAE_DIFFER, message, _VERTEBRAE, blocks=True)
    elif not has_all_vertebrae(first):
        message = "Fewer than four vertebrae: the precision error must be of this combination."
        yield _remark(FindingCode.VERTEBRAE_NEED_OWN_PRECISION, message, _VERTEBRAE)


def _compare_values(first: Scan, second: Scan) -> Iterator[ScanFinding]:
    if first.areal_bmd_g_cm2 is None or second.areal_bmd_g_cm2 is None:
        message = "A change is judged in g/cm2, and BMD is missing; T-scores are not compared."
        yield _remark(FindingCode.BMD_MISSING, message, "one_patient_across_makers", blocks=True)
    if first.date is None or second.date is None:
        message = "A scan has no date; the order given was taken as the order in time."
        yield _remark(FindingCode.DATE_UNKNOWN, message, _SCANNER)
    if first.site in {Site.FEMORAL_NECK, Site.ONE_THIRD_RADIUS}:
        message = "Monitoring rests on the lumbar spine and the total hip."
        yield _remark(FindingCode.SITE_NOT_FOR_MONITORING, message, "monitoring_sites")


def _refuse_unlike(first: Scan, second: Scan) -> None:
    if first.site is not second.site:
        raise BadInputError(
            code="change.sites_differ",
            field="Scan.site",
            got=f"{first.site} and {second.site}",
            expected="two scans of one site",
            hint="Compare each site with itself.",
        )
    if first.date is not None and second.date is not None and second.date < first.date:
        raise BadInputError(
            code="change.out_of_order",
            field=f"Scan.date ({first.site})",
            got=f"{first.date} before {second.date}",
            expected="the earlier scan first",
            hint="Exchange the two scans.",
        )


def check_comparability(first: Scan, second: Scan) -> tuple[ScanFinding, ...]:
    """List what stands against comparing two scans of one patient and site, in time order.

    A finding that `blocks` means that no change may be reported. Nothing stated on one side
    is said aloud; only an unstated maker blocks. Raises `change.sites_differ` or
    `change.out_of_order`.

    >>> from osteon.densitometry import Maker, Scan
    >>> old = Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.70, maker=Maker.HOLOGIC)
    >>> new = Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.74, maker=Maker.GE_LUNAR)
    >>> [found.code.value for found in check_comparability(old, new) if found.blocks]
    ['maker_differs']
    """
    _refuse_unlike(first, second)
    return (
        *_compare_values(first, second),
        *_compare_makers(first, second),
        *_compare_models(first, second),
        *_compare_software(first, second),
        *_compare_sides(first, second),
        *_compare_vertebrae(first, second),
    )
