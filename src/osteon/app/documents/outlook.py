"""The JSON of `forecast`, and the shapes of one option that `plan` shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from osteon.app.documents.classification import ClassificationShape, shape_classification
from osteon.app.documents.shapes import (
    ChanceShape,
    Document,
    FindingShape,
    Number,
    Shape,
    Share,
    SourceShape,
    shape_chance,
    shape_findings,
    shape_sources,
)
from osteon.therapy import format_sequence

if TYPE_CHECKING:
    from osteon.app.forecasts import ForecastAnswer
    from osteon.inference import Baseline
    from osteon.reversal import Forecast, PublishedCell, ReversalDefinition, SitePath


class DefinitionShape(Shape):
    """The T-score to be exceeded, strictly, at each of the sites; the diagnosis persists all the same."""

    target_t_score: Number
    sites: list[str]
    diagnosis_persists: Literal[True] = True


class BaselineShape(Shape):
    """Where a site starts, and the precision error that the forecast used (g/cm2)."""

    site: str
    t_score: Number
    areal_bmd_g_cm2: Number
    precision_error_g_cm2: Number


class ProvenanceShape(Shape):
    """What is needed to get the same numbers again."""

    parameter_set: str
    evidence_hash: str
    seed: int
    virtual_patients: int


class PublishedShape(Shape):
    """A published probability for a comparable baseline, of the T-score that a scan reads."""

    study: str
    month: Number
    baseline_t_score: Number
    target_t_score: Number
    probability_of_target: Share
    source: str


class TScoreShape(Shape):
    """Quantiles of the true T-score."""

    percentile_5: Number
    percentile_25: Number
    median: Number
    percentile_75: Number
    percentile_95: Number


class SiteOutlookShape(Shape):
    """One site at the month asked about.

    `probability_of_target` speaks of the true T-score, `probability_of_target_measured` of what one
    scan would read; `time_to_target_months` is when half have been above, null when they never are.
    """

    site: str
    probability_of_target: ChanceShape
    probability_of_target_measured: Share
    time_to_target_months: Number | None
    t_score: TScoreShape
    published: list[PublishedShape]


class DurabilityShape(Shape):
    """Whether it holds at `month`: of those above the target at `end_month`, and of all."""

    end_month: Number
    month: Number
    holds: ChanceShape | None
    above: ChanceShape


class OptionShape(Shape):
    """One sequence: each site, all measured sites together, durability, and what is worth knowing."""

    name: str | None
    own: bool
    sequence: str
    sites: list[SiteOutlookShape]
    all_sites_probability_of_target: ChanceShape
    all_sites_time_to_target_months: Number | None
    durability: DurabilityShape | None
    findings: list[FindingShape]


class SiteCourseShape(Shape):
    """One site month by month; `reached` is the chance of having been above the target by then."""

    site: str
    percentile_5: list[Number]
    percentile_25: list[Number]
    median: list[Number]
    percentile_75: list[Number]
    percentile_95: list[Number]
    probability_of_target: list[ChanceShape]
    probability_of_target_measured: list[Share]
    reached: list[Share]


class CourseShape(Shape):
    """The forecast month by month, month 0 being the day that the sequence starts."""

    months: list[int]
    sites: list[SiteCourseShape]
    all_sites_probability_of_target: list[ChanceShape]
    all_sites_reached: list[Share]


class Outlook(Document):
    """What the answers about one patient share."""

    patient_id: str
    month: int
    classification: ClassificationShape
    baseline: list[BaselineShape]
    notes: list[str]
    provenance: ProvenanceShape


class ForecastDocument(Outlook):
    """One patient under one sequence."""

    format: Literal["osteon-forecast/1"] = "osteon-forecast/1"
    definition: DefinitionShape
    option: OptionShape
    course: CourseShape
    alternatives: list[OptionShape]
    sources: list[SourceShape]


def write_forecast(answer: ForecastAnswer) -> ForecastDocument:
    """Write a forecast."""
    found = answer.forecast
    return ForecastDocument(
        patient_id=found.patient_id,
        definition=_shape_definition(found.definition),
        month=answer.month,
        classification=shape_classification(answer.baseline.classification),
        baseline=shape_baseline(answer.baseline),
        notes=list(found.notes),
        provenance=shape_provenance(found),
        sources=shape_sources(answer.sources),
        option=shape_option(found, answer.month, name=None, own=True),
        course=_shape_course(found),
        alternatives=[
            shape_option(other.forecast, answer.month, name=other.kind.value, own=False)
            for other in answer.alternatives
        ],
    )


def _shape_definition(definition: ReversalDefinition) -> DefinitionShape:
    return DefinitionShape(
        target_t_score=definition.target_t_score, sites=[site.value for site in definition.sites]
    )


def shape_baseline(baseline: Baseline) -> list[BaselineShape]:
    """Turn where each site starts into JSON."""
    return [
        BaselineShape(
            site=site.site.value,
            t_score=site.t_score,
            areal_bmd_g_cm2=site.areal_bmd_g_cm2,
            precision_error_g_cm2=site.precision_error_g_cm2,
        )
        for site in baseline.sites
    ]


def shape_provenance(found: Forecast) -> ProvenanceShape:
    """Turn what gives the same numbers again into JSON."""
    return ProvenanceShape(
        parameter_set=found.parameter_set,
        evidence_hash=found.evidence_hash,
        seed=found.seed,
        virtual_patients=found.virtual_patients,
    )


def shape_option(found: Forecast, month: int, *, name: str | None, own: bool) -> OptionShape:
    """Turn one sequence at one month into JSON."""
    return OptionShape(
        name=name,
        own=own,
        sequence=format_sequence(found.sequence),
        sites=[_shape_site(site, found.cells, month) for site in found.sites],
        all_sites_probability_of_target=shape_chance(found.all_sites[month]),
        all_sites_time_to_target_months=found.median_months_all_sites,
        durability=_shape_durability(found),
        findings=shape_findings(found.findings),
    )


def _shape_site(site: SitePath, cells: tuple[PublishedCell, ...], month: int) -> SiteOutlookShape:
    quantiles = dict(zip(TScoreShape.model_fields, map(float, site.quantiles[:, month]), strict=True))
    return SiteOutlookShape(
        site=site.site.value,
        probability_of_target=shape_chance(site.chance[month]),
        probability_of_target_measured=float(site.chance_measured[month]),
        time_to_target_months=site.median_months_to_target,
        t_score=TScoreShape(**quantiles),
        published=[_shape_cell(cell) for cell in cells if cell.site == site.site],
    )


def _shape_cell(cell: PublishedCell) -> PublishedShape:
    return PublishedShape(
        study=cell.study,
        month=cell.month,
        baseline_t_score=cell.baseline_t_score,
        target_t_score=cell.target_t_score,
        probability_of_target=cell.probability,
        source=cell.source,
    )


def _shape_durability(found: Forecast) -> DurabilityShape | None:
    held = found.durability
    if held is None:
        return None
    return DurabilityShape(
        end_month=held.end_month,
        month=held.month,
        holds=None if held.holds is None else shape_chance(held.holds),
        above=shape_chance(held.above),
    )


def _shape_course(found: Forecast) -> CourseShape:
    return CourseShape(
        months=[int(month) for month in found.months],
        sites=[_shape_site_course(site) for site in found.sites],
        all_sites_probability_of_target=[*map(shape_chance, found.all_sites)],
        all_sites_reached=_list_numbers(found.all_sites_reached),
    )


def _shape_site_course(site: SitePath) -> SiteCourseShape:
    low_90, low_50, median, high_50, high_90 = map(_list_numbers, site.quantiles)
    return SiteCourseShape(
        site=site.site.value,
        percentile_5=low_90,
        percentile_25=low_50,
        median=median,
        percentile_75=high_50,
        percentile_95=high_90,
        probability_of_target=[*map(shape_chance, site.chance)],
        probability_of_target_measured=_list_numbers(site.chance_measured),
        reached=_list_numbers(site.reached),
    )


def _list_numbers(column: np.ndarray) -> list[float]:
    return [float(number) for number in np.asarray(column)]
