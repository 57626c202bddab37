"""The page of `classify`: one patient in full, or a cohort row by row with its counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from osteon.app import label_site
from osteon.cli.screen import open_table, print_footer, print_words
from osteon.errors import AbstainedError, OsteonError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from osteon.app import ClassifiedCohort, ClassifiedRow
    from osteon.densitometry import Classification, ScanFinding, SiteResult

__all__ = ["print_classified"]


def print_classified(screen: Console, cohort: ClassifiedCohort) -> None:
    """Print a classified file."""
    first = cohort.rows[0]
    if first.row_number is None and not isinstance(first.outcome, OsteonError):
        _print_patient(screen, first.patient_id, first.outcome)
    else:
        _print_cohort(screen, cohort)
    print_footer(screen, f"{len(cohort.sources)} sources")


def _print_patient(screen: Console, patient_id: str, found: Classification) -> None:
    screen.print(patient_id, style="name")
    table = open_table()
    for heading in ("Site", "BMD, g/cm2", found.score_kind.label, "Unrounded", "From", "Reads as"):
        table.add_column(heading)
    for site in found.sites:
        table.add_row(*_list_site_cells(site))
    screen.print(table)
    lowest = label_site(found.lowest_site).lower()
    kind = "WHO class" if found.who_class is not None else "By Z-score"
    print_words(screen, f"{kind} by the lowest site ({lowest}): ", (found.label, "heading"))
    for finding in _list_findings(found):
        print_words(screen, f"{finding.message} ", (f"[{finding.code}; {finding.source}]", "muted"))


def _list_site_cells(site: SiteResult) -> Iterator[str]:
    side = f", {site.side}" if site.side else ""
    yield f"{label_site(site.site)}{side}"
    yield "-" if site.areal_bmd_g_cm2 is None else f"{site.areal_bmd_g_cm2:.3f}"
    yield "-" if site.printed_score is None else f"{site.printed_score:.1f}"
    yield "-" if site.score is None else f"{site.score:.3f}"
    yield {None: "-", "computed": "BMD", "reported": "report"}[site.basis]
    yield "-" if site.who_class is None else site.who_class.label


def _list_findings(found: Classification) -> tuple[ScanFinding, ...]:
    return (*found.findings, *(finding for site in found.sites for finding in site.findings))


def _print_cohort(screen: Console, cohort: ClassifiedCohort) -> None:
    table = open_table()
    table.add_column("Row", justify="right")
    for heading in ("Patient", "Lowest site", "Score", "Class", "Remarks"):
        table.add_column(heading, overflow="fold")
    for row in cohort.rows:
        table.add_row(*_list_row_cells(row))
    screen.print(table)
    counts = ", ".join(f"{label} {count}" for label, count in cohort.counts.items())
    print_words(screen, (f"{len(cohort.rows)} rows: ", "heading"), counts)


def _list_row_cells(row: ClassifiedRow) -> Iterator[str | Text]:
    yield str(row.row_number)
    yield row.patient_id
    if isinstance(row.outcome, OsteonError):
        yield "-"
        yield "-"
        yield Text(row.label, style="caution" if isinstance(row.outcome, AbstainedError) else "fault")
        yield str(row.outcome)
        return
    found = row.outcome
    yield label_site(found.lowest_site)
    yield f"{found.score_kind.label[0]} {found.lowest_score:.2f}"
    yield found.label
    yield ", ".join(dict.fromkeys(finding.code.replace("_", " ") for finding in _list_findings(found)))
