"""Small plots: what lies beyond a scale stays on its edge, names do not meet, a value that cannot be is refused."""

from itertools import pairwise

import pytest

from osteon.errors import BadInputError
from osteon.report import (
    BarFamily,
    Ink,
    Plot,
    PlotCurve,
    PlotGrid,
    PlotPoint,
    Span,
    TherapyBar,
    describe_figure,
    draw_plots,
    render_png,
    render_svg,
    span_values,
)
from osteon.report.plots import Box, list_round_values, spread_apart
from tests.unit.report.layout import list_overlaps, list_overruns, list_texts


def make_plot(**changes):
    curve = PlotCurve(across=(0, 12, 24), up=(0, 3, 4), low=(0, 2, 2), high=(0, 4, 6), label="drug")
    values = {
        "title": "Total hip",
        "across": Span(low=0, high=24),
        "up": Span(low=-1, high=5),
        "curves": (curve,),
        "points": (
            PlotPoint(across=12, up=2.5, half_width=1),
            PlotPoint(across=24, up=99, hollow=True, held_back=True, far=True),
        ),
        "bars": (TherapyBar(label="drug", start_month=0, stop_month=12, family=BarFamily.ANABOLIC),),
        "across_label": "months",
        "corner": "n 2",
    }
    return Plot(**values | changes)


def make_grid(*plots, columns=2):
    return PlotGrid(
        title="Trial A",
        description="Two plots.",
        plots=plots,
        columns=columns,
        plot_width_in=1.5,
        plot_height_in=1,
        label_room_in=0.8,
    )


def test_a_grid_is_drawn_and_says_what_it_is():
    figure = draw_plots(make_grid(make_plot(), None, make_plot(title="Spine")))
    assert describe_figure(figure) == ("Trial A", "Two plots.")
    texts = [text for text, *_ in list_texts(figure)]
    assert {"Total hip", "Spine", "drug", "months", "n 2"} <= set(texts)
    assert render_png(figure)[1:4] == b"PNG"


def test_the_same_plots_give_the_same_bytes():
    assert render_svg(draw_plots(make_grid(make_plot()))) == render_svg(draw_plots(make_grid(make_plot())))


def test_nothing_is_written_beyond_the_page():
    figure = draw_plots(make_grid(make_plot(), make_plot(title="A title " * 30)))
    assert list_overruns(figure) == []
    assert list_overlaps(figure) == []


def test_a_value_beyond_the_scale_stands_on_its_edge():
    box = Box(
        left_in=1, top_in=2, width_in=3, height_in=4, across=Span(low=0, high=3), up=Span(low=0, high=4)
    )
    assert (box.place_across(1), box.place_up(1)) == (2, 5)
    assert (box.place_up(99), box.place_up(-99)) == (2, 6)


@pytest.mark.parametrize("span", [Span(low=-0.4, high=0.9), Span(low=-105, high=212), Span(low=0, high=24)])
def test_ticks_are_round_few_and_inside(span):
    ticks = list_round_values(span, most=4)
    assert 1 <= len(ticks) <= 4
    assert all(span.low <= tick <= span.high for tick in ticks)


def test_a_span_holds_its_values_and_is_never_too_short():
    wide, short = span_values([-50, 120]), span_values([0.1], least=4)
    assert wide.low < -50 < 120 < wide.high
    assert short.high - short.low >= 4


def test_names_are_spread_until_they_do_not_meet():
    for places in ([0, 0, 0], [0, 0.05, 1, 1.01], [3.0]):
        moved = spread_apart(places, 0.1)
        assert all(b - a >= 0.1 - 1e-9 for a, b in pairwise(moved))
        assert sum(moved) == pytest.approx(sum(places))


@pytest.mark.parametrize(
    "make",
    [
        lambda: PlotCurve(across=(0, 0), up=(1, 2)),
        lambda: PlotCurve(across=(0, 1), up=(1,)),
        lambda: PlotCurve(across=(0, 1), up=(1, 2), low=(2, 3), high=(1, 2)),
        lambda: PlotPoint(across=0, up=float("nan")),
        lambda: PlotPoint(across=0, up=0, half_width=0, ink=Ink.SECOND),
    ],
)
def test_what_cannot_be_drawn_is_refused(make):
    with pytest.raises(BadInputError):
        make()
