"""The JSON of `monitor`, in the order in which the answer is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from osteon.app.documents.classification import ScanFindingShape
from osteon.app.documents.outlook import ProvenanceShape
from osteon.app.documents.shapes import (
    Document,
    FindingShape,
    Number,
    Shape,
    Share,
    SourceShape,
    shape_findings,
    shape_sources,
)
from osteon.monitoring import read_chance
from osteon.therapy import format_sequence

if TYPE_CHECKING:
    from osteon.densitometry import Change
    from osteon.monitoring import (
        Cause,
        DenosumabClock,
        Expected,
        FollowUp,
        MarkerFollowUp,
        NextScan,
        SiteFollowUp,
        TreatmentGap,
    )

__all__ = ["MonitorDocument", "write_followup"]


class ScanShape(Shape):
    """One scan of a site; `t_score` is unrounded where BMD and reference are known."""

    date: str | None
    maker: str | None
    areal_bmd_g_cm2: Number | None
    t_score: Number | None


class ChangeShape(Shape):
    """The change since one older scan, `since`; without `comparable` scans no change is given.

    `significant` is at or beyond the least significant change; `precision_basis` says whose precision error it is.
    """

    since: str | None
    comparable: bool
    absolute_g_cm2: Number | None
    percent: Number | None
    least_significant_change_g_cm2: Number | None
    precision_basis: str | None
    significant: bool | None
    findings: list[ScanFindingShape]


class ExpectedShape(Shape):
    """What the older data foretold of the newest measurement, its noise included, and where it fell.

    BMD in g/cm2, CTX in ng/L, P1NP in ug/L; `percentile` from 0 to 1 is the forecast chance of a lower value.
    """

    percentile_5: Number
    median: Number
    percentile_95: Number
    observed: Number
    percentile: Share


class SiteFollowUpShape(Shape):
    """One site; `chance_above` is that its true T-score is above the line now.

    Off track it is averaged over the causes; `chance_above_as_stated` takes the history as stated.
    """

    site: str
    scans: list[ScanShape]
    since_baseline: ChangeShape | None
    since_previous: ChangeShape | None
    expected: ExpectedShape | None
    state: str
    chance_above: Share | None
    chance_above_as_stated: Share | None
    strong_response: bool


class MarkerFollowUpShape(Shape):
    """The newest reading of a marker; `fraction_of_baseline` is within one laboratory, null across two.

    `limit` is the least significant change as a share of the baseline. `answered` is whether the marker is where the
    drug should bring it, null where no drug gives a direction.
    """

    marker: str
    date: str | None
    value: Number
    baseline_value: Number | None
    fraction_of_baseline: Number | None
    limit: Share
    weeks_since_start: Number | None
    expected: ExpectedShape | None
    answered: bool | None


class ObjectionShape(Shape):
    """One thing that stands against the course, and the site, marker or drug that it is about."""

    kind: str
    about: str


class CauseShape(Shape):
    """One cause with its probability before and after the follow-up data, and the cheapest check of it."""

    cause: str
    prior: Share
    weight: Share
    log_evidence: Number
    cheapest_check: str


class ClockShape(Shape):
    """The denosumab clock; the hazard ratio of vertebral fracture is against doses on time, null when on time."""

    last_dose: str
    due: str
    state: str
    overdue_days: Number
    vertebral_hazard_ratio: Number | None
    vertebral_hazard_ratio_low: Number | None
    vertebral_hazard_ratio_high: Number | None
    alarm: bool


class GapShape(Shape):
    """A stretch without the drug that should have come."""

    drug: str
    months: Number
    ongoing: bool


class NextScanShape(Shape):
    """When the next scan could tell something; `site` is the first expected to change by more than noise by then."""

    date: str
    months: int
    sooner: bool
    site: str | None
    expected_change_g_cm2: Number | None
    least_significant_change_g_cm2: Number | None


class NextMarkerShape(Shape):
    """A marker worth measuring, and the rule that asks for it."""

    marker: str
    date: str
    why: str
    source: str


class MonitorDocument(Document):
    """Is it happening? `verdict` and `state` speak of all sites; the diagnosis persists in each of them."""

    format: Literal["osteon-monitor/1"] = "osteon-monitor/1"
    patient_id: str
    as_of: str
    visit: str | None
    sites: list[SiteFollowUpShape]
    markers: list[MarkerFollowUpShape]
    state: str
    chance_above_everywhere: Share | None
    diagnosis_persists: Literal[True] = True
    verdict: str
    objections: list[ObjectionShape]
    causes: list[CauseShape]
    denosumab_clock: ClockShape | None
    treatment_gap: GapShape | None
    next_scan: NextScanShape
    next_markers: list[NextMarkerShape]
    continued: str
    findings: list[FindingShape]
    notes: list[str]
    provenance: ProvenanceShape
    sources: list[SourceShape]


def write_followup(found: FollowUp) -> MonitorDocument:
    """Write a follow-up."""
    return MonitorDocument(
        patient_id=found.patient.patient_id,
        as_of=found.as_of.isoformat(),
        visit=None if found.visit is None else found.visit.isoformat(),
        sites=[_shape_site(one, read_chance(found, one.site)) for one in found.sites],
        markers=[_shape_marker(one) for one in found.markers],
        state=found.state.value,
        chance_above_everywhere=read_chance(found),
        verdict=found.verdict.value,
        objections=[ObjectionShape(kind=one.kind.value, about=one.about.value) for one in found.objections],
        causes=[_shape_cause(one) for one in found.causes],
        denosumab_clock=None if found.clock is None else _shape_clock(found.clock),
        treatment_gap=None if found.gap is None else _shape_gap(found.gap),
        next_scan=_shape_next_scan(found.next_scan),
        next_markers=[
            NextMarkerShape(
                marker=one.marker.value, date=one.date.isoformat(), why=one.why, source=one.source
            )
            for one in found.next_markers
        ],
        continued=format_sequence(found.continued),
        findings=shape_findings(found.findings),
        notes=list(found.notes),
        provenance=ProvenanceShape(
            parameter_set=found.parameter_set,
            evidence_hash=found.evidence_hash,
            seed=found.seed,
            virtual_patients=found.virtual_patients,
        ),
        sources=shape_sources(found.sources),
    )


def _shape_site(one: SiteFollowUp, chance: float | None) -> SiteFollowUpShape:
    scans = one.series.scans
    return SiteFollowUpShape(
        site=one.site.value,
        scans=[
            ScanShape(
                date=_write_day(scored.scan.date),
                maker=None if scored.scan.maker is None else scored.scan.maker.value,
                areal_bmd_g_cm2=scored.scan.areal_bmd_g_cm2,
                t_score=scored.t_score,
            )
            for scored in scans
        ],
        since_baseline=_shape_change(one.changes.since_baseline, one.series.baseline.scan.date),
        since_previous=_shape_change(
            one.changes.since_previous, None if one.series.previous is None else one.series.previous.scan.date
        ),
        expected=_shape_expected(one.expected),
        state=one.state.value,
        chance_above=chance,
        chance_above_as_stated=one.chance_above,
        strong_response=one.strong_response,
    )


def _write_day(day: object) -> str | None:
    return None if day is None else str(day)


def _shape_change(change: Change | None, since: object) -> ChangeShape | None:
    if change is None:
        return None
    return ChangeShape(
        since=_write_day(since),
        comparable=change.comparable,
        absolute_g_cm2=change.absolute_g_cm2,
        percent=change.percent,
        least_significant_change_g_cm2=change.least_significant_change_g_cm2,
        precision_basis=None if change.precision_basis is None else change.precision_basis.value,
        significant=change.significant,
        findings=[
            ScanFindingShape(code=one.code.value, message=one.message, source=one.source, blocks=one.blocks)
            for one in change.findings
        ],
    )


def _shape_expected(expected: Expected | None) -> ExpectedShape | None:
    if expected is None:
        return None
    return ExpectedShape(
        percentile_5=expected.low_90,
        median=expected.median,
        percentile_95=expected.high_90,
        observed=expected.observed,
        percentile=expected.percentile,
    )


def _shape_marker(one: MarkerFollowUp) -> MarkerFollowUpShape:
    return MarkerFollowUpShape(
        marker=one.marker.value,
        date=_write_day(one.newest.date),
        value=one.newest.value,
        baseline_value=None if one.baseline is None else one.baseline.value,
        fraction_of_baseline=one.fraction,
        limit=one.limit,
        weeks_since_start=one.weeks_on_drug,
        expected=_shape_expected(one.expected),
        answered=one.has_answered if one.direction else None,
    )


def _shape_cause(cause: Cause) -> CauseShape:
    return CauseShape(
        cause=cause.name.value,
        prior=cause.prior,
        weight=cause.weight,
        log_evidence=cause.log_evidence,
        cheapest_check=cause.cheapest_check,
    )


def _shape_clock(clock: DenosumabClock) -> ClockShape:
    low, high = clock.reading.vertebral_hazard_ratio_ci95 or (None, None)
    return ClockShape(
        last_dose=clock.last_dose.isoformat(),
        due=clock.due.isoformat(),
        state=clock.reading.state.value,
        overdue_days=clock.reading.overdue_days,
        vertebral_hazard_ratio=clock.reading.vertebral_hazard_ratio,
        vertebral_hazard_ratio_low=low,
        vertebral_hazard_ratio_high=high,
        alarm=clock.reading.alarm,
    )


def _shape_gap(gap: TreatmentGap) -> GapShape:
    return GapShape(drug=gap.drug.value, months=gap.months, ongoing=gap.ongoing)


def _shape_next_scan(found: NextScan) -> NextScanShape:
    return NextScanShape(
        date=found.date.isoformat(),
        months=found.months,
        sooner=found.sooner,
        site=None if found.site is None else found.site.value,
        expected_change_g_cm2=found.expected_change_g_cm2,
        least_significant_change_g_cm2=found.least_significant_change_g_cm2,
    )
