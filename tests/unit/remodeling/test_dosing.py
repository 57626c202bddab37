"""From courses to the table of doses and drives that the equations see."""

import numpy as np
import pytest

from osteon.remodeling import CHANNELS, Bolus, load_parameter_set, tabulate_courses
from osteon.therapy import list_course_days, list_dose_courses, parse_sequence
from osteon.units import DAYS_PER_MONTH

STEPS = 30
SCALE = {
    "teriparatide_reference_ug": 20.0,
    "abaloparatide_reference_ug": 80.0,
    "raloxifene_reference_mg": 60.0,
    "ibandronate_oral_absorbed": 0.01,
}


def tabulate(text, months=36, steps=STEPS, **options):
    courses = list_dose_courses(parse_sequence(text))
    return tabulate_courses(courses, months=months, steps_per_month=steps, scale=SCALE, **options)


def read(table, channel):
    return table.channels[:, CHANNELS.index(channel)]


def list_doses(table, channel):
    """Months and amounts of single doses."""
    doses = read(table, channel)
    steps = np.flatnonzero(doses)
    return (steps / table.steps_per_month).tolist(), doses[steps].tolist()


@pytest.mark.parametrize(
    ("text", "channel", "months", "amount"),
    [
        ("denosumab for 24 months", "denosumab_mg", [0, 6, 12, 18], 60),
        ("romosozumab for 3 months", "romosozumab_mg", [0, 1, 2], 210),
        ("zoledronate for 36 months", "zoledronate_mg", [0, 12, 24], 5),
        ("zoledronate once, observed for 36 months", "zoledronate_mg", [0], 5),
        ("no drug for 6 months, then denosumab for 12 months", "denosumab_mg", [6, 12], 60),
        ("ibandronate 3 mg intravenous every 3 months for 9 months", "ibandronate_mg", [0, 3, 6], 3),
        ("ibandronate 150 mg monthly for 2 months", "ibandronate_mg", [0, 1], 1.5),
        ("alendronate 140 mg every 2 weeks for 1 month", "alendronate_mg", [0, 14 / 30, 28 / 30], 140),
    ],
)
def test_widely_spaced_doses_fall_on_their_step(text, channel, months, amount):
    at, amounts = list_doses(tabulate(text), channel)
    assert at == pytest.approx(months)
    assert amounts == pytest.approx([amount] * len(months))


@pytest.mark.parametrize("steps", [15, 30, 60, 120, 480])
@pytest.mark.parametrize(
    "text",
    [
        "denosumab for 24 months",
        "denosumab for 18 months",
        "romosozumab for 12 months",
        "no drug for 11.15 months, then romosozumab for 24 months",
        "no drug for 37.02 months, then romosozumab for 8.03 months",
    ],
)
def test_as_many_doses_as_therapy_counts_on_every_grid(text, steps):
    (course,) = list_dose_courses(parse_sequence(text))
    given = tabulate(text, months=60, steps=steps).channels[:, : len(Bolus._fields)]
    assert np.count_nonzero(given) == len(list_course_days(course))


@pytest.mark.parametrize(
    ("text", "channel", "rate"),
    [
        ("alendronate 70 mg weekly for 12 months", "alendronate_mg_day", 10.0),
        ("alendronate 10 mg daily for 12 months", "alendronate_mg_day", 10.0),
        ("risedronate 35 mg weekly for 12 months", "risedronate_mg_day", 5.0),
        ("ibandronate 2.5 mg daily for 12 months", "ibandronate_mg_day", 0.025),
        ("teriparatide 20 ug daily for 12 months", "teriparatide", 1.0),
        ("abaloparatide 80 ug daily for 12 months", "abaloparatide", 1.0),
        ("raloxifene 60 mg daily for 12 months", "raloxifene", 1.0),
        ("alendronate 70 mg weekly for 12 months at 50% adherence", "alendronate_mg_day", 5.0),
        ("teriparatide 20 ug daily for 12 months at 50% adherence", "teriparatide", 0.5),
        ("raloxifene 60 mg daily for 12 months at 0% adherence", "raloxifene", 0.0),
    ],
)
def test_closely_spaced_doses_are_a_steady_drive_while_they_last(text, channel, rate):
    drive = read(tabulate(text, months=24), channel)
    assert drive[: 12 * STEPS] == pytest.approx(rate)
    assert not drive[12 * STEPS :].any()


def test_a_drive_saturates_with_the_dose():
    low, usual, high = (
        read(tabulate(f"teriparatide {dose} ug daily for 12 months"), "teriparatide")[0]
        for dose in (10, 20, 40)
    )
    assert (low, usual, high) == pytest.approx((2 / 3, 1.0, 4 / 3))


@pytest.mark.parametrize("drug", ["teriparatide", "abaloparatide", "raloxifene"])
def test_a_drive_knows_how_often_it_is_given(drug):
    daily, weekly, once = (
        read(tabulate(f"{drug} {rhythm} for 12 months"), drug)[0]
        for rhythm in ("daily", "weekly", "once, observed")
    )
    assert 1 == daily > 2 * weekly > weekly > once
    assert once < 1e-4


def test_the_share_of_single_doses_that_is_taken_stands_beside_them():
    table = tabulate("denosumab for 12 months at 80% adherence, then denosumab for 12 months")
    at = np.flatnonzero(read(table, "denosumab_mg"))
    assert table.adherence[at].tolist() == [0.8, 0.8, 1.0, 1.0]
    assert (np.delete(table.adherence, at) == 1).all()


def test_drugs_of_one_regimen_stand_side_by_side():
    table = tabulate("teriparatide and denosumab for 12 months")
    assert list_doses(table, "denosumab_mg")[0] == [0, 6]
    assert read(table, "teriparatide")[: 12 * STEPS].all()


@pytest.mark.parametrize(("day", "first"), [(None, None), (0, 0), (DAYS_PER_MONTH * 6, 180)])
def test_calcium_starts_when_told_and_never_ends(day, first):
    calcium = read(tabulate("no drug for 12 months", months=12, calcium_from_day=day), "calcium")
    expected = np.zeros(12 * STEPS)
    if first is not None:
        expected[first:] = 1
    assert np.array_equal(calcium, expected)


def test_no_drug_is_a_table_of_zeros():
    table = tabulate("no drug for 36 months")
    assert not table.channels.any()
    assert (table.adherence == 1).all()


def test_a_table_ends_at_its_horizon():
    assert list_doses(tabulate("denosumab for 36 months", months=12), "denosumab_mg")[0] == [0, 6]


def test_treatment_before_the_first_step_is_left_out_and_reaches_into_the_table():
    # Day -91 is three months before the table begins.
    courses = list_dose_courses(parse_sequence("denosumab for 12 months"), start_day=-91)
    table = tabulate_courses(courses, months=12, steps_per_month=STEPS, scale=SCALE)
    assert list_doses(table, "denosumab_mg")[0] == pytest.approx([3], abs=1 / STEPS)


@pytest.mark.parametrize("name", sorted(SCALE))
def test_the_stored_set_has_every_number_that_dosing_asks_for(name):
    assert load_parameter_set().values[name] > 0
