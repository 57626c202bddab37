"""The equations on plain numbers: what can be worked out by hand, and any number type alike."""

import numpy as np
import pytest

from osteon.population import load_engine
from osteon.remodeling import (
    Bolus,
    Covariates,
    Drive,
    Effects,
    Lane,
    Outcomes,
    State,
    add_doses,
    differentiate_state,
    load_parameter_set,
    make_lane,
    read_outcomes,
    start_state,
)

NOTHING = Drive(*(0.0,) * len(Drive._fields))
ONE = dict.fromkeys(Lane._fields, 1.0)


@pytest.fixture(scope="module")
def lane() -> Lane:
    woman = Covariates(age_years=70.0, years_since_menopause=20.0)
    return Lane(*(float(x) for x in make_lane(load_parameter_set().values, woman, Effects())[0]))


def test_the_untreated_start_is_closed_form():
    start = start_state(
        Lane(**ONE | {"turnover_t": 0.1, "turnover_c": 0.3, "mineralization_rate": 0.3}), 0.25
    )
    assert (start.young_t, start.mature_t) == pytest.approx((0.25, 0.75))
    assert (start.young_c, start.mature_c) == pytest.approx((0.5, 0.5))
    assert start[:12] == (0,) * 12
    assert start.menopause == 0.25
    assert start.capacity == start.osteoclasts_t == start.osteoblasts_c == start.lining_pth == 1


@pytest.mark.parametrize("number", [float, np.float64, lambda x: np.array([x, x])])
def test_every_read_out_is_one_before_any_drug(lane, number):
    lanes = Lane(*(number(x) for x in lane))
    outcomes = read_outcomes(start_state(lanes, 0.1), lanes, NOTHING)
    for value in outcomes:
        assert value == pytest.approx(1, rel=1e-12)


def test_half_of_a_depot_is_gone_at_its_half_life(lane):
    start = add_doses(start_state(lane, 0.0), lane, Bolus(60.0, 0, 0, 0, 0, 0))
    assert start.denosumab_depot_mg == 60
    slope = differentiate_state(start, lane, NOTHING)
    assert slope.denosumab_depot_mg == -lane.denosumab_ka * 60
    assert slope.denosumab_ug_ml == pytest.approx(lane.denosumab_ka * 60 / lane.denosumab_volume_l)


def test_a_bisphosphonate_on_the_surface_shortens_the_life_of_osteoclasts(lane):
    start = start_state(lane, 0.0)
    slope = differentiate_state(start._replace(zoledronate_surface=2.0), lane, NOTHING)
    assert slope.osteoclasts_t == pytest.approx(-2 * lane.osteoclast_rate)
    assert slope.osteoclasts_c == pytest.approx(-2 * lane.osteoclast_rate * lane.bp_access_c)


@pytest.mark.parametrize(
    ("change", "name", "up"),
    [
        ({"denosumab_ug_ml": 5.0}, "osteoclasts_t", False),
        ({"romosozumab_ug_ml": 50.0}, "young_t", True),
        ({"romosozumab_ug_ml": 50.0}, "osteoclasts_t", False),
        ({"counter_regulation": 0.5}, "osteoclasts_t", True),
        ({"capacity": 1.5}, "osteoclasts_t", True),
        ({"osteomorphs": 1.1}, "osteoclasts_c", True),
        ({"induced_rankl": 0.5}, "osteoclasts_t", True),
        ({"osteoblasts_t": 1.3}, "young_t", True),
        ({"osteoclasts_c": 1.3}, "mature_c", False),
        ({"menopause": 1.0}, "mature_t", False),
    ],
)
def test_each_state_pushes_in_its_direction(lane, change, name, up):
    start = start_state(lane, 0.0)
    still = getattr(differentiate_state(start, lane, NOTHING), name)
    pushed = getattr(differentiate_state(start._replace(**change), lane, NOTHING), name)
    assert (pushed > still) is up


@pytest.mark.parametrize(
    ("drive", "outcome", "up"),
    [
        ({"calcium": 1.0}, "ctx", False),
        ({"teriparatide": 1.0}, "p1np", True),
        ({"abaloparatide": 1.0}, "p1np", True),
    ],
)
def test_each_drive_shows_at_once(lane, drive, outcome, up):
    start = start_state(lane, 0.0)
    assert (getattr(read_outcomes(start, lane, NOTHING._replace(**drive)), outcome) > 1) is up


def test_floats_arrays_and_the_engine_give_the_same_numbers(lane):
    jnp = load_engine().numpy
    state = start_state(lane, 0.1)._replace(denosumab_ug_ml=3.0, alendronate_surface=1.0, tolerance=0.2)
    drive = NOTHING._replace(teriparatide=1.0, calcium=1.0)
    plain = differentiate_state(state, lane, drive)
    for array in (np.array, jnp.array):
        many = [type(parts)(*(array([x, x]) for x in parts)) for parts in (state, lane, drive)]
        for found, expected in zip(differentiate_state(*many), plain, strict=True):
            # Powers differ in the last bits between libraries.
            assert np.asarray(found) == pytest.approx(expected, rel=1e-12, abs=1e-18)


def test_the_site_with_more_trabecular_bone_follows_it_more(lane):
    start = start_state(lane, 0.0)
    fuller = start._replace(mature_t=start.mature_t * 1.1)
    outcomes = read_outcomes(fuller, lane, NOTHING)
    assert outcomes.lumbar_spine > outcomes.total_hip > 1
    assert outcomes.lumbar_spine - 1 == pytest.approx(
        (outcomes.total_hip - 1) * lane.weight_lumbar_spine / lane.weight_total_hip
    )


def test_names_are_unique_and_in_one_order():
    for fields in (State._fields, Lane._fields, Outcomes._fields, (*Bolus._fields, *Drive._fields)):
        assert len(set(fields)) == len(fields)
