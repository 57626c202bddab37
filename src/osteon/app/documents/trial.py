"""The JSON of `trial`: who was enrolled, what each endpoint came to, how many it would take, how it was run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import JsonValue

from osteon.app.documents.shapes import Document, Number, Shape, Share, SourceShape, shape_sources
from osteon.trials import describe_design, describe_fracture_evidence, label_endpoint

if TYPE_CHECKING:
    from osteon.app.trials import TrialAnswer, TrialList
    from osteon.trials import (
        ArmBaseline,
        ArmEndpoint,
        ArmPower,
        Contrast,
        Interval,
        SurrogateReading,
        TimeCourse,
        TrialDesign,
        VisitCourse,
    )

_PRINTED_P = 10**-4


class IntervalShape(Shape):
    """A number with its 95 % interval; percent for a change, 0 to 1 for a share."""

    value: Number
    low: Number
    high: Number
    n: int


class ContrastShape(Shape):
    """A difference from the control, 95 % interval and p-value (0.0001 stands for that or less).

    `predicted` is the 95 % interval for one real trial of this size: sampling and what the model does not know.
    """

    value: Number
    low: Number
    high: Number
    p_value: Number
    predicted_low: Number | None
    predicted_high: Number | None


class TimesShape(Shape):
    """Share not yet at the target at each visit, and the visit by which half are; null where it is not seen."""

    months: list[int]
    at_risk: list[int]
    not_reached: list[Share]
    low: list[Share]
    high: list[Share]
    median_months: int | None
    median_low: int | None
    median_high: int | None


class ArmEndpointShape(Shape):
    """One endpoint in one arm; `published` is what the mirrored trial printed (percent)."""

    arm: str
    endpoint: str
    kind: str
    measures: str
    estimate: IntervalShape | None
    times: TimesShape | None
    contrast: ContrastShape | None
    published: Number | None


class ArmBaselineShape(Shape):
    """Who was enrolled: years, and scanned T-scores by site; `seen_at_end` is the share at the last visit."""

    arm: str
    subjects: int
    mean: dict[str, Number]
    sd: dict[str, Number]
    seen_at_end: Share


class CoursePointShape(Shape):
    """Percent change of those seen at a visit."""

    month: int
    change: IntervalShape


class CourseShape(Shape):
    """Percent change at one site of one arm by visit, and the numbers that the mirrored trial printed."""

    arm: str
    site: str
    points: list[CoursePointShape]
    published: list[tuple[Number, Number]]


class PowerRowShape(Shape):
    """Power with `subjects` randomized to the two arms together, two-sided test at 5 %."""

    subjects: int
    resampled: Share
    standard_error: Number
    closed_form: Share
    assurance: Share | None


class ArmPowerShape(Shape):
    """Power of the primary endpoint, one arm against the control."""

    arm: str
    rows: list[PowerRowShape]


class SurrogateShape(Shape):
    """Total hip at 24 months against the control; `says` is evidence about groups, never about one person."""

    arm: str
    contrast: ContrastShape
    says: list[str]


class TrialRunShape(Shape):
    """How it was run; `content_hash` is a digest of every row, the same on any number of workers."""

    run_hash: str
    content_hash: str
    chunks: int
    rows: int
    chunks_found_finished: int
    workers_lost: int


class TrialDocument(Document):
    """A virtual randomized trial."""

    format: Literal["osteon-trial/1"] = "osteon-trial/1"
    design: dict[str, JsonValue]
    baselines: list[ArmBaselineShape]
    courses: list[CourseShape]
    endpoints: list[ArmEndpointShape]
    power: list[ArmPowerShape]
    surrogate: list[SurrogateShape]
    run: TrialRunShape
    parameter_set: str
    evidence_hash: str
    sources: list[SourceShape]


class TrialListDocument(Document):
    """The designs that come with osteon, by the name they are called by."""

    format: Literal["osteon-trial-list/1"] = "osteon-trial-list/1"
    designs: dict[str, dict[str, JsonValue]]
    sources: list[SourceShape]


def write_trial(answer: TrialAnswer) -> TrialDocument:
    """Write a virtual trial."""
    trial, run = answer.trial, answer.run
    return TrialDocument(
        design=describe_design(trial.design),
        baselines=[_shape_baseline(one, trial.seen_at_end[one.arm]) for one in trial.baselines],
        courses=[_shape_course(course) for course in trial.courses],
        endpoints=[_shape_endpoint(one) for one in trial.endpoints],
        power=[_shape_power(one) for one in trial.power],
        surrogate=[_shape_surrogate(one) for one in trial.surrogate],
        run=TrialRunShape(
            run_hash=trial.run_hash,
            content_hash=run.content_hash,
            chunks=run.chunks,
            rows=run.rows,
            chunks_found_finished=run.found,
            workers_lost=len(run.losses),
        ),
        parameter_set=trial.parameter_set,
        evidence_hash=trial.evidence_hash,
        sources=shape_sources(trial.sources),
    )


def write_trial_list(found: TrialList) -> TrialListDocument:
    """Write the designs that come with osteon."""
    return TrialListDocument(
        designs={name: _describe(design) for name, design in found.designs.items()},
        sources=shape_sources(found.sources),
    )


def _describe(design: TrialDesign) -> dict[str, JsonValue]:
    return describe_design(design)


def _shape_interval(interval: Interval) -> IntervalShape:
    return IntervalShape(value=interval.value, low=interval.low, high=interval.high, n=interval.n)


def _shape_contrast(contrast: Contrast) -> ContrastShape:
    low, high = contrast.predicted or (None, None)
    return ContrastShape(
        value=contrast.value,
        low=contrast.low,
        high=contrast.high,
        p_value=max(contrast.p_value, _PRINTED_P),
        predicted_low=low,
        predicted_high=high,
    )


def _shape_times(times: TimeCourse) -> TimesShape:
    return TimesShape(
        months=list(times.months),
        at_risk=list(times.at_risk),
        not_reached=list(times.not_reached),
        low=list(times.low),
        high=list(times.high),
        median_months=times.median_months,
        median_low=times.median_low,
        median_high=times.median_high,
    )


def _shape_endpoint(one: ArmEndpoint) -> ArmEndpointShape:
    kinds = {
        "ChangeEndpoint": "percent_change",
        "ShareEndpoint": "share_above",
        "TimeEndpoint": "time_to_target",
    }
    return ArmEndpointShape(
        arm=one.arm,
        endpoint=one.endpoint.name,
        kind=kinds[type(one.endpoint).__name__],
        measures=label_endpoint(one.endpoint),
        estimate=None if one.estimate is None else _shape_interval(one.estimate),
        times=None if one.times is None else _shape_times(one.times),
        contrast=None if one.contrast is None else _shape_contrast(one.contrast),
        published=one.published,
    )


def _shape_baseline(one: ArmBaseline, seen_at_end: float) -> ArmBaselineShape:
    return ArmBaselineShape(
        arm=one.arm, subjects=one.subjects, mean=one.means, sd=one.sds, seen_at_end=seen_at_end
    )


def _shape_course(course: VisitCourse) -> CourseShape:
    pairs = zip(course.months, course.change, strict=True)
    return CourseShape(
        arm=course.arm,
        site=course.site.value,
        points=[
            CoursePointShape(month=month, change=_shape_interval(change))
            for month, change in pairs
            if change is not None
        ],
        published=list(course.published),
    )


def _shape_power(one: ArmPower) -> ArmPowerShape:
    rows = [
        PowerRowShape(
            subjects=row.subjects,
            resampled=row.resampled,
            standard_error=row.standard_error,
            closed_form=row.closed_form,
            assurance=row.assurance,
        )
        for row in one.rows
    ]
    return ArmPowerShape(arm=one.arm, rows=rows)


def _shape_surrogate(one: SurrogateReading) -> SurrogateShape:
    says = (one.silence,) if one.fractures is None else describe_fracture_evidence(one.fractures)
    return SurrogateShape(arm=one.arm, contrast=_shape_contrast(one.contrast), says=list(says))
