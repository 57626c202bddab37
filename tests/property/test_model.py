"""What holds of the equations and of every simulation, whoever is simulated and whatever is given."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteon.population import simulate_timetable
from osteon.remodeling import (
    Bolus,
    Drive,
    Lane,
    State,
    add_doses,
    differentiate_state,
    list_fast_losses,
    read_outcomes,
    start_state,
)
from osteon.therapy import Sequence, parse_sequence, standard_sequences
from tests.verification.runs import extreme_persons, lay_sequence, trace_states
from tests.verification.written_equations import (
    DRUGS,
    differentiate_as_written,
    read_envelope,
    read_out_as_written,
)

# Sums of a few dozen terms in double precision; the smallest occupancy is kept away from 0 by a trace.
ROUNDING = 1e-9
MONTHS = 60
CELLS = State._fields[State._fields.index("capacity") : State._fields.index("young_t")]


def floats(low, high):
    return st.floats(low, high, allow_subnormal=False)


amounts = floats(0, 200)
levels = floats(0, 1)
pools = floats(0.05, 4)


@st.composite
def states(draw):
    values = {name: draw(pools) for name in State._fields}
    values |= {name: draw(st.one_of(st.just(0.0), floats(1e-3, 200))) for name in State._fields[:4]}
    values |= {name: draw(floats(0, 20)) for name in State._fields[4:12]}
    values |= {name: draw(levels) for name in ("counter_regulation", "tolerance", "menopause")}
    return State(**values)


people = st.integers(0, 63)


def read_lane(index):
    return Lane(*(float(x[index]) for x in extreme_persons().lane))


drives = st.builds(
    Drive,
    **{name: floats(0, 20) for name in Drive._fields[:4]} | dict.fromkeys(Drive._fields[4:], levels),
)
boluses = st.builds(Bolus, **dict.fromkeys(Bolus._fields, amounts))


@given(states(), people, drives)
def test_the_derivative_is_the_page_of_equations(state, person, drive):
    lane = read_lane(person)
    found, written = differentiate_state(state, lane, drive), differentiate_as_written(state, lane, drive)
    for name in State._fields:
        assert getattr(found, name) == pytest.approx(getattr(written, name), rel=ROUNDING, abs=1e-12), name


@given(states(), people, drives)
def test_the_read_outs_are_the_page_of_equations(state, person, drive):
    lane = read_lane(person)
    found = read_outcomes(state, lane, drive)._asdict()
    assert found == pytest.approx(read_out_as_written(state, lane, drive), rel=ROUNDING, abs=1e-12)


@given(states(), people, drives)
def test_bone_changes_by_formation_less_resorption(state, person, drive):
    lane = read_lane(person)
    slope = differentiate_state(state, lane, drive)
    for name in ("t", "c"):
        envelope = read_envelope(state, lane, drive, name)
        gained = getattr(slope, f"young_{name}") + getattr(slope, f"mature_{name}")
        flux = abs(envelope.formed_per_day) + abs(envelope.resorbed_per_day)
        assert abs(gained - (envelope.formed_per_day - envelope.resorbed_per_day)) <= ROUNDING * flux


@given(states(), people, drives)
def test_bisphosphonate_leaves_only_as_the_share_that_is_not_buried(state, person, drive):
    lane = read_lane(person)
    slope = differentiate_state(state, lane, drive)
    for drug in DRUGS:
        changed = getattr(slope, f"{drug}_surface") + getattr(slope, f"{drug}_buried")
        entered = getattr(lane, f"{drug}_potency") * getattr(drive, f"{drug}_mg_day")
        left = (1 - lane.buried_share) * getattr(lane, f"{drug}_ks") * getattr(state, f"{drug}_surface")
        assert changed == pytest.approx(entered - left, rel=ROUNDING, abs=1e-12)


@given(states(), people, boluses)
def test_a_dose_adds_what_is_given_and_nothing_else(state, person, bolus):
    lane = read_lane(person)
    after = add_doses(state, lane, bolus)
    added = {name: getattr(after, name) - getattr(state, name) for name in State._fields}
    assert added["denosumab_depot_mg"] == pytest.approx(bolus.denosumab_mg, abs=1e-12)
    assert added["romosozumab_depot_mg"] == pytest.approx(bolus.romosozumab_mg, abs=1e-12)
    for drug in DRUGS:
        dose = getattr(bolus, f"{drug}_mg") * getattr(lane, f"{drug}_potency")
        assert added[f"{drug}_surface"] == pytest.approx(dose, rel=ROUNDING, abs=1e-9)
    touched = {"denosumab_depot_mg", "romosozumab_depot_mg", *(f"{drug}_surface" for drug in DRUGS)}
    assert all(change == 0 for name, change in added.items() if name not in touched)


@given(people, levels)
def test_the_untreated_start_stands_still_where_nothing_drifts(person, menopause):
    lane = read_lane(person)
    balanced = lane._replace(
        imbalance_t=0.0,
        imbalance_c=0.0,
        menopause_imbalance_t=0.0,
        menopause_imbalance_c=0.0,
        spine_wear_rate=0.0,
    )
    start = start_state(balanced, menopause)
    slope = differentiate_state(start, balanced, Drive(*(0.0,) * len(Drive._fields)))
    for name in State._fields:
        if name != "menopause":
            # Exact up to the last bit of the largest rate that enters the sum, below 1/day.
            assert abs(getattr(slope, name)) <= 8 * np.finfo(float).eps, name
    assert slope.menopause == -menopause / lane.menopause_days
    outcomes = read_outcomes(start, balanced, Drive(*(0.0,) * len(Drive._fields)))
    assert outcomes == pytest.approx((1.0,) * len(outcomes), rel=ROUNDING)


@given(people, levels)
def test_only_the_imbalance_makes_the_untreated_start_drift(person, menopause):
    lane = read_lane(person)
    slope = differentiate_state(start_state(lane, menopause), lane, Drive(*(0.0,) * len(Drive._fields)))
    for name in ("t", "c"):
        lost = getattr(slope, f"young_{name}") + getattr(slope, f"mature_{name}")
        imbalance = (
            getattr(lane, f"imbalance_{name}") + getattr(lane, f"menopause_imbalance_{name}") * menopause
        )
        assert lost == pytest.approx(-getattr(lane, f"turnover_{name}") * imbalance, rel=1e-6)
    assert all(abs(getattr(slope, name)) < 1e-12 for name in CELLS if name != "menopause")


@given(states(), people, drives)
def test_the_losses_that_the_solver_treats_exactly_are_losses_of_the_equations(state, person, drive):
    lane = read_lane(person)
    # d(slope)/d(state) by a central difference: the osteoclast equations are linear in the osteoclasts.
    for name, loss in list_fast_losses(state, lane)._asdict().items():
        if isinstance(loss, int):
            assert loss == 0
            continue
        value = getattr(state, name)
        slopes = [
            getattr(differentiate_state(state._replace(**{name: value + h}), lane, drive), name)
            for h in (-0.01, 0.01)
        ]
        assert (slopes[0] - slopes[1]) / 0.02 == pytest.approx(loss, rel=1e-6)


PARTS = (
    "denosumab for {} months",
    "romosozumab for {} months",
    "teriparatide for {} months",
    "abaloparatide for {} months",
    "alendronate for {} months",
    "risedronate for {} months",
    "ibandronate 3 mg intravenous every 3 months for {} months",
    "zoledronate for {} months",
    "raloxifene for {} months",
    "teriparatide and denosumab for {} months",
    "romosozumab and zoledronate for {} months",
    "no drug for {} months",
)
random_sequences = st.lists(
    st.tuples(st.sampled_from(PARTS), st.integers(1, 24)), min_size=1, max_size=4
).map(lambda parts: parse_sequence(", then ".join(part.format(months) for part, months in parts)))


def check_states(sequence: Sequence, precision) -> None:
    subjects = extreme_persons()
    found = State(*np.moveaxis(trace_states(subjects, lay_sequence(sequence, MONTHS), precision), 1, 0))
    for name, values in found._asdict().items():
        assert np.isfinite(values).all(), name
        assert (values >= 0).all(), (name, values.min())
    for name in (*CELLS[:8], "young_t", "mature_t", "young_c", "mature_c"):
        assert (getattr(found, name) > 0).all(), name
    slack = 1 + 10 * np.finfo(precision).eps
    lane = subjects.lane
    assert (found.capacity <= slack * (1 + lane.capacity_flow / lane.capacity_decay)).all()
    assert (found.osteomorphs <= slack * (1 + lane.osteomorph_flow / lane.osteomorph_decay)).all()
    for name in ("counter_regulation", "tolerance", "lining_pth", "lining_sclerostin", "menopause"):
        assert (getattr(found, name) <= slack).all(), name


@pytest.mark.parametrize("precision", [np.float64, np.float32])
@pytest.mark.parametrize("standard", standard_sequences(), ids=lambda standard: standard.name)
def test_states_stay_positive_and_bounded_in_extreme_persons(standard, precision):
    check_states(standard.sequence, precision)


@settings(max_examples=12)
@given(random_sequences, st.sampled_from([np.float64, np.float32]))
def test_states_stay_positive_and_bounded_under_any_sequence(sequence, precision):
    check_states(sequence, precision)


@settings(max_examples=8)
@given(random_sequences)
def test_bmd_and_markers_are_finite_and_positive_after_any_sequence(sequence):
    outcomes = simulate_timetable(extreme_persons(), lay_sequence(sequence, MONTHS))
    assert np.isfinite(outcomes).all()
    assert (outcomes > 0).all()
