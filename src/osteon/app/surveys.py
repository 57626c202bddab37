"""The use case `survey`: what each sequence would be expected to do in a surveyed population."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from osteon.app.forecasts import choose_month, define_target
from osteon.densitometry import Maker, Person, Scan, Sex, Site, classify_cohort
from osteon.inference import (
    BankSettings,
    Patient,
    PatientBank,
    draw_stops,
    lay_out_sequence,
    prepare_patient,
    read_courses,
)
from osteon.population import join_virtual_patients, simulate_timetable
from osteon.registry import choose_spine_bmd, estimate_mean, estimate_total, load_nhanes_adults
from osteon.therapy import RealWorldPersistence, standard_sequences

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from osteon import therapy
    from osteon.population import VirtualPatients
    from osteon.registry import Estimate, NhanesAdults, SurveyDesign
    from osteon.reversal import ReversalDefinition
    from osteon.therapy import StandardSequence

__all__ = [
    "Crowd",
    "SurveyAnswer",
    "SurveyOption",
    "SurveyShare",
    "apply_real_world_persistence",
    "ask_crowd",
    "choose_respondents",
    "forecast_survey",
    "gather_crowd",
    "join_errors",
    "read_respondent",
]

_YOUNGEST = 50
_SURVEY_SETTINGS = BankSettings(draws=16, per_draw=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyShare:
    """A population share with its 95 % interval, all in 0..1.

    `sampling_error` is the design-based standard error of who was surveyed, `model_error` the
    spread of the share over parameter draws; the interval joins both.
    """

    value: float
    low: float
    high: float
    sampling_error: float
    model_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyOption:
    """One sequence: taken to the end by all, and with the persistence of usual care (None: no drug)."""

    name: str
    sequence: therapy.Sequence
    full_persistence: SurveyShare
    real_world_persistence: SurveyShare | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswer:
    """Expected shares above the target at every measured site, among people who were not at the start.

    `respondents` were surveyed and stand for `people`.
    """

    definition: ReversalDefinition
    month: int
    respondents: int
    people: float
    options: tuple[SurveyOption, ...]
    notes: tuple[str, ...]
    parameter_set: str
    evidence_hash: str
    settings: BankSettings
    sources: tuple[str, ...]


def forecast_survey(
    *,
    target_t_score: float | None = None,
    month: int | None = None,
    settings: BankSettings | None = None,
    progress: Callable[[int, int], None] | None = None,
    most_respondents: int | None = None,
) -> SurveyAnswer:
    """Ask of US adults of 50 or more at or below the target: what share would pass it, by which sequence?

    Each respondent is a patient with virtual patients of their own; one person's chance does not
    depend on who else was surveyed. `most_respondents` keeps only the first ones, for a quick look.
    """
    target, asked = define_target(target_t_score), choose_month(month)
    crowd = gather_crowd(target, month=asked, settings=settings, most_respondents=most_respondents)
    options = []
    for standard in standard_sequences():
        options.append(_answer(crowd, standard))
        if progress is not None:
            progress(len(options), len(standard_sequences()))
    people = estimate_total(crowd.design, np.ones(len(crowd.domain)), domain=crowd.domain)
    first = crowd.banks[0]
    cited = (people.sources, first.parameters.sources, *(bank.baseline.sources for bank in crowd.banks))
    return SurveyAnswer(
        definition=target,
        month=asked,
        respondents=len(crowd.banks),
        people=people.value,
        options=tuple(options),
        notes=_NOTES,
        parameter_set=first.parameters.name,
        evidence_hash=first.parameters.evidence_hash,
        settings=first.settings,
        sources=tuple(sorted({key for keys in cited for key in keys})),
    )


_NOTES = (
    "Everybody is taken to be untreated, and women of 50 or more to be past menopause.",
    "Contraindications, labels and preferences are ignored: this is what the drugs could do, not a proposal.",
    "Men are included by extrapolation: the model was calibrated on postmenopausal women.",
    "In usual care, who stops a drug is taken to receive none of the later ones.",
    "Every site that was measured must be above the target; scans missing from the survey are not made up.",
    "Some pass without any drug: a scan read just below the line is partly bad luck.",
    "A T-score that has passed the target does not end the diagnosis of osteoporosis.",
)


def read_respondent(adults: NhanesAdults, index: int) -> Patient:
    """Read one respondent of the bundled survey as a patient."""
    bmd = {
        Site.LUMBAR_SPINE: choose_spine_bmd(adults)[index],
        Site.TOTAL_HIP: adults.total_hip_g_cm2[index],
        Site.FEMORAL_NECK: adults.femoral_neck_g_cm2[index],
    }
    female = bool(adults.female[index])
    return Patient(
        patient_id=f"NHANES-{adults.seqn[index]}",
        person=Person(
            sex=Sex.FEMALE if female else Sex.MALE,
            age_years=float(adults.age_years[index]),
            menopausal=True if female else None,
        ),
        scans=tuple(
            Scan(site=site, areal_bmd_g_cm2=float(value), maker=Maker.HOLOGIC)
            for site, value in bmd.items()
            if np.isfinite(value)
        ),
    )


def apply_real_world_persistence(sequence: therapy.Sequence) -> therapy.Sequence | None:
    """Return the sequence as usual care keeps to it, or None where no drug is given."""
    if not any(regimen.prescriptions for regimen in sequence.regimens):
        return None
    usual = RealWorldPersistence()
    return replace(
        sequence,
        regimens=tuple(
            replace(regimen, persistence=usual) if regimen.prescriptions else regimen
            for regimen in sequence.regimens
        ),
    )


def choose_respondents(adults: NhanesAdults, definition: ReversalDefinition) -> NDArray[np.int64]:
    """Return the rows of adults of 50 or more whose lowest T-score is at or below the target."""
    columns = {
        Site.LUMBAR_SPINE: choose_spine_bmd(adults),
        Site.TOTAL_HIP: adults.total_hip_g_cm2,
        Site.FEMORAL_NECK: adults.femoral_neck_g_cm2,
    }
    lowest = classify_cohort(columns, maker=Maker.HOLOGIC).lowest_t_score
    low = np.nan_to_num(lowest, nan=np.inf) <= definition.target_t_score
    return np.flatnonzero(low & (adults.age_years >= _YOUNGEST) & (adults.design.weights > 0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crowd:
    """Respondents as patients made ready, and their virtual patients side by side.

    `domain` (surveyed,) marks the respondents among everybody surveyed; `banks` stand in its order.
    """

    design: SurveyDesign
    domain: NDArray[np.bool_]
    banks: tuple[PatientBank, ...]
    virtual: VirtualPatients
    definition: ReversalDefinition
    month: int


def gather_crowd(
    definition: ReversalDefinition,
    *,
    month: int,
    settings: BankSettings | None = None,
    most_respondents: int | None = None,
) -> Crowd:
    """Gather the respondents of 50 or more who are at or below the target at any diagnostic site."""
    adults = load_nhanes_adults()
    chosen = choose_respondents(adults, definition)[:most_respondents]
    used = settings or _SURVEY_SETTINGS
    banks = tuple(prepare_patient(read_respondent(adults, index), settings=used) for index in chosen)
    return Crowd(
        design=adults.design,
        domain=np.isin(np.arange(len(adults.seqn)), chosen),
        banks=banks,
        virtual=join_virtual_patients([bank.virtual for bank in banks]),
        definition=definition,
        month=month,
    )


def ask_crowd(crowd: Crowd, sequence: therapy.Sequence) -> NDArray[np.float64]:
    """Return each respondent's chance of being above the target everywhere, by draw (people, draws)."""
    first = crowd.banks[0]
    table, _ = lay_out_sequence(first.parameters, sequence, None, crowd.month)
    stops = _join_stops(crowd.banks, sequence)
    outcomes = simulate_timetable(crowd.virtual, table, stop_months=stops)
    lanes = first.settings.draws * first.settings.per_draw
    shares = [
        _read_chance(bank, sequence, outcomes[:, :, start : start + lanes], crowd.definition)
        for bank, start in zip(crowd.banks, range(0, lanes * len(crowd.banks), lanes), strict=True)
    ]
    return np.array(shares)


def _answer(crowd: Crowd, standard: StandardSequence) -> SurveyOption:
    """Answer for one sequence, both as written and as usual care keeps to it."""
    usual = apply_real_world_persistence(standard.sequence)
    return SurveyOption(
        name=standard.name,
        sequence=standard.sequence,
        full_persistence=_estimate_share(crowd, standard.sequence),
        real_world_persistence=None if usual is None else _estimate_share(crowd, usual),
    )


def _estimate_share(crowd: Crowd, sequence: therapy.Sequence) -> SurveyShare:
    by_draw = ask_crowd(crowd, sequence)
    outcome = np.full(len(crowd.domain), np.nan)
    outcome[crowd.domain] = by_draw.mean(axis=1)
    estimate = estimate_mean(crowd.design, outcome, domain=crowd.domain)
    weights = crowd.design.weights[crowd.domain]
    per_draw = crowd.banks[0].settings.per_draw
    return join_errors(estimate, _measure_model_error(by_draw, weights, per_draw))


def _read_chance(
    bank: PatientBank, sequence: therapy.Sequence, outcomes: NDArray[np.float32], target: ReversalDefinition
) -> NDArray[np.float64]:
    courses = read_courses(bank, sequence, outcomes)
    above = np.all(courses.true_t[:, -1] > target.target_t_score, axis=0)
    return np.asarray(above.reshape(bank.settings.draws, -1).mean(axis=1))


def _join_stops(banks: Sequence[PatientBank], sequence: therapy.Sequence) -> NDArray[np.float64] | None:
    """Join when each virtual patient stops, from the same streams as a forecast of the one patient."""
    drawn = [stops for bank in banks if (stops := draw_stops(bank, sequence)) is not None]
    return np.concatenate(drawn) if drawn else None


def _measure_model_error(by_draw: NDArray[np.float64], weights: NDArray[np.float64], per_draw: int) -> float:
    """Return the spread of the population share over parameter draws, the luck of the draw taken out."""
    share = weights / weights.sum()
    luck = float((share[:, None] ** 2 * by_draw * (1 - by_draw)).sum(axis=0).mean()) / max(per_draw - 1, 1)
    return sqrt(max(float((share @ by_draw).var(ddof=1)) - luck, 0.0))


def join_errors(estimate: Estimate, model_error: float) -> SurveyShare:
    """Widen the design-based interval by the model's part, on the logit scale so that it stays in 0..1."""
    value, error = min(max(estimate.value, 0.0), 1.0), estimate.standard_error
    if not 0 < value < 1 or error <= 0:
        return SurveyShare(value=value, low=value, high=value, sampling_error=error, model_error=model_error)
    quantile = (estimate.high - estimate.value) / error
    width = quantile * sqrt(error**2 + model_error**2) / (value * (1 - value))
    center = log(value / (1 - value))
    return SurveyShare(
        value=value,
        low=1 / (1 + exp(width - center)),
        high=1 / (1 + exp(-width - center)),
        sampling_error=error,
        model_error=model_error,
    )
