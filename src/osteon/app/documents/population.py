"""The JSON of the survey, the demonstration and the calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from osteon.app.documents.outlook import DefinitionShape, ProvenanceShape
from osteon.app.documents.plan import PlanDocument, write_plan
from osteon.app.documents.shapes import Document, Number, Shape, Share, SourceShape, shape_sources
from osteon.therapy import format_sequence

if TYPE_CHECKING:
    from osteon.app.demos import Demo
    from osteon.app.fits import Fit
    from osteon.app.surveys import SurveyAnswer, SurveyOption, SurveyShare
    from osteon.inference import FitRow


class SurveyShareShape(Shape):
    """A share of people with its 95 % interval, which joins both standard errors."""

    value: Share
    low: Share
    high: Share
    sampling_error: Number
    model_error: Number


class SurveyOptionShape(Shape):
    """One sequence at full persistence and in usual care; null where no drug is given."""

    name: str
    sequence: str
    full_persistence: SurveyShareShape
    real_world_persistence: SurveyShareShape | None


class SurveyDocument(Document):
    """Expected shares above the target at every measured site, of people at or below it at the start."""

    format: Literal["osteon-survey/1"] = "osteon-survey/1"
    definition: DefinitionShape
    month: int
    respondents: int
    people: Number
    options: list[SurveyOptionShape]
    notes: list[str]
    provenance: ProvenanceShape
    sources: list[SourceShape]


class DemoDocument(Document):
    """A plan for one respondent, and the survey's answer for all."""

    format: Literal["osteon-demo/2"] = "osteon-demo/2"
    plan: PlanDocument
    survey: SurveyDocument
    sources: list[SourceShape]


class FitRowShape(Shape):
    """One number of a trial beside what the typical trial simulates (percent)."""

    study: str
    arm: str
    comparator: str | None
    outcome: str
    month: Number
    baseline_month: Number
    observed: Number
    simulated: Number
    difference: Number
    extraction: str
    source: str


class FitScoreShape(Shape):
    """The error at one outcome: percentage points for BMD, log units for markers."""

    n: int
    rmse: Number
    median_absolute_error: Number


class CalibrateDocument(Document):
    """A fitted parameter set beside every number that it was fitted to."""

    format: Literal["osteon-calibrate/1"] = "osteon-calibrate/1"
    parameter_set: str
    created: str
    evidence_hash: str
    score: dict[str, FitScoreShape]
    rows: list[FitRowShape]
    sources: list[SourceShape]


def write_survey(answer: SurveyAnswer) -> SurveyDocument:
    """Write the survey's answer."""
    settings = answer.settings
    return SurveyDocument(
        definition=DefinitionShape(
            target_t_score=answer.definition.target_t_score,
            sites=[site.value for site in answer.definition.sites],
        ),
        month=answer.month,
        respondents=answer.respondents,
        people=answer.people,
        options=[_shape_option(option) for option in answer.options],
        notes=list(answer.notes),
        provenance=ProvenanceShape(
            parameter_set=answer.parameter_set,
            evidence_hash=answer.evidence_hash,
            seed=settings.seed,
            virtual_patients=settings.draws * settings.per_draw * answer.respondents,
        ),
        sources=shape_sources(answer.sources),
    )


def _shape_option(option: SurveyOption) -> SurveyOptionShape:
    usual = option.real_world_persistence
    return SurveyOptionShape(
        name=option.name,
        sequence=format_sequence(option.sequence),
        full_persistence=_shape_share(option.full_persistence),
        real_world_persistence=None if usual is None else _shape_share(usual),
    )


def _shape_share(share: SurveyShare) -> SurveyShareShape:
    return SurveyShareShape(
        value=share.value,
        low=share.low,
        high=share.high,
        sampling_error=share.sampling_error,
        model_error=share.model_error,
    )


def write_demo(demo: Demo) -> DemoDocument:
    """Write the demonstration."""
    return DemoDocument(
        plan=write_plan(demo.plan), survey=write_survey(demo.survey), sources=shape_sources(demo.sources)
    )


def write_fit(fit: Fit) -> CalibrateDocument:
    """Write a calibration."""
    return CalibrateDocument(
        parameter_set=fit.parameters.name,
        created=fit.parameters.created,
        evidence_hash=fit.parameters.evidence_hash,
        score={
            name: FitScoreShape(
                n=round(values["n"]),
                rmse=values["rmse"],
                median_absolute_error=values["median_absolute_error"],
            )
            for name, values in fit.score.items()
        },
        rows=[_shape_row(row) for row in fit.rows],
        sources=shape_sources(fit.sources),
    )


def _shape_row(row: FitRow) -> FitRowShape:
    return FitRowShape(
        study=row.study,
        arm=row.arm,
        comparator=row.comparator or None,
        outcome=row.outcome,
        month=row.month,
        baseline_month=row.baseline_month,
        observed=row.observed,
        simulated=row.simulated,
        difference=row.difference,
        extraction=row.extraction,
        source=row.source,
    )
