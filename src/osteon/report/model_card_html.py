"""The model card as one HTML page: no script, nothing loaded from elsewhere, fit for paper."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Final

from osteon.report import palette
from osteon.report.model_card import CardSection, CardTable, ModelCard
from osteon.report.wording import set_minus

__all__ = ["render_card_html"]

_STYLE: Final = f"""
:root {{ color-scheme: light; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; color: {palette.INK}; background: {palette.PAPER};
  margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 62rem; }}
h1 {{ font-size: 1.7rem; line-height: 1.2; margin: 0 0 .5rem; }}
h2 {{ font-size: 1.3rem; margin: 2.5rem 0 .5rem; padding-top: 1rem; border-top: 2px solid {palette.INK}; }}
h3 {{ font-size: 1.05rem; margin: 1.6rem 0 .3rem; }}
p, ul {{ max-width: 46rem; margin: .4rem 0; }}
ul {{ padding-left: 1.2rem; }}
.notice {{ background: {palette.PANEL}; border-left: 4px solid {palette.GOAL_LINE}; padding: .6rem .8rem;
  font-weight: 600; }}
dl.stamp {{ display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; font-size: .9rem; }}
dl.stamp dt {{ color: {palette.SOFT_INK}; }}
dl.stamp dd {{ margin: 0; overflow-wrap: anywhere; }}
nav ul {{ columns: 18rem; list-style: none; padding: 0; max-width: none; font-size: .9rem; }}
a {{ color: {palette.MEDIAN_LINE}; }}
.table {{ overflow-x: auto; margin: .8rem 0 1.2rem; }}
table {{ border-collapse: collapse; font-size: .88rem; }}
caption {{ text-align: left; font-weight: 600; padding-bottom: .25rem; }}
th, td {{ text-align: left; vertical-align: top; padding: .2rem 1.1rem .2rem 0; }}
td.number {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
th.number {{ text-align: right; }}
thead th {{ border-bottom: 1px solid {palette.INK}; }}
tbody tr {{ border-bottom: 1px solid {palette.PALE_RULE}; }}
tbody th {{ font-weight: 400; }}
@media print {{ body {{ max-width: none; font-size: 10pt; }} nav {{ display: none; }}
  tr {{ break-inside: avoid; }} h2, h3, caption {{ break-after: avoid; }} }}
"""


def render_card_html(card: ModelCard) -> str:
    """Write the card as a page that reads on paper, on a narrow screen and aloud."""
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Model card: {_set(card.title)}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        "<header>",
        f"<h1>Model card: {_set(card.title)}</h1>",
        f'<p class="notice">{_set(card.notice)}</p>',
        *_write_stamp(card),
        "</header>",
        *_write_contents(card),
        "<main>",
        *_write_parts(card),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _set(text: str) -> str:
    return escape(set_minus(text))


def _write_stamp(card: ModelCard) -> Iterator[str]:
    yield '<dl class="stamp">'
    for name, value in card.stamp:
        yield f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
    yield "</dl>"


def _write_contents(card: ModelCard) -> Iterator[str]:
    yield '<nav aria-label="Contents"><ul>'
    for section in card.sections:
        yield f'<li><a href="#{section.key}">{_set(section.heading)}</a></li>'
    yield "</ul></nav>"


def _write_parts(card: ModelCard) -> Iterator[str]:
    for part, sections in groupby(card.sections, key=lambda section: section.part):
        yield f"<h2>{_set(part)}</h2>"
        for section in sections:
            yield from _write_section(section)


def _write_section(section: CardSection) -> Iterator[str]:
    yield f'<section id="{section.key}">'
    yield f"<h3>{_set(section.heading)}</h3>"
    for paragraph in section.paragraphs:
        yield f"<p>{_set(paragraph)}</p>"
    if section.points:
        yield "<ul>"
        for point in section.points:
            yield f"<li>{_set(point)}</li>"
        yield "</ul>"
    for table in section.tables:
        yield from _write_table(table)
    yield "</section>"


def _write_table(table: CardTable) -> Iterator[str]:
    numeric = [
        bool(table.rows) and all(_is_number(row[column]) for row in table.rows)
        for column in range(len(table.head))
    ]
    yield '<div class="table" tabindex="0" role="region"'
    yield f'aria-label="{_set(table.caption)}"><table><caption>{_set(table.caption)}</caption>'
    heads = (
        f'<th scope="col"{_mark(right)}>{_set(name)}</th>'
        for name, right in zip(table.head, numeric, strict=True)
    )
    yield f"<thead><tr>{''.join(heads)}</tr></thead><tbody>"
    for first, *rest in table.rows:
        cells = (
            f"<td{_mark(right)}>{_set(word)}</td>" for word, right in zip(rest, numeric[1:], strict=True)
        )
        yield f'<tr><th scope="row">{_set(first)}</th>{"".join(cells)}</tr>'
    yield "</tbody></table></div>"


def _mark(right: bool) -> str:  # noqa: FBT001 - which side the words stand on
    return ' class="number"' if right else ""


def _is_number(word: str) -> bool:
    """Tell whether a word starts as a number does, or says that there is none."""
    return not word or word == "-" or word.lstrip("+-<>").lstrip()[:1].isdigit()
