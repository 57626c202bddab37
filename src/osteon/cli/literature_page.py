"""The pages of `drugs`, `cite` and `version`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from osteon.cli.screen import open_table, print_footer, print_words
from osteon.evidence import format_reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from osteon.app import DrugSheet, Literature, VersionFacts
    from osteon.therapy import DrugFacts, DrugLimit, LabeledDose, Restriction

__all__ = ["print_drugs", "print_literature", "print_versions"]


def print_drugs(screen: Console, sheet: DrugSheet) -> None:
    """Print a table of drugs, or one drug in full."""
    if len(sheet.drugs) == 1:
        _print_drug(screen, sheet.drugs[0])
    else:
        _print_overview(screen, sheet)
    print_footer(screen, "read: checked at the source", "recalled: from memory, to be checked")


def _print_overview(screen: Console, sheet: DrugSheet) -> None:
    table = open_table()
    for heading in ("Drug", "Family", "Standard dose", "Then", "Evidence here", "Source of the dose"):
        table.add_column(heading)
    for facts in sheet.drugs:
        dose = facts.standard_dose
        table.add_row(
            Text(facts.drug.value, style="name"),
            facts.family.value,
            _say_dose(dose),
            facts.follow_on.value if facts.follow_on else "-",
            facts.evidence_coverage,
            f"{dose.source}, {dose.extraction}",
        )
    screen.print(table)
    screen.print("osteon drugs NAME shows limits, restrictions and monitoring of one drug.", style="muted")


def _say_dose(dose: LabeledDose) -> str:
    return f"{dose.amount:g} {dose.unit} {_say_interval(dose.interval_days)}, {dose.route}"


def _say_interval(days: float) -> str:
    words = {1: "daily", 7: "weekly"}
    if days in words:
        return words[round(days)]
    months = round(days * 12 / 365.25)
    return {1: "monthly", 12: "yearly"}.get(months, f"every {months} months")


def _print_drug(screen: Console, facts: DrugFacts) -> None:
    names = (*facts.synonyms, *facts.brand_names)
    also = f"; also {', '.join(names)}" if names else ""
    print_words(screen, (facts.drug.value, "name"), f"  {facts.family}{also}")
    if facts.follow_on:
        screen.print(f"Guidelines have an {facts.follow_on} follow it.")
    _print_facts(screen, "Labeled doses", map(_list_dose, facts.labeled_doses))
    _print_facts(screen, "Limits on length", map(_list_limit, facts.limits))
    _print_facts(screen, "Restrictions", map(_list_restriction, facts.restrictions))
    if facts.monitoring:
        screen.print()
        screen.print("Monitoring", style="heading")
        for sentence in facts.monitoring:
            screen.print(f"  {sentence}")


def _print_facts(screen: Console, title: str, rows: Iterator[tuple[str, str, str]]) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    for what, source, extraction in rows:
        mark = Text(f"{source}, {extraction}", style="caution" if extraction == "recalled" else "muted")
        table.add_row(f"  {what}", mark)
    if table.row_count:
        screen.print()
        screen.print(title, style="heading")
        screen.print(table)


def _list_dose(dose: LabeledDose) -> tuple[str, str, str]:
    return (_say_dose(dose), dose.source, str(dose.extraction))


def _list_limit(limit: DrugLimit) -> tuple[str, str, str]:
    unit = "doses" if limit.kind == "course_doses" else "months"
    region = "" if limit.region == "any" else f" ({limit.region.upper()} label)"
    note = f": {limit.note}" if limit.note else ""
    words = f"{limit.kind.replace('_', ' ')} {limit.value:g} {unit}{region}{note}"
    return (words, limit.source, str(limit.extraction))


def _list_restriction(one: Restriction) -> tuple[str, str, str]:
    words = [f"{one.kind.replace('_', ' ')}: {one.condition.replace('_', ' ')}"]
    if one.clearance_limit_ml_min is not None:
        words.append(f"below {one.clearance_limit_ml_min:g} mL/min")
    if one.within_months is not None:
        words.append(f"within {one.within_months:g} months")
    if one.region != "any":
        words.append(f"({one.region.upper()} label)")
    return (" ".join(words), one.source, str(one.extraction))


def print_literature(screen: Console, found: Literature) -> None:
    """Print references, one paragraph each."""
    screen.print(f"{len(found.references)} sources behind {found.about}", style="heading")
    for reference in found.references:
        line = Text(f"{reference.key}  ", style="name")
        line.append(format_reference(reference), style="none")
        if reference.is_recalled:
            line.append("  [recalled]", style="caution")
        screen.print(line)
    print_footer(screen)


def print_versions(screen: Console, facts: VersionFacts) -> None:
    """Print the versions."""
    fitted = "fitted to it" if facts.fitted_to_this_evidence else f"fitted to {facts.fitted_to[:12]}"
    rows = {
        "osteon": facts.osteon,
        "parameter set": facts.parameter_set,
        "evidence": f"{facts.evidence_hash[:12]} (parameter set {fitted})",
        "Python": facts.python,
        **facts.libraries,
    }
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, value in rows.items():
        table.add_row(Text(name, style="muted"), value)
    screen.print(table)
    print_footer(screen)
