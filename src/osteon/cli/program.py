"""The commands: each parses its words, calls one use case, and hands the result to a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from osteon.cli.card_format import CardFormat
from osteon.cli.faults import ABSTAINED, BAD_INPUT
from osteon.cli.patient_commands import patients
from osteon.cli.screen import open_screen, print_json, show_progress, show_steps
from osteon.cli.trial_command import trial
from osteon.errors import AbstainedError, BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from osteon.app import Listing

__all__ = ["program"]

program = typer.Typer(
    name="osteon",
    help=(
        "Will the T-score pass -2.5, by which drug sequence, how soon, how sure? "
        "Research use only, not a medical device."
    ),
    epilog="Exit codes: 0 an answer, 2 bad input, 3 abstained (outside what the model can speak of).",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

program.add_typer(patients)

PatientPath = Annotated[
    Path, typer.Argument(help="Patient file, .toml or .json (see: osteon schema patient).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Also write the result as JSON into this file.")
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of every random stream.")]
Target = Annotated[
    float | None, typer.Option("--target", metavar="T", help="T-score to be above. Default -2.5.")
]
Month = Annotated[int | None, typer.Option("--month", metavar="N", help="Month asked about. Default 36.")]
Chart = Annotated[
    Path | None, typer.Option("--chart", metavar="FILE", help="Also draw the result, as .svg or .png.")
]


@program.callback()
def start(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Stand before every command; the version by itself is answered without coming here."""
    if version:
        raise typer.BadParameter("stands alone", param_hint="--version")


@program.command()
def classify(
    file: Annotated[Path, typer.Argument(help="Patient file (.toml, .json) or cohort (.csv).")],
    as_json: AsJson = False,
    out: Out = None,
) -> int:
    """T-scores and WHO class of one patient, or of every row of a cohort.

    A row that cannot be read stands beside the others with its fault. The exit code is 0 when any
    row was answered, 3 when every row was outside the domain, else 2.
    """
    from osteon.app import classify_file
    from osteon.cli.classify_page import print_classified

    with show_progress("Classifying") as progress:
        found = classify_file(file, progress=lambda done: progress(done, done))
    _deliver(found, print_classified, as_json=as_json, out=out)
    if found.answered:
        return 0
    return ABSTAINED if all(isinstance(row.outcome, AbstainedError) for row in found.rows) else BAD_INPUT


@program.command()
def forecast(  # noqa: PLR0913, PLR0917 - one parameter for each option
    patient: PatientPath,
    sequence: Annotated[
        str,
        typer.Option("--sequence", metavar="TEXT", help="What is given, in words; see the example."),
    ],
    target: Target = None,
    month: Month = None,
    what_if: Annotated[
        bool,
        typer.Option("--what-if", help="Add doses missed or late, usual care, exercise, and no drug."),
    ] = False,
    chart: Chart = None,
    seed: Seed = 1,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """One patient under one sequence: where each T-score goes, how sure, and whether it holds.

    Such as: osteon forecast patient.toml --sequence "romosozumab for 12 months, then alendronate
    70 mg weekly for 24 months at 80% adherence"
    """
    from osteon import app
    from osteon.cli.forecast_page import print_forecast
    from osteon.inference import BankSettings
    from osteon.interop import read_patient_file

    with show_steps("Forecasting"):
        answer = app.forecast(
            read_patient_file(patient),
            sequence,
            target_t_score=target,
            month=month,
            settings=BankSettings(seed=seed),
            with_alternatives=what_if,
        )
    _draw(chart, lambda path: app.write_forecast_chart(answer, path))
    _deliver(answer, print_forecast, as_json=as_json, out=out)


@program.command()
def plan(  # noqa: PLR0913, PLR0917 - one parameter for each option
    patient: PatientPath,
    sequence: Annotated[
        list[str] | None,
        typer.Option("--sequence", metavar="TEXT", help="Show this sequence too; may be repeated."),
    ] = None,
    standard: Annotated[
        bool, typer.Option("--standard", help="The standard sequences side by side instead of a search.")
    ] = False,
    only_own: Annotated[bool, typer.Option("--only-own", help="Only the sequences asked for.")] = False,
    target: Target = None,
    at_least: Annotated[
        float | None, typer.Option("--at-least", metavar="T", help="T-score to be at or above instead.")
    ] = None,
    month: Month = None,
    chart: Chart = None,
    seed: Seed = 1,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """One patient, and the sequences of up to three regimens over five years that no other one beats.

    Searched within labels, guidelines and what the patient file speaks against; compared by the
    chance of the target at the month, whether it lasts, injections and infusions, and months on a
    drug. Options to weigh, in a fixed order that ranks nothing; your own are always among them.
    """
    from osteon import app
    from osteon.cli.plan_page import print_plan
    from osteon.inference import BankSettings
    from osteon.interop import read_patient_file

    with show_progress("Planning") as progress:
        found = app.plan(
            read_patient_file(patient),
            sequences=sequence or (),
            listing=_choose_listing(standard=standard, only_own=only_own),
            target_t_score=target,
            at_least=at_least,
            month=month,
            settings=BankSettings(seed=seed),
            progress=progress,
        )
    _draw(chart, lambda path: app.write_plan_chart(found, path))
    _deliver(found, print_plan, as_json=as_json, out=out)


def _choose_listing(*, standard: bool, only_own: bool) -> Listing:
    from osteon.app import Listing

    if standard and only_own:
        raise BadInputError(
            code="plan.two_listings",
            field="--standard and --only-own",
            got="both",
            expected="one of them, or neither",
            hint="Neither means a search.",
        )
    if standard:
        return Listing.STANDARD
    return Listing.ASKED if only_own else Listing.SEARCHED


@program.command()
def monitor(
    patient: PatientPath,
    new_fracture: Annotated[
        bool, typer.Option("--new-fracture", help="A fragility fracture happened since the baseline scan.")
    ] = False,
    chart: Chart = None,
    seed: Seed = 1,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Is it happening? Change or noise, expected against observed, verdict, causes, next check.

    The patient file dates each scan and states what was taken before today.
    """
    from osteon import app
    from osteon.cli.monitor_page import print_followup
    from osteon.inference import BankSettings

    with show_steps("Judging the follow-up"):
        found = app.monitor(patient, new_fracture=new_fracture, settings=BankSettings(seed=seed))
    _draw(chart, lambda path: app.write_followup_chart(found, path))
    _deliver(found, print_followup, as_json=as_json, out=out)


@program.command()
def drugs(
    name: Annotated[str | None, typer.Argument(help="One drug, by any name.")] = None,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Doses, limits and restrictions of each drug, with source; what was recalled says so."""
    from osteon.app import describe_drugs
    from osteon.cli.literature_page import print_drugs

    _deliver(describe_drugs(name), print_drugs, as_json=as_json, out=out)


@program.command()
def cite(
    result: Annotated[Path | None, typer.Argument(help="A result written with --out or --json.")] = None,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """The literature behind a result, or behind everything."""
    from osteon.app import cite_file, cite_keys
    from osteon.cli.literature_page import print_literature

    found = cite_keys() if result is None else cite_file(result)
    _deliver(found, print_literature, as_json=as_json, out=out)


@program.command()
def schema(
    name: Annotated[str | None, typer.Argument(help="The schema to print.")] = None,
) -> None:
    """JSON Schema of a result, of an error, or of the patient file; without a name, their names."""
    from osteon.app import describe_schema, list_schemas

    print_json("\n".join(list_schemas()) if name is None else describe_schema(name))


@program.command()
def calibrate(
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the new set. Default: today's date.")
    ] = None,
    store: Annotated[
        bool, typer.Option("--store", help="Put the set where osteon loads the newest from.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="Write the set, the rows and the charts here."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fit the model to the calibration arms again, and show every number beside the fit.

    The fit has no random part. Without --store or --out nothing is written.
    """
    from osteon import app
    from osteon.cli.fit_page import print_fit

    with show_steps("Fitting") as step:
        fit = app.calibrate(
            name=name, progress=lambda stage, count, value: step(f"{stage}, step {count}: {value:.1f}")
        )
    if store:
        _say_written(app.store_fit(fit))
    if out is not None:
        _make_folder(out)
        _say_written(*app.write_fit(fit, out), *app.write_fit_charts(fit, out))
    _deliver(fit, print_fit, as_json=as_json, out=None)


@program.command()
def validate(
    table: Annotated[
        Path | None, typer.Option("--table", metavar="FILE", help="Your own arms, one number a row (.csv).")
    ] = None,
    cells: Annotated[
        Path | None, typer.Option("--cells", metavar="FILE", help="Chances by baseline T-score (.csv).")
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Also write all the evidence as one .html page."),
    ] = None,
    left_out: Annotated[
        Path | None,
        typer.Option(
            "--left-out", metavar="FOLDER", help="Answers of leaving one trial out, not the shipped ones."
        ),
    ] = None,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """The model beside a trial of your own, beside published chances, or beside all the evidence.

    A row that cannot be simulated keeps its place and says why.
    """
    from osteon import app
    from osteon.cli.validate_page import (
        print_arm_table,
        print_cell_table,
        print_evidence,
        refuse_inputs,
        write_report,
    )

    refuse_inputs(table, cells, report, left_out)
    if table is not None:
        with show_steps("Simulating the arms"):
            arms = app.validate_table(table)
        _deliver(arms, print_arm_table, as_json=as_json, out=out)
    elif cells is not None:
        with show_steps("Simulating the chances"):
            chances = app.validate_cells(cells)
        _deliver(chances, print_cell_table, as_json=as_json, out=out)
    else:
        with show_progress("Reproducing the evidence") as progress:
            evidence = app.validate(left_out=left_out, progress=progress)
        if report is not None:
            _say_written(write_report(evidence, report))
        _deliver(evidence, print_evidence, as_json=as_json, out=out)


@program.command("model-card")
def model_card(
    form: Annotated[
        CardFormat, typer.Option("--format", help="For a terminal, a program, a CHAI reader or a browser.")
    ] = CardFormat.TEXT,
    accuracy: Annotated[
        Path | None,
        typer.Option(
            "--accuracy", metavar="FILE", help="Take the accuracy from the JSON of a card made earlier."
        ),
    ] = None,
    as_json: AsJson = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the card into this file instead.")
    ] = None,
) -> None:
    """What osteon is for, for whom, how near it is to the trials, and what it cannot do.

    The first card of a parameter set measures its accuracy on all the evidence, which takes minutes;
    it is kept. An accuracy of another parameter set or other evidence is refused.
    """
    from osteon.app import describe_model
    from osteon.cli.card_page import print_card, render_answer

    with show_progress("Reproducing the evidence") as progress:
        answer = describe_model(accuracy, progress=progress)
    chosen = CardFormat.JSON if as_json else form
    if out is not None:
        _write(out, render_answer(answer, chosen))
    elif chosen is CardFormat.TEXT:
        print_card(open_screen(), answer)
    else:
        print_json(render_answer(answer, chosen))


program.command()(trial)


@program.command()
def demo(
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Where the pictures and the JSON go.")
    ] = Path("osteon-demo"),
    as_json: AsJson = False,
) -> None:
    """A plan for one surveyed person, then: what could each sequence do for all like her?"""
    from osteon import app
    from osteon.cli.survey_page import print_demo

    with show_progress("Demo") as progress:
        found = app.run_demo(progress=progress)
    _make_folder(out)
    _draw(out / "plan.svg", lambda path: app.write_plan_chart(found.plan, path))
    _draw(out / "survey.svg", lambda path: app.write_survey_chart(found.survey, path))
    _deliver(found, print_demo, as_json=as_json, out=out / "demo.json")


@program.command()
def version(as_json: AsJson = False) -> None:
    """What would have to be the same for the numbers to be the same."""
    from osteon.app import read_version_facts
    from osteon.cli.literature_page import print_versions

    _deliver(read_version_facts(), print_versions, as_json=as_json, out=None)


def _deliver(
    result: Any,  # noqa: ANN401 - whichever result the page was written for
    print_page: Callable[[Console, Any], None],
    *,
    as_json: bool,
    out: Path | None,
) -> None:
    """Print a result as a page or as JSON, and write it where asked."""
    if as_json or out is not None:
        from osteon.app import write_document

        text = write_document(result)
        if out is not None:
            _write(out, text)
        if as_json:
            print_json(text)
    if not as_json:
        print_page(open_screen(), result)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as problem:
        raise _refuse_place(path, "a file that can be written", problem) from problem
    _say_written(path)


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise _refuse_place(path, "a folder that can be made", problem) from problem


def _refuse_place(path: Path, expected: str, problem: OSError) -> BadInputError:
    return BadInputError(
        code="cli.not_writable",
        field="--out",
        got=str(path),
        expected=expected,
        hint=f"{problem.strerror or type(problem).__name__}.",
    )


def _draw(path: Path | None, draw: Callable[[Path], Path]) -> None:
    if path is not None:
        with show_steps("Drawing"):
            draw(path)
        _say_written(path)


def _say_written(*paths: Path) -> None:
    screen = open_screen(to_errors=True)
    for path in paths:
        screen.print(f"Written: {path}", style="muted", soft_wrap=True)
