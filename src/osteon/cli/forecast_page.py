"""The page of `forecast`: one sequence, site by site and year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osteon.app import format_chance, format_percent, format_target, label_site
from osteon.cli.patient_lines import print_patient
from osteon.cli.remarks import Remarks, print_remarks
from osteon.cli.screen import open_table, print_footer
from osteon.therapy import format_sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.table import Table

    from osteon.app import ForecastAnswer
    from osteon.reversal import Durability, Forecast, SitePath

__all__ = ["print_forecast"]

_YEAR = 12


def print_forecast(screen: Console, answer: ForecastAnswer) -> None:
    """Print a forecast."""
    found = answer.forecast
    print_patient(screen, answer.patient, answer.baseline)
    screen.print()
    screen.print(format_sequence(found.sequence), style="heading")
    screen.print(_tabulate(answer))
    for sentence in _list_sentences(answer):
        screen.print(sentence)
    if answer.alternatives:
        screen.print()
        screen.print(f"The same at month {answer.month}, if taken otherwise", style="heading")
        screen.print(_tabulate_alternatives(answer))
    print_remarks(screen, Remarks([found.findings]))
    screen.print()
    for note in found.notes:
        screen.print(note, style="muted")
    print_footer(
        screen,
        f"parameter set {found.parameter_set}",
        f"{found.virtual_patients} virtual patients",
        f"seed {found.seed}",
        f"{len(answer.sources)} sources",
    )


def _tabulate_alternatives(answer: ForecastAnswer) -> Table:
    """Lay out a row for each way of taking the sequence: the chance at each site and at all of them."""
    target = format_target(answer.forecast.definition.target_t_score)
    table = open_table()
    table.add_column(f"\nChance above {target}")
    for site in answer.forecast.sites:
        first, _, last = label_site(site.site).partition(" ")
        table.add_column(f"{first}\n{last}", justify="right", no_wrap=True)
    table.add_column("All\nsites", justify="right", no_wrap=True)
    for other in answer.alternatives:
        found = other.forecast
        chances = [*(site.chance[answer.month] for site in found.sites), found.all_sites[answer.month]]
        table.add_row(other.kind.label, *map(format_chance, chances))
    return table


def _list_months(answer: ForecastAnswer) -> list[int]:
    last = len(answer.forecast.months) - 1
    return sorted({0, answer.month, *range(_YEAR, last + 1, _YEAR)})


def _tabulate(answer: ForecastAnswer) -> Table:
    """Lay out a row for each month: the median T-score of each site and the chance of being above the target."""
    target = format_target(answer.forecast.definition.target_t_score)
    table = open_table()
    table.add_column("\nMonth", justify="right", no_wrap=True)
    for site in answer.forecast.sites:
        table.add_column(f"{label_site(site.site)}\nmedian", justify="right", no_wrap=True)
        table.add_column(f"\nabove {target}", no_wrap=True)
    table.add_column("All measured\nsites above", no_wrap=True)
    for month in _list_months(answer):
        style = "bold" if month == answer.month else None
        table.add_row(*_list_cells(answer.forecast, month), style=style)
    return table


def _list_cells(found: Forecast, month: int) -> Iterator[str]:
    yield str(month)
    for site in found.sites:
        yield f"{site.quantiles[2, month]:.2f}"
        yield format_chance(site.chance[month])
    yield format_chance(found.all_sites[month])


def _say_middle(answer: ForecastAnswer) -> str:
    ranges = (
        f"{label_site(site.site)} {site.quantiles[0, answer.month]:.2f} to {site.quantiles[4, answer.month]:.2f}"
        for site in answer.forecast.sites
    )
    return f"Chances carry a 90 % interval. Middle 90 % of T-scores at month {answer.month}: {'; '.join(ranges)}."


def _list_sentences(answer: ForecastAnswer) -> Iterator[str]:
    found = answer.forecast
    target = format_target(found.definition.target_t_score)
    yield _say_middle(answer)
    for site in found.sites:
        yield _say_time(site, target, len(found.months) - 1)
    if found.durability is not None:
        yield _say_durability(found.durability, target)
    for cell in found.cells:
        path = next(site for site in found.sites if site.site.value == cell.site)
        forecast = format_percent(float(path.chance_measured[round(cell.month)]))
        yield (
            f"{label_site(cell.site)}, published for a baseline of {format_target(cell.baseline_t_score)} "
            f"at month {cell.month:g}: {format_percent(cell.probability)} of scans above {target} "
            f"({cell.source}); this forecast, of a scan: {forecast}."
        )


def _say_time(site: SitePath, target: str, last: int) -> str:
    label, month = label_site(site.site), site.median_months_to_target
    if month is None:
        return (
            f"{label}: T-score above {target} reached by fewer than half of such patients in {last} months."
        )
    if month == 0:
        return f"{label}: half of such patients are above {target} at the start, the noise of the scan apart."
    return f"{label}: T-score above {target} reached by half of such patients by month {month:g}."


def _say_durability(held: Durability, target: str) -> str:
    where = f"above {target} at every measured site when the last drug ends (month {held.end_month:g})"
    if held.holds is None:
        return f"Too few are {where} to say whether it holds."
    return (
        f"Of those {where}, {format_chance(held.holds)} still are at month {held.month:g} "
        "with no drug after it."
    )
