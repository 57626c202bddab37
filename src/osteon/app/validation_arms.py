"""The arms of the validation report, each under the drug that it was given first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osteon.app.validation_plots import MARKERS, OUTCOMES, draw_arm, span_outcomes
from osteon.app.validation_tables import ROLE_WORDS, ROW_HEAD, list_row_entries
from osteon.app.wording import label_site, name_sequence
from osteon.report import ArmGroupView, ArmView, Span, TableView
from osteon.therapy import Drug

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from osteon.inference import TrialArm
    from osteon.trials import ArmCourse, ReproducedRow, Reproduction

__all__ = ["list_arm_groups"]

_NOTHING: Final = "Placebo or no drug"
_TOGETHER: Final = "Two drugs together"
_ORDER: Final = (*(drug.value.capitalize() for drug in Drug), _TOGETHER, _NOTHING)

Key = tuple[str, str, str, float]
Member = tuple["Reproduction", list["ArmCourse"], list["ReproducedRow"]]


def list_arm_groups(reproductions: Sequence[Reproduction]) -> Iterator[ArmGroupView]:
    """List every arm, comparator and baseline month of the evidence once, in groups that share scales."""
    groups: dict[str, list[Member]] = {}
    for one in reproductions:
        for member in _list_members(one):
            groups.setdefault(_name_group(member[1][0].arm), []).append(member)
    for title in sorted(groups, key=_ORDER.index):
        members = sorted(groups[title], key=_place_member)
        spans = {
            rises: span_outcomes(
                [course for member in members if _rises(member) is rises for course in member[1]],
                [row for member in members if _rises(member) is rises for row in member[2]],
            )
            for rises in (False, True)
        }
        # BMD has one scale in a group; a marker has two, or one rebound would flatten every suppression.
        shared = span_outcomes(
            [c for member in members for c in member[1]], [r for m in members for r in m[2]]
        )
        yield ArmGroupView(
            title=title,
            outcomes=tuple(label_site(name) for name in OUTCOMES),
            arms=tuple(
                _make_arm(
                    member, shared | {name: spans[_rises(member)][name] for name in MARKERS & _name(member)}
                )
                for member in members
            ),
        )


def _place_member(member: Member) -> tuple[str, str, float]:
    course = member[1][0]
    return course.arm.study.lower(), course.arm.arm, course.baseline_month


def _name(member: Member) -> set[str]:
    return {course.outcome for course in member[1]}


def _rises(member: Member) -> bool:
    """Tell whether an arm's markers rise at least half as far as they fall."""
    values = [row.observation.value for row in member[2] if row.observation.outcome in MARKERS]
    return max(values, default=0) > -min(values, default=0) / 2


def _list_members(one: Reproduction) -> Iterator[Member]:
    courses: dict[Key, list[ArmCourse]] = {}
    for course in one.courses:
        comparator = course.comparator.arm if course.comparator else ""
        key = (course.arm.study, course.arm.arm, comparator, course.baseline_month)
        courses.setdefault(key, []).append(course)
    rows: dict[Key, list[ReproducedRow]] = {}
    for row in one.rows:
        o = row.observation
        rows.setdefault((o.study, o.arm, o.comparator, o.baseline_month), []).append(row)
    for key, found in courses.items():
        yield one, found, sorted(rows[key], key=_place_row)


def _place_row(row: ReproducedRow) -> tuple[int, float]:
    return OUTCOMES.index(row.observation.outcome), row.observation.month


def _name_group(arm: TrialArm) -> str:
    for regimen in arm.sequence.regimens:
        drugs = [one.drug.value for one in regimen.prescriptions]
        if drugs:
            return drugs[0].capitalize() if len(drugs) == 1 else _TOGETHER
    return _NOTHING


def _make_arm(member: Member, spans: Mapping[str, Span]) -> ArmView:
    one, courses, rows = member
    arm, comparator, since = courses[0].arm, courses[0].comparator, courses[0].baseline_month
    name = f"{arm.arm} less {comparator.arm}" if comparator else arm.arm
    shown = f"{name}, since month {since:g}" if since else name
    title = f"{arm.study} \N{MIDDLE DOT} {shown}"
    return ArmView(
        study=arm.study,
        arm=shown,
        therapy=name_sequence(arm.sequence),
        facts=", ".join(_list_facts(arm)),
        role=ROLE_WORDS[one.role.value],
        grid=draw_arm(title, courses, rows, spans),
        numbers=TableView(
            key="arm",
            caption="",
            head=("Outcome", "Month", *ROW_HEAD),
            rows=tuple(tuple(list_row_entries(row)) for row in rows),
        ),
    )


def _list_facts(arm: TrialArm) -> Iterator[str]:
    if arm.history is not None:
        yield f"before: {name_sequence(arm.history)}"
    if arm.n is not None:
        yield f"n {arm.n:.0f}"
    if arm.age_years is not None:
        yield f"age {arm.age_years:g}"
