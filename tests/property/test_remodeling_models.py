"""What holds of every model of remodeling that arms can be put to, and of the equations of the published one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteon.remodeling import (
    Covariates,
    JoergDose,
    JoergModel,
    JoergState,
    differentiate_joerg,
    load_joerg_parameters,
    read_joerg_outcomes,
)
from osteon.therapy import parse_sequence
from osteon.trials import TypicalModel

P = load_joerg_parameters()
# The adaptive solver restarts at another day when a course is cut, the fixed step does not.
SOLVER = 1e-5
MODELS = pytest.mark.parametrize("model", [TypicalModel(), JoergModel()], ids=["osteon", "joerg"])
MONTHS = np.array([0.0, 6.0, 12.0, 18.5, 24.0])

regimens = st.sampled_from(
    [
        "alendronate for 12 months",
        "denosumab for 12 months",
        "teriparatide for 12 months",
        "romosozumab for 12 months",
        "teriparatide and denosumab for 12 months",
        "no drug for 12 months",
    ]
)
ages = st.floats(55, 85)


def simulate(model, text, age=68.0, history=None, months=MONTHS):
    person = Covariates(age_years=age, years_since_menopause=max(age - 50, 1))
    before = parse_sequence(history) if history else None
    return model.simulate_outcomes(parse_sequence(text), before, person, months)


@MODELS
@given(regimens, regimens, ages)
@settings(max_examples=8)
def test_outcomes_start_at_one_and_stay_positive(model, first, second, age):
    found = simulate(model, f"{first}, then {second}", age)
    assert set(found) == model.outcomes
    for name, values in found.items():
        assert values.shape == MONTHS.shape
        assert values[0] == pytest.approx(1, abs=1e-6), name
        assert (values > 0).all(), name


@MODELS
@given(regimens, ages)
@settings(max_examples=6)
def test_what_comes_later_does_not_change_what_came_before(model, later, age):
    whole = simulate(model, f"denosumab for 12 months, then {later}", age)
    alone = simulate(model, "denosumab for 12 months", age, months=MONTHS[:3])
    for name in whole:
        assert whole[name][:2] == pytest.approx(alone[name][:2], rel=SOLVER), name


@MODELS
@pytest.mark.parametrize("drug", ["alendronate", "denosumab", "romosozumab"])
def test_a_course_cut_in_two_is_the_whole(model, drug):
    whole = simulate(model, f"{drug} for 24 months")
    halves = simulate(model, f"{drug} for 12 months, then {drug} for 12 months")
    for name in whole:
        assert whole[name] == pytest.approx(halves[name], rel=SOLVER), name


@MODELS
@pytest.mark.parametrize("drug", ["alendronate", "denosumab", "romosozumab"])
def test_the_past_is_run_and_not_assumed(model, drug):
    after = simulate(model, "no drug for 24 months", history=f"{drug} for 24 months")
    whole = simulate(model, f"{drug} for 24 months, then no drug for 24 months", months=MONTHS + 24)
    for name in whole:
        change = after[name] / after[name][0]
        # Calcium starts with the first regimen in either case, so only the grid may differ.
        assert change == pytest.approx(whole[name] / whole[name][0], rel=100 * SOLVER), name


@MODELS
@pytest.mark.parametrize("drug", ["alendronate", "denosumab"])
def test_an_antiresorptive_keeps_bone_and_lowers_both_markers(model, drug):
    treated, untreated = simulate(model, f"{drug} for 24 months"), simulate(model, "no drug for 24 months")
    assert treated["total_hip"][-1] > untreated["total_hip"][-1]
    for marker in ("ctx", "p1np"):
        assert treated[marker][2] < untreated[marker][2]


@MODELS
def test_teriparatide_raises_both_markers_and_romosozumab_parts_them(model):
    teriparatide, romosozumab = (
        simulate(model, f"{drug} for 24 months") for drug in ("teriparatide", "romosozumab")
    )
    assert min(teriparatide["ctx"][1], teriparatide["p1np"][1]) > 1
    early = simulate(model, "romosozumab for 24 months", months=np.array([1.0]))
    assert early["p1np"][0] > 1 > early["ctx"][0]
    assert romosozumab["total_hip"][2] > 1


@MODELS
def test_resorption_overshoots_after_two_years_of_denosumab(model):
    months = np.array([24.0, 36.0])
    found = simulate(model, "denosumab for 24 months, then no drug for 24 months", months=months)
    assert found["ctx"][1] > 1
    assert found["total_hip"][1] < found["total_hip"][0]


cells = st.floats(0.1, 10**4)
levels = st.floats(0, 10**6)
states = st.builds(
    JoergState,
    **dict.fromkeys(JoergState._fields[:9], cells) | dict.fromkeys(JoergState._fields[9:], levels),
)
doses = st.builds(JoergDose, **dict.fromkeys(JoergDose._fields, st.floats(0, 500)))
estrogens = st.floats(0.01, 1)


def add_up(slope, *names):
    return sum(getattr(slope, name) for name in names)


@given(states, doses, estrogens)
def test_what_leaves_one_pool_enters_the_next(s, dose, estrogen):
    slope = differentiate_joerg(s, P, dose, estrogen)
    spared = 1 - P.pth_osteoblasts * s.teriparatide / (1 + s.teriparatide)
    lost = P.osteoblast_death * spared * s.osteoblasts + P.osteocyte_death * s.osteocytes
    scale = 1 + s.preosteoblasts + s.osteoblasts
    assert add_up(slope, "preosteoblasts", "osteoblasts", "osteocytes") == pytest.approx(
        1 - lost, abs=1e-12 * scale
    )
    made = s.osteocytes / (1 + estrogen / P.sclerostin_estrogen)
    cleared = P.sclerostin_loss * (s.sclerostin + s.bound_sclerostin)
    turned = P.sclerostin_loss * s.antibody * s.sclerostin + P.sclerostin_release * s.bound_sclerostin
    assert add_up(slope, "sclerostin", "bound_sclerostin") == pytest.approx(
        made - cleared, abs=1e-12 * (made + cleared + turned)
    )


@given(states, doses, estrogens)
def test_a_pool_that_is_empty_does_not_fall(s, dose, estrogen):
    for name in JoergState._fields:
        if name not in {"density", "mineral"}:
            empty = s._replace(**{name: 0.0})
            assert getattr(differentiate_joerg(empty, P, dose, estrogen), name) >= 0, name


@given(states, st.floats(0.1, 10))
def test_read_outs_are_powers_of_what_they_read(s, factor):
    more = read_joerg_outcomes(s._replace(osteoblasts=s.osteoblasts * factor), P)
    plain = read_joerg_outcomes(s, P)
    assert more.p1np / plain.p1np == pytest.approx(factor**P.p1np_exponent, rel=1e-9)
    assert (more.ctx, more.total_hip) == (plain.ctx, plain.total_hip)
