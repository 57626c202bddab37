"""A user's CSV: named columns, one cell at a time, and every fault in five parts beside its line."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from osteon.errors import BadInputError, OsteonError

__all__ = [
    "Line",
    "bad_cell",
    "echo_cells",
    "parse_line",
    "read_lines",
    "read_number",
    "read_optional",
    "read_word",
]


Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as written: its place among the filled lines (the header is 1), its cells, and how many too many."""

    number: int
    cells: Mapping[str, str]
    surplus: int = 0


def read_lines(path: Path, required: tuple[str, ...]) -> tuple[Line, ...]:
    """Read a UTF-8 CSV whose header holds ``required`` in any order; other columns are kept as they are.

    Raises ``BadInputError``: ``trials.unreadable`` or ``trials.missing_column``. Blank lines are skipped.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadInputError(
            code="trials.unreadable",
            field="table",
            got=f"{path.name} ({type(problem).__name__})",
            expected="a CSV file in UTF-8",
            hint="Check the path, or save the sheet as CSV UTF-8.",
        ) from problem
    reader = csv.reader(io.StringIO(text), skipinitialspace=True)
    header = [name.strip().lower() for name in next(reader, [])]
    _require_columns(header, required)
    return tuple(_list_lines(reader, header))


def _require_columns(header: list[str], required: tuple[str, ...]) -> None:
    missing = [name for name in required if name not in header]
    if missing or len(set(header)) < len(header):
        raise BadInputError(
            code="trials.missing_column" if missing else "trials.repeated_column",
            field="table header",
            got=", ".join(header) or "an empty file",
            expected="each of " + ", ".join(required) + " once",
            hint=f"Add {', '.join(missing)}." if missing else "Name each column once.",
        )


def _list_lines(reader: Iterator[list[str]], header: list[str]) -> Iterator[Line]:
    for number, cells in enumerate(reader, start=2):
        if any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * (len(header) - len(cells))]
            named = {name: cell.strip() for name, cell in zip(header, padded, strict=False)}
            yield Line(number=number, cells=named, surplus=max(len(cells) - len(header), 0))


def bad_cell(line: Line, column: str, expected: str, hint: str) -> BadInputError:
    """Build the error for a cell that cannot be read."""
    got = repr(line.cells.get(column, ""))
    field = f"line {line.number}, {column}"
    return BadInputError(code="trials.bad_cell", field=field, got=got, expected=expected, hint=hint)


def read_number(line: Line, column: str, low_high: tuple[float, float]) -> float:
    """Read a number in a closed range. Raises ``BadInputError`` (``trials.bad_cell``)."""
    expected = f"a number from {low_high[0]:g} to {low_high[1]:g}"
    try:
        value = float(line.cells[column])
    except ValueError as problem:
        hint = "Write plain numbers with a decimal point and no unit."
        raise bad_cell(line, column, expected, hint) from problem
    if not low_high[0] <= value <= low_high[1]:
        raise bad_cell(line, column, expected, "Check the sign, the unit and the decimal point.")
    return value


def read_optional(line: Line, column: str, low_high: tuple[float, float]) -> float | None:
    """Read a number, or None where the cell is blank or the column is not there."""
    return read_number(line, column, low_high) if line.cells.get(column) else None


def read_word(line: Line, column: str, words: tuple[str, ...]) -> str:
    """Read one of ``words``, whatever its case. Raises ``BadInputError`` (``trials.bad_cell``)."""
    word = line.cells[column].lower()
    if word in words:
        return word
    close = get_close_matches(word, words, n=1)
    hint = f"Did you mean {close[0]}?" if close else "Use one of the words listed."
    raise bad_cell(line, column, " or ".join(words), hint)


def parse_line(line: Line, parse: Callable[[Line], Row]) -> Row | OsteonError:
    """Parse a line; a fault comes back as a value that names its line."""
    try:
        _refuse_surplus(line)
        return parse(line)
    except OsteonError as fault:
        parts = fault.as_problem()
        if not parts["field"].startswith("line "):
            parts["field"] = f"line {line.number}, {parts['field']}"
        return type(fault)(**parts)


def _refuse_surplus(line: Line) -> None:
    if line.surplus:
        raise BadInputError(
            code="trials.too_many_cells",
            field=f"line {line.number}",
            got=f"{line.surplus} cells more than the header",
            expected="as many cells as the header",
            hint="Put a sequence that holds a comma between double quotes.",
        )


def echo_cells(line: Line, numbers: tuple[str, ...]) -> dict[str, float | str | None]:
    """Return the cells as JSON values: a blank is None, and a number where ``numbers`` names the column."""
    return {name: _echo(cell, number=name in numbers) for name, cell in line.cells.items()}


def _echo(cell: str, *, number: bool) -> float | str | None:
    try:
        value = float(cell) if number and cell else None
    except ValueError:
        return cell
    if value is None or not math.isfinite(value):
        return cell or None
    return value
