"""How late the next dose after denosumab is, and what delay has meant."""

from dataclasses import dataclass
from enum import StrEnum

from osteon.evidence import find_fact, load_facts, select_facts
from osteon.units import convert

__all__ = ["ClockReading", "ClockState", "read_denosumab_clock"]


class ClockState(StrEnum):
    """How late a dose is."""

    ON_TIME = "on_time"
    LATE = "late"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """Where the denosumab clock stands.

    `overdue_days` counts from the day the next dose was due, negative before it.
    `vertebral_hazard_ratio` is against doses on time, with its 95% interval; None when on time.
    `alarm` says whether turnover is expected to be rising again.
    """

    state: ClockState
    overdue_days: float
    vertebral_hazard_ratio: float | None
    vertebral_hazard_ratio_ci95: tuple[float, float] | None
    alarm: bool
    sources: tuple[str, ...]


def read_denosumab_clock(days_since_dose: float) -> ClockReading:
    """Read the clock some days after the last dose of denosumab.

    >>> read_denosumab_clock(180).state.value, read_denosumab_clock(300).state.value
    ('on_time', 'critical')
    """
    overdue = days_since_dose - _find_days("any", "due_interval")
    state = _find_state(overdue)
    late = state is not ClockState.ON_TIME
    return ClockReading(
        state=state,
        overdue_days=overdue,
        vertebral_hazard_ratio=_find_hazard(state, "hazard_ratio") if late else None,
        vertebral_hazard_ratio_ci95=(
            (_find_hazard(state, "lower_ci95"), _find_hazard(state, "upper_ci95")) if late else None
        ),
        alarm=days_since_dose >= _find_days("any", "alarm_after"),
        sources=tuple(dict.fromkeys(fact.source for fact in load_facts("denosumab_clock"))),
    )


def _find_state(overdue_days: float) -> ClockState:
    if overdue_days <= _find_days("on_time", "delay_to"):
        return ClockState.ON_TIME
    late = overdue_days <= _find_days("late", "delay_to")
    return ClockState.LATE if late else ClockState.CRITICAL


def _find_days(state: str, quantity: str) -> float:
    fact = find_fact("denosumab_clock", quantity=quantity, state=state)
    return convert(fact.number, fact.unit, "d")


def _find_hazard(state: ClockState, statistic: str) -> float:
    facts = select_facts("denosumab_clock", quantity="vertebral_fracture_hazard_ratio", state=state.value)
    return next(fact.number for fact in facts if fact.statistic == statistic)
