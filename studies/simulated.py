"""Simulated patients: a truth drawn from the model's own prior, and what a clinic would have measured of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from osteon.densitometry import Maker, Person, Scan, Sex, Site, read_rules
from osteon.inference import BankSettings, Marker, MarkerReading, Patient, SiteBaseline, read_baseline
from osteon.inference.layout import lay_out_therapy
from osteon.inference.past import Past, lay_out_past
from osteon.inference.patient import describe_group
from osteon.inference.posterior import pose_question
from osteon.inference.posterior_cloud import find_typical, read_at, respond
from osteon.inference.posterior_markers import read_turnover
from osteon.inference.posterior_scans import find_wander
from osteon.population import (
    DEPARTURES,
    VirtualPatients,
    address_stream,
    draw_parameters,
    make_virtual_patients,
    simulate_timetable,
)
from osteon.remodeling import Outcomes, ParameterSet
from osteon.therapy import Sequence, parse_sequence
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from osteon.inference.posterior_cloud import Question

START = dt.date(2018, 1, 10)
SITES = (Site.LUMBAR_SPINE, Site.TOTAL_HIP)
LAST_MONTH = 96
PLANS = (
    "denosumab for 96 months",
    "alendronate 70 mg weekly for 96 months at 80% adherence",
    "zoledronate for 96 months",
    "romosozumab for 12 months, then denosumab for 84 months",
    "teriparatide for 24 months, then alendronate for 72 months",
)
_LOWEST_T = -4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The months at which a patient is scanned and her markers drawn, and whether scans wander about the model."""

    scans: tuple[int, ...]
    markers: tuple[int, ...] = ()
    wander: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Truth:
    """One simulated patient: measured at the schedule's months, true T-scores ``true_t`` (sites, months + 1).

    ``scan_sd`` (sites,) is the noise of one scan in T-score units.
    """

    number: int
    age_years: float
    years_since_menopause: float
    plan: Sequence
    scans: tuple[Scan, ...]
    markers: tuple[MarkerReading, ...]
    true_t: NDArray[np.float64]
    scan_sd: NDArray[np.float64]


def place_month(month: float) -> dt.date:
    """Return the day that lies so many months after the start."""
    return START + dt.timedelta(days=round(month * DAYS_PER_MONTH))


def slice_sequence(plan: Sequence, start: float, stop: float) -> Sequence:
    """Return the part of a plan between two months."""
    kept, clock = [], 0.0
    for regimen in plan.regimens:
        begins, ends = max(clock, start), min(clock + regimen.duration_months, stop)
        if ends > begins:
            kept.append(replace(regimen, duration_months=ends - begins))
        clock += regimen.duration_months
    return Sequence(regimens=tuple(kept))


def look_at(
    truth: Truth, month: int, *, scans: tuple[int, ...] | None = None, markers: tuple[int, ...] | None = None
) -> Patient:
    """Return the patient as a clinic knows her at a month; of what was measured by then all, or those months."""
    days = {place_month(one) for one in (range(month + 1) if scans is None else scans)}
    drawn = {place_month(one) for one in (range(month + 1) if markers is None else markers)}
    return Patient(
        patient_id=f"case {truth.number}",
        person=Person(
            sex=Sex.FEMALE,
            age_years=truth.age_years + month / 12,
            years_since_menopause=truth.years_since_menopause + month / 12,
        ),
        scans=tuple(scan for scan in truth.scans if scan.date in days),
        markers=tuple(one for one in truth.markers if one.date in drawn),
        history=slice_sequence(truth.plan, 0, month) if month else None,
        history_start=START if month else None,
        as_of=place_month(month),
    )


def simulate_truth(number: int, schedule: Schedule, parameters: ParameterSet, *, seed: int) -> Truth:
    """Draw a truth and its measurements; the first scans decide who is a patient: the lower T-score at most -2.5."""
    stream = address_stream(seed, f"case {number}", "person")
    blank = Truth(
        number=number,
        age_years=float(stream.uniform(57, 80)),
        years_since_menopause=float(stream.uniform(4, 12)),
        plan=parse_sequence(PLANS[int(stream.integers(len(PLANS)))]),
        scans=(),
        markers=(),
        true_t=np.zeros(0),
        scan_sd=np.zeros(0),
    )
    sites = _make_sites(blank, parameters, float(stream.uniform(0.008, 0.015)))
    start = _draw_first(sites, blank.age_years, parameters, stream, wander=schedule.wander)
    asked = replace(blank, scans=_write_scans(sites, schedule, start[1][:, None] + 0 * _months(schedule)))
    asked = replace(asked, markers=_write_markers(schedule, np.full((2, len(schedule.markers)), 50.0)))
    question = _pose(look_at(asked, max(*schedule.scans, *schedule.markers, 0)), parameters)
    virtual = _draw_person(question, parameters, seed, number)
    return _measure(asked, sites, question, virtual, start, schedule, stream)


def _months(schedule: Schedule) -> NDArray[np.float64]:
    return np.array(schedule.scans, dtype=float)


def _make_sites(truth: Truth, parameters: ParameterSet, precision_error: float) -> tuple[SiteBaseline, ...]:
    """Return the sites of a Hologic scanner with one precision error of the facility."""
    scans = tuple(
        Scan(site=site, areal_bmd_g_cm2=0.7, maker=Maker.HOLOGIC, precision_error_g_cm2=precision_error)
        for site in SITES
    )
    patient = replace(look_at(truth, 0), scans=scans, as_of=None)
    return read_baseline(patient, parameters.values).sites


def _draw_first(
    sites: tuple[SiteBaseline, ...],
    age: float,
    parameters: ParameterSet,
    stream: np.random.Generator,
    *,
    wander: bool,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw people of that age until one is scanned with osteoporosis: true BMD and first scan (sites,)."""
    group = np.array([describe_group(site, Sex.FEMALE, age) for site in sites])
    drift = np.array([find_wander(parameters, site) if wander else 0 for site in sites])
    error = np.array([site.precision_error_g_cm2 for site in sites])
    while True:
        normals = stream.standard_normal((2, len(sites)))
        level = group[:, 0] + np.sqrt(group[:, 1] ** 2 - drift**2) * normals[0]
        first = level + np.hypot(drift, error) * normals[1]
        t = [(bmd - s.young_mean_g_cm2) / s.young_sd_g_cm2 for bmd, s in zip(first, sites, strict=True)]
        if _LOWEST_T < min(t) <= read_rules().osteoporosis_t_score:
            return level, first


def _pose(patient: Patient, parameters: ParameterSet) -> Question:
    baseline, past = read_baseline(patient, parameters.values), lay_out_past(patient)
    return pose_question(patient, baseline, past, parameters, BankSettings(draws=1, per_draw=1), [])


def _draw_person(question: Question, parameters: ParameterSet, seed: int, number: int) -> VirtualPatients:
    """Draw one person with parameters of her own, which no bank of her shares."""
    own = address_stream(seed, f"case {number}", "effects")
    return make_virtual_patients(
        parameters,
        question.person,
        lines=draw_parameters(parameters, draws=1, seed=int(own.integers(2**31))),
        draw=np.zeros(1, dtype=int),
        normals=own.standard_normal((1, len(DEPARTURES))),
        keys=own.integers(0, 2**32, 1, dtype=np.uint32),
    )


def _measure(
    asked: Truth,
    sites: tuple[SiteBaseline, ...],
    question: Question,
    virtual: VirtualPatients,
    start: tuple[NDArray[np.float64], NDArray[np.float64]],
    schedule: Schedule,
    stream: np.random.Generator,
) -> Truth:
    """Run the plan from its start and read the schedule off it, with every noise that the posterior knows of."""
    table, _ = lay_out_therapy(question.parameters, Past(), asked.plan, LAST_MONTH, deficient=False)
    outcomes = simulate_timetable(virtual, table)
    rows = [Outcomes._fields.index(site.site) for site in sites]
    courses = np.array([respond(outcomes[:, row], virtual.site_response[row])[:, 0] for row in rows])
    bmd = start[0][:, None] * courses
    drift = np.array([find_wander(question.parameters, site) for site in sites])
    noise = np.hypot(drift, [site.precision_error_g_cm2 for site in sites])
    read = np.array([read_at(one[:, None], _months(schedule))[:, 0] for one in bmd])
    read = read + noise[:, None] * stream.standard_normal(read.shape)
    read[:, 0] = start[1]
    markers = np.zeros((2, len(schedule.markers)))
    turnover = read_turnover(virtual, find_typical(question))
    for row, marker in enumerate(question.markers):
        relative = read_at(
            outcomes[:, Outcomes._fields.index(marker.marker)], np.array(schedule.markers, dtype=float)
        )
        root = np.linalg.cholesky(marker.make_covariance())
        markers[row] = np.exp(
            marker.predict(relative, turnover)[:, 0] + root @ stream.standard_normal(len(root))
        )
    mean = np.array([site.young_mean_g_cm2 for site in sites])[:, None]
    sd = np.array([site.young_sd_g_cm2 for site in sites])[:, None]
    return replace(
        asked,
        scans=_write_scans(sites, schedule, read),
        markers=_write_markers(schedule, markers),
        true_t=(bmd - mean) / sd,
        scan_sd=noise / sd[:, 0],
    )


def _write_scans(
    sites: tuple[SiteBaseline, ...], schedule: Schedule, bmd: NDArray[np.float64]
) -> tuple[Scan, ...]:
    return tuple(
        Scan(
            site=site.site,
            areal_bmd_g_cm2=float(value),
            date=place_month(month),
            maker=Maker.HOLOGIC,
            precision_error_g_cm2=site.precision_error_g_cm2,
        )
        for site, row in zip(sites, bmd, strict=True)
        for month, value in zip(schedule.scans, row, strict=True)
    )


def _write_markers(schedule: Schedule, values: NDArray[np.float64]) -> tuple[MarkerReading, ...]:
    return tuple(
        MarkerReading(
            marker=marker, value=float(value), date=place_month(month), assay="a", fasting_morning=True
        )
        for marker, row in zip(Marker, values, strict=True)
        for month, value in zip(schedule.markers, row, strict=True)
    )
