"""Many at once: virtual patients, variability, random streams, the batched solver and its executors."""

from osteon.population.branches import BranchedOutcomes, read_branch, simulate_branches
from osteon.population.engine import (
    CHUNK_LANES,
    STEPS_PER_MONTH,
    Executor,
    ThreadExecutor,
    load_engine,
    simulate_timetable,
)
from osteon.population.solver import Progress, Taking, make_solver, start_progress
from osteon.population.virtual import (
    DEPARTURES,
    VirtualPatients,
    address_stream,
    draw_parameters,
    draw_virtual_patients,
    join_virtual_patients,
    make_virtual_patients,
    take_lanes,
)

__all__ = [
    "CHUNK_LANES",
    "DEPARTURES",
    "STEPS_PER_MONTH",
    "BranchedOutcomes",
    "Executor",
    "Progress",
    "Taking",
    "ThreadExecutor",
    "VirtualPatients",
    "address_stream",
    "draw_parameters",
    "draw_virtual_patients",
    "join_virtual_patients",
    "load_engine",
    "make_solver",
    "make_virtual_patients",
    "read_branch",
    "simulate_branches",
    "simulate_timetable",
    "start_progress",
    "take_lanes",
]
