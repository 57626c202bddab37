"""Virtual patients: persons drawn from the parameter posterior and from between-subject variability.

Every draw has an address (seed, patient, purpose): adding a patient disturbs nobody else's numbers, and the
same patient is the same whatever is simulated beside it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from osteon.remodeling import Covariates, Effects, Lane, ParameterSet, free_values, make_lane, map_to_line

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "DEPARTURES",
    "VirtualPatients",
    "address_stream",
    "draw_parameters",
    "draw_virtual_patients",
    "join_virtual_patients",
    "make_virtual_patients",
    "take_lanes",
]

_SITES = ("lumbar_spine", "total_hip", "femoral_neck")
_EFFECTS = tuple(f.name for f in fields(Effects))
DEPARTURES = ("turnover", *_EFFECTS, *(f"response_{site}" for site in _SITES))
"""How a person can depart from the typical one: the names of their SDs in a parameter set's ``variability``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualPatients:
    """N virtual patients: their lane, menopausal imbalance left, random key, posterior draw, and site response.

    ``site_response`` (3, N) multiplies each site's relative change: how far this person's site departs from
    the typical mixture of envelopes. ``draw`` (N,) numbers the parameter draw that each belongs to.
    """

    lane: Lane
    menopause: np.ndarray
    keys: np.ndarray
    draw: np.ndarray
    site_response: np.ndarray


def address_stream(seed: int, patient: str, purpose: str) -> np.random.Generator:
    """Return the random stream of (seed, patient, purpose).

    >>> one, two = (address_stream(1, "a", "doses").random() for _ in range(2))
    >>> one == two, one == address_stream(1, "b", "doses").random()
    (True, False)
    """
    digest = hashlib.sha256(f"{seed}\x1f{patient}\x1f{purpose}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=np.frombuffer(digest[:16], dtype=np.uint64)))


def draw_virtual_patients(
    parameters: ParameterSet,
    person: Covariates,
    *,
    draws: int,
    per_draw: int,
    seed: int,
    patient: str,
    typical: bool = False,
) -> VirtualPatients:
    """Draw ``draws x per_draw`` virtual patients that share one person's covariates.

    The parameter draws belong to (seed), the persons to (seed, patient). ``typical`` switches both off and
    returns the typical person, for figures and tests.
    """
    count = draws * per_draw
    stream = address_stream(seed, patient, "between_subject_variability")
    return make_virtual_patients(
        replace(parameters, variability={}) if typical else parameters,
        person,
        lines=draw_parameters(parameters, draws=draws, seed=seed, typical=typical),
        draw=np.repeat(np.arange(draws), per_draw),
        normals=stream.standard_normal((count, len(DEPARTURES))),
        keys=address_stream(seed, patient, "doses").integers(0, 2**32, count, dtype=np.uint32),
    )


def draw_parameters(parameters: ParameterSet, *, draws: int, seed: int, typical: bool = False) -> np.ndarray:
    """Draw the fitted parameters from their posterior, on the unbounded scale, (draws, len(fitted))."""
    lines = np.array([map_to_line(parameters.values[n], parameters.scales[n]) for n in parameters.fitted])
    shocks = address_stream(seed, "", "parameters").standard_normal((draws, len(lines)))
    if typical:
        shocks = shocks * 0
    # A sum that does not depend on how many draws there are: BLAS would pick another kernel for one row.
    return np.asarray(lines + np.einsum("dk,jk->dj", shocks, _find_root(parameters.covariance)))


def make_virtual_patients(
    parameters: ParameterSet,
    person: Covariates,
    *,
    lines: np.ndarray,
    draw: np.ndarray,
    normals: np.ndarray,
    keys: np.ndarray,
) -> VirtualPatients:
    """Make the virtual patients that these numbers say, all with one person's covariates.

    ``lines`` (draws, len(fitted)) are of ``draw_parameters``, ``draw`` (N,) the row of them that each patient has,
    ``normals`` (N, len(DEPARTURES)) how many SDs each departs from the typical person, ``keys`` (N,) of their doses.
    """
    values = free_values(parameters, lines[draw].T)
    effects, site_response = _scale_departures(parameters, normals)
    own = Covariates(
        **{f.name: np.full(len(draw), getattr(person, f.name), dtype=float) for f in fields(Covariates)}
    )
    lane, menopause = make_lane(values, own, effects)
    return VirtualPatients(lane=lane, menopause=menopause, keys=keys, draw=draw, site_response=site_response)


def _find_root(covariance: np.ndarray) -> np.ndarray:
    """Return a square root of a covariance that may be nearly singular."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)))


def _scale_departures(parameters: ParameterSet, normals: np.ndarray) -> tuple[Effects, np.ndarray]:
    """Scale to log-scale departures; ``turnover`` is shared by both envelopes; the site response has mean 1."""
    sd = np.array([parameters.variability.get(name, 0) for name in DEPARTURES])
    shock = dict(zip(DEPARTURES, (normals * sd).T, strict=True))
    shock["turnover_t"] = shock["turnover_t"] + shock["turnover"]
    shock["turnover_c"] = shock["turnover_c"] + shock["turnover"]
    response = [
        np.exp(shock[name] - sd[DEPARTURES.index(name)] ** 2 / 2) for name in DEPARTURES[-len(_SITES) :]
    ]
    return Effects(**{name: shock[name] for name in _EFFECTS}), np.array(response)


def take_lanes(patients: VirtualPatients, lanes: np.ndarray) -> VirtualPatients:
    """Return the virtual patients at ``lanes``."""
    return VirtualPatients(
        lane=Lane(*(np.broadcast_to(x, patients.keys.shape)[lanes] for x in patients.lane)),
        menopause=patients.menopause[lanes],
        keys=patients.keys[lanes],
        draw=patients.draw[lanes],
        site_response=patients.site_response[:, lanes],
    )


def join_virtual_patients(groups: Sequence[VirtualPatients]) -> VirtualPatients:
    """Return several groups as one, in their order."""
    return VirtualPatients(
        lane=Lane(*(np.concatenate(column) for column in zip(*(g.lane for g in groups), strict=True))),
        menopause=np.concatenate([g.menopause for g in groups]),
        keys=np.concatenate([g.keys for g in groups]),
        draw=np.concatenate([g.draw for g in groups]),
        site_response=np.concatenate([g.site_response for g in groups], axis=1),
    )
