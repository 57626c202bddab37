"""The pages of `validate`: rows beside their simulation, then the errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osteon.app import format_percent, label_site
from osteon.cli.screen import open_table, print_footer
from osteon.trials import describe_arm_table, describe_cell_table, score_rows

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from osteon.app import ValidatedEvidence
    from osteon.trials import ArmTable, CellTable, Reproduction

__all__ = ["print_arm_table", "print_cell_table", "print_evidence"]


def print_arm_table(screen: Console, table: ArmTable) -> None:
    """Print a user's arms beside the simulated cohort means."""
    page = open_table()
    for name in ("Study", "Arm", "Outcome"):
        page.add_column(name)
    for name in ("Month", "Seen", "Simulated", "90 % interval"):
        page.add_column(name, justify="right", no_wrap=True)
    for row in describe_arm_table(table)["rows"]:
        words = [str(row.get(name, "")) for name in ("study", "arm", "outcome", "month")]
        page.add_row(*words, *_read_simulation(row))
    screen.print(page)
    _print_faults(screen, describe_arm_table(table)["rows"])
    for outcome, error in table.rmse.items():
        unit = "log units" if outcome in {"ctx", "p1np"} else "percentage points"
        screen.print(f"{label_site(outcome)}: root-mean-square error {error:.2f} {unit}")
    print_footer(screen, f"parameter set {table.parameter_set}", f"{len(table.rows)} rows")


def _read_simulation(row: dict[str, Any]) -> tuple[str, str, str]:
    if "simulated" not in row:
        return str(row.get("value", "")), "-", "see below"
    low, high = row["simulated_low"], row["simulated_high"]
    return f"{row['value']:.1f} %", f"{row['simulated']:.1f} %", f"{low:.1f} to {high:.1f}"


def _print_faults(screen: Console, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if row.get("error"):
            fault = row["error"]
            text = f"line {row['line']} [{fault['code']}] {fault['field']}: got {fault['got']}; "
            screen.print(f"{text}expected {fault['expected']}. {fault['hint']}", style="fault")


def print_cell_table(screen: Console, table: CellTable) -> None:
    """Print chances beside the simulated ones."""
    page = open_table()
    for name in ("Study", "Sequence", "Site"):
        page.add_column(name)
    for name in ("Month", "Baseline", "Target", "Published", "Simulated"):
        page.add_column(name, justify="right", no_wrap=True)
    rows = describe_cell_table(table)["rows"]
    for row in rows:
        words = [str(row.get(name, "")) for name in ("study", "sequence", "site", "month")]
        scores = [str(row.get(name, "")) for name in ("baseline_t_score", "target_t_score")]
        known = "simulated" in row
        chances = [format_percent(row[name]) if known else "-" for name in ("probability", "simulated")]
        page.add_row(*words, *scores, *chances)
    screen.print(page)
    _print_faults(screen, rows)
    if table.mean_absolute_error is not None and table.worst is not None:
        screen.print(
            f"Mean absolute error {100 * table.mean_absolute_error:.1f} points, worst {100 * table.worst:.1f}."
        )
    print_footer(screen, f"parameter set {table.parameter_set}", f"{len(table.rows)} rows")


def print_evidence(screen: Console, found: ValidatedEvidence) -> None:
    """Print the errors on calibration and held-back rows, then the published chances."""
    for one in found.reproductions:
        screen.print(
            f"Rows with the role {one.role.value}, cohort means of the typical trial", style="heading"
        )
        screen.print(_tabulate_scores(one))
    screen.print("Published chances, never fitted", style="heading")
    print_cell_table(screen, found.cells)


def _tabulate_scores(one: Reproduction) -> Table:
    page = open_table()
    page.add_column("Outcome")
    for name in ("Numbers", "RMSE", "Mean error", "Inside 50 %", "Inside 90 %"):
        page.add_column(name, justify="right")
    for outcome, score in score_rows(one.rows).items():
        inside = (format_percent(score.inside_50), format_percent(score.inside_90))
        page.add_row(
            label_site(outcome), str(score.n), f"{score.rmse:.2f}", f"{score.mean_error:+.2f}", *inside
        )
    return page
