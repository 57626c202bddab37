"""What the verification tests share: subjects, schedules laid directly on any grid, and runs of the solver."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache

import numpy as np

from osteon.population import (
    STEPS_PER_MONTH,
    Progress,
    Taking,
    VirtualPatients,
    draw_virtual_patients,
    load_engine,
    make_solver,
    simulate_timetable,
    start_progress,
)
from osteon.remodeling import (
    CHANNELS,
    Covariates,
    Effects,
    Lane,
    Timetable,
    load_parameter_set,
    make_lane,
    tabulate_courses,
)
from osteon.therapy import Sequence, list_dose_courses, parse_sequence
from osteon.units import DAYS_PER_MONTH

NEVER = 10**8
WOMAN = Covariates(age_years=70.0, years_since_menopause=20.0)
SITES = ("lumbar_spine", "total_hip", "femoral_neck")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Doses at whole months and drives between whole months, laid on any grid without rounding.

    `doses` holds (channel, mg, months), `drives` (channel, level, first month, month of the end).
    """

    doses: tuple[tuple[str, float, tuple[int, ...]], ...] = ()
    drives: tuple[tuple[str, float, int, int], ...] = ()
    months: int = field(default=36)

    def lay_out(self, steps_per_month: int) -> np.ndarray:
        """Return (months, steps, channels)."""
        table = np.zeros((self.months, steps_per_month, len(CHANNELS)))
        for channel, amount, months in self.doses:
            table[list(months), 0, CHANNELS.index(channel)] = amount
        for channel, level, first, end in self.drives:
            table[first:end, :, CHANNELS.index(channel)] = level
        return table


PLANS = {
    "nothing": Plan(),
    "alendronate then off": Plan(drives=(("alendronate_mg_day", 10.0, 0, 24),)),
    "zoledronate": Plan(doses=(("zoledronate_mg", 5.0, (0, 12, 24)),)),
    "ibandronate": Plan(doses=(("ibandronate_mg", 3.0, tuple(range(0, 36, 3))),)),
    "raloxifene": Plan(drives=(("raloxifene", 1.0, 0, 30),)),
    "teriparatide then off": Plan(drives=(("teriparatide", 1.0, 0, 24),)),
    "romosozumab then off": Plan(doses=(("romosozumab_mg", 210.0, tuple(range(12))),)),
    "romosozumab then alendronate": Plan(
        doses=(("romosozumab_mg", 210.0, tuple(range(12))),), drives=(("alendronate_mg_day", 10.0, 12, 36),)
    ),
    "abaloparatide then alendronate": Plan(
        drives=(("abaloparatide", 1.0, 0, 18), ("alendronate_mg_day", 10.0, 18, 36))
    ),
    "denosumab then off": Plan(doses=(("denosumab_mg", 60.0, (0, 6, 12, 18)),)),
    "romosozumab then denosumab": Plan(
        doses=(("romosozumab_mg", 210.0, tuple(range(12))), ("denosumab_mg", 60.0, (12, 18, 24, 30)))
    ),
    "teriparatide then denosumab": Plan(
        doses=(("denosumab_mg", 60.0, (24, 30)),), drives=(("teriparatide", 1.0, 0, 24),)
    ),
}


@cache
def typical_person() -> VirtualPatients:
    """The typical woman of the stored parameter set: 70 years old, 20 past menopause, on the line at both sites."""
    return draw_virtual_patients(
        load_parameter_set(), WOMAN, draws=1, per_draw=1, seed=1, patient="typical", typical=True
    )


def make_patients(lane: Lane, menopause: np.ndarray) -> VirtualPatients:
    count = len(menopause)
    return VirtualPatients(
        lane=lane,
        menopause=menopause,
        keys=np.arange(count, dtype=np.uint32),
        draw=np.zeros(count, dtype=int),
        site_response=np.ones((3, count)),
    )


@cache
def extreme_persons(count: int = 64, deviations: float = 3.0) -> VirtualPatients:
    """Persons who lie `deviations` between-subject SDs out in every effect at once, up or down at random."""
    parameters = load_parameter_set()
    names = [f.name for f in fields(Effects)]
    signs = np.random.default_rng(5).choice([-1.0, 1.0], (count, len(names) + 1))
    sd = parameters.variability
    shocks = {name: deviations * signs[:, i] * sd.get(name, 0) for i, name in enumerate(names)}
    shared = deviations * signs[:, -1] * sd.get("turnover", 0)
    shocks["turnover_t"] = shocks["turnover_t"] + shared
    shocks["turnover_c"] = shocks["turnover_c"] + shared
    person = Covariates(
        age_years=np.linspace(50, 95, count),
        years_since_menopause=np.linspace(1, 45, count),
        spine_bmd_ratio=np.linspace(0.7, 1.3, count),
        hip_bmd_ratio=np.linspace(1.3, 0.7, count),
    )
    return make_patients(*make_lane(parameters.values, person, Effects(**shocks)))


def lay_sequence(sequence: str | Sequence, months: int, *, calcium: bool = True) -> Timetable:
    """A sequence on the engine's grid."""
    read = parse_sequence(sequence) if isinstance(sequence, str) else sequence
    return tabulate_courses(
        list_dose_courses(read),
        months=months,
        steps_per_month=STEPS_PER_MONTH,
        scale=load_parameter_set().values,
        calcium_from_day=0 if calcium else None,
    )


def follow_percent(sequence: str, months: int, *, calcium: bool = True) -> dict[str, np.ndarray]:
    """Percent change of each outcome of the typical person by month, in double precision."""
    ran = simulate_timetable(
        typical_person(), lay_sequence(sequence, months, calcium=calcium), precision=np.float64
    )
    return {name: 100 * (ran[:, row, 0] - 1) for row, name in enumerate((*SITES, "ctx", "p1np"))}


def make_taking(count: int) -> Taking:
    jnp = load_engine().numpy
    return Taking(jnp.zeros(count, jnp.uint32), jnp.full(count, NEVER, jnp.int32))


def begin(patients: VirtualPatients, precision=np.float64) -> tuple[Lane, Progress]:
    """The lanes as device arrays, and their untreated start."""
    jnp = load_engine().numpy
    lane = Lane(*(jnp.asarray(x, dtype=precision) for x in patients.lane))
    return lane, start_progress(lane, jnp.asarray(patients.menopause, dtype=precision), jnp)


def solve_channels(
    patients: VirtualPatients, channels: np.ndarray, precision=np.float64, progress: Progress | None = None
) -> tuple[Progress, np.ndarray]:
    """Run (months, steps, channels, 1 or N) through the solver; outcomes (months, 5, N) at month ends."""
    jnp = load_engine().numpy
    steps = channels.shape[1]
    solve = make_solver(step_days=DAYS_PER_MONTH / steps, random_doses=False)
    lane, start = begin(patients, precision)
    schedule = jnp.asarray(channels, dtype=precision)
    adherence = jnp.ones((*channels.shape[:2], 1), dtype=precision)
    taking = make_taking(len(patients.keys))
    done, outcomes = solve(progress or start, lane, schedule, adherence, taking)
    return done, np.asarray(outcomes)


def trace_states(patients: VirtualPatients, table: Timetable, precision=np.float64) -> np.ndarray:
    """Every state after every step: (steps, states, N)."""
    jax = load_engine()
    jnp = jax.numpy
    solve = make_solver(step_days=DAYS_PER_MONTH / table.steps_per_month, random_doses=False)
    lane, start = begin(patients, precision)
    taking = make_taking(len(patients.keys))
    one = jnp.ones((1, 1, 1), dtype=precision)

    def advance(progress, channels):
        progress, _ = solve(progress, lane, channels[None, None, :, None], one, taking)
        return progress, jnp.stack(progress.state)

    _, states = jax.lax.scan(advance, start, jnp.asarray(table.channels, dtype=precision))
    return np.asarray(states)
