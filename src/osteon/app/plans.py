"""The use case `plan`: the standard sequences and the clinician's own, side by side and never ranked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteon.app.forecasts import choose_month, define_target, forecast_bank, read_sequence
from osteon.errors import BadInputError
from osteon.inference import prepare_patient
from osteon.therapy import standard_sequences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from osteon.inference import BankSettings, Baseline, Patient
    from osteon.reversal import Forecast, ReversalDefinition
    from osteon.therapy import Sequence

__all__ = ["Plan", "PlanOption", "plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOption:
    """One sequence of the comparison; `own` marks those that were asked for by name."""

    name: str
    own: bool
    forecast: Forecast

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind the option, as `osteon.evidence.cite` reads them."""
        return self.forecast.sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Options for one patient in the standard order, then the clinician's own in the order given."""

    patient: Patient
    baseline: Baseline
    definition: ReversalDefinition
    month: int
    options: tuple[PlanOption, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind the plan, as `osteon.evidence.cite` reads them."""
        return tuple(dict.fromkeys(key for option in self.options for key in option.sources))


def plan(
    patient: Patient,
    *,
    sequences: Iterable[Sequence | str] = (),
    with_standard: bool = True,
    target_t_score: float | None = None,
    month: int | None = None,
    settings: BankSettings | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Plan:
    """Forecast every option for one patient, who is drawn once so that all options share one luck.

    `progress(done, total)` is called as options are finished. Raises what `forecast` raises.
    """
    target, asked = define_target(target_t_score), choose_month(month)
    choices = _list_choices(sequences, with_standard=with_standard)
    bank = prepare_patient(patient, settings=settings)
    options = []
    for name, sequence, own in choices:
        found = forecast_bank(bank, sequence, target=target, month=asked)
        options.append(PlanOption(name=name, own=own, forecast=found))
        if progress is not None:
            progress(len(options), len(choices))
    return Plan(
        patient=patient, baseline=bank.baseline, definition=target, month=asked, options=tuple(options)
    )


def _list_choices(
    sequences: Iterable[Sequence | str], *, with_standard: bool
) -> tuple[tuple[str, Sequence, bool], ...]:
    standard = standard_sequences() if with_standard else ()
    own = [read_sequence(sequence) for sequence in sequences]
    if not standard and not own:
        raise BadInputError(
            code="plan.no_sequence",
            field="sequences",
            got="none",
            expected="one sequence or more",
            hint='Give one, such as "denosumab for 36 months", or let the standard ones be compared.',
        )
    return (
        *((one.name, one.sequence, False) for one in standard),
        *((f"own_{number}", sequence, True) for number, sequence in enumerate(own, start=1)),
    )
