"""What was reached beside what was asked for: targets fixed before the fit, met or not met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from osteon.evidence import Fact, Role, load_facts
from osteon.trials.cells import CellTable
from osteon.trials.left_out import LeftOutRow, score_left_out
from osteon.trials.reproduction import ReproducedRow, Reproduction, SpreadRow, score_rows

__all__ = [
    "Basis",
    "Judgment",
    "judge_cells",
    "judge_left_out",
    "judge_reproduction",
    "judge_spreads",
    "list_misfits",
]


class Basis(StrEnum):
    """How much the fit knew of the numbers that are judged."""

    FITTED = "fitted"
    HELD_BACK = "held back"
    LEFT_OUT = "one trial left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgment:
    """One quantity beside its target: met where ``value`` lies in ``low`` to ``high``.

    An empty ``outcome`` means all of them. ``unit`` is ``percentage points``, ``log units`` or ``share``; ``n``
    counts the numbers behind the value.
    """

    quantity: str
    basis: str
    outcome: str
    n: int
    value: float
    low: float | None
    high: float | None
    unit: str

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.low is None and self.high is None:
            return None
        above = self.low is None or self.value >= self.low
        return above and (self.high is None or self.value <= self.high)


def judge_reproduction(found: Reproduction) -> tuple[Judgment, ...]:
    """Judge error and coverage by outcome, and the coverage of all.

    Held-back rows are judged as trials that the fit did not see.
    """
    basis = Basis.FITTED if found.role is Role.CALIBRATION else Basis.HELD_BACK
    scores = {
        outcome: (score.n, score.rmse, score.inside_50, score.inside_90)
        for outcome, score in score_rows(found.rows).items()
    }
    return tuple(_judge_scores(basis, scores))


def judge_left_out(rows: Sequence[LeftOutRow]) -> tuple[Judgment, ...]:
    """Judge the trials that were left out one by one, as `judge_reproduction` does."""
    scores = {
        outcome: (score.n, score.rmse, score.inside_50, score.inside_90)
        for outcome, score in score_left_out(rows).items()
    }
    return tuple(_judge_scores(Basis.LEFT_OUT, scores))


Scores = Mapping[str, tuple[int, float, float, float]]


def _judge_scores(basis: Basis, scores: Scores) -> Iterator[Judgment]:
    item = "fitted" if basis is Basis.FITTED else "unseen"
    for outcome, (n, rmse, inside_50, inside_90) in scores.items():
        yield Judgment(
            quantity="rmse",
            basis=basis.value,
            outcome=outcome,
            n=n,
            value=rmse,
            low=None,
            high=_find_limit("most_rmse", item, outcome),
            unit="log units" if outcome in {"ctx", "p1np"} else "percentage points",
        )
        yield from _judge_coverage(basis, outcome, n, (inside_50, inside_90))
    total = sum(n for n, *_ in scores.values())
    if total:
        shares = [sum(score[0] * score[place] for score in scores.values()) / total for place in (2, 3)]
        yield from _judge_coverage(basis, "", total, (shares[0], shares[1]))


def _judge_coverage(basis: Basis, outcome: str, n: int, inside: tuple[float, float]) -> Iterator[Judgment]:
    least, most = (_find_limit(f"{word}_share_inside_90", "interval") for word in ("least", "most"))
    # With so few numbers that one alone decides, all of them inside would count as too many.
    judged = most is not None and n * (1 - most) >= 1
    limits = {50: (None, None), 90: (least, most) if judged else (None, None)}
    for (level, (low, high)), share in zip(limits.items(), inside, strict=True):
        yield Judgment(
            quantity=f"inside_{level}",
            basis=basis.value,
            outcome=outcome,
            n=n,
            value=share,
            low=low,
            high=high,
            unit="share",
        )


@cache
def _find_limit(quantity: str, item: str, outcome: str = "") -> float | None:
    def fits(fact: Fact) -> bool:
        return (fact.quantity, fact.keys["item"], fact.keys["outcome"]) == (quantity, item, outcome)

    return next((fact.number for fact in load_facts("validation_targets") if fits(fact)), None)


def judge_cells(table: CellTable) -> tuple[Judgment, ...]:
    """Judge the published chances: the worst error and the mean one, as shares."""
    if table.mean_absolute_error is None or table.worst is None:
        return ()
    count = sum(cell.error is not None for cell in table.rows)
    values = {"most_mean_error": table.mean_absolute_error, "most_error": table.worst}
    return tuple(
        Judgment(
            quantity=name.removeprefix("most_"),
            basis="published chances",
            outcome="",
            n=count,
            value=value,
            low=None,
            high=_find_limit(name, "chance"),
            unit="share",
        )
        for name, value in values.items()
    )


def judge_spreads(rows: Sequence[SpreadRow], basis: Basis) -> tuple[Judgment, ...]:
    """Judge the worst relative error of the published SDs of individual change."""
    if not rows:
        return ()
    return (
        Judgment(
            quantity="relative_error",
            basis=basis.value,
            outcome="",
            n=len(rows),
            value=max(abs(row.simulated / row.published - 1) for row in rows),
            low=None,
            high=_find_limit("most_relative_error", "spread"),
            unit="share",
        ),
    )


def list_misfits(rows: Iterable[ReproducedRow]) -> tuple[ReproducedRow, ...]:
    """List the numbers more than two stated SDs from the simulation, the worst first."""
    return tuple(sorted((row for row in rows if row.is_misfit), key=lambda row: -abs(row.deviation)))
