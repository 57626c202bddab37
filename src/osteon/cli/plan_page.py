"""The page of `plan`: options side by side in a fixed order, each with what is worth knowing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from osteon.app import format_chance, format_percent, format_target, label_site, name_sequence
from osteon.cli.patient_lines import print_patient
from osteon.cli.remarks import Remarks, print_remarks
from osteon.cli.screen import open_table, print_footer, print_words
from osteon.therapy import format_prescription

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.table import Table

    from osteon.app import Plan, PlanOption
    from osteon.reversal import Chance, Forecast

__all__ = ["print_plan"]

_NONE = "-"


def print_plan(screen: Console, plan: Plan) -> None:
    """Print a plan."""
    target = format_target(plan.definition.target_t_score)
    remarks = Remarks(option.forecast.findings for option in plan.options)
    print_patient(screen, plan.patient, plan.baseline)
    screen.print()
    print_words(
        screen,
        (f"Chance of a T-score above {target} at month {plan.month}", "heading"),
        (", with 90 % interval; the order is fixed and ranks nothing", "muted"),
    )
    screen.print(_tabulate(plan, remarks))
    _print_legend(screen, plan)
    _print_published(screen, plan)
    print_remarks(screen, remarks)
    screen.print()
    for note in plan.options[0].forecast.notes:
        screen.print(note, style="muted")
    first = plan.options[0].forecast
    print_footer(
        screen,
        f"parameter set {first.parameter_set}",
        f"{first.virtual_patients} virtual patients",
        f"seed {first.seed}",
        f"{len(plan.sources)} sources",
    )


def _tabulate(plan: Plan, remarks: Remarks) -> Table:
    table = open_table(gap=1)
    table.add_column("Option", min_width=22, max_width=26, overflow="fold")
    for site in plan.baseline.sites:
        table.add_column(_break(label_site(site.site)), no_wrap=True)
    table.add_column("All measured\nsites", no_wrap=True)
    table.add_column("Half\nby mo", no_wrap=True, justify="right")
    table.add_column("Holds 24 mo\nafter stop", no_wrap=True)
    for option in plan.options:
        table.add_row(*_list_cells(option, plan.month, remarks))
    return table


def _break(label: str) -> str:
    return label.replace(" ", "\n", 1)


def _list_cells(option: PlanOption, month: int, remarks: Remarks) -> Iterator[Text]:
    found = option.forecast
    yield _label_option(option, remarks)
    for site in found.sites:
        yield _set_chance(site.chance[month])
    yield _set_chance(found.all_sites[month])
    yield Text(_say_month(found))
    yield _set_chance(found.durability.holds if found.durability else None)


def _label_option(option: PlanOption, remarks: Remarks) -> Text:
    label = Text(name_sequence(option.forecast.sequence).replace(", then ", ",\nthen "))
    if option.own:
        label.append("\nasked for", style="own")
    for severity, letters in remarks.list_letters(option.forecast.findings):
        label.append(f"\n{severity}: {', '.join(letters)}", style=str(severity))
    return label


def _set_chance(chance: Chance | None) -> Text:
    """Set a chance so that values and intervals each stand under one another."""
    if chance is None:
        return Text(f"{_NONE:>5}", style="muted")
    value, _, interval = format_chance(chance).partition(" (")
    text = Text(f"{value:>5}")
    if interval:
        text.append(f" ({interval}", style="muted")
    return text


def _say_month(found: Forecast) -> str:
    if found.median_months_all_sites is None:
        return f">{len(found.months) - 1}"
    return f"{found.median_months_all_sites:g}"


def _print_legend(screen: Console, plan: Plan) -> None:
    sequences = [option.forecast.sequence for option in plan.options]
    doses = {
        format_prescription(prescription): None
        for sequence in sequences
        for regimen in sequence.regimens
        for prescription in regimen.prescriptions
    }
    screen.print()
    screen.print(
        "Half by month: when half of such patients have been above at every measured site (>N: not in N "
        "months). Holds: of those above at every measured site when the last drug ends, the share still "
        "above 24 months later with no drug.",
        style="muted",
    )
    if doses:
        screen.print(f"Doses: {'; '.join(doses)}.", style="muted")


def _print_published(screen: Console, plan: Plan) -> None:
    """Print the published probability beside the forecast, wherever one matches."""
    table = open_table()
    for heading in ("Option", "Site", "Baseline", "Published", "Forecast", "Source"):
        table.add_column(heading, no_wrap=heading != "Option")
    for option in plan.options:
        for row in _list_published(option.forecast, plan.month):
            table.add_row(name_sequence(option.forecast.sequence), *row)
    if table.row_count:
        screen.print()
        print_words(
            screen,
            ("Beside the published chances", "heading"),
            (", which speak of what a scan reads, for the baseline nearest this one", "muted"),
        )
        screen.print(table)


def _list_published(found: Forecast, month: int) -> Iterator[tuple[str, ...]]:
    paths = {site.site.value: site for site in found.sites}
    for cell in found.cells:
        if cell.month == month:
            forecast = format_percent(float(paths[cell.site].chance_measured[month]))
            yield (
                label_site(cell.site),
                format_target(cell.baseline_t_score),
                format_percent(cell.probability),
                forecast,
                cell.source,
            )
