"""The validation report as one HTML file: nothing in it is fetched, and without scripts it is whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Final
from xml.etree import ElementTree as ET

from osteon.errors import BadInputError
from osteon.report import palette
from osteon.report.output import render_svg
from osteon.report.plot_values import PlotGrid
from osteon.report.plots import draw_plots
from osteon.report.validation_views import (
    ArmGroupView,
    ArmView,
    Block,
    ClaimsView,
    Entry,
    FigureView,
    HeadingView,
    SectionView,
    TableView,
    Tone,
    ValidationView,
)
from osteon.report.wording import set_minus

_SVG: Final = "{http://www.w3.org/2000/svg}"
_LINK: Final = "{http://www.w3.org/1999/xlink}href"
_LONG_NUMBER: Final = re.compile(r"-?\d+\.\d{3,}")
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
_SIGN: Final = MappingProxyType({Tone.MET: "\N{CHECK MARK} ", Tone.NOT_MET: "\N{MULTIPLICATION X} "})
# The style sheet gives these names a color in the light and another in the dark.
_NAMED_COLORS: Final = MappingProxyType(
    {
        palette.INK: "ink",
        palette.SOFT_INK: "soft",
        palette.RULE: "rule",
        palette.PALE_RULE: "pale",
        palette.PANEL: "panel",
        palette.PAPER: "paper",
        palette.OUTER_RIBBON: "band-1",
        palette.REAL_WORLD_INTERVAL: "band-2",
        palette.REFERENCE_BAND: "band-3",
        palette.FOURTH_BAND: "band-4",
        palette.MEDIAN_LINE: "line-1",
        palette.GOAL_LINE: "line-2",
        palette.REFERENCE: "line-3",
        palette.FOURTH_LINE: "line-4",
    }
)


def write_validation(
    view: ValidationView, path: Path | str, *, progress: Callable[[int, int], None] | None = None
) -> Path:
    """Write the report into a file.

    Raises:
        BadInputError: the suffix is not .html, or the folder is missing.
    """
    target = check_validation_path(path)
    target.write_text(render_validation(view, progress=progress), encoding="utf-8")
    return target


def check_validation_path(path: Path | str) -> Path:
    """Return the path of a report that can be written there.

    Raises:
        BadInputError: the suffix is not .html, or the folder is missing.
    """
    target = Path(path)
    if target.suffix.lower() not in {".html", ".htm"}:
        raise BadInputError(
            code="report.unknown_suffix",
            field="path",
            got=target.suffix or "no suffix",
            expected=".html",
            hint="The report is one HTML page.",
        )
    if not target.parent.is_dir():
        raise BadInputError(
            code="report.no_folder",
            field="path",
            got=str(target.parent),
            expected="a folder that exists",
            hint="Make the folder first.",
        )
    return target


def render_validation(view: ValidationView, *, progress: Callable[[int, int], None] | None = None) -> str:
    """Return the report as HTML text.

    >>> text = render_validation(
    ...     ValidationView(title="Report", facts=(), sections=(), notice="Research use.")
    ... )
    >>> text.startswith("<!DOCTYPE html>"), "<h1>Report</h1>" in text, "://" in text
    (True, True, False)
    """
    tell = progress or _say_nothing
    total = sum(1 for section in view.sections for _ in _list_grids(section))
    drawn = iter(range(1, total + 1))

    def draw(grid: PlotGrid) -> ET.Element:
        element = embed_grid(grid)
        tell(next(drawn), total)
        return element

    page = _make("html", _make_head(view.title), _make_body(view, draw), lang="en")
    return "<!DOCTYPE html>\n" + ET.tostring(page, encoding="unicode", method="html") + "\n"


def _say_nothing(done: int, total: int) -> None:
    del done, total


def _list_grids(section: SectionView) -> Iterator[PlotGrid]:
    for block in section.blocks:
        if isinstance(block, FigureView):
            yield block.grid
        elif isinstance(block, ArmGroupView):
            yield from (arm.grid for arm in block.arms)


def _make(tag: str, *children: ET.Element | str, **attributes: str) -> ET.Element:
    """Build an element; a trailing underscore of an attribute's name is dropped, others become hyphens."""
    element = ET.Element(tag, {name.rstrip("_").replace("_", "-"): text for name, text in attributes.items()})
    last: ET.Element | None = None
    for child in children:
        if isinstance(child, ET.Element):
            element.append(child)
            last = child
        elif last is None:
            element.text = (element.text or "") + child
        else:
            last.tail = (last.tail or "") + child
    return element


def _make_head(title: str) -> ET.Element:
    return _make(
        "head",
        _make("meta", charset="utf-8"),
        _make("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        _make("meta", name="viewport", content="width=device-width, initial-scale=1"),
        _make("meta", name="color-scheme", content="light dark"),
        _make("title", title),
        _make("style", _read_asset("validation.css")),
    )


def _read_asset(name: str) -> str:
    return (files("osteon.report") / "assets" / name).read_text(encoding="utf-8")


def _make_body(view: ValidationView, draw: Callable[[PlotGrid], ET.Element]) -> ET.Element:
    facts = _make(
        "dl",
        *(_make("div", _make("dt", name), _make("dd", text)) for name, text in view.facts),
        class_="facts",
    )
    contents = _make(
        "nav",
        *(_make("a", section.title, href=f"#{section.key}") for section in view.sections),
        class_="contents",
        aria_label="Contents",
    )
    header = _make("header", _make("h1", view.title), facts, contents)
    main = _make("main", *(_make_section(section, draw) for section in view.sections))
    footer = _make("footer", _make("p", view.notice))
    return _make("body", header, main, footer, _make("script", _read_asset("validation.js")))


def _make_section(section: SectionView, draw: Callable[[PlotGrid], ET.Element]) -> ET.Element:
    parts = [_make("h2", section.title), *(_make("p", set_minus(text)) for text in section.paragraphs)]
    if any(isinstance(block, ArmGroupView) for block in section.blocks):
        parts += [_make_filter(), _make_arm_key()]
    for tables, blocks in groupby(section.blocks, key=lambda block: isinstance(block, TableView)):
        made = [_make_block(block, draw) for block in blocks]
        parts += [_make("div", *made, class_="tables")] if tables else made
    return _make("section", *parts, id=section.key)


def _make_block(block: Block, draw: Callable[[PlotGrid], ET.Element]) -> ET.Element:
    if isinstance(block, TableView):
        return _make_table(block)
    if isinstance(block, FigureView):
        caption = [_make("figcaption", set_minus(block.caption))] if block.caption else []
        return _make("figure", draw(block.grid), *caption, class_="chart")
    if isinstance(block, ArmGroupView):
        return _make_group(block, draw)
    if isinstance(block, ClaimsView):
        return _make_claims(block)
    return _make_heading(block)


def _make_heading(block: HeadingView) -> ET.Element:
    parts = [_make("h3", block.title, id=block.key), _make("p", set_minus(block.text))]
    if block.sources:
        links = [_make_link(text, link) for text, link in block.sources]
        parts.append(_make("p", "Sources: ", *_intersperse(links, "; "), class_="sources"))
    return _make("div", *parts, class_="heading")


def _intersperse(elements: Iterable[ET.Element], between: str) -> Iterator[ET.Element | str]:
    for index, element in enumerate(elements):
        if index:
            yield between
        yield element


def _make_link(text: str, link: str) -> ET.Element:
    return _make("a", text, href=link, rel="noreferrer") if link else _make("span", text)


def _make_claims(block: ClaimsView) -> ET.Element:
    def make(text: str, seen: bool) -> ET.Element:  # noqa: FBT001 - a pair of the view
        tone = Tone.MET if seen else Tone.NOT_MET
        mark = _make("span", _SIGN[tone] + ("seen" if seen else "not seen"), class_=f"verdict {tone}")
        return _make("li", mark, " ", text)

    return _make("ul", *(make(text, seen) for text, seen in block.claims), class_="claims")


def _make_table(table: TableView) -> ET.Element:
    head = _make("tr", *(_make("th", name, scope="col") for name in table.head))
    body = [_make("tr", *(_make_cell(entry, place) for place, entry in enumerate(row))) for row in table.rows]
    parts = [_make("caption", set_minus(table.caption))] if table.caption else []
    spans = [_make("th", name, colspan=str(count), scope="colgroup") for name, count in table.spans]
    heads = [_make("tr", *spans, class_="spans"), head] if spans else [head]
    whole = _make("table", *parts, _make("thead", *heads), _make("tbody", *body), data_key=table.key)
    note = [_make("p", set_minus(table.note), class_="note")] if table.note else []
    return _make("div", whole, *note, class_="table")


def _make_cell(entry: Entry, place: int) -> ET.Element:
    text: ET.Element | str = _SIGN.get(entry.tone, "") + set_minus(entry.text)
    if entry.value is not None:
        text = _make("data", text, value=repr(entry.value))
    if entry.link:
        text = _make_link(entry.text, entry.link)
    classes = f"{entry.tone} number" if entry.value is not None else str(entry.tone)
    if place == 0:
        return _make("th", text, scope="row", class_=classes)
    return _make("td", text, class_=classes)


def _make_filter() -> ET.Element:
    field = _make("input", type="search", id="filter", placeholder="denosumab, FREEDOM, held back", size="36")
    count = _make("output", id="found", for_="filter")
    label = _make("label", "Show only arms that mention ", field)
    # Shown by the script that makes it work.
    return _make("p", label, " ", count, class_="filter", hidden="hidden")


def _make_arm_key() -> ET.Element:
    def item(name: str, text: str) -> ET.Element:
        return _make("li", _make("span", "", class_=f"sample {name}"), text)

    return _make(
        "ul",
        item("line", "simulated mean or median of the arm"),
        item("band", "90 % interval of a trial of its size"),
        item("dot", "read or digitized, seen by the fit"),
        item("dot hollow", "recalled, seen by the fit"),
        item("diamond", "read or digitized, held back"),
        item("diamond hollow", "recalled, held back"),
        item("ring", "more than two SD away"),
        class_="key",
    )


def _make_group(group: ArmGroupView, draw: Callable[[PlotGrid], ET.Element]) -> ET.Element:
    names = _make(
        "div", *(_make("span", name) for name in group.outcomes), class_="outcomes", aria_hidden="true"
    )
    head = _make("div", _make("h3", group.title), names, class_="group-head")
    return _make("div", head, *(_make_arm(arm, draw) for arm in group.arms), class_="group")


def _make_arm(arm: ArmView, draw: Callable[[PlotGrid], ET.Element]) -> ET.Element:
    role = _make("span", arm.role, class_=f"role {arm.role.replace(' ', '-')}")
    title = _make("h4", arm.study, _make("span", f" \N{MIDDLE DOT} {arm.arm}", class_="arm-name"))
    words = _make(
        "div", title, role, _make("p", arm.therapy), _make("p", arm.facts, class_="soft"), class_="who"
    )
    details = _make("details", _make("summary", "Numbers"), _make_table(arm.numbers))
    plots = _make("div", draw(arm.grid), class_="plots")
    search = f"{arm.study} {arm.arm} {arm.therapy} {arm.role}".lower()
    return _make("article", words, plots, details, class_="arm", data_search=search)


def embed_grid(grid: PlotGrid) -> ET.Element:
    """Draw plots as an SVG element of an HTML page: sized by the page, colored by its style sheet."""
    root = ET.fromstring(render_svg(draw_plots(grid)))  # noqa: S314 - written by the call inside
    width, height = root.attrib.pop("width"), root.attrib.pop("height")
    _drop_empty_groups(root)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        _shorten_attributes(element.attrib)
    root.set("style", f"--w:{width}px;--h:{height}px")
    return root


def _shorten_attributes(attributes: dict[str, str]) -> None:
    if _LINK in attributes:
        attributes["href"] = attributes.pop(_LINK)
    classes = [attributes.get("class", "")]
    for name in ("fill", "stroke"):
        color = _NAMED_COLORS.get(attributes.get(name, ""))
        if color:
            del attributes[name]
            classes.append(f"{name[0]}-{color}")
    for name in ("font-family", "stroke-linejoin", "stroke-linecap", "xml:space"):
        attributes.pop(name, None)
    for name, text in attributes.items():
        attributes[name] = _LONG_NUMBER.sub(_round_match, text)
    if any(classes):
        attributes["class"] = " ".join(filter(None, classes))


def _round_match(found: re.Match[str]) -> str:
    return f"{float(found.group()):.2f}".rstrip("0").rstrip(".")


def _drop_empty_groups(root: ET.Element) -> None:
    """Lift what stands in a group that says nothing of its own, and drop the names of groups."""
    linked = {text.removeprefix("#") for element in root.iter() if (text := element.attrib.get(_LINK, ""))}
    clipped = {
        found
        for element in root.iter()
        for text in element.attrib.values()
        for found in re.findall(r"url\(#([^)]+)\)", text)
    }
    described = set(root.attrib.get("aria-labelledby", "").split())
    _lift_children(root, linked | clipped | described)


def _lift_children(parent: ET.Element, kept: set[str]) -> None:
    lifted: list[ET.Element] = []
    for child in list(parent):
        if child.attrib.get("id", "") not in kept:
            child.attrib.pop("id", None)
        _lift_children(child, kept)
        if child.tag == f"{_SVG}g" and not child.attrib:
            lifted += list(child)
        elif not (child.tag == f"{_SVG}defs" and not len(child)):
            lifted.append(child)
    for child in list(parent):
        parent.remove(child)
    for child in lifted:
        child.tail = None
        parent.append(child)
