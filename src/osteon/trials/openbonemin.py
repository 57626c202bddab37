"""Published output of OpenBoneMin for the courses it was run on: denosumab, teriparatide, and after each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from osteon.evidence import load_facts
from osteon.inference import TrialArm
from osteon.therapy import Sequence, parse_sequence

__all__ = ["OpenBoneMin", "read_openbonemin"]

_SLACK = 10**-6


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBoneMin:
    """Percent change by month, ``(months, values)`` for each (course as written, outcome).

    It answers where an untreated arm has taken exactly what one of its courses gives up to both months, and
    knows nothing of the subjects. It has no total hip and no P1NP.
    """

    courses: Mapping[tuple[str, str], tuple[np.ndarray, np.ndarray]]

    @property
    def name(self) -> str:
        """What it is."""
        return "OpenBoneMin"

    def predict_change(
        self, arm: TrialArm, outcome: str, month: float, baseline_month: float
    ) -> float | None:
        """Return the percent change between two months, None where no course fits the arm."""
        for (text, name), (months, values) in self.courses.items():
            if name == outcome and arm.history is None and months[-1] >= month:
                if not _agree_until(arm.sequence, parse_sequence(text), max(month, baseline_month)):
                    continue
                now, then = np.interp((month, baseline_month), months, values)
                return 100 * float((100 + now) / (100 + then) - 1)
        return None


def _agree_until(one: Sequence, other: Sequence, month: float) -> bool:
    """Tell whether two sequences give the same up to a month."""
    left = month
    for first, second in zip(one.regimens, other.regimens, strict=False):
        if first.prescriptions != second.prescriptions or first.adherence != second.adherence:
            return False
        if left <= min(first.duration_months, second.duration_months) + _SLACK:
            return True
        if first.duration_months != second.duration_months:
            return False
        left -= first.duration_months
    return False


def read_openbonemin() -> OpenBoneMin:
    """Read the evidence table ``peer_openbonemin``."""
    points: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for fact in load_facts("peer_openbonemin"):
        key = (fact.keys["sequence"], fact.keys["outcome"])
        points.setdefault(key, []).append((float(fact.keys["month"]), fact.number))
    columns = {key: np.array(sorted(found)).T for key, found in points.items()}
    return OpenBoneMin(courses={key: (months, values) for key, (months, values) in columns.items()})
