"""Where things are printed: answers to standard output, progress and faults to the other."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console
    from rich.table import Table

__all__ = [
    "open_screen",
    "open_table",
    "print_footer",
    "print_json",
    "print_words",
    "show_progress",
    "show_steps",
]

_PLAIN_WIDTH: Final = 100
_STYLES: Final = {
    "fault": "bold red",
    "heading": "bold",
    "muted": "dim",
    "name": "cyan",
    "own": "magenta",
    "contraindicated": "bold red",
    "caution": "yellow",
    "info": "dim",
}


def open_screen(*, to_errors: bool = False) -> Console:
    """Open the console; without a terminal a page is 100 columns wide, unless COLUMNS says else."""
    from rich.console import Console
    from rich.theme import Theme

    stream = sys.stderr if to_errors else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else _PLAIN_WIDTH
    # Without markup: a patient's name may hold brackets, and an error code does.
    return Console(file=stream, width=width, theme=Theme(_STYLES), highlight=False, emoji=False, markup=False)


def print_json(text: str) -> None:
    """Print JSON as it is: no color, no wrapping, one trailing newline."""
    sys.stdout.write(text + "\n")


def print_words(screen: Console, *words: str | tuple[str, str]) -> None:
    """Print words in one flow, each plain or with its style."""
    from rich.text import Text

    screen.print(Text.assemble(*words))


def print_footer(screen: Console, *facts: str) -> None:
    """Print what stands under every page: provenance, and what osteon is not."""
    from osteon.app import NOTICE

    screen.print()
    if facts:
        screen.print(" | ".join(facts), style="muted")
    screen.print(NOTICE, style="muted")


def open_table(*, gap: int = 2) -> Table:
    """Open a table with a ruled head and nothing around it."""
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, gap - 1, 0, 0))


@contextmanager
def show_progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal's error stream, and nothing anywhere else; it vanishes when done."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    screen = open_screen(to_errors=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def show_steps(label: str) -> Iterator[Callable[[str], None]]:
    """Show the latest step of something whose length is not known."""
    screen = open_screen(to_errors=True)
    if not screen.is_terminal:
        yield lambda _: None
        return
    with screen.status(label) as status:
        yield lambda step: status.update(f"{label}: {step}")
