"""The calibration: typical parameters and trial effects from published arms, by penalized robust least squares.

The fit maximizes the posterior of (parameters, trial effects) under log-normal or logit-normal priors from the
evidence table ``model_priors``, with Levenberg-Marquardt steps on exact forward derivatives through the solver,
and returns the Laplace approximation around it. A trial effect moves one whole trial's turnover, drift and drug
sensitivity, so that a trial that differs from its twins does not bend the biology.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from osteon.inference.arm_batch import make_arm_batches, plan_reads, predict_changes
from osteon.inference.trial_arms import read_observations, read_trial_arm
from osteon.remodeling import Outcomes, map_from_line, map_to_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from osteon.evidence import Fact
    from osteon.inference.arm_batch import ArmBatch, ReadPlan
    from osteon.inference.trial_arms import ArmObservation, TrialArm

__all__ = [
    "Calibration",
    "FitProblem",
    "FitSettings",
    "Prior",
    "calibrate",
    "leave_out",
    "list_moments",
    "make_problem",
    "measure_objectives",
    "predict_observations",
]

EFFECT_NAMES = ("turnover", "imbalance", "sensitivity")
_MARKERS = frozenset({"ctx", "p1np"})
_ENOUGH = 10**-6
_BLIND = 10.0**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """Where one parameter lies before the arms are seen; ``log_sd`` is None for a fixed one."""

    name: str
    median: float
    scale: str
    log_sd: float | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FitSettings:
    """Residual scales and effect sizes; all from the evidence table ``fit_settings``."""

    residual_sd: Mapping[str, float]
    recalled_factor: float
    dense_points: float
    effect_sd: Mapping[str, float]
    iterations: int
    tangents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FitProblem:
    """Everything a fit needs: priors, arms on a grid, numbers to meet, and how much each weighs."""

    priors: tuple[Prior, ...]
    observations: tuple[ArmObservation, ...]
    batches: tuple[ArmBatch, ...]
    reads: ReadPlan
    predict: Callable[..., Any]
    compiled: _Compiled
    target: np.ndarray
    is_marker: np.ndarray
    residual_sd: np.ndarray
    studies: tuple[str, ...]
    settings: FitSettings

    @property
    def free(self) -> tuple[Prior, ...]:
        """The priors of the parameters that move."""
        return _list_free(self.priors)


def _list_free(priors: Sequence[Prior]) -> tuple[Prior, ...]:
    return tuple(prior for prior in priors if prior.log_sd is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The fit: parameter ``lines`` on the unbounded scale, their covariance, effects (studies, effects), history."""

    lines: np.ndarray
    covariance: np.ndarray
    effects: np.ndarray
    objective: tuple[float, ...]


def make_problem(
    opener: Callable[[str], Sequence[Fact]], priors: Sequence[Prior], settings: FitSettings
) -> FitProblem:
    """Collect the in-domain arms and numbers that ``opener`` may see."""
    seen = read_observations(opener, frozenset(Outcomes._fields))
    names = {(o.study, arm) for o in seen for arm in (o.arm, o.comparator) if arm}
    arms = {key: arm for key in sorted(names) if (arm := read_trial_arm(*key)) is not None}
    kept = tuple(
        o
        for o in seen
        if (o.study, o.arm) in arms and (not o.comparator or (o.study, o.comparator) in arms) and o.month > 0
    )
    values = {prior.name: prior.median for prior in priors}
    batches = make_arm_batches(_list_needed(arms, kept), _find_last_months(kept), values)
    reads = plan_reads(batches, kept)
    marker = np.array([o.outcome in _MARKERS for o in kept])
    studies = tuple(sorted({o.study for o in kept}))
    predict = predict_changes(batches, reads, effect_names=_split_names())
    return FitProblem(
        priors=tuple(priors),
        observations=kept,
        batches=batches,
        reads=reads,
        predict=predict,
        compiled=_compile(tuple(priors), predict, _list_rows(batches, studies), marker),
        target=transform_change(np.array([o.value for o in kept]), marker),
        is_marker=marker,
        residual_sd=_weigh(kept, settings),
        studies=studies,
        settings=settings,
    )


def leave_out(problem: FitProblem, study: str) -> FitProblem:
    """Return the problem blind to one study: its numbers are blanked and weigh nothing.

    What is compiled stays, so that leaving out one study after another costs the arithmetic alone.
    """
    hidden = np.array([o.study == study for o in problem.observations])
    return replace(
        problem,
        target=np.where(hidden, 0, problem.target),
        residual_sd=np.where(hidden, _BLIND, problem.residual_sd),
    )


class _Compiled(NamedTuple):
    """Compiled once per set of arms: residuals and their derivatives, given targets and their SDs."""

    value: Callable[..., Any]
    values: Callable[..., Any]
    push: Callable[..., Any]


def _compile(
    priors: tuple[Prior, ...],
    predict: Callable[..., Any],
    rows: Sequence[np.ndarray],
    is_marker: np.ndarray,
) -> _Compiled:
    import jax
    import jax.numpy as jnp

    def read_moved(lines: Any, effects: Any) -> Any:
        values = _free_values(priors, lines, jnp)
        percent = predict(values, [_spread_effects(effects[row].T) for row in rows])
        return transform_change(percent, is_marker, jnp)

    def value(lines: Any, effects: Any, target: Any, residual_sd: Any) -> Any:
        return (read_moved(lines, effects) - target) / residual_sd

    def push_many(
        lines: Any, effects: Any, line_tangents: Any, effect_tangents: Any, residual_sd: Any
    ) -> Any:
        def push(tangent: Any, effect_tangent: Any) -> Any:
            return jax.jvp(read_moved, (lines, effects), (tangent, effect_tangent))[1] / residual_sd

        return jax.vmap(push)(line_tangents, effect_tangents)

    many = jax.vmap(value, in_axes=(0, 0, None, None))
    return _Compiled(jax.jit(value), jax.jit(many), jax.jit(push_many))


def _split_names() -> tuple[str, ...]:
    return ("turnover_t", "turnover_c", "imbalance", "sensitivity", "formation")


def _spread_effects(effects: Any) -> list[Any]:
    turnover, imbalance, sensitivity = effects
    return [turnover, turnover, imbalance, sensitivity, sensitivity]


def _list_needed(arms: Mapping[tuple[str, str], TrialArm], kept: Sequence[ArmObservation]) -> list[TrialArm]:
    needed = {(o.study, name) for o in kept for name in (o.arm, o.comparator) if name}
    return [arm for key, arm in arms.items() if key in needed]


def _find_last_months(kept: Sequence[ArmObservation]) -> dict[tuple[str, str], float]:
    last: dict[tuple[str, str], float] = {}
    for o in kept:
        for name in (o.arm, o.comparator):
            if name:
                last[o.study, name] = max(last.get((o.study, name), 0), o.month)
    return last


def transform_change(percent: Any, marker: np.ndarray, xp: Any = np) -> Any:
    """Markers are compared on the log scale, BMD in percentage points."""
    ratio = xp.maximum(1 + percent / 100, 10**-3)
    return xp.where(marker, xp.log(ratio), percent)


def _weigh(kept: Sequence[ArmObservation], settings: FitSettings) -> np.ndarray:
    """Standard deviation of each residual: model floor and published error, wider for recalled and dense rows."""
    counts: dict[tuple[str, str, str], int] = {}
    for o in kept:
        counts[o.study, o.arm, o.outcome] = counts.get((o.study, o.arm, o.outcome), 0) + 1
    sds = []
    for o in kept:
        floor = settings.residual_sd[o.outcome]
        error = o.standard_error or 0
        if o.outcome in _MARKERS:
            error = error / max(100 + o.value, 10)
        dense = max(1, counts[o.study, o.arm, o.outcome] / settings.dense_points) ** 0.5
        recalled = settings.recalled_factor if o.fact.extraction == "recalled" else 1
        low = settings.recalled_factor if "low_weight" in o.fact.note else 1
        sds.append((floor**2 + error**2) ** 0.5 * dense * recalled * low)
    return np.array(sds)


def predict_observations(
    problem: FitProblem, lines: np.ndarray, effects: np.ndarray | None = None
) -> np.ndarray:
    """Predict every observation in percent, for the typical trial (``effects`` None) or with trial effects."""
    shifts = np.zeros((len(problem.studies), len(EFFECT_NAMES))) if effects is None else effects
    return np.asarray(problem.predict(list_values(problem, lines), _allot(problem, shifts)))


def list_values(problem: FitProblem, lines: Any, xp: Any = np) -> dict[str, Any]:
    return _free_values(problem.priors, lines, xp)


def _free_values(priors: Sequence[Prior], lines: Any, xp: Any) -> dict[str, Any]:
    values: dict[str, Any] = {prior.name: prior.median for prior in priors}
    for index, prior in enumerate(_list_free(priors)):
        values[prior.name] = map_from_line(lines[index], prior.scale, xp)
    return values


def _list_rows(batches: Sequence[ArmBatch], studies: Sequence[str]) -> list[np.ndarray]:
    """Per batch, the row of each arm's trial in the effects (N,)."""
    return [np.array([studies.index(arm.study) for arm in batch.arms]) for batch in batches]


def _allot(problem: FitProblem, effects: Any) -> list[Any]:
    """Give each arm the effects of its trial: one list of arrays (N,) per batch."""
    return [_spread_effects(effects[row].T) for row in _list_rows(problem.batches, problem.studies)]


def calibrate(
    problem: FitProblem,
    *,
    report: Callable[[int, float], None] | None = None,
    start: Calibration | None = None,
) -> Calibration:
    """Fit parameters and trial effects; ``report(iteration, objective)`` is called after each accepted step."""
    fit = _Fit(problem)
    nothing = np.zeros((len(problem.studies), len(EFFECT_NAMES)))
    at = fit.stand(fit.join(start.lines, start.effects) if start else fit.join(fit.center, nothing))
    history, damping = [at.value], 1.0
    for iteration in range(problem.settings.iterations):
        moved, damping = fit.move(at, damping)
        if moved is None:
            break
        gain, at = at.value - moved.value, moved
        history.append(at.value)
        if report:
            report(iteration, at.value)
        if gain < _ENOUGH * at.value:
            break
    size = len(problem.free)
    lines, effects = fit.split(at.point)
    covariance = fit.invert(at)[:size, :size]
    return Calibration(lines=lines, covariance=covariance, effects=effects, objective=tuple(history))


def list_moments(problem: FitProblem, fit: Calibration) -> tuple[np.ndarray, np.ndarray]:
    """Return the mode of (parameter lines, trial effects) in one row (P,) and Laplace's covariance (P, P)."""
    machine = _Fit(problem)
    at = machine.stand(machine.join(fit.lines, fit.effects))
    return at.point, machine.invert(at)


def measure_objectives(problem: FitProblem, points: np.ndarray) -> np.ndarray:
    """Return minus twice the log posterior, up to a constant, at each of ``points`` (M, P); all are run at once."""
    machine = _Fit(problem)
    split = [machine.split(point) for point in points]
    lines, effects = (np.array(part) for part in zip(*split, strict=True))
    residuals = problem.compiled.values(lines, effects, problem.target, problem.residual_sd)
    pairs = zip(points, np.asarray(residuals), strict=True)
    return np.array([machine.measure(point, residual) for point, residual in pairs])


class _Stand(NamedTuple):
    """Where the fit stands: point, residuals, their derivatives and the objective."""

    point: np.ndarray
    residual: np.ndarray
    jacobian: np.ndarray
    value: float


class _Fit:
    """One fit's arithmetic: residuals, exact derivatives and the penalized normal equations."""

    def __init__(self, problem: FitProblem) -> None:
        self.problem = problem
        self.center = np.array([map_to_line(p.median, p.scale) for p in problem.free])
        self.width = np.array([p.log_sd for p in problem.free], dtype=float)
        self.effect_sd = np.array([problem.settings.effect_sd[name] for name in EFFECT_NAMES])
        self.study_of = np.array([problem.studies.index(o.study) for o in problem.observations])

    def join(self, lines: np.ndarray, effects: np.ndarray) -> np.ndarray:
        return np.concatenate([lines, effects.reshape(-1)])

    def stand(self, point: np.ndarray) -> _Stand:
        residual, jacobian = self.linearize(point)
        return _Stand(point, residual, jacobian, self.measure(point, residual))

    def move(self, at: _Stand, damping: float) -> tuple[_Stand | None, float]:
        """Take the first damped step that lowers the objective; ``None`` when none of ten does."""
        normal, gradient = self.assemble(at.point, at.residual, at.jacobian)
        for _ in range(10):
            step = np.linalg.solve(normal + damping * np.diag(np.diag(normal)), -gradient)
            point = at.point + np.clip(step, -1, 1)
            value = self.measure(point, self.evaluate(point))
            if np.isfinite(value) and value < at.value:
                return self.stand(point), damping / 10 * 2
            damping *= 4
        return None, damping

    def split(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        size = len(self.center)
        return point[:size], point[size:].reshape(-1, len(EFFECT_NAMES))

    def evaluate(self, point: np.ndarray) -> np.ndarray:
        problem = self.problem
        lines, effects = self.split(point)
        return np.asarray(problem.compiled.value(lines, effects, problem.target, problem.residual_sd))

    def linearize(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Residuals and their derivatives; one push per effect serves every trial, arms of others being untouched."""
        lines, effects = self.split(point)
        size, kinds, chunk = len(lines), len(EFFECT_NAMES), self.problem.settings.tangents
        total = -(-(size + kinds) // chunk) * chunk
        line_tangents = np.eye(total, size)
        effect_tangents = np.zeros((total, *effects.shape))
        for kind in range(kinds):
            effect_tangents[size + kind, :, kind] = 1
        sd, push = self.problem.residual_sd, self.problem.compiled.push
        parts = [slice(i, i + chunk) for i in range(0, total, chunk)]
        columns = np.concatenate(
            [np.asarray(push(lines, effects, line_tangents[i], effect_tangents[i], sd)) for i in parts]
        )
        jacobian = np.zeros((columns.shape[1], size + effects.size))
        jacobian[:, :size] = columns[:size].T
        for kind in range(kinds):
            jacobian[np.arange(columns.shape[1]), size + self.study_of * kinds + kind] = columns[size + kind]
        return self.evaluate(point), jacobian

    def measure(self, point: np.ndarray, residual: np.ndarray) -> float:
        lines, effects = self.split(point)
        robust = 2 * (np.sqrt(1 + residual**2) - 1)
        penalty = ((lines - self.center) / self.width) ** 2
        return float(robust.sum() + penalty.sum() + ((effects / self.effect_sd) ** 2).sum())

    def invert(self, at: _Stand) -> np.ndarray:
        """Return Laplace's covariance of the whole point (P, P)."""
        normal, _ = self.assemble(at.point, at.residual, at.jacobian)
        return np.linalg.inv(normal)

    def assemble(
        self, point: np.ndarray, residual: np.ndarray, jacobian: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        lines, effects = self.split(point)
        weight = 1 / np.sqrt(1 + residual**2)
        precision = np.concatenate([1 / self.width**2, np.tile(1 / self.effect_sd**2, len(effects))])
        offset = np.concatenate([lines - self.center, effects.reshape(-1)])
        weighted = jacobian * weight[:, None]
        return weighted.T @ jacobian + np.diag(precision), weighted.T @ residual + precision * offset
