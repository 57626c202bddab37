"""The verdict: what scans, markers and dose dates say together, in one word, with what stands against the course."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from osteon.inference import Marker
from osteon.monitoring.changes import MONITORED_SITES, is_gain, is_loss
from osteon.monitoring.rules import read_monitoring_rules
from osteon.monitoring.states import ReversalState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osteon.densitometry import Site
    from osteon.monitoring.clock import TreatmentGap
    from osteon.monitoring.markers import MarkerFollowUp
    from osteon.monitoring.sites import SiteFollowUp
    from osteon.therapy import Drug

__all__ = ["Objection", "ObjectionKind", "Verdict", "choose_verdict", "list_objections"]


class Verdict(StrEnum):
    """What a follow-up says about the goal; none of them says that the disease is gone."""

    REACHED = "reached"
    REACHED_UNCONFIRMED = "reached_unconfirmed"
    ON_TRACK = "on_track"
    WITHIN_NOISE = "within_noise"
    OFF_TRACK = "off_track"
    CANNOT_SAY = "cannot_say"

    @property
    def label(self) -> str:
        """The words shown to people.

        >>> Verdict.REACHED_UNCONFIRMED.label
        'reached but unconfirmed'
        """
        words = self.value.replace("_", " ")
        return words.replace("reached un", "reached but un")


class ObjectionKind(StrEnum):
    """What can stand against a course."""

    RELAPSE = "relapse"
    LOSS = "loss"
    BELOW_FORECAST = "below_forecast"
    MARKER_NOT_MOVED = "marker_not_moved"
    TREATMENT_GAP = "treatment_gap"


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that stands against the course, and the site, marker or drug that it is about."""

    kind: ObjectionKind
    about: Site | Marker | Drug


def list_objections(
    sites: tuple[SiteFollowUp, ...], markers: tuple[MarkerFollowUp, ...], gap: TreatmentGap | None
) -> tuple[Objection, ...]:
    """List what stands against the course, the gravest first."""
    found = [*_list_of_sites(sites), *_list_of_markers(markers)]
    if gap is not None and gap.ongoing and gap.is_pressing:
        found.append(Objection(ObjectionKind.TREATMENT_GAP, gap.drug))
    return tuple(sorted(found, key=lambda one: list(ObjectionKind).index(one.kind)))


def _list_of_sites(sites: tuple[SiteFollowUp, ...]) -> Iterator[Objection]:
    lowest = read_monitoring_rules().off_track_percentile
    for one in sites:
        if one.state is ReversalState.RELAPSE:
            yield Objection(ObjectionKind.RELAPSE, one.site)
        if one.site not in MONITORED_SITES or not one.standing.rescanned:
            continue
        if is_loss(one.changes.latest):
            yield Objection(ObjectionKind.LOSS, one.site)
        if one.expected is not None and one.expected.percentile < lowest:
            yield Objection(ObjectionKind.BELOW_FORECAST, one.site)


def _list_of_markers(markers: tuple[MarkerFollowUp, ...]) -> Iterator[Objection]:
    for one in markers:
        if one.has_not_moved:
            yield Objection(ObjectionKind.MARKER_NOT_MOVED, one.marker)


def choose_verdict(
    state: ReversalState, sites: tuple[SiteFollowUp, ...], objections: tuple[Objection, ...]
) -> Verdict:
    """Choose the verdict: what cannot be compared is not judged, an objection outweighs a crossing.

    A gap in treatment by itself does not undo a goal that scans confirm; it is said beside it.
    """
    compared = any(one.comparable for one in sites)
    observed = tuple(one for one in objections if one.kind is not ObjectionKind.TREATMENT_GAP)
    if observed:
        return Verdict.OFF_TRACK
    if not compared:
        return Verdict.OFF_TRACK if objections else Verdict.CANNOT_SAY
    if state in {ReversalState.REVERSAL, ReversalState.CROSSED_UNCONFIRMED}:
        return Verdict.REACHED if _is_confirmed(state, sites) else Verdict.REACHED_UNCONFIRMED
    if objections:
        return Verdict.OFF_TRACK
    gained = any(
        is_gain(one.changes.latest) or is_gain(one.changes.since_baseline) for one in _list_monitored(sites)
    )
    return Verdict.ON_TRACK if gained else Verdict.WITHIN_NOISE


def _is_confirmed(state: ReversalState, sites: tuple[SiteFollowUp, ...]) -> bool:
    unconfirmed = any(one.state is ReversalState.CROSSED_UNCONFIRMED for one in sites)
    return state is ReversalState.REVERSAL and not unconfirmed


def _list_monitored(sites: tuple[SiteFollowUp, ...]) -> tuple[SiteFollowUp, ...]:
    """Keep spine and total hip; whatever there is where neither was scanned."""
    return tuple(one for one in sites if one.site in MONITORED_SITES) or sites
