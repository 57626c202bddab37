"""The tables of the validation report; each number keeps its full digits beside its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osteon.app.wording import label_site, name_sequence
from osteon.errors import OsteonError
from osteon.evidence import find_fact, find_reference
from osteon.remodeling import Outcomes
from osteon.report import Entry, TableView, Tone
from osteon.trials import Basis, measure_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from osteon.app.validation import PeerComparison
    from osteon.trials import (
        CellTable,
        DosingVisit,
        Judgment,
        LeftOutRow,
        PeerScore,
        ReproducedRow,
        Reproduction,
    )

__all__ = [
    "ROLE_WORDS",
    "list_row_entries",
    "make_cell_table",
    "make_left_out_table",
    "make_misfit_table",
    "make_peer_table",
    "make_spread_table",
    "make_summary_table",
    "make_target_table",
    "make_visit_table",
    "name_judgment",
    "name_source",
]

OUTCOMES: Final = Outcomes._fields
ROW_HEAD: Final = ("Published", "Simulated", "90 % from", "to", "SD away", "How known", "Source")
ROLE_WORDS: Final = {"calibration": "seen by the fit", "validation": "held back"}
_BASES: Final = (Basis.FITTED.value, Basis.HELD_BACK.value, Basis.LEFT_OUT.value)
_BASIS_WORDS: Final = {Basis.FITTED.value: "seen by the fit"}


def name_source(key: str) -> tuple[str, str]:
    """Return a short name of a source and a link to it, empty where it has no DOI."""
    reference = find_reference(key)
    first = reference.authors[0].partition(",")[0] if reference.authors else key
    name = f"{first} {reference.year}" if reference.year else first
    return name, f"https://doi.org/{reference.doi}" if reference.doi else ""


def name_judgment(one: Judgment) -> str:
    """Name what was judged, with its value and its target."""
    outcome = label_site(one.outcome) if one.outcome else ""
    quantity = {
        "rmse": "RMSE",
        "inside_90": "inside 90 %",
        "mean_error": "mean error",
        "error": "worst error",
        "relative_error": "SD of change, worst relative error",
    }[one.quantity]
    where = _BASIS_WORDS.get(one.basis, one.basis)
    place = f"{outcome}, {quantity}, {where}" if outcome else f"{quantity}, {where}"
    return f"{place} {_format_value(one)} (target {_format_target(one)})"


def _format_value(one: Judgment) -> str:
    return f"{100 * one.value:.1f} %" if one.unit == "share" else f"{one.value:.2f}"


def _format_target(one: Judgment) -> str:
    if one.low is not None and one.high is not None:
        return f"{100 * one.low:.0f} to {100 * one.high:.0f} %"
    if one.high is None:
        return ""
    return f"at most {100 * one.high:.0f} %" if one.unit == "share" else f"at most {one.high:.2f}"


def _enter(text: str, value: float | None = None, *, tone: Tone = Tone.PLAIN) -> Entry:
    return Entry(text=text, value=value, tone=tone)


def _enter_judgment(one: Judgment | None) -> Entry:
    if one is None:
        return _enter("", tone=Tone.SOFT)
    tone = {True: Tone.MET, False: Tone.NOT_MET, None: Tone.PLAIN}[one.met]
    return _enter(_format_value(one), one.value, tone=tone)


def make_summary_table(judgments: Sequence[Judgment]) -> TableView:
    """Set error, target and coverage by outcome beside each other for every basis."""
    bases = [basis for basis in _BASES if any(one.basis == basis and one.outcome for one in judgments)]
    found = {(one.basis, one.outcome, one.quantity): one for one in judgments}
    rows = []
    for outcome in (*OUTCOMES, ""):
        entries = [_enter(label_site(outcome) if outcome else "All outcomes")]
        for basis in bases:
            error = found.get((basis, outcome, "rmse"))
            inside = [found.get((basis, outcome, f"inside_{level}")) for level in (50, 90)]
            count = inside[0].n if inside[0] else 0
            entries += [
                _enter(f"{count}" if count else "", float(count) if count else None),
                _enter_judgment(error),
                _enter(f"{error.high:.2f}" if error and error.high else "", tone=Tone.SOFT),
                *(_enter_judgment(one) for one in inside),
            ]
        rows.append(tuple(entries))
    targets = [one for one in judgments if one.quantity == "inside_90" and one.high is not None]
    share = f" An interval of 90 % is to hold {_format_target(targets[0])}." if targets else ""
    return TableView(
        key="summary",
        caption="Error and coverage of arm means",
        head=("Outcome", *("Numbers", "RMSE", "Target", "In 50 %", "In 90 %") * len(bases)),
        spans=(("", 1), *((_BASIS_WORDS.get(basis, basis).capitalize(), 5) for basis in bases)),
        rows=tuple(rows),
        note=f"Held-back rows are judged by the target of a trial left out.{share} Coverage is not judged where one "
        "number would decide.",
    )


def make_target_table(judgments: Sequence[Judgment]) -> TableView:
    """Set what else has a target beside it: chances and SDs."""
    words = {
        "mean_error": "Chances, mean error",
        "error": "Chances, worst error",
        "relative_error": "SDs, worst error",
    }
    rows = tuple(
        (
            _enter(
                words[one.quantity] + (f", {_name_basis(one)}" if one.quantity == "relative_error" else "")
            ),
            _enter(f"{one.n}", float(one.n)),
            _enter_judgment(one),
            _enter(_format_target(one), tone=Tone.SOFT),
        )
        for one in judgments
        if one.quantity in words
    )
    return TableView(
        key="targets",
        caption="Published chances and SDs",
        head=("Quantity", "Numbers", "Value", "Target"),
        rows=rows,
    )


def _name_basis(one: Judgment) -> str:
    return _BASIS_WORDS.get(one.basis, one.basis)


def make_peer_table(peers: Sequence[PeerComparison], *, brief: bool) -> TableView:
    """Set osteon beside its peers: only the ratios when ``brief``, else both errors too."""
    roles = [one.role.value for one in peers]
    scores = {(one.role.value, s.peer, s.outcome): s for one in peers for s in one.scores}
    names = tuple(dict.fromkeys(score.peer for one in peers for score in one.scores))
    spans = (("", 1), *((ROLE_WORDS[role].capitalize(), len(OUTCOMES)) for role in roles))
    if brief:
        rows = tuple(
            (
                _enter(name),
                *(_enter_ratio(scores.get((role, name, outcome))) for role in roles for outcome in OUTCOMES),
            )
            for name in names
        )
        head = ("Peer", *(label_site(outcome) for _ in roles for outcome in OUTCOMES))
        caption = "Error of osteon over that of each peer, on the same numbers (below 1 osteon is nearer)"
        return TableView(key="peer-ratios", caption=caption, head=head, rows=rows, spans=spans)
    rows = tuple(
        (
            _enter(name),
            _enter(ROLE_WORDS[role]),
            _enter(label_site(outcome)),
            _enter(f"{score.n}", float(score.n)),
            _enter(f"{score.rmse:.2f}", score.rmse),
            _enter(f"{score.peer_rmse:.2f}", score.peer_rmse),
            _enter_ratio(score),
        )
        for name in names
        for role in roles
        for outcome in OUTCOMES
        if (score := scores.get((role, name, outcome)))
    )
    head = ("Peer", "Role", "Outcome", "Numbers", "RMSE osteon", "RMSE peer", "Ratio")
    return TableView(key="peers", caption="", head=head, rows=rows)


def _enter_ratio(score: PeerScore | None) -> Entry:
    if score is None:
        return _enter("cannot", tone=Tone.SOFT)
    return _enter(f"{score.ratio:.2f}", score.ratio, tone=Tone.MET if score.ratio < 1 else Tone.NOT_MET)


def make_left_out_table(rows: Sequence[LeftOutRow]) -> TableView:
    """Score each left-out study: BMD in percentage points, markers in log units, and what lies inside 90 %."""
    studies = tuple(dict.fromkeys(row.study for row in rows))
    body = []
    for study in studies:
        own = [row for row in rows if row.study == study]
        inside = sum(row.low_90 <= row.value <= row.high_90 for row in own) / len(own)
        errors = (_score_left_out(own, outcome) for outcome in OUTCOMES)
        body.append(
            (
                _enter(study),
                _enter(f"{len(own)}", float(len(own))),
                *errors,
                _enter(f"{100 * inside:.0f} %", inside),
            )
        )
    head = ("Study left out", "Numbers", *(label_site(name) for name in OUTCOMES), "In 90 %")
    return TableView(key="left-out", caption="RMSE by study", head=head, rows=tuple(body))


def _score_left_out(rows: Sequence[LeftOutRow], outcome: str) -> Entry:
    errors = [measure_error(row.outcome, row.simulated, row.value) for row in rows if row.outcome == outcome]
    if not errors:
        return _enter("")
    rmse = (sum(error**2 for error in errors) / len(errors)) ** (1 / 2)
    return _enter(f"{rmse:.2f}", rmse)


def make_cell_table(table: CellTable) -> TableView:
    """Set published chances beside the simulated ones."""
    rows, worst = [], find_fact("validation_targets", quantity="most_error", item="chance").number
    for cell in table.rows:
        content = cell.row.content
        if isinstance(content, OsteonError) or cell.error is None or cell.simulated is None:
            continue
        rows.append(
            (
                _enter(name_sequence(content.sequence)),
                _enter(label_site(content.site.value)),
                _enter(f"{content.baseline_t_score:.1f}", content.baseline_t_score),
                _enter(f"{content.month:g}", content.month),
                _enter(f"{100 * content.probability:.0f} %", content.probability),
                _enter(f"{100 * cell.simulated:.0f} %", cell.simulated),
                *(_enter(f"{100 * (limit or 0):.0f} %", limit) for limit in (cell.low, cell.high)),
                _enter(f"{round(100 * cell.error):+d}", cell.error, tone=_judge(cell.error, worst)),
            )
        )
    head = (
        "Sequence",
        "Site",
        "Baseline T",
        "Month",
        "Published",
        "Simulated",
        "90 % from",
        "to",
        "Difference",
    )
    return TableView(
        key="chances", caption="Chance of a T-score above the target", head=head, rows=tuple(rows)
    )


def _judge(error: float, most: float) -> Tone:
    return Tone.MET if abs(error) <= most else Tone.NOT_MET


def make_spread_table(reproductions: Sequence[Reproduction]) -> TableView:
    """Set published SDs of individual change beside the simulated ones."""
    worst = find_fact("validation_targets", quantity="most_relative_error", item="spread").number
    rows = tuple(
        (
            _enter(f"{row.study}, {row.arm}"),
            _enter(ROLE_WORDS[one.role.value]),
            _enter(label_site(row.outcome)),
            _enter(f"{row.month}", float(row.month)),
            _enter(f"{row.published:.2f}", row.published),
            _enter(f"{row.simulated:.2f}", row.simulated),
            _enter(f"{100 * error:+.0f} %", error, tone=_judge(error, worst)),
        )
        for one in reproductions
        for row in one.spreads
        for error in (row.simulated / row.published - 1,)
    )
    head = ("Arm", "Role", "Outcome", "Month", "Published SD, %", "Simulated SD, %", "Difference")
    return TableView(key="spreads", caption="", head=head, rows=rows)


def make_visit_table(visits: Sequence[DosingVisit]) -> TableView:
    """Score markers by drug, interval and third of the interval."""
    groups: dict[tuple[str, int, str, int], list[DosingVisit]] = {}
    for visit in visits:
        third = min(int(3 * visit.months_since_dose / visit.interval_months), 2)
        key = (visit.drug, round(visit.interval_months), visit.row.observation.outcome, third)
        groups.setdefault(key, []).append(visit)
    rows = []
    for (drug, interval, outcome, third), members in sorted(groups.items()):
        errors = [visit.row.error for visit in members]
        rmse = (sum(error**2 for error in errors) / len(errors)) ** (1 / 2)
        mean = sum(errors) / len(errors)
        rows.append(
            (
                _enter(drug.capitalize()),
                _enter(f"{interval} mo", float(interval)),
                _enter(label_site(outcome)),
                _enter(("first third", "middle third", "last third, trough")[third]),
                _enter(f"{len(members)}", float(len(members))),
                _enter(f"{rmse:.2f}", rmse),
                _enter(f"{mean:+.2f}", mean),
            )
        )
    head = ("Drug", "Interval", "Marker", "Where in the interval", "Numbers", "RMSE, log", "Mean error, log")
    return TableView(key="visits", caption="", head=head, rows=tuple(rows))


def make_misfit_table(rows: Sequence[ReproducedRow]) -> TableView:
    """List rows with everything that is known of them, in their order."""
    body = tuple(
        (_enter(name_arm(row)), _enter(ROLE_WORDS[row.observation.fact.role.value]), *list_row_entries(row))
        for row in rows
    )
    head = ("Arm", "Role", "Outcome", "Month", *ROW_HEAD)
    return TableView(key="misfits", caption="", head=head, rows=body)


def name_arm(row: ReproducedRow) -> str:
    """Name a row's arm, its comparator and the month that its change is counted from."""
    o = row.observation
    less = f" less {o.comparator}" if o.comparator else ""
    since = f", since month {o.baseline_month:g}" if o.baseline_month else ""
    return f"{o.study}, {o.arm}{less}{since}"


def list_row_entries(row: ReproducedRow) -> Iterator[Entry]:
    """List a row's outcome and month, then what `ROW_HEAD` names."""
    o = row.observation
    low, high = row.estimate.find_interval(90 / 100)
    source, link = name_source(o.fact.source)
    yield _enter(label_site(o.outcome))
    yield _enter(f"{o.month:.4g}", o.month)
    yield from _list_numbers((o.value, row.estimate.simulated, low, high))
    yield _enter(f"{row.deviation:+.1f}", row.deviation, tone=Tone.NOT_MET if row.is_misfit else Tone.PLAIN)
    yield _enter(o.fact.extraction.value, tone=Tone.SOFT)
    yield Entry(text=source, link=link)


def _list_numbers(values: Iterable[float]) -> Iterator[Entry]:
    for value in values:
        yield _enter(f"{value:+.1f} %", value)
