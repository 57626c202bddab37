"""From virtual subjects to the number a trial prints: the arm's mean or median and how far a trial may miss it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from osteon.evidence import Statistic
from osteon.inference import TrialArm, measure_trial_noise, read_fit_settings
from osteon.population import Executor, ThreadExecutor, load_engine
from osteon.remodeling import ParameterSet
from osteon.trials.cohort import MARKERS, Change, CohortSettings, draw_cohort, follow_cohort

__all__ = ["ArmReading", "Estimate", "estimate_readings", "measure_error", "simulate_sd"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmReading:
    """One number that a trial prints: which outcome of ``arm``, when, against which month, and from how many.

    ``arm`` and ``comparator`` are positions in a list of arms; with a comparator the number is the difference
    of two percent changes. ``sd_percent`` is the SD over subjects, ``standard_error`` (%) that of the number;
    each is simulated or left out when it is None.
    """

    arm: int
    outcome: str
    month: float
    baseline_month: float = 0
    comparator: int | None = None
    statistic: Statistic = Statistic.MEAN
    n: float | None = None
    sd_percent: float | None = None
    standard_error: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What the model says of one printed number, in percent: ``simulated`` and its 90 % interval.

    ``spread`` is the SD of the prediction on the scale of its outcome: percentage points for BMD, log units for
    markers. It joins the parameter posterior, trial effects and the floor of the fit with the sampling error.
    """

    outcome: str
    simulated: float
    spread: float

    def find_interval(self, level: float) -> tuple[float, float]:
        """Return the central interval of a level in 0..1, in percent."""
        reach = NormalDist().inv_cdf((1 + level) / 2) * self.spread
        if self.outcome not in MARKERS:
            return self.simulated - reach, self.simulated + reach
        ratio = 1 + self.simulated / 100
        return 100 * float(ratio * np.exp(-reach) - 1), 100 * float(ratio * np.exp(reach) - 1)


def measure_error(outcome: str, simulated: float, observed: float) -> float:
    """Return simulated less observed: percentage points for BMD, log units for markers.

    >>> measure_error("total_hip", 5.0, 4.5), round(measure_error("ctx", -50.0, -75.0), 3)
    (0.5, 0.693)
    """
    if outcome in MARKERS:
        return float(_to_log(np.array([simulated]))[0] - _to_log(np.array([observed]))[0])
    return simulated - observed


def _to_log(percent: np.ndarray) -> np.ndarray:
    """Return the log ratio of a percent change; what falls below a thousandth of the start counts as that."""
    return np.log(np.maximum(1 + percent / 100, 10**-3))


def estimate_readings(
    arms: Sequence[TrialArm],
    readings: Sequence[ArmReading],
    parameters: ParameterSet,
    *,
    settings: CohortSettings | None = None,
    executor: Executor | None = None,
) -> tuple[Estimate, ...]:
    """Simulate every arm that is read and return one estimate per reading, in order.

    An arm's numbers depend on (seed, study, arm) only, never on what else is asked for.
    """
    load_engine()
    used = settings or CohortSettings()
    wanted = _gather_reads(readings)

    def run(index: int) -> tuple[int, tuple[Change, ...]]:
        cohort = draw_cohort(arms[index], parameters, used)
        return index, follow_cohort(cohort, wanted[index])

    changes: dict[tuple[int, str, float, float], Change] = {}
    for index, found in (executor or ThreadExecutor()).map(run, sorted(wanted)):
        changes |= {(index, *read): change for read, change in zip(wanted[index], found, strict=True)}
    return tuple(_estimate(reading, arms, changes, parameters) for reading in readings)


def _gather_reads(readings: Iterable[ArmReading]) -> dict[int, list[tuple[str, float, float]]]:
    wanted: dict[int, dict[tuple[str, float, float], None]] = {}
    for reading in readings:
        for arm in (reading.arm, reading.comparator):
            if arm is not None:
                read = (reading.outcome, reading.month, reading.baseline_month)
                wanted.setdefault(arm, {})[read] = None
    return {arm: list(reads) for arm, reads in wanted.items()}


def _estimate(
    reading: ArmReading,
    arms: Sequence[TrialArm],
    changes: Mapping[tuple[int, str, float, float], Change],
    parameters: ParameterSet,
) -> Estimate:
    where = (reading.outcome, reading.month, reading.baseline_month)
    own = changes[reading.arm, *where]
    simulated, trials = _summarize(own.subjects, reading), _put_on_scale(own.trials, reading.outcome)
    if reading.comparator is not None:
        other = changes[reading.comparator, *where]
        simulated -= _summarize(other.subjects, reading)
        trials = trials - _put_on_scale(other.trials, reading.outcome)
    sampling = _find_sampling_error(reading, arms[reading.arm], own, simulated, parameters)
    floor = read_fit_settings().residual_sd[reading.outcome]
    spread = float(np.sqrt(trials.var(ddof=1) + floor**2 + sampling**2))
    return Estimate(outcome=reading.outcome, simulated=simulated, spread=spread)


def _summarize(change: np.ndarray, reading: ArmReading) -> float:
    return float(np.median(change) if reading.statistic is Statistic.MEDIAN else change.mean())


def _put_on_scale(percent: np.ndarray, outcome: str) -> np.ndarray:
    return _to_log(percent) if outcome in MARKERS else percent


def _find_sampling_error(
    reading: ArmReading, arm: TrialArm, own: Change, simulated: float, parameters: ParameterSet
) -> float:
    """Return the standard error of the printed number on its scale; 0 when no size of the arm is known."""
    per_percent = 1 / max(100 + simulated, 10) if reading.outcome in MARKERS else 1.0
    if reading.standard_error is not None:
        return reading.standard_error * per_percent
    n = reading.n or arm.n
    if not n:
        return 0.0
    groups = 1 if reading.comparator is None else 2
    known = reading.sd_percent
    simulated_sd = simulate_sd(own.subjects, reading.outcome, parameters, arm.study)
    sd = simulated_sd if known is None else known * per_percent
    return sd * float(np.sqrt(groups / n))


def simulate_sd(subjects: np.ndarray, outcome: str, parameters: ParameterSet, study: str = "") -> float:
    """Return the SD of a measured change in a trial: biology, and for BMD the noise of two scans."""
    biology = float(_put_on_scale(subjects, outcome).std())
    if outcome in MARKERS:
        return biology
    return float(np.sqrt(biology**2 + 2 * measure_trial_noise(parameters, outcome, study) ** 2))
