"""Chances that a scan reads above a T-score, for women who all have the same measured baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
from scipy.special import ndtr

from osteon.densitometry import Site
from osteon.errors import AbstainedError, OsteonError
from osteon.evidence import Role, describe_table, find_fact, select_facts
from osteon.inference import lay_out_sequence
from osteon.population import Executor, ThreadExecutor, draw_virtual_patients, load_engine
from osteon.remodeling import Outcomes, ParameterSet, load_parameter_set
from osteon.therapy import Sequence as Therapy
from osteon.therapy import parse_sequence
from osteon.trials.columns import (
    Line,
    echo_cells,
    parse_line,
    read_lines,
    read_number,
    read_optional,
    read_word,
)
from osteon.trials.course import BLOCKS_PER_MONTH, run_course
from osteon.trials.women import draw_covariates, read_measured_baseline

__all__ = [
    "Cell",
    "CellSettings",
    "CellTable",
    "CellTableRow",
    "SimulatedCell",
    "describe_cell_table",
    "list_published_cells",
    "read_cell_table",
    "simulate_cells",
]

_REQUIRED = ("study", "sequence", "month", "site", "baseline_t_score", "target_t_score", "probability")
_NUMBERS = ("month", "baseline_t_score", "target_t_score", "probability", "age_years")
_SITES = ("lumbar_spine", "total_hip", "femoral_neck")
_LONGEST_MONTHS = 390
_LEVEL = 90 / 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A chance (0..1) that a scan at ``month`` reads above the target, given the baseline measured at the site."""

    sequence: Therapy
    month: float
    site: Site
    baseline_t_score: float
    target_t_score: float
    probability: float
    age_years: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CellTableRow:
    """A line of a table of chances beside what it means, or why it means nothing that can be simulated."""

    line: Line
    content: Cell | OsteonError


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCell:
    """A line beside the simulated chance (0..1) and its 90 % interval; None where there is an error instead."""

    row: CellTableRow
    simulated: float | None
    low: float | None
    high: float | None

    @property
    def error(self) -> float | None:
        """Simulated less published chance."""
        if self.simulated is None or isinstance(self.row.content, OsteonError):
            return None
        return self.simulated - self.row.content.probability


@dataclass(frozen=True, slots=True, kw_only=True)
class CellTable:
    """Every chance with its simulation; the mean and the largest absolute error (None without any)."""

    rows: tuple[SimulatedCell, ...]
    mean_absolute_error: float | None
    worst: float | None
    parameter_set: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSettings:
    """How many parameter draws, how many women each, and the seed."""

    draws: int = 32
    per_draw: int = 64
    seed: int = 1
    typical: bool = False


def read_cell_table(path: Path) -> tuple[CellTableRow, ...]:
    """Read a table of chances; a line that cannot be read stays, with its error.

    Columns: study, sequence, month, site, baseline_t_score, target_t_score, probability (0 to 1, or with a %
    sign); optional or blank: age_years. Raises ``BadInputError`` when the file or its header cannot be read.
    """
    return tuple(
        CellTableRow(line=line, content=parse_line(line, _parse_cell)) for line in read_lines(path, _REQUIRED)
    )


def list_published_cells() -> tuple[CellTableRow, ...]:
    """List the exact chances of the evidence, all of them held back from every fit."""
    facts = select_facts("probability_cells", quantity="probability_above_target", role=Role.VALIDATION)
    written = [{**fact.keys, "probability": f"{fact.number:g}%"} for fact in facts]
    lines = (Line(number=number, cells=cells) for number, cells in enumerate(written, start=2))
    return tuple(CellTableRow(line=line, content=parse_line(line, _parse_cell)) for line in lines)


def _parse_cell(line: Line) -> Cell:
    sequence = parse_sequence(line.cells["sequence"])
    if any(r.persistence or "exercise" in r.lifestyle for r in sequence.regimens):
        raise AbstainedError(
            code="trials.not_simulated",
            field=f"line {line.number}, sequence",
            got=repr(line.cells["sequence"]),
            expected="drugs, doses and adherence",
            hint="Women are simulated as treated: leave persistence and exercise out.",
        )
    limits = describe_table("trial_arms").quantities["baseline_t_score"].low_high or (-np.inf, np.inf)
    age = read_optional(line, "age_years", _find_usual_age_limits())
    return Cell(
        sequence=sequence,
        month=read_number(line, "month", (0, _LONGEST_MONTHS)),
        site=Site(read_word(line, "site", _SITES)),
        baseline_t_score=read_number(line, "baseline_t_score", limits),
        target_t_score=read_number(line, "target_t_score", limits),
        probability=_read_probability(line),
        age_years=_find_usual_age() if age is None else age,
    )


def _read_probability(line: Line) -> float:
    cell = line.cells["probability"]
    if cell.endswith("%"):
        bare = Line(number=line.number, cells={"probability": cell[:-1].strip()})
        return read_number(bare, "probability", (0, 100)) / 100
    return read_number(line, "probability", (0, 1))


@cache
def _find_usual_age() -> float:
    return find_fact("trial_cohorts", quantity="usual_mean", item="age_years").number


def _find_usual_age_limits() -> tuple[float, float]:
    return describe_table("trial_cohorts").quantities["usual_mean"].low_high or (0, np.inf)


def simulate_cells(
    rows: Sequence[CellTableRow],
    parameters: ParameterSet | None = None,
    *,
    settings: CellSettings | None = None,
    executor: Executor | None = None,
) -> CellTable:
    """Simulate each chance in women drawn around the measured baseline; the same women serve every row.

    The true baseline regresses from the measured one to women of that age, the other sites are drawn given this
    one, and both scans carry short-term precision error and the drift of a person's scans over years.
    """
    load_engine()
    chosen, used = parameters or load_parameter_set(), settings or CellSettings()

    def run(row: CellTableRow) -> SimulatedCell:
        if isinstance(row.content, OsteonError):
            return SimulatedCell(row=row, simulated=None, low=None, high=None)
        value, low, high = _simulate_cell(row.content, chosen, used)
        return SimulatedCell(row=row, simulated=value, low=low, high=high)

    simulated = tuple((executor or ThreadExecutor()).map(run, rows))
    errors = [abs(cell.error) for cell in simulated if cell.error is not None]
    return CellTable(
        rows=simulated,
        mean_absolute_error=float(np.mean(errors)) if errors else None,
        worst=max(errors, default=None),
        parameter_set=chosen.name,
        sources=chosen.sources,
    )


def _simulate_cell(
    cell: Cell, parameters: ParameterSet, settings: CellSettings
) -> tuple[float, float, float]:
    change = _simulate_change(cell, parameters, settings)
    start = read_measured_baseline(cell.site, cell.baseline_t_score, cell.age_years, parameters)
    mean = start.true_mean_g_cm2 * (1 + change)
    sd = np.hypot(start.true_sd_g_cm2 * (1 + change), start.noise_g_cm2)
    chance = ndtr((mean - start.find_bmd(cell.target_t_score)) / sd)
    return _bound_chance(chance.reshape(settings.draws, settings.per_draw))


def _simulate_change(cell: Cell, parameters: ParameterSet, settings: CellSettings) -> np.ndarray:
    """Return each woman's relative change at the cell's site and month (N,)."""
    person = draw_covariates(
        cell.site,
        cell.baseline_t_score,
        cell.age_years,
        parameters,
        count=settings.draws * settings.per_draw,
        seed=settings.seed,
        typical=settings.typical,
    )
    women = draw_virtual_patients(
        parameters,
        person,
        draws=settings.draws,
        per_draw=settings.per_draw,
        seed=settings.seed,
        patient="women of a measured baseline",
        typical=settings.typical,
    )
    months = max(int(np.ceil(cell.month)), 1)
    table, _ = lay_out_sequence(parameters, cell.sequence, None, months)
    row = Outcomes._fields.index(cell.site.value)
    course = run_course(women, table)[:, row]
    exact = cell.month * BLOCKS_PER_MONTH
    before = int(np.floor(exact))
    after = min(before + 1, len(course) - 1)
    now = course[before] + (exact - before) * (course[after] - course[before])
    return np.asarray((now / course[0] - 1) * women.site_response[row], dtype=float)


def _bound_chance(chance: np.ndarray) -> tuple[float, float, float]:
    """Return mean and 90 % interval of chances (draws, women): the spread between draws less the luck within."""
    value = float(chance.mean())
    by_draw = chance.mean(axis=1)
    luck = float(chance.var(axis=1).mean()) / chance.shape[1]
    variance = max(float(by_draw.var(ddof=1)) - luck, 0) + luck / len(chance)
    inside = min(max(value, 10**-6), 1 - 10**-6)
    odds = inside / (1 - inside)
    reach = np.exp(NormalDist().inv_cdf((1 + _LEVEL) / 2) * variance ** (1 / 2) / (inside * (1 - inside)))
    low, high = odds / reach, odds * reach
    return value, min(value, float(low / (1 + low))), max(value, float(high / (1 + high)))


def describe_cell_table(table: CellTable) -> dict[str, Any]:
    """Return a table of chances as JSON values: ``rows`` with what was written, simulated or refused."""
    return {
        "rows": [_describe_cell(cell) for cell in table.rows],
        "mean_absolute_error": table.mean_absolute_error,
        "worst": table.worst,
        "parameter_set": table.parameter_set,
    }


def _describe_cell(cell: SimulatedCell) -> dict[str, Any]:
    written: dict[str, Any] = {"line": cell.row.line.number, **echo_cells(cell.row.line, _NUMBERS)}
    content = cell.row.content
    if isinstance(content, OsteonError):
        return written | {"error": content.as_problem()}
    return written | {
        "probability": content.probability,
        "simulated": cell.simulated,
        "simulated_low": cell.low,
        "simulated_high": cell.high,
    }
