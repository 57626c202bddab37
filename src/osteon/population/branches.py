"""Many timetables at once: what begins alike is simulated once, and branches where the timetables part.

The years are those of ``simulate_timetable``, run by the same compiled program from the same progress, so every
timetable gets the bits that it would get alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from osteon.population.engine import CHUNK_LANES, ThreadExecutor, lay_out_years, load_engine, open_chunk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from osteon.population.engine import Chunk, Executor, Precision, YearGrid
    from osteon.population.virtual import VirtualPatients
    from osteon.remodeling import Timetable

__all__ = ["BranchedOutcomes", "read_branch", "simulate_branches"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchedOutcomes:
    """The outcomes of several timetables, each shared year held once.

    ``years`` holds one (12, 5, N) for each distinct year; ``paths`` names, for each timetable, its years in
    order, and ``months`` how long it is.
    """

    years: tuple[np.ndarray, ...]
    paths: tuple[tuple[int, ...], ...]
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Year:
    """One year of the tree, and the year before it (``None`` for a first one)."""

    before: int | None
    grid: YearGrid
    number: int


def simulate_branches(
    patients: VirtualPatients,
    timetables: Sequence[Timetable],
    *,
    stop_months: np.ndarray | None = None,
    pause_months: np.ndarray | None = None,
    precision: Precision = np.float32,
    executor: Executor | None = None,
) -> BranchedOutcomes:
    """Run every virtual patient through every timetable; the options are those of ``simulate_timetable``.

    Years are run level by level, so that the executor has every branch of a level to share out. Memory: about
    20 bytes per patient, month and distinct year.
    """
    load_engine()
    grids = [lay_out_years(timetable, precision) for timetable in timetables]
    levels, paths = _grow_tree(grids)
    count = len(patients.keys)
    stops = np.full(count, np.inf) if stop_months is None else np.asarray(stop_months, dtype=float)
    chunks = [
        open_chunk(patients, first, stops, pauses=pause_months, precision=precision)
        for first in range(0, count, CHUNK_LANES)
    ]
    return BranchedOutcomes(
        years=_run_levels(chunks, levels, count, executor or ThreadExecutor()),
        paths=paths,
        months=tuple(grid.months for grid in grids),
    )


def read_branch(ran: BranchedOutcomes, index: int) -> np.ndarray:
    """Return what ``simulate_timetable`` returns for one of the timetables, (months + 1, 5, N)."""
    years = [ran.years[year] for year in ran.paths[index]]
    untreated = np.ones_like(years[0][:1])
    return np.concatenate([untreated, *years])[: ran.months[index] + 1]


def _grow_tree(
    grids: Sequence[YearGrid],
) -> tuple[tuple[tuple[_Year, ...], ...], tuple[tuple[int, ...], ...]]:
    """Give every distinct year a number, level by level, and every timetable its path through them."""
    paths: list[list[int]] = [[] for _ in grids]
    levels: list[tuple[_Year, ...]] = []
    known = 0
    for depth in range(max(len(grid.channels) for grid in grids)):
        level: dict[Any, tuple[int, _Year]] = {}
        for grid, path in zip(grids, paths, strict=True):
            if depth < len(grid.channels):
                before = path[-1] if path else None
                key = (before, grid.random_doses, *_digest(grid, depth))
                entry = level.setdefault(key, (known + len(level), _Year(before, grid, depth)))
                path.append(entry[0])
        levels.append(tuple(year for _, year in level.values()))
        known += len(level)
    return tuple(levels), tuple(map(tuple, paths))


def _digest(grid: YearGrid, depth: int) -> tuple[bytes, bytes]:
    return grid.channels[depth].tobytes(), grid.adherence[depth].tobytes()


def _run_levels(
    chunks: Sequence[Chunk], levels: Sequence[Sequence[_Year]], count: int, executor: Executor
) -> tuple[np.ndarray, ...]:
    """Run the years of each level through every chunk; where each ended is where the next level starts."""
    ended: list[list[Any]] = []

    def run(task: tuple[_Year, int]) -> tuple[Any, np.ndarray]:
        year, place = task
        chunk, grid = chunks[place], year.grid
        start = chunk.start if year.before is None else ended[year.before][place]
        channels, adherence = grid.channels[year.number], grid.adherence[year.number]
        progress, outcomes = grid.solve(start, chunk.lane, channels, adherence, chunk.taking)
        return progress, np.asarray(outcomes)

    years: list[np.ndarray] = []
    for level in levels:
        tasks = [(year, place) for year in level for place in range(len(chunks))]
        done = list(executor.map(run, tasks))
        for first in range(0, len(done), len(chunks)):
            parts = done[first : first + len(chunks)]
            ended.append([progress for progress, _ in parts])
            years.append(np.concatenate([outcomes for _, outcomes in parts], axis=2)[..., :count])
    return tuple(years)
