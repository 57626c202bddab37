"""The whole calibration run: read the evidence, fit, and make the dated parameter set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from osteon.evidence import hash_fit_evidence, load_facts, open_calibration_facts
from osteon.inference.calibration import (
    Calibration,
    FitProblem,
    FitSettings,
    Prior,
    calibrate,
    make_problem,
    predict_observations,
)
from osteon.inference.cohort_shift import estimate_cohort_shift
from osteon.inference.variability import fit_variability, read_published_spreads, read_variability_priors
from osteon.population import load_engine
from osteon.remodeling import Outcomes, ParameterSet, map_from_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TURNS = 2

__all__ = [
    "FitRow",
    "list_fit_rows",
    "read_fit_settings",
    "read_priors",
    "run_calibration",
    "score_fit",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRow:
    """One calibration number beside what the typical trial simulates (percent)."""

    study: str
    arm: str
    comparator: str
    outcome: str
    month: float
    baseline_month: float
    observed: float
    simulated: float
    extraction: str
    source: str

    @property
    def difference(self) -> float:
        """Simulated less observed, percentage points."""
        return self.simulated - self.observed


def read_priors() -> tuple[Prior, ...]:
    """Read the table ``model_priors``."""
    facts = load_facts("model_priors")
    widths = {f.keys["parameter"]: float(f.value) for f in facts if f.quantity == "prior_width"}
    return tuple(
        Prior(
            name=f.keys["parameter"],
            median=float(f.value),
            scale=f.keys["scale"],
            log_sd=widths.get(f.keys["parameter"]),
            source=f.source,
        )
        for f in facts
        if f.quantity == "prior_median"
    )


def read_fit_settings() -> FitSettings:
    """Read the table ``fit_settings``."""
    groups: dict[str, dict[str, float]] = {}
    for fact in load_facts("fit_settings"):
        groups.setdefault(fact.quantity, {})[fact.keys["item"]] = float(fact.value)
    single = {name: group[""] for name, group in groups.items() if "" in group}
    return FitSettings(
        residual_sd=groups["residual_sd"],
        recalled_factor=single["recalled_factor"],
        dense_points=single["dense_points"],
        effect_sd=groups["effect_sd"],
        iterations=int(single["iterations"]),
        tangents=int(single["tangents"]),
    )


def run_calibration(
    *, name: str, created: str, report: Callable[[str, int, float], None] | None = None
) -> tuple[ParameterSet, tuple[FitRow, ...]]:
    """Fit typical parameters, trial effects and variability to the calibration rows, and nothing else.

    The fit has no random part: the same evidence gives the same set to the last digit on one machine.
    """
    load_engine()
    problem = make_problem(open_calibration_facts, read_priors(), read_fit_settings())
    spreads = read_published_spreads(open_calibration_facts)
    say = report or _say_nothing
    fit = calibrate(problem, report=lambda i, v: say("typical subject", i, v))
    shift, variability = np.zeros(len(problem.target)), _list_prior_sds()
    for turn in range(_TURNS):
        say("variability", turn, float(len(spreads)))
        parameters = _make_set(problem, fit, shift, variability, name, created)
        variability = fit_variability(parameters, spreads, read_variability_priors())
        shift = estimate_cohort_shift(problem, fit.lines, variability)
        moved = replace(problem, target=problem.target - shift)
        fit = calibrate(moved, report=lambda i, v: say("cohort means", i, v), start=fit)
    return _make_set(problem, fit, shift, variability, name, created), list_fit_rows(problem, fit, shift)


def _list_prior_sds() -> dict[str, float]:
    return {name: sd for name, (sd, _) in read_variability_priors().items()}


def _say_nothing(stage: str, index: int, value: float) -> None:
    del stage, index, value


def _make_set(
    problem: FitProblem,
    fit: Calibration,
    shift: np.ndarray,
    variability: Mapping[str, float],
    name: str,
    created: str,
) -> ParameterSet:
    values = {prior.name: prior.median for prior in problem.priors}
    for prior, line in zip(problem.free, fit.lines, strict=True):
        values[prior.name] = float(map_from_line(line, prior.scale))
    sources = dict.fromkeys(
        [o.fact.source for o in problem.observations] + [p.source for p in problem.priors]
    )
    return ParameterSet(
        name=name,
        created=created,
        evidence_hash=hash_fit_evidence(),
        values=values,
        scales={prior.name: prior.scale for prior in problem.priors},
        fitted=tuple(prior.name for prior in problem.free),
        covariance=fit.covariance,
        variability=dict(variability),
        fit=_summarize(problem, fit, list_fit_rows(problem, fit, shift)),
        sources=tuple(sources),
    )


def _summarize(problem: FitProblem, fit: Calibration, rows: tuple[FitRow, ...]) -> dict[str, Any]:
    return {
        "observations": len(problem.observations),
        "studies": list(problem.studies),
        "objective": list(fit.objective),
        "trial_effects": {s: e.tolist() for s, e in zip(problem.studies, fit.effects, strict=True)},
        "score": score_fit(rows),
    }


def list_fit_rows(problem: FitProblem, fit: Calibration, shift: np.ndarray) -> tuple[FitRow, ...]:
    """Set every observation beside the cohort mean of the typical trial (no trial effect).

    ``shift`` (M,) is what variability adds to the typical subject.
    """
    simulated = predict_observations(problem, fit.lines) + shift
    return tuple(
        FitRow(
            study=o.study,
            arm=o.arm,
            comparator=o.comparator,
            outcome=o.outcome,
            month=o.month,
            baseline_month=o.baseline_month,
            observed=o.value,
            simulated=float(s),
            extraction=str(o.fact.extraction),
            source=o.fact.source,
        )
        for o, s in zip(problem.observations, simulated, strict=True)
    )


def score_fit(rows: tuple[FitRow, ...]) -> dict[str, dict[str, float]]:
    """Root-mean-square and median absolute error by outcome: percentage points for BMD, log units for markers."""
    scores = {}
    for outcome in Outcomes._fields:
        own = [row for row in rows if row.outcome == outcome]
        error = np.array([_measure_error(row) for row in own])
        scores[outcome] = {
            "n": len(own),
            "rmse": float(np.sqrt(np.mean(error**2))),
            "median_absolute_error": float(np.median(np.abs(error))),
        }
    return scores


def _measure_error(row: FitRow) -> float:
    if row.outcome in {"ctx", "p1np"}:
        return float(np.log1p(row.simulated / 100) - np.log1p(row.observed / 100))
    return row.difference
