"""The batched solver: many virtual patients through one schedule, on arrays, by an exponential midpoint rule.

One call integrates ``N`` lanes (virtual patients, or trial arms) over ``blocks x steps`` equal steps and writes
the outcomes at the end of each block. Doses are given at the start of their step, so the outcome at the end
of a block is the trough before the next block's dose. The same code runs on CPU and GPU; nothing depends on
how lanes are grouped, so a lane's result is the same alone and in a million.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from osteon.remodeling import (
    CHANNELS,
    Bolus,
    Drive,
    Lane,
    State,
    add_doses,
    differentiate_state,
    list_fast_losses,
    read_outcomes,
    start_state,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BOLUS_CHANNELS", "Progress", "Taking", "make_solver", "start_progress"]

BOLUS_CHANNELS = len(Bolus._fields)
_WORD = 32


class Taking(NamedTuple):
    """How each lane takes what is scheduled: arrays of shape (N,).

    ``key`` addresses the lane's own random stream, ``stop_step`` is the first step at which nothing more is
    taken (persistence; calcium goes on). Nothing is taken either from ``pause_step`` until ``resume_step``, where
    these are given. The share of doses taken (adherence) belongs to the schedule.
    """

    key: Any
    stop_step: Any
    pause_step: Any = None
    resume_step: Any = None


def _mix(word: Any) -> Any:
    """Scramble a 32-bit word (the finalizer of MurmurHash3): a random stream with an address."""
    word = word ^ (word >> 16)
    word = word * 0x85EBCA6B
    word = word ^ (word >> 13)
    word = word * 0xC2B2AE35
    return word ^ (word >> 16)


def _draw_uniform(key: Any, step: Any, jnp: Any, dtype: Any) -> Any:
    word = _mix(key ^ _mix(step.astype(jnp.uint32) * jnp.uint32(0x9E3779B9)))
    return (word >> 8).astype(dtype) / dtype(2 ** (_WORD - 8))


def _step_once(state: State, lane: Lane, bolus: Bolus, drive: Drive, step_days: float) -> State:
    """Advance one step. The order within a step: 1 doses, 2 slope, 3 half step, 4 slope there, 5 whole step.

    This is the explicit midpoint rule where a state has no fast loss of its own, and its exponential form where
    it has, with the exponential as 1/(1 + z + z^2/2): second order, and stable whatever the dose. The midpoint
    is preferred to Heun's rule because a dose makes the slope jump at the left edge of its step.
    """
    dosed = add_doses(state, lane, bolus)
    slope = differentiate_state(dosed, lane, drive)
    losses = list_fast_losses(dosed, lane)
    middle = State(
        *(_move(x, dx, loss, step_days / 2) for x, dx, loss in zip(dosed, slope, losses, strict=True))
    )
    there = differentiate_state(middle, lane, drive)
    return State(
        *(
            _move(x, dx if isinstance(loss, int) else dx + loss * (mid - x), loss, step_days)
            for x, mid, dx, loss in zip(dosed, middle, there, losses, strict=True)
        )
    )


def _move(x: Any, slope: Any, loss: Any, days: float) -> Any:
    """Move by a constant slope, or by one that a linear loss draws back as the state moves."""
    if isinstance(loss, int):
        return x + days * slope
    z = days * loss
    return x + days * slope * (1 + z / 2) / (1 + z + z * z / 2)


class Progress(NamedTuple):
    """Where an integration stands: the state, the step count and the drive of the last step."""

    state: State
    step: Any
    drive: Drive


def start_progress(lane: Lane, menopause: Any, xp: Any) -> Progress:
    """Return the untreated start of every lane; ``xp`` is the array module."""
    zero = xp.zeros_like(menopause)
    state = State(*(x + zero for x in start_state(lane, menopause)))
    return Progress(state, xp.asarray(0, dtype="int32"), Drive(*(zero for _ in Drive._fields)))


@lru_cache(maxsize=8)
def make_solver(*, step_days: float, random_doses: bool) -> Callable[..., Any]:
    """Compile ``solve(progress, lane, schedule, adherence, taking) -> (progress, outcomes)``.

    progress
        ``Progress`` of arrays (N,): from ``start_progress`` or from the call before, so that a long horizon is
        the same compiled year called again.
    schedule
        (blocks, steps, len(CHANNELS), L), L = 1 (shared by all lanes) or N: first the boluses in mg, then drives.
    adherence
        (blocks, steps, L): share of single doses taken; each is drawn per lane when ``random_doses``,
        else every dose is shrunk to its expectation.
    taking
        ``Taking`` of arrays (N,).

    ``outcomes`` is (blocks, 5, N) at block ends, relative to the untreated start.
    """
    import jax
    import jax.numpy as jnp

    def advance(progress: Progress, inputs: Any, lane: Lane, taking: Taking) -> tuple[Progress, None]:
        channels, adherence = inputs
        dtype = progress.state[0].dtype.type
        on = (progress.step < taking.stop_step).astype(dtype)
        if taking.pause_step is not None:
            paused = (progress.step >= taking.pause_step) & (progress.step < taking.resume_step)
            on = on * (1 - paused.astype(dtype))
        share = adherence
        if random_doses:
            share = (_draw_uniform(taking.key, progress.step, jnp, dtype) < adherence).astype(dtype)
        taken = on * share
        bolus = Bolus(*(channels[i] * taken for i in range(BOLUS_CHANNELS)))
        drive = Drive(*(channels[i] * on for i in range(BOLUS_CHANNELS, len(CHANNELS))))
        drive = drive._replace(calcium=channels[CHANNELS.index("calcium")] + 0 * on)
        state = _step_once(progress.state, lane, bolus, drive, step_days)
        return Progress(state, progress.step + 1, drive), None

    def solve(progress: Progress, lane: Lane, schedule: Any, adherence: Any, taking: Taking) -> Any:
        def run_block(progress: Progress, block: Any) -> tuple[Progress, Any]:
            progress, _ = jax.lax.scan(lambda p, x: advance(p, x, lane, taking), progress, block)
            return progress, jnp.stack(read_outcomes(progress.state, lane, progress.drive))

        return jax.lax.scan(run_block, progress, (schedule, adherence))

    return jax.jit(solve)
