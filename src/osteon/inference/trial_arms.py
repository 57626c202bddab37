"""Trial arms as the evidence tables tell them: what was given to whom, and what was seen when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteon.evidence import select_facts
from osteon.therapy import parse_sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from osteon.evidence import Fact
    from osteon.therapy import Sequence

__all__ = ["ArmObservation", "TrialArm", "read_observations", "read_trial_arm"]

_POPULATIONS = frozenset({"postmenopausal"})
_PERCENT, _DIFFERENCE = "percent_change_from_baseline", "difference_in_percent_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialArm:
    """One arm: ``sequence`` from month 0, ``history`` before it, and who the subjects were at month 0.

    Ages in years; T-scores by site; ``None`` where the evidence does not say.
    """

    study: str
    arm: str
    sequence: Sequence
    history: Sequence | None
    population: str
    age_years: float | None
    years_since_menopause: float | None
    baseline_t_scores: dict[str, float]
    n: float | None

    @property
    def history_months(self) -> float:
        """Months of therapy before month 0."""
        return sum(regimen.duration_months for regimen in self.history.regimens) if self.history else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmObservation:
    """One published number: percent change (or its difference from ``comparator``) at ``month``."""

    study: str
    arm: str
    comparator: str
    outcome: str
    month: float
    baseline_month: float
    value: float
    standard_error: float | None
    fact: Fact


def read_trial_arm(study: str, arm: str) -> TrialArm | None:
    """Read one arm; ``None`` when the drug is not modeled or the subjects are outside the domain."""
    facts = {
        (fact.quantity, fact.keys.get("outcome", "")): fact
        for fact in select_facts("trial_arms", study=study, arm=arm)
    }
    sequence, population = facts.get(("sequence", "")), facts.get(("population", ""))
    if sequence is None or population is None or str(population.value) not in _POPULATIONS:
        return None
    history = facts.get(("history", ""))
    return TrialArm(
        study=study,
        arm=arm,
        sequence=parse_sequence(str(sequence.value)),
        history=parse_sequence(str(history.value)) if history else None,
        population=str(population.value),
        age_years=_read_number(facts.get(("age", ""))),
        years_since_menopause=_read_number(facts.get(("years_since_menopause", ""))),
        baseline_t_scores={
            site: float(fact.value) for (name, site), fact in facts.items() if name == "baseline_t_score"
        },
        n=_read_number(facts.get(("n", ""))),
    )


def _read_number(fact: Fact | None) -> float | None:
    return None if fact is None else float(fact.value)


def read_observations(
    opener: Callable[[str], Iterable[Fact]], outcomes: frozenset[str]
) -> tuple[ArmObservation, ...]:
    """Read the published changes that ``opener`` may see (a fit passes ``open_calibration_facts``)."""
    facts = (f for f in opener("trial_outcomes") if f.quantity in {_PERCENT, _DIFFERENCE})
    return tuple(_make_observation(f) for f in facts if f.keys["outcome"] in outcomes)


def _make_observation(fact: Fact) -> ArmObservation:
    keys = fact.keys
    return ArmObservation(
        study=keys["study"],
        arm=keys["arm"],
        comparator=keys["comparator"] if fact.quantity == _DIFFERENCE else "",
        outcome=keys["outcome"],
        month=float(keys["month"]),
        baseline_month=float(keys["baseline_month"] or 0),
        value=float(fact.value),
        standard_error=_read_standard_error(fact),
        fact=fact,
    )


def _read_standard_error(fact: Fact) -> float | None:
    """Turn a published spread of an arm mean into a standard error; ``None`` where there is none."""
    if fact.spread is None:
        return None
    if fact.spread_kind == "se":
        return fact.spread
    if fact.spread_kind == "ci95_half":
        return fact.spread / _NORMAL_95
    if fact.spread_kind in {"sd", "iqr_half"} and fact.n:
        return float(fact.spread / fact.n**0.5 / (_NORMAL_QUARTILE if fact.spread_kind == "iqr_half" else 1))
    return None


_NORMAL_95 = 1.959963984540054
_NORMAL_QUARTILE = 0.6744897501960817
