"""The page of `calibrate`: every number of every arm beside the fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from osteon.app import label_site
from osteon.cli.screen import open_table, print_footer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from osteon.app import Fit
    from osteon.inference import FitRow

__all__ = ["print_fit"]


def print_fit(screen: Console, fit: Fit) -> None:
    """Print a fit."""
    for outcome in fit.score:
        rows = [row for row in fit.rows if row.outcome == outcome]
        screen.print()
        screen.print(f"{label_site(outcome)}, percent change", style="heading")
        screen.print(_tabulate(rows))
    screen.print()
    screen.print("Error of the typical trial, no trial effect", style="heading")
    screen.print(_summarize(fit))
    print_footer(
        screen,
        f"parameter set {fit.parameters.name}",
        f"evidence {fit.parameters.evidence_hash[:12]}",
        f"{len(fit.rows)} numbers",
    )


def _tabulate(rows: list[FitRow]) -> Table:
    table = open_table()
    for heading in ("Study", "Arm"):
        table.add_column(heading, overflow="fold")
    for heading in ("Month", "Observed", "Simulated", "Difference"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for row in rows:
        mark = Text("recalled", style="muted") if row.extraction == "recalled" else ""
        numbers = (f"{number:+.1f}" for number in (row.observed, row.simulated, row.difference))
        table.add_row(row.study, _name_arm(row), _name_month(row), *numbers, mark)
    return table


def _name_arm(row: FitRow) -> str:
    return f"{row.arm} less {row.comparator}" if row.comparator else row.arm


def _name_month(row: FitRow) -> str:
    return f"{row.baseline_month:g} to {row.month:g}" if row.baseline_month else f"{row.month:g}"


def _summarize(fit: Fit) -> Table:
    table = open_table()
    table.add_column("Outcome")
    for heading in ("Numbers", "RMSE", "Median error"):
        table.add_column(heading, justify="right")
    table.add_column("Unit")
    for outcome, score in fit.score.items():
        unit = "log units" if outcome in {"ctx", "p1np"} else "percentage points"
        error = (f"{score['rmse']:.2f}", f"{score['median_absolute_error']:.2f}")
        table.add_row(label_site(outcome), f"{score['n']:.0f}", *error, unit)
    return table
