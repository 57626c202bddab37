"""A user's own trial as a table of arm means, each simulated beside what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from osteon.errors import AbstainedError, BadInputError, OsteonError
from osteon.evidence import Statistic, describe_table
from osteon.inference import TrialArm
from osteon.population import Executor
from osteon.remodeling import Outcomes, ParameterSet, load_parameter_set
from osteon.therapy import Sequence as Therapy
from osteon.therapy import parse_sequence
from osteon.trials.cohort import CohortSettings
from osteon.trials.columns import (
    Line,
    bad_cell,
    echo_cells,
    parse_line,
    read_lines,
    read_number,
    read_optional,
    read_word,
)
from osteon.trials.estimate import ArmReading, Estimate, estimate_readings, measure_error

__all__ = [
    "ArmRow",
    "ArmTable",
    "ArmTableRow",
    "SimulatedArmRow",
    "describe_arm_table",
    "read_arm_table",
    "simulate_arm_table",
]

_REQUIRED = ("study", "arm", "sequence", "outcome", "month", "value", "statistic", "baseline_ref")
_SITES = ("lumbar_spine", "total_hip", "femoral_neck")
_NUMBERS = (
    "month",
    "value",
    "n",
    "age_years",
    "years_since_menopause",
    *(f"baseline_t_{site}" for site in _SITES),
    "sd",
)
_LEVEL = 90 / 100
_ORIGINAL, _SWITCH = "original", "switch"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRow:
    """One arm mean of a user's table: ``reading_month`` and ``baseline_month`` count from the start of the sequence.

    ``note`` says what was taken to be meant where the table leaves it open.
    """

    arm: TrialArm
    outcome: str
    reading_month: float
    baseline_month: float
    value: float
    statistic: Statistic
    sd_percent: float | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmTableRow:
    """A line of the table beside what it means, or why it means nothing that can be simulated."""

    line: Line
    content: ArmRow | OsteonError


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedArmRow:
    """A line beside its estimate and 90 % interval (percent), or the error that stands in their place."""

    row: ArmTableRow
    estimate: Estimate | None

    @property
    def error(self) -> float | None:
        """Simulated less observed: percentage points for BMD, log units for markers."""
        if self.estimate is None or isinstance(self.row.content, OsteonError):
            return None
        return measure_error(self.row.content.outcome, self.estimate.simulated, self.row.content.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmTable:
    """Every line of a table with its simulation, and the root-mean-square error of each outcome."""

    rows: tuple[SimulatedArmRow, ...]
    rmse: dict[str, float]
    parameter_set: str
    sources: tuple[str, ...]


def read_arm_table(path: Path) -> tuple[ArmTableRow, ...]:
    """Read a table of arm means; a line that cannot be read stays, with its error.

    Columns: study, arm, sequence, outcome, month, value, statistic, baseline_ref; optional or blank: n,
    age_years, years_since_menopause, baseline_t_lumbar_spine, baseline_t_total_hip, baseline_t_femoral_neck, sd.
    Others are kept and not read. Raises ``BadInputError`` when the file or its header cannot be read.
    """
    return tuple(
        ArmTableRow(line=line, content=parse_line(line, _parse_arm_row))
        for line in read_lines(path, _REQUIRED)
    )


def _parse_arm_row(line: Line) -> ArmRow:
    for column in ("study", "arm"):
        if not line.cells[column]:
            raise bad_cell(line, column, "a name", "Rows of one study and arm belong together.")
    sequence = parse_sequence(line.cells["sequence"])
    _refuse_untaken(line, sequence)
    month, baseline_month, note = _read_months(line, sequence)
    return ArmRow(
        arm=_read_arm(line, sequence),
        outcome=read_word(line, "outcome", Outcomes._fields),
        reading_month=month,
        baseline_month=baseline_month,
        value=read_number(line, "value", _find_limits("trial_outcomes", "percent_change_from_baseline")),
        statistic=Statistic(read_word(line, "statistic", ("mean", "median"))),
        sd_percent=read_optional(line, "sd", (0, 10**3)),
        note=note,
    )


def _find_limits(table: str, quantity: str) -> tuple[float, float]:
    low_high = describe_table(table).quantities[quantity].low_high
    return low_high or (-np.inf, np.inf)


def _refuse_untaken(line: Line, sequence: Therapy) -> None:
    """Refuse what an arm mean cannot carry yet: exercise and persistence."""
    for regimen in sequence.regimens:
        if regimen.persistence or "exercise" in regimen.lifestyle:
            raise AbstainedError(
                code="trials.not_simulated",
                field=f"line {line.number}, sequence",
                got=repr(line.cells["sequence"]),
                expected="drugs, doses and adherence",
                hint="Arms are simulated as treated: leave persistence and exercise out.",
            )


def _read_months(line: Line, sequence: Therapy) -> tuple[float, float, str]:
    """Return the month read and the month of the baseline, both from the start of the sequence, and a note."""
    month = read_number(line, "month", (0, _LONGEST_MONTHS))
    total = sequence.duration_months
    if read_word(line, "baseline_ref", (_ORIGINAL, _SWITCH)) == _ORIGINAL:
        return month, 0.0, _note_end(month, total)
    start = total - sequence.regimens[-1].duration_months
    if total < start + month and start < month <= total:
        raise BadInputError(
            code="trials.ambiguous_month",
            field=f"line {line.number}, month",
            got=f"{month:g}, after a switch at month {start:g} to a regimen of {total - start:g} months",
            expected=f"months since the switch, 0 to {total - start:g}",
            hint=f"If it counts from the start of the sequence, write {month - start:g}.",
        )
    return start + month, start, _note_end(start + month, total)


_LONGEST_MONTHS = 390


def _note_end(month: float, total: float) -> str:
    past = month - total
    return f"{past:g} months after the end of the sequence, with nothing taken" if past > 10**-6 else ""


def _read_arm(line: Line, sequence: Therapy) -> TrialArm:
    t_limits = _find_limits("trial_arms", "baseline_t_score")
    t_scores = {
        site: t_score
        for site in _SITES
        if (t_score := read_optional(line, f"baseline_t_{site}", t_limits)) is not None
    }
    if "total_hip" not in t_scores and "femoral_neck" in t_scores:
        t_scores["total_hip"] = t_scores["femoral_neck"]
    age = read_optional(line, "age_years", _find_limits("trial_arms", "age"))
    since = read_optional(line, "years_since_menopause", _find_limits("trial_arms", "years_since_menopause"))
    _refuse_premenopausal(line, age, since)
    return TrialArm(
        study=line.cells["study"],
        arm=line.cells["arm"],
        sequence=sequence,
        history=None,
        population="postmenopausal",
        age_years=age,
        years_since_menopause=since,
        baseline_t_scores=t_scores,
        n=read_optional(line, "n", (1, 10**7)),
    )


def _refuse_premenopausal(line: Line, age: float | None, since: float | None) -> None:
    usual = load_parameter_set().values["menopause_age_years"]
    if age is not None and age < usual and since is None:
        raise AbstainedError(
            code="trials.outside_domain",
            field=f"line {line.number}, age_years",
            got=f"{age:g} with years_since_menopause blank",
            expected=f"postmenopausal women, or an age of {usual:g} or more",
            hint="Give years_since_menopause for women who were younger at menopause.",
        )


def simulate_arm_table(
    rows: Sequence[ArmTableRow],
    parameters: ParameterSet | None = None,
    *,
    settings: CohortSettings | None = None,
    executor: Executor | None = None,
) -> ArmTable:
    """Simulate every row as the mean or median of a virtual arm drawn around its published baseline.

    A row's numbers depend on its own cells and the seed only. ``sources`` are those of the parameter set.
    """
    chosen = parameters or load_parameter_set()
    contents = [row.content for row in rows if isinstance(row.content, ArmRow)]
    arms: list[TrialArm] = []
    for content in contents:
        if content.arm not in arms:
            arms.append(content.arm)
    readings = [_make_reading(content, arms.index(content.arm)) for content in contents]
    estimates = iter(estimate_readings(arms, readings, chosen, settings=settings, executor=executor))
    simulated = tuple(
        SimulatedArmRow(row=row, estimate=next(estimates) if isinstance(row.content, ArmRow) else None)
        for row in rows
    )
    rmse = _score(simulated)
    return ArmTable(rows=simulated, rmse=rmse, parameter_set=chosen.name, sources=chosen.sources)


def _make_reading(content: ArmRow, position: int) -> ArmReading:
    return ArmReading(
        arm=position,
        outcome=content.outcome,
        month=content.reading_month,
        baseline_month=content.baseline_month,
        statistic=content.statistic,
        n=content.arm.n,
        sd_percent=content.sd_percent,
    )


def _score(rows: tuple[SimulatedArmRow, ...]) -> dict[str, float]:
    """Return the root-mean-square error of each outcome that has a simulated row."""
    errors: dict[str, list[float]] = {}
    for row in rows:
        if row.error is not None and isinstance(row.row.content, ArmRow):
            errors.setdefault(row.row.content.outcome, []).append(row.error)
    return {
        name: float(np.sqrt(np.mean(np.square(errors[name])))) for name in Outcomes._fields if name in errors
    }


def describe_arm_table(table: ArmTable) -> dict[str, Any]:
    """Return a table as JSON values: ``rows`` with what was written, simulated or refused, and ``rmse``.

    RMSE is in percentage points for BMD and in log units for markers; the interval is the central 90 %.
    """
    return {
        "rows": [_describe_row(row) for row in table.rows],
        "rmse": table.rmse,
        "parameter_set": table.parameter_set,
    }


def _describe_row(row: SimulatedArmRow) -> dict[str, Any]:
    written: dict[str, Any] = {"line": row.row.line.number, **echo_cells(row.row.line, _NUMBERS)}
    content = row.row.content
    if isinstance(content, OsteonError) or row.estimate is None:
        return written | {"error": content.as_problem() if isinstance(content, OsteonError) else None}
    low, high = row.estimate.find_interval(_LEVEL)
    simulated = {"simulated": row.estimate.simulated, "simulated_low": low, "simulated_high": high}
    return written | {"value": content.value} | simulated | ({"note": content.note} if content.note else {})
