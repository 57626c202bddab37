"""Which scans of one site belong together: the baseline, the ones between, and the newest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from osteon.densitometry import CENTRAL_SITES, classify_scans
from osteon.errors import AbstainedError, BadInputError
from osteon.monitoring.rules import read_monitoring_rules
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from datetime import date

    from osteon.densitometry import Person, Scan, Side, Site
    from osteon.inference import Patient

__all__ = ["ScoredScan", "SiteSeries", "find_visit_date", "list_series", "start_of_treatment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredScan:
    """A scan with its T-score, unrounded where BMD and reference are known; None without a usable one."""

    scan: Scan
    t_score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSeries:
    """The scans of one site in time order, from the baseline to the newest, which may be the same.

    `rescanned` says whether the newest belongs to the newest visit of the patient.
    """

    site: Site
    scans: tuple[ScoredScan, ...]
    rescanned: bool

    @property
    def baseline(self) -> ScoredScan:
        """The scan that the gain is counted from."""
        return self.scans[0]

    @property
    def newest(self) -> ScoredScan:
        """The scan of the site's newest visit."""
        return self.scans[-1]

    @property
    def previous(self) -> ScoredScan | None:
        """The scan before the newest, where it is not the baseline."""
        return self.scans[1:][-2] if len(self.scans[1:]) > 1 else None


def find_visit_date(patient: Patient) -> date | None:
    """Return the day of the newest scan of a diagnostic site, None where no scan is dated."""
    dates = (scan.date for scan in patient.scans if scan.site in CENTRAL_SITES)
    return max((day for day in dates if day is not None), default=None)


def start_of_treatment(patient: Patient, as_of: date | None) -> date | None:
    """Return the day of the first dose that the history states, None where nothing was given or dated."""
    first = min((given.date for given in patient.injections), default=None)
    if patient.history is None or as_of is None:
        return first
    begin = patient.history_start
    if begin is None:
        begin = as_of - timedelta(days=round(patient.history.duration_months * DAYS_PER_MONTH))
    lead = 0.0
    for regimen in patient.history.regimens:
        if regimen.prescriptions:
            break
        lead += regimen.duration_months
    else:
        return first
    stated = begin + timedelta(days=round(lead * DAYS_PER_MONTH))
    return stated if first is None else min(stated, first)


def list_series(patient: Patient, as_of: date | None) -> tuple[SiteSeries, ...]:
    """List the scans of each diagnostic site by time, the baseline first.

    The baseline is the last scan up to the start of treatment (within a grace of days), else the oldest. Raises
    `monitoring.undated` for several scans of one place of which one has no date.
    """
    visit = find_visit_date(patient)
    treated = start_of_treatment(patient, as_of)
    series = []
    for site in CENTRAL_SITES:
        scans = [scan for scan in patient.scans if scan.site is site]
        if scans:
            ordered = _choose_place(scans)
            kept = _cut_before_baseline(ordered, treated)
            scored = tuple(ScoredScan(scan=scan, t_score=_score(scan, patient.person)) for scan in kept)
            series.append(SiteSeries(site=site, scans=scored, rescanned=_is_of_visit(kept[-1], visit)))
    return tuple(series)


def _is_of_visit(scan: Scan, visit: date | None) -> bool:
    if visit is None or scan.date is None:
        return True
    return (visit - scan.date).days <= read_monitoring_rules().one_visit_days


def _choose_place(scans: list[Scan]) -> list[Scan]:
    """Keep one body side: the one scanned last, then longest, then lowest; all sides where none was scanned twice."""
    sides: set[Side | None] = {scan.side for scan in scans if scan.side is not None} or {None}
    by_side = [
        _order([scan for scan in scans if scan.side in {side, None}]) for side in sorted(sides, key=str)
    ]
    best = max(by_side, key=lambda one: (_day(one[-1]), len(one), -_find_lowest(one)))
    if len(best) > 1 or len(by_side) == 1:
        return best
    return [*(one for one in _order(scans) if _day(one) < _day(best[-1])), best[-1]]


def _find_lowest(scans: list[Scan]) -> float:
    return min(scan.areal_bmd_g_cm2 or 0.0 for scan in scans)


def _order(scans: list[Scan]) -> list[Scan]:
    if len(scans) > 1 and any(scan.date is None for scan in scans):
        raise BadInputError(
            code="monitoring.undated",
            field=f"Scan.date ({scans[0].site})",
            got="several scans, one of them without a date",
            expected="a date for each scan of a site that was scanned more than once",
            hint="A change cannot be told without knowing which scan came first.",
        )
    return sorted(scans, key=_day)


def _day(scan: Scan) -> int:
    return scan.date.toordinal() if scan.date is not None else 0


def _cut_before_baseline(scans: list[Scan], treated: date | None) -> list[Scan]:
    if treated is None:
        return scans
    limit = treated.toordinal() + read_monitoring_rules().baseline_days
    before = sum(_day(scan) <= limit for scan in scans)
    return scans[max(before - 1, 0) :]


def _score(scan: Scan, person: Person) -> float | None:
    try:
        return classify_scans([scan], person).sites[0].score
    except AbstainedError:
        return None
