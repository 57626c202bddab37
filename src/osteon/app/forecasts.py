"""The use case `forecast`: one patient, one sequence, and where the T-scores go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from osteon.errors import BadInputError
from osteon.inference import prepare_patient
from osteon.reversal import ReversalDefinition, forecast_sequence, standard_reversal, what_if
from osteon.therapy import parse_sequence, standard_sequences

if TYPE_CHECKING:
    from osteon.inference import BankSettings, Baseline, Patient, PatientBank
    from osteon.reversal import Alternative, Forecast
    from osteon.therapy import Sequence

__all__ = ["ForecastAnswer", "choose_month", "define_target", "forecast", "forecast_bank", "read_sequence"]

MONTHS_PER_YEAR: Final = 12
_LONGEST_MONTHS: Final = 10 * MONTHS_PER_YEAR
_YEARS_AFTER: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastAnswer:
    """A forecast with the patient it is of and the month that was asked about.

    ``alternatives`` holds the sequence taken otherwise, on the same virtual patients, where that was asked for.
    """

    patient: Patient
    baseline: Baseline
    forecast: Forecast
    month: int
    alternatives: tuple[Alternative, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind the forecast, as `osteon.evidence.cite` reads them."""
        return self.forecast.sources


def forecast(
    patient: Patient,
    sequence: Sequence | str,
    *,
    target_t_score: float | None = None,
    month: int | None = None,
    settings: BankSettings | None = None,
    with_alternatives: bool = False,
) -> ForecastAnswer:
    """Forecast one sequence; the target is -2.5 and the month the standard one unless given.

    ``with_alternatives`` adds what becomes of it with doses missed or late, stopped as in usual care, with
    exercise, and without any drug.

    Raises `forecast.outside_domain` or `forecast.no_site` (nothing can be said of this patient),
    `forecast.month_out_of_range`, `reversal.target_out_of_range`, and "therapy." errors of a
    sequence that cannot be read.
    """
    target, asked = define_target(target_t_score), choose_month(month)
    wanted = read_sequence(sequence)
    bank = prepare_patient(patient, settings=settings)
    found = forecast_bank(bank, wanted, target=target, month=asked)
    horizon = len(found.months) - 1
    others = what_if(bank, wanted, definition=target, horizon_months=horizon) if with_alternatives else ()
    return ForecastAnswer(
        patient=patient, baseline=bank.baseline, forecast=found, month=asked, alternatives=others
    )


def forecast_bank(
    bank: PatientBank, sequence: Sequence, *, target: ReversalDefinition, month: int
) -> Forecast:
    """Forecast a sequence for a patient made ready, far enough to answer for `month` and what follows."""
    length = sequence.duration_months
    after = round(length) + _YEARS_AFTER * MONTHS_PER_YEAR
    horizon = None if month <= length else max(month, after)
    return forecast_sequence(bank, sequence, definition=target, horizon_months=horizon)


def read_sequence(sequence: Sequence | str) -> Sequence:
    """Take a sequence, or read it from the words that clinicians write."""
    return parse_sequence(sequence) if isinstance(sequence, str) else sequence


def define_target(t_score: float | None) -> ReversalDefinition:
    """Return the definition with this target, the WHO line where none is given."""
    return standard_reversal() if t_score is None else ReversalDefinition(target_t_score=t_score)


def choose_month(month: int | None) -> int:
    """Return the month asked about: where the standard sequences end, unless given.

    >>> choose_month(None)
    36
    """
    if month is None:
        return round(standard_sequences()[0].sequence.duration_months)
    if not 1 <= month <= _LONGEST_MONTHS:
        raise BadInputError(
            code="forecast.month_out_of_range",
            field="month",
            got=str(month),
            expected=f"1 to {_LONGEST_MONTHS}",
            hint="No trial that the model rests on was longer than ten years.",
        )
    return month
