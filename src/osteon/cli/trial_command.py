"""The command `trial`, in a module of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteon.cli.screen import open_screen, print_json, show_progress
from osteon.errors import BadInputError

if TYPE_CHECKING:
    from osteon.app import TrialAnswer

__all__ = ["trial"]


def trial(
    design: Annotated[
        str | None, typer.Argument(help="Design file (.toml), or the name of one that --list shows.")
    ] = None,
    list_designs: Annotated[
        bool, typer.Option("--list", help="Name the designs that come with osteon.")
    ] = False,
    subjects: Annotated[
        int | None,
        typer.Option("--subjects", metavar="N", help="Randomize N in all instead of the design's."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", help="Run on N processes. Default: the threads of one."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="ADDRESS",
            help="Run on the Dask cluster there: tcp://HOST:PORT, or a scheduler file.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FOLDER", help="Keep rows, manifest, result and pictures; a run goes on."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON and nothing else.")
    ] = False,
) -> None:
    """A virtual randomized trial: arms, endpoints with intervals, and how many subjects it takes.

    With --out, a run that was stopped goes on from what it had finished.
    The answer does not depend on --workers or --cluster.
    """
    from osteon import app
    from osteon.cli.trial_page import print_trial, print_trial_list

    if list_designs:
        found = app.list_trials()
        if as_json:
            print_json(app.write_document(found))
        else:
            print_trial_list(open_screen(), found)
        return
    if design is None:
        raise BadInputError(
            code="trial.no_design",
            field="osteon trial",
            got="no design",
            expected="a design file, or a name",
            hint="`osteon trial --list` names the designs that come with osteon.",
        )
    with show_progress("Simulating") as progress:
        answer = app.simulate_trial(
            app.find_design(design),
            folder=out,
            subjects=subjects,
            workers=workers,
            cluster=cluster,
            progress=progress,
        )
    if out is not None:
        _say_written(answer, out)
    if as_json:
        print_json(app.write_document(answer))
    else:
        print_trial(open_screen(), answer)


def _say_written(answer: TrialAnswer, folder: Path) -> None:
    from osteon import app

    screen = open_screen(to_errors=True)
    for path in app.write_trial_results(answer, folder):
        screen.print(f"Written: {path}", style="muted", soft_wrap=True)
