"""Figures to files: the same view gives the same bytes, and the picture can be read aloud."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from osteon.errors import BadInputError
from osteon.report.page import POINTS_PER_INCH
from osteon.report.palette import open_style
from osteon.report.wording import set_minus

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CSS_PIXELS_PER_INCH: Final = 96

_SVG: Final = "{http://www.w3.org/2000/svg}"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_NUMBERED_ID: Final = re.compile(r"[A-Za-z0-9]+_\d+")
_LINK: Final = f"{{{_XLINK}}}href"


def write_figure(figure: Figure, path: Path | str) -> Path:
    """Write a figure of this room as SVG or PNG, whichever the suffix of `path` asks for.

    >>> from osteon.report import FitPanel, FitView, Stamp, draw_fit
    >>> panel = FitPanel(
    ...     study="Trial A", arm="placebo", outcome="CTX", observed=(), months=(0, 1), simulated=(0, 1)
    ... )
    >>> stamp = Stamp(parameter_set="example", version="0")
    >>> view = FitView(title="Fit", subtitle="One", panels=(panel,), interval_label="90%", stamp=stamp)
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_figure(draw_fit(view), Path(folder) / "fit.svg").name
    'fit.svg'

    Raises:
        BadInputError: the suffix is neither, the folder is missing, or the figure says nothing
            of itself in words.
    """
    target = Path(path)
    render = _RENDERERS.get(target.suffix.lower())
    if render is None:
        raise BadInputError(
            code="report.unknown_suffix",
            field="path",
            got=target.suffix or "no suffix",
            expected=" or ".join(_RENDERERS),
            hint="Name the file .svg for a page or a document, .png where pixels are needed.",
        )
    if not target.parent.is_dir():
        raise BadInputError(
            code="report.no_folder",
            field="path",
            got=str(target.parent),
            expected="a folder that exists",
            hint="Make the folder first.",
        )
    target.write_bytes(render(figure))
    return target


def attach_description(figure: Figure, title: str, description: str) -> None:
    """Give a figure its text alternative: its label holds the title, then the description."""
    figure.set_label(set_minus(f"{title}\n{description}"))


def describe_figure(figure: Figure) -> tuple[str, str]:
    """Return the title and the description that stand for a figure where it cannot be seen.

    >>> from osteon.report import FitPanel, FitView, Stamp, draw_fit
    >>> panel = FitPanel(
    ...     study="Trial A", arm="placebo", outcome="CTX", observed=(), months=(0, 1), simulated=(0, 1)
    ... )
    >>> stamp = Stamp(parameter_set="example", version="0")
    >>> view = FitView(title="Fit", subtitle="One", panels=(panel,), interval_label="90%", stamp=stamp)
    >>> describe_figure(draw_fit(view))
    ('Fit', 'One. Page 1 of 1. ...')

    Raises:
        BadInputError: the figure was not drawn by this room and has no description.
    """
    title, _, description = str(figure.get_label()).partition("\n")
    if not description:
        raise BadInputError(
            code="report.no_description",
            field="figure",
            got="a figure without a text alternative",
            expected="a figure drawn by osteon.report",
            hint="Draw it with draw_forecast, draw_plan, draw_survey or draw_fit.",
        )
    return title, description


def render_svg(figure: Figure) -> str:
    """Return a figure as an SVG element that stands alone or inside a page.

    Text stays text, there is no style sheet and no style attribute (a strict content-security
    policy would drop them), and ids carry a digest so that two pictures in a page do not meet.

    >>> from osteon.report import FitPanel, FitView, Stamp, draw_fit
    >>> panel = FitPanel(
    ...     study="Trial A", arm="placebo", outcome="CTX", observed=(), months=(0, 1), simulated=(0, 1)
    ... )
    >>> stamp = Stamp(parameter_set="example", version="0")
    >>> view = FitView(title="Fit", subtitle="One", panels=(panel,), interval_label="90%", stamp=stamp)
    >>> render_svg(draw_fit(view)).startswith("<svg ")
    True
    """
    title, description = describe_figure(figure)
    buffer = BytesIO()
    with open_style():
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    ET.register_namespace("", _SVG.strip("{}"))
    ET.register_namespace("xlink", _XLINK)
    root = ET.fromstring(buffer.getvalue())  # noqa: S314 - written by the line above
    _drop_metadata(root)
    _size_in_pixels(root)
    _move_styles_to_attributes(root)
    _prefix_ids(root, f"o{sha256(buffer.getvalue()).hexdigest()[:10]}-")
    _add_description(root, title, description)
    return ET.tostring(root, encoding="unicode") + "\n"


def render_png(figure: Figure) -> bytes:
    """Return a figure as PNG, its title and description in the file's text fields.

    >>> from osteon.report import FitPanel, FitView, Stamp, draw_fit
    >>> panel = FitPanel(
    ...     study="Trial A", arm="placebo", outcome="CTX", observed=(), months=(0, 1), simulated=(0, 1)
    ... )
    >>> stamp = Stamp(parameter_set="example", version="0")
    >>> view = FitView(title="Fit", subtitle="One", panels=(panel,), interval_label="90%", stamp=stamp)
    >>> render_png(draw_fit(view))[1:4]
    b'PNG'
    """
    title, description = describe_figure(figure)
    buffer = BytesIO()
    words = {"Title": title, "Description": description, "Software": "osteon"}
    with open_style():
        figure.savefig(buffer, format="png", metadata=words)
    return buffer.getvalue()


def _render_svg_bytes(figure: Figure) -> bytes:
    return render_svg(figure).encode()


_RENDERERS: Final[Mapping[str, Callable[[Figure], bytes]]] = MappingProxyType(
    {".svg": _render_svg_bytes, ".png": render_png}
)


def _drop_metadata(root: ET.Element) -> None:
    """Drop what names the plotting library, and its style sheet, whose two rules the root takes."""
    unwanted = (f"{_SVG}metadata", f"{_SVG}style")
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in unwanted:
                parent.remove(child)
    root.set("stroke-linejoin", "round")
    root.set("stroke-linecap", "butt")


def _size_in_pixels(root: ET.Element) -> None:
    """Give the size without a unit, since some viewers cannot tell how long a point is."""
    for name in ("width", "height"):
        points = float(root.attrib[name].removesuffix("pt"))
        root.set(name, f"{points * CSS_PIXELS_PER_INCH / POINTS_PER_INCH:g}")


def _move_styles_to_attributes(root: ET.Element) -> None:
    for element in root.iter():
        for declaration in element.attrib.pop("style", "").split(";"):
            name, _, value = declaration.partition(":")
            if value:
                element.set(name.strip(), value.strip())


def _prefix_ids(root: ET.Element, prefix: str) -> None:
    for element in root.iter():
        identity = element.attrib.pop("id", None)
        if identity is not None and not _NUMBERED_ID.fullmatch(identity):
            element.set("id", prefix + identity)
        for name, value in element.attrib.items():
            element.set(name, value.replace("url(#", f"url(#{prefix}"))
        if _LINK in element.attrib:
            element.set(_LINK, f"#{prefix}{element.attrib[_LINK].removeprefix('#')}")


def _add_description(root: ET.Element, title: str, description: str) -> None:
    digest = sha256(f"{title}\n{description}".encode()).hexdigest()[:10]
    names = (f"title-{digest}", f"description-{digest}")
    words = zip(("title", "desc"), names, (title, description), strict=True)
    for place, (tag, name, text) in enumerate(words):
        element = ET.Element(f"{_SVG}{tag}", {"id": name})
        element.text = text
        root.insert(place, element)
    root.set("role", "img")
    root.set("lang", "en")
    root.set("aria-labelledby", " ".join(names))
