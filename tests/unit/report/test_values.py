"""A value that cannot be is refused where it is written, in five parts."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from osteon.errors import BadInputError
from osteon.report import (
    ClassLimits,
    Estimate,
    FitPanel,
    MeasuredPoint,
    ObservedPoint,
    ProbabilityMark,
    Stamp,
    TherapyBar,
)
from tests.unit.report.example_views import (
    make_fit,
    make_fit_panel,
    make_forecast,
    make_plan,
    make_site,
    make_survey,
)

SITE = make_site("Total hip", -2.9, 0.4)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: Estimate(value=1.2), "report.not_in_order"),
        (lambda: Estimate(value=-0.1), "report.not_in_order"),
        (lambda: Estimate(value=0.5, low=0.6), "report.not_in_order"),
        (lambda: Estimate(value=math.nan), "report.not_finite"),
        (lambda: ClassLimits(osteoporosis_up_to=-1, normal_from=-2.5), "report.not_in_order"),
        (lambda: Stamp(parameter_set=" ", version="1"), "report.bad_text"),
        (lambda: TherapyBar(label="x", start_month=3, stop_month=2, family=None), "report.not_in_order"),
        (lambda: MeasuredPoint(month=0, t_score=math.inf), "report.not_finite"),
        (lambda: MeasuredPoint(month=0, t_score=-2, half_width=-0.1), "report.not_positive"),
        (lambda: ProbabilityMark(month=math.nan, estimate=Estimate(value=0.5)), "report.not_finite"),
        (lambda: ObservedPoint(month=0, value=1, half_width=0), "report.not_positive"),
        (lambda: replace(SITE, median=SITE.median[:-1]), "report.length_differs"),
        (lambda: replace(SITE, months=SITE.months[::-1]), "report.time_not_rising"),
        (lambda: replace(SITE, low_50=SITE.high_50), "report.not_in_order"),
        (lambda: replace(SITE, site_label="two\nlines"), "report.bad_text"),
        (lambda: replace(SITE, notes=("",)), "report.bad_text"),
        (lambda: make_forecast(sites=()), "report.bad_count"),
        (lambda: make_forecast(sites=(SITE,) * 5), "report.bad_count"),
        (lambda: make_forecast(goal_t_score=math.nan), "report.not_finite"),
        (lambda: make_forecast(title="\x00"), "report.bad_text"),
        (lambda: make_plan(0), "report.bad_count"),
        (lambda: make_plan(site_labels=("Total hip",)), "report.bad_count"),
        (lambda: make_survey(0), "report.bad_count"),
        (lambda: make_fit(3, page=2, pages=1), "report.not_in_order"),
        (lambda: replace(make_fit_panel(0), low=()), "report.length_differs"),
        (lambda: replace(make_fit_panel(0), simulated=(1.0,)), "report.length_differs"),
        (lambda: replace(make_fit_panel(0), arm=""), "report.bad_text"),
    ],
)
def test_impossible_values_are_refused(make, code):
    with pytest.raises(BadInputError) as caught:
        make()
    problem = caught.value.as_problem()
    assert problem["code"] == code
    assert all(problem.values())


def test_views_are_values():
    assert make_forecast(2) == make_forecast(2)
    assert hash(make_plan(2)) == hash(make_plan(2))


def test_a_panel_needs_no_band_and_no_points():
    panel = FitPanel(study="A", arm="b", outcome="c", observed=(), months=(0.0, 1.0), simulated=(0.0, 1.0))
    assert panel.low == ()
