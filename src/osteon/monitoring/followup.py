"""The follow-up of one patient; the order of the answer is written here, once."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from osteon.densitometry import FindingCode, read_rules
from osteon.errors import BadInputError
from osteon.evidence import find_fact
from osteon.inference import (
    BankSettings,
    Marker,
    chance_above_now,
    find_as_of,
    name_context,
    predict_visit,
    prepare_patient,
    simulate_sites,
)
from osteon.monitoring.causes import Cause, CauseName, CauseQuestion, CauseRanking, rank_causes
from osteon.monitoring.changes import assess_series, is_strong
from osteon.monitoring.clock import DenosumabClock, TreatmentGap, find_gap, read_clock
from osteon.monitoring.course import ForetoldCourse, trace_courses
from osteon.monitoring.data import Block, block_markers, block_scans, predict_block
from osteon.monitoring.expected import Expected, expect_newest, place_visit
from osteon.monitoring.findings import list_findings
from osteon.monitoring.markers import MarkerFollowUp, compare_markers
from osteon.monitoring.opening import open_baseline, refuse_outside_domain
from osteon.monitoring.rules import find_monitoring_fact, read_monitoring_rules, state_sentence
from osteon.monitoring.schedule import NextMarker, NextScan, continue_treatment, plan_markers, plan_scan
from osteon.monitoring.sites import SiteFollowUp
from osteon.monitoring.states import ReversalState, join_states, trace_site
from osteon.monitoring.timeline import Timeline, lay_timeline, simulate_history
from osteon.monitoring.verdict import Objection, Verdict, choose_verdict, list_objections
from osteon.monitoring.visits import SiteSeries, find_visit_date, list_series, start_of_treatment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from osteon.densitometry import Classification, Site
    from osteon.inference import NowChance, Patient, PatientBank, SiteBaseline
    from osteon.population import Executor
    from osteon.remodeling import ParameterSet
    from osteon.therapy import Finding, Sequence

__all__ = ["FollowUp", "judge_followup", "read_chance"]

_AS_STATED = frozenset({CauseName.NOISE, CauseName.CEILING, CauseName.TREATMENT_GAP})
_UNDESCRIBED = frozenset(
    {
        FindingCode.MODEL_UNKNOWN,
        FindingCode.SOFTWARE_UNKNOWN,
        FindingCode.SIDE_UNKNOWN,
        FindingCode.VERTEBRAE_UNKNOWN,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Is it happening? The answer in the order that a clinician would ask.

    `sites` hold comparability, change, what was expected and the state of each site; `markers` the newest of each.
    `state` is that of all sites together, and `chance_above` how likely the true T-scores are above the line now,
    given every scan and marker and the history as stated. `ranking` holds the causes, only for a verdict of off
    track. `continued` is the course that the next dates assume; `courses` are what the baseline scans alone foretold,
    on the `timeline`. In every state the diagnosis persists.
    """

    patient: Patient
    as_of: date
    visit: date | None
    classification: Classification
    sites: tuple[SiteFollowUp, ...]
    markers: tuple[MarkerFollowUp, ...]
    state: ReversalState
    chance_above: NowChance
    verdict: Verdict
    objections: tuple[Objection, ...]
    ranking: CauseRanking | None
    clock: DenosumabClock | None
    gap: TreatmentGap | None
    next_scan: NextScan
    next_markers: tuple[NextMarker, ...]
    continued: Sequence
    courses: tuple[ForetoldCourse, ...]
    timeline: Timeline
    findings: tuple[Finding, ...]
    parameter_set: str
    evidence_hash: str
    seed: int
    virtual_patients: int
    notes: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The causes, the likeliest first; none unless off track."""
        return self.ranking.causes if self.ranking else ()


class _Cited(Protocol):
    @property
    def sources(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What is read from the patient before anything is simulated."""

    patient: Patient
    as_of: date
    treated: date | None
    series: tuple[SiteSeries, ...]
    timeline: Timeline
    gap: TreatmentGap | None
    precision_errors: Mapping[Site, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Foretold:
    """The virtual patients of the baseline, the data they are held against, and what they foretold."""

    bank: PatientBank
    blocks: tuple[Block, ...]
    markers: Mapping[Marker, Expected]
    courses: tuple[ForetoldCourse, ...]


def judge_followup(
    patient: Patient,
    *,
    precision_errors: Mapping[Site, float] | None = None,
    new_fracture: bool = False,
    settings: BankSettings | None = None,
    parameters: ParameterSet | None = None,
    executor: Executor | None = None,
) -> FollowUp:
    """Judge the newest visit against everything before it.

    In this order: are the scans comparable; the change against its least significant change; expected against
    observed; markers; the state; the verdict; the causes, ranked when off track; the next scan and markers. A
    `new_fracture` keeps the state from `reversal`. `precision_errors` (g/cm2) are the facility's own, by site.

    Raises `monitoring.outside_domain` for premenopausal women and men under 50, `monitoring.undated`, and what the
    rooms below say of the patient.
    """
    refuse_outside_domain(patient)
    used = settings or BankSettings()
    case = _read_case(patient, precision_errors or {})
    now = prepare_patient(patient, settings=used, parameters=parameters)
    continued = continue_treatment(patient, case.timeline)
    courses = simulate_sites(now, continued, months=round(continued.duration_months), executor=executor)
    foretold = _foretell(case, used, parameters, executor)
    expected = _expect_sites(case, used, parameters)
    chance_above = chance_above_now(now, read_rules().osteoporosis_t_score)
    sites = tuple(_judge_site(case, one, expected, chance_above) for one in case.series)
    markers = compare_markers(patient.markers, case.timeline, case.treated, foretold.markers)
    state = join_states((one.standing for one in sites), fractured=new_fracture)
    objections = list_objections(sites, markers, case.gap)
    verdict = choose_verdict(state, sites, objections)
    off_track = verdict is Verdict.OFF_TRACK
    clock = read_clock(case.timeline)
    ranking = rank_causes(_ask_causes(case, foretold), executor) if off_track else None
    causes = ranking.causes if ranking else ()
    next_scan = plan_scan(now, courses, case.as_of, sooner=off_track)
    next_markers = plan_markers(patient, case.timeline, sooner=off_track)
    findings = list_findings(patient, name_context(patient), sites, markers, case.gap, case.timeline)
    return FollowUp(
        patient=patient,
        as_of=case.as_of,
        visit=find_visit_date(patient),
        classification=now.baseline.classification,
        sites=sites,
        markers=markers,
        state=state,
        chance_above=chance_above,
        verdict=verdict,
        objections=objections,
        ranking=ranking,
        clock=clock,
        gap=case.gap,
        next_scan=next_scan,
        next_markers=next_markers,
        continued=continued,
        courses=foretold.courses,
        timeline=case.timeline,
        findings=findings,
        parameter_set=now.parameters.name,
        evidence_hash=now.parameters.evidence_hash,
        seed=used.seed,
        virtual_patients=len(courses.draw),
        notes=_write_notes(now, causes),
        sources=_gather_sources(
            now,
            sites,
            (*markers, *causes, *findings, *next_markers, next_scan, clock.reading if clock else None),
        ),
    )


def read_chance(found: FollowUp, site: Site | None = None) -> float | None:
    """Return the chance that the true T-score is above the line now, at a site or, without one, at all of them.

    Off track it is averaged over the causes, because the history may not be as stated; a site without follow-up scans
    keeps the chance of the history as stated.
    """
    stated = {told.site: told.chance for told in found.chance_above.sites}
    averaged = found.ranking.chance_above if found.ranking else {}
    if site is not None:
        return averaged.get(site, stated.get(site))
    if found.ranking is None or found.ranking.all_sites is None:
        return found.chance_above.all_sites
    return found.ranking.all_sites * math.prod(stated[one] for one in stated if one not in averaged)


def _write_notes(bank: PatientBank, causes: tuple[Cause, ...]) -> tuple[str, ...]:
    notes = [*(bank.posterior.notes if bank.posterior else ())]
    stated = sum(cause.weight for cause in causes if cause.name in _AS_STATED)
    if causes and stated < 1 / 2:
        notes.append("The forecast takes the history as stated, which these data make unlikely.")
    return (*notes, state_sentence("diagnosis_persists"))


def _read_case(patient: Patient, precision_errors: Mapping[Site, float]) -> _Case:
    as_of = find_as_of(patient)
    if as_of is None:
        raise BadInputError(
            code="monitoring.undated",
            field="Patient.as_of",
            got="no date of a scan and no day of the follow-up",
            expected="the date of each scan",
            hint="A follow-up is counted from the day of each scan, marker and dose.",
        )
    series = list_series(patient, as_of)
    days = [scored.scan.date for one in series for scored in one.scans] + [
        one.date for one in patient.markers
    ]
    timeline = lay_timeline(patient, as_of, (day for day in days if day is not None))
    return _Case(
        patient=patient,
        as_of=as_of,
        treated=start_of_treatment(patient, as_of),
        series=series,
        timeline=timeline,
        gap=find_gap(timeline),
        precision_errors=precision_errors,
    )


def _foretell(
    case: _Case, settings: BankSettings, parameters: ParameterSet | None, executor: Executor | None
) -> _Foretold:
    """Run who the patient could have been at the baseline through the course as stated."""
    wide = replace(settings, per_draw=settings.per_draw * _count_lanes())
    bank = open_baseline(case.patient, case.series, case.timeline, wide, parameters)
    blocks = (
        *block_scans(bank, case.series, case.timeline, case.precision_errors),
        *block_markers(case.patient.markers, case.timeline),
    )
    course = simulate_history(bank, case.timeline, executor=executor)
    courses = trace_courses(bank, case.series, case.timeline, course)
    if not blocks:
        return _Foretold(bank=bank, blocks=(), markers={}, courses=courses)
    predictions = [predict_block(block, bank, course) for block in blocks]
    tail = read_monitoring_rules().off_track_percentile
    expected = expect_newest(blocks, predictions, (tail, 1 / 2, 1 - tail))
    markers = {one.outcome: one for one in expected if isinstance(one.outcome, Marker)}
    return _Foretold(bank=bank, blocks=blocks, markers=markers, courses=courses)


def _count_lanes() -> int:
    return int(find_fact("monitoring_rules", quantity="count", rule="virtual_patients").number)


def _expect_sites(
    case: _Case, settings: BankSettings, parameters: ParameterSet | None
) -> Mapping[str, Expected]:
    """Ask what everything before the newest visit foretold of its scans, where the scans can be compared."""
    scans = tuple(
        one.newest.scan
        for one in case.series
        if one.rescanned and len(one.scans) > 1 and one.newest.scan.date and one.newest.t_score is not None
    )
    if not scans:
        return {}
    foretold = predict_visit(case.patient, scans, settings=settings, parameters=parameters)
    return {one.site.value: place_visit(one) for one in foretold if one.comparable}


def _judge_site(
    case: _Case, one: SiteSeries, expected: Mapping[str, Expected], now: NowChance
) -> SiteFollowUp:
    precision = case.precision_errors.get(one.site)
    changes = assess_series(one, precision)
    return SiteFollowUp(
        series=one,
        standing=trace_site(one, precision),
        changes=changes,
        expected=expected.get(one.site.value),
        chance_above=next((told.chance for told in now.sites if told.site is one.site), None),
        strong_response=is_strong(changes.since_baseline),
    )


def _ask_causes(case: _Case, foretold: _Foretold) -> CauseQuestion:
    begun = min((course.start_day for course in case.timeline.courses), default=0)
    older = [
        day for block in foretold.blocks for day, new in zip(block.days, block.newest, strict=True) if not new
    ]
    onsets = dict.fromkeys([max(begun, 0), *(day for day in [max(older, default=0)] if day > begun)])
    return CauseQuestion(
        bank=foretold.bank,
        timeline=case.timeline,
        blocks=foretold.blocks,
        onset_days=tuple(onsets),
        has_gap=case.gap is not None,
        described=_is_described(case),
        lines={site.site: _find_line(site) for site in foretold.bank.baseline.sites},
    )


def _find_line(site: SiteBaseline) -> float:
    return site.young_mean_g_cm2 + read_rules().osteoporosis_t_score * site.young_sd_g_cm2


def _is_described(case: _Case) -> bool:
    changes = [assess_series(one, None).latest for one in case.series]
    codes = {found.code for change in changes if change is not None for found in change.findings}
    return codes.isdisjoint(_UNDESCRIBED)


def _gather_sources(
    bank: PatientBank, sites: tuple[SiteFollowUp, ...], cited: Iterable[_Cited | None]
) -> tuple[str, ...]:
    changes = (change for one in sites for change in (one.changes.since_baseline, one.changes.since_previous))
    keys = [
        *bank.baseline.sources,
        *bank.parameters.sources,
        *(key for change in changes if change is not None for key in change.sources),
        *(key for one in cited if one is not None for key in one.sources),
        find_monitoring_fact("diagnosis_persists", "statement").source,
    ]
    return tuple(dict.fromkeys(keys))
