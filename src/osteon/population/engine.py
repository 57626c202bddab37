"""The engine room: chunks of virtual patients through the compiled solver, with bounded memory.

JAX is loaded at the first simulation, with the XLA options that make small loops fast on a CPU and with a
persistent compile cache in the user's cache folder. A chunk is a fixed number of lanes and a fixed year of
steps, so one compiled program serves every cohort size and every horizon.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

from osteon.errors import OsteonError
from osteon.population.solver import Progress, Taking, make_solver, start_progress
from osteon.population.virtual import VirtualPatients, take_lanes
from osteon.remodeling import CHANNELS, Outcomes, Timetable
from osteon.units import DAYS_PER_MONTH

__all__ = [
    "CHUNK_LANES",
    "STEPS_PER_MONTH",
    "Chunk",
    "Executor",
    "Precision",
    "ThreadExecutor",
    "YearGrid",
    "lay_out_years",
    "load_engine",
    "open_chunk",
    "simulate_timetable",
]

STEPS_PER_MONTH = 30
CHUNK_LANES = 256
_SEGMENT_MONTHS = 12
_NO_STOP = 10**8
_XLA_OPTIONS = (
    "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=1000000,xla_cpu_use_multi_output_fusion",
    "--xla_cpu_prefer_vector_width=512",
)

Item = TypeVar("Item")
Result = TypeVar("Result")
Precision = type[np.float32] | type[np.float64]


class Executor(Protocol):
    """Where chunks run: anything that maps a function over items and keeps their order."""

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield ``function(item)`` for each item, in order."""
        ...


@dataclass(frozen=True, slots=True)
class ThreadExecutor:
    """Chunks on threads of this process; the solver releases the interpreter lock while it runs."""

    threads: int = max(1, os.cpu_count() or 1)

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield ``function(item)`` for each item, in order."""
        with ThreadPoolExecutor(self.threads) as pool:
            yield from pool.map(function, items)


@cache
def load_engine() -> Any:
    """Load JAX once, with both precisions, the fast small-loop options and the compile cache; return it."""
    flags = os.environ.get("XLA_FLAGS", "")
    wanted = [option for option in _XLA_OPTIONS if option.split("=")[0] not in flags]
    os.environ["XLA_FLAGS"] = " ".join([flags, *wanted]).strip()
    import jax

    jax.config.update("jax_enable_x64", True)
    folder = os.environ.get("OSTEON_CACHE", str(Path.home() / ".cache" / "osteon"))
    jax.config.update("jax_compilation_cache_dir", str(Path(folder) / f"jax-{jax.__version__}"))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    return jax


def simulate_timetable(
    patients: VirtualPatients,
    timetable: Timetable,
    *,
    stop_months: np.ndarray | None = None,
    pause_months: np.ndarray | None = None,
    precision: Precision = np.float32,
    executor: Executor | None = None,
) -> np.ndarray:
    """Run every virtual patient through one timetable.

    Returns (months + 1, 5, N): the outcomes of ``Outcomes`` relative to the untreated start, at month 0 and at
    the end of each month. ``stop_months`` (N,) is when each stops taking anything (never, when not given);
    ``pause_months`` (2, N) is from when until when each takes nothing and then takes again.
    Single doses are drawn by each patient's own random stream when the timetable's adherence is below 1.
    Memory: about 20 bytes per patient and month for the result, plus a few megabytes per thread.
    """
    load_engine()
    grid = lay_out_years(timetable, precision)
    count = len(patients.keys)
    starts = range(0, count, CHUNK_LANES)
    stops = np.full(count, np.inf) if stop_months is None else np.asarray(stop_months, dtype=float)
    result = np.ones((grid.months + 1, len(Outcomes._fields), count), dtype=precision)

    def run(start: int) -> tuple[int, np.ndarray]:
        chunk = open_chunk(patients, start, stops, pauses=pause_months, precision=precision)
        progress, years = chunk.start, []
        for channels, adherence in zip(grid.channels, grid.adherence, strict=True):
            progress, outcomes = grid.solve(progress, chunk.lane, channels, adherence, chunk.taking)
            years.append(np.asarray(outcomes))
        return start, np.concatenate(years)

    for start, outcomes in (executor or ThreadExecutor()).map(run, starts):
        width = min(CHUNK_LANES, count - start)
        result[1:, :, start : start + width] = outcomes[: grid.months, :, :width]
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class YearGrid:
    """One timetable, cut into padded years that any chunk of lanes can be run through.

    ``channels`` (years, 12, steps, CHANNELS, 1) and ``adherence`` (years, 12, steps, 1); ``solve`` is the
    compiled year, which draws single doses at random where the timetable's adherence asks for it.
    """

    channels: np.ndarray
    adherence: np.ndarray
    months: int
    random_doses: bool

    @property
    def solve(self) -> Callable[..., Any]:
        """The compiled solver of one year."""
        return make_solver(step_days=DAYS_PER_MONTH / STEPS_PER_MONTH, random_doses=self.random_doses)


def lay_out_years(timetable: Timetable, precision: Precision) -> YearGrid:
    """Cut a timetable into years, the last one padded with nothing given."""
    if timetable.steps_per_month != STEPS_PER_MONTH:
        raise OsteonError(
            code="engine.wrong_grid",
            field="Timetable.steps_per_month",
            got=str(timetable.steps_per_month),
            expected=str(STEPS_PER_MONTH),
            hint="Lay the courses out on STEPS_PER_MONTH.",
        )
    months = len(timetable.adherence) // STEPS_PER_MONTH
    years = -(-months // _SEGMENT_MONTHS)
    shape = (years, _SEGMENT_MONTHS, STEPS_PER_MONTH)
    channels = np.zeros((years * _SEGMENT_MONTHS * STEPS_PER_MONTH, len(CHANNELS)), dtype=precision)
    channels[: len(timetable.channels)] = timetable.channels
    adherence = np.ones(len(channels), dtype=precision)
    adherence[: len(timetable.adherence)] = timetable.adherence
    return YearGrid(
        channels=channels.reshape(*shape, len(CHANNELS), 1),
        adherence=adherence.reshape(*shape, 1),
        months=months,
        random_doses=bool((timetable.adherence < 1).any()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A fixed number of lanes on the device, at their untreated start; the last lane fills what is left."""

    lane: Any
    taking: Taking
    start: Progress


def open_chunk(
    patients: VirtualPatients,
    first: int,
    stops: np.ndarray,
    *,
    pauses: np.ndarray | None = None,
    precision: Precision = np.float32,
) -> Chunk:
    """Put the lanes from ``first`` on onto the device; ``stops`` and ``pauses`` as for `simulate_timetable`."""
    lanes = np.minimum(np.arange(first, first + CHUNK_LANES), len(patients.keys) - 1)
    chosen = take_lanes(patients, lanes)
    # On the device once: each year's call would move these arrays again.
    lane = load_engine().device_put(type(chosen.lane)(*(np.asarray(x, dtype=precision) for x in chosen.lane)))
    start = start_progress(lane, chosen.menopause.astype(precision), np)
    taking = Taking(chosen.keys, _find_steps(stops[lanes]))
    if pauses is not None:
        pause, resume = _find_steps(np.asarray(pauses)[:, lanes])
        taking = taking._replace(pause_step=pause, resume_step=resume)
    return Chunk(lane=lane, taking=taking, start=start)


def _find_steps(months: np.ndarray) -> np.ndarray:
    steps: np.ndarray = np.minimum(np.ceil(months * STEPS_PER_MONTH), _NO_STOP).astype(np.int32)
    return steps
