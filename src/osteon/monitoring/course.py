"""What the baseline scans alone foretold, month by month: the course that later scans are drawn upon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from osteon.monitoring.timeline import read_at
from osteon.population import address_stream
from osteon.remodeling import Outcomes
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from osteon.densitometry import Site
    from osteon.inference import PatientBank, SiteBaseline
    from osteon.monitoring.timeline import Timeline
    from osteon.monitoring.visits import SiteSeries

__all__ = ["ForetoldCourse", "trace_courses"]

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ForetoldCourse:
    """True T-scores of one site under the course as stated, foretold from the baseline scans.

    `quantiles` (5, months) are the 5, 25, 50, 75 and 95 % at each of `months` from the start of the timeline.
    """

    site: Site
    months: NDArray[np.float64]
    quantiles: NDArray[np.float64]
    young_mean_g_cm2: float
    young_sd_g_cm2: float


def trace_courses(
    bank: PatientBank, series: tuple[SiteSeries, ...], timeline: Timeline, outcomes: np.ndarray
) -> tuple[ForetoldCourse, ...]:
    """Trace each site with a T-score at its baseline from that scan on; `outcomes` are (months + 1, 5, N)."""
    first = {one.site: one.baseline.scan.date for one in series}
    courses = []
    for site in bank.baseline.sites:
        begun = first.get(site.site)
        day = 0 if begun is None else timeline.count_days(begun)
        courses.append(_trace(bank, site, day, timeline, outcomes))
    return tuple(courses)


def _trace(
    bank: PatientBank, site: SiteBaseline, day: int, timeline: Timeline, outcomes: np.ndarray
) -> ForetoldCourse:
    row = Outcomes._fields.index(site.site.value)
    last = timeline.count_days(timeline.as_of)
    days = np.linspace(day, max(last, day + 1), num=timeline.months + 1)
    start = read_at(outcomes, day)[row]
    change = np.array([read_at(outcomes, one)[row] for one in days]) / start - 1
    stream = address_stream(bank.settings.seed, bank.patient.patient_id, f"baseline {site.site}")
    level = site.true_mean_g_cm2 + site.true_sd_g_cm2 * stream.standard_normal(len(bank.virtual.keys))
    bmd = level * (1 + change * bank.virtual.site_response[row])
    t_scores = (bmd - site.young_mean_g_cm2) / site.young_sd_g_cm2
    return ForetoldCourse(
        site=site.site,
        months=days / DAYS_PER_MONTH,
        quantiles=np.quantile(t_scores, _QUANTILES, axis=1),
        young_mean_g_cm2=site.young_mean_g_cm2,
        young_sd_g_cm2=site.young_sd_g_cm2,
    )
