"""Virtual patients: their streams have addresses, and nobody disturbs anybody."""

from dataclasses import replace

import numpy as np
import pytest

from osteon.population import (
    address_stream,
    draw_virtual_patients,
    join_virtual_patients,
    take_lanes,
)
from osteon.remodeling import Covariates, Lane, load_parameter_set

WOMAN = Covariates(age_years=68.0, years_since_menopause=17.0, spine_bmd_ratio=0.95)


def draw(patient="a", *, draws=4, per_draw=6, seed=1, parameters=None, **options):
    return draw_virtual_patients(
        parameters or load_parameter_set(),
        WOMAN,
        draws=draws,
        per_draw=per_draw,
        seed=seed,
        patient=patient,
        **options,
    )


def list_arrays(patients):
    return [*patients.lane, patients.menopause, patients.keys, patients.site_response]


def agree(one, two):
    return all(np.array_equal(a, b) for a, b in zip(list_arrays(one), list_arrays(two), strict=True))


def test_a_stream_is_its_address():
    assert address_stream(1, "a", "x").random(5).tolist() == address_stream(1, "a", "x").random(5).tolist()


@pytest.mark.parametrize(
    "other", [(2, "a", "x"), (1, "b", "x"), (1, "a", "y"), (1, "ax", ""), (11, "", "ax")]
)
def test_another_address_is_another_stream(other):
    assert not np.isin(address_stream(*other).random(50), address_stream(1, "a", "x").random(50)).any()


def test_parts_of_an_address_do_not_run_together():
    assert address_stream(1, "a", "bc").random() != address_stream(1, "ab", "c").random()
    assert address_stream(1, "2", "c").random() != address_stream(12, "", "c").random()


def test_the_same_patient_is_drawn_alike_whoever_was_drawn_before():
    first = draw("a")
    draw("b")
    assert agree(draw("a"), first)


def test_two_patients_share_parameter_draws_and_no_person():
    one, two = draw("a"), draw("b")
    shared = ("denosumab_hill", "young_mineral", "p1np_floor", "osteoclast_rate")
    for name in shared:
        assert np.array_equal(getattr(one.lane, name), getattr(two.lane, name))
    assert not np.isin(one.lane.turnover_t, two.lane.turnover_t).any()
    assert not np.isin(one.keys, two.keys).any()


def test_a_larger_bank_begins_with_the_smaller():
    small, large = draw(draws=4), draw(draws=7)
    assert agree(small, take_lanes(large, np.arange(len(small.keys))))


def test_another_seed_is_another_bank():
    assert not agree(draw(seed=1), draw(seed=2))


def test_lanes_of_one_draw_share_the_fitted_parameters_that_no_effect_moves():
    bank = draw()
    hill = np.asarray(bank.lane.denosumab_hill).reshape(4, 6)
    assert (hill == hill[:, :1]).all()
    assert len(np.unique(hill)) == 4
    assert bank.draw.tolist() == np.repeat(np.arange(4), 6).tolist()


def test_the_typical_person_has_no_departure():
    parameters = load_parameter_set()
    bank = draw(draws=2, per_draw=2, typical=True)
    assert all(len(np.unique(x)) == 1 for x in bank.lane)
    assert (bank.site_response == 1).all()
    assert bank.lane.osteoblast_days[0] == pytest.approx(parameters.values["osteoblast_days"])
    assert bank.lane.denosumab_kd[0] == pytest.approx(parameters.values["denosumab_kd"])


def test_the_spread_of_a_large_bank_is_that_of_the_set():
    parameters = load_parameter_set()
    still = replace(parameters, covariance=parameters.covariance * 0)
    bank = draw(draws=1, per_draw=4000, parameters=still)
    sd = parameters.variability
    # The SD of an SD over 4000 draws is 1.1 %; four of those.
    assert np.log(bank.lane.imbalance_t).std() == pytest.approx(sd["imbalance"], rel=0.045)
    assert np.log(bank.lane.denosumab_vmax).std() == pytest.approx(sd["clearance"], rel=0.045)
    assert np.log(bank.lane.turnover_t).std() == pytest.approx(sd["turnover"], rel=0.045)
    together = np.hypot(sd["turnover"], sd["turnover_c"])
    assert np.log(bank.lane.turnover_c).std() == pytest.approx(together, rel=0.045)


def test_a_site_departs_from_its_mixture_by_no_mean():
    parameters = load_parameter_set()
    response = draw(draws=1, per_draw=4000).site_response
    for row, site in enumerate(("lumbar_spine", "total_hip", "femoral_neck")):
        sd = parameters.variability[f"response_{site}"]
        # Four standard errors of a mean of 4000.
        assert response[row].mean() == pytest.approx(1, abs=4 * np.expm1(sd**2) ** 0.5 / 4000**0.5)


def test_the_parameter_draws_have_the_covariance_of_the_fit():
    parameters = load_parameter_set()
    bank = draw(draws=1500, per_draw=1)
    name = "denosumab_hill"
    index = parameters.fitted.index(name)
    # The SD of an SD over 1500 draws is 1.8 %; four of those.
    assert np.log(getattr(bank.lane, name)).std() == pytest.approx(
        parameters.covariance[index, index] ** 0.5, rel=0.075
    )


def test_joining_and_taking_are_inverse():
    one, two = draw("a"), draw("b")
    both = join_virtual_patients([one, two])
    size = len(one.keys)
    assert agree(take_lanes(both, np.arange(size)), one)
    assert agree(take_lanes(both, np.arange(size, 2 * size)), two)
    assert both.lane._fields == Lane._fields


def test_every_drawn_parameter_lies_in_its_range():
    bank, scales = draw(draws=64, per_draw=8), load_parameter_set().scales
    for name, values in bank.lane._asdict().items():
        assert (np.asarray(values) > 0).all(), name
        assert scales[name] == "log" or (np.asarray(values) < 1).all(), name
