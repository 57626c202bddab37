"""Leave one trial out: refit on every other trial, then ask the fit about the one it never saw."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from osteon.errors import BadInputError
from osteon.evidence import hash_fit_evidence, open_calibration_facts
from osteon.inference import (
    Calibration,
    FitProblem,
    calibrate,
    estimate_cohort_shift,
    leave_out,
    make_problem,
    read_fit_settings,
    read_priors,
)
from osteon.population import load_engine
from osteon.remodeling import Outcomes, ParameterSet, load_parameter_set, map_from_line, map_to_line
from osteon.trials.cohort import CohortSettings
from osteon.trials.estimate import measure_error
from osteon.trials.reproduction import ReproducedRow, reproduce_observations

__all__ = [
    "LeftOutRow",
    "LeftOutScore",
    "Refits",
    "find_stored_left_out",
    "leave_one_trial_out",
    "list_left_out_studies",
    "prepare_refits",
    "read_left_out",
    "score_left_out",
]

_HALF, _MOST = 50 / 100, 90 / 100
_STEPS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutRow:
    """One number of a trial that the fit did not see, beside the prediction and its intervals (percent)."""

    study: str
    arm: str
    comparator: str
    outcome: str
    month: float
    baseline_month: float
    value: float
    simulated: float
    low_50: float
    high_50: float
    low_90: float
    high_90: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutScore:
    """Errors of ``n`` left-out numbers of one outcome, and the shares inside the 50 and 90 % intervals."""

    n: int
    rmse: float
    inside_50: float
    inside_90: float


def list_left_out_studies(parameters: ParameterSet | None = None) -> tuple[str, ...]:
    """List the studies of the fit, each of which can be left out."""
    return tuple((parameters or load_parameter_set()).fit["studies"])


def leave_one_trial_out(
    study: str,
    folder: Path,
    parameters: ParameterSet | None = None,
    *,
    settings: CohortSettings | None = None,
    refits: Refits | None = None,
) -> tuple[LeftOutRow, ...]:
    """Refit without ``study``, predict it, and keep the answer in ``folder``; a minute, or nothing if kept there.

    ``refits`` (of the same parameter set) shares what is compiled between one study and the next.

    The fit starts from the full one and sees calibration rows of other studies only. Between-subject
    variability is that of the full fit. An answer of another parameter set or evidence release is made anew.
    Raises ``BadInputError`` (``trials.unknown_study``) for a study that the fit does not have.
    """
    chosen = parameters or load_parameter_set()
    if study not in list_left_out_studies(chosen):
        raise BadInputError(
            code="trials.unknown_study",
            field="study",
            got=repr(study),
            expected="a study of the fit",
            hint="list_left_out_studies() names them.",
        )
    path = folder / f"{list_left_out_studies(chosen).index(study):02d}.json"
    kept = _read_kept(path, study, chosen)
    if kept is not None:
        return kept
    rows = _predict_left_out(study, refits or prepare_refits(chosen), settings)
    folder.mkdir(parents=True, exist_ok=True)
    content = {**_stamp(study, chosen), "rows": [_describe(row) for row in rows]}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return rows


def _stamp(study: str, parameters: ParameterSet) -> dict[str, Any]:
    """Say what an answer rests on; the objective tells two fits of one name apart."""
    return {
        "study": study,
        "parameter_set": parameters.name,
        "objective": parameters.fit["objective"][-1],
        "evidence_hash": hash_fit_evidence(),
    }


def _describe(row: LeftOutRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in LeftOutRow.__slots__}


def _read_kept(path: Path, study: str, parameters: ParameterSet) -> tuple[LeftOutRow, ...] | None:
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    stamp = {key: value for key, value in content.items() if key != "rows"}
    if stamp != _stamp(study, parameters):
        return None
    return tuple(LeftOutRow(**row) for row in content["rows"])


def _predict_left_out(study: str, refits: Refits, settings: CohortSettings | None) -> tuple[LeftOutRow, ...]:
    load_engine()
    fitted = refit_without(study, refits)
    own = [o for o in refits.problem.observations if o.study == study]
    return tuple(_make_row(study, row) for row in reproduce_observations(own, fitted, settings=settings))


def _make_row(study: str, row: ReproducedRow) -> LeftOutRow:
    o = row.observation
    inner, outer = row.estimate.find_interval(_HALF), row.estimate.find_interval(_MOST)
    return LeftOutRow(
        study=study,
        arm=o.arm,
        comparator=o.comparator,
        outcome=o.outcome,
        month=o.month,
        baseline_month=o.baseline_month,
        value=o.value,
        simulated=row.estimate.simulated,
        low_50=inner[0],
        high_50=inner[1],
        low_90=outer[0],
        high_90=outer[1],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refits:
    """What every refit shares: the compiled problem, the full fit it starts from, and the shift of cohort means."""

    parameters: ParameterSet
    problem: FitProblem
    start: Calibration


def prepare_refits(parameters: ParameterSet | None = None) -> Refits:
    """Open the calibration rows once, with cohort means taken off as the full fit did.

    The shift of a cohort mean from its typical subject comes from variability, which is that of the full fit.
    """
    chosen = parameters or load_parameter_set()
    problem = make_problem(open_calibration_facts, read_priors(), read_fit_settings())
    start = _find_start(problem, chosen)
    shift = estimate_cohort_shift(problem, start.lines, chosen.variability)
    return Refits(parameters=chosen, problem=replace(problem, target=problem.target - shift), start=start)


def refit_without(study: str, refits: Refits) -> ParameterSet:
    """Refit every free parameter to the calibration rows of all studies but one, whose rows are blanked.

    Eight steps from the full fit, after which the objective changes by less than a thousandth.
    """
    problem, parameters = leave_out(refits.problem, study), refits.parameters
    problem = replace(problem, settings=replace(problem.settings, iterations=_STEPS))
    fit = calibrate(problem, start=refits.start)
    values = dict(parameters.values)
    for prior, line in zip(problem.free, fit.lines, strict=True):
        values[prior.name] = float(map_from_line(line, prior.scale))
    return replace(
        parameters,
        name=f"{parameters.name} without {study}",
        values=values,
        fitted=tuple(prior.name for prior in problem.free),
        covariance=fit.covariance,
    )


def _find_start(problem: FitProblem, parameters: ParameterSet) -> Calibration:
    effects = parameters.fit["trial_effects"]
    return Calibration(
        lines=np.array([map_to_line(parameters.values[p.name], p.scale) for p in problem.free]),
        covariance=parameters.covariance,
        effects=np.array([effects[name] for name in problem.studies]),
        objective=(),
    )


def find_stored_left_out() -> Path:
    """Return the folder of the answers that the package ships; those of another set or evidence are not read."""
    return Path(str(files("osteon.trials").joinpath("data", "left_out")))


def read_left_out(folder: Path, parameters: ParameterSet | None = None) -> tuple[LeftOutRow, ...]:
    """Read every kept answer that rests on this parameter set and evidence release."""
    chosen = parameters or load_parameter_set()
    rows: list[LeftOutRow] = []
    for index, study in enumerate(list_left_out_studies(chosen)):
        rows += _read_kept(folder / f"{index:02d}.json", study, chosen) or ()
    return tuple(rows)


def score_left_out(rows: Sequence[LeftOutRow]) -> dict[str, LeftOutScore]:
    """Score left-out numbers by outcome: percentage points for BMD, log units for markers."""
    groups = {name: [row for row in rows if row.outcome == name] for name in Outcomes._fields}
    return {name: _score(group) for name, group in groups.items() if group}


def _score(rows: Sequence[LeftOutRow]) -> LeftOutScore:
    errors = np.array([measure_error(row.outcome, row.simulated, row.value) for row in rows])
    return LeftOutScore(
        n=len(rows),
        rmse=float(np.sqrt(np.mean(errors**2))),
        inside_50=float(np.mean([row.low_50 <= row.value <= row.high_50 for row in rows])),
        inside_90=float(np.mean([row.low_90 <= row.value <= row.high_90 for row in rows])),
    )
