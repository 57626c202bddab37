"""The picture of a follow-up: later scans upon the course that the baseline scans foretold."""

from __future__ import annotations

from itertools import groupby
from statistics import NormalDist
from typing import TYPE_CHECKING

from osteon import __version__
from osteon.app.monitoring_wording import (
    format_percentile,
    label_change,
    label_state,
    label_verdict,
)
from osteon.app.wording import describe_patient, label_site
from osteon.densitometry import check_comparability, default_precision_error, read_rules
from osteon.report import (
    BarFamily,
    ClassLimits,
    ForecastView,
    MeasuredPoint,
    ReferenceMarker,
    SiteForecast,
    Stamp,
    TherapyBar,
    draw_forecast,
    write_figure,
)
from osteon.therapy import describe_drug
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from osteon.densitometry import Scan
    from osteon.monitoring import FollowUp, ForetoldCourse, ScoredScan, SiteFollowUp, Timeline
    from osteon.therapy import Drug

__all__ = ["make_followup_view", "write_followup_chart"]

_INTERVAL = "90% interval"
_OTHER_SCANNER = "scan that cannot be compared"


def write_followup_chart(found: FollowUp, path: Path) -> Path:
    """Draw a follow-up into an SVG or PNG file."""
    return write_figure(draw_forecast(make_followup_view(found)), path)


def make_followup_view(found: FollowUp) -> ForecastView:
    """Turn a follow-up into what the picture of it shows: ribbons foretold by the baseline scans, scans upon them."""
    rules = read_rules()
    courses = {course.site: course for course in found.courses}
    return ForecastView(
        title=f"Follow-up of {found.as_of}: {label_verdict(found.verdict).lower()}",
        patient_label=(
            f"{found.patient.patient_id}: {describe_patient(found.patient)}. "
            "Ribbons: what the baseline scans alone foretold."
        ),
        sites=tuple(_view_site(found, one, courses[one.site]) for one in found.sites if one.site in courses),
        goal_t_score=rules.osteoporosis_t_score,
        class_limits=ClassLimits(
            osteoporosis_up_to=rules.osteoporosis_t_score, normal_from=rules.normal_t_score
        ),
        therapy=tuple(_list_bars(found.timeline)),
        stamp=Stamp(parameter_set=found.parameter_set, version=__version__),
        interval_label=_INTERVAL,
        start_date=found.timeline.start,
    )


def _view_site(found: FollowUp, one: SiteFollowUp, course: ForetoldCourse) -> SiteForecast:
    low_90, low_50, median, high_50, high_90 = (tuple(map(float, curve)) for curve in course.quantiles)
    first = one.series.baseline.scan
    scored = [scan for scan in one.series.scans if scan.t_score is not None]
    same = [scan for scan in scored if scan.scan is first or _can_compare(first, scan.scan)]
    return SiteForecast(
        site_label=label_site(one.site),
        months=tuple(map(float, course.months)),
        median=median,
        low_50=low_50,
        high_50=high_50,
        low_90=low_90,
        high_90=high_90,
        measured=tuple(_place(found.timeline, scan, one, course) for scan in same),
        markers=tuple(_place_other(found.timeline, scan) for scan in scored if scan not in same),
        notes=tuple(_list_notes(one)),
    )


def _can_compare(first: Scan, later: Scan) -> bool:
    return not any(finding.blocks for finding in check_comparability(first, later))


def _count_months(timeline: Timeline, scan: Scan) -> float:
    return 0.0 if scan.date is None else timeline.count_days(scan.date) / DAYS_PER_MONTH


def _place(
    timeline: Timeline, scored: ScoredScan, one: SiteFollowUp, course: ForetoldCourse
) -> MeasuredPoint:
    scan, change = scored.scan, one.changes.since_baseline
    usual = default_precision_error(scan.site).fraction * (scan.areal_bmd_g_cm2 or 0)
    error = scan.precision_error_g_cm2 or (change.precision_error_g_cm2 if change else None) or usual
    reach = NormalDist().inv_cdf((1 + read_rules().confidence) / 2)
    return MeasuredPoint(
        month=_count_months(timeline, scored.scan),
        t_score=scored.t_score or 0.0,
        half_width=reach * error / course.young_sd_g_cm2,
    )


def _place_other(timeline: Timeline, scored: ScoredScan) -> ReferenceMarker:
    return ReferenceMarker(
        label=_OTHER_SCANNER, month=_count_months(timeline, scored.scan), t_score=scored.t_score or 0.0
    )


def _list_notes(one: SiteFollowUp) -> Iterator[str]:
    change = one.changes.since_baseline
    if change is not None and change.absolute_g_cm2 is not None and change.percent is not None:
        yield (
            f"Since the baseline {change.absolute_g_cm2:+.3f} g/cm2 ({change.percent:+.1f}%), least significant "
            f"change {change.least_significant_change_g_cm2:.3f}: {label_change(change)}."
        )
    elif change is not None:
        yield f"{label_change(change).capitalize()}."
    if one.expected is not None:
        yield f"Observed: {format_percentile(one.expected.percentile)} percentile of its own forecast."
    yield f"T-score {label_state(one)}."


def _list_bars(timeline: Timeline) -> Iterator[TherapyBar]:
    """List what was given, a bar for each stretch of one drug; dated injections join while each covers the next."""
    today = timeline.count_days(timeline.as_of)
    ordered = sorted(timeline.courses, key=lambda course: (course.drug.value, course.start_day))
    bars = []
    for drug, group in groupby(ordered, key=lambda course: course.drug):
        spans = [(course.start_day, _find_end(course.stop_day, course.start_day, drug)) for course in group]
        bars += [
            _draw_bar(drug, begin, min(end, today)) for begin, end in _join_spans(spans) if begin < today
        ]
    yield from sorted(bars, key=lambda bar: bar.start_month)
    if not bars:
        end = max(today, 1) / DAYS_PER_MONTH
        yield TherapyBar(label="no drug", start_month=0.0, stop_month=end, family=BarFamily.NONE)


def _find_end(stop_day: int, start_day: int, drug: Drug) -> int:
    interval = describe_drug(drug).standard_dose.interval_days or 0
    return max(stop_day, round(start_day + interval))


def _join_spans(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in spans:
        if joined and begin <= joined[-1][1] + DAYS_PER_MONTH:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _draw_bar(drug: Drug, begin: int, end: int) -> TherapyBar:
    return TherapyBar(
        label=drug.value,
        start_month=begin / DAYS_PER_MONTH,
        stop_month=end / DAYS_PER_MONTH,
        family=BarFamily(describe_drug(drug).family.value),
    )
