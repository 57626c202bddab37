"""Other ways to answer, on the same arms: no change, a class-average curve, and published model output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from osteon.inference import TrialArm
from osteon.remodeling import Outcomes
from osteon.trials.estimate import measure_error
from osteon.trials.reproduction import ReproducedRow

__all__ = ["ArmPredictor", "NoChange", "PeerScore", "compare_with_peer", "describe_peers"]


class ArmPredictor(Protocol):
    """Anything that says what an arm's mean percent change will be."""

    @property
    def name(self) -> str:
        """What it is, in a few words."""
        ...

    def predict_change(
        self, arm: TrialArm, outcome: str, month: float, baseline_month: float
    ) -> float | None:
        """Return the percent change between two months of the arm, None where it has no answer."""
        ...


@dataclass(frozen=True, slots=True)
class NoChange:
    """The line that nothing ever leaves."""

    @property
    def name(self) -> str:
        """What it is."""
        return "no change"

    def predict_change(
        self, arm: TrialArm, outcome: str, month: float, baseline_month: float
    ) -> float | None:
        """Return zero."""
        del arm, outcome, month, baseline_month
        return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerScore:
    """Errors of osteon and of a peer on the ``n`` numbers of one outcome that the peer can answer."""

    peer: str
    outcome: str
    n: int
    rmse: float
    peer_rmse: float

    @property
    def ratio(self) -> float:
        """RMSE of osteon over that of the peer: below 1 osteon is nearer."""
        return self.rmse / self.peer_rmse if self.peer_rmse else float("inf")


def compare_with_peer(rows: Sequence[ReproducedRow], peer: ArmPredictor) -> tuple[PeerScore, ...]:
    """Score osteon and a peer by outcome on the numbers that the peer can answer."""
    errors: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        predicted = _predict_row(row, peer)
        if predicted is not None:
            outcome = row.observation.outcome
            theirs = measure_error(outcome, predicted, row.observation.value)
            errors.setdefault(outcome, []).append((row.error, theirs))
    return tuple(
        _score(peer.name, name, np.array(errors[name])) for name in Outcomes._fields if name in errors
    )


def _predict_row(row: ReproducedRow, peer: ArmPredictor) -> float | None:
    o = row.observation
    own = peer.predict_change(row.arm, o.outcome, o.month, o.baseline_month)
    if row.comparator is None or own is None:
        return own
    other = peer.predict_change(row.comparator, o.outcome, o.month, o.baseline_month)
    return None if other is None else own - other


def _score(peer: str, outcome: str, errors: np.ndarray) -> PeerScore:
    rmse, peer_rmse = np.sqrt(np.mean(errors**2, axis=0))
    return PeerScore(peer=peer, outcome=outcome, n=len(errors), rmse=float(rmse), peer_rmse=float(peer_rmse))


def describe_peers(scores: Sequence[PeerScore]) -> list[dict[str, Any]]:
    """Return peer scores as JSON values."""
    return [
        {name: getattr(score, name) for name in PeerScore.__slots__} | {"ratio": score.ratio}
        for score in scores
    ]
