"""What bone is known to do under these drugs: each phenomenon simulated once, beside the trials that showed it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Any

from osteon.inference import TrialArm, read_trial_arm
from osteon.population import Executor
from osteon.remodeling import ParameterSet, load_parameter_set
from osteon.therapy import format_sequence, parse_sequence
from osteon.trials.cohort import CohortSettings
from osteon.trials.courses import (
    ArmCourse,
    CourseRequest,
    list_course_months,
    list_course_readings,
    make_course,
)
from osteon.trials.estimate import estimate_readings
from osteon.trials.phenomenon_list import PHENOMENA
from osteon.trials.phenomenon_specs import CurveSpec, PanelSpec, PhenomenonSpec
from osteon.trials.reproduction import ReproducedRow

__all__ = [
    "Claim",
    "Phenomenon",
    "PhenomenonCurve",
    "PhenomenonPanel",
    "describe_phenomenon",
    "simulate_phenomena",
]

_MOST = 90 / 100
_COHORT = "phenomena"
# One chunk of the solver: a course is drawn, and its published points keep the numbers of the whole cohort.
_DRAWN = CohortSettings(subjects=192, trials=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhenomenonCurve:
    """One simulated course with its name, and the published numbers of the same arm on the same scale.

    ``zero_month`` is the month of the course that the picture calls month 0.
    """

    label: str
    zero_month: float
    course: ArmCourse
    rows: tuple[ReproducedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhenomenonPanel:
    """Curves of one outcome on common axes."""

    title: str
    outcome: str
    month_label: str
    curves: tuple[PhenomenonCurve, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing that is said of the phenomenon, and whether the simulated cohorts do it."""

    text: str
    seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Phenomenon:
    """A phenomenon: what is known, the panels that show it, what is claimed of them, and the papers."""

    key: str
    title: str
    text: str
    panels: tuple[PhenomenonPanel, ...]
    claims: tuple[Claim, ...]
    sources: tuple[str, ...]


def simulate_phenomena(
    rows: Iterable[ReproducedRow] = (),
    parameters: ParameterSet | None = None,
    *,
    settings: CohortSettings | None = None,
    executor: Executor | None = None,
) -> tuple[Phenomenon, ...]:
    """Simulate every phenomenon; those of ``rows`` that belong to its arms become the published points.

    A curve that names a trial's arm is that arm's cohort, any other one of the mean age and T-score of trials.
    """
    chosen = parameters or load_parameter_set()
    specs = [
        (panel, curve) for phenomenon in PHENOMENA for panel in phenomenon.panels for curve in panel.curves
    ]
    arms = list({arm.study + arm.arm: arm for _, curve in specs for arm in (_find_arm(curve),)}.values())
    requests = [_make_request(panel, curve, arms) for panel, curve in specs]
    parts = [list_course_readings(request) for request in requests]
    estimates = estimate_readings(
        arms, list(chain(*parts)), chosen, settings=settings or _DRAWN, executor=executor
    )
    ends = list(accumulate(map(len, parts), initial=0))
    courses = iter(
        make_course(request, arms, estimates[start:end])
        for request, start, end in zip(requests, ends, ends[1:], strict=False)
    )
    published = tuple(rows)
    return tuple(_join_phenomenon(spec, courses, published) for spec in PHENOMENA)


def _find_arm(curve: CurveSpec) -> TrialArm:
    """Return the arm of a trial, or one of nobody in particular who takes the sequence."""
    if curve.study:
        found = read_trial_arm(curve.study, curve.arm)
        if found is not None:
            return found
    sequence = parse_sequence(curve.sequence)
    return TrialArm(
        study=_COHORT,
        arm=format_sequence(sequence),
        sequence=sequence,
        history=None,
        population="postmenopausal",
        age_years=None,
        years_since_menopause=None,
        baseline_t_scores={},
        n=None,
    )


def _make_request(panel: PanelSpec, curve: CurveSpec, arms: Sequence[TrialArm]) -> CourseRequest:
    arm = _find_arm(curve)
    start = curve.baseline_month
    end = min(curve.end_month or arm.sequence.duration_months, arm.sequence.duration_months)
    return CourseRequest(
        arm=next(place for place, one in enumerate(arms) if (one.study, one.arm) == (arm.study, arm.arm)),
        comparator=None,
        outcome=panel.outcome,
        baseline_month=start,
        months=list_course_months(arm, panel.outcome, start=start, end=end),
    )


def _join_phenomenon(
    spec: PhenomenonSpec, courses: Iterator[ArmCourse], rows: Sequence[ReproducedRow]
) -> Phenomenon:
    panels = tuple(
        PhenomenonPanel(
            title=panel.title,
            outcome=panel.outcome,
            month_label=panel.month_label,
            curves=tuple(
                PhenomenonCurve(
                    label=curve.label,
                    zero_month=curve.zero_month,
                    course=course,
                    rows=_pick_rows(course, rows),
                )
                for curve, course in zip(panel.curves, courses, strict=False)
            ),
        )
        for panel in spec.panels
    )

    def find(place: int, label: str) -> ArmCourse:
        return next(curve.course for curve in panels[place].curves if curve.label == label)

    shown = [row for panel in panels for curve in panel.curves for row in curve.rows]
    return Phenomenon(
        key=spec.key,
        title=spec.title,
        text=spec.text,
        panels=panels,
        claims=tuple(Claim(text=text, seen=bool(holds(find))) for text, holds in spec.claims),
        sources=tuple(dict.fromkeys(row.observation.fact.source for row in shown)),
    )


def _pick_rows(course: ArmCourse, rows: Sequence[ReproducedRow]) -> tuple[ReproducedRow, ...]:
    """Return the published numbers that lie on a course: same arm, outcome and baseline, no comparator."""
    wanted = (course.arm.study, course.arm.arm, "", course.outcome, course.baseline_month)

    def lies_on(row: ReproducedRow) -> bool:
        o = row.observation
        own = (o.study, o.arm, o.comparator, o.outcome, o.baseline_month)
        return own == wanted and o.month <= course.months[-1]

    return tuple(row for row in rows if lies_on(row))


def describe_phenomenon(found: Phenomenon) -> dict[str, Any]:
    """Return a phenomenon as JSON values: claims seen or not, and each panel's curves with published points."""
    return {
        "key": found.key,
        "title": found.title,
        "text": found.text,
        "claims": [{"text": claim.text, "seen": claim.seen} for claim in found.claims],
        "panels": [
            {
                "title": panel.title,
                "outcome": panel.outcome,
                "curves": [_describe_curve(curve) for curve in panel.curves],
            }
            for panel in found.panels
        ],
        "sources": list(found.sources),
    }


def _describe_curve(curve: PhenomenonCurve) -> dict[str, Any]:
    course = curve.course
    names = ("months", "simulated", "low", "high")
    return {
        "label": curve.label,
        "study": "" if course.arm.study == _COHORT else course.arm.study,
        "arm": course.arm.arm,
        "zero_month": curve.zero_month,
        "baseline_month": course.baseline_month,
        **{name: list(getattr(course, name)) for name in names},
        "published": [_describe_point(row) for row in curve.rows],
    }


def _describe_point(row: ReproducedRow) -> dict[str, Any]:
    low, high = row.estimate.find_interval(_MOST)
    return {
        "month": row.observation.month,
        "value": row.observation.value,
        "simulated": row.estimate.simulated,
        "simulated_low": low,
        "simulated_high": high,
        "extraction": row.observation.fact.extraction.value,
        "source": row.observation.fact.source,
    }
