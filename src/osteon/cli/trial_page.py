"""The pages of `trial`: who was enrolled, what each endpoint came to, and how many it would take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osteon.app import format_percent, name_sequence
from osteon.cli.screen import open_table, print_footer
from osteon.trials import ChangeEndpoint, ShareEndpoint, TimeEndpoint, describe_fracture_evidence

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from osteon.app import TrialAnswer, TrialList
    from osteon.trials import ArmEndpoint, Contrast, Interval, TimeCourse, VirtualTrial

__all__ = ["print_trial", "print_trial_list"]

_WIDE = 96
_SITES = ("lumbar_spine", "total_hip", "femoral_neck")


def print_trial(screen: Console, answer: TrialAnswer) -> None:
    """Print a virtual trial."""
    trial = answer.trial
    screen.print(f"{trial.design.name}: {trial.design.title}", style="heading")
    screen.print("A virtual trial: simulated women, none of whom exists.", style="muted")
    screen.print()
    for arm in trial.design.arms:
        mark = " (control)" if arm.name == trial.design.control else ""
        screen.print(f"{arm.name}{mark}: {name_sequence(arm.sequence)}")
    _print_baselines(screen, trial)
    _print_changes(screen, _group_rows(trial, ChangeEndpoint))
    _print_shares(screen, _group_rows(trial, ShareEndpoint))
    _print_times(screen, _group_rows(trial, TimeEndpoint))
    _print_power(screen, trial)
    _print_surrogate(screen, trial)
    _print_run(screen, answer)


def _print_baselines(screen: Console, trial: VirtualTrial) -> None:
    page = open_table()
    page.add_column("Enrolled\nmean (SD)")
    for name in ("Women", "Age", *(f"T-score\n{site.replace('_', ' ')}" for site in _SITES), "Seen\nat end"):
        page.add_column(name, justify="right", no_wrap=True)
    for one in trial.baselines:
        traits = ("age_years", *_SITES)
        digits = (0, 2, 2, 2)
        cells = [f"{one.means[t]:.{d}f} ({one.sds[t]:.{d}f})" for t, d in zip(traits, digits, strict=True)]
        page.add_row(one.arm, f"{one.subjects}", *cells, format_percent(trial.seen_at_end[one.arm]))
    screen.print()
    screen.print(page)


Groups = list[tuple[str, list["ArmEndpoint"]]]


def _group_rows(trial: VirtualTrial, kind: type) -> Groups:
    """Return the arms of each endpoint of one kind."""
    return [
        (endpoint.name, [one for one in trial.endpoints if one.endpoint == endpoint])
        for endpoint in trial.design.endpoints
        if isinstance(endpoint, kind)
    ]


def _open_section(title: str, *columns: str) -> Table:
    page = open_table()
    page.add_column(title)
    for name in columns:
        page.add_column(name, justify="right", no_wrap=True)
    return page


def _print_changes(screen: Console, groups: Groups) -> None:
    if not groups:
        return
    wide = screen.width >= _WIDE
    head = ("Seen", "Mean\n(95 %)") if wide else ("Mean",)
    page = _open_section(
        "Percent change\nfrom baseline", *head, "Less control\n(95 %)", "Real trial\n(95 %)", "Printed"
    )
    for name, rows in groups:
        page.add_row(name, style="name")
        for one in rows:
            page.add_row(f"  {one.arm}", *_list_change_cells(one, wide=wide))
    screen.print()
    screen.print(page)
    words = (
        "Less control: percentage points. Real trial: where the difference of one real trial of this size "
    )
    words += "would lie, with what the model does not know."
    if any(one.published is not None for _, rows in groups for one in rows):
        words += " Printed: what the mirrored trial published."
    screen.print(words, style="muted")


def _list_change_cells(one: ArmEndpoint, *, wide: bool) -> list[str]:
    mean, contrast = one.estimate, one.contrast
    if wide:
        own = [_count_seen(mean), "nobody" if mean is None else _format_three(mean)]
    else:
        own = ["nobody" if mean is None else f"{mean.value:+.1f}"]
    return [
        *own,
        "" if contrast is None else _format_three(contrast),
        _format_predicted(contrast),
        "" if one.published is None else f"{one.published:.1f}",
    ]


def _count_seen(interval: Interval | None) -> str:
    return "0" if interval is None else str(interval.n)


def _format_three(found: Interval | Contrast) -> str:
    return f"{found.value:+.1f} ({found.low:.1f} to {found.high:.1f})"


def _format_predicted(contrast: Contrast | None) -> str:
    if contrast is None or contrast.predicted is None:
        return ""
    low, high = contrast.predicted
    return f"{low:.1f} to {high:.1f}"


def _print_shares(screen: Console, groups: Groups) -> None:
    if not groups:
        return
    page = _open_section("Share above a T-score", "Seen", "Share (95 %)", "Less control, points (95 %)")
    for name, rows in groups:
        page.add_row(name, style="name")
        for one in rows:
            share, contrast = one.estimate, one.contrast
            three = (100 * n for n in (contrast.value, contrast.low, contrast.high)) if contrast else ()
            page.add_row(
                f"  {one.arm}",
                _count_seen(share),
                "nobody" if share is None else _format_share(share),
                "{:+.0f} ({:.0f} to {:.0f})".format(*three) if contrast else "",
            )
    screen.print()
    screen.print(page)
    words = "Of those seen then who were not above it at every site named at the start, as scanned."
    screen.print(words, style="muted")


def _format_share(share: Interval) -> str:
    return f"{format_percent(share.value)} ({100 * share.low:.0f} to {100 * share.high:.0f})"


def _print_times(screen: Console, groups: Groups) -> None:
    if not groups:
        return
    months = _choose_months(groups[0][1][0].times)
    page = _open_section(
        "Time to a T-score", "Half there by\n(95 %)", *(f"There by\nmonth {month}" for month in months)
    )
    for name, rows in groups:
        page.add_row(name, style="name")
        for one in rows:
            if one.times is not None:
                left = dict(zip(one.times.months, one.times.not_reached, strict=True))
                shares = (format_percent(1 - left[month]) for month in months)
                page.add_row(f"  {one.arm}", _format_median(one.times), *shares)
    screen.print()
    screen.print(page)
    words = (
        "First visit above it at every site named, as scanned; who leaves before is censored (product limit)."
    )
    screen.print(words, style="muted")


def _choose_months(times: TimeCourse | None) -> tuple[int, ...]:
    """Return at most three visits to show, the last among them."""
    months = () if times is None else times.months
    return tuple(sorted(months[:: -max(-(-len(months) // 3), 1)]))


def _format_median(times: TimeCourse) -> str:
    if times.median_months is None:
        return "not by the end"
    high = "later" if times.median_high is None else f"{times.median_high}"
    return f"month {times.median_months} ({times.median_low} to {high})"


def _print_power(screen: Console, trial: VirtualTrial) -> None:
    if not trial.power:
        return
    page = _open_section(
        f"Power at 5 %: {trial.design.primary}",
        "Women in\nboth arms",
        "Resampled\n(SE)",
        "Closed\nform",
        "Assurance",
    )
    for one in trial.power:
        page.add_row(f"{one.arm} against {trial.design.control}", style="name")
        for row in one.rows:
            resampled = f"{format_percent(row.resampled)} ({100 * row.standard_error:.1f})"
            assurance = "-" if row.assurance is None else format_percent(row.assurance)
            page.add_row("", f"{row.subjects}", resampled, format_percent(row.closed_form), assurance)
    screen.print()
    screen.print(page)
    screen.print(
        "Assurance: power averaged over what the model does not know of the difference.", style="muted"
    )


def _print_surrogate(screen: Console, trial: VirtualTrial) -> None:
    if not trial.surrogate:
        return
    screen.print()
    screen.print("Total hip at 24 months, the surrogate endpoint qualified in 2025", style="heading")
    for one in trial.surrogate:
        three = _format_three(one.contrast)
        screen.print(f"{one.arm} less {trial.design.control}: {three} percentage points (95 %)")
        says = (one.silence,) if one.fractures is None else describe_fracture_evidence(one.fractures)
        for sentence in says:
            screen.print(sentence, style="muted")


def _print_run(screen: Console, answer: TrialAnswer) -> None:
    run, trial = answer.run, answer.trial
    screen.print()
    for sentence in dict.fromkeys(run.losses):
        count = run.losses.count(sentence)
        screen.print(f"{sentence} ({count} time{'s' if count > 1 else ''})", style="caution")
    if run.found:
        screen.print(
            f"{run.found} of {run.chunks} chunks had been finished by an earlier run.", style="muted"
        )
    if run.folder is not None:
        screen.print(f"{run.rows} rows in {run.folder}", style="muted", soft_wrap=True)
    print_footer(
        screen,
        f"parameter set {trial.parameter_set}",
        f"{run.chunks} chunks on {run.workers}",
        f"content {run.content_hash[:12]}",
    )


def print_trial_list(screen: Console, found: TrialList) -> None:
    """Print the designs that come with osteon."""
    page = open_table()
    for name in ("Name", "Trial", "Arms"):
        page.add_column(name)
    page.add_column("Women", justify="right")
    page.add_column("Months", justify="right")
    for name, design in found.designs.items():
        arms = "\n".join(arm.name for arm in design.arms)
        page.add_row(name, design.title, arms, f"{design.subjects}", f"{design.months}")
    screen.print(page)
    screen.print("Run one with: osteon trial NAME, or your own with: osteon trial FILE.toml", style="muted")
    print_footer(screen)
