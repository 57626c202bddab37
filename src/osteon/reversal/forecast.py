"""When, and how likely, each site is above the target: the forecast of one patient under one sequence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from osteon.errors import AbstainedError
from osteon.evidence import find_fact
from osteon.inference import name_context, simulate_sites
from osteon.reversal.cells import PublishedCell, find_published_cells
from osteon.reversal.chance import Chance, estimate_chance, estimate_share
from osteon.reversal.definition import ReversalDefinition, standard_reversal
from osteon.therapy import Drug, Finding, check_sequence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from osteon.densitometry import Site
    from osteon.inference import PatientBank, SiteBaseline, SiteCourses
    from osteon.population import Executor
    from osteon.therapy import Sequence

__all__ = [
    "Durability",
    "Forecast",
    "SitePath",
    "choose_horizon",
    "durability_months",
    "find_end",
    "forecast_sequence",
    "meet_everywhere",
    "read_forecast",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePath:
    """One site over time: T-score quantiles and the chance of being above the target, by month.

    ``quantiles`` holds the 5, 25, 50, 75 and 95 % T-scores (5, months + 1) of the true T-score; ``chance`` is
    that the true T-score is above the target, ``chance_measured`` that a scan would read above it. ``reached``
    is the chance of having been above it by each month, which never falls.
    """

    site: Site
    baseline: SiteBaseline
    quantiles: np.ndarray
    chance: tuple[Chance, ...]
    chance_measured: np.ndarray
    reached: np.ndarray
    median_months_to_target: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Durability:
    """Whether what was reached holds: at ``month``, 24 months after the effect of the last dose ends.

    ``holds`` is the chance of still being above the target at every site among those above it at the end of
    treatment; ``above`` the chance of being above it then at all.
    """

    end_month: float
    month: float
    holds: Chance | None
    above: Chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The answer for one patient and one sequence, with the facts behind it."""

    patient_id: str
    sequence: Sequence
    definition: ReversalDefinition
    months: np.ndarray
    sites: tuple[SitePath, ...]
    all_sites: tuple[Chance, ...]
    all_sites_reached: np.ndarray
    median_months_all_sites: float | None
    durability: Durability | None
    cells: tuple[PublishedCell, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    parameter_set: str
    evidence_hash: str
    seed: int
    virtual_patients: int
    sources: tuple[str, ...]


def forecast_sequence(
    bank: PatientBank,
    sequence: Sequence,
    *,
    definition: ReversalDefinition | None = None,
    horizon_months: int | None = None,
    executor: Executor | None = None,
) -> Forecast:
    """Forecast one sequence; the horizon reaches 24 months past the last dose's effect unless given."""
    target = definition or standard_reversal()
    months = horizon_months or choose_horizon(sequence)
    courses = simulate_sites(bank, sequence, months=months, executor=executor)
    return read_forecast(bank, sequence, courses, definition=target)


def read_forecast(
    bank: PatientBank, sequence: Sequence, courses: SiteCourses, *, definition: ReversalDefinition
) -> Forecast:
    """Read the forecast of a sequence off what became of the bank under it."""
    target, end = definition, find_end(sequence)
    everywhere = meet_everywhere(bank, courses, target)
    reached = np.logical_or.accumulate(everywhere, axis=0).mean(axis=1)
    findings = check_sequence(sequence, name_context(bank.patient))
    cells = find_published_cells(sequence, bank.baseline, target)
    return Forecast(
        patient_id=bank.patient.patient_id,
        sequence=sequence,
        definition=target,
        months=courses.months,
        sites=tuple(_trace_site(s, courses, i, target) for i, s in enumerate(bank.baseline.sites)),
        all_sites=estimate_chance(everywhere, courses.draw),
        all_sites_reached=reached,
        median_months_all_sites=_find_median(reached),
        durability=_judge_durability(everywhere, courses, end),
        cells=cells,
        findings=findings,
        notes=(*_list_extrapolations(bank, sequence), *_write_notes(bank)),
        parameter_set=bank.parameters.name,
        evidence_hash=bank.parameters.evidence_hash,
        seed=bank.settings.seed,
        virtual_patients=len(courses.draw),
        sources=_gather_sources(bank, cells, findings),
    )


def meet_everywhere(
    bank: PatientBank, courses: SiteCourses, definition: ReversalDefinition
) -> NDArray[np.bool_]:
    """Say who meets the target at every measured site that it speaks of, by month (months + 1, N)."""
    chosen = [i for i, s in enumerate(bank.baseline.sites) if s.site in definition.sites]
    if not chosen:
        raise AbstainedError(
            code="forecast.no_target_site",
            field="ReversalDefinition.sites",
            got=", ".join(s.site for s in bank.baseline.sites),
            expected=" or ".join(definition.sites),
            hint="None of the sites that the target speaks of was measured.",
        )
    return np.asarray(definition.meets(courses.true_t[chosen]).all(axis=0))


def choose_horizon(sequence: Sequence) -> int:
    """Return the month up to which a sequence is forecast: its end, and what durability asks for."""
    return round(max(sequence.duration_months, find_end(sequence) + durability_months()))


@cache
def durability_months() -> float:
    """Return how long after the last drug durability is judged."""
    return float(find_fact("forecast_rules", quantity="months_after_last_dose", rule="durability").value)


def find_end(sequence: Sequence) -> float:
    """Return the month at which the last drug regimen ends (0 when no drug is given)."""
    end, clock = 0.0, 0.0
    for regimen in sequence.regimens:
        clock += regimen.duration_months
        end = clock if regimen.prescriptions else end
    return end


def _trace_site(site: SiteBaseline, courses: SiteCourses, index: int, target: ReversalDefinition) -> SitePath:
    true_t = courses.true_t[index]
    above = target.meets(true_t)
    reached = np.logical_or.accumulate(above, axis=0).mean(axis=1)
    return SitePath(
        site=site.site,
        baseline=site,
        quantiles=np.quantile(true_t, (0.05, 0.25, 0.5, 0.75, 0.95), axis=1),
        chance=estimate_chance(above, courses.draw),
        chance_measured=target.meets(courses.measured_t[index]).mean(axis=1),
        reached=reached,
        median_months_to_target=_find_median(reached),
    )


def _find_median(reached: np.ndarray) -> float | None:
    """Return the first month by which at least half have been above the target."""
    months = np.flatnonzero(reached >= 1 / 2)
    return float(months[0]) if len(months) else None


def _judge_durability(everywhere: np.ndarray, courses: SiteCourses, end: float) -> Durability | None:
    month = round(end + durability_months())
    if not end or month >= len(everywhere):
        return None
    at_end, later = everywhere[round(end)], everywhere[month]
    return Durability(
        end_month=end,
        month=month,
        holds=estimate_share(later, at_end, courses.draw),
        above=estimate_chance(later[None], courses.draw)[0],
    )


def _list_extrapolations(bank: PatientBank, sequence: Sequence) -> tuple[str, ...]:
    """Name every drug given for longer, history included, than anybody was observed on it."""
    before = bank.patient.history.regimens if bank.patient.history else ()
    months: dict[Drug, float] = {}
    for regimen in (*before, *sequence.regimens):
        for prescription in regimen.prescriptions:
            months[prescription.drug] = months.get(prescription.drug, 0) + regimen.duration_months
    notes = []
    for drug, total in months.items():
        longest = find_fact(
            "forecast_rules", quantity="months_on_drug", rule=f"observed_exposure_{drug}"
        ).number
        if total > longest:
            notes.append(
                f"{total:g} months of {drug} are more than the {longest:g} that were observed: "
                "this forecast is an extrapolation."
            )
    return tuple(notes)


def _write_notes(bank: PatientBank) -> tuple[str, ...]:
    notes = ["Calcium and vitamin D are taken to be sufficient, as in the trials."]
    if bank.patient.context.vitamin_d_deficiency:
        notes = ["Vitamin D is deficient: calcium and vitamin D count only where the sequence names them."]
    if bank.patient.person.sex == "male":
        notes.append("The model was calibrated on postmenopausal women; for a man this is an extrapolation.")
    history = bank.patient.history
    if history and any(r.persistence for r in history.regimens) and bank.posterior is None:
        notes.append("The history was taken as kept to its end, whatever persistence it states.")
    if len(bank.baseline.sites) < len(standard_reversal().sites):
        notes.append("Not every diagnostic site was measured: the answer speaks of the measured sites only.")
    notes += bank.posterior.notes if bank.posterior else ()
    notes.append("The diagnosis of osteoporosis persists after a T-score has passed -2.5.")
    return tuple(notes)


def _gather_sources(
    bank: PatientBank, cells: tuple[PublishedCell, ...], findings: tuple[Finding, ...]
) -> tuple[str, ...]:
    keys = [
        *bank.baseline.sources,
        *bank.parameters.sources,
        *(c.source for c in cells),
        *(f.source for f in findings if f.source),
    ]
    return tuple(dict.fromkeys(keys))
