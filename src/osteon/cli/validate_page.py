"""The pages of `validate`: rows beside their simulation, then the errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osteon.app import format_percent, label_site
from osteon.cli.screen import open_table, print_footer, show_progress
from osteon.errors import BadInputError
from osteon.report import check_validation_path
from osteon.trials import describe_arm_table, describe_cell_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import Console
    from rich.table import Table

    from osteon.app import PeerComparison, ValidatedEvidence
    from osteon.trials import ArmTable, CellTable, Judgment

__all__ = [
    "print_arm_table",
    "print_cell_table",
    "print_evidence",
    "refuse_inputs",
    "write_report",
]


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


def refuse_inputs(table: Path | None, cells: Path | None, report: Path | None, left_out: Path | None) -> None:
    """Refuse a call that asks for two answers at once, or for a page where none can be, before anything is run.

    Raises `validate.two_tables`, `validate.report_of_table`, `report.unknown_suffix` or `report.no_folder`.
    """
    if table is not None and cells is not None:
        raise BadInputError(
            code="validate.two_tables",
            field="--table and --cells",
            got="both",
            expected="one of them",
            hint="Give the command twice.",
        )
    if (table or cells) and (report or left_out):
        raise BadInputError(
            code="validate.report_of_table",
            field="--report and --left-out",
            got="one of them beside a table of your own",
            expected="neither --table nor --cells",
            hint="The report is of all the evidence; for a table take --out.",
        )
    if report is not None:
        check_validation_path(report)


def write_report(found: ValidatedEvidence, path: Path) -> Path:
    """Draw the report into an .html file, with a bar that counts the figures.

    Raises `report.unknown_suffix`, `report.no_folder` or `cli.not_writable`.
    """
    from osteon.app import write_validation_report

    with show_progress("Drawing the report") as progress:
        try:
            return write_validation_report(found, path, progress=progress)
        except OSError as problem:
            raise BadInputError(
                code="cli.not_writable",
                field="--report",
                got=str(path),
                expected="a file that can be written",
                hint=f"{problem.strerror or type(problem).__name__}.",
            ) from problem


_SHORT: Final = {
    "lumbar_spine": "Spine",
    "total_hip": "Hip",
    "femoral_neck": "Neck",
    "ctx": "CTX",
    "p1np": "P1NP",
}
_BASIS_WORDS: Final = {
    "fitted": "Seen by the fit",
    "held back": "Held back",
    "one trial left out": "Left out",
}


def print_evidence(screen: Console, found: ValidatedEvidence) -> None:
    """Print the summary of all the evidence on one screen of 80 columns."""
    judged = [one for one in found.judgments if one.met is not None]
    met = sum(bool(one.met) for one in judged)
    screen.print(
        f"Arm means, simulated against published: {met} of {len(judged)} targets met", style="heading"
    )
    screen.print(_tabulate_judgments(found.judgments))
    screen.print(
        "RMSE beside its target: BMD in percentage points, markers in log units. Then\n"
        "percent inside the 50 and 90 % intervals, ! where the latter misses its target.",
        style="muted",
    )
    screen.print("\nError of osteon over that of each peer: seen by the fit, held back", style="heading")
    screen.print(_tabulate_peers(found.peers))
    for line in _list_remarks(found):
        screen.print(line)
    seconds = (f"computed in {found.seconds:.0f} s",) if found.seconds else ()
    print_footer(screen, f"parameter set {found.cells.parameter_set}", *seconds)


def _tabulate_judgments(judgments: tuple[Judgment, ...]) -> Table:
    by_place = {(one.basis, one.outcome, one.quantity): one for one in judgments}
    bases = [basis for basis in _BASIS_WORDS if any(one.basis == basis and one.outcome for one in judgments)]
    page = open_table(gap=2)
    page.add_column("Outcome")
    for basis in bases:
        page.add_column(_BASIS_WORDS[basis], justify="right", no_wrap=True)
        page.add_column("50/90 %", justify="right", no_wrap=True)
    for outcome in (*_SHORT, ""):
        cells = [label_site(outcome) if outcome else "All"]
        for basis in bases:
            inside = [by_place.get((basis, outcome, f"inside_{level}")) for level in (50, 90)]
            cells += [_say_error(by_place.get((basis, outcome, "rmse"))), _say_inside(inside)]
        page.add_row(*cells)
    return page


def _say_error(one: Judgment | None) -> str:
    if one is None:
        return ""
    return (
        f"{one.value:.2f}"
        if one.high is None
        else f"{one.value:.2f} {'<=' if one.met else '> '} {one.high:.2f}"
    )


def _say_inside(pair: list[Judgment | None]) -> str:
    half, most = pair
    if half is None or most is None:
        return ""
    return f"{100 * half.value:.0f}/{100 * most.value:.0f}{'!' if most.met is False else ' '}"


def _tabulate_peers(peers: tuple[PeerComparison, ...]) -> Table:
    scores = {(one.role, s.peer, s.outcome): s for one in peers for s in one.scores}
    page = open_table(gap=1)
    page.add_column("Peer", no_wrap=True)
    for _ in peers:
        for name in _SHORT.values():
            page.add_column(name, justify="right", no_wrap=True)
    for peer in dict.fromkeys(score.peer for one in peers for score in one.scores):
        found = [scores.get((one.role, peer, outcome)) for one in peers for outcome in _SHORT]
        page.add_row(peer, *(f"{score.ratio:.2f}" if score else "-" for score in found))
    return page


def _list_remarks(found: ValidatedEvidence) -> Iterator[str]:
    words = {
        "mean_error": "Published chances, mean error",
        "error": "Published chances, worst error",
        "relative_error": "SD of individual change, worst relative error",
    }
    for one in found.judgments:
        if one.quantity in words and one.high is not None:
            basis = f", {_BASIS_WORDS[one.basis].lower()}" if one.basis in _BASIS_WORDS else ""
            sign = "<=" if one.met else ">"
            yield f"{words[one.quantity]}{basis}: {100 * one.value:.1f} {sign} {100 * one.high:.0f} %"
    claims = [claim for phenomenon in found.phenomena for claim in phenomenon.claims]
    rows = sum(len(one.rows) for one in found.reproductions)
    yield (
        f"Phenomena: {sum(claim.seen for claim in claims)} of {len(claims)} claims seen. "
        f"Misfits: {len(found.misfits)} of {rows} numbers beyond two SD."
    )
    if found.left_out is not None:
        kept = found.left_out
        yield f"Left out: {len(kept.answered)} of {len(kept.studies)} trials answered by this set and evidence."
