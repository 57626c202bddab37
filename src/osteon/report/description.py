"""Pictures in words, for a reader who cannot see them."""

from __future__ import annotations

from osteon.report.frame import DISCLAIMER
from osteon.report.palette import FAMILY_LABEL
from osteon.report.values import MeasuredPoint, Stamp, TherapyBar
from osteon.report.views import (
    FitPanel,
    FitView,
    ForecastView,
    PlanRow,
    PlanView,
    SiteForecast,
    SurveyRow,
    SurveyView,
)
from osteon.report.wording import format_limit, format_month, format_t_score, say_estimate


def describe_forecast(view: ForecastView) -> str:
    """Say what `draw_forecast` draws.

    >>> from osteon.report import ClassLimits, MeasuredPoint, SiteForecast, Stamp
    >>> hip = SiteForecast(
    ...     site_label="Total hip",
    ...     months=(0, 12, 24),
    ...     median=(-2.8, -2.6, -2.5),
    ...     low_50=(-2.8, -2.7, -2.6),
    ...     high_50=(-2.8, -2.5, -2.4),
    ...     low_90=(-2.8, -2.9, -2.8),
    ...     high_90=(-2.8, -2.3, -2.2),
    ...     measured=(MeasuredPoint(month=0, t_score=-2.8, half_width=0.1),),
    ... )
    >>> view = ForecastView(
    ...     title="Alendronate for 24 months",
    ...     patient_label="Woman, 70 years",
    ...     sites=(hip,),
    ...     goal_t_score=-2.5,
    ...     class_limits=ClassLimits(osteoporosis_up_to=-2.5, normal_from=-1),
    ...     therapy=(),
    ...     stamp=Stamp(parameter_set="example", version="0"),
    ...     interval_label="90% interval",
    ... )
    >>> print(describe_forecast(view))
    Woman, 70 years. Total hip: median T-score ... at month 0 to ... at month 24, middle 90% ...
    """
    parts = [
        f"{view.patient_label}.",
        *(_describe_site(site, view) for site in view.sites),
        _describe_therapy(view.therapy),
        _describe_stamp(view.stamp),
    ]
    return " ".join(part for part in parts if part)


def describe_plan(view: PlanView) -> str:
    """Say what `draw_plan` draws.

    >>> from osteon.report import Estimate, PlanRow, Stamp
    >>> likely = Estimate(value=0.6, low=0.5, high=0.7)
    >>> row = PlanRow(sequence_label="no drug", sites=(likely,), all_sites=likely, durability=None)
    >>> view = PlanView(
    ...     title="One sequence",
    ...     patient_label="Woman, 70 years",
    ...     goal_t_score=-2.5,
    ...     target_month=36,
    ...     interval_label="90% interval",
    ...     site_labels=("Total hip",),
    ...     durability_label="still above a year later",
    ...     rows=(row,),
    ...     stamp=Stamp(parameter_set="example", version="0"),
    ... )
    >>> "no drug: Total hip 60% (90% interval 50% to 70%)" in describe_plan(view)
    True
    """
    month = format_month(view.target_month)
    parts = [
        f"{view.patient_label}. Chance of a T-score {view.goal_words} at month {month}, sequences as given.",
        *(_describe_plan_row(view, row) for row in view.rows),
        _describe_stamp(view.stamp),
    ]
    return " ".join(parts)


def describe_survey(view: SurveyView) -> str:
    """Say what `draw_survey` draws.

    >>> from osteon.report import Estimate, Stamp
    >>> row = SurveyRow(
    ...     sequence_label="no drug", full_persistence=Estimate(value=0.1), real_world_persistence=None
    ... )
    >>> view = SurveyView(
    ...     title="One sequence",
    ...     population_label="Women 50 years and older",
    ...     goal_t_score=-2.5,
    ...     target_month=36,
    ...     interval_label="90% interval",
    ...     rows=(row,),
    ...     stamp=Stamp(parameter_set="example", version="0"),
    ... )
    >>> "no drug: full persistence 10%, real-world persistence cannot say." in describe_survey(view)
    True
    """
    month, goal = format_month(view.target_month), format_limit(view.goal_t_score)
    parts = [
        f"{view.population_label}. Share expected above {goal} at every site at month {month}.",
        *(_describe_survey_row(row, view.interval_label) for row in view.rows),
        _describe_stamp(view.stamp),
    ]
    return " ".join(parts)


def describe_fit(view: FitView) -> str:
    """Say what `draw_fit` draws: how far the simulated curve lies from each panel's points.

    >>> from osteon.report import ObservedPoint, Stamp
    >>> panel = FitPanel(
    ...     study="Trial A",
    ...     arm="placebo",
    ...     outcome="total hip, % change",
    ...     observed=(ObservedPoint(month=12, value=-1, half_width=0.5),),
    ...     months=(0, 24),
    ...     simulated=(0, -1),
    ... )
    >>> view = FitView(
    ...     title="Calibration",
    ...     subtitle="One arm",
    ...     panels=(panel,),
    ...     interval_label="90% interval",
    ...     stamp=Stamp(parameter_set="example", version="0"),
    ... )
    >>> "total hip, % change: 1 point, at most 0.5 from" in describe_fit(view)
    True
    """
    parts = [
        f"{view.subtitle}. Page {view.page} of {view.pages}.",
        *(_describe_fit_panel(panel) for panel in view.panels),
        _describe_stamp(view.stamp),
    ]
    return " ".join(parts)


def _describe_site(site: SiteForecast, view: ForecastView) -> str:
    first, last = format_month(site.months[0]), format_month(site.months[-1])
    median = f"{format_t_score(site.median[0])} at month {first} to {format_t_score(site.median[-1])}"
    limits = f"{format_t_score(site.low_90[-1])} to {format_t_score(site.high_90[-1])}"
    text = f"{site.site_label}: median T-score {median} at month {last}, middle 90% {limits}."
    if site.measured:
        scans = ", ".join(_describe_scan(scan) for scan in site.measured)
        text += f" Scans: {scans}."
    if site.probabilities:
        chances = ", ".join(
            f"month {format_month(mark.month)} {say_estimate(mark.estimate, view.interval_label)}"
            for mark in site.probabilities
        )
        text += f" Chance above {format_limit(view.goal_t_score)}: {chances}."
    markers = ", ".join(
        f"{marker.label} {format_t_score(marker.t_score)} at month {format_month(marker.month)}"
        for marker in site.markers
    )
    return text + (f" Markers: {markers}." if markers else "") + "".join(f" {note}." for note in site.notes)


def _describe_scan(scan: MeasuredPoint) -> str:
    return f"{format_t_score(scan.t_score)} at month {format_month(scan.month)}"


def _describe_therapy(bars: tuple[TherapyBar, ...]) -> str:
    if not bars:
        return ""
    courses = "; ".join(
        f"{bar.label} ({FAMILY_LABEL[bar.family]}), "
        f"months {format_month(bar.start_month)} to {format_month(bar.stop_month)}"
        for bar in bars
    )
    return f"Therapy: {courses}."


def _describe_plan_row(view: PlanView, row: PlanRow) -> str:
    sites = ", ".join(
        f"{label} {say_estimate(estimate, view.interval_label)}"
        for label, estimate in zip(view.site_labels, row.sites, strict=True)
    )
    every = say_estimate(row.all_sites, view.interval_label)
    durability = say_estimate(row.durability, view.interval_label)
    note = f" {row.note}." if row.note else ""
    text = f"{row.sequence_label}: {sites}, every site {every}, {view.durability_label} {durability}."
    return text + note


def _describe_survey_row(row: SurveyRow, interval_label: str) -> str:
    full = say_estimate(row.full_persistence, interval_label)
    real = say_estimate(row.real_world_persistence, interval_label)
    return f"{row.sequence_label}: full persistence {full}, real-world persistence {real}."


def _describe_fit_panel(panel: FitPanel) -> str:
    import numpy as np

    misses = [
        abs(point.value - float(np.interp(point.month, panel.months, panel.simulated)))
        for point in panel.observed
    ]
    name = f"{panel.study}, {panel.arm}, {panel.outcome}"
    if not misses:
        return f"{name}: no published points."
    count = f"{len(misses)} point{'s' if len(misses) > 1 else ''}"
    return f"{name}: {count}, at most {max(misses):.2g} from the simulated curve."


def _describe_stamp(stamp: Stamp) -> str:
    return f"{DISCLAIMER} Parameter set {stamp.parameter_set}, osteon {stamp.version}."
