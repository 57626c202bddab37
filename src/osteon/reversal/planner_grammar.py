"""Which sequences the planner writes down: courses of labeled doses, in every order worth trying."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import chain

from osteon.evidence import find_fact, select_facts
from osteon.therapy import (
    Drug,
    DrugFamily,
    LimitKind,
    Prescription,
    Regimen,
    Sequence,
    describe_drug,
    find_limits,
)

__all__ = [
    "Course",
    "Grammar",
    "is_anabolic",
    "is_pausable",
    "list_candidates",
    "make_regimen",
    "standard_grammar",
]

_COVERAGE = ("sparse", "partial", "strong")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One drug at its standard labeled dose for some months."""

    drug: Drug
    months: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """What the planner may write: courses before another drug, drugs that fill the time to the end, limits.

    Every sequence is `horizon_months` long and has at most `most_regimens` regimens; the last one, a drug of
    `closings` or no drug, lasts `shortest_last_months` or more. `left_out` names the drugs that are not tried, for
    want of trial evidence in the tables.
    """

    openings: tuple[Course, ...]
    closings: tuple[Drug, ...]
    left_out: tuple[Drug, ...]
    horizon_months: float
    most_regimens: int
    shortest_last_months: float


@cache
def standard_grammar() -> Grammar:
    """Read the grammar from the tables `planner_courses` and `planner_rules`.

    >>> standard_grammar().horizon_months, standard_grammar().openings[0].drug.value
    (60.0, 'romosozumab')
    """
    lengths = select_facts("planner_courses", quantity="course_length", place="before_another")
    closes = select_facts("planner_courses", quantity="closes", place="to_the_end")
    closings = tuple(Drug(fact.keys["drug"]) for fact in closes)
    least = str(find_fact("planner_rules", quantity="least_coverage", rule="search").value)
    return Grammar(
        openings=tuple(Course(drug=Drug(fact.keys["drug"]), months=fact.number) for fact in lengths),
        closings=tuple(drug for drug in closings if _is_covered(drug, least)),
        left_out=tuple(drug for drug in closings if not _is_covered(drug, least)),
        horizon_months=_read_number("horizon"),
        most_regimens=round(_read_number("most_regimens")),
        shortest_last_months=_read_number("shortest_last_course"),
    )


def list_candidates(grammar: Grammar) -> tuple[Sequence, ...]:
    """List every sequence of a grammar: no drug first, then by the first drug, its length, the second, and so on.

    Not tried at all: a drug straight after itself, a bisphosphonate straight after another, and two courses of
    bone-forming drugs. What is tried may still break a label or a guideline: `planner_rules` says so.

    >>> from osteon.therapy import format_sequence
    >>> candidates = list_candidates(standard_grammar())
    >>> format_sequence(candidates[0])
    'no drug for 60 months'
    >>> all(len(one.regimens) <= 3 and one.duration_months == 60 for one in candidates)
    True
    """
    beginnings: list[tuple[Course, ...]] = [()]
    found: list[Sequence] = []
    for _ in range(grammar.most_regimens):
        found += chain.from_iterable(_close(grammar, courses) for courses in beginnings)
        beginnings = [
            (*courses, course)
            for courses in beginnings
            for course in grammar.openings
            if _may_follow(courses, course.drug) and _months_left(grammar, (*courses, course)) > 0
        ]
    return tuple(sorted(found, key=_find_place))


def is_pausable(drug: Drug) -> bool:
    """Say whether guidelines speak of a pause: true of the bisphosphonates, which stay in bone."""
    return bool(find_limits(drug, LimitKind.REVIEW_AFTER))


def _find_place(sequence: Sequence) -> list[tuple[int, float]]:
    drugs = list(Drug)
    return [
        (drugs.index(regimen.prescriptions[0].drug) if regimen.prescriptions else -1, regimen.duration_months)
        for regimen in sequence.regimens
    ]


def _close(grammar: Grammar, courses: tuple[Course, ...]) -> list[Sequence]:
    left = _months_left(grammar, courses)
    if left < grammar.shortest_last_months:
        return []
    begun = tuple(map(make_regimen, courses))
    ends = [Regimen(duration_months=left)]
    ends += [
        make_regimen(Course(drug=drug, months=left))
        for drug in grammar.closings
        if _may_follow(courses, drug)
    ]
    return [Sequence(regimens=(*begun, end)) for end in ends]


def _months_left(grammar: Grammar, courses: tuple[Course, ...]) -> float:
    return grammar.horizon_months - sum(course.months for course in courses)


def _may_follow(courses: tuple[Course, ...], drug: Drug) -> bool:
    if is_anabolic(drug):
        return not any(is_anabolic(course.drug) for course in courses)
    if not courses:
        return True
    last = courses[-1].drug
    return last is not drug and not (is_pausable(last) and is_pausable(drug))


def is_anabolic(drug: Drug) -> bool:
    """Say whether a drug builds bone."""
    return describe_drug(drug).family is DrugFamily.ANABOLIC


def make_regimen(course: Course) -> Regimen:
    """Write a course as a regimen, at the drug's standard labeled dose."""
    dose = describe_drug(course.drug).standard_dose
    prescription = Prescription(
        drug=course.drug,
        amount=dose.amount,
        unit=dose.unit,
        interval_days=dose.interval_days,
        route=dose.route,
    )
    return Regimen(prescriptions=(prescription,), duration_months=course.months)


def _is_covered(drug: Drug, least: str) -> bool:
    return _COVERAGE.index(describe_drug(drug).evidence_coverage) >= _COVERAGE.index(least)


def _read_number(quantity: str) -> float:
    return find_fact("planner_rules", quantity=quantity, rule="search").number
