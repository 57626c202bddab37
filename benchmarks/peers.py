"""The engine beside scipy's LSODA, on the same equations, patients and doses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.integrate import solve_ivp

from benchmarks.commands import PATIENT, SEQUENCE
from benchmarks.timing import Timing, repeat_timing
from osteon.inference import BankSettings, lay_out_sequence, prepare_patient
from osteon.interop import read_patient_file
from osteon.population import STEPS_PER_MONTH, simulate_timetable, take_lanes
from osteon.remodeling import (
    Bolus,
    Drive,
    Lane,
    Outcomes,
    State,
    Timetable,
    add_doses,
    differentiate_state,
    read_outcomes,
    start_state,
)
from osteon.therapy import parse_sequence
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from osteon.population import VirtualPatients

MONTHS = 120
MANY, FEW = 4096, 3
RELATIVE_TOLERANCE = 1e-6
_STEP_DAYS = DAYS_PER_MONTH / STEPS_PER_MONTH


def time_engine_and_peer(repeats: int) -> list[Timing]:
    """Time a decade of one patient: by the engine in a crowd and alone, and by LSODA."""
    bank = prepare_patient(read_patient_file(PATIENT), settings=BankSettings(draws=32, per_draw=MANY // 32))
    table, _ = lay_out_sequence(bank.parameters, parse_sequence(SEQUENCE), None, MONTHS)
    one = take_lanes(bank.virtual, np.arange(1))
    simulate_timetable(one, table)
    crowd = repeat_timing(
        f"engine, one of {MANY} patients, a decade",
        lambda: simulate_timetable(bank.virtual, table),
        repeats=repeats,
        scale=10**3 / MANY,
        unit="ms",
    )
    alone = repeat_timing(
        "engine, one patient alone, a decade",
        lambda: simulate_timetable(one, table),
        repeats=repeats,
        scale=10**3,
        unit="ms",
    )
    peer = repeat_timing(
        "scipy LSODA, one patient, a decade",
        lambda: [solve_with_lsoda(bank.virtual, index, table) for index in range(FEW)],
        repeats=1,
        scale=10**3 / FEW,
        unit="ms",
    )
    return [
        crowd,
        _compare(alone, crowd),
        replace(_compare(peer, crowd), note=_say_difference(bank.virtual, table)),
    ]


def _compare(timing: Timing, engine: Timing) -> Timing:
    return replace(timing, ratio_to_engine=timing.best / engine.best)


def _say_difference(patients: VirtualPatients, table: Timetable) -> str:
    """Say how far both are apart: a peer that solved something else would not be one."""
    ours = simulate_timetable(take_lanes(patients, np.arange(FEW)), table)
    theirs = np.stack([solve_with_lsoda(patients, index, table) for index in range(FEW)], axis=-1)
    apart = float(np.abs(ours[:, :3] / theirs[:, :3] - 1).max())
    return f"relative tolerance {RELATIVE_TOLERANCE:g}; BMD of both apart by at most {100 * apart:.3f} %"


def solve_with_lsoda(patients: VirtualPatients, index: int, table: Timetable) -> np.ndarray:
    """Solve one virtual patient with LSODA, started again at every dose; returns (months + 1, outcomes)."""
    lane = Lane(*(float(np.broadcast_to(column, patients.keys.shape)[index]) for column in patients.lane))
    state = start_state(lane, float(patients.menopause[index]))
    outcomes = [np.ones(len(Outcomes._fields))]
    for month in range(MONTHS):
        rows = table.channels[month * STEPS_PER_MONTH : (month + 1) * STEPS_PER_MONTH]
        state, drive = _solve_month(state, lane, rows)
        outcomes.append(np.array(read_outcomes(state, lane, drive)))
    return np.array(outcomes)


def _solve_month(state: State, lane: Lane, rows: np.ndarray) -> tuple[State, Drive]:
    doses, drives = rows[:, : len(Bolus._fields)], rows[:, len(Bolus._fields) :]
    changes = np.asarray(doses.any(axis=1))
    changes[1:] |= np.asarray((drives[1:] != drives[:-1]).any(axis=1))
    changes[0] = True
    starts = np.flatnonzero(changes)
    for start, stop in zip(starts, [*starts[1:], len(rows)], strict=True):
        state = add_doses(state, lane, Bolus(*map(float, doses[start])))
        state = _solve_stretch(state, lane, Drive(*map(float, drives[start])), (stop - start) * _STEP_DAYS)
    return state, Drive(*map(float, drives[-1]))


def _solve_stretch(state: State, lane: Lane, drive: Drive, days: float) -> State:
    solved = solve_ivp(
        lambda _, values: differentiate_state(State(*values), lane, drive),
        (0.0, days),
        list(state),
        method="LSODA",
        rtol=RELATIVE_TOLERANCE,
        atol=RELATIVE_TOLERANCE**2,
        t_eval=[days],
    )
    return State(*solved.y[:, -1])
