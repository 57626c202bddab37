"""What a plan says of its own making: the goal-directed rule, what was searched, and what was left out and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from osteon.app import name_sequence
from osteon.cli.screen import print_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from osteon.app import Plan, PlanSearch
    from osteon.reversal import ExcludedGroup
    from osteon.therapy import Finding

__all__ = ["print_goal_rule", "print_search", "show_numbers"]

_RECALLED = "recalled"
_RULES = ("goal_rule_met", "goal_rule_not_met")


def show_numbers(plan: Plan, names: Iterable[str]) -> str:
    """Write names of options as the numbers that they have on the page.

    Runs of three or more are drawn together.
    """
    wanted = set(names)
    numbers = [number for number, option in enumerate(plan.options, start=1) if option.name in wanted]
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(_write_run(run) for run in runs)


def _write_run(run: list[int]) -> str:
    return f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run))  # noqa: PLR2004 - two are shorter apart


def print_goal_rule(screen: Console, plan: Plan) -> None:
    """Print which options meet the goal-directed rule, with its source and whether that was read."""
    stated = {finding.code: finding for option in plan.options for finding in option.findings}
    for rule in _RULES:
        if rule in stated:
            names = [o.name for o in plan.options if rule in {finding.code for finding in o.findings}]
            screen.print()
            print_words(
                screen,
                (f"Goal-directed rule, options {show_numbers(plan, names)}: ", "heading"),
                stated[rule].message,
                (f" {_say_source(stated[rule])}", "muted"),
            )


def _say_source(finding: Finding) -> str:
    recalled = ", recalled" if finding.extraction == _RECALLED else ""
    return f"[{finding.code}; {finding.source}{recalled}]"


def print_search(screen: Console, search: PlanSearch) -> None:
    """Print how far the search went, and what it left out for which reason."""
    screen.print()
    print_words(
        screen,
        ("What was searched", "heading"),
        f": {search.considered} sequences of up to {search.most_regimens} regimens over "
        f"{search.horizon_months:g} months, at labeled doses.{_say_not_tried(search)}",
    )
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for group in search.excluded:
        table.add_row(f"{group.count}", _explain(group))
    beaten = Text(
        "left out: on no measure better than an option above, and worse on one or with more injections. "
    )
    beaten.append(_say_rounds(search), style="muted")
    table.add_row(f"{search.beaten}", beaten)
    screen.print(table)


def _say_not_tried(search: PlanSearch) -> str:
    if not search.not_tried:
        return ""
    drugs = ", ".join(search.not_tried)
    return f" Not tried, for want of trial evidence in the tables: {drugs}; --sequence shows them."


def _explain(group: ExcludedGroup) -> Text:
    text = Text(f"left out, {group.reason.severity}: ", style=str(group.reason.severity))
    text.append(group.reason.message, style="default")
    text.append(f" {_say_source(group.reason)}", style="muted")
    text.append(f" Such as {name_sequence(group.example)}.", style="muted")
    return text


def _say_rounds(search: PlanSearch) -> str:
    parts = (f"{one.candidates} on {one.virtual_patients}" for one in search.rounds)
    return f"Compared: {', then '.join(parts)} virtual patients."
