"""The commands of `osteon patient`: a file to fill in, and everything wrong with one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from osteon.cli.faults import ABSTAINED, BAD_INPUT
from osteon.cli.screen import open_screen, print_json

__all__ = ["patients"]

patients = typer.Typer(
    name="patient",
    help="Patient files: write one to fill in, and find everything wrong with one.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@patients.command()
def new(
    file: Annotated[Path, typer.Argument(help="Where to write it; .toml.")] = Path("patient.toml"),
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
) -> None:
    """Write a patient file with every key explained, to fill in by hand."""
    from osteon.app import write_patient_template
    from osteon.cli.patient_check_page import print_template_written

    write_patient_template(file, replace=force)
    print_template_written(open_screen(), file)


@patients.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Patient files, .toml or .json.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON and nothing else.")
    ] = False,
) -> int:
    """Explain every fault of each file at once, and say how a good one was understood.

    The exit code is 2 when any file has a fault, 3 when a patient is outside the domain, else 0.
    """
    from osteon.app import check_patient_files, write_document
    from osteon.cli.patient_check_page import print_checked_patients
    from osteon.interop import ProblemSeverity

    found = check_patient_files(files)
    if as_json:
        print_json(write_document(found))
    else:
        print_checked_patients(open_screen(), found)
    if found.count(ProblemSeverity.FAULT):
        return BAD_INPUT
    return ABSTAINED if found.count(ProblemSeverity.OUTSIDE) else 0
