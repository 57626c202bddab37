"""The JSON of `validate`: rows as they were written, each with its simulation or its fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import JsonValue

from osteon.app.documents.shapes import Document, Number
from osteon.trials import describe_arm_table, describe_cell_table, describe_reproduction

if TYPE_CHECKING:
    from osteon.app.validation import ValidatedEvidence
    from osteon.trials import ArmTable, CellTable

Rows = list[dict[str, JsonValue]]


class ValidateTableDocument(Document):
    """A user's arms: `simulated` with its central 90 % stands in each row that could be simulated, else `error`."""

    format: Literal["osteon-validate-table/1"] = "osteon-validate-table/1"
    rows: Rows
    rmse: dict[str, Number | None]
    parameter_set: str


class ValidateCellsDocument(Document):
    """A user's chances: `simulated` (0 to 1) beside `probability`, or `error`."""

    format: Literal["osteon-validate-cells/1"] = "osteon-validate-cells/1"
    rows: Rows
    mean_absolute_error: Number | None
    worst: Number | None
    parameter_set: str


class ValidateDocument(Document):
    """The evidence reproduced, by role, and the published chances."""

    format: Literal["osteon-validate/1"] = "osteon-validate/1"
    reproductions: list[dict[str, JsonValue]]
    cells: dict[str, JsonValue]


def write_validated_arms(table: ArmTable) -> ValidateTableDocument:
    """Write a table of arms."""
    return ValidateTableDocument(**describe_arm_table(table))


def write_validated_cells(table: CellTable) -> ValidateCellsDocument:
    """Write a table of chances."""
    return ValidateCellsDocument(**describe_cell_table(table))


def write_validated_evidence(found: ValidatedEvidence) -> ValidateDocument:
    """Write the reproduction of the evidence."""
    return ValidateDocument(
        reproductions=[describe_reproduction(one) for one in found.reproductions],
        cells=describe_cell_table(found.cells),
    )
