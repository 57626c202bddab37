"""The equations of Jörg and colleagues: what their specification prints, and what can be worked out by hand."""

import numpy as np
import pytest

from osteon.remodeling import (
    JoergCourse,
    JoergDose,
    JoergState,
    add_joerg_dose,
    age_joerg,
    differentiate_joerg,
    follow_joerg,
    load_joerg_parameters,
    read_estrogen,
    read_joerg_outcomes,
    rest_joerg,
)

P = load_joerg_parameters()
NOTHING = JoergDose()
YEAR = 365.25


@pytest.mark.parametrize(
    ("name", "printed", "digits"),
    [
        ("preosteoblasts", 215.9, 1),
        ("osteoblasts", 107.5, 1),
        ("osteocytes", 612.4, 1),
        ("preosteoclasts", 1724, 0),
        ("osteoclasts", 41.99, 2),
        ("sclerostin", 11093, 0),
    ],
)
def test_the_rest_before_menopause_is_the_printed_one(name, printed, digits):
    assert round(getattr(rest_joerg(P), name), digits) == printed


def test_bone_falls_by_the_printed_share_before_menopause():
    slope = differentiate_joerg(rest_joerg(P), P, NOTHING, 1.0).density
    assert 100 * YEAR * slope == pytest.approx(-0.156, abs=0.0005)


def test_every_cell_rests_in_the_closed_form():
    start = rest_joerg(P)
    slopes = differentiate_joerg(start, P, NOTHING, 1.0)._replace(density=0.0)
    for name, slope in slopes._asdict().items():
        assert slope == pytest.approx(0, abs=1e-12), name


@pytest.mark.parametrize(
    ("age", "expected"), [(20.0, 1), (50.0, 1), (52.6, 1 / 2), (55.2, 1 / 3), (76.0, 1 / 11)]
)
def test_estrogen_halves_in_its_decline(age, expected):
    assert read_estrogen(age, P) == pytest.approx(expected)


@pytest.mark.parametrize("number", [float, np.float64, lambda x: np.array([x, x])])
def test_the_equations_take_any_number(number):
    parameters = P._make(number(x) for x in P)
    dosed = add_joerg_dose(rest_joerg(parameters), parameters, JoergDose(denosumab_mg=60.0))
    slope = differentiate_joerg(dosed, parameters, NOTHING, number(0.3))
    plain = differentiate_joerg(
        add_joerg_dose(rest_joerg(P), P, JoergDose(denosumab_mg=60.0)), P, NOTHING, 0.3
    )
    for mine, other in zip(slope, plain, strict=True):
        assert mine == pytest.approx(other, rel=1e-12)


def test_a_dose_is_half_gone_at_its_half_life():
    dosed = add_joerg_dose(
        rest_joerg(P), P, JoergDose(alendronate_mg=70, denosumab_mg=60, teriparatide_ug=20, antibody_mg=210)
    )
    slope = differentiate_joerg(dosed, P, NOTHING, 1.0)
    for drug in ("alendronate", "denosumab", "teriparatide", "antibody"):
        rate = -getattr(slope, drug) / getattr(dosed, drug)
        assert 2 ** -(rate * getattr(P, f"{drug}_half_life") / np.log(2)) == pytest.approx(0.5), drug


def test_a_steady_rate_settles_where_loss_equals_gain():
    rate = JoergDose(teriparatide_ug=20.0)
    level = P.teriparatide_potency * 20 * P.teriparatide_half_life / np.log(2)
    slope = differentiate_joerg(rest_joerg(P)._replace(teriparatide=level), P, rate, 1.0)
    assert slope.teriparatide == pytest.approx(0, abs=1e-12)


def test_bone_is_lost_faster_after_menopause_and_slower_later():
    ages = np.array([45.0, 49.0, 52.0, 58.0, 70.0, 80.0])
    bone = [read_joerg_outcomes(age_joerg(P, age), P).total_hip for age in ages]
    before, _, early, _, late = np.diff(bone) / np.diff(ages)
    assert early < late < before < 0


def test_a_course_begins_at_one_and_without_a_drug_is_aging():
    found = follow_joerg(P, 65.0, JoergCourse(), [0.0, 5 * YEAR])
    aged = [read_joerg_outcomes(age_joerg(P, age), P) for age in (65.0, 70.0)]
    assert [value[0] for value in found] == [1, 1, 1]
    assert [value[1] for value in found] == pytest.approx(
        [late / early for early, late in zip(*aged, strict=True)], rel=1e-6
    )


def test_what_is_read_does_not_depend_on_what_else_is_read():
    course = JoergCourse(
        doses=((0.0, JoergDose(denosumab_mg=60.0)), (180.0, JoergDose(denosumab_mg=60.0))),
        rates=((200.0, 300.0, JoergDose(teriparatide_ug=20.0)),),
    )
    few = follow_joerg(P, 65.0, course, [180.0, 365.0])
    many = follow_joerg(P, 65.0, course, np.arange(366.0))
    for name in few._fields:
        assert getattr(few, name) == pytest.approx(getattr(many, name)[[180, 365]], rel=1e-5), name


def test_the_changes_of_a_course_are_its_doses_and_the_ends_of_its_rates():
    course = JoergCourse(
        doses=((0.0, NOTHING), (30.0, NOTHING), (400.0, NOTHING)), rates=((10.0, 50.0, NOTHING),)
    )
    assert course.list_changes(100.0) == [0, 10, 30, 50, 100]


def test_what_density_gains_is_formation_less_resorption():
    course = JoergCourse(doses=((0.0, JoergDose(antibody_mg=210.0)),))
    days = np.linspace(0.0, 90.0, 901)
    found = follow_joerg(P, 65.0, course, days)
    start = age_joerg(P, 65.0)
    coupled = 1 + P.formation_coupling * start.osteoclasts / (start.osteoclasts + P.formation_half)
    formed = P.formation_rate * coupled * start.osteoblasts / (1 + start.sclerostin / P.formation_sclerostin)
    formation = formed * found.p1np ** (1 / P.p1np_exponent)
    resorption = P.resorption_rate * start.osteoclasts * found.ctx ** (1 / P.ctx_exponent)
    gained = np.trapezoid(formation - resorption, days)
    # Mineral does not move without denosumab, so the change of BMD is that of density.
    assert start.density * (found.total_hip[-1] - 1) == pytest.approx(gained, rel=1e-3)


def test_a_state_has_nine_quantities_and_four_drugs():
    drugs = ("alendronate", "denosumab", "teriparatide", "antibody")
    assert JoergState._fields[9:] == drugs
