"""Every picture: same view, same bytes; nothing overlaps; it reads in gray and aloud."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import pytest

import osteon.report
from osteon.errors import BadInputError
from osteon.report import (
    TherapyBar,
    describe_figure,
    draw_fit,
    draw_forecast,
    draw_plan,
    draw_survey,
    render_png,
    render_svg,
    split_fit,
    write_figure,
)
from osteon.report.frame import DISCLAIMER
from osteon.report.wording import set_minus
from tests.unit.report.example_views import (
    make_fit,
    make_forecast,
    make_plan,
    make_short_forecast,
    make_site,
    make_survey,
    make_ten_year_forecast,
)
from tests.unit.report.layout import list_overlaps, list_overruns, list_texts, parse_svg

LONG = "a very long name that somebody typed without thinking of the width of a page " * 5
PICTURES = {
    "one site": lambda: draw_forecast(make_forecast(1)),
    "two sites": lambda: draw_forecast(make_forecast(2)),
    "three sites": lambda: draw_forecast(make_forecast(3)),
    "four sites": lambda: draw_forecast(make_forecast(4)),
    "ten years": lambda: draw_forecast(make_ten_year_forecast()),
    "short": lambda: draw_forecast(make_short_forecast()),
    "no therapy": lambda: draw_forecast(make_forecast(1, therapy=())),
    "long names": lambda: draw_forecast(make_long_forecast()),
    "plan": lambda: draw_plan(make_plan()),
    "plan, one site": lambda: draw_plan(make_plan(3, 1)),
    "plan, four sites": lambda: draw_plan(make_plan(7, 4)),
    "plan, long names": lambda: draw_plan(make_long_plan()),
    "survey": lambda: draw_survey(make_survey()),
    "survey, long names": lambda: draw_survey(make_long_survey()),
    "fit, one panel": lambda: draw_fit(make_fit(1)),
    "fit, six panels": lambda: draw_fit(make_fit(6)),
    "fit, twenty panels": lambda: draw_fit(make_fit(20)),
}


def make_long_forecast():
    view = make_forecast(2, title=LONG, patient_label=LONG, interval_label=LONG)
    bars = tuple(replace(bar, label=LONG) for bar in view.therapy)
    sites = tuple(replace(site, site_label=LONG, notes=(LONG,)) for site in view.sites)
    marked = replace(sites[1], markers=tuple(replace(marker, label=LONG) for marker in sites[1].markers))
    return replace(view, therapy=bars, sites=(sites[0], marked))


def make_long_plan():
    view = make_plan(2, 4, title=LONG, durability_label=LONG, site_labels=(LONG,) * 4, interval_label=LONG)
    return replace(view, rows=tuple(replace(row, sequence_label=LONG, note=LONG) for row in view.rows))


def make_long_survey():
    view = make_survey(2, title=LONG, population_label=LONG, interval_label=LONG)
    return replace(view, rows=tuple(replace(row, sequence_label=LONG) for row in view.rows))


@pytest.fixture(scope="module")
def figures():
    return {name: draw() for name, draw in PICTURES.items()}


@pytest.fixture(scope="module")
def roots(figures):
    return {name: parse_svg(figure) for name, figure in figures.items()}


@pytest.mark.parametrize("name", PICTURES)
def test_same_view_gives_same_bytes(name, figures):
    assert render_svg(PICTURES[name]()) == render_svg(figures[name])


@pytest.mark.parametrize("name", PICTURES)
def test_no_text_meets_another(name, figures):
    assert list_overlaps(figures[name]) == []


@pytest.mark.parametrize("name", PICTURES)
def test_no_text_leaves_the_page(name, figures):
    assert list_overruns(figures[name]) == []


@pytest.mark.parametrize("name", PICTURES)
def test_footer_and_stamp_stand_on_every_picture(name, figures):
    texts = [text for text, _ in list_texts(figures[name])]
    assert set_minus(DISCLAIMER) in texts
    assert "Parameter set evidence release 2026.11, osteon 0.1.0" in texts


@pytest.mark.parametrize("name", PICTURES)
def test_svg_is_one_described_image(name, figures, roots):
    root = roots[name]
    title, description = describe_figure(figures[name])
    named = {element.get("id"): element.text for element in root[:2]}
    assert root.get("role") == "img"
    assert [named[part] for part in root.get("aria-labelledby").split()] == [title, description]
    assert set_minus(DISCLAIMER) in description


@pytest.mark.parametrize("name", PICTURES)
def test_svg_needs_no_style_sheet_and_no_outside_file(name, roots):
    root = roots[name]
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    links = [value for element in root.iter() for key, value in element.items() if key.endswith("href")]
    assert not any("style" in (*element.keys(), element.tag.split("}")[-1]) for element in root.iter())
    assert all(link.startswith("#") and link[1:] in ids for link in links)
    assert len(ids) == len(set(ids))


def test_references_inside_the_svg_all_resolve(roots):
    root = roots["three sites"]
    ids = {element.get("id") for element in root.iter()}
    fills = {
        value for element in root.iter() for value in element.attrib.values() if value.startswith("url(")
    }
    assert fills
    assert {fill.removeprefix("url(#").removesuffix(")") for fill in fills} <= ids


def test_two_pictures_in_one_page_share_no_id(roots):
    def list_ids(name):
        return {element.get("id") for element in roots[name].iter()} - {None}

    assert not list_ids("one site") & list_ids("two sites")


def test_drawing_ignores_and_restores_the_readers_settings(figures):
    expected = render_svg(figures["plan"])
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "svg.fonttype": "path"}):
        assert render_svg(PICTURES["plan"]()) == expected
        assert mpl.rcParams["font.size"] == 30


def test_drawing_in_threads_gives_the_same_bytes(figures):
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda _: render_svg(PICTURES["survey"]()), range(4)))
    assert set(drawn) == {render_svg(figures["survey"])}


def test_a_new_process_gives_the_same_bytes(figures):
    script = (
        "from tests.unit.report.test_figures import PICTURES\n"
        "from osteon.report import render_svg\n"
        "import sys\n"
        "sys.stdout.buffer.write(render_svg(PICTURES['survey']()).encode())\n"
    )
    done = _run_python(script, PYTHONHASHSEED="7", SOURCE_DATE_EPOCH="1")
    assert done.stdout.decode() == render_svg(figures["survey"])


def test_importing_report_loads_no_plotting_library():
    script = "import sys, osteon.report; print('matplotlib' in sys.modules)"
    assert _run_python(script).stdout.split() == [b"False"]


def test_drawing_never_opens_the_global_plotting_state():
    script = (
        "import sys\n"
        "from tests.unit.report.test_figures import PICTURES\n"
        "PICTURES['one site']()\n"
        "print('matplotlib.pyplot' in sys.modules)\n"
    )
    assert _run_python(script).stdout.split() == [b"False"]


def _run_python(script, **changes):
    root = Path(osteon.report.__file__).parents[2]
    paths = os.pathsep.join((str(root), str(Path(__file__).parents[3])))
    environment = os.environ | {"PYTHONPATH": paths} | changes
    return subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, env=environment)


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "cost $5$ & x_1^2", 'a "style=" <b>', "Ελένη Öz"]
)
def test_hostile_text_is_drawn_as_text(text):
    figure = draw_survey(make_survey(1, title=text))
    root = parse_svg(figure)
    drawn = [element.text for element in root.iter() if element.tag.endswith("}text")]
    assert text in drawn
    assert not any(element.tag.endswith("script") for element in root.iter())


def test_png_is_twelve_hundred_pixels_wide_and_says_what_it_shows(figures):
    import io

    from PIL import Image

    image = Image.open(io.BytesIO(render_png(figures["one site"])))
    assert image.width == 1200
    assert 800 <= image.height <= 1000
    assert image.info["Description"].startswith("Woman, 68 years")


@pytest.mark.parametrize("suffix", [".svg", ".png", ".PNG"])
def test_write_figure_follows_the_suffix(suffix, figures, tmp_path):
    path = write_figure(figures["plan"], tmp_path / f"plan{suffix}")
    start = path.read_bytes()[:4]
    assert start == (b"<svg" if suffix == ".svg" else b"\x89PNG")


def test_unknown_suffix_is_refused_in_five_parts(figures, tmp_path):
    with pytest.raises(BadInputError) as caught:
        write_figure(figures["plan"], tmp_path / "plan.pdf")
    assert caught.value.as_problem() == {
        "code": "report.unknown_suffix",
        "field": "path",
        "got": ".pdf",
        "expected": ".svg or .png",
        "hint": "Name the file .svg for a page or a document, .png where pixels are needed.",
    }


def test_missing_folder_is_refused(figures, tmp_path):
    with pytest.raises(BadInputError, match=r"report\.no_folder"):
        write_figure(figures["plan"], tmp_path / "nowhere" / "plan.svg")


def test_a_figure_without_words_is_refused():
    from matplotlib.figure import Figure

    with pytest.raises(BadInputError, match=r"report\.no_description"):
        render_svg(Figure())


def test_split_fit_keeps_every_panel_in_order_on_even_pages():
    view = make_fit(113)
    pages = split_fit(view)
    sizes = [len(page.panels) for page in pages]
    assert tuple(panel for page in pages for panel in page.panels) == view.panels
    assert [page.page for page in pages] == [1, 2, 3, 4, 5, 6]
    assert max(sizes) - min(sizes) <= 1


def test_too_many_panels_for_one_page_are_refused():
    with pytest.raises(BadInputError, match="split_fit"):
        draw_fit(make_fit(21))


def test_plan_keeps_the_order_given():
    view = make_plan()
    backwards = replace(view, rows=view.rows[::-1])
    first = [text for text, _ in list_texts(draw_plan(view)) if text.startswith("no drug")]
    tops = [
        next(box.y0 for text, box in list_texts(draw_plan(shown)) if text.startswith("no drug"))
        for shown in (view, backwards)
    ]
    assert len(first) == 1
    assert tops[0] > tops[1]


def test_every_row_of_a_plan_is_drawn_alike():
    view = make_plan(3)
    same = replace(view, rows=tuple(replace(row, note=None, sequence_label="same") for row in view.rows))
    sheet = draw_plan(same).axes[0]
    colors = {line.get_color() for line in sheet.lines if line.get_marker() == "o"}
    assert len(colors) == 1


def test_unknown_estimate_says_cannot_say():
    view = make_plan(1)
    texts = [text for text, _ in list_texts(draw_plan(view))]
    assert view.rows[0].durability is None
    assert texts.count("cannot say") == 1


def test_survey_draws_two_shapes():
    sheet = draw_survey(make_survey(2)).axes[0]
    shapes = [line.get_marker() for line in sheet.lines if line.get_linestyle() == "None"]
    assert (shapes.count("o"), shapes.count("s")) == (3, 3)


def test_therapy_outside_the_horizon_is_not_drawn():
    view = make_forecast(1)
    late = TherapyBar(label="later", start_month=90, stop_month=99, family=view.therapy[0].family)
    texts = [text for text, _ in list_texts(draw_forecast(replace(view, therapy=(late,))))]
    assert "later" not in texts


def test_calendar_months_stand_under_the_axis_when_the_start_is_known():
    texts = [text for text, _ in list_texts(draw_forecast(make_ten_year_forecast()))]
    assert {"Nov 2026", "Nov 2036"} <= set(texts)


def test_a_flat_forecast_at_the_goal_still_draws():
    flat = make_site("Total hip", -2.5, 0, measured=False, marks=())
    curves = dict.fromkeys(("low_50", "high_50", "low_90", "high_90"), flat.median)
    figure = draw_forecast(make_forecast(1, sites=(replace(flat, **curves),)))
    assert list_overlaps(figure) == []
