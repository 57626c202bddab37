"""The JSON of `drugs` and `cite`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from osteon.app.documents.shapes import Document, Number, Shape, SourceShape, shape_sources

if TYPE_CHECKING:
    from osteon.app.literature import DrugSheet, Literature
    from osteon.therapy import DrugFacts, DrugLimit, LabeledDose, Restriction


class DoseShape(Shape):
    """A labeled dose."""

    amount: Number
    unit: str
    interval_days: Number
    route: str
    source: str
    extraction: str


class LimitShape(Shape):
    """A limit on the length of treatment: months, or doses where `kind` says so."""

    kind: str
    region: str
    value: Number
    source: str
    extraction: str
    note: str


class RestrictionShape(Shape):
    """A state of the patient in which a source speaks against the drug."""

    condition: str
    region: str
    kind: str
    clearance_limit_ml_min: Number | None
    within_months: Number | None
    source: str
    extraction: str
    note: str


class DrugShape(Shape):
    """What the tables hold about one drug."""

    drug: str
    family: str
    follow_on: str | None
    evidence_coverage: str
    labeled_doses: list[DoseShape]
    limits: list[LimitShape]
    restrictions: list[RestrictionShape]
    monitoring: list[str]
    synonyms: list[str]
    brand_names: list[str]


class DrugsDocument(Document):
    """Drugs, each fact with its source and how it was obtained."""

    format: Literal["osteon-drugs/1"] = "osteon-drugs/1"
    drugs: list[DrugShape]
    sources: list[SourceShape]


class CiteDocument(Document):
    """The literature behind a result: `sources` is the answer."""

    format: Literal["osteon-cite/1"] = "osteon-cite/1"
    about: str
    sources: list[SourceShape]


def write_drugs(sheet: DrugSheet) -> DrugsDocument:
    """Write what is known of drugs."""
    return DrugsDocument(
        drugs=[_shape_drug(facts) for facts in sheet.drugs], sources=shape_sources(sheet.sources)
    )


def write_literature(found: Literature) -> CiteDocument:
    """Write a list of references."""
    return CiteDocument(about=found.about, sources=shape_sources(found.sources))


def _shape_drug(facts: DrugFacts) -> DrugShape:
    return DrugShape(
        drug=facts.drug.value,
        family=facts.family.value,
        follow_on=facts.follow_on.value if facts.follow_on else None,
        evidence_coverage=facts.evidence_coverage,
        labeled_doses=[_shape_dose(dose) for dose in facts.labeled_doses],
        limits=[_shape_limit(limit) for limit in facts.limits],
        restrictions=[_shape_restriction(one) for one in facts.restrictions],
        monitoring=list(facts.monitoring),
        synonyms=list(facts.synonyms),
        brand_names=list(facts.brand_names),
    )


def _shape_dose(dose: LabeledDose) -> DoseShape:
    return DoseShape(
        amount=dose.amount,
        unit=dose.unit.value,
        interval_days=dose.interval_days,
        route=dose.route.value,
        source=dose.source,
        extraction=str(dose.extraction),
    )


def _shape_limit(limit: DrugLimit) -> LimitShape:
    return LimitShape(
        kind=limit.kind.value,
        region=limit.region.value,
        value=limit.value,
        source=limit.source,
        extraction=str(limit.extraction),
        note=limit.note,
    )


def _shape_restriction(one: Restriction) -> RestrictionShape:
    return RestrictionShape(
        condition=one.condition.value,
        region=one.region.value,
        kind=one.kind.value,
        clearance_limit_ml_min=one.clearance_limit_ml_min,
        within_months=one.within_months,
        source=one.source,
        extraction=str(one.extraction),
        note=one.note,
    )
