"""The course of many lanes ten times a month: fine enough for a marker three days after a dose."""

from __future__ import annotations

import numpy as np

from osteon.population import (
    STEPS_PER_MONTH,
    Taking,
    VirtualPatients,
    load_engine,
    make_solver,
    start_progress,
    take_lanes,
)
from osteon.remodeling import CHANNELS, Lane, Outcomes, Timetable
from osteon.units import DAYS_PER_MONTH

__all__ = ["BLOCKS_PER_MONTH", "run_course"]

BLOCKS_PER_MONTH = 10
_BLOCKS_PER_YEAR = 12 * BLOCKS_PER_MONTH
_STEPS_PER_BLOCK = STEPS_PER_MONTH // BLOCKS_PER_MONTH
_CHUNK_LANES = 256
_NO_STOP = 10**8


def run_course(lanes: VirtualPatients, timetable: Timetable) -> np.ndarray:
    """Run every lane through one timetable; (blocks + 1, 5, N), relative to the untreated start.

    Whole years are run in chunks of a fixed number of lanes, so one compiled program serves every arm.
    """
    count, months = len(lanes.keys), len(timetable.adherence) // STEPS_PER_MONTH
    years = -(-months // 12)
    result = np.ones((years * _BLOCKS_PER_YEAR + 1, len(Outcomes._fields), count), dtype=np.float32)
    schedule, adherence = _cut_into_years(timetable, years)
    for start in range(0, count, _CHUNK_LANES):
        chosen = np.minimum(np.arange(start, start + _CHUNK_LANES), count - 1)
        width = min(_CHUNK_LANES, count - start)
        part = _run_chunk(take_lanes(lanes, chosen), schedule, adherence)
        result[1:, :, start : start + width] = part[:, :, :width]
    return result[: months * BLOCKS_PER_MONTH + 1]


def _cut_into_years(timetable: Timetable, years: int) -> tuple[np.ndarray, np.ndarray]:
    blocks = (years, _BLOCKS_PER_YEAR, _STEPS_PER_BLOCK)
    channels = np.zeros((int(np.prod(blocks)), len(CHANNELS)), dtype=np.float32)
    channels[: len(timetable.channels)] = timetable.channels
    adherence = np.ones(len(channels), dtype=np.float32)
    adherence[: len(timetable.adherence)] = timetable.adherence
    return channels.reshape(*blocks, len(CHANNELS), 1), adherence.reshape(*blocks, 1)


def _run_chunk(lanes: VirtualPatients, schedule: np.ndarray, adherence: np.ndarray) -> np.ndarray:
    jnp = load_engine().numpy
    solve = make_solver(step_days=DAYS_PER_MONTH / STEPS_PER_MONTH, random_doses=bool((adherence < 1).any()))
    lane = Lane(*(jnp.asarray(x, dtype=np.float32) for x in lanes.lane))
    never = jnp.full(len(lanes.keys), _NO_STOP, jnp.int32)
    taking = Taking(jnp.asarray(lanes.keys), never)
    progress = start_progress(lane, jnp.asarray(lanes.menopause, dtype=np.float32), jnp)
    parts = []
    for channels, share in zip(schedule, adherence, strict=True):
        progress, outcomes = solve(progress, lane, jnp.asarray(channels), jnp.asarray(share), taking)
        parts.append(np.asarray(outcomes))
    return np.concatenate(parts)
