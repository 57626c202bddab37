"""Doses fall on the days they should."""

import pytest

from osteon.therapy import (
    ONCE_INTERVAL_DAYS,
    Drug,
    Lifestyle,
    list_course_days,
    list_dose_courses,
    list_dose_events,
    list_lifestyle_courses,
    parse_sequence,
)


def list_days(text, start_day=0):
    return [event.day for event in list_dose_events(parse_sequence(text), start_day)]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("denosumab for 24 months", [0, 183, 365, 548]),
        ("zoledronate for 3 years", [0, 365, 731]),
        ("zoledronate once for 5 years", [0]),
        ("romosozumab for 12 months", [0, 30, 61, 91, 122, 152, 183, 213, 244, 274, 304, 335]),
        ("alendronate for 1 month", [0, 7, 14, 21, 28]),
        ("denosumab for 12 months, then no drug for 6 months, then denosumab for 6 months", [0, 183, 548]),
    ],
)
def test_days_are_whole_and_halves_round_up(text, days):
    assert list_days(text) == days


@pytest.mark.parametrize(
    ("text", "doses"),
    [
        ("romosozumab for 12 months", 12),
        ("denosumab for 10 years", 20),
        ("teriparatide for 24 months", 731),
        ("ibandronate 150 mg monthly for 36 months", 36),
    ],
)
def test_a_course_has_the_doses_it_is_named_for(text, doses):
    assert len(list_days(text)) == doses


def test_the_last_day_belongs_to_the_next_regimen():
    plan = parse_sequence("romosozumab for 12 months, then denosumab for 12 months")
    first, second = list_dose_courses(plan)
    assert first.stop_day == second.start_day == 365
    assert max(list_course_days(first)) < 365
    assert min(list_course_days(second)) == 365


def test_combined_drugs_run_together_in_the_order_written():
    plan = parse_sequence("teriparatide and denosumab for 24 months")
    events = list_dose_events(plan)
    assert [course.drug for course in list_dose_courses(plan)] == [Drug.TERIPARATIDE, Drug.DENOSUMAB]
    assert [event.drug for event in events[:3]] == [Drug.TERIPARATIDE, Drug.DENOSUMAB, Drug.TERIPARATIDE]


def test_a_single_dose_has_one_event_and_a_long_interval():
    (course,) = list_dose_courses(parse_sequence("zoledronate once for 60 months"))
    assert course.interval_days == ONCE_INTERVAL_DAYS
    assert list_course_days(course) == (0,)
    assert course.stop_day == 1826


def test_no_drug_and_lifestyle_have_no_course():
    assert list_dose_courses(parse_sequence("no drug for 12 months, then exercise for 12 months")) == ()


def test_lifestyle_has_courses_of_its_own():
    plan = parse_sequence("alendronate and exercise for 12 months, then calcium and vitamin D for 6 months")
    exercise, calcium = list_lifestyle_courses(plan, start_day=-10)
    assert (exercise.measure, exercise.start_day, exercise.stop_day) == (Lifestyle.EXERCISE, -10, 355)
    assert (calcium.measure, calcium.start_day) == (Lifestyle.CALCIUM_VITAMIN_D, 355)
    assert calcium.regimen_index == 1


def test_a_course_carries_the_adherence_of_its_regimen():
    courses = list_dose_courses(
        parse_sequence("alendronate for 1 year at 70% adherence, then denosumab for 1 year")
    )
    assert [course.adherence for course in courses] == [0.7, 1.0]
    assert [course.regimen_index for course in courses] == [0, 1]


def test_the_past_may_start_below_zero():
    assert list_days("denosumab for 12 months", start_day=-365) == [-365, -182]


@pytest.mark.parametrize("doses", range(1, 200, 2))
def test_a_half_day_rounds_up_even_where_its_float_falls_short(doses):
    months = repr(doses * 3.5 / 30.4375)
    later = list_days(f"teriparatide every 3.5 days for {months} months, then zoledronate once for 1 month")
    assert later[-1] == (doses * 7 + 1) // 2
