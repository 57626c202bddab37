"""What a chunk adds up to: sums from which every estimate is made, so that rows never have to be gathered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np

from osteon.densitometry import Site
from osteon.trials.design import TRIAL_SITES, ChangeEndpoint, Endpoint, ShareEndpoint
from osteon.trials.virtual_trial import TrialChunk, TrialPlan

__all__ = ["POOL_SUBJECTS", "ChunkSums", "add_up_chunk", "join_sums"]

POOL_SUBJECTS = 4096
_TRAITS = ("age_years", "years_since_menopause", *(f"{site.value}_t_score" for site in TRIAL_SITES))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkSums:
    """Sums over the subjects of one arm; the last axis of ``moments`` is count, sum, sum of squares.

    ``change`` (3 sites, visits + 1, moments) of percent change; ``baseline`` (5 traits, moments);
    ``persistent`` (visits + 1,) of those seen; ``values`` (endpoints, moments), 0 or 1 for a share;
    ``times`` (endpoints, visits, 2) at risk and reached; ``pool`` (endpoints, subjects) the values of the first
    few thousand subjects, NaN where there is none.
    """

    subjects: int
    screened: int
    change: np.ndarray
    baseline: np.ndarray
    persistent: np.ndarray
    values: np.ndarray
    times: np.ndarray
    pool: np.ndarray


def add_up_chunk(plan: TrialPlan, chunk: TrialChunk, rows: Mapping[str, np.ndarray]) -> ChunkSums:
    """Add up the rows of a chunk as they are stored."""
    grid = _Grid.lay_out(plan, chunk, rows)
    endpoints = plan.design.endpoints
    values = np.array([_read_endpoint(grid, one) for one in endpoints])
    inside = max(min(POOL_SUBJECTS - chunk.first, chunk.stop - chunk.first), 0)
    change = np.array([_sum_moments(grid.read(f"{site.value}_percent_change")) for site in TRIAL_SITES])
    return ChunkSums(
        subjects=chunk.stop - chunk.first,
        screened=int(grid.read("screened")[0].sum()),
        change=change,
        baseline=np.array([_sum_moments(grid.read(trait)[0]) for trait in _TRAITS]),
        persistent=np.nansum(grid.read("persistent"), axis=1),
        values=_sum_moments(values),
        times=np.array([_count_times(grid, one) for one in endpoints]),
        pool=values[:, :inside],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """The rows of a chunk as (visits + 1, subjects), NaN where a subject was not seen."""

    months: np.ndarray
    subjects: int
    where: tuple[np.ndarray, np.ndarray]
    rows: Mapping[str, np.ndarray]

    @classmethod
    def lay_out(cls, plan: TrialPlan, chunk: TrialChunk, rows: Mapping[str, np.ndarray]) -> _Grid:
        months = np.array([0, *plan.design.visits])
        where = (np.searchsorted(months, rows["month"]), rows["subject"] - chunk.first)
        return cls(months=months, subjects=chunk.stop - chunk.first, where=where, rows=rows)

    def read(self, column: str) -> np.ndarray:
        """Return a column as a table of visits and subjects."""
        table = np.full((len(self.months), self.subjects), np.nan)
        table[self.where] = self.rows[column]
        return table

    def read_visit(self, column: str, month: int) -> np.ndarray:
        """Return a column at one visit."""
        return np.asarray(self.read(column)[int(np.searchsorted(self.months, month))])

    def find_above(self, sites: tuple[Site, ...], target: float) -> np.ndarray:
        """Return 1 where every site is above a target, 0 where one is not, NaN where she was not seen."""
        lowest = np.min([self.read(f"{site.value}_t_score") for site in sites], axis=0)
        return np.where(np.isnan(lowest), np.nan, lowest > target)


def _read_endpoint(grid: _Grid, endpoint: Endpoint) -> np.ndarray:
    """Return the value of each subject, NaN for who has none."""
    if isinstance(endpoint, ChangeEndpoint):
        return grid.read_visit(f"{endpoint.site.value}_percent_change", endpoint.month)
    if isinstance(endpoint, ShareEndpoint):
        above = grid.find_above(endpoint.sites, endpoint.target_t_score)
        later = above[int(np.searchsorted(grid.months, endpoint.month))]
        return np.where(above[0] == 1, np.nan, later)
    return np.full(grid.subjects, np.nan)


def _count_times(grid: _Grid, endpoint: Endpoint) -> np.ndarray:
    """Return at risk and reached at each visit, (visits, 2): whoever was not above before and is seen now."""
    if isinstance(endpoint, ChangeEndpoint | ShareEndpoint):
        return np.zeros((len(grid.months) - 1, 2))
    above = grid.find_above(endpoint.sites, endpoint.target_t_score)
    not_before = np.cumsum(np.nan_to_num(above), axis=0)[:-1] == 0
    now = above[1:]
    at_risk = not_before & ~np.isnan(now)
    return np.stack([at_risk.sum(axis=1), (at_risk & (now == 1)).sum(axis=1)], axis=1).astype(float)


def _sum_moments(values: np.ndarray) -> np.ndarray:
    """Return count, sum and sum of squares over the last axis, leaving NaN out."""
    known = ~np.isnan(values)
    kept = np.where(known, values, 0)
    return np.stack([known.sum(axis=-1), kept.sum(axis=-1), (kept**2).sum(axis=-1)], axis=-1)


def join_sums(parts: Iterable[ChunkSums]) -> ChunkSums:
    """Join the chunks of one arm, in their order."""
    return reduce(_join_two, parts)


def _join_two(one: ChunkSums, other: ChunkSums) -> ChunkSums:
    added = {
        name: getattr(one, name) + getattr(other, name) for name in ChunkSums.__slots__ if name != "pool"
    }
    return ChunkSums(pool=np.concatenate([one.pool, other.pool], axis=1), **added)
