"""One call of the solver: what it takes, what it returns, and going on from where it stood."""

import numpy as np
import pytest

from osteon.population import Taking, load_engine, make_solver
from osteon.remodeling import CHANNELS, Drive, Outcomes, State
from tests.verification.runs import NEVER, PLANS, begin, solve_channels, typical_person

STEP_DAYS = 30.4375 / 30


def solve(channels, *, random_doses=False, adherence=1.0, key=0, stop=NEVER):
    jnp = load_engine().numpy
    lane, start = begin(typical_person())
    taking = Taking(jnp.array([key], jnp.uint32), jnp.array([stop], jnp.int32))
    shares = jnp.full((*channels.shape[:2], 1), adherence)
    run = make_solver(step_days=STEP_DAYS, random_doses=random_doses)
    return run(start, lane, jnp.asarray(channels), shares, taking)


def lay_out(name, months):
    return PLANS[name].lay_out(30)[:months, :, :, None]


def test_it_starts_untreated():
    _, progress = begin(typical_person())
    assert int(progress.step) == 0
    assert all(float(x[0]) == 0 for x in progress.drive)
    assert State._fields == progress.state._fields


def test_outcomes_stand_at_the_end_of_each_block():
    progress, outcomes = solve(lay_out("nothing", 4))
    assert outcomes.shape == (4, len(Outcomes._fields), 1)
    assert int(progress.step) == 4 * 30
    assert Drive._fields == progress.drive._fields


@pytest.mark.parametrize("name", PLANS)
def test_going_on_is_the_same_as_never_having_stopped(name):
    channels = lay_out(name, 36)
    _, whole = solve_channels(typical_person(), channels)
    half, first = solve_channels(typical_person(), channels[:18])
    _, second = solve_channels(typical_person(), channels[18:], progress=half)
    assert np.array_equal(np.concatenate([first, second]), whole)


@pytest.mark.parametrize("name", ["denosumab then off", "romosozumab then alendronate"])
def test_how_steps_are_grouped_into_blocks_does_not_matter(name):
    channels = lay_out(name, 12)
    _, monthly = solve(channels)
    _, weekly = solve(channels.reshape(12 * 6, 5, len(CHANNELS), 1))
    assert np.array_equal(np.asarray(weekly)[5::6], np.asarray(monthly))


def test_an_expected_dose_is_shrunk_and_a_drawn_one_is_all_or_nothing():
    channels = np.zeros((1, 1, len(CHANNELS), 1))
    channels[0, 0, CHANNELS.index("denosumab_mg")] = 60
    untaken = float(solve(channels, random_doses=True, adherence=0.0)[0].state.denosumab_depot_mg[0])
    whole = float(solve(channels)[0].state.denosumab_depot_mg[0])
    shrunk = float(solve(channels, adherence=0.25)[0].state.denosumab_depot_mg[0])
    passed = 0.17 * STEP_DAYS
    # The midpoint rule's exponential; the absorption rate of denosumab is not fitted.
    assert whole == pytest.approx(60 * (1 - passed + passed**2 / 2), rel=1e-12)
    assert untaken == 0
    assert shrunk == pytest.approx(whole / 4)
    drawn = {
        float(solve(channels, random_doses=True, adherence=0.5, key=key)[0].state.denosumab_depot_mg[0])
        for key in range(40)
    }
    assert drawn == {0.0, whole}


def test_nothing_is_taken_from_the_step_of_the_stop():
    channels = np.zeros((1, 4, len(CHANNELS), 1))
    channels[:, :, CHANNELS.index("alendronate_mg_day")] = 10
    surfaces = [float(solve(channels, stop=stop)[0].state.alendronate_surface[0]) for stop in range(6)]
    assert surfaces[0] == 0
    assert surfaces[:5] == sorted(set(surfaces[:5]))
    assert surfaces[4] == surfaces[5]


def test_a_compiled_solver_is_kept():
    assert make_solver(step_days=STEP_DAYS, random_doses=False) is make_solver(
        step_days=STEP_DAYS, random_doses=False
    )
