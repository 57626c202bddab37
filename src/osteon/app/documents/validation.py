"""The JSON of `validate`: rows as they were written, each with its simulation or its fault."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from pydantic import JsonValue

from osteon.app.documents.shapes import Document, Number, SourceShape, shape_sources
from osteon.trials import (
    describe_arm_table,
    describe_cell_table,
    describe_peers,
    describe_phenomenon,
    describe_reproduction,
    list_dosing_visits,
    score_left_out,
)

if TYPE_CHECKING:
    from osteon.app.validation import LeftOutTrials, ValidatedEvidence
    from osteon.trials import ArmTable, CellTable, DosingVisit, Judgment, ReproducedRow

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
    """The evidence reproduced, by role, with what the report of it shows.

    `judgments` are the quantities with a target, `met` or not (null without one); `peers` scores other ways to answer
    on the same numbers; `left_out` is null unless kept answers were given; `misfits` are rows more than two SD away,
    `visits` markers by months since the last dose.
    """

    format: Literal["osteon-validate/1"] = "osteon-validate/1"
    parameter_set: str
    evidence_hash: str
    fitted_to: str
    judgments: Rows
    reproductions: list[dict[str, JsonValue]]
    peers: Rows
    left_out: dict[str, JsonValue] | None
    cells: dict[str, JsonValue]
    visits: Rows
    phenomena: Rows
    misfits: Rows
    sources: list[SourceShape]


def write_validated_arms(table: ArmTable) -> ValidateTableDocument:
    """Write a table of arms."""
    return ValidateTableDocument(**describe_arm_table(table))


def write_validated_cells(table: CellTable) -> ValidateCellsDocument:
    """Write a table of chances."""
    return ValidateCellsDocument(**describe_cell_table(table))


def write_validated_evidence(found: ValidatedEvidence) -> ValidateDocument:
    """Write the reproduction of the evidence."""
    rows = [row for one in found.reproductions for row in one.rows]
    return ValidateDocument(
        parameter_set=found.cells.parameter_set,
        evidence_hash=found.evidence_hash,
        fitted_to=found.fitted_to,
        judgments=[_describe_judgment(one) for one in found.judgments],
        reproductions=[describe_reproduction(one) for one in found.reproductions],
        peers=[
            {"role": one.role.value, **score} for one in found.peers for score in describe_peers(one.scores)
        ],
        left_out=_describe_left_out(found.left_out) if found.left_out else None,
        cells=describe_cell_table(found.cells),
        visits=[_describe_visit(visit) for visit in list_dosing_visits(rows)],
        phenomena=[describe_phenomenon(one) for one in found.phenomena],
        misfits=[_describe_misfit(row) for row in found.misfits],
        sources=shape_sources(found.sources),
    )


def _describe_judgment(one: Judgment) -> dict[str, Any]:
    return {**asdict(one), "met": one.met}


def _describe_left_out(kept: LeftOutTrials) -> dict[str, Any]:
    return {
        "answered": list(kept.answered),
        "studies": list(kept.studies),
        "by_outcome": {name: asdict(score) for name, score in score_left_out(kept.rows).items()},
        "rows": [asdict(row) for row in kept.rows],
    }


def _describe_visit(visit: DosingVisit) -> dict[str, Any]:
    return {
        **_name_row(visit.row),
        "drug": visit.drug,
        "interval_months": visit.interval_months,
        "months_since_dose": visit.months_since_dose,
        "value": visit.row.observation.value,
        "simulated": visit.row.estimate.simulated,
    }


def _describe_misfit(row: ReproducedRow) -> dict[str, Any]:
    low, high = row.estimate.find_interval(90 / 100)
    return {
        **_name_row(row),
        "role": row.observation.fact.role.value,
        "value": row.observation.value,
        "simulated": row.estimate.simulated,
        "simulated_low": low,
        "simulated_high": high,
        "deviation_sd": row.deviation,
    }


def _name_row(row: ReproducedRow) -> dict[str, Any]:
    o = row.observation
    names = ("study", "arm", "comparator", "outcome", "month", "baseline_month")
    return {name: getattr(o, name) for name in names}
