"""The page of `plan`: options side by side in a fixed order, each with what is worth knowing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from osteon.app import format_chance, format_percent, format_target, label_site, name_sequence, say_target
from osteon.cli.patient_lines import print_patient
from osteon.cli.plan_search_page import print_goal_rule, print_search, show_numbers
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

_NONE: Final = "-"
_WIDE: Final = 110
_RULE_OF_GOALS: Final = "goal_rule"


def print_plan(screen: Console, plan: Plan) -> None:
    """Print a plan."""
    remarks = Remarks(
        tuple(
            finding for finding in (*option.findings, *option.exclusions) if not _is_goal_rule(finding.code)
        )
        for option in plan.options
    )
    print_patient(screen, plan.patient, plan.baseline)
    screen.print()
    _print_question(screen, plan)
    wide = screen.width >= _WIDE
    screen.print(_tabulate(plan, remarks, with_sites=wide))
    if not wide:
        print_words(screen, ("\nSite by site", "heading"), (f" at month {plan.month}", "muted"))
        screen.print(_tabulate_sites(plan))
    _print_legend(screen, plan)
    print_goal_rule(screen, plan)
    if plan.search is not None:
        print_search(screen, plan.search)
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


def _is_goal_rule(code: str) -> bool:
    return code.startswith(_RULE_OF_GOALS)


def _print_question(screen: Console, plan: Plan) -> None:
    what = f"Chance of a T-score {say_target(plan.definition)} at month {plan.month}"
    print_words(
        screen, (what, "heading"), (", with 90 % interval; the order is fixed and ranks nothing", "muted")
    )


def _tabulate(plan: Plan, remarks: Remarks, *, with_sites: bool) -> Table:
    table = open_table(gap=1)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("Option", min_width=22, max_width=44 if with_sites else 27, overflow="fold")
    if with_sites:
        for site in plan.baseline.sites:
            table.add_column(_break(label_site(site.site)), no_wrap=True, justify="right")
        table.add_column("Half\nby mo", no_wrap=True, justify="right")
    table.add_column("All measured\nsites", no_wrap=True)
    table.add_column("24 mo after\nlast drug", no_wrap=True)
    table.add_column("Injections,\ninfusions", no_wrap=True, justify="right")
    table.add_column("Months\non drug", no_wrap=True, justify="right")
    for number, option in enumerate(plan.options, start=1):
        table.add_row(f"{number}", *_list_cells(option, plan, remarks, with_sites=with_sites))
    return table


def _break(label: str) -> str:
    return label.replace(" ", "\n", 1)


def _list_cells(option: PlanOption, plan: Plan, remarks: Remarks, *, with_sites: bool) -> Iterator[Text]:
    found = option.forecast
    yield _label_option(option, plan, remarks)
    if with_sites:
        for site in found.sites:
            yield Text(format_percent(site.chance[plan.month].value))
        yield Text(_say_month(found))
    yield _set_chance(found.all_sites[plan.month])
    yield _set_chance(option.lasting)
    yield Text(f"{option.burden.needles}")
    yield Text(f"{option.burden.months_on_drug:g}")


def _tabulate_sites(plan: Plan) -> Table:
    """Lay out the chance at each site by itself, and when half of such patients have been there."""
    table = open_table(gap=1)
    table.add_column("", justify="right", no_wrap=True)
    for site in plan.baseline.sites:
        table.add_column(label_site(site.site), no_wrap=True)
    table.add_column("Half by mo", no_wrap=True, justify="right")
    for number, option in enumerate(plan.options, start=1):
        chances = (_set_chance(site.chance[plan.month]) for site in option.forecast.sites)
        table.add_row(f"{number}", *chances, Text(_say_month(option.forecast)))
    return table


def _label_option(option: PlanOption, plan: Plan, remarks: Remarks) -> Text:
    label = Text(name_sequence(option.forecast.sequence).replace(", then ", ",\nthen "))
    if option.own:
        label.append(f"\n{_say_own(option, plan)}", style="own")
    for severity, letters in remarks.list_letters((*option.findings, *option.exclusions)):
        label.append(f"\n{severity}: {', '.join(dict.fromkeys(letters))}", style=str(severity))
    return label


def _say_own(option: PlanOption, plan: Plan) -> str:
    words = "asked for"
    if plan.search is not None and option.exclusions:
        words += "; kept out of the search"
    if option.beaten_by:
        words += f"; no better on any measure than {show_numbers(plan, option.beaten_by)}"
    return words


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
    doses = {
        format_prescription(prescription): None
        for option in plan.options
        for regimen in option.forecast.sequence.regimens
        for prescription in regimen.prescriptions
    }
    screen.print()
    screen.print(
        "All measured sites: the target met at every one of them at once. 24 months after the last drug: met there "
        "still, or by then, with no drug after it. Half by month: when half of such patients have been there (>N: "
        "not in N months).",
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
