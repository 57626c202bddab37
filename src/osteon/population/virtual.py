"""Virtual patients: persons drawn from the parameter posterior and from between-subject variability.

Every draw has an address (seed, patient, purpose): adding a patient disturbs nobody else's numbers, and the
same patient is the same whatever is simulated beside it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from osteon.remodeling import Covariates, Effects, Lane, ParameterSet, free_values, make_lane, map_to_line

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "VirtualPatients",
    "address_stream",
    "draw_virtual_patients",
    "join_virtual_patients",
    "take_lanes",
]

_SITES = ("lumbar_spine", "total_hip", "femoral_neck")
_EFFECTS = tuple(f.name for f in fields(Effects))


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
    lines = np.array([map_to_line(parameters.values[n], parameters.scales[n]) for n in parameters.fitted])
    shocks = address_stream(seed, "", "parameters").standard_normal((draws, len(lines)))
    stream = address_stream(seed, patient, "between_subject_variability")
    if typical:
        shocks = shocks * 0
    # A sum that does not depend on how many draws there are: BLAS would pick another kernel for one row.
    drawn = lines + np.einsum("dk,jk->dj", shocks, _find_root(parameters.covariance))
    values = free_values(parameters, np.repeat(drawn.T, per_draw, axis=1))
    effects, site_response = _draw_effects(parameters, stream, count, typical=typical)
    own = Covariates(
        **{f.name: np.full(count, getattr(person, f.name), dtype=float) for f in fields(Covariates)}
    )
    lane, menopause = make_lane(values, own, effects)
    keys = address_stream(seed, patient, "doses").integers(0, 2**32, count, dtype=np.uint32)
    return VirtualPatients(
        lane=lane,
        menopause=menopause,
        keys=keys,
        draw=np.repeat(np.arange(draws), per_draw),
        site_response=site_response,
    )


def _find_root(covariance: np.ndarray) -> np.ndarray:
    """Return a square root of a covariance that may be nearly singular."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)))


def _draw_effects(
    parameters: ParameterSet, stream: np.random.Generator, count: int, *, typical: bool
) -> tuple[Effects, np.ndarray]:
    """Draw log-scale departures; ``turnover`` is shared by both envelopes; the site response has mean 1."""
    names = ("turnover", *_EFFECTS, *(f"response_{site}" for site in _SITES))
    sd = np.array([0 if typical else parameters.variability.get(name, 0) for name in names])
    table = stream.standard_normal((count, len(names))) * sd
    shock = dict(zip(names, table.T, strict=True))
    shock["turnover_t"] = shock["turnover_t"] + shock["turnover"]
    shock["turnover_c"] = shock["turnover_c"] + shock["turnover"]
    response = [np.exp(shock[name] - sd[names.index(name)] ** 2 / 2) for name in names[-len(_SITES) :]]
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
