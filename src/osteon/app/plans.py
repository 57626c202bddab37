"""The use case `plan`: options for one patient side by side, the clinician's own among them, and never ranked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from osteon.app.forecasts import choose_month, define_target, forecast_bank, read_sequence
from osteon.errors import BadInputError
from osteon.inference import name_context, prepare_patient
from osteon.reversal import (
    Goal,
    ReversalDefinition,
    count_burden,
    find_lasting,
    judge_goal_rule,
    judge_sequences,
    plan_sequences,
    standard_grammar,
)
from osteon.therapy import standard_sequences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from osteon.inference import BankSettings, Baseline, Patient, PatientBank
    from osteon.reversal import (
        Burden,
        Chance,
        ExcludedGroup,
        Forecast,
        PlannedOption,
        PlanResult,
        SearchRound,
    )
    from osteon.therapy import Drug, Finding, Sequence

__all__ = ["Listing", "Plan", "PlanOption", "PlanSearch", "define_goal", "plan"]

_OWN = "own"
_FOUND = "found"


class Listing(StrEnum):
    """What stands beside the clinician's own sequences: what a search finds, the standard ones, or nothing."""

    SEARCHED = "searched"
    STANDARD = "standard"
    ASKED = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOption:
    """One sequence of the comparison; `own` marks those that were asked for.

    `lasting` is the chance of the target at every measured site 24 months after the last drug, with none after it.
    `findings` holds the checks of the sequence and the goal-directed rule; `exclusions` what keeps an own sequence
    out of a search; `beaten_by` names the options of a search that are no worse than an own one on any measure and
    better on one.
    """

    name: str
    own: bool
    forecast: Forecast
    lasting: Chance
    burden: Burden
    findings: tuple[Finding, ...]
    exclusions: tuple[Finding, ...] = ()
    beaten_by: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind the option, as `osteon.evidence.cite` reads them."""
        found = (*self.findings, *self.exclusions)
        return tuple(dict.fromkeys((*self.forecast.sources, *(one.source for one in found))))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSearch:
    """What a search went through: how far, how much, what it left out and why, and on how many virtual patients.

    `not_tried` are drugs that the search has too little trial evidence for; `beaten` counts the sequences that an
    option shown beats on every measure.
    """

    horizon_months: float
    most_regimens: int
    not_tried: tuple[Drug, ...]
    considered: int
    excluded: tuple[ExcludedGroup, ...]
    beaten: int
    rounds: tuple[SearchRound, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Options for one patient in a fixed order that ranks nothing, then the clinician's own in the order given."""

    patient: Patient
    baseline: Baseline
    definition: ReversalDefinition
    month: int
    listing: Listing
    options: tuple[PlanOption, ...]
    search: PlanSearch | None

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind the plan, as `osteon.evidence.cite` reads them."""
        keys = [key for option in self.options for key in option.sources]
        keys += [group.reason.source for group in self.search.excluded] if self.search else []
        return tuple(dict.fromkeys(keys))


def plan(  # noqa: PLR0913 - one keyword for each choice of the clinician
    patient: Patient,
    *,
    sequences: Iterable[Sequence | str] = (),
    listing: Listing = Listing.SEARCHED,
    target_t_score: float | None = None,
    at_least: float | None = None,
    month: int | None = None,
    settings: BankSettings | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Plan:
    """Set options for one patient beside one another, all by the luck of one draw of virtual patients.

    A search lists the sequences within label and guideline that no other one beats; the target is a T-score above
    -2.5, above `target_t_score`, or `at_least` one. `progress(done, total)` is called as the work goes on. Raises
    what `forecast` raises, `plan.no_sequence` and `plan.two_targets`.
    """
    goal = Goal(definition=define_goal(target_t_score, at_least), month=choose_month(month))
    own = tuple(map(read_sequence, sequences))
    if listing is Listing.ASKED and not own:
        raise _refuse_nothing()
    bank = prepare_patient(patient, settings=settings)
    search = None
    if listing is Listing.SEARCHED:
        found = plan_sequences(bank, goal, own=own, progress=progress)
        options, search = _list_found(found), _describe_search(found)
    else:
        options = _compare(bank, goal, own, listing, progress)
    return Plan(
        patient=patient,
        baseline=bank.baseline,
        definition=goal.definition,
        month=goal.month,
        listing=listing,
        options=options,
        search=search,
    )


def define_goal(target_t_score: float | None, at_least: float | None) -> ReversalDefinition:
    """Return the target: above a T-score, at or above one, or above the WHO line where neither is given.

    >>> define_goal(None, None).target_t_score, define_goal(None, -2.0).inclusive
    (-2.5, True)
    """
    if at_least is None:
        return define_target(target_t_score)
    if target_t_score is not None:
        raise BadInputError(
            code="plan.two_targets",
            field="target_t_score and at_least",
            got=f"{target_t_score:g} and {at_least:g}",
            expected="one of them",
            hint="Say above which T-score, or at least which.",
        )
    return ReversalDefinition(target_t_score=at_least, inclusive=True)


def _refuse_nothing() -> BadInputError:
    return BadInputError(
        code="plan.no_sequence",
        field="sequences",
        got="none",
        expected="one sequence or more",
        hint='Give one, such as "denosumab for 36 months", or let a search find some.',
    )


def _list_found(found: PlanResult) -> tuple[PlanOption, ...]:
    count = sum(not option.own for option in found.options)
    names = [f"{_FOUND}_{number}" for number in range(1, count + 1)]
    names += [f"{_OWN}_{number}" for number in range(1, len(found.options) - count + 1)]
    return tuple(_take_option(name, option, names) for name, option in zip(names, found.options, strict=True))


def _take_option(name: str, option: PlannedOption, names: list[str]) -> PlanOption:
    return PlanOption(
        name=name,
        own=option.own,
        forecast=option.forecast,
        lasting=option.lasting,
        burden=option.measures.burden,
        findings=option.findings,
        exclusions=option.exclusions,
        beaten_by=tuple(names[place] for place in option.beaten_by),
    )


def _describe_search(found: PlanResult) -> PlanSearch:
    grammar = standard_grammar()
    return PlanSearch(
        horizon_months=grammar.horizon_months,
        most_regimens=grammar.most_regimens,
        not_tried=grammar.left_out,
        considered=found.considered,
        excluded=found.excluded,
        beaten=found.beaten,
        rounds=found.rounds,
    )


def _compare(
    bank: PatientBank,
    goal: Goal,
    own: tuple[Sequence, ...],
    listing: Listing,
    progress: Callable[[int, int], None] | None,
) -> tuple[PlanOption, ...]:
    """Forecast the sequences named, each by itself."""
    standard = standard_sequences() if listing is Listing.STANDARD else ()
    choices = [
        *((one.name, one.sequence, False) for one in standard),
        *((f"{_OWN}_{number}", sequence, True) for number, sequence in enumerate(own, start=1)),
    ]
    options = []
    for name, sequence, is_own in choices:
        options.append(_forecast_option(bank, goal, name, sequence, own=is_own))
        if progress is not None:
            progress(len(options), len(choices))
    return tuple(options)


def _forecast_option(
    bank: PatientBank, goal: Goal, name: str, sequence: Sequence, *, own: bool
) -> PlanOption:
    found = forecast_bank(bank, sequence, target=goal.definition, month=goal.month)
    (verdict,) = judge_sequences([sequence], name_context(bank.patient))
    return PlanOption(
        name=name,
        own=own,
        forecast=found,
        lasting=find_lasting(found),
        burden=count_burden(sequence),
        findings=(*found.findings, *judge_goal_rule(found)),
        exclusions=verdict.exclusions if own else (),
    )
