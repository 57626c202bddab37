"""The change at one site: is it comparable, is it more than noise, is it a strong response?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteon.densitometry import Site, assess_change
from osteon.monitoring.rules import read_monitoring_rules

if TYPE_CHECKING:
    from osteon.densitometry import Change
    from osteon.monitoring.visits import SiteSeries

__all__ = ["MONITORED_SITES", "SiteChanges", "assess_series", "is_gain", "is_loss", "is_strong"]

MONITORED_SITES = (Site.LUMBAR_SPINE, Site.TOTAL_HIP)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChanges:
    """Change from the baseline and, where there is a scan between, from that: None with one scan only."""

    since_baseline: Change | None
    since_previous: Change | None

    @property
    def latest(self) -> Change | None:
        """The change over the shortest comparable stretch, else what stands against comparing."""
        if self.since_previous is not None and self.since_previous.comparable:
            return self.since_previous
        return self.since_baseline


def assess_series(series: SiteSeries, precision_error_g_cm2: float | None) -> SiteChanges:
    """Judge the newest scan of a site against its baseline and against the one before it."""
    if len(series.scans) == 1:
        return SiteChanges(since_baseline=None, since_previous=None)
    newest = series.newest.scan
    previous = series.previous
    return SiteChanges(
        since_baseline=assess_change(
            series.baseline.scan, newest, precision_error_g_cm2=precision_error_g_cm2
        ),
        since_previous=None
        if previous is None
        else assess_change(previous.scan, newest, precision_error_g_cm2=precision_error_g_cm2),
    )


def is_gain(change: Change | None) -> bool:
    """Tell whether a change is a gain beyond noise; what cannot be told is none."""
    return change is not None and bool(change.significant) and (change.absolute_g_cm2 or 0) > 0


def is_loss(change: Change | None) -> bool:
    """Tell whether a change is a loss beyond noise; what cannot be told is none."""
    return change is not None and bool(change.significant) and (change.absolute_g_cm2 or 0) < 0


def is_strong(change: Change | None) -> bool:
    """Tell whether a spine has gained at least what marks a strong response, and beyond noise."""
    if change is None or change.site is not Site.LUMBAR_SPINE or not is_gain(change):
        return False
    return (change.percent or 0) >= read_monitoring_rules().strong_response_from
