"""The page of `patient check`: each problem with its line, and how a good file was understood."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

from osteon.app import describe_patient, label_site
from osteon.cli.screen import print_footer, print_words
from osteon.interop import ProblemSeverity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import Console

    from osteon.app import CheckedPatients
    from osteon.densitometry import Scan
    from osteon.inference import MarkerReading, Patient
    from osteon.interop import CheckedPatient, PatientProblem

__all__ = ["print_checked_patients", "print_template_written"]

_STYLES: Final = {
    ProblemSeverity.FAULT: "fault",
    ProblemSeverity.OUTSIDE: "caution",
    ProblemSeverity.WARNING: "caution",
}
_NAMES: Final = {
    ProblemSeverity.FAULT: ("fault", "faults"),
    ProblemSeverity.OUTSIDE: ("reason to abstain", "reasons to abstain"),
    ProblemSeverity.WARNING: ("warning", "warnings"),
}
_MARKER_UNITS: Final = {"ctx": "ng/L", "p1np": "ug/L"}


def print_checked_patients(screen: Console, found: CheckedPatients) -> None:
    """Print every file, the problems of each in the order of its lines."""
    for number, checked in enumerate(found.files):
        if number:
            screen.print()
        _print_head(screen, checked)
        for problem in checked.problems:
            _print_problem(screen, problem)
        if checked.patient is not None:
            _print_understood(screen, checked.patient)
    if len(found.files) > 1:
        screen.print()
        usable = sum(checked.patient is not None for checked in found.files)
        screen.print(f"{usable} of {len(found.files)} files can be used.", style="heading")
    print_footer(screen)


def _print_head(screen: Console, checked: CheckedPatient) -> None:
    counts = [(severity, len(checked.list_errors(severity))) for severity in ProblemSeverity]
    told = [f"{count} {_NAMES[severity][count > 1]}" for severity, count in counts if count]
    verdict = ("can be used", "name") if checked.patient is not None else ("cannot be used", "fault")
    print_words(screen, (checked.name, "heading"), "  ", verdict, *([f": {', '.join(told)}"] if told else []))


def _print_problem(screen: Console, problem: PatientProblem) -> None:
    error = problem.error
    line = f"line {problem.line}" if problem.line is not None else "whole file"
    field = "" if error.field == line else error.field
    head = Text(f"  {line}  ", style="muted").append(field, style="bold none")
    head.append(
        f"  {problem.severity}" if problem.severity is not ProblemSeverity.FAULT else "", style="caution"
    )
    head.append(f"  [{error.code}]", style=_STYLES[problem.severity])
    screen.print()
    screen.print(head)
    sentence, _, pointer = error.hint.partition("\n")
    _print_indented(screen, f"got {error.got}; expected {error.expected}")
    _print_indented(screen, sentence)
    for row in pointer.splitlines():
        screen.print(Text(f"    {row.removeprefix('    ')}"), soft_wrap=True, style="muted")


def _print_indented(screen: Console, words: str, indent: str = "    ") -> None:
    """Print words folded at the width, without the blanks that a padded block would end its lines with."""
    for row in wrap(words, width=screen.width, initial_indent=indent, subsequent_indent=indent):
        screen.print(row, soft_wrap=True)


def _print_understood(screen: Console, patient: Patient) -> None:
    """Say what was read, so that a value in the wrong place is seen."""
    screen.print()
    _print_indented(screen, describe_patient(patient), "  ")
    table = Table.grid(padding=(0, 2, 0, 0))
    for row in _list_readings(patient):
        table.add_row(*(f"  {cell}" if number == 0 else cell for number, cell in enumerate(row)))
    screen.print(table)
    clearance = patient.context.renal_clearance_ml_min
    if clearance is not None:
        screen.print(f"  Renal clearance {clearance:g} mL/min")
    if patient.as_of is not None:
        screen.print(f"  As of {patient.as_of}")


def _list_readings(patient: Patient) -> Iterator[tuple[str, str, str, str]]:
    for scan in patient.scans:
        yield _name_place(scan), _name_day(scan), _say_bmd(scan), _say_t_score(scan)
    for reading in patient.markers:
        value = f"{reading.value:g} {_MARKER_UNITS[reading.marker]}"
        yield label_site(reading.marker), _name_day(reading), value, reading.assay or ""
    for given in patient.injections:
        yield given.drug.capitalize(), f"{given.date}", f"{given.amount:g} {given.unit}", "given"


def _name_place(scan: Scan) -> str:
    return f"{label_site(scan.site)}{f', {scan.side}' if scan.side else ''}"


def _name_day(dated: Scan | MarkerReading) -> str:
    return f"{dated.date}" if dated.date is not None else "no date"


def _say_bmd(scan: Scan) -> str:
    return "-" if scan.areal_bmd_g_cm2 is None else f"{scan.areal_bmd_g_cm2:.3f} g/cm2"


def _say_t_score(scan: Scan) -> str:
    return "" if scan.reported_t_score is None else f"T {scan.reported_t_score:.1f} on the report"


def print_template_written(screen: Console, path: Path) -> None:
    """Say what to do with the file that was written."""
    screen.print(f"Written: {path}", soft_wrap=True)
    screen.print("Take the # away in front of each line that you fill in. Then:")
    screen.print(f"  osteon patient check {path}", style="name", soft_wrap=True)
