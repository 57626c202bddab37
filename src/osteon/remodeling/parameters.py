"""Parameter sets: dated, immutable, fitted to one evidence release, and the lane they make of a person."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from osteon.errors import OsteonError
from osteon.remodeling.equations import Lane

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = [
    "Covariates",
    "Effects",
    "ParameterSet",
    "free_values",
    "list_parameter_sets",
    "load_parameter_set",
    "make_lane",
    "map_from_line",
    "map_to_line",
    "write_parameter_set",
]

_FOLDER = "data/parameter_sets"
_NOMINAL_AGE, _DECADE = "nominal_age_years", 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterSet:
    """A fitted set: typical values, and the Gaussian posterior of the fitted ones on their unbounded scale.

    ``values`` holds every parameter in the unit of its prior (evidence table ``model_priors``), ``scales`` is
    ``log`` or ``logit`` by name, ``fitted`` names the rows of ``covariance`` (len(fitted), len(fitted)),
    ``variability`` the between-subject SDs on the unbounded scale, ``evidence_hash`` the release the fit saw.
    """

    name: str
    created: str
    evidence_hash: str
    values: Mapping[str, float]
    scales: Mapping[str, str]
    fitted: tuple[str, ...]
    covariance: np.ndarray
    variability: Mapping[str, float]
    fit: Mapping[str, Any]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariates:
    """What is known of a person before any drug: arrays (N,) or floats.

    ``age_years``, ``years_since_menopause``, and BMD of lumbar spine and total hip relative to the osteoporosis
    line (T-score -2.5) of the same scanner maker.
    """

    age_years: Any
    years_since_menopause: Any
    spine_bmd_ratio: Any = 1.0
    hip_bmd_ratio: Any = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """Departures from the typical person, on the log scale: arrays (N,) or 0."""

    turnover_t: Any = 0
    turnover_c: Any = 0
    imbalance: Any = 0
    sensitivity: Any = 0
    formation: Any = 0
    retention: Any = 0
    coupling_days: Any = 0
    clearance: Any = 0


def map_to_line(value: Any, scale: str) -> Any:
    """Put a parameter on its unbounded scale.

    >>> float(map_to_line(1.0, "log")), float(map_to_line(0.5, "logit"))
    (0.0, 0.0)
    """
    if scale == "linear":
        return np.asarray(value, dtype=float)
    return np.log(value) if scale == "log" else np.log(value) - np.log1p(-value)


def map_from_line(line: Any, scale: str, xp: Any = np) -> Any:
    """Undo ``map_to_line``; ``xp`` is the array module (numpy or jax.numpy)."""
    if scale == "linear":
        return line
    return xp.exp(line) if scale == "log" else 1 / (1 + xp.exp(-line))


def free_values(parameters: ParameterSet, lines: Any, xp: Any = np) -> dict[str, Any]:
    """Return every value with the fitted ones replaced by ``lines`` (len(fitted), ...) on the unbounded scale."""
    values: dict[str, Any] = dict(parameters.values)
    for index, name in enumerate(parameters.fitted):
        values[name] = map_from_line(lines[index], parameters.scales[name], xp)
    return values


def make_lane(
    values: Mapping[str, Any], person: Covariates, effects: Effects, xp: Any = np
) -> tuple[Lane, Any]:
    """Return the lane of each person and what is left of the menopausal imbalance at the start (0 to 1)."""
    own = dict(values)
    thin_t = person.spine_bmd_ratio ** -values["turnover_spine_exponent"]
    thin_c = person.hip_bmd_ratio ** -values["turnover_hip_exponent"]
    own["turnover_t"] = values["turnover_t"] * thin_t * xp.exp(effects.turnover_t)
    own["turnover_c"] = values["turnover_c"] * thin_c * xp.exp(effects.turnover_c)
    decades = (person.age_years - values[_NOMINAL_AGE]) / _DECADE
    drift = xp.exp(effects.imbalance + values["imbalance_age_slope"] * decades)
    thick = values["imbalance_bmd_exponent"]
    own["imbalance_t"] = values["imbalance_t"] * drift * person.spine_bmd_ratio**thick
    own["imbalance_c"] = values["imbalance_c"] * drift * person.hip_bmd_ratio**thick
    own["spine_wear_rate"] = values["spine_wear_rate"] * xp.exp(values["spine_wear_age_slope"] * decades)
    own |= _scale_sensitivity(values, effects, xp)
    own["osteoblast_days"] = values["osteoblast_days"] * xp.exp(effects.coupling_days)
    menopause = xp.exp(-person.years_since_menopause * 365.25 / values["menopause_days"])
    zero = menopause * 0 + own["turnover_t"] * 0
    return Lane(*(own[name] + zero for name in Lane._fields)), menopause + zero


def _scale_sensitivity(values: Mapping[str, Any], effects: Effects, xp: Any) -> dict[str, Any]:
    anti, build = xp.exp(effects.sensitivity), xp.exp(effects.formation)
    stay, clear = xp.exp(effects.retention), xp.exp(effects.clearance)
    own = {f"{drug}_potency": values[f"{drug}_potency"] * anti for drug in _BISPHOSPHONATES}
    own |= {f"{drug}_ks": values[f"{drug}_ks"] / stay for drug in _BISPHOSPHONATES}
    own["denosumab_kd"] = values["denosumab_kd"] / anti
    own["denosumab_vmax"] = values["denosumab_vmax"] * clear
    own["romosozumab_kel"] = values["romosozumab_kel"] * clear
    for name in ("romosozumab_formation", "teriparatide_formation", "abaloparatide_formation"):
        own[name] = values[name] * build
    return own


_BISPHOSPHONATES = ("alendronate", "risedronate", "ibandronate", "zoledronate")


@cache
def list_parameter_sets() -> tuple[str, ...]:
    """Name every stored set, oldest first."""
    folder = resources.files("osteon.remodeling").joinpath(_FOLDER)
    return tuple(
        sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json"))
    )


def write_parameter_set(parameters: ParameterSet, folder: Path) -> Path:
    """Write a set as ``<name>.json`` and return the path; numbers keep every digit."""
    stored = {field.name: getattr(parameters, field.name) for field in fields(parameters)}
    stored["covariance"] = parameters.covariance.tolist()
    path = folder / f"{parameters.name}.json"
    path.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return path


@cache
def load_parameter_set(name: str | None = None) -> ParameterSet:
    """Load a stored set, the newest when ``name`` is not given.

    Raises ``OsteonError`` (``parameters.unknown``) for a name that is not stored.
    """
    known = list_parameter_sets()
    if not known or (name is not None and name not in known):
        raise OsteonError(
            code="parameters.unknown",
            field="parameter set",
            got=str(name),
            expected=" or ".join(known) or "a fitted set",
            hint="Old sets stay loadable by name; run `make calibrate` to fit a new one.",
        )
    chosen = known[-1] if name is None else name
    text = resources.files("osteon.remodeling").joinpath(_FOLDER, f"{chosen}.json").read_text("utf-8")
    stored = _complete(json.loads(text))
    stored["fitted"] = tuple(stored["fitted"])
    stored["sources"] = tuple(stored["sources"])
    stored["covariance"] = np.asarray(stored["covariance"], dtype=float)
    return ParameterSet(**stored)


_NEUTRAL = {
    "bp_capacity": 0.0,
    "ctx_exponent": 1.0,
    "p1np_exponent": 1.0,
    "spine_wear_rate": 0.0,
    "spine_wear_age_slope": 0.0,
    "imbalance_bmd_exponent": 0.0,
}
_OLD_EXPONENT, _SPINE_EXPONENT = "turnover_bmd_exponent", "turnover_spine_exponent"


def _complete(stored: dict[str, Any]) -> dict[str, Any]:
    """Let a set from before a part of the model existed speak with that part switched off."""
    values = _NEUTRAL | stored["values"]
    if _OLD_EXPONENT in values:
        values[_SPINE_EXPONENT] = values["turnover_hip_exponent"] = values[_OLD_EXPONENT]
        stored["scales"][_SPINE_EXPONENT] = stored["scales"][_OLD_EXPONENT]
        stored["fitted"] = [_SPINE_EXPONENT if n == _OLD_EXPONENT else n for n in stored["fitted"]]
    return stored | {"values": values}
