"""The page of `monitor`: from the scans to the next check, in the order in which a clinician asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from osteon.app import (
    describe_patient,
    format_percent,
    format_percentile,
    label_cause,
    label_change,
    label_site,
    label_state,
    label_verdict,
    name_sequence,
    say_clock,
    say_next_marker,
    say_next_scan,
    say_overall_state,
    say_verdict,
)
from osteon.cli.remarks import Remarks, print_remarks
from osteon.cli.screen import open_table, print_footer, print_words
from osteon.densitometry import PrecisionBasis
from osteon.inference import Marker
from osteon.monitoring import MONITORED_SITES, Verdict, read_chance
from osteon.therapy import ClockState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from osteon.densitometry import Change, ScanFinding
    from osteon.monitoring import Cause, FollowUp, MarkerFollowUp, NextMarker, SiteFollowUp

__all__ = ["print_followup"]

_NONE = "-"
_BAR_WIDTH = 10
_FEW_PERCENT = 100
_VERDICT_STYLES = {
    Verdict.REACHED: "bold green",
    Verdict.ON_TRACK: "bold green",
    Verdict.OFF_TRACK: "fault",
    Verdict.REACHED_UNCONFIRMED: "caution",
    Verdict.WITHIN_NOISE: "caution",
    Verdict.CANNOT_SAY: "caution",
}
_UNITS = {Marker.CTX: "ng/L", Marker.P1NP: "ug/L"}


def print_followup(screen: Console, found: FollowUp) -> None:
    """Print a follow-up."""
    print_words(screen, (found.patient.patient_id, "name"), f"  {describe_patient(found.patient)}")
    _print_doses(screen, found)
    _print_alarm(screen, found)
    _print_changes(screen, found)
    _print_expected(screen, found)
    _print_markers(screen, found)
    _print_state(screen, found)
    _print_verdict(screen, found)
    _print_causes(screen, found)
    _print_next(screen, found)
    print_remarks(screen, Remarks([found.findings]))
    screen.print()
    for note in found.notes:
        screen.print(note, style="muted")
    print_footer(
        screen,
        f"parameter set {found.parameter_set}",
        f"{found.virtual_patients} virtual patients",
        f"seed {found.seed}",
        f"{len(found.sources)} sources",
    )


def _print_doses(screen: Console, found: FollowUp) -> None:
    given = [one for one in found.patient.injections if one.date <= found.as_of]
    for drug in dict.fromkeys(one.drug for one in given):
        days = sorted(one.date for one in given if one.drug is drug)
        times = "once" if len(days) == 1 else f"{len(days)} times"
        since = f"on {days[0]}" if len(days) == 1 else f"from {days[0]} to {days[-1]}"
        screen.print(f"  {drug} given {times}, {since}", style="muted")


def _print_alarm(screen: Console, found: FollowUp) -> None:
    """Print the denosumab clock first: of all that is here only this cannot wait."""
    if found.clock is None:
        return
    on_time = found.clock.reading.state is ClockState.ON_TIME
    source = f" [{', '.join(found.clock.reading.sources)}]"
    screen.print()
    print_words(
        screen,
        (say_clock(found.clock), "muted" if on_time else "fault"),
        ("" if on_time else source, "muted"),
    )


def _print_changes(screen: Console, found: FollowUp) -> None:
    screen.print()
    screen.print("Change against the least significant change (LSC), g/cm2", style="heading")
    table = open_table()
    for heading in ("Site", "Since", "BMD"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Change", "LSC"):
        table.add_column(heading, no_wrap=True, justify="right")
    table.add_column("Reads as")
    for one in found.sites:
        for change, since in _list_changes(one):
            table.add_row(*_list_change_cells(one, change, since))
    screen.print(table)
    for line in dict.fromkeys(_list_remarks(found)):
        screen.print(line, style="muted")


def _list_changes(one: SiteFollowUp) -> Iterator[tuple[Change | None, int]]:
    yield one.changes.since_baseline, 0
    if one.changes.since_previous is not None:
        yield one.changes.since_previous, -2


def _list_change_cells(one: SiteFollowUp, change: Change | None, since: int) -> Iterator[str]:
    older, newest = one.series.scans[since].scan, one.newest
    yield label_site(one.site) if since == 0 else ""
    yield str(older.date or _NONE) if change is not None else _NONE
    if change is None:
        yield _write_bmd(newest.areal_bmd_g_cm2)
    else:
        yield f"{_write_bmd(older.areal_bmd_g_cm2)} to {_write_bmd(newest.areal_bmd_g_cm2)}"
    if change is None or change.absolute_g_cm2 is None or change.percent is None:
        yield _NONE
        yield _NONE
    else:
        yield f"{change.absolute_g_cm2:+.3f} ({change.percent:+.1f} %)"
        yield f"{change.least_significant_change_g_cm2:.3f}"
    yield label_change(change)


def _write_bmd(bmd: float | None) -> str:
    return _NONE if bmd is None else f"{bmd:.3f}"


def _list_remarks(found: FollowUp) -> Iterator[str]:
    """List what stands beside the comparisons, each remark once with the sites it is about."""
    places: dict[str, list[str]] = {}
    for one in found.sites:
        for finding in _list_findings(one):
            places.setdefault(finding.message, []).append(label_site(one.site).lower())
    for message, sites in places.items():
        yield f"{', '.join(dict.fromkeys(sites)).capitalize()}: {message}"
    defaults = [
        one
        for one in found.sites
        if one.changes.latest is not None and one.changes.latest.precision_basis is PrecisionBasis.DEFAULT
    ]
    if defaults:
        yield "With the facility's own precision error in the patient file the LSC would be its own."


def _list_findings(one: SiteFollowUp) -> Iterator[ScanFinding]:
    for change, _ in _list_changes(one):
        yield from change.findings if change is not None else ()


def _print_expected(screen: Console, found: FollowUp) -> None:
    expected = [one for one in found.sites if one.expected is not None]
    if not expected:
        return
    screen.print()
    print_words(
        screen, ("Expected against observed", "heading"), (", from everything before this visit", "muted")
    )
    table = open_table()
    table.add_column("Site", no_wrap=True)
    table.add_column("Expected, middle 90 %", no_wrap=True)
    table.add_column("Observed", no_wrap=True)
    table.add_column("Percentile")
    for one in expected:
        told = one.expected
        assert told is not None  # noqa: S101 - kept above
        beside = "" if one.site in MONITORED_SITES else " (not used for monitoring)"
        table.add_row(
            label_site(one.site),
            f"{told.median:.3f} ({told.low_90:.3f} to {told.high_90:.3f})",
            f"{told.observed:.3f}",
            format_percentile(told.percentile) + beside,
        )
    screen.print(table)


def _print_markers(screen: Console, found: FollowUp) -> None:
    if not found.markers:
        return
    screen.print()
    screen.print("Markers of turnover", style="heading")
    table = open_table()
    table.add_column("Marker", no_wrap=True)
    table.add_column("Before, now", no_wrap=True)
    table.add_column("Change", no_wrap=True, justify="right")
    table.add_column("Limit", no_wrap=True, justify="right")
    table.add_column("Expected now", no_wrap=True)
    table.add_column("Reads as")
    for one in found.markers:
        table.add_row(*_list_marker_cells(one))
    screen.print(table)


def _list_marker_cells(one: MarkerFollowUp) -> Iterator[str]:
    unit = _UNITS[one.marker]
    yield label_site(one.marker)
    before = _NONE if one.baseline is None else f"{one.baseline.value:g}"
    yield f"{before}, {one.newest.value:g} {unit}"
    yield _NONE if one.fraction is None else f"{100 * (one.fraction - 1):+.0f} %"
    yield f"{100 * one.limit:.0f} %"
    told = one.expected
    yield _NONE if told is None else f"{told.median:.0f} ({told.low_90:.0f} to {told.high_90:.0f})"
    yield _read_marker(one)


def _read_marker(one: MarkerFollowUp) -> str:
    weeks = "" if one.weeks_on_drug is None else f" at week {one.weeks_on_drug:.0f}"
    if not one.direction:
        return "no drug gives it a direction now"
    if one.has_answered:
        return f"moved beyond noise{weeks}" if one.fraction is not None else "suppressed, without a baseline"
    place = "" if one.expected is None else f", {format_percentile(one.expected.percentile)} percentile"
    return f"not moved beyond noise{weeks}{place}"


def _print_state(screen: Console, found: FollowUp) -> None:
    screen.print()
    screen.print("State", style="heading")
    table = open_table()
    table.add_column("\nSite", no_wrap=True)
    table.add_column("T-score,\nunrounded", no_wrap=True)
    table.add_column("Chance it is\ntruly above", no_wrap=True)
    table.add_column("\nState")
    for one in found.sites:
        scores = [_write_t_score(scored.t_score) for scored in (one.series.baseline, one.series.newest)]
        table.add_row(
            label_site(one.site),
            " to ".join(scores if len(one.series.scans) > 1 else scores[:1]),
            _write_chance(read_chance(found, one.site)),
            label_state(one),
        )
    table.add_row("All sites", "", _write_chance(read_chance(found)), found.state.value.replace("_", " "))
    screen.print(table)
    screen.print(say_overall_state(found))


def _write_chance(chance: float | None) -> str:
    return _NONE if chance is None else format_percent(chance)


def _write_t_score(t_score: float | None) -> str:
    return _NONE if t_score is None else f"{t_score:.2f}"


def _print_verdict(screen: Console, found: FollowUp) -> None:
    screen.print()
    label = Text(
        f" {label_verdict(found.verdict).upper()} ", style=f"{_VERDICT_STYLES[found.verdict]} reverse"
    )
    screen.print(Text.assemble(("Verdict  ", "heading"), label, "  ", say_verdict(found)))


def _print_causes(screen: Console, found: FollowUp) -> None:
    if not found.causes:
        return
    screen.print()
    print_words(
        screen, ("Why, and the cheapest next check", "heading"), (", by probability given all data", "muted")
    )
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column()
    for cause in found.causes:
        table.add_row(_draw_bar(cause), format_percent(cause.weight), _describe_cause(cause))
    screen.print(Padding(table, (0, 0, 0, 2)))


def _draw_bar(cause: Cause) -> Text:
    full = round(_BAR_WIDTH * cause.weight)
    return Text.assemble(("\u2588" * full, "heading"), ("\u2591" * (_BAR_WIDTH - full), "muted"))


def _describe_cause(cause: Cause) -> Text:
    head = Text(label_cause(cause.name), style="heading" if cause.weight >= 1 / 10 else "muted")
    if cause.weight < 1 / _FEW_PERCENT:
        return head
    recalled = ", recalled" if cause.extraction == "recalled" else ""
    head.append(f" (before the data {format_percent(cause.prior)}{recalled})\n", style="muted")
    return head.append(Text(cause.cheapest_check, style="none"))


def _print_next(screen: Console, found: FollowUp) -> None:
    screen.print()
    screen.print("Next look", style="heading")
    lines = [Text(say_next_scan(found.next_scan)), *map(_describe_marker, found.next_markers)]
    lines.append(Text(f"Taken to go on: {name_sequence(found.continued)}.", style="muted"))
    for line in lines:
        screen.print(Padding(line, (0, 0, 0, 2)))


def _describe_marker(planned: NextMarker) -> Text:
    recalled = ", recalled" if planned.extraction == "recalled" else ""
    text = Text(say_next_marker(planned))
    return text.append(f" [{planned.source}{recalled}]", style="muted")
