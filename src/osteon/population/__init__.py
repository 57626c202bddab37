"""Many at once: virtual patients, variability, random streams, the batched solver and its executors."""

from osteon.population.engine import (
    STEPS_PER_MONTH,
    Executor,
    ThreadExecutor,
    load_engine,
    simulate_timetable,
)
from osteon.population.solver import Progress, Taking, make_solver, start_progress
from osteon.population.virtual import (
    VirtualPatients,
    address_stream,
    draw_virtual_patients,
    join_virtual_patients,
    take_lanes,
)

__all__ = [
    "STEPS_PER_MONTH",
    "Executor",
    "Progress",
    "Taking",
    "ThreadExecutor",
    "VirtualPatients",
    "address_stream",
    "draw_virtual_patients",
    "join_virtual_patients",
    "load_engine",
    "make_solver",
    "simulate_timetable",
    "start_progress",
    "take_lanes",
]
