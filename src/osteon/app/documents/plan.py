"""The JSON of `plan`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from osteon.app.documents.classification import shape_classification
from osteon.app.documents.outlook import (
    OptionShape,
    Outlook,
    shape_baseline,
    shape_option,
    shape_provenance,
)
from osteon.app.documents.shapes import (
    ChanceShape,
    FindingShape,
    Number,
    Shape,
    SourceShape,
    shape_chance,
    shape_findings,
    shape_sources,
)
from osteon.therapy import format_sequence

if TYPE_CHECKING:
    from osteon.app.plans import Plan, PlanOption, PlanSearch
    from osteon.reversal import Burden, ExcludedGroup, ReversalDefinition

__all__ = ["PlanDocument", "write_plan"]


class GoalShape(Shape):
    """The T-score to be exceeded, or met where `inclusive`, at each of the sites; the diagnosis persists."""

    target_t_score: Number
    inclusive: bool
    sites: list[str]
    diagnosis_persists: Literal[True] = True


class BurdenShape(Shape):
    """What a sequence asks for when kept as written."""

    injections: int
    infusions: int
    oral_doses: int
    months_on_drug: Number


class PlanOptionShape(OptionShape):
    """One option of a plan.

    `all_sites_probability_of_target_lasting` is that of the target 24 months after the last drug, with none after
    it. `exclusions` keeps an own sequence out of a search; `beaten_by` names the options of a search that are no
    worse than an own one on any measure and better on one.
    """

    all_sites_probability_of_target_lasting: ChanceShape
    burden: BurdenShape
    exclusions: list[FindingShape]
    beaten_by: list[str]


class ExcludedShape(Shape):
    """Sequences that a search left out for one reason, and the first of them."""

    count: int
    reason: FindingShape
    example: str


class SearchRoundShape(Shape):
    """One round of a search: virtual patients simulated so far, candidates that entered it, and that were left."""

    virtual_patients: int
    candidates: int
    left: int


class PlanSearchShape(Shape):
    """What a search went through; `beaten` counts the sequences that an option beats on every measure."""

    horizon_months: Number
    most_regimens: int
    not_tried: list[str]
    considered: int
    excluded: list[ExcludedShape]
    beaten: int
    rounds: list[SearchRoundShape]


class PlanDocument(Outlook):
    """One patient under several sequences, in a fixed order that ranks nothing, those asked for last.

    `search` is null where the standard sequences, or only those asked for, stand side by side. Since version 2:
    `listing`, `search`, `definition.inclusive`, and for each option its burden, how it lasts, and what excludes or
    beats it; all else is as it was in version 1.
    """

    format: Literal["osteon-plan/2"] = "osteon-plan/2"
    definition: GoalShape
    listing: Literal["searched", "standard", "asked"]
    search: PlanSearchShape | None
    options: list[PlanOptionShape]
    sources: list[SourceShape]


def write_plan(plan: Plan) -> PlanDocument:
    """Write a plan."""
    first = plan.options[0].forecast
    return PlanDocument(
        patient_id=plan.patient.patient_id,
        definition=_shape_goal(plan.definition),
        month=plan.month,
        classification=shape_classification(plan.baseline.classification),
        baseline=shape_baseline(plan.baseline),
        notes=list(first.notes),
        provenance=shape_provenance(first),
        listing=plan.listing.value,
        search=None if plan.search is None else _shape_search(plan.search),
        sources=shape_sources(plan.sources),
        options=[_shape_option(option, plan.month) for option in plan.options],
    )


def _shape_goal(definition: ReversalDefinition) -> GoalShape:
    return GoalShape(
        target_t_score=definition.target_t_score,
        inclusive=definition.inclusive,
        sites=[site.value for site in definition.sites],
    )


def _shape_option(option: PlanOption, month: int) -> PlanOptionShape:
    shared = shape_option(option.forecast, month, name=option.name, own=option.own)
    fields = {name: getattr(shared, name) for name in OptionShape.model_fields if name != "findings"}
    return PlanOptionShape(
        **fields,
        findings=shape_findings(option.findings),
        all_sites_probability_of_target_lasting=shape_chance(option.lasting),
        burden=_shape_burden(option.burden),
        exclusions=shape_findings(option.exclusions),
        beaten_by=list(option.beaten_by),
    )


def _shape_burden(burden: Burden) -> BurdenShape:
    return BurdenShape(
        injections=burden.injections,
        infusions=burden.infusions,
        oral_doses=burden.oral_doses,
        months_on_drug=burden.months_on_drug,
    )


def _shape_search(search: PlanSearch) -> PlanSearchShape:
    return PlanSearchShape(
        horizon_months=search.horizon_months,
        most_regimens=search.most_regimens,
        not_tried=[drug.value for drug in search.not_tried],
        considered=search.considered,
        excluded=[_shape_excluded(group) for group in search.excluded],
        beaten=search.beaten,
        rounds=[
            SearchRoundShape(virtual_patients=one.virtual_patients, candidates=one.candidates, left=one.left)
            for one in search.rounds
        ],
    )


def _shape_excluded(group: ExcludedGroup) -> ExcludedShape:
    (reason,) = shape_findings([group.reason])
    return ExcludedShape(count=group.count, reason=reason, example=format_sequence(group.example))
