"""The T-score panel reads without color: bands, ribbons, line, points and goal."""

from __future__ import annotations

from itertools import pairwise

import pytest

from osteon.report import BarFamily, draw_forecast, palette
from osteon.report.panel import (
    NORMAL,
    OSTEOPENIA,
    OSTEOPOROSIS,
    Span,
    list_bands,
    list_month_ticks,
    span_t_scores,
)
from tests.unit.report.example_views import (
    LIMITS,
    make_forecast,
    make_short_forecast,
    make_site,
    make_ten_year_forecast,
)
from tests.unit.report.layout import find_pixel, list_texts, read_gray

LEAST_STEP = 12  # of 255: about twice what the eye needs between two neighboring areas


def relative_luminance(color):
    shares = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((relative_luminance(one), relative_luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_bands_ribbons_and_line_differ_in_gray():
    view = make_ten_year_forecast()
    figure = draw_forecast(view)
    gray = read_gray(figure)
    axes = figure.axes[1]
    site = view.sites[0]
    at = 100  # months; far from every scan and grid line
    shown = {
        "median": site.median[at],
        "inner": (site.median[at] + site.high_50[at]) / 2,
        "outer": (site.high_50[at] + site.high_90[at]) / 2,
        "osteoporosis": -3.4,
        "normal": -0.7,
    }
    lightness = {name: gray[find_pixel(figure, axes, at, value)] for name, value in shown.items()}
    lightness["osteopenia"] = gray[find_pixel(figure, axes, -7, -1.6)]
    ranked = sorted(lightness, key=lightness.get)
    assert ranked == ["median", "inner", "outer", "osteoporosis", "osteopenia", "normal"]
    levels = [lightness[name] for name in ranked]
    assert min(b - a for a, b in pairwise(levels)) >= LEAST_STEP


@pytest.mark.parametrize("ink", [palette.INK, palette.SOFT_INK, palette.GOAL_LINE])
@pytest.mark.parametrize(
    "paper", [palette.PAPER, palette.OSTEOPOROSIS_BAND, palette.OSTEOPENIA_BAND, palette.NORMAL_BAND]
)
def test_text_contrast_meets_wcag_aa(ink, paper):
    assert contrast(ink, paper) >= 4.5


@pytest.mark.parametrize("ribbon", [palette.OUTER_RIBBON, palette.INNER_RIBBON])
@pytest.mark.parametrize("line", [palette.MEDIAN_LINE, palette.INK, palette.GOAL_LINE])
def test_lines_stand_out_from_the_ribbons(ribbon, line):
    assert contrast(line, ribbon) >= 2.5


def test_families_differ_by_hatch_and_not_only_by_color():
    assert len({palette.FAMILY_HATCH[family] for family in BarFamily}) == len(BarFamily)


def test_all_three_classes_are_named_when_visible():
    texts = [text for text, _ in list_texts(draw_forecast(make_ten_year_forecast()))]
    assert [texts.count(name) for name in (NORMAL, OSTEOPENIA, OSTEOPOROSIS)] == [2, 2, 2]


def test_goal_is_named_on_every_panel():
    texts = [text for text, _ in list_texts(draw_forecast(make_forecast(3)))]
    assert texts.count("goal \N{MINUS SIGN}2.5") == 3


def test_names_of_classes_keep_clear_of_the_curves_when_there_is_room():
    falling = make_site("Total hip", -2.2, -0.9, measured=False)
    figure = draw_forecast(make_forecast(1, sites=(falling,)))
    axes = figure.axes[1]
    for name, box in list_texts(figure):
        if name in (NORMAL, OSTEOPENIA, OSTEOPOROSIS):
            (left, low), (right, high) = axes.transData.inverted().transform(box)
            months = [month for month in falling.months if left <= month <= right]
            assert months
            assert all(
                falling.low_90[int(month)] >= high or falling.high_90[int(month)] <= low for month in months
            )


def test_the_span_is_never_so_short_that_noise_looks_like_change():
    span = span_t_scores(make_short_forecast())
    assert span.high - span.low >= 1.5


@pytest.mark.parametrize(
    ("low", "high", "names"),
    [
        (-3.5, -0.5, [OSTEOPOROSIS, OSTEOPENIA, NORMAL]),
        (-3.5, -2.6, [OSTEOPOROSIS]),
        (-2.0, -1.5, [OSTEOPENIA]),
        (-0.9, 0.4, [NORMAL]),
    ],
)
def test_list_bands_covers_the_span_without_gaps(low, high, names):
    bands = list_bands(LIMITS, Span(low=low, high=high))
    edges = [bands[0].span.low, *(band.span.high for band in bands)]
    assert [band.label for band in bands] == names
    assert (edges[0], edges[-1]) == (low, high)
    assert all(band.span.low == edge for band, edge in zip(bands, edges, strict=False))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 6, (0, 1, 2, 3, 4, 5, 6)),
        (0, 36, (0, 6, 12, 18, 24, 30, 36)),
        (-12.5, 36.5, (-12, 0, 12, 24, 36)),
        (0, 120, (0, 24, 48, 72, 96, 120)),
    ],
)
def test_month_ticks_are_round(low, high, expected):
    assert list_month_ticks(Span(low=low, high=high), most=7) == expected
