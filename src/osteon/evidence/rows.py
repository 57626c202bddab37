"""The rows of a table as they stand in the file, before anything is believed."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from osteon.errors import OsteonError
from osteon.evidence.schema import TableSchema


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table: its number in the file and its cells by column name."""

    table: str
    line: int
    cells: Mapping[str, str]


def row_fault(row: Row, code: str, column: str, expected: str, hint: str) -> OsteonError:
    """Build the error for one cell of one row, naming table, line and column."""
    return OsteonError(
        code=f"evidence.{code}",
        field=f"{row.table}.csv line {row.line}, {column}",
        got=repr(row.cells.get(column, "")),
        expected=expected,
        hint=hint,
    )


def _file_fault(table: str, line: int, got: str, expected: str) -> OsteonError:
    return OsteonError(
        code="evidence.bad_layout",
        field=f"{table}.csv line {line}",
        got=got,
        expected=expected,
        hint="Quote a cell that holds a comma; the header is the table's keys, then the fixed columns.",
    )


def read_rows(folder: Traversable, schema: TableSchema) -> tuple[Row, ...]:
    """Read the CSV file of a table as text cells.

    Raises `evidence.bad_layout` when the file is missing, its header differs from the schema
    or a line has too few or too many cells.
    """
    table, columns = schema.table, schema.columns
    path = folder / f"{table}.csv"
    if not path.is_file():
        raise _file_fault(table, 0, "no file", "a CSV file beside the schema file")
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(path.read_text(encoding="utf-8")), strict=True)
    header = next(reader, [])
    if tuple(header) != columns:
        raise _file_fault(table, 1, ",".join(header), ",".join(columns))
    for cells in reader:
        if len(cells) != len(columns):
            raise _file_fault(table, reader.line_num, f"{len(cells)} cells", str(len(columns)))
        named = dict(zip(columns, cells, strict=True))
        rows.append(Row(table=table, line=reader.line_num, cells=named))
    return tuple(rows)
