"""What holds of every bank of virtual patients."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from osteon.population import address_stream, draw_virtual_patients, simulate_timetable, take_lanes
from osteon.remodeling import Covariates, load_parameter_set
from tests.verification.runs import lay_sequence

people = st.builds(
    Covariates,
    age_years=st.floats(50, 95),
    years_since_menopause=st.floats(0, 45),
    spine_bmd_ratio=st.floats(0.6, 1.4),
    hip_bmd_ratio=st.floats(0.6, 1.4),
)
names = st.text(max_size=12)
PLAN = "romosozumab for 3 months at 60% adherence, then denosumab for 9 months at 80% adherence"


def draw(person, patient="p", *, draws=2, per_draw=3, seed=1):
    return draw_virtual_patients(
        load_parameter_set(), person, draws=draws, per_draw=per_draw, seed=seed, patient=patient
    )


@given(st.integers(0, 2**32), names, names, st.integers(1, 20), st.integers(1, 20))
def test_a_stream_gives_the_same_numbers_however_many_are_asked_for(seed, patient, purpose, few, more):
    short = address_stream(seed, patient, purpose).random(few)
    assert np.array_equal(address_stream(seed, patient, purpose).random(few + more)[:few], short)


@given(st.integers(0, 2**32), st.tuples(names, names), st.tuples(names, names))
def test_two_addresses_are_two_streams(seed, one, other):
    alike = address_stream(seed, *one).random() == address_stream(seed, *other).random()
    assert alike == (one == other)


@settings(max_examples=12)
@given(people, names, st.integers(0, 1000))
def test_every_virtual_patient_is_possible(person, patient, seed):
    bank = draw(person, patient, seed=seed)
    for values in (*bank.lane, bank.site_response):
        assert np.isfinite(values).all()
        assert (np.asarray(values) > 0).all()
    assert ((bank.menopause >= 0) & (bank.menopause <= 1)).all()
    assert bank.draw.tolist() == [0, 0, 0, 1, 1, 1]


@settings(max_examples=12)
@given(people, st.integers(1, 4), st.integers(1, 4))
def test_more_parameter_draws_disturb_none_that_were_there(person, draws, more):
    small, large = draw(person, draws=draws), draw(person, draws=draws + more)
    kept = take_lanes(large, np.arange(len(small.keys)))
    assert np.array_equal(kept.keys, small.keys)
    assert np.array_equal(kept.site_response, small.site_response)
    assert all(np.array_equal(a, b) for a, b in zip(kept.lane, small.lane, strict=True))


@settings(max_examples=10)
@given(people, st.lists(st.integers(0, 19), min_size=1, max_size=20))
def test_any_choice_of_lanes_fares_as_it_does_among_all(person, chosen):
    bank, table = draw(person, draws=4, per_draw=5), lay_sequence(PLAN, 12)
    lanes = np.array(chosen)
    assert np.array_equal(
        simulate_timetable(take_lanes(bank, lanes), table), simulate_timetable(bank, table)[..., lanes]
    )


@settings(max_examples=10)
@given(people, st.lists(st.floats(0, 12), min_size=6, max_size=6))
def test_one_who_stops_does_not_touch_another(person, stops):
    bank, table = draw(person), lay_sequence(PLAN, 12)
    together = simulate_timetable(bank, table, stop_months=np.array(stops))
    for lane, stop in enumerate(stops):
        alone = simulate_timetable(take_lanes(bank, np.array([lane])), table, stop_months=np.array([stop]))
        assert np.array_equal(alone[..., 0], together[..., lane])
