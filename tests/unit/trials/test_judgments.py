"""What is met and what is not: the targets of the evidence, and where one number may not decide."""

from types import SimpleNamespace

import pytest

from osteon.evidence import Role, load_facts, open_calibration_facts
from osteon.inference import read_observations
from osteon.remodeling import load_parameter_set
from osteon.trials import (
    Basis,
    CellTable,
    CohortSettings,
    Judgment,
    LeftOutRow,
    SpreadRow,
    judge_cells,
    judge_left_out,
    judge_reproduction,
    judge_spreads,
    list_dosing_visits,
    list_misfits,
    score_rows,
    validate_evidence,
)
from osteon.trials.reproduction import reproduce_observations

SMALL = CohortSettings(subjects=32, trials=8)


@pytest.fixture(scope="module")
def held_back():
    return validate_evidence(Role.VALIDATION, settings=SMALL)


def find_target(item, quantity, outcome=""):
    facts = load_facts("validation_targets")
    keys = [(f.keys["item"], f.quantity, f.keys["outcome"]) for f in facts]
    return facts[keys.index((item, quantity, outcome))].number


def make_row(value, outcome="total_hip"):
    interval = {"low_50": -1, "high_50": 1, "low_90": -2, "high_90": 2}
    where = {"arm": "x", "comparator": "", "month": 12, "baseline_month": 0}
    return LeftOutRow(study="A", outcome=outcome, value=value, simulated=0, **where, **interval)


@pytest.mark.parametrize(
    ("value", "low", "high", "met"),
    [(1, None, 1, True), (1.1, None, 1, False), (1, 2, 3, False), (2, 2, 3, True), (5, None, None, None)],
)
def test_met_means_within_both_limits(value, low, high, met):
    judged = Judgment(quantity="q", basis="b", outcome="", n=1, value=value, low=low, high=high, unit="share")
    assert judged.met is met


def test_an_error_is_set_beside_the_target_of_its_basis(held_back):
    judged = {(one.outcome, one.quantity): one for one in judge_reproduction(held_back)}
    for outcome, score in score_rows(held_back.rows).items():
        assert judged[outcome, "rmse"].value == score.rmse
        assert judged[outcome, "inside_90"].value == score.inside_90
    assert judged["total_hip", "rmse"].high == find_target("unseen", "most_rmse", "total_hip")
    assert judged["total_hip", "rmse"].basis == Basis.HELD_BACK
    assert judged["ctx", "rmse"].met is None


def test_all_outcomes_together_hold_the_share_of_all_rows(held_back):
    judged = {(one.outcome, one.quantity): one for one in judge_reproduction(held_back)}
    inside = sum(row.is_inside(0.9) for row in held_back.rows)
    assert judged["", "inside_90"].n == len(held_back.rows)
    assert judged["", "inside_90"].value == pytest.approx(inside / len(held_back.rows))


def test_coverage_is_judged_only_where_one_number_cannot_decide():
    few = {one.quantity: one for one in judge_left_out([make_row(0)] * 20)}
    many = {one.quantity: one for one in judge_left_out([make_row(0)] * 200)}
    assert few["inside_90"].met is None
    assert many["inside_90"].met is False, "an interval that holds everything is too wide"
    mixed = judge_left_out([make_row(0)] * 90 + [make_row(9)] * 10)
    assert next(one for one in mixed if one.quantity == "inside_90").met is True
    assert next(one for one in mixed if one.quantity == "rmse").met is False


def test_spreads_are_judged_by_the_worst():
    rows = [
        SpreadRow(study="A", arm="x", outcome="total_hip", month=12, published=p, simulated=s)
        for p, s in ((4.0, 4.1), (4.0, 3.0))
    ]
    (judged,) = judge_spreads(rows, Basis.FITTED)
    assert (judged.value, judged.met) == (pytest.approx(0.25), False)
    assert judge_spreads([], Basis.FITTED) == ()


def test_chances_are_judged_by_the_mean_and_the_worst():
    rows = (SimpleNamespace(error=0.05), SimpleNamespace(error=-0.03), SimpleNamespace(error=None))
    table = CellTable(rows=rows, mean_absolute_error=0.04, worst=0.05, parameter_set="x", sources=())
    judged = {one.quantity: one for one in judge_cells(table)}
    assert {one.n for one in judged.values()} == {2}
    assert judged["mean_error"].met
    assert judged["error"].met
    empty = CellTable(rows=(), mean_absolute_error=None, worst=None, parameter_set="x", sources=())
    assert judge_cells(empty) == ()


def test_misfits_are_beyond_two_sd_and_the_worst_first(held_back):
    found = list_misfits(held_back.rows)
    sizes = [abs(row.deviation) for row in found]
    assert sizes == sorted(sizes, reverse=True)
    assert all(size > 2 for size in sizes)
    assert len(found) == sum(abs(row.deviation) > 2 for row in held_back.rows)


def test_a_deviation_is_the_error_in_sds(held_back):
    for row in held_back.rows:
        assert row.deviation * row.estimate.spread == pytest.approx(row.error)


def test_a_course_goes_through_the_simulated_numbers(held_back):
    courses = {
        (c.arm.study, c.arm.arm, c.comparator.arm if c.comparator else "", c.outcome, c.baseline_month): c
        for c in held_back.courses
    }
    keys = set()
    for row in held_back.rows:
        o = row.observation
        key = (o.study, o.arm, o.comparator, o.outcome, o.baseline_month)
        keys.add(key)
        if o.fact.statistic in {"mean", "difference"}:
            assert courses[key].read(o.month) == pytest.approx(row.estimate.simulated, abs=1e-4)
    assert keys == set(courses)


def test_a_visit_stands_within_its_interval():
    seen = read_observations(open_calibration_facts, frozenset({"total_hip", "ctx", "p1np"}))
    asked = [o for o in seen if o.study in {"DECIDE", "HORIZON"} and o.month > 0]
    visits = list_dosing_visits(reproduce_observations(asked, load_parameter_set(), settings=SMALL))
    assert {visit.row.observation.outcome for visit in visits} <= {"ctx", "p1np"}
    assert all(0 < visit.months_since_dose <= visit.interval_months + 0.1 for visit in visits)
    places = {
        visit.row.observation.month: visit.months_since_dose
        for visit in visits
        if (visit.row.observation.study, visit.row.observation.arm) == ("DECIDE", "denosumab")
    }
    assert places[1] == pytest.approx(1)
    assert places[12] == pytest.approx(6), "the dose of the day is given after the blood is drawn"
