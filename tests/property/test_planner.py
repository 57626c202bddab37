"""What must hold of any set of options, whatever the numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from osteon.reversal import Burden, Measures, find_dominators, find_front, find_surely_beaten, list_points

POINTS = st.integers(1, 12).flatmap(
    lambda count: hnp.arrays(np.float64, (count, 3), elements=st.integers(0, 4).map(float))
)
BANKS = st.tuples(st.integers(1, 8), st.integers(1, 40)).flatmap(
    lambda shape: st.tuples(
        hnp.arrays(np.bool_, (2, *shape)),
        hnp.arrays(np.float64, (shape[0], 2), elements=st.integers(0, 3).map(float)),
    )
)
BURDENS = st.builds(
    Burden,
    injections=st.integers(0, 800),
    infusions=st.integers(0, 6),
    oral_doses=st.integers(0, 300),
    months_on_drug=st.integers(0, 60).map(float),
)
MEASURES = st.builds(Measures, chance=st.floats(0, 1), lasting=st.floats(0, 1), burden=BURDENS)


def beats(one, other):
    return bool((one >= other).all() and (one > other).any())


@given(POINTS)
def test_nobody_on_the_front_is_beaten_and_everybody_off_it_is_beaten_by_one_on_it(points):
    front = find_front(points)
    assert front.any()
    shown = points[front]
    for point, is_shown in zip(points, front, strict=True):
        assert bool(is_shown) == (not any(beats(other, point) for other in shown))


@given(POINTS, st.randoms(use_true_random=False))
def test_the_front_does_not_depend_on_the_order(points, random):
    order = list(range(len(points)))
    random.shuffle(order)
    assert np.array_equal(find_front(points[order]), find_front(points)[order])


@given(POINTS)
def test_what_is_off_the_front_changes_nothing(points):
    front = find_front(points)
    assert find_front(points[front]).all()


@given(POINTS)
def test_equals_stand_or_fall_together(points):
    doubled = np.concatenate([points, points])
    assert np.array_equal(find_front(doubled), np.tile(find_front(points), 2))


@given(POINTS, st.randoms(use_true_random=False))
def test_ties_part_equals_and_nobody_else(points, random):
    ties = np.array([random.randint(0, 2) for _ in points], dtype=float)
    plain, parted = find_front(points), find_front(points, ties)
    assert not np.any(parted & ~plain)
    for index in np.flatnonzero(plain):
        equals = (points == points[index]).all(axis=1)
        assert parted[index] == (ties[index] == ties[equals].max())


@given(POINTS)
def test_stretching_a_measure_changes_nothing(points):
    assert np.array_equal(find_front(np.exp(points)), find_front(points))


@given(POINTS)
def test_dominators_are_those_that_beat(points):
    for index, point in enumerate(points):
        expected = tuple(place for place, other in enumerate(points) if beats(other, point))
        assert find_dominators(points, index) == expected


@given(BANKS)
def test_when_everybody_was_simulated_only_the_beaten_are_left_out(bank):
    met, costs = bank
    people = met.shape[2]
    beaten = find_surely_beaten(met, costs, people=people, resolution=1 / people)
    points = np.hstack([met.sum(axis=2).T.astype(float), -costs])
    assert np.array_equal(beaten, ~find_front(points))


@given(BANKS, st.integers(2, 50))
def test_the_fewer_were_simulated_the_fewer_are_left_out(bank, times):
    met, costs = bank
    lanes = met.shape[2]
    sure = find_surely_beaten(met, costs, people=lanes * times, resolution=1 / 100)
    known = find_surely_beaten(met, costs, people=lanes, resolution=1 / 100)
    assert not np.any(sure & ~known)


@given(st.lists(MEASURES, min_size=1, max_size=6))
def test_points_rise_with_the_chance_and_fall_with_the_burden(measures):
    points = list_points(tuple(measures))
    for one, a in zip(measures, points, strict=True):
        for other, b in zip(measures, points, strict=True):
            if one.chance >= other.chance:
                assert a[0] >= b[0]
            if one.lasting >= other.lasting:
                assert a[1] >= b[1]
            if one.burden.needles <= other.burden.needles:
                assert a[2] >= b[2]
            if one.burden.months_on_drug <= other.burden.months_on_drug:
                assert a[3] >= b[3]


@given(MEASURES)
def test_none_at_all_stands_apart_from_a_few(measures):
    (point,) = list_points((measures,))
    assert (point[2] == 0) == (measures.burden.needles == 0)
