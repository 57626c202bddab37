"""The class-average peer: one exponential curve per drug and outcome, as an app with hand-typed curves has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from osteon.evidence import open_calibration_facts
from osteon.inference import ArmObservation, TrialArm, read_observations, read_trial_arm
from osteon.remodeling import Outcomes
from osteon.therapy import Drug, Regimen
from osteon.trials.cohort import MARKERS

__all__ = ["ClassAverage", "Curve", "fit_class_average"]

NOTHING = "no drug"
_BISPHOSPHONATES = frozenset({Drug.ALENDRONATE, Drug.RISEDRONATE, Drug.IBANDRONATE, Drug.ZOLEDRONATE})
_TIMES = np.geomspace(10**-1, 10**3, 200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """``plateau * (1 - exp(-t / months))``: percent for BMD, log ratio for markers."""

    plateau: float
    months: float

    def read(self, month: float) -> float:
        """Return the height of the curve some months after its start."""
        return float(self.plateau * -np.expm1(-month / self.months))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassAverage:
    """Curves by (drug, outcome) and half-lives after stopping by (class, outcome), in months.

    A regimen adds its drugs' curves to the BMD reached before, and leads a marker from where it was to the
    drugs' own plateau; without a drug what was reached decays by the half-life of the class given last. Dose,
    adherence and the subjects play no part. Fitted to the calibration rows, so that on those the comparison
    favors it.
    """

    curves: Mapping[tuple[str, str], Curve]
    half_lives: Mapping[tuple[str, str], float]

    @property
    def name(self) -> str:
        """What it is."""
        return "class-average curve"

    def predict_change(
        self, arm: TrialArm, outcome: str, month: float, baseline_month: float
    ) -> float | None:
        """Return the percent change between two months; None where a drug or a class has no curve."""
        levels = [self._find_level(arm, outcome, arm.history_months + m) for m in (month, baseline_month)]
        now, then = levels
        if now is None or then is None:
            return None
        if outcome in MARKERS:
            return 100 * float(np.expm1(now - then))
        return 100 * ((100 + now) / (100 + then) - 1)

    def _find_level(self, arm: TrialArm, outcome: str, month: float) -> float | None:
        level, given = 0.0, ""
        for regimen, length in list_stretches(arm, month):
            drugs = list_drug_names(regimen)
            if drugs or not given:
                moved = self._rise(level, drugs or [NOTHING], outcome, length)
            else:
                moved = self._fall(level, given, outcome, length)
            if moved is None:
                return None
            level = moved
            given = drugs[-1] if drugs else given
        return level

    def _fall(self, level: float, given: str, outcome: str, length: float) -> float | None:
        half_life = self.half_lives.get((name_class(given), outcome))
        return None if half_life is None else level * float(np.exp2(-length / half_life))

    def _rise(self, level: float, drugs: Iterable[str], outcome: str, length: float) -> float | None:
        curves = [self.curves.get((drug, outcome)) for drug in drugs]
        known = [curve for curve in curves if curve]
        if len(known) < len(curves):
            return None
        kept = level * float(np.exp(-length / known[0].months)) if outcome in MARKERS else level
        return kept + sum(curve.read(length) for curve in known)


def list_drug_names(regimen: Regimen) -> list[str]:
    """Name the drugs of a regimen."""
    return [one.drug.value for one in regimen.prescriptions]


def name_class(drug: str) -> str:
    """Name the class that shares a half-life after stopping: the kind of molecule."""
    return "bisphosphonate" if drug in _BISPHOSPHONATES else drug


def list_stretches(arm: TrialArm, month: float) -> Iterator[tuple[Regimen, float]]:
    """List history and sequence up to a month from the start of the history; equal neighbors are one stretch."""
    regimens = [*(arm.history.regimens if arm.history else ()), *arm.sequence.regimens]
    joined: list[tuple[Regimen, float]] = []
    for regimen in regimens:
        same = joined and list_drug_names(joined[-1][0]) == list_drug_names(regimen)
        length = regimen.duration_months + (joined.pop()[1] if same else 0)
        joined.append((regimen, length))
    left = month
    for index, (regimen, length) in enumerate(joined):
        taken = left if index == len(joined) - 1 else min(length, left)
        yield regimen, taken
        left -= taken
        if left <= 0:
            return


def fit_class_average() -> ClassAverage:
    """Fit curves and half-lives to the calibration rows, and to nothing else."""
    rows = [o for o in read_observations(open_calibration_facts, frozenset(Outcomes._fields)) if o.month > 0]
    known = {name: read_trial_arm(*name) for name in {(o.study, o.arm) for o in rows}}
    pairs = [(o, arm) for o in rows if not o.comparator and (arm := known[o.study, o.arm])]
    curves = _fit_curves(pairs)
    return ClassAverage(curves=curves, half_lives=_fit_half_lives(pairs, curves))


Pairs = Sequence[tuple[ArmObservation, TrialArm]]


def _fit_curves(pairs: Pairs) -> dict[tuple[str, str], Curve]:
    """Fit each curve to arms that start with one drug, or with none, and no history."""
    points: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for o, arm in pairs:
        stretches = list(list_stretches(arm, o.month))
        drugs = list_drug_names(stretches[0][0])
        if arm.history is None and len(stretches) == 1 and len(drugs) <= 1 and o.baseline_month == 0:
            key = (drugs[0] if drugs else NOTHING, o.outcome)
            points.setdefault(key, []).append((o.month, _put_on_scale(o)))
    return {key: _fit_curve(np.array(found)) for key, found in points.items()}


def _put_on_scale(observation: ArmObservation) -> float:
    ratio = max(1 + observation.value / 100, 10**-3)
    return float(np.log(ratio)) if observation.outcome in MARKERS else observation.value


def _fit_curve(points: np.ndarray) -> Curve:
    """Fit by least squares: the plateau is linear, the time is searched on a grid."""
    month, seen = points.T
    shapes = -np.expm1(-month / _TIMES[:, None])
    plateaus = (shapes @ seen) / (shapes**2).sum(axis=1)
    misfits = ((plateaus[:, None] * shapes - seen) ** 2).sum(axis=1)
    best = int(misfits.argmin())
    return Curve(plateau=float(plateaus[best]), months=float(_TIMES[best]))


def _fit_half_lives(pairs: Pairs, curves: Mapping[tuple[str, str], Curve]) -> dict[tuple[str, str], float]:
    """Choose, for each class and outcome, the half-life that best meets the rows after a stop."""
    groups: dict[tuple[str, str], list[tuple[ArmObservation, TrialArm]]] = {}
    for o, arm in pairs:
        stretches = list(list_stretches(arm, arm.history_months + o.month))
        given = [name for regimen, _ in stretches for name in list_drug_names(regimen)]
        if given and not list_drug_names(stretches[-1][0]):
            groups.setdefault((name_class(given[-1]), o.outcome), []).append((o, arm))
    found = {}
    for key, group in groups.items():
        misfits = [_measure_misfit(group, ClassAverage(curves=curves, half_lives={key: t})) for t in _TIMES]
        found[key] = float(_TIMES[int(np.argmin(misfits))])
    return found


def _measure_misfit(pairs: Pairs, peer: ClassAverage) -> float:
    total = 0.0
    for o, arm in pairs:
        predicted = peer.predict_change(arm, o.outcome, o.month, o.baseline_month)
        if predicted is not None:
            error = np.log1p(predicted / 100) - np.log(max(1 + o.value / 100, 10**-3))
            total += float(error**2) if o.outcome in MARKERS else (predicted - o.value) ** 2
    return total
