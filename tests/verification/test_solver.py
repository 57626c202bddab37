"""Is the mathematics right? Order of convergence, an independent stiff solver, and rounding.

Seen at the default 30 steps a month, over 36 months and the eleven standard sequences, against LSODA on plain
floats (parameter set of 2026-11-22; percentage points of BMD, points of a marker, at month ends):

    who                                                BMD     markers
    the typical woman                                  0.007   0.05
    the worst of 256 drawn virtual patients            0.04    0.33
    the worst of 64 who are 3 SDs out in everything    0.09    0.40

Single against double precision over ten years: 0.007 points at most.
"""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from osteon.population import STEPS_PER_MONTH, draw_virtual_patients, simulate_timetable, take_lanes
from osteon.remodeling import (
    Bolus,
    Drive,
    Lane,
    State,
    add_doses,
    differentiate_state,
    load_parameter_set,
    read_outcomes,
    start_state,
)
from osteon.therapy import standard_sequences
from osteon.units import DAYS_PER_MONTH
from tests.verification.runs import (
    PLANS,
    WOMAN,
    extreme_persons,
    lay_sequence,
    solve_channels,
    typical_person,
)

MONTHS = 36
GRIDS = (15, 30, 60, 120)
FINEST = 480
BMD, MARKERS = slice(0, 3), slice(3, 5)
STANDARD = {standard.name: standard.sequence for standard in standard_sequences()}
AFTER_A_DRUG = ("romosozumab then denosumab", "teriparatide then denosumab")

# A tenth of the smallest least significant change of a DXA (2 %) is 0.2 points; the solver may use a quarter of that.
BMD_POINTS = 0.05
FLOOR = 0.0015
# A hundredth of a marker's within-person variation of 10 %, four times over: no marker can be read that closely.
MARKER_POINTS = 0.5


def read_errors():
    """Largest error over months by plan, in percentage points: (grids, outcomes)."""
    person = take_lanes(typical_person(), np.zeros(len(PLANS), dtype=int))

    def run(steps):
        return solve_channels(person, np.stack([plan.lay_out(steps) for plan in PLANS.values()], axis=-1))[1]

    finest = run(FINEST)
    found = np.array([100 * np.abs(run(steps) - finest).max(axis=0) for steps in GRIDS])
    return dict(zip(PLANS, np.moveaxis(found, -1, 0), strict=True))


@pytest.fixture(scope="module")
def errors():
    return read_errors()


@pytest.mark.parametrize("name", PLANS)
def test_bmd_converges_at_second_order(errors, name):
    # 1.6 to 2.4 and not 2: third-order terms of either sign have not died out at a day (seen: 1.64 to 2.17). Below
    # FLOOR the half step by which the very first denosumab may be off, and rounding, show. Where that dose follows
    # another drug the two errors may cancel, so that only the lower limit has a meaning.
    found = errors[name][:, BMD]
    order = np.log2(found[:-1] / found[1:])[found[:-1] > FLOOR]
    assert np.all(order > 1.6), order
    assert name in AFTER_A_DRUG or np.all(order < 2.4), order


@pytest.mark.parametrize("name", PLANS)
def test_the_error_falls_at_every_refinement(errors, name):
    assert np.all(np.diff(errors[name][:, BMD], axis=0) < 0)


@pytest.mark.parametrize("name", PLANS)
def test_the_default_step_is_fine_enough(errors, name):
    found = errors[name][GRIDS.index(STEPS_PER_MONTH)]
    assert np.all(found[BMD] < BMD_POINTS)
    assert np.all(found[MARKERS] < MARKER_POINTS)


def read_lane(patients, index):
    return Lane(*(float(x[index]) for x in patients.lane)), float(patients.menopause[index])


def read_months(table):
    """What is given at the start of each month and all through it; the table must not change within a month."""
    months = table.channels.reshape(MONTHS, STEPS_PER_MONTH, -1)
    assert not months[:, 1:, : len(Bolus._fields)].any()
    assert (months == months[:, :1]).all(axis=1)[:, len(Bolus._fields) :].all()
    return months[:, 0].tolist()


def integrate_stiffly(lane, menopause, months):
    """Integrate on plain floats by LSODA, from month to month; outcomes (months, 5)."""
    size = len(Bolus._fields)
    state, outcomes = start_state(lane, menopause), []
    for given in months:
        drive = Drive(*given[size:])
        begin = add_doses(State(*state), lane, Bolus(*given[:size]))

        def slope(_, y, drive=drive):
            return differentiate_state(State(*y.tolist()), lane, drive)

        ran = solve_ivp(slope, (0, DAYS_PER_MONTH), list(begin), method="LSODA", rtol=1e-10, atol=1e-12)
        state = ran.y[:, -1].tolist()
        outcomes.append(read_outcomes(State(*state), lane, drive))
    return np.array(outcomes)


def find_worst(patients, table):
    """Whose BMD the step of the engine moves most, by comparison with eight steps for one."""
    coarse = table.channels.reshape(MONTHS, STEPS_PER_MONTH, -1, 1)
    fine = np.repeat(coarse, 8, axis=1)
    fine[:, :, : len(Bolus._fields)] = 0
    fine[:, 0, : len(Bolus._fields)] = coarse[:, 0, : len(Bolus._fields)]
    moved = solve_channels(patients, coarse)[1] - solve_channels(patients, fine)[1]
    return int(np.abs(moved[:, BMD]).max(axis=(0, 1)).argmax())


def compare(patients, index, table):
    engine = solve_channels(
        take_lanes(patients, np.array([index])), table.channels.reshape(MONTHS, STEPS_PER_MONTH, -1, 1)
    )[1][:, :, 0]
    return 100 * np.abs(engine - integrate_stiffly(*read_lane(patients, index), read_months(table)))


@pytest.fixture(scope="module")
def drawn():
    return draw_virtual_patients(load_parameter_set(), WOMAN, draws=16, per_draw=16, seed=3, patient="solver")


def describe(error):
    return {"bmd": float(error[BMD].max()), "markers": float(error[MARKERS].max())}


@pytest.mark.parametrize("name", STANDARD)
def test_the_typical_woman_agrees_with_an_independent_stiff_solver(name):
    seen = describe(compare(typical_person(), 0, lay_sequence(STANDARD[name], MONTHS)).max(axis=0))
    assert seen["bmd"] < BMD_POINTS, seen
    assert seen["markers"] < MARKER_POINTS, seen


@pytest.mark.parametrize("name", STANDARD)
def test_the_worst_of_many_virtual_patients_agrees_with_it(name, drawn):
    table = lay_sequence(STANDARD[name], MONTHS)
    seen = describe(compare(drawn, find_worst(drawn, table), table).max(axis=0))
    assert seen["bmd"] < BMD_POINTS, seen
    assert seen["markers"] < 2 * MARKER_POINTS, seen


@pytest.mark.parametrize("name", STANDARD)
def test_the_worst_of_extreme_persons_still_agrees_within_a_tenth_of_what_a_scan_resolves(name):
    people, table = extreme_persons(), lay_sequence(STANDARD[name], MONTHS)
    seen = describe(compare(people, find_worst(people, table), table).max(axis=0))
    assert seen["bmd"] < 4 * BMD_POINTS, seen


@pytest.mark.parametrize("name", STANDARD)
def test_single_precision_is_enough_for_ten_years(name):
    table = lay_sequence(STANDARD[name], 120)
    single, double = (
        simulate_timetable(extreme_persons(), table, precision=precision)
        for precision in (np.float32, np.float64)
    )
    assert 100 * np.abs(single - double)[:, BMD].max() < BMD_POINTS


def test_a_coarse_solver_would_be_caught():
    # At four steps a month the same comparison fails: the limit is not one that anything passes.
    plan = PLANS["romosozumab then alendronate"]
    coarse, fine = (solve_channels(typical_person(), plan.lay_out(steps))[1] for steps in (4, 120))
    assert 100 * np.abs(coarse - fine)[:, BMD].max() > BMD_POINTS
