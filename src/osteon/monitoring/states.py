"""The reversal states of each site and of all sites together, visit by visit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from osteon.densitometry import assess_change, read_rules
from osteon.monitoring.changes import is_gain, is_loss

if TYPE_CHECKING:
    from collections.abc import Iterable

    from osteon.densitometry import Site
    from osteon.monitoring.visits import ScoredScan, SiteSeries

__all__ = ["ReversalState", "SiteStanding", "join_states", "trace_site"]


class ReversalState(StrEnum):
    """How far a site, or all of them, have come past the line; in every state the diagnosis persists."""

    NOT_APPLICABLE = "not_applicable"
    NOT_REACHED = "not_reached"
    CROSSED_UNCONFIRMED = "crossed_unconfirmed"
    SITE_REVERSAL = "site_reversal"
    REVERSAL = "reversal"
    RELAPSE = "relapse"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStanding:
    """Where one site stands after its newest scan.

    `was_low` is whether it was ever at or below the line from the baseline on, `is_above` whether the newest scan
    reads above it (None without a T-score); `fell_back` whether it read above before and reads at or below now,
    by less than the least significant change.
    """

    site: Site
    state: ReversalState
    was_low: bool
    is_above: bool | None
    rescanned: bool
    fell_back: bool


@dataclass(slots=True)
class _Walk:
    """What is remembered from scan to scan of one site."""

    state: ReversalState
    low_scan: ScoredScan | None
    high_scan: ScoredScan | None = None
    fell_back: bool = False


def trace_site(series: SiteSeries, precision_error_g_cm2: float | None = None) -> SiteStanding:
    """Walk through the scans of a site and return the state after the newest.

    The gain is counted from the first scan at or below the line since the baseline, a loss from the last scan above.
    """
    scored = [one for one in series.scans if one.t_score is not None]
    walk = _Walk(state=ReversalState.NOT_APPLICABLE, low_scan=None)
    for one in scored:
        _take_step(walk, one, precision_error_g_cm2)
    newest = series.newest.t_score
    return SiteStanding(
        site=series.site,
        state=walk.state,
        was_low=walk.low_scan is not None,
        is_above=None if newest is None else newest > read_rules().osteoporosis_t_score,
        rescanned=series.rescanned,
        fell_back=walk.fell_back,
    )


def _take_step(walk: _Walk, one: ScoredScan, precision: float | None) -> None:
    above = one.t_score is not None and one.t_score > read_rules().osteoporosis_t_score
    if above:
        walk.fell_back = False
        walk.state = _rise(walk, one, precision)
        walk.high_scan = one
    else:
        walk.state = _fall(walk, one, precision)
        walk.low_scan = one if walk.low_scan is None or walk.state is ReversalState.RELAPSE else walk.low_scan


def _rise(walk: _Walk, one: ScoredScan, precision: float | None) -> ReversalState:
    if walk.low_scan is None:
        return ReversalState.NOT_APPLICABLE
    if walk.state is ReversalState.SITE_REVERSAL:
        return walk.state
    change = assess_change(walk.low_scan.scan, one.scan, precision_error_g_cm2=precision)
    return ReversalState.SITE_REVERSAL if is_gain(change) else ReversalState.CROSSED_UNCONFIRMED


def _fall(walk: _Walk, one: ScoredScan, precision: float | None) -> ReversalState:
    """Fall to or below the line: a relapse only after a confirmed crossing and by more than noise."""
    if walk.state is ReversalState.RELAPSE:
        return walk.state
    if walk.high_scan is None:
        return ReversalState.NOT_REACHED
    change = assess_change(walk.high_scan.scan, one.scan, precision_error_g_cm2=precision)
    if walk.state is ReversalState.SITE_REVERSAL and is_loss(change):
        return ReversalState.RELAPSE
    walk.fell_back = walk.low_scan is not None and not is_loss(change)
    return ReversalState.NOT_REACHED


def join_states(standings: Iterable[SiteStanding], *, fractured: bool = False) -> ReversalState:
    """Return the state of all sites together.

    `reversal` needs every measured site above the line now, those that were low rescanned at the newest visit, and
    no new fragility fracture (`fractured`).

    >>> join_states([])
    <ReversalState.NOT_APPLICABLE: 'not_applicable'>
    """
    known = tuple(standings)
    low = [one for one in known if one.was_low]
    states = {one.state for one in low}
    if ReversalState.RELAPSE in states:
        return ReversalState.RELAPSE
    if not low:
        return ReversalState.NOT_APPLICABLE
    clear = all(one.is_above for one in known) and all(one.rescanned for one in low) and not fractured
    if ReversalState.SITE_REVERSAL in states:
        return ReversalState.REVERSAL if clear else ReversalState.SITE_REVERSAL
    all_crossed = all(one.is_above for one in known)
    return ReversalState.CROSSED_UNCONFIRMED if all_crossed else ReversalState.NOT_REACHED
