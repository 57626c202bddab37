"""Findings of several options, each printed once and pointed to by a letter."""

from __future__ import annotations

from string import ascii_lowercase
from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

from osteon.therapy import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from osteon.therapy import Finding

__all__ = ["Remarks", "print_remarks"]

_NOT_CHECKED: Final = "not_checked"
_ORDER: Final = (Severity.CONTRAINDICATED, Severity.CAUTION, Severity.INFO)


class Remarks:
    """Findings by letter, the gravest first; what could not be checked is gathered into one line."""

    def __init__(self, groups: Iterable[tuple[Finding, ...]]) -> None:
        found = dict.fromkeys(finding for group in groups for finding in group)
        graded = sorted(found, key=lambda finding: _ORDER.index(finding.severity))
        stated = [finding for finding in graded if finding.code != _NOT_CHECKED]
        self.letters = {finding: _name_letter(number) for number, finding in enumerate(stated)}
        self.unchecked = tuple(dict.fromkeys(item for finding in graded for item in _list_unchecked(finding)))

    def list_letters(self, findings: Iterable[Finding]) -> list[tuple[Severity, list[str]]]:
        """Return the letters of these findings, by severity."""
        own = [finding for finding in findings if finding in self.letters]
        by_severity = [
            (severity, [self.letters[finding] for finding in own if finding.severity is severity])
            for severity in _ORDER
        ]
        return [(severity, letters) for severity, letters in by_severity if letters]


def _name_letter(number: int) -> str:
    turn, place = divmod(number, len(ascii_lowercase))
    return ascii_lowercase[place] + (str(turn) if turn else "")


def _list_unchecked(finding: Finding) -> list[str]:
    if finding.code != _NOT_CHECKED:
        return []
    return finding.message.partition(": ")[2].rstrip(".").split(", ")


def print_remarks(screen: Console, remarks: Remarks) -> None:
    """Print every remark once, and what nobody said about the patient."""
    if not remarks.letters and not remarks.unchecked:
        return
    screen.print()
    screen.print("Worth knowing", style="heading")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    for finding, letter in remarks.letters.items():
        head = Text(f"{letter}  {finding.severity}", style=str(finding.severity))
        body = Text(finding.message)
        recalled = ", recalled" if finding.extraction == "recalled" else ""
        body.append(f" [{finding.code}; {finding.source}{recalled}]", style="muted")
        table.add_row(head, body)
    if remarks.unchecked:
        body = Text("The patient file does not say, so labels were not checked for: ")
        body.append(f"{', '.join(remarks.unchecked)}.")
        table.add_row(Text("   unchecked", style="info"), body)
    screen.print(table)
