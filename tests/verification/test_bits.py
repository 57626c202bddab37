"""What must agree to the last bit: no dose and untreated, two halves and the whole, alone and in any company."""

from dataclasses import replace

import numpy as np
import pytest

from osteon.population import (
    ThreadExecutor,
    draw_virtual_patients,
    join_virtual_patients,
    simulate_timetable,
    take_lanes,
)
from osteon.remodeling import CHANNELS, Bolus, load_parameter_set
from osteon.therapy import Sequence, parse_sequence
from tests.verification.runs import WOMAN, extreme_persons, lay_sequence, typical_person

MONTHS = 30
PLANS = (
    "denosumab for 24 months",
    "romosozumab for 12 months, then alendronate for 18 months",
    "teriparatide for 18 months, then zoledronate for 12 months",
    "raloxifene and ibandronate 3 mg intravenous every 3 months for 24 months",
)
IRREGULAR = "romosozumab for 12 months at 70% adherence, then denosumab for 18 months at 60% adherence"


def weaken(text, adherence):
    plan = parse_sequence(text)
    return Sequence(regimens=tuple(replace(regimen, adherence=adherence) for regimen in plan.regimens))


@pytest.fixture(scope="module")
def bank():
    """258 different virtual patients: two more than the lanes of a chunk."""
    return draw_virtual_patients(load_parameter_set(), WOMAN, draws=6, per_draw=43, seed=2, patient="bits")


@pytest.fixture(scope="module")
def untreated():
    return simulate_timetable(extreme_persons(), lay_sequence("no drug for 30 months", MONTHS))


@pytest.fixture(scope="module")
def irregular(bank):
    return simulate_timetable(bank, lay_sequence(IRREGULAR, MONTHS))


@pytest.mark.parametrize("text", PLANS)
def test_doses_of_nothing_equal_no_drug(text, untreated):
    table = lay_sequence(text, MONTHS)
    table.channels[:, : CHANNELS.index("calcium")] = 0
    assert np.array_equal(simulate_timetable(extreme_persons(), table), untreated)


@pytest.mark.parametrize("text", PLANS)
def test_no_adherence_equals_no_drug(text, untreated):
    assert np.array_equal(
        simulate_timetable(extreme_persons(), lay_sequence(weaken(text, 0.0), MONTHS)), untreated
    )


@pytest.mark.parametrize("text", PLANS)
def test_stopping_at_the_start_equals_no_drug(text, untreated):
    stops = np.zeros(len(extreme_persons().keys))
    stopped = simulate_timetable(extreme_persons(), lay_sequence(text, MONTHS), stop_months=stops)
    assert np.array_equal(stopped, untreated)


@pytest.mark.parametrize("text", PLANS)
def test_stopping_after_the_end_changes_nothing(text):
    table = lay_sequence(text, MONTHS)
    stops = np.full(len(extreme_persons().keys), MONTHS)
    kept = simulate_timetable(extreme_persons(), table)
    assert np.array_equal(simulate_timetable(extreme_persons(), table, stop_months=stops), kept)


@pytest.mark.parametrize("drug", ["denosumab", "romosozumab", "alendronate", "teriparatide", "zoledronate"])
def test_a_stop_is_the_same_as_a_shorter_regimen(drug):
    people = extreme_persons()
    stops = np.full(len(people.keys), 12.0)
    stopped = simulate_timetable(people, lay_sequence(f"{drug} for 24 months", MONTHS), stop_months=stops)
    shorter = simulate_timetable(people, lay_sequence(f"{drug} for 12 months", MONTHS))
    assert np.array_equal(stopped, shorter)


@pytest.mark.parametrize(
    ("whole", "halves"),
    [
        ("denosumab for 24 months", "denosumab for 12 months, then denosumab for 12 months"),
        ("romosozumab for 12 months", "romosozumab for 5 months, then romosozumab for 7 months"),
        ("alendronate for 25 months", "alendronate for 11.3 months, then alendronate for 13.7 months"),
        ("teriparatide for 24 months", "teriparatide for 0.5 months, then teriparatide for 23.5 months"),
        ("zoledronate for 24 months", "zoledronate for 12 months, then zoledronate for 12 months"),
        ("no drug for 30 months", "no drug for 7 months, then no drug for 23 months"),
        (
            "denosumab for 24 months at 50% adherence",
            "denosumab for 18 months at 50% adherence, then denosumab for 6 months at 50% adherence",
        ),
    ],
)
def test_a_regimen_in_two_parts_equals_the_whole(whole, halves):
    one, two = (simulate_timetable(extreme_persons(), lay_sequence(text, MONTHS)) for text in (whole, halves))
    assert np.array_equal(one, two)


@pytest.mark.parametrize("lane", [0, 1, 100, 255, 256, 257])
def test_a_patient_alone_equals_herself_in_company(bank, irregular, lane):
    alone = simulate_timetable(take_lanes(bank, np.array([lane])), lay_sequence(IRREGULAR, MONTHS))
    assert np.array_equal(alone[..., 0], irregular[..., lane])


@pytest.mark.parametrize("count", [1, 127, 128, 129, 255, 256, 257])
def test_the_size_of_the_batch_does_not_matter(bank, irregular, count):
    part = simulate_timetable(take_lanes(bank, np.arange(count)), lay_sequence(IRREGULAR, MONTHS))
    assert np.array_equal(part, irregular[..., :count])


def test_the_place_in_the_batch_does_not_matter(bank, irregular):
    order = np.random.default_rng(3).permutation(len(bank.keys))
    mixed = simulate_timetable(take_lanes(bank, order), lay_sequence(IRREGULAR, MONTHS))
    assert np.array_equal(mixed, irregular[..., order])


def test_strangers_in_the_batch_do_not_matter(bank, irregular):
    both = join_virtual_patients([extreme_persons(), bank])
    ran = simulate_timetable(both, lay_sequence(IRREGULAR, MONTHS))
    assert np.array_equal(ran[..., len(extreme_persons().keys) :], irregular)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_number_of_threads_does_not_matter(bank, irregular, threads):
    ran = simulate_timetable(bank, lay_sequence(IRREGULAR, MONTHS), executor=ThreadExecutor(threads))
    assert np.array_equal(ran, irregular)


def test_an_executor_that_runs_last_things_first_changes_nothing(bank, irregular):
    class Backwards:
        def map(self, function, items):
            return reversed([function(item) for item in reversed(list(items))])

    ran = simulate_timetable(bank, lay_sequence(IRREGULAR, MONTHS), executor=Backwards())
    assert np.array_equal(ran, irregular)


@pytest.mark.parametrize("months", [1, 11, 12, 13, 24])
def test_a_longer_horizon_changes_nothing_before_it(months):
    long = simulate_timetable(typical_person(), lay_sequence(PLANS[0], MONTHS))
    short = simulate_timetable(typical_person(), lay_sequence(PLANS[0], months))
    assert np.array_equal(short, long[: months + 1])


def test_boluses_stand_before_drives_in_a_timetable():
    # The solver splits a row of the timetable at this place.
    assert CHANNELS[: len(Bolus._fields)] == Bolus._fields
