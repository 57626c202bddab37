"""One site of a follow-up: its scans, its change, its state, and what was expected of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteon.densitometry import Site
from osteon.monitoring.changes import SiteChanges, is_gain

if TYPE_CHECKING:
    from osteon.densitometry import Scan
    from osteon.monitoring.expected import Expected
    from osteon.monitoring.states import ReversalState, SiteStanding
    from osteon.monitoring.visits import SiteSeries

__all__ = ["SiteFollowUp", "has_spine_only_gain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFollowUp:
    """What the scans of one site say: newest against the baseline and the scan between.

    T-scores are None without a usable one. `chance_above` is that the true T-score is above the line now, given every
    scan, marker and dose; None where the site has no T-score. `expected` is None without an older comparable scan.
    """

    series: SiteSeries
    standing: SiteStanding
    changes: SiteChanges
    expected: Expected | None
    chance_above: float | None
    strong_response: bool

    @property
    def site(self) -> Site:
        """The site that this is about."""
        return self.series.site

    @property
    def state(self) -> ReversalState:
        """The reversal state of the site by itself."""
        return self.standing.state

    @property
    def newest(self) -> Scan:
        """The newest scan."""
        return self.series.newest.scan

    @property
    def comparable(self) -> bool | None:
        """Whether the newest scan can be compared with any older one; None where there is none older."""
        changes = (self.changes.since_baseline, self.changes.since_previous)
        told = [change.comparable for change in changes if change is not None]
        return any(told) if told else None


def has_spine_only_gain(sites: tuple[SiteFollowUp, ...]) -> bool:
    """Tell whether the spine has gained beyond noise beside a total hip that has not gained one precision error."""
    by_site = {one.site: one.changes.since_baseline for one in sites}
    hip = by_site.get(Site.TOTAL_HIP)
    if hip is None or hip.absolute_g_cm2 is None or hip.precision_error_g_cm2 is None:
        return False
    return is_gain(by_site.get(Site.LUMBAR_SPINE)) and hip.absolute_g_cm2 < hip.precision_error_g_cm2
