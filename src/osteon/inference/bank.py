"""The bank of virtual patients that one real patient could be, run through history and sequence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from osteon.inference.layout import lay_out_sequence, lay_out_therapy
from osteon.inference.past import Past, lay_out_past
from osteon.inference.patient import Baseline, Patient, SiteBaseline, read_baseline
from osteon.inference.posterior import Posterior, infer_posterior, needs_posterior
from osteon.inference.posterior_cloud import find_stop_months, respond
from osteon.population import (
    VirtualPatients,
    address_stream,
    draw_virtual_patients,
    simulate_timetable,
)
from osteon.remodeling import ParameterSet, load_parameter_set
from osteon.therapy import Lifestyle
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from osteon.population import Executor
    from osteon.remodeling import Timetable
    from osteon.therapy import Sequence

__all__ = [
    "BankSettings",
    "PatientBank",
    "SiteCourses",
    "draw_stops",
    "lay_out_bank",
    "lay_out_sequence",
    "measure_noise",
    "prepare_patient",
    "read_courses",
    "read_start",
    "simulate_sites",
    "weigh_patient",
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
    past: Past = field(default_factory=Past)
    posterior: Posterior | None = None

    @property
    def pauses(self) -> np.ndarray | None:
        """From when until when (2, N) each takes nothing of the history, in months of the clock; None: never."""
        return self.posterior.pauses if self.posterior else None


def prepare_patient(
    patient: Patient, *, settings: BankSettings | None = None, parameters: ParameterSet | None = None
) -> PatientBank:
    """Read the baseline and draw virtual patients that share this patient's covariates when the history began.

    With more than one visit's scans, or a marker, they are those that the record favors: ``bank.posterior`` says
    how they were found. Raises ``AbstainedError`` outside the domain (see ``read_baseline``), and what
    ``lay_out_past`` raises of a record that cannot be.

    >>> from datetime import date
    >>> from osteon.densitometry import Maker, Person, Scan, Sex, Site
    >>> woman = Person(sex=Sex.FEMALE, age_years=67, menopausal=True)
    >>> scans = tuple(
    ...     Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=bmd, maker=Maker.HOLOGIC, date=date(year, 3, 1))
    ...     for bmd, year in ((0.60, 2025), (0.62, 2026))
    ... )
    >>> bank = prepare_patient(Patient(patient_id="a", person=woman, scans=scans))
    >>> bank.posterior.scans_used
    2
    """
    chosen, used = parameters or load_parameter_set(), settings or BankSettings()
    baseline, past = read_baseline(patient, chosen.values), lay_out_past(patient)
    if needs_posterior(patient, baseline, past):
        return weigh_patient(patient, settings=used, parameters=chosen)
    years = past.months / 12
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
    return PatientBank(
        patient=patient, baseline=baseline, virtual=virtual, parameters=chosen, settings=used, past=past
    )


def weigh_patient(
    patient: Patient, *, settings: BankSettings | None = None, parameters: ParameterSet | None = None
) -> PatientBank:
    """Return the bank as the posterior of everything measured, even where that is one visit only."""
    chosen, used = parameters or load_parameter_set(), settings or BankSettings()
    baseline, past = read_baseline(patient, chosen.values), lay_out_past(patient)
    virtual, posterior = infer_posterior(patient, baseline, past, chosen, used)
    sites = tuple(_retell_start(site, posterior, row) for row, site in enumerate(baseline.sites))
    return PatientBank(
        patient=patient,
        baseline=replace(
            baseline, sites=sites, sources=tuple(dict.fromkeys((*baseline.sources, *posterior.sources)))
        ),
        virtual=virtual,
        parameters=chosen,
        settings=used,
        past=past,
        posterior=posterior,
    )


def _retell_start(site: SiteBaseline, posterior: Posterior, row: int) -> SiteBaseline:
    mean, sd = posterior.start_mean[row], posterior.start_sd[row]
    spread = float(np.sqrt((sd**2).mean() + mean.var()))
    return replace(site, true_mean_g_cm2=float(mean.mean()), true_sd_g_cm2=spread)


def lay_out_bank(bank: PatientBank, sequence: Sequence | None, months: int) -> tuple[Timetable, int]:
    """Return the timetable of the patient's past and a sequence, and the month on it at which the forecast starts."""
    deficient = bank.patient.context.vitamin_d_deficiency is True
    return lay_out_therapy(bank.parameters, bank.past, sequence, months, deficient=deficient)


def simulate_sites(
    bank: PatientBank, sequence: Sequence, *, months: int, executor: Executor | None = None
) -> SiteCourses:
    """Simulate the bank and return the T-score of each valid site by month after the start."""
    table, before = lay_out_bank(bank, sequence, months)
    stops = draw_stops(bank, sequence)
    clock = None if stops is None else before + stops
    outcomes = simulate_timetable(
        bank.virtual, table, stop_months=clock, pause_months=bank.pauses, executor=executor
    )
    return read_courses(bank, sequence, outcomes[before : before + months + 1])


def read_courses(bank: PatientBank, sequence: Sequence, outcomes: np.ndarray) -> SiteCourses:
    """Turn relative outcomes (months + 1, 5, N) from the start of the sequence into T-scores."""
    relative = outcomes[:, :3] / outcomes[0, :3] - 1
    months = len(outcomes) - 1
    true_t, measured_t = [], []
    for site in bank.baseline.sites:
        row = _SITE_ROWS[site.site]
        change = relative[:, row] * bank.virtual.site_response[row]
        if bank.posterior:
            whole = respond(outcomes[:, row], bank.virtual.site_response[row])
            change = whole / whole[0] - 1
        bmd = _draw_start(bank, site) * (1 + change + _add_exercise(bank.parameters, sequence, row, months))
        error = measure_noise(bank.parameters, site.site, site.precision_error_g_cm2, site.areal_bmd_g_cm2)
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
    mean, sd = read_start(bank, site)
    return np.asarray(mean + sd * stream.standard_normal(len(bank.virtual.keys)))


def read_start(bank: PatientBank, site: SiteBaseline) -> tuple[np.ndarray | float, np.ndarray | float]:
    """Return mean and SD of the BMD (g/cm2) from which each virtual patient starts, (N,) or one for all."""
    if bank.posterior is None:
        return site.true_mean_g_cm2, site.true_sd_g_cm2
    row = [one.site for one in bank.baseline.sites].index(site.site)
    return bank.posterior.start_mean[row], bank.posterior.start_sd[row]


def measure_noise(parameters: ParameterSet, site: str, precision_error: float, bmd: float) -> float:
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
    return find_stop_months(sequence, uniforms)


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
