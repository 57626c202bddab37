"""What the scans of one site say of each virtual patient, with the unknown BMD summed out in closed form.

The scans of a site are ``y_k = b rho_k + o_g + w_k + e_k``: ``b`` the person's BMD at the first scan, ``rho_k`` the
virtual patient's BMD then relative to that, ``o_g`` an unknown offset of every scanner that cannot be compared with
that of the newest scan, ``w_k`` the wander of a person's scans about the model over years, ``e_k`` the precision
error. All but ``rho`` are Gaussian, so each virtual patient's likelihood and its BMD given the scans are exact. A
lone scan is read with its precision error only, as where there is no posterior: wander is then what later scans add.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from osteon.densitometry import (
    check_comparability,
    classify_scans,
    default_precision_error,
)
from osteon.errors import OsteonError
from osteon.evidence import find_fact
from osteon.inference.patient import describe_group

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from osteon.densitometry import Person, Scan
    from osteon.inference.past import Past
    from osteon.inference.patient import SiteBaseline
    from osteon.remodeling import ParameterSet

__all__ = [
    "Placed",
    "SiteEvidence",
    "gather_site_evidence",
    "list_usable_scans",
    "place_scan",
]

Floats = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A scan on the scale of the newest one: BMD and precision error (g/cm2), its scanner group and its month.

    ``months_before`` counts back from the forecast; ``group`` is 0 for scans that can be compared with the newest;
    ``offset_sd`` (g/cm2) is how far the scanner of another group may be off.
    """

    scan: Scan
    bmd: float
    error: float
    group: int
    offset_sd: float
    months_before: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEvidence:
    """The scans of one site, oldest first, ready to weigh virtual patients.

    ``prior_mean`` and ``prior_var`` are of the BMD at the first scan among people of that age; ``wander_var`` of
    scans about the model.
    """

    site: SiteBaseline
    scans: tuple[Placed, ...]
    prior_mean: float
    prior_var: float
    wander_var: float

    @property
    def values(self) -> NDArray[np.float64]:
        """BMD of each scan (K,)."""
        return np.array([scan.bmd for scan in self.scans])

    def make_covariance(self) -> NDArray[np.float64]:
        """Return the covariance (K, K) of the scans of a known course: error, wander and scanner offsets."""
        group = np.array([scan.group for scan in self.scans])
        width = np.array([scan.offset_sd for scan in self.scans])
        error = np.array([scan.error for scan in self.scans])
        shared = (group[:, None] == group) * width[:, None] * width
        return np.asarray(np.diag(error**2 + self.wander_var) + shared, dtype=float)

    def weigh(self, relative: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Weigh courses ``relative`` (K, N) to the untreated start.

        Returns the log-likelihood, and the mean and SD of the BMD at the first scan, each (N,).
        """
        rho = np.asarray(relative / relative[0], dtype=float)
        covariance = self.make_covariance()
        precision = np.linalg.inv(covariance)
        lever = precision @ rho
        miss = self.values[:, None] - self.prior_mean * rho
        reach = 1 + self.prior_var * (rho * lever).sum(axis=0)
        squares = np.einsum("kn,kj,jn->n", miss, precision, miss)
        fit = squares - self.prior_var * (miss * lever).sum(axis=0) ** 2 / reach
        sign = np.linalg.slogdet(2 * np.pi * covariance)[1]
        var = self.prior_var / reach
        mean = var * (self.prior_mean / self.prior_var + self.values @ lever)
        return np.asarray(-(sign + np.log(reach) + fit) / 2), mean, np.sqrt(var)


def list_usable_scans(
    scans: Iterable[Scan], newest: Scan, person: Person
) -> tuple[tuple[Scan, ...], tuple[Scan, ...]]:
    """Return the scans of the newest one's site that can be placed in time, oldest first, and those that cannot."""
    same = [scan for scan in scans if scan.site is newest.site]
    kept = [
        s
        for s in same
        if s is newest or ((s.date is not None or newest.date is None) and _is_read(s, person))
    ]
    ordered = sorted(kept, key=lambda scan: scan.date.toordinal() if scan.date else 0)
    return tuple(ordered), tuple(scan for scan in same if all(scan is not one for one in kept))


def _is_read(scan: Scan, person: Person) -> bool:
    try:
        return classify_scans([scan], person).sites[0].score is not None
    except OsteonError:
        return False


def gather_site_evidence(
    site: SiteBaseline,
    newest: Scan,
    scans: Sequence[Scan],
    *,
    person: Person,
    past: Past,
    parameters: ParameterSet,
) -> SiteEvidence:
    """Place the scans of one site, oldest first, on the scale of the newest."""
    groups: list[Scan] = [newest]
    placed = tuple(place_scan(scan, site, groups, person=person, past=past) for scan in scans)
    age = person.age_years - past.count_months(scans[0].date) / 12
    group_mean, group_sd = describe_group(site, person.sex, age)
    wander = find_wander(parameters, site) if len(scans) > 1 else 0
    return SiteEvidence(
        site=site,
        scans=placed,
        prior_mean=group_mean,
        prior_var=max(group_sd**2 - wander**2, wander**2),
        wander_var=wander**2,
    )


def find_wander(parameters: ParameterSet, site: SiteBaseline) -> float:
    """Return the SD (g/cm2) of a person's scans about the model over years, beside their precision error."""
    return float(parameters.variability.get(f"long_term_{site.site}", 0) * site.areal_bmd_g_cm2)


def place_scan(scan: Scan, site: SiteBaseline, groups: list[Scan], *, person: Person, past: Past) -> Placed:
    """Put a scan on the scale of the newest one, the first of ``groups``; a scanner not met before joins them."""
    group = next((index for index, first in enumerate(groups) if _can_compare(first, scan)), len(groups))
    if group == len(groups):
        groups.append(scan)
    bmd = site.areal_bmd_g_cm2 if scan is groups[0] else scan.areal_bmd_g_cm2
    if scan is not groups[0] and (group or bmd is None):
        score = classify_scans([scan], person).sites[0].score or 0
        bmd = site.young_mean_g_cm2 + score * site.young_sd_g_cm2
    return Placed(
        scan=scan,
        bmd=bmd or 0.0,
        error=_find_error(scan, site, same=scan is groups[0], comparable=not group),
        group=group,
        offset_sd=_find_offset(groups[0], scan) * site.areal_bmd_g_cm2 if group else 0.0,
        months_before=past.count_months(scan.date),
    )


def _find_error(scan: Scan, site: SiteBaseline, *, same: bool, comparable: bool) -> float:
    """Return the precision error (g/cm2) on the scale of the newest scan; it never follows the value read."""
    stated, bmd = scan.precision_error_g_cm2, scan.areal_bmd_g_cm2
    if same:
        return site.precision_error_g_cm2
    if stated is None or (not comparable and bmd is None):
        return default_precision_error(scan.site).fraction * site.areal_bmd_g_cm2
    return stated if comparable or bmd is None else stated / bmd * site.areal_bmd_g_cm2


def _can_compare(first: Scan, second: Scan) -> bool:
    if first is second:
        return True
    older, newer = sorted((first, second), key=lambda scan: scan.date.toordinal() if scan.date else 0)
    return not any(found.blocks for found in check_comparability(older, newer))


@cache
def _read_width(rule: str) -> float:
    return find_fact("posterior_rules", quantity="relative_width", rule=rule).number / 100


def _find_offset(newest: Scan, scan: Scan) -> float:
    return _read_width("other_scanner" if scan.maker is newest.maker and scan.maker else "other_maker")
