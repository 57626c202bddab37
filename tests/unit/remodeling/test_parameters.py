"""Parameter sets, the unbounded scale, and the lane that covariates and effects make."""

import json
from dataclasses import fields, replace

import numpy as np
import pytest

from osteon.errors import OsteonError
from osteon.evidence import load_references
from osteon.remodeling import (
    Covariates,
    Effects,
    Lane,
    free_values,
    list_parameter_sets,
    load_parameter_set,
    make_lane,
    map_from_line,
    map_to_line,
    write_parameter_set,
)
from osteon.remodeling.parameters import ParameterSet

WOMAN = Covariates(age_years=70.0, years_since_menopause=20.0)
NOBODY = Effects()


@pytest.fixture(scope="module")
def stored() -> ParameterSet:
    return load_parameter_set()


def build(stored, person=WOMAN, effects=NOBODY):
    lane, menopause = make_lane(stored.values, person, effects)
    return Lane(*(float(x) for x in lane)), float(menopause)


def list_changed(before, after):
    return {name for name in Lane._fields if getattr(before, name) != getattr(after, name)}


@pytest.mark.parametrize(
    ("value", "scale"),
    [(1e-6, "log"), (0.3, "log"), (250.0, "log"), (1e-4, "logit"), (0.5, "logit"), (0.999, "logit")],
)
def test_the_unbounded_scale_inverts(value, scale):
    # Two logarithms in double precision.
    assert map_from_line(map_to_line(value, scale), scale) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("line", [-30.0, 0.0, 30.0])
def test_any_line_gives_a_value_in_its_range(line):
    assert map_from_line(line, "log") > 0
    assert 0 < map_from_line(line, "logit") < 1


def test_no_line_gives_back_the_stored_values(stored):
    lines = np.array([map_to_line(stored.values[name], stored.scales[name]) for name in stored.fitted])
    assert free_values(stored, lines) == pytest.approx(dict(stored.values), rel=1e-12)


def test_lines_move_only_what_was_fitted(stored):
    lines = np.array([map_to_line(stored.values[name], stored.scales[name]) for name in stored.fitted]) + 0.1
    moved = free_values(stored, lines)
    assert {name for name in moved if moved[name] != stored.values[name]} == set(stored.fitted)


def test_a_stored_set_is_whole(stored):
    assert set(Lane._fields) <= set(stored.values)
    assert set(stored.scales) == set(stored.values)
    assert set(stored.scales.values()) <= {"linear", "log", "logit"}
    assert set(stored.fitted) <= set(stored.values)
    size = len(stored.fitted)
    assert stored.covariance.shape == (size, size)
    assert np.array_equal(stored.covariance, stored.covariance.T) or np.allclose(
        stored.covariance, stored.covariance.T, rtol=1e-9, atol=1e-12
    )
    # Rounding of an inverse may leave an eigenvalue a little below zero, never more.
    values = np.linalg.eigvalsh(stored.covariance)
    assert values.min() > -1e-9 * values.max()
    assert set(stored.sources) <= set(load_references())


def test_every_value_lies_in_the_range_of_its_scale(stored):
    for name, value in stored.values.items():
        if stored.scales[name] == "logit":
            assert 0 < value < 1, name


def test_sets_are_listed_and_the_newest_is_the_usual_one(stored):
    assert stored.name == list_parameter_sets()[-1]
    assert load_parameter_set(stored.name).values == stored.values


def test_an_unknown_set_is_refused_in_five_parts():
    with pytest.raises(OsteonError) as caught:
        load_parameter_set("1999-01-01")
    problem = caught.value.as_problem()
    assert problem["code"] == "parameters.unknown"
    assert problem["got"] == "1999-01-01"
    assert all(problem.values())


def test_a_set_that_is_written_reads_back_to_the_last_digit(stored, tmp_path):
    path = write_parameter_set(replace(stored, name="copy"), tmp_path)
    assert path.name == "copy.json"
    read = json.loads(path.read_text(encoding="utf-8"))
    assert read["values"] == stored.values
    assert read["variability"] == stored.variability
    assert np.array_equal(read["covariance"], stored.covariance)
    assert tuple(read["fitted"]) == stored.fitted


def test_the_nominal_person_has_the_stored_values(stored):
    nominal = Covariates(age_years=stored.values["nominal_age_years"], years_since_menopause=20.0)
    lane, menopause = build(stored, nominal)
    assert lane._asdict() == pytest.approx({name: stored.values[name] for name in Lane._fields})
    assert menopause == pytest.approx(np.exp(-20 * 365.25 / stored.values["menopause_days"]))


def sign(value):
    return 1 if value > 0 else -1


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        (
            {"spine_bmd_ratio": 0.9},
            {"turnover_t": "turnover_spine_exponent", "imbalance_t": "-imbalance_bmd_exponent"},
        ),
        (
            {"spine_bmd_ratio": 1.1},
            {"turnover_t": "-turnover_spine_exponent", "imbalance_t": "imbalance_bmd_exponent"},
        ),
        (
            {"hip_bmd_ratio": 0.9},
            {"turnover_c": "turnover_hip_exponent", "imbalance_c": "-imbalance_bmd_exponent"},
        ),
        (
            {"hip_bmd_ratio": 1.1},
            {"turnover_c": "-turnover_hip_exponent", "imbalance_c": "imbalance_bmd_exponent"},
        ),
        (
            {"age_years": 85.0},
            {
                "imbalance_t": "imbalance_age_slope",
                "imbalance_c": "imbalance_age_slope",
                "spine_wear_rate": "spine_wear_age_slope",
            },
        ),
    ],
)
def test_a_covariate_moves_what_it_speaks_of_in_its_direction(stored, change, moved):
    before, _ = build(stored)
    after, _ = build(stored, replace(WOMAN, **change))
    assert list_changed(before, after) == set(moved)
    for name, by in moved.items():
        direction = sign(stored.values[by.removeprefix("-")]) * (-1 if by.startswith("-") else 1)
        assert sign(getattr(after, name) - getattr(before, name)) == direction


def test_an_older_set_speaks_with_the_newer_parts_switched_off():
    old = load_parameter_set("2026-11-22")
    assert old.values["bp_capacity"] == old.values["spine_wear_rate"] == 0
    assert old.values["ctx_exponent"] == old.values["p1np_exponent"] == 1
    assert old.values["turnover_hip_exponent"] == old.values["turnover_spine_exponent"] > 0
    assert all(np.isfinite(x) for x in build(old)[0])


def test_time_since_menopause_moves_only_what_is_left_of_it(stored):
    (early, much), (late, little) = (
        build(stored, replace(WOMAN, years_since_menopause=years)) for years in (1.0, 30.0)
    )
    assert early == late
    assert 0 < little < much < 1


@pytest.mark.parametrize("name", [f.name for f in fields(Effects)])
def test_an_effect_of_zero_does_nothing_and_any_other_does_something(stored, name):
    plain, _ = build(stored)
    assert build(stored, effects=Effects(**{name: 0.0}))[0] == plain
    assert list_changed(plain, build(stored, effects=Effects(**{name: 0.5}))[0])


@pytest.mark.parametrize(
    ("name", "up", "down"),
    [
        ("turnover_t", {"turnover_t"}, set()),
        ("turnover_c", {"turnover_c"}, set()),
        ("imbalance", {"imbalance_t", "imbalance_c"}, set()),
        (
            "sensitivity",
            {f"{drug}_potency" for drug in ("alendronate", "risedronate", "ibandronate", "zoledronate")},
            {"denosumab_kd"},
        ),
        (
            "formation",
            {f"{drug}_formation" for drug in ("romosozumab", "teriparatide", "abaloparatide")},
            set(),
        ),
        (
            "retention",
            set(),
            {f"{drug}_ks" for drug in ("alendronate", "risedronate", "ibandronate", "zoledronate")},
        ),
        ("coupling_days", {"osteoblast_days"}, set()),
        ("clearance", {"denosumab_vmax", "romosozumab_kel"}, set()),
    ],
)
def test_an_effect_moves_what_its_name_says(stored, name, up, down):
    before, _ = build(stored)
    after, _ = build(stored, effects=Effects(**{name: 0.3}))
    assert {n for n in Lane._fields if getattr(after, n) > getattr(before, n)} == up
    assert {n for n in Lane._fields if getattr(after, n) < getattr(before, n)} == down
    for moved in up:
        assert getattr(after, moved) / getattr(before, moved) == pytest.approx(np.exp(0.3))


def test_a_lane_of_many_is_each_of_them_alone(stored):
    many = Covariates(
        age_years=np.array([60.0, 80.0]),
        years_since_menopause=np.array([8.0, 30.0]),
        spine_bmd_ratio=np.array([0.9, 1.2]),
        hip_bmd_ratio=np.array([1.1, 0.8]),
    )
    lane, menopause = make_lane(stored.values, many, NOBODY)
    for index in range(2):
        alone = Covariates(**{f.name: float(getattr(many, f.name)[index]) for f in fields(Covariates)})
        one, left = build(stored, alone)
        assert [float(np.broadcast_to(x, 2)[index]) for x in lane] == list(one)
        assert menopause[index] == left
