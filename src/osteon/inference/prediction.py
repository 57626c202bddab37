"""What a posterior expects: the chance of being above a line today, the next scan, the next marker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from osteon.errors import BadInputError
from osteon.inference.bank import lay_out_bank, measure_noise, read_start, weigh_patient
from osteon.inference.past import find_as_of, rewind_patient
from osteon.inference.posterior_cloud import read_at
from osteon.inference.posterior_markers import find_sample_noise
from osteon.inference.posterior_scans import find_wander, place_scan
from osteon.inference.readings import MarkerReading
from osteon.population import address_stream, simulate_timetable
from osteon.remodeling import Outcomes
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from osteon.densitometry import Scan, Site
    from osteon.inference.bank import BankSettings, PatientBank
    from osteon.inference.patient import Patient
    from osteon.inference.readings import Marker
    from osteon.remodeling import ParameterSet
    from osteon.therapy import Sequence

__all__ = [
    "MarkerPrediction",
    "NowChance",
    "SiteNow",
    "VisitPrediction",
    "chance_above_now",
    "predict_marker",
    "predict_visit",
]

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_REACH_SD = 8
_GRID = 2**11


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteNow:
    """One site today: ``chance`` that the true T-score is above the line, ``chance_measured`` that a scan would be.

    ``t_mean`` and ``t_sd`` are of the true T-score given everything measured.
    """

    site: Site
    chance: float
    chance_measured: float
    t_mean: float
    t_sd: float
    measured_t_score: float
    measured_above: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NowChance:
    """The chance (0..1) of being above ``t_score`` today, at each measured site and at all of them together."""

    t_score: float
    sites: tuple[SiteNow, ...]
    all_sites: float
    measured_above: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPrediction:
    """What was expected of one scan from everything before it, in g/cm2 on the scale of the scan before.

    ``quantiles`` are the 5, 25, 50, 75 and 95 % of what a scan would read; ``percentile`` (0..1) is where the
    observed one lies. Where the scanners cannot be compared, ``comparable`` is False and the width holds the
    unknown offset.
    """

    site: Site
    scan: Scan
    comparable: bool
    observed_g_cm2: float
    mean_g_cm2: float
    sd_g_cm2: float
    quantiles: NDArray[np.float64]
    percentile: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerPrediction:
    """A marker on a day as a fraction of the patient's own value before any drug.

    ``quantiles`` are the 5, 25, 50, 75 and 95 % of the true fraction, ``measured_quantiles`` of that of two fasting
    morning samples of one assay.
    """

    marker: Marker
    date: date | None
    quantiles: NDArray[np.float64]
    measured_quantiles: NDArray[np.float64]


def chance_above_now(bank: PatientBank, t_score: float) -> NowChance:
    """Return the chance that the true T-score is above ``t_score`` today, given everything measured.

    Sites are independent but for what the virtual patients share.
    """
    ones = np.ones(len(bank.virtual.keys))
    sites, together = [], ones
    for site in bank.baseline.sites:
        mean, sd = (np.asarray(number * ones) for number in read_start(bank, site))
        line = site.young_mean_g_cm2 + t_score * site.young_sd_g_cm2
        noise = measure_noise(bank.parameters, site.site, site.precision_error_g_cm2, site.areal_bmd_g_cm2)
        above = _pass(mean - line, sd)
        together = together * above
        spread = float(np.sqrt((sd**2).mean() + mean.var()))
        sites.append(
            SiteNow(
                site=site.site,
                chance=float(above.mean()),
                chance_measured=float(_pass(mean - line, np.hypot(sd, noise)).mean()),
                t_mean=float((mean.mean() - site.young_mean_g_cm2) / site.young_sd_g_cm2),
                t_sd=spread / site.young_sd_g_cm2,
                measured_t_score=site.t_score,
                measured_above=site.t_score > t_score,
            )
        )
    return NowChance(
        t_score=t_score,
        sites=tuple(sites),
        all_sites=float(together.mean()),
        measured_above=all(site.measured_above for site in sites),
    )


def _pass(height: NDArray[np.float64], sd: NDArray[np.float64]) -> NDArray[np.float64]:
    # scipy takes a moment to import, and only this needs it.
    from scipy.special import ndtr

    return np.asarray(ndtr(height / sd))


def predict_visit(
    patient: Patient,
    visit_scans: tuple[Scan, ...],
    *,
    settings: BankSettings | None = None,
    parameters: ParameterSet | None = None,
) -> tuple[VisitPrediction, ...]:
    """Predict the scans of a visit from everything of the patient dated before it; a site not scanned before is left.

    The patient may or may not hold the visit's scans already. Raises ``visit.without_date``, and what
    ``prepare_patient`` raises of the patient as of that day.
    """
    days = [scan.date for scan in visit_scans if scan.date]
    if not days or len(days) < len(visit_scans):
        raise BadInputError(
            code="visit.without_date",
            field="visit_scans",
            got=f"{len(visit_scans)} scans, {len(days)} with a date",
            expected="a date on every scan of the visit",
            hint="A scan can only be predicted for a day.",
        )
    bank = weigh_patient(rewind_patient(patient, min(days)), settings=settings, parameters=parameters)
    known = {site.site: row for row, site in enumerate(bank.baseline.sites)}
    return tuple(_predict_scan(bank, known[scan.site], scan) for scan in visit_scans if scan.site in known)


def _predict_scan(bank: PatientBank, row: int, scan: Scan) -> VisitPrediction:
    site, before = bank.baseline.sites[row], bank.baseline.scans[row]
    placed = place_scan(scan, site, [before], person=bank.patient.person, past=bank.past)
    mean, known = (np.asarray(number, dtype=float) for number in read_start(bank, site))
    sd = np.sqrt(known**2 + find_wander(bank.parameters, site) ** 2 + placed.error**2 + placed.offset_sd**2)
    return VisitPrediction(
        site=site.site,
        scan=scan,
        comparable=placed.group == 0,
        observed_g_cm2=placed.bmd,
        mean_g_cm2=float(mean.mean()),
        sd_g_cm2=float(np.sqrt((sd**2).mean() + mean.var())),
        quantiles=_find_quantiles(mean, sd),
        percentile=float(_pass(placed.bmd - mean, sd).mean()),
    )


def _find_quantiles(mean: NDArray[np.float64], sd: NDArray[np.float64]) -> NDArray[np.float64]:
    """Invert the distribution of a mixture of Gaussians on a fine grid."""
    grid = np.linspace((mean - _REACH_SD * sd).min(), (mean + _REACH_SD * sd).max(), _GRID)
    below = _pass(grid[:, None] - mean, sd).mean(axis=1)
    return np.asarray(np.interp(_QUANTILES, below, grid))


def predict_marker(
    bank: PatientBank, marker: Marker, day: date | None, *, sequence: Sequence | None = None
) -> MarkerPrediction:
    """Predict a marker on a day as a fraction of the patient's own value before any drug.

    A day after the forecast's start needs the ``sequence`` taken from there; without one nothing is. The day is
    the forecast's start where it is None.
    """
    as_of = find_as_of(bank.patient)
    ahead = (day - as_of).days / DAYS_PER_MONTH if day and as_of else 0.0
    months = max(int(np.ceil(ahead)), 0)
    table, before = lay_out_bank(bank, sequence, months)
    course = np.ones((1, len(bank.virtual.keys)))
    if before + months:
        outcomes = simulate_timetable(bank.virtual, table, pause_months=bank.pauses)
        course = outcomes[:, Outcomes._fields.index(marker)]
    untreated = before - bank.past.months + bank.past.untreated_months
    now, then = read_at(course, np.array([before + ahead, untreated]))
    fraction = now / then
    sample = find_sample_noise(MarkerReading(marker=marker, value=_ANY_VALUE, fasting_morning=True))
    stream = address_stream(bank.settings.seed, bank.patient.patient_id, f"samples {marker}")
    noise = np.exp(np.sqrt(2) * sample * stream.standard_normal(len(fraction)))
    return MarkerPrediction(
        marker=marker,
        date=day,
        quantiles=np.quantile(fraction, _QUANTILES),
        measured_quantiles=np.quantile(fraction * noise, _QUANTILES),
    )


_ANY_VALUE = 100.0
