"""What is worth knowing beside the numbers, each with its source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from osteon.inference import Marker
from osteon.monitoring.markers import find_current_drugs
from osteon.monitoring.rules import find_monitoring_fact, read_monitoring_rules
from osteon.monitoring.sites import SiteFollowUp, has_spine_only_gain
from osteon.therapy import Finding, Sequence, Severity, check_sequence, parse_sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osteon.inference import Patient
    from osteon.monitoring.clock import TreatmentGap
    from osteon.monitoring.markers import MarkerFollowUp
    from osteon.monitoring.timeline import Timeline
    from osteon.therapy import PatientContext

__all__ = ["list_findings"]

_ORDER = (Severity.CONTRAINDICATED, Severity.CAUTION, Severity.INFO)
_WHILE_IT_RUNS = frozenset({"anabolic_without_follow_on"})


def list_findings(
    patient: Patient,
    context: PatientContext,
    sites: tuple[SiteFollowUp, ...],
    markers: tuple[MarkerFollowUp, ...],
    gap: TreatmentGap | None,
    timeline: Timeline,
) -> tuple[Finding, ...]:
    """List what is worth knowing, the gravest first: of the course, of the scans and of the markers."""
    found = [
        *_check_course(patient, context, gap, timeline),
        *_remark_sites(sites),
        *_remark_markers(patient, markers),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: _ORDER.index(one.severity)))


def _check_course(
    patient: Patient, context: PatientContext, gap: TreatmentGap | None, timeline: Timeline
) -> Iterator[Finding]:
    """Check the history against labels and guidelines; restrictions speak of what is given now."""
    regimens = patient.history.regimens if patient.history else ()
    if not regimens:
        drugs = sorted(find_current_drugs(timeline, timeline.as_of))
        if not drugs:
            return
        regimens = parse_sequence(f"{' and '.join(drugs)} for 1 months").regimens
    before = Sequence(regimens=regimens[:-1]) if len(regimens) > 1 else None
    checked = check_sequence(Sequence(regimens=regimens[-1:]), replace(context, history=before))
    for finding in checked:
        if gap is not None or finding.code not in _WHILE_IT_RUNS:
            yield finding


def _state(rule: str, severity: Severity, code: str | None = None, message: str | None = None) -> Finding:
    quantity = "statement" if message is None else "percent_change_from_baseline"
    fact = find_monitoring_fact(rule, quantity)
    return Finding(
        code=code or rule,
        severity=severity,
        message=message or str(fact.value),
        source=fact.source,
        extraction=str(fact.extraction),
    )


def _remark_sites(sites: tuple[SiteFollowUp, ...]) -> Iterator[Finding]:
    if has_spine_only_gain(sites):
        yield _state("spine_only_gain", Severity.CAUTION)
    for one in sites:
        if one.strong_response:
            yield _name_strong(one)


def _name_strong(one: SiteFollowUp) -> Finding:
    rules = read_monitoring_rules()
    gain = one.changes.since_baseline.percent if one.changes.since_baseline else None
    trio = find_monitoring_fact("trio_marker_responders", "percent_change_from_baseline")
    others = find_monitoring_fact("trio_marker_non_responders", "percent_change_from_baseline")
    return _state(
        "trio_marker_responders",
        Severity.INFO,
        code="strong_response",
        message=(
            f"The lumbar spine has gained {gain:.1f} %: {rules.strong_response_from:g} to "
            f"{rules.strong_response_to:g} % or more is a strong response. On oral bisphosphonates women whose P1NP "
            f"fell gained {trio.number:g} % in 2 years, the others {others.number:g} %."
        ),
    )


def _remark_markers(patient: Patient, markers: tuple[MarkerFollowUp, ...]) -> Iterator[Finding]:
    careless = any(one.newest.marker is Marker.CTX and not one.newest.fasting_morning for one in markers)
    other_laboratory = any(
        one.assay != follow_up.newest.assay
        for follow_up in markers
        for one in patient.markers
        if one.marker is follow_up.marker
    )
    if careless or other_laboratory:
        yield _state("marker_conditions", Severity.INFO)
