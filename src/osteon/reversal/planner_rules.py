"""What keeps a sequence out of the search: labels and guidelines against this patient, with their sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from osteon.evidence import find_fact
from osteon.reversal.planner_grammar import Course, is_anabolic, is_pausable, make_regimen
from osteon.therapy import (
    Drug,
    Finding,
    HeldRestriction,
    LimitKind,
    RestrictionKind,
    Sequence,
    Severity,
    check_sequence,
    find_limits,
    list_held_restrictions,
)

if TYPE_CHECKING:
    from osteon.therapy import PatientContext, Regimen

__all__ = ["ExcludedGroup", "Verdict", "group_excluded", "judge_sequences", "state_planner_rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A sequence, everything worth knowing about it, and what of that keeps it out of the search."""

    sequence: Sequence
    findings: tuple[Finding, ...]
    exclusions: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedGroup:
    """Sequences left out for one reason: how many, and the first of them as an example."""

    reason: Finding
    count: int
    example: Sequence

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind the reason, as `cite` reads them."""
        return self.reason.sources


def judge_sequences(sequences: Iterable[Sequence], context: PatientContext) -> tuple[Verdict, ...]:
    """Judge sequences for one patient, in their order.

    A label that speaks against a drug for this patient comes first and spares the other checks, except the
    findings, which are then left empty. What the history brings, whatever follows it, keeps nothing out.
    """
    wanted = tuple(sequences)
    refused = [tuple(_list_refusals(sequence, context)) for sequence in wanted]
    findings = [
        () if against else check_sequence(one, context) for one, against in zip(wanted, refused, strict=True)
    ]
    inherited = _list_inherited(context)
    return tuple(
        Verdict(
            sequence=sequence,
            findings=found,
            exclusions=against or tuple(_list_breaches(sequence, found, context, inherited)),
        )
        for sequence, against, found in zip(wanted, refused, findings, strict=True)
    )


def _list_inherited(context: PatientContext) -> frozenset[Finding]:
    """List what is found of the history by itself, and still when an antiresorptive without limits follows it."""
    if context.history is None:
        return frozenset()
    follow_on = Sequence(regimens=(make_regimen(Course(drug=Drug.RALOXIFENE, months=1)),))
    alone = check_sequence(context.history, replace(context, history=None))
    return frozenset(alone) & frozenset(check_sequence(follow_on, context))


def group_excluded(verdicts: Iterable[Verdict]) -> tuple[ExcludedGroup, ...]:
    """Count what was left out by its first reason, the gravest reasons first."""
    groups: dict[tuple[str, ...], list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.exclusions:
            groups.setdefault(_name_group(verdict.exclusions[0]), []).append(verdict)
    found = [
        ExcludedGroup(reason=members[0].exclusions[0], count=len(members), example=members[0].sequence)
        for members in groups.values()
    ]
    order = (Severity.CONTRAINDICATED, Severity.CAUTION, Severity.INFO)
    return tuple(sorted(found, key=lambda group: order.index(group.reason.severity)))


def state_planner_rule(rule: str, **values: object) -> Finding:
    """State a rule of the table `planner_rules`, its blanks filled with values.

    >>> state_planner_rule("goal_rule_met", percent="50 %", months=36).severity.value
    'info'
    """
    message = find_fact("planner_rules", quantity="message", rule=rule)
    severity = find_fact("planner_rules", quantity="severity", rule=rule)
    words = str(message.value).format(**values)
    return Finding(
        code=rule,
        severity=Severity(str(severity.value)),
        message=words[:1].upper() + words[1:],
        source=message.source,
        extraction=message.extraction,
    )


def _name_group(reason: Finding) -> tuple[str, ...]:
    """Restrictions are told apart by their words, which name the drug; rules by their code."""
    is_restriction = reason.severity is Severity.CONTRAINDICATED or reason.code.startswith("restricted_")
    return (reason.code, reason.message) if is_restriction else (reason.code,)


def _list_refusals(sequence: Sequence, context: PatientContext) -> Iterator[Finding]:
    """Yield what a label says against a drug of the sequence for this patient."""
    for held in list_held_restrictions(sequence, context):
        if not _refuses(held):
            continue
        if held.certain:
            yield held.finding
        else:
            stated = state_planner_rule("event_time_unknown", restriction=held.finding.message)
            yield replace(stated, source=held.finding.source, extraction=held.finding.extraction)


def _refuses(held: HeldRestriction) -> bool:
    restriction = held.restriction
    boxed = restriction.kind is RestrictionKind.BOXED_WARNING and restriction.within_months is not None
    return boxed or restriction.kind.value in _read_names("excluding_restrictions")


def _list_breaches(
    sequence: Sequence, findings: tuple[Finding, ...], context: PatientContext, inherited: frozenset[Finding]
) -> Iterator[Finding]:
    """Yield the findings that keep a sequence out, and a pause that comes before its review."""
    codes = _read_names("excluding_findings")
    yield from (one for one in findings if one.code in codes and one not in inherited)
    history = () if context.history is None else context.history.regimens
    yield from _check_anabolics(history, sequence)
    yield from _check_pause((*history, *sequence.regimens))


def _check_anabolics(history: tuple[Regimen, ...], sequence: Sequence) -> Iterator[Finding]:
    """Yield a finding for each bone-forming drug that comes straight after another one."""
    for before, now in pairwise((*history[-1:], *sequence.regimens)):
        first, second = _find_anabolic(before), _find_anabolic(now)
        if first and second and first is not second:
            yield state_planner_rule("anabolic_after_anabolic", before=first, drug=second)


def _find_anabolic(regimen: Regimen) -> Drug | None:
    drugs = (prescription.drug for prescription in regimen.prescriptions)
    return next((drug for drug in drugs if is_anabolic(drug)), None)


def _check_pause(regimens: tuple[Regimen, ...]) -> Iterator[Finding]:
    """Yield a finding where a sequence ends with no drug after too short a course of bisphosphonates."""
    *before, last = regimens
    if last.prescriptions:
        return
    run = tuple(takewhile(_is_bisphosphonate, reversed(before)))
    months = sum(regimen.duration_months for regimen in run)
    review = find_limits(run[0].prescriptions[-1].drug, LimitKind.REVIEW_AFTER)[0] if run else None
    if review is not None and months < review.value:
        stated = state_planner_rule(
            "pause_before_review", drug=review.drug, months=f"{months:g}", limit=f"{review.value:g}"
        )
        yield replace(stated, source=review.source, extraction=review.extraction)


def _is_bisphosphonate(regimen: Regimen) -> bool:
    drugs = [prescription.drug for prescription in regimen.prescriptions]
    return bool(drugs) and all(map(is_pausable, drugs))


@cache
def _read_names(quantity: str) -> frozenset[str]:
    fact = find_fact("planner_rules", quantity=quantity, rule="search")
    return frozenset(str(fact.value).split(", "))
