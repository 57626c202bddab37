"""The planner: sequences within label and guideline for one patient, and those that no other one beats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteon.evidence import find_fact
from osteon.inference import name_context
from osteon.reversal.forecast import (
    Forecast,
    choose_horizon,
    durability_months,
    find_end,
    forecast_sequence,
    read_forecast,
)
from osteon.reversal.planner_front import find_dominators, find_front
from osteon.reversal.planner_grammar import list_candidates, standard_grammar
from osteon.reversal.planner_measures import Measures, count_burden, list_points, list_ties
from osteon.reversal.planner_rules import (
    ExcludedGroup,
    group_excluded,
    judge_sequences,
    state_planner_rule,
)
from osteon.reversal.planner_search import (
    SearchRound,
    choose_months,
    measure_contender,
    read_contender,
    search_candidates,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from osteon.inference import PatientBank
    from osteon.population import Executor
    from osteon.reversal.chance import Chance
    from osteon.reversal.planner_grammar import Grammar
    from osteon.reversal.planner_measures import Goal
    from osteon.therapy import Finding, Sequence

__all__ = [
    "PlanResult",
    "PlannedOption",
    "find_goal_rule",
    "find_lasting",
    "judge_goal_rule",
    "measure_forecast",
    "plan_sequences",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOption:
    """One sequence of a plan; `own` marks those that were asked for.

    `findings` are the checks of the sequence, and the goal-directed rule where it speaks; `exclusions` is what
    would keep an own sequence out of the search. `beaten_by` names the options, by their place in the plan,
    that are no worse on any measure and better on one: always empty but for an own sequence.
    """

    sequence: Sequence
    own: bool
    measures: Measures
    forecast: Forecast
    findings: tuple[Finding, ...]
    lasting: Chance
    exclusions: tuple[Finding, ...] = ()
    beaten_by: tuple[int, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind the option, as `cite` reads them."""
        found = (*self.findings, *self.exclusions)
        return tuple(dict.fromkeys((*self.forecast.sources, *(one.source for one in found))))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanResult:
    """The options that no other one beats on every measure, in a fixed order that ranks nothing, then own ones.

    `considered` counts the sequences written down, `excluded` says why some of them were left out, `beaten`
    counts those that an option shown beats on every measure, `rounds` how many virtual patients it took.
    """

    goal: Goal
    options: tuple[PlannedOption, ...]
    considered: int
    excluded: tuple[ExcludedGroup, ...]
    beaten: int
    rounds: tuple[SearchRound, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind the plan, as `cite` reads them."""
        keys = [key for option in self.options for key in option.sources]
        keys += [group.reason.source for group in self.excluded]
        return tuple(dict.fromkeys(keys))


def plan_sequences(
    bank: PatientBank,
    goal: Goal,
    *,
    own: Iterable[Sequence] = (),
    grammar: Grammar | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PlanResult:
    """Search the sequences of a grammar for one patient, and show those that no other one beats.

    An option beats another when it is no worse on any measure (the chance of the target at the month, whether it
    lasts, injections and infusions, months on a drug) and better on one. A sequence of the clinician's own is
    always shown; one that a label or guideline speaks against beats no other.
    """
    context = name_context(bank.patient)
    verdicts = judge_sequences(list_candidates(grammar or standard_grammar()), context)
    allowed = [verdict.sequence for verdict in verdicts if not verdict.exclusions]
    asked = judge_sequences(own, context)
    contenders, rounds = search_candidates(bank, allowed, goal, executor=executor, progress=progress)
    mine = [_forecast_own(bank, verdict.sequence, goal, executor) for verdict in asked]
    found = [measure_contender(bank, one, goal) for one in contenders]
    own_measures = [measure_forecast(forecast, goal) for forecast in mine]
    counted = [one for one, verdict in zip(own_measures, asked, strict=True) if not verdict.exclusions]
    weighed = (*found, *counted)
    front = find_front(list_points(weighed), list_ties(weighed))[: len(found)]
    options = [
        _show(
            read_forecast(bank, one.sequence, read_contender(bank, one), definition=goal.definition), measures
        )
        for one, measures, is_shown in zip(contenders, found, front, strict=True)
        if is_shown
    ]
    shown = tuple(option.measures for option in options)
    options += [
        _show_own(forecast, measures, verdict.exclusions, shown)
        for forecast, measures, verdict in zip(mine, own_measures, asked, strict=True)
    ]
    return PlanResult(
        goal=goal,
        options=tuple(options),
        considered=len(verdicts),
        excluded=group_excluded(verdicts),
        beaten=len(allowed) - len(shown),
        rounds=rounds,
    )


def measure_forecast(forecast: Forecast, goal: Goal) -> Measures:
    """Measure a forecast that reaches the goal's month and the month at which durability is judged."""
    return Measures(
        chance=forecast.all_sites[goal.month].value,
        lasting=find_lasting(forecast).value,
        burden=count_burden(forecast.sequence),
    )


def find_lasting(forecast: Forecast) -> Chance:
    """Find the chance of the target at every measured site 24 months after the last drug, with none after it."""
    return forecast.all_sites[round(find_end(forecast.sequence) + durability_months())]


def _forecast_own(bank: PatientBank, sequence: Sequence, goal: Goal, executor: Executor | None) -> Forecast:
    months = max(choose_months(sequence, goal.month), choose_horizon(sequence))
    return forecast_sequence(
        bank, sequence, definition=goal.definition, horizon_months=months, executor=executor
    )


def _show(forecast: Forecast, measures: Measures) -> PlannedOption:
    return PlannedOption(
        sequence=forecast.sequence,
        own=False,
        measures=measures,
        forecast=forecast,
        lasting=find_lasting(forecast),
        findings=(*forecast.findings, *judge_goal_rule(forecast)),
    )


def _show_own(
    forecast: Forecast, measures: Measures, exclusions: tuple[Finding, ...], shown: tuple[Measures, ...]
) -> PlannedOption:
    weighed = (*shown, measures)
    return PlannedOption(
        sequence=forecast.sequence,
        own=True,
        measures=measures,
        forecast=forecast,
        lasting=find_lasting(forecast),
        findings=(*forecast.findings, *judge_goal_rule(forecast)),
        exclusions=exclusions,
        beaten_by=find_dominators(list_points(weighed), len(shown), list_ties(weighed)),
    )


def find_goal_rule() -> tuple[float, int]:
    """Return the chance that the goal-directed rule asks of a first drug (0..1), and the month by which.

    >>> find_goal_rule()
    (0.5, 36)
    """
    least = find_fact("planner_rules", quantity="least_chance", rule="goal_rule").number / 100
    return least, round(find_fact("planner_rules", quantity="within", rule="goal_rule").number)


def judge_goal_rule(forecast: Forecast) -> tuple[Finding, ...]:
    """Say whether a sequence that begins with a drug meets the goal-directed rule of 2024."""
    least, month = find_goal_rule()
    if not forecast.sequence.regimens[0].prescriptions or month >= len(forecast.all_sites):
        return ()
    rule = "goal_rule_met" if forecast.all_sites[month].value >= least else "goal_rule_not_met"
    return (state_planner_rule(rule, percent=f"{100 * least:g} %", months=month),)
