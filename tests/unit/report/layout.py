"""What a reader sees of a figure: the boxes of its texts, the lightness of its pixels."""

from __future__ import annotations

import io
from itertools import combinations
from xml.etree import ElementTree as ET

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from osteon.report import render_png, render_svg
from osteon.report.palette import open_style


def list_texts(figure):
    """Return (text, box in pixels) of every text that is drawn."""
    drawn = []
    with open_style():
        renderer = FigureCanvasAgg(figure).get_renderer()
        renderer.draw_text = lambda *_, **given: drawn.append(given["mtext"])
        figure.draw(renderer)
        return [(text.get_text(), text.get_window_extent(renderer)) for text in drawn]


def parse_svg(figure):
    """Return the root element of a figure's SVG."""
    return ET.fromstring(render_svg(figure))  # noqa: S314 - written by the package itself


def list_overlaps(figure, slack=1.5):
    """Return the pairs of texts whose boxes meet by more than `slack` pixels."""
    return [
        (one, other)
        for (one, first), (other, second) in combinations(list_texts(figure), 2)
        if min(first.x1, second.x1) - max(first.x0, second.x0) > slack
        and min(first.y1, second.y1) - max(first.y0, second.y0) > slack
    ]


def list_overruns(figure):
    """Return the texts that leave the page."""
    page = figure.bbox
    return [
        text
        for text, box in list_texts(figure)
        if box.x0 < page.x0 or box.x1 > page.x1 or box.y0 < page.y0 or box.y1 > page.y1
    ]


def read_gray(figure):
    """Return the figure's pixels as lightness 0 to 255, the first row at the top."""
    return np.asarray(Image.open(io.BytesIO(render_png(figure))).convert("L")).astype(int)


def find_pixel(figure, axes, month, value):
    """Return the row and column of the pixel that shows a point of some axes."""
    across, up = axes.transData.transform((month, value))
    return round(figure.bbox.height - up), round(across)
