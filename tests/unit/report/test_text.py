"""Breaking lines and placing bars, for any text and any course of therapy."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteon.report import BarFamily, TherapyBar
from osteon.report.page import BODY_PEN, SMALL_STRONG_PEN, measure_text, wrap_text
from osteon.report.palette import open_style
from osteon.report.panel import Span
from osteon.report.strip import HATCH_IN, place_bars

WIDTH_IN = 4.36
MONTHS = Span(low=0, high=60)
words = st.text("abcdefghij0123456789", min_size=1, max_size=24)


@st.composite
def bars(draw):
    start = draw(st.integers(0, 70))
    return TherapyBar(
        label=" ".join(draw(st.lists(words, min_size=1, max_size=5))),
        start_month=start,
        stop_month=start + draw(st.integers(0, 60)),
        family=draw(st.sampled_from(BarFamily)),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(words, min_size=1, max_size=12), st.floats(0.6, 4), st.integers(1, 4))
def test_lines_fit_their_column(parts, width_in, most_lines):
    with open_style():
        lines = wrap_text(" ".join(parts), BODY_PEN, width_in, most_lines=most_lines)
        assert 1 <= len(lines) <= most_lines
        assert all(measure_text(line, BODY_PEN) <= width_in for line in lines)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abcdefghij", min_size=1, max_size=6), min_size=1, max_size=8))
def test_no_word_is_lost_when_there_is_room(parts):
    with open_style():
        lines = wrap_text(" ".join(parts), BODY_PEN, 1, most_lines=20)
    assert " ".join(lines).split() == parts


def test_a_number_stays_with_its_unit():
    with open_style():
        for tenths in range(10, 40):
            lines = wrap_text("denosumab 60 mg every 6 months", BODY_PEN, tenths / 10, most_lines=9)
            assert not any(line.endswith(("60", "6")) for line in lines)


@settings(max_examples=60, deadline=None)
@given(st.lists(bars(), max_size=6))
def test_no_bar_or_name_meets_another(courses):
    with open_style():
        placed = place_bars(courses, MONTHS, WIDTH_IN)
        reach = [
            (
                min(bar.left_in, bar.label_left_in),
                max(bar.right_in, bar.label_left_in + measure_text(bar.label, SMALL_STRONG_PEN)),
            )
            for bar in placed
        ]
    slack = 0.03
    for (one, first), (other, second) in combinations(zip(placed, reach, strict=True), 2):
        if one.lane == other.lane:
            assert first[1] <= second[0] + slack or second[1] <= first[0] + slack
    assert all(-slack <= left and right <= WIDTH_IN + slack for left, right in reach)


@pytest.mark.parametrize(("stop", "inside"), [(60, True), (3, False)])
def test_a_name_goes_inside_only_where_hatch_remains(stop, inside):
    bar = TherapyBar(label="alendronate", start_month=0, stop_month=stop, family=BarFamily.ANTIRESORPTIVE)
    with open_style():
        (placed,) = place_bars((bar,), MONTHS, WIDTH_IN)
    assert placed.inside is inside
    assert inside is (
        placed.label_left_in - placed.left_in >= HATCH_IN and placed.label_left_in < placed.right_in
    )


def test_courses_that_follow_each_other_share_a_lane():
    courses = [
        TherapyBar(label="one", start_month=0, stop_month=30, family=BarFamily.ANABOLIC),
        TherapyBar(label="two", start_month=30, stop_month=60, family=BarFamily.ANTIRESORPTIVE),
    ]
    with open_style():
        assert [bar.lane for bar in place_bars(courses, MONTHS, WIDTH_IN)] == [0, 0]
