"""The bank of virtual patients that one real patient could be, run through history and sequence."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from osteon.evidence import find_fact
from osteon.inference.patient import Baseline, Patient, SiteBaseline, read_baseline
from osteon.population import (
    STEPS_PER_MONTH,
    VirtualPatients,
    address_stream,
    draw_virtual_patients,
    simulate_timetable,
)
from osteon.remodeling import CHANNELS, ParameterSet, Timetable, load_parameter_set, tabulate_courses
from osteon.therapy import Lifestyle, draw_course_stop_days, list_dose_courses
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from osteon.population import Executor
    from osteon.therapy import Sequence

__all__ = [
    "BankSettings",
    "PatientBank",
    "SiteCourses",
    "draw_stops",
    "lay_out_sequence",
    "prepare_patient",
    "read_courses",
    "simulate_sites",
]

_SITE_ROWS = {"lumbar_spine": 0, "total_hip": 1, "femoral_neck": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class BankSettings:
    """How many parameter draws, how many virtual patients each, and the seed of every stream."""

    draws: int = 32
    per_draw: int = 16
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCourses:
    """What became of the bank: ``true_t`` and ``measured_t`` (sites, months + 1, N), ``draw`` (N,).

    ``measured_t`` adds the noise of one scan to each month on its own.
    """

    true_t: np.ndarray
    measured_t: np.ndarray
    draw: np.ndarray
    months: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientBank:
    """A patient made ready: baseline read, virtual patients drawn once and shared by every sequence compared."""

    patient: Patient
    baseline: Baseline
    virtual: VirtualPatients
    parameters: ParameterSet
    settings: BankSettings


def prepare_patient(
    patient: Patient, *, settings: BankSettings | None = None, parameters: ParameterSet | None = None
) -> PatientBank:
    """Read the baseline and draw virtual patients that share this patient's covariates when the history began.

    Raises ``AbstainedError`` outside the domain (see ``read_baseline``).
    """
    chosen, used = parameters or load_parameter_set(), settings or BankSettings()
    baseline = read_baseline(patient, chosen.values)
    years = patient.history.duration_months / 12 if patient.history else 0
    then = replace(
        baseline.person,
        age_years=baseline.person.age_years - years,
        years_since_menopause=max(baseline.person.years_since_menopause - years, 0),
    )
    virtual = draw_virtual_patients(
        chosen,
        then,
        draws=used.draws,
        per_draw=used.per_draw,
        seed=used.seed,
        patient=patient.patient_id,
    )
    return PatientBank(patient=patient, baseline=baseline, virtual=virtual, parameters=chosen, settings=used)


def lay_out_sequence(
    parameters: ParameterSet,
    sequence: Sequence,
    history: Sequence | None,
    months: int,
    *,
    deficient: bool = False,
) -> tuple[Timetable, int]:
    """Return the timetable of history and sequence, and the month on it at which the sequence starts.

    Calcium and vitamin D run from the start of the sequence, as they did in every trial; for a patient known to be
    ``deficient`` in vitamin D only while the sequence names them.
    """
    length = history.duration_months if history else 0
    before = math.ceil(length)
    lead = round((before - length) * DAYS_PER_MONTH)
    courses = [*(list_dose_courses(history, start_day=lead) if history else ())]
    courses += list_dose_courses(sequence, start_day=round(before * DAYS_PER_MONTH))
    table = tabulate_courses(
        courses,
        months=before + months,
        steps_per_month=STEPS_PER_MONTH,
        scale=parameters.values,
        calcium_from_day=None if deficient else (0 if history else before * DAYS_PER_MONTH),
    )
    if deficient:
        _add_supplements(table, sequence, before)
    return table, before


def _add_supplements(table: Timetable, sequence: Sequence, before: int) -> None:
    fact = find_fact("forecast_rules", quantity="calcium_drive_supplemented", rule="vitamin_d_deficient")
    ends = float(before)
    for regimen in sequence.regimens:
        start, ends = ends, ends + regimen.duration_months
        if Lifestyle.CALCIUM_VITAMIN_D in regimen.lifestyle:
            steps = slice(round(start * STEPS_PER_MONTH), round(ends * STEPS_PER_MONTH))
            table.channels[steps, CHANNELS.index("calcium")] = fact.number


def simulate_sites(
    bank: PatientBank, sequence: Sequence, *, months: int, executor: Executor | None = None
) -> SiteCourses:
    """Simulate the bank and return the T-score of each valid site by month after the start."""
    history = bank.patient.history
    deficient = bank.patient.context.vitamin_d_deficiency is True
    table, before = lay_out_sequence(bank.parameters, sequence, history, months, deficient=deficient)
    stops = draw_stops(bank, sequence)
    clock = None if stops is None else before + stops
    outcomes = simulate_timetable(bank.virtual, table, stop_months=clock, executor=executor)
    return read_courses(bank, sequence, outcomes[before : before + months + 1])


def read_courses(bank: PatientBank, sequence: Sequence, outcomes: np.ndarray) -> SiteCourses:
    """Turn relative outcomes (months + 1, 5, N) from the start of the sequence into T-scores."""
    relative = outcomes[:, :3] / outcomes[0, :3] - 1
    months = len(outcomes) - 1
    true_t, measured_t = [], []
    for site in bank.baseline.sites:
        row = _SITE_ROWS[site.site]
        change = relative[:, row] * bank.virtual.site_response[row]
        bmd = _draw_start(bank, site) * (1 + change + _add_exercise(bank.parameters, sequence, row, months))
        error = _measure_noise(bank.parameters, site.site, site.precision_error_g_cm2, site.areal_bmd_g_cm2)
        stream = address_stream(bank.settings.seed, bank.patient.patient_id, f"scans {site.site}")
        scanned = bmd + error * stream.standard_normal(bmd.shape)
        true_t.append((bmd - site.young_mean_g_cm2) / site.young_sd_g_cm2)
        measured_t.append((scanned - site.young_mean_g_cm2) / site.young_sd_g_cm2)
    return SiteCourses(
        true_t=np.array(true_t),
        measured_t=np.array(measured_t),
        draw=bank.virtual.draw,
        months=np.arange(months + 1),
    )


def _draw_start(bank: PatientBank, site: SiteBaseline) -> np.ndarray:
    stream = address_stream(bank.settings.seed, bank.patient.patient_id, f"baseline {site.site}")
    return np.asarray(
        site.true_mean_g_cm2 + site.true_sd_g_cm2 * stream.standard_normal(len(bank.virtual.keys))
    )


def _measure_noise(parameters: ParameterSet, site: str, precision_error: float, bmd: float) -> float:
    """Join short-term precision with the drift of a person's scans over years (g/cm2)."""
    drift = parameters.variability.get(f"long_term_{site}", 0) * bmd
    return float(np.hypot(precision_error, drift))


def draw_stops(bank: PatientBank, sequence: Sequence) -> np.ndarray | None:
    """Draw the month of the sequence at which each virtual patient stops taking anything, (N,).

    ``None`` when no regimen says how long patients stay on it; infinite for who stays to the end.
    """
    if all(regimen.persistence is None for regimen in sequence.regimens):
        return None
    stream = address_stream(bank.settings.seed, bank.patient.patient_id, "persistence")
    uniforms = 1 - stream.random((len(bank.virtual.keys), len(sequence.regimens)))
    days = draw_course_stop_days(sequence, uniforms)
    ends = np.array([course.stop_day for course in list_dose_courses(sequence)])
    return np.asarray(np.where(days < ends, days, np.inf).min(axis=1) / DAYS_PER_MONTH)


def _add_exercise(parameters: ParameterSet, sequence: Sequence, row: int, months: int) -> np.ndarray:
    """Relative BMD gained by exercise, by month: first-order approach while it lasts, and back after it.

    It is added to the drugs' change; the size is that of controlled trials.
    """
    gain = parameters.values[("exercise_gain_spine", "exercise_gain_hip", "exercise_gain_hip")[row]]
    monthly = 1 - np.exp(-DAYS_PER_MONTH / parameters.values["exercise_days"])
    doing, ends = np.zeros(months), 0.0
    for regimen in sequence.regimens:
        start, ends = ends, ends + regimen.duration_months
        if Lifestyle.EXERCISE in regimen.lifestyle:
            doing[round(start) : round(ends)] = 1
    level = np.zeros(months + 1)
    for month in range(months):
        level[month + 1] = level[month] + monthly * (doing[month] - level[month])
    return np.asarray(gain * level)[:, None]
