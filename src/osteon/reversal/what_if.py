"""What if doses are missed, come late, or nothing is taken at all: one sequence several ways, on one bank."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from osteon.evidence import find_fact
from osteon.reversal.forecast import Forecast, choose_horizon, forecast_sequence
from osteon.therapy import Drug, Lifestyle, RealWorldPersistence, Regimen, Sequence
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from osteon.inference import PatientBank
    from osteon.population import Executor
    from osteon.reversal.definition import ReversalDefinition

__all__ = ["Alternative", "AlternativeKind", "compare_adherence", "what_if"]


class AlternativeKind(StrEnum):
    """How a sequence is taken."""

    EVERY_DOSE = "every_dose"
    ADHERENCE_GOOD = "adherence_good"
    ADHERENCE_HALF = "adherence_half"
    DENOSUMAB_LATE = "denosumab_late"
    DENOSUMAB_VERY_LATE = "denosumab_very_late"
    USUAL_CARE = "usual_care"
    WITH_EXERCISE = "with_exercise"
    NO_DRUG = "no_drug"

    @property
    def label(self) -> str:
        """The words shown to people."""
        return _LABELS[self].format(**_read_sizes())


_LABELS = {
    AlternativeKind.EVERY_DOSE: "every dose, on time",
    AlternativeKind.ADHERENCE_GOOD: "{adherence_good:.0f} % of doses",
    AlternativeKind.ADHERENCE_HALF: "{adherence_half:.0f} % of doses",
    AlternativeKind.DENOSUMAB_LATE: "each denosumab dose {denosumab_late:.0f} months late",
    AlternativeKind.DENOSUMAB_VERY_LATE: "each denosumab dose {denosumab_very_late:.0f} months late",
    AlternativeKind.USUAL_CARE: "stopping as early as patients in usual care do",
    AlternativeKind.WITH_EXERCISE: "every dose, and exercise",
    AlternativeKind.NO_DRUG: "no drug",
}
_ADHERENCE = (AlternativeKind.ADHERENCE_GOOD, AlternativeKind.ADHERENCE_HALF)
_LATE = (AlternativeKind.DENOSUMAB_LATE, AlternativeKind.DENOSUMAB_VERY_LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way of taking a sequence, and its forecast over the horizon that all ways share."""

    kind: AlternativeKind
    sequence: Sequence
    forecast: Forecast


def what_if(
    bank: PatientBank,
    sequence: Sequence,
    *,
    kinds: tuple[AlternativeKind, ...] = tuple(AlternativeKind),
    definition: ReversalDefinition | None = None,
    horizon_months: int | None = None,
    executor: Executor | None = None,
) -> tuple[Alternative, ...]:
    """Forecast a sequence as it might be taken, every way on the same virtual patients.

    A way that says nothing of this sequence is left out: late denosumab where there is none, usual care and
    missed doses where no drug is given. Options, for a professional to talk over: none is advised.
    """
    months = horizon_months or choose_horizon(sequence)
    ways = {kind: _take_otherwise(bank, sequence, kind) for kind in kinds}
    return tuple(
        Alternative(
            kind=kind,
            sequence=way,
            forecast=forecast_sequence(
                bank, way, definition=definition, horizon_months=months, executor=executor
            ),
        )
        for kind, way in ways.items()
        if way is not None
    )


def compare_adherence(
    bank: PatientBank,
    sequence: Sequence,
    *,
    definition: ReversalDefinition | None = None,
    horizon_months: int | None = None,
    executor: Executor | None = None,
) -> tuple[Alternative, ...]:
    """Forecast a sequence with every dose, with fewer, and with denosumab late."""
    return what_if(
        bank,
        sequence,
        kinds=(AlternativeKind.EVERY_DOSE, *_ADHERENCE, *_LATE),
        definition=definition,
        horizon_months=horizon_months,
        executor=executor,
    )


def _read_sizes() -> dict[str, float]:
    quantities = dict.fromkeys(_ADHERENCE, "adherence") | dict.fromkeys(_LATE, "months_late")
    return {
        kind.value: find_fact("posterior_rules", quantity=quantity, rule=kind.value).number
        for kind, quantity in quantities.items()
    }


def _take_otherwise(bank: PatientBank, sequence: Sequence, kind: AlternativeKind) -> Sequence | None:
    if kind is AlternativeKind.NO_DRUG:
        return Sequence(regimens=(Regimen(duration_months=sequence.duration_months),))
    if kind is AlternativeKind.WITH_EXERCISE:
        return _change_all(sequence, _add_exercise)
    if not any(regimen.prescriptions for regimen in sequence.regimens):
        return sequence if kind is AlternativeKind.EVERY_DOSE else None
    if kind in _LATE:
        return _delay_denosumab(bank, sequence, _read_sizes()[kind.value])
    if kind is AlternativeKind.USUAL_CARE:
        return _change_drugs(sequence, lambda one: replace(one, persistence=RealWorldPersistence()))
    share = _read_sizes()[kind.value] / 100 if kind in _ADHERENCE else 1.0
    return _change_drugs(sequence, lambda one: replace(one, adherence=share))


def _change_all(sequence: Sequence, change: Callable[[Regimen], Regimen]) -> Sequence:
    return Sequence(regimens=tuple(change(regimen) for regimen in sequence.regimens))


def _add_exercise(regimen: Regimen) -> Regimen:
    return replace(regimen, lifestyle=tuple(dict.fromkeys((*regimen.lifestyle, Lifestyle.EXERCISE))))


def _change_drugs(sequence: Sequence, change: Callable[[Regimen], Regimen]) -> Sequence:
    return _change_all(sequence, lambda one: change(one) if one.prescriptions else one)


def _delay_denosumab(bank: PatientBank, sequence: Sequence, months: float) -> Sequence | None:
    """Put every denosumab dose that follows another off; None where there is no denosumab.

    Who is on denosumab already waits for the first dose too.
    """
    if not any(_gives_denosumab(regimen) for regimen in sequence.regimens):
        return None
    late = _change_all(sequence, lambda one: _space_out(one, months))
    first, *later = late.regimens
    if not (_gives_denosumab(first) and _is_on_denosumab(bank)):
        return late
    wait = Regimen(duration_months=months)
    if first.duration_months <= months:
        return Sequence(regimens=(wait, *later)) if later else Sequence(regimens=(wait,))
    shorter = replace(first, duration_months=first.duration_months - months)
    return Sequence(regimens=(wait, shorter, *later))


def _space_out(regimen: Regimen, months: float) -> Regimen:
    days = months * DAYS_PER_MONTH
    return replace(
        regimen,
        prescriptions=tuple(
            replace(one, interval_days=one.interval_days + days)
            if one.drug is Drug.DENOSUMAB and one.interval_days
            else one
            for one in regimen.prescriptions
        ),
    )


def _gives_denosumab(regimen: Regimen) -> bool:
    return any(one.drug is Drug.DENOSUMAB for one in regimen.prescriptions)


def _is_on_denosumab(bank: PatientBank) -> bool:
    """Tell whether the last regimen of the past is denosumab, or the last dated injection was."""
    if bank.past.injections:
        return min(bank.past.injections, key=lambda pair: pair[0])[1].drug is Drug.DENOSUMAB
    history = bank.past.sequence
    return history is not None and _gives_denosumab(history.regimens[-1])
