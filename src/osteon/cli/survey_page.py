"""The page of `demo`: the plan of one person, then the survey's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osteon.app import format_percent, format_target, name_sequence
from osteon.cli.plan_page import print_plan
from osteon.cli.screen import open_table, print_footer

if TYPE_CHECKING:
    from rich.console import Console

    from osteon.app import Demo, SurveyAnswer, SurveyShare

__all__ = ["print_demo", "print_survey"]

_MILLION = 10**6


def print_demo(screen: Console, demo: Demo) -> None:
    """Print the demonstration."""
    screen.rule("One person of the survey", style="muted")
    print_plan(screen, demo.plan)
    screen.print()
    screen.rule("Everybody of the survey", style="muted")
    print_survey(screen, demo.survey)


def print_survey(screen: Console, survey: SurveyAnswer) -> None:
    """Print the survey's answer."""
    target = format_target(survey.definition.target_t_score)
    screen.print(
        f"Of the {survey.people / _MILLION:.1f} million US adults of 50 or more with a T-score at or below "
        f"{target} at the lumbar spine, total hip or femoral neck ({survey.respondents} respondents, NHANES "
        f"2013-2014), what share would be expected above {target} at every measured site at month "
        f"{survey.month}?"
    )
    table = open_table()
    table.add_column("Option")
    table.add_column("If all stayed on it\n(95 % interval)", no_wrap=True)
    table.add_column("As usual care persists\n(95 % interval)", no_wrap=True)
    for option in survey.options:
        table.add_row(
            name_sequence(option.sequence),
            _say_share(option.full_persistence),
            _say_share(option.real_world_persistence),
        )
    screen.print(table)
    for note in survey.notes:
        screen.print(note, style="muted")
    lanes = survey.settings.draws * survey.settings.per_draw
    print_footer(
        screen,
        f"parameter set {survey.parameter_set}",
        f"{lanes} virtual patients for each respondent",
        f"seed {survey.settings.seed}",
    )


def _say_share(share: SurveyShare | None) -> str:
    if share is None:
        return "-"
    return f"{format_percent(share.value):>5} ({100 * share.low:.0f}-{100 * share.high:.0f})"
