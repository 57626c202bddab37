"""The use case `calibrate`: fit the model to the calibration arms, and show how well it fits."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import asdict, dataclass
from importlib.resources import files
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from osteon.errors import BadInputError
from osteon.inference import run_calibration, score_fit
from osteon.remodeling import list_parameter_sets, write_parameter_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from osteon.inference import FitRow
    from osteon.remodeling import ParameterSet

__all__ = ["Fit", "calibrate", "choose_free_name", "store_fit", "write_fit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A fitted parameter set, every number that it was fitted to, and the error by outcome.

    `score` holds `n`, `rmse` and `median_absolute_error` by outcome: percentage points for BMD,
    log units for markers.
    """

    parameters: ParameterSet
    rows: tuple[FitRow, ...]
    score: dict[str, dict[str, float]]

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys of the arms and priors behind the fit."""
        return self.parameters.sources


def calibrate(*, name: str | None = None, progress: Callable[[str, int, float], None] | None = None) -> Fit:
    """Fit a new parameter set, named by today's date unless a name is given.

    `progress(stage, step, value)` hears of each accepted step.
    """
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    parameters, rows = run_calibration(
        name=name or choose_free_name(today, list_parameter_sets()), created=today, report=progress
    )
    return Fit(parameters=parameters, rows=rows, score=score_fit(rows))


def choose_free_name(wanted: str, taken: Iterable[str]) -> str:
    """Return a name that no stored set has: a set never changes once it is stored.

    >>> choose_free_name("2026-11-22", ["2026-11-21", "2026-11-22"])
    '2026-11-22-2'
    """
    known = set(taken)
    candidates = chain([wanted], (f"{wanted}-{number}" for number in count(2)))
    return next(name for name in candidates if name not in known)


def store_fit(fit: Fit) -> Path:
    """Write the parameter set where osteon loads the newest from.

    Raises `parameters.not_writable` where the package is not a folder of files.
    """
    folder = Path(str(files("osteon.remodeling").joinpath("data", "parameter_sets")))
    if not folder.is_dir():
        raise BadInputError(
            code="parameters.not_writable",
            field="parameter folder",
            got=str(folder),
            expected="a folder of the installed package",
            hint="Refit from a checkout, or write elsewhere with --out.",
        )
    return write_parameter_set(fit.parameters, folder)


def write_fit(fit: Fit, folder: Path) -> tuple[Path, ...]:
    """Write the parameter set and the rows of the fit into a folder that exists; return the files."""
    return (write_parameter_set(fit.parameters, folder), _write_rows(fit, folder))


def _write_rows(fit: Fit, folder: Path) -> Path:
    path = folder / f"{fit.parameters.name}-fit.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        records = [asdict(row) | {"difference": row.difference} for row in fit.rows]
        writer = csv.DictWriter(file, fieldnames=list(records[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    return path
