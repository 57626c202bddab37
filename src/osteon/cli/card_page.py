"""The page of `model-card`: sections of words, and tables that fold where they must."""

from __future__ import annotations

from io import StringIO
from itertools import groupby
from typing import TYPE_CHECKING, Final

from osteon.cli.card_format import CardFormat
from osteon.cli.screen import open_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from osteon.app import ModelCardAnswer
    from osteon.report import CardSection, CardTable

__all__ = ["print_card", "render_answer"]

_WIDTH: Final = 110
_LITERATURE: Final = "bibliography"


def print_card(screen: Console, answer: ModelCardAnswer) -> None:
    """Print the whole card."""
    from rich.table import Table
    from rich.text import Text

    card = answer.card
    screen.print(f"Model card: {card.title}", style="bold")
    screen.print(card.notice)
    stamp = Table.grid(padding=(0, 2, 0, 0))
    for name, value in card.stamp:
        stamp.add_row(Text(name, style="dim"), value)
    screen.print(stamp)
    for part, sections in groupby(card.sections, key=lambda section: section.part):
        screen.print()
        screen.rule(part, align="left", characters="═")
        for section in sections:
            _print_section(screen, section)


def _print_section(screen: Console, section: CardSection) -> None:
    screen.print()
    screen.print(section.heading, style="bold")
    if section.key == _LITERATURE:
        screen.print(f"{len(section.tables[0].rows)} sources; osteon cite prints them.")
        return
    for paragraph in section.paragraphs:
        screen.print(paragraph)
    for point in section.points:
        _print_point(screen, point)
    for table in section.tables:
        screen.print()
        _print_table(screen, table)


def _print_point(screen: Console, point: str) -> None:
    from rich.table import Table

    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_row("-", point)
    screen.print(grid)


def _print_table(screen: Console, table: CardTable) -> None:
    screen.print(table.caption, style="dim")
    page = open_table()
    for column, name in enumerate(table.head):
        words = [row[column] for row in table.rows]
        number = column > 0 and all(_is_number(word) for word in words)
        page.add_column(name, justify="right" if number else "left", no_wrap=number)
    for row in table.rows:
        page.add_row(*row)
    screen.print(page)


def _is_number(word: str) -> bool:
    return not word or word == "-" or word.lstrip("+-<> ")[:1].isdigit()


def render_answer(answer: ModelCardAnswer, form: CardFormat) -> str:
    """Write the card in a format, without a newline at the end."""
    from osteon.app import write_card_html, write_card_xml, write_document

    writers: dict[CardFormat, Callable[[ModelCardAnswer], str]] = {
        CardFormat.TEXT: _write_text,
        CardFormat.JSON: write_document,
        CardFormat.XML: write_card_xml,
        CardFormat.HTML: write_card_html,
    }
    return writers[form](answer).rstrip("\n")


def _write_text(answer: ModelCardAnswer) -> str:
    from rich.console import Console

    screen = Console(file=StringIO(), width=_WIDTH, highlight=False, emoji=False, markup=False, no_color=True)
    with screen.capture() as captured:
        print_card(screen, answer)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())
