"""What is read aloud says what is drawn."""

from __future__ import annotations

from datetime import date

import pytest

from osteon.report import (
    Estimate,
    describe_figure,
    describe_fit,
    describe_forecast,
    describe_plan,
    describe_survey,
    draw_plan,
)
from osteon.report.wording import (
    format_calendar_month,
    format_interval,
    format_limit,
    format_month,
    format_share,
    format_t_score,
    say_estimate,
)
from tests.unit.report.example_views import make_fit, make_forecast, make_plan, make_survey

MINUS = "\N{MINUS SIGN}"


def test_forecast_names_each_site_with_its_chances():
    text = describe_forecast(make_forecast(3))
    for site in ("Lumbar spine", "Total hip", "Femoral neck"):
        assert f"{site}: median T-score" in text
    assert f"Chance above {MINUS}2.5: month 12 53% (90% interval 34% to 70%)" in text
    assert "romosozumab 210 mg monthly (anabolic), months 0 to 12" in text
    assert f"Scans: {MINUS}3.00 at month {MINUS}12" in text
    assert "trial mean (published)" in text


def test_plan_names_each_sequence_in_order():
    view = make_plan()
    text = describe_plan(view)
    places = [text.index(f"{row.sequence_label}:") for row in view.rows]
    assert places == sorted(places)
    assert "cannot say" in text


def test_survey_gives_both_persistences():
    text = describe_survey(make_survey(2))
    assert text.count("full persistence") == 2
    assert text.count("real-world persistence") == 2


def test_fit_gives_the_largest_miss_of_each_panel():
    text = describe_fit(make_fit(3))
    assert text.count("5 points, at most") == 3


def test_the_figure_carries_the_description_of_its_view():
    view = make_plan(2)
    title, description = describe_figure(draw_plan(view))
    assert title == view.title
    assert description == describe_plan(view).replace(" -", f" {MINUS}")


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0%"),
        (1e-9, "<1%"),
        (0.0099, "<1%"),
        (0.01, "1%"),
        (0.5, "50%"),
        (0.99, "99%"),
        (0.9901, ">99%"),
        (1, "100%"),
    ],
)
def test_only_what_is_certain_reads_nothing_or_all(share, text):
    assert format_share(share) == text


def test_numbers_are_set_with_a_true_minus():
    assert format_t_score(-2.546) == f"{MINUS}2.55"
    assert format_limit(-2.5) == f"{MINUS}2.5"
    assert format_limit(-2.25) == f"{MINUS}2.25"
    assert format_month(-12.0) == f"{MINUS}12"


def test_an_estimate_without_interval_says_none():
    assert format_interval(Estimate(value=0.4)) == ""
    assert say_estimate(Estimate(value=0.4), "90% interval") == "40%"
    assert say_estimate(None, "90% interval") == "cannot say"


@pytest.mark.parametrize(
    ("month", "text"),
    [(0, "Nov 2026"), (1, "Dec 2026"), (2, "Jan 2027"), (-11, "Dec 2025"), (120, "Nov 2036")],
)
def test_calendar_months_turn_over_the_year(month, text):
    assert format_calendar_month(date(2026, 11, 30), month) == text
