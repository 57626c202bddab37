import datetime as dt
from dataclasses import replace

import pytest

from osteon.app import forecast, write_fit_charts, write_forecast_chart, write_plan_chart, write_survey_chart
from osteon.app.charts import make_forecast_view, make_plan_view, make_survey_view
from osteon.densitometry import Maker, Scan, Site
from osteon.errors import BadInputError
from osteon.report import BarFamily
from osteon.therapy import parse_sequence


def test_the_picture_of_a_forecast_shows_its_numbers(small_forecast):
    view = make_forecast_view(small_forecast)
    for drawn, site in zip(view.sites, small_forecast.forecast.sites, strict=True):
        assert drawn.median == tuple(site.quantiles[2])
        assert [mark.month for mark in drawn.probabilities] == [12, 24, 36]
        assert drawn.probabilities[-1].estimate.value == site.chance[36].value
    assert [bar.family for bar in view.therapy] == [BarFamily.ANABOLIC, BarFamily.ANTIRESORPTIVE]
    assert [(bar.start_month, bar.stop_month) for bar in view.therapy] == [(0, 12), (12, 36)]


def test_scans_stand_at_their_months_and_the_newest_at_zero(patient, small):
    older = Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.66, date=dt.date(2024, 11, 2), maker=Maker.HOLOGIC)
    followed = replace(patient, scans=(*patient.scans, older))
    view = make_forecast_view(forecast(followed, "no drug for 12 months", month=12, settings=small))
    spine, hip, _ = view.sites
    assert [point.month for point in spine.measured] == [0]
    first, last = sorted(hip.measured, key=lambda point: point.month)
    assert first.month == pytest.approx(-24, abs=0.1)
    assert first.t_score > last.t_score
    assert first.half_width > 0


def test_a_scan_of_another_maker_stands_by_its_printed_score_or_not_at_all(patient, small):
    other = Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.7, date=dt.date(2020, 1, 2), maker=Maker.GE_LUNAR)
    followed = replace(patient, scans=(*patient.scans, other))
    view = make_forecast_view(forecast(followed, "no drug for 12 months", month=12, settings=small))
    assert view.sites[1].measured == ()


def test_treatment_before_today_is_drawn_before_zero(patient, small):
    treated = replace(patient, history=parse_sequence("alendronate for 24 months, then no drug for 6 months"))
    view = make_forecast_view(forecast(treated, "denosumab for 12 months", month=12, settings=small))
    assert [(bar.start_month, bar.stop_month) for bar in view.therapy] == [(-30, -6), (-6, 0), (0, 12)]


def test_the_picture_of_a_plan_marks_what_was_asked_for(small_plan):
    rows = make_plan_view(small_plan).rows
    assert [row.note.endswith("asked for") for row in rows] == [False] * (len(rows) - 1) + [True]
    assert rows[0].note == "0 months on a drug"
    assert rows[-1].note == "736 injections or infusions, 36 months on a drug, asked for"
    assert [bar.label for bar in rows[-2].therapy] == [
        "romosozumab 210 mg monthly",
        "denosumab 60 mg every 6 months",
    ]
    assert [row.all_sites.value for row in rows] == [
        option.forecast.all_sites[36].value for option in small_plan.options
    ]


def test_the_picture_of_a_survey_shows_both_shares(small_survey):
    for row, option in zip(make_survey_view(small_survey).rows, small_survey.options, strict=True):
        assert row.full_persistence.value == option.full_persistence.value
        assert (row.real_world_persistence is None) is (option.real_world_persistence is None)


def test_pictures_become_files(tmp_path, small_forecast, small_plan, small_survey):
    written = [
        write_forecast_chart(small_forecast, tmp_path / "forecast.svg"),
        write_plan_chart(small_plan, tmp_path / "plan.svg"),
        write_survey_chart(small_survey, tmp_path / "survey.svg"),
    ]
    for path in written:
        assert path.read_text(encoding="utf-8").startswith("<svg")


def test_a_fit_becomes_pages(tmp_path, small_fit):
    pages = write_fit_charts(small_fit, tmp_path)
    assert [path.suffix for path in pages] == [".svg"]


def test_an_unknown_suffix_is_refused(tmp_path, small_plan):
    with pytest.raises(BadInputError, match="unknown_suffix"):
        write_plan_chart(small_plan, tmp_path / "plan.pdf")
