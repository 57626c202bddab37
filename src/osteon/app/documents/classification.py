"""The JSON of `classify`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from osteon.app.documents.shapes import (
    Document,
    Number,
    ProblemShape,
    Shape,
    SourceShape,
    shape_problem,
    shape_sources,
)
from osteon.errors import OsteonError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from osteon.app.classification import ClassifiedCohort, ClassifiedRow
    from osteon.densitometry import Classification, ScanFinding, SiteResult


class ScanFindingShape(Shape):
    """A remark on a scan; `blocks` when its number must not be used."""

    code: str
    message: str
    source: str
    blocks: bool


class SiteShape(Shape):
    """What one scan says: `score` is unrounded, of the kind that `score_kind` names above."""

    site: str
    side: str | None
    areal_bmd_g_cm2: Number | None
    score: Number | None
    printed_score: Number | None
    basis: str | None
    who_class: str | None
    findings: list[ScanFindingShape]


class ClassificationShape(Shape):
    """What the scans of one visit say together."""

    score_kind: str
    label: str
    who_class: str | None
    below_expected_for_age: bool | None
    lowest_site: str
    lowest_score: Number
    sites: list[SiteShape]
    findings: list[ScanFindingShape]


class RowShape(Shape):
    """One patient: a classification, or the problem that stands in its place."""

    row_number: int | None
    patient_id: str
    classification: ClassificationShape | None
    problem: ProblemShape | None


class ClassifyDocument(Document):
    """Every row of the file in its order; `counts` tells how many got each label."""

    format: Literal["osteon-classify/1"] = "osteon-classify/1"
    counts: dict[str, int]
    rows: list[RowShape]
    sources: list[SourceShape]


def write_classified(cohort: ClassifiedCohort) -> ClassifyDocument:
    """Write a classified file or patient."""
    return ClassifyDocument(
        counts=cohort.counts,
        rows=[_shape_row(row) for row in cohort.rows],
        sources=shape_sources(cohort.sources),
    )


def _shape_row(row: ClassifiedRow) -> RowShape:
    fault = row.outcome if isinstance(row.outcome, OsteonError) else None
    found = None if isinstance(row.outcome, OsteonError) else row.outcome
    return RowShape(
        row_number=row.row_number,
        patient_id=row.patient_id,
        classification=None if found is None else shape_classification(found),
        problem=None if fault is None else shape_problem(fault),
    )


def shape_classification(found: Classification) -> ClassificationShape:
    """Turn a classification into JSON."""
    return ClassificationShape(
        score_kind=found.score_kind.value,
        label=found.label,
        who_class=None if found.who_class is None else found.who_class.value,
        below_expected_for_age=found.below_expected_for_age,
        lowest_site=found.lowest_site.value,
        lowest_score=found.lowest_score,
        sites=[_shape_site(site) for site in found.sites],
        findings=_shape_findings(found.findings),
    )


def _shape_site(site: SiteResult) -> SiteShape:
    return SiteShape(
        site=site.site.value,
        side=None if site.side is None else site.side.value,
        areal_bmd_g_cm2=site.areal_bmd_g_cm2,
        score=site.score,
        printed_score=site.printed_score,
        basis=None if site.basis is None else site.basis.value,
        who_class=None if site.who_class is None else site.who_class.value,
        findings=_shape_findings(site.findings),
    )


def _shape_findings(findings: Iterable[ScanFinding]) -> list[ScanFindingShape]:
    return [
        ScanFindingShape(code=one.code.value, message=one.message, source=one.source, blocks=one.blocks)
        for one in findings
    ]
