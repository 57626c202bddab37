"""The words of a follow-up: states, verdicts, objections and causes as people read them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from osteon.app.wording import format_target, label_site
from osteon.densitometry import FindingCode, read_rules
from osteon.monitoring import CauseName, ObjectionKind, ReversalState, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from osteon.densitometry import Change, Site
    from osteon.inference import Marker
    from osteon.monitoring import DenosumabClock, FollowUp, NextMarker, NextScan, Objection, SiteFollowUp
    from osteon.therapy import Drug

__all__ = [
    "format_percentile",
    "label_cause",
    "label_change",
    "label_state",
    "label_verdict",
    "say_clock",
    "say_next_marker",
    "say_next_scan",
    "say_objections",
    "say_overall_state",
    "say_verdict",
]

_CAUSES: Final[Mapping[CauseName, str]] = MappingProxyType(
    {
        CauseName.TREATMENT_GAP: "The gap in treatment",
        CauseName.NOISE: "Measurement noise alone",
        CauseName.ADHERENCE: "Doses not taken or not absorbed",
        CauseName.SCANNER_OR_REGION: "Scanner, positioning or region",
        CauseName.SECONDARY_CAUSE: "A secondary cause of bone loss",
        CauseName.CEILING: "Ceiling of the drug, low response",
    }
)
_WHY_NOT: Final[Mapping[FindingCode, str]] = MappingProxyType(
    {
        FindingCode.MAKER_DIFFERS: "different makers",
        FindingCode.MAKER_UNKNOWN: "maker not stated",
        FindingCode.MODEL_DIFFERS: "different scanners",
        FindingCode.SOFTWARE_DIFFERS: "different software",
        FindingCode.SIDE_DIFFERS: "different sides",
        FindingCode.VERTEBRAE_DIFFER: "different vertebrae",
        FindingCode.SINGLE_VERTEBRA: "single vertebra",
        FindingCode.BMD_MISSING: "no BMD",
    }
)


def _name_line() -> str:
    return format_target(read_rules().osteoporosis_t_score)


def _name_sites(sites: Iterable[SiteFollowUp]) -> str:
    return " and ".join(label_site(one.site).lower() for one in sites)


def label_cause(name: CauseName) -> str:
    """Name a cause.

    >>> label_cause(CauseName.NOISE)
    'Measurement noise alone'
    """
    return _CAUSES[name]


def label_change(change: Change | None) -> str:
    """Say what a change is: beyond noise, within it, or not to be told."""
    if change is None:
        return "no older scan"
    if not change.comparable:
        codes = [found.code for found in change.findings if found.blocks]
        return f"cannot compare: {_WHY_NOT.get(codes[0], 'see below') if codes else 'see below'}"
    if not change.significant:
        return "within measurement noise"
    return "gain beyond noise" if (change.absolute_g_cm2 or 0) > 0 else "loss beyond noise"


def label_state(one: SiteFollowUp) -> str:
    """Say how far one site has come."""
    line = _name_line()
    if one.state is ReversalState.CROSSED_UNCONFIRMED:
        told = one.changes.since_baseline
        why = "change within noise" if told is not None and told.comparable else "scans cannot be compared"
        return f"reads above {line}, unconfirmed: {why}"
    if one.standing.fell_back:
        return f"reads {line} or below again, by less than noise"
    return {
        ReversalState.NOT_APPLICABLE: f"was never {line} or below",
        ReversalState.NOT_REACHED: f"{line} or below",
        ReversalState.SITE_REVERSAL: f"above {line} reached",
        ReversalState.RELAPSE: f"{line} or below again: relapse",
    }[one.state]


def say_overall_state(found: FollowUp) -> str:
    """Say the state of all measured sites in one sentence; a disease is never said to be gone."""
    line = _name_line()
    reached = _name_sites(one for one in found.sites if one.state is ReversalState.SITE_REVERSAL)
    below = _name_sites(one for one in found.sites if one.standing.is_above is False)
    crossed = _name_sites(one for one in found.sites if one.state is ReversalState.CROSSED_UNCONFIRMED)
    fallen = _name_sites(one for one in found.sites if one.state is ReversalState.RELAPSE)
    return {
        ReversalState.NOT_APPLICABLE: f"No measured site was at {line} or below: there is nothing to reverse.",
        ReversalState.NOT_REACHED: f"T-score above {line} not reached at the {below}.",
        ReversalState.CROSSED_UNCONFIRMED: f"T-score above {line} at the {crossed}, but unconfirmed.",
        ReversalState.SITE_REVERSAL: f"T-score above {line} reached at the {reached}; not at every site"
        + (f": the {below} reads {line} or below." if below else " or not cleared by this visit."),
        ReversalState.REVERSAL: f"T-score above {line} reached at the {reached}; every measured site is above it.",
        ReversalState.RELAPSE: f"T-score {line} or below again at the {fallen}, after it had been above.",
    }[found.state]


def label_verdict(verdict: Verdict) -> str:
    """Name a verdict.

    >>> label_verdict(Verdict.WITHIN_NOISE)
    'Within noise'
    """
    return verdict.label.capitalize()


def say_verdict(found: FollowUp) -> str:
    """Say the verdict in a sentence or two, with what stands against the course."""
    if found.verdict is Verdict.OFF_TRACK:
        return say_objections(found.objections)
    sentences = [_name_verdict(found), say_objections(found.objections)]
    moved = [label_site(one.marker.value) for one in found.markers if one.direction and one.has_answered]
    if moved:
        have = "have" if len(moved) > 1 else "has"
        sentences.append(f"{' and '.join(moved)} {have} moved as the drug should move it.")
    return " ".join(filter(None, sentences))


def _name_verdict(found: FollowUp) -> str:
    line = _name_line()
    if found.verdict is Verdict.CANNOT_SAY and any(one.comparable is False for one in found.sites):
        return "The scans cannot be compared, so no change is given; the newest can serve as a new baseline."
    crossed = _name_sites(one for one in found.sites if one.state is ReversalState.CROSSED_UNCONFIRMED)
    return {
        Verdict.CANNOT_SAY: "There is one visit only: no scan to compare it with yet.",
        Verdict.REACHED: f"A T-score above {line} is reached at every measured site, by more than noise.",
        Verdict.REACHED_UNCONFIRMED: f"All sites read above {line}; at the {crossed} noise alone could have done it.",
        Verdict.ON_TRACK: "A gain beyond noise, and nothing beside what was expected.",
        Verdict.WITHIN_NOISE: "No change beyond noise, and nothing beside what was expected.",
    }[found.verdict]


def say_objections(objections: Iterable[Objection]) -> str:
    """Say what stands against the course, one sentence for each kind."""
    given = tuple(objections)
    kinds = dict.fromkeys(one.kind for one in given)
    return " ".join(_say_kind(kind, [one.about for one in given if one.kind is kind]) for kind in kinds)


def _say_kind(kind: ObjectionKind, about: list[Site | Marker | Drug]) -> str:
    labels = [label_site(one.value) for one in about]
    names = " and ".join(label if label.isupper() or label == "P1NP" else label.lower() for label in labels)
    line, several = _name_line(), len(about) > 1
    read, have, lie = ("read", "have", "lie") if several else ("reads", "has", "lies")
    return {
        ObjectionKind.RELAPSE: f"The {names} {read} {line} or below again.",
        ObjectionKind.LOSS: f"The {names} {have} lost more than noise.",
        ObjectionKind.BELOW_FORECAST: f"The {names} {lie} below the middle 90 % of the forecast.",
        ObjectionKind.MARKER_NOT_MOVED: f"{names} {have} not moved as the drug should have moved it.",
        ObjectionKind.TREATMENT_GAP: f"No antiresorptive has followed {names} in time.",
    }[kind]


def say_clock(clock: DenosumabClock) -> str:
    """Say where the denosumab clock stands, with the hazard of delay."""
    reading = clock.reading
    number = round(abs(reading.overdue_days) / _DAYS_PER_WEEK)
    weeks = f"{number} week" if number == 1 else f"{number} weeks"
    head = f"Denosumab last given {clock.last_dose}, next due {clock.due}"
    if reading.vertebral_hazard_ratio is None:
        when = f"in {weeks}" if reading.overdue_days < 0 else f"{weeks} ago, within the margin"
        return f"{head} ({when}): on time. It is never simply stopped: another antiresorptive follows it."
    low, high = reading.vertebral_hazard_ratio_ci95 or (0.0, 0.0)
    return (
        f"{head}: {weeks} overdue ({reading.state.value}). In a cohort so long a delay had a vertebral "
        f"fracture hazard ratio of {reading.vertebral_hazard_ratio:g} ({low:g} to {high:g}) against doses on time."
    )


_DAYS_PER_WEEK = 7


def say_next_scan(planned: NextScan) -> str:
    """Say when the next scan could tell something, and why then."""
    head = f"Scan: {planned.date} ({planned.months} months from now)"
    if planned.sooner:
        return f"{head}, the shortest usual interval, because the course is off track."
    if planned.site is None or planned.expected_change_g_cm2 is None:
        return f"{head}, the longest usual interval: no site is expected to change by more than noise before."
    site = label_site(planned.site).lower()
    return (
        f"{head}: by then the {site} is expected to change by {planned.expected_change_g_cm2:+.3f} g/cm2, "
        f"and {planned.least_significant_change_g_cm2:.3f} is the least significant change."
    )


_WHEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "marker_oral_bisphosphonate": "after the start of an oral bisphosphonate",
        "marker_pth_analog": "after the start of a PTH analog",
        "marker_other_antiresorptive": "after the start of an antiresorptive",
        "marker_after_denosumab": "after the drug that follows denosumab",
        "marker_pause": "while no drug is given",
    }
)


def say_next_marker(planned: NextMarker) -> str:
    """Say which marker is worth measuring, when and why."""
    return f"{label_site(planned.marker.value)}: {planned.date}, {_WHEN[planned.why]}."


def format_percentile(share: float) -> str:
    """Write a percentile; nothing is below or above everything that was simulated.

    >>> format_percentile(0.234), format_percentile(0.001), format_percentile(0.999)
    ('23rd', 'below the 1st', 'above the 99th')
    """
    number = round(100 * share)
    if number < 1:
        return "below the 1st"
    if number > 100 - 1:
        return "above the 99th"
    teens = number // 10 == 1
    return f"{number}{'th' if teens else _ENDINGS.get(number % 10, 'th')}"


_ENDINGS: Final[Mapping[int, str]] = MappingProxyType({1: "st", 2: "nd", 3: "rd"})
