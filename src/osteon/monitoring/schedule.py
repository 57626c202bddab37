"""When to look again: the next scan from what it could resolve, the next marker from what is being given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from osteon.densitometry import least_significant_change
from osteon.inference import Marker
from osteon.monitoring.changes import MONITORED_SITES
from osteon.monitoring.markers import find_cover, find_current_drugs
from osteon.monitoring.rules import find_monitoring_fact, read_monitoring_rules
from osteon.therapy import (
    Drug,
    LimitKind,
    Regimen,
    Route,
    Sequence,
    find_limits,
    parse_sequence,
)
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osteon.densitometry import Site
    from osteon.inference import Patient, PatientBank, SiteCourses
    from osteon.monitoring.timeline import Timeline

__all__ = ["NextMarker", "NextScan", "continue_treatment", "plan_markers", "plan_scan"]

_PTH_ANALOGS = frozenset({Drug.TERIPARATIDE, Drug.ABALOPARATIDE})


@dataclass(frozen=True, slots=True, kw_only=True)
class NextScan:
    """When the next scan could tell something, `months` from today.

    `site` is the first whose expected change reaches its least significant change by then, with both in g/cm2; None
    where none does within the longest usual interval, or where a sooner look does not wait for it.
    """

    date: date
    months: int
    sooner: bool
    site: Site | None
    expected_change_g_cm2: float | None
    least_significant_change_g_cm2: float | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextMarker:
    """A marker worth measuring, and when; `why` names the rule."""

    marker: Marker
    date: date
    why: str
    extraction: str
    source: str

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib key of the rule, as `cite` reads it."""
        return (self.source,)


def continue_treatment(patient: Patient, timeline: Timeline) -> Sequence:
    """Return what is given now, carried on; no drug where a course has reached its limit."""
    months = read_monitoring_rules().longest_interval_months
    drugs = sorted(find_current_drugs(timeline, timeline.as_of))
    if not drugs or any(_has_ended(drug, timeline) for drug in drugs):
        return Sequence(regimens=(Regimen(duration_months=months),))
    last = patient.history.regimens[-1] if patient.history else None
    if last is not None and last.prescriptions:
        return Sequence(regimens=(replace(last, duration_months=months, persistence=None),))
    return parse_sequence(f"{' and '.join(drugs)} for {months:g} months")


def _has_ended(drug: Drug, timeline: Timeline) -> bool:
    limits = [limit.value for limit in find_limits(drug, LimitKind.COURSE_LIMIT)]
    given = sum(
        min(course.stop_day, timeline.count_days(timeline.as_of)) - course.start_day
        for course in timeline.courses
        if course.drug is drug
    )
    return bool(limits) and given / DAYS_PER_MONTH >= min(limits) - 1 / 2


def plan_scan(bank: PatientBank, courses: SiteCourses, as_of: date, *, sooner: bool) -> NextScan:
    """Find the month at which the expected change of a monitored site reaches its least significant change.

    `courses` begin today. It stays within the usual interval of the guidelines, at its lower end when something is
    amiss (`sooner`).
    """
    rules = read_monitoring_rules()
    first, last = round(rules.shortest_interval_months), round(rules.longest_interval_months)
    month, site, change, limit = min(_list_resolved(bank, courses), default=(last, None, None, None))
    months = first if sooner else min(max(month, first), last)
    return NextScan(
        date=add_months(as_of, months),
        months=months,
        sooner=sooner,
        site=site,
        expected_change_g_cm2=change,
        least_significant_change_g_cm2=limit,
        sources=(find_monitoring_fact("next_scan", "months", "lower_limit").source,),
    )


def _list_resolved(bank: PatientBank, courses: SiteCourses) -> Iterator[tuple[int, Site, float, float]]:
    """List the first month at which each monitored site is expected to have changed by more than noise."""
    for index, site in enumerate(bank.baseline.sites):
        if site.site not in MONITORED_SITES:
            continue
        since = courses.true_t[index] - courses.true_t[index][0]
        change = np.median(since, axis=1) * site.young_sd_g_cm2
        limit = least_significant_change(site.precision_error_g_cm2)
        for month in np.flatnonzero(np.abs(change) >= limit)[:1].tolist():
            yield month, site.site, float(change[month]), limit


def add_months(day: date, months: float) -> date:
    """Return the day some months later, in months of equal length."""
    return day + timedelta(days=round(months * DAYS_PER_MONTH))


def plan_markers(patient: Patient, timeline: Timeline, *, sooner: bool) -> tuple[NextMarker, ...]:
    """List the markers that the rules ask for next: after a start, after denosumab, in a pause.

    What was measured since is not asked for again, nor what is long overdue, unless something is amiss (`sooner`):
    then it is due today.
    """
    drugs = find_current_drugs(timeline, timeline.as_of)
    rule, markers = _choose_rule(drugs, timeline) if drugs else ("marker_pause", (Marker.CTX,))
    begun = _find_start(timeline, drugs) if drugs else _find_stop(timeline)
    if begun is None:
        return ()
    fact = find_monitoring_fact(rule, "months")
    due = add_months(begun, fact.number)
    asked = [
        marker
        for marker in markers
        if sooner or (due >= timeline.as_of and not _was_measured(patient, marker, begun))
    ]
    day = timeline.as_of if sooner else due
    return tuple(
        NextMarker(marker=marker, date=day, why=rule, extraction=str(fact.extraction), source=fact.source)
        for marker in asked
    )


def _was_measured(patient: Patient, marker: Marker, begun: date) -> bool:
    return any(one.marker is marker and one.date is not None and one.date > begun for one in patient.markers)


def _choose_rule(drugs: frozenset[Drug], timeline: Timeline) -> tuple[str, tuple[Marker, ...]]:
    if drugs <= _PTH_ANALOGS:
        return "marker_pth_analog", (Marker.P1NP,)
    before = {course.drug for course in timeline.courses} - drugs
    if Drug.DENOSUMAB in before and Drug.DENOSUMAB not in drugs:
        return "marker_after_denosumab", (Marker.CTX,)
    oral = any(course.route is Route.ORAL for course in timeline.courses if course.drug in drugs)
    rule = "marker_oral_bisphosphonate" if oral else "marker_other_antiresorptive"
    return rule, (Marker.CTX, Marker.P1NP)


def _find_start(timeline: Timeline, drugs: frozenset[Drug]) -> date | None:
    days = [course.start_day for course in timeline.courses if course.drug in drugs]
    return timeline.start + timedelta(days=min(days)) if days else None


def _find_stop(timeline: Timeline) -> date | None:
    """Return when the last dose ceased to count, None where nothing was ever given."""
    stops = [find_cover(course) for course in timeline.courses]
    return timeline.start + timedelta(days=round(max(stops))) if stops else None
