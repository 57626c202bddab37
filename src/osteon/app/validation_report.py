"""The validation report: results to the sections of one HTML page."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from osteon import __version__
from osteon.app import validation_words as words
from osteon.app.validation_arms import list_arm_groups
from osteon.app.validation_plots import draw_chances, draw_phenomenon, draw_scatter, draw_spreads, draw_visits
from osteon.app.validation_tables import (
    make_cell_table,
    make_left_out_table,
    make_misfit_table,
    make_peer_table,
    make_spread_table,
    make_summary_table,
    make_target_table,
    make_visit_table,
    name_source,
)
from osteon.app.wording import NOTICE
from osteon.evidence import cite, find_fact, format_reference
from osteon.report import (
    ClaimsView,
    Entry,
    FigureView,
    HeadingView,
    SectionView,
    TableView,
    ValidationView,
    write_validation,
)
from osteon.trials import list_dosing_visits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from osteon.app.validation import ValidatedEvidence
    from osteon.trials import Claim

__all__ = ["make_validation_view", "write_validation_report"]

_SHORT_HASH: Final = 12


def write_validation_report(
    found: ValidatedEvidence,
    path: Path,
    *,
    progress: Callable[[int, int], None] | None = None,
    made_on: dt.date | None = None,
) -> Path:
    """Write the report as one HTML file that fetches nothing.

    Raises `report.unknown_suffix` or `report.no_folder`.
    """
    return write_validation(make_validation_view(found, made_on=made_on), path, progress=progress)


def make_validation_view(found: ValidatedEvidence, *, made_on: dt.date | None = None) -> ValidationView:
    """Turn the reproduced evidence into what the report shows; ``made_on`` is today unless it is given."""
    day = made_on or dt.datetime.now(tz=dt.UTC).date()
    return ValidationView(
        title="Does osteon tell the truth?",
        facts=(
            ("Parameter set", found.cells.parameter_set),
            ("Evidence", _name_evidence(found)),
            ("osteon", __version__),
            ("Made on", f"{day.isoformat()}, computed in {found.seconds:.0f} s"),
            (
                "Published numbers",
                f"{sum(len(one.rows) for one in found.reproductions)} in {_count_arms(found)}",
            ),
        ),
        sections=tuple(_list_sections(found)),
        notice=NOTICE,
    )


def _name_evidence(found: ValidatedEvidence) -> str:
    short = found.evidence_hash[:_SHORT_HASH]
    same = found.evidence_hash == found.fitted_to
    return short if same else f"{short} (the set was fitted to {found.fitted_to[:_SHORT_HASH]})"


def _count_arms(found: ValidatedEvidence) -> str:
    arms = {(row.observation.study, row.observation.arm) for one in found.reproductions for row in one.rows}
    return f"{len(arms)} arms of {len({study for study, _ in arms})} trials"


def _list_sections(found: ValidatedEvidence) -> Iterator[SectionView]:
    yield _make_summary(found)
    yield _make_arms(found)
    yield _make_phenomena(found)
    yield _make_peers(found)
    yield _make_left_out(found)
    yield _make_chances(found)
    yield _make_spreads(found)
    yield _make_visits(found)
    yield _make_misfits(found)
    yield _make_sources(found)


def _make_summary(found: ValidatedEvidence) -> SectionView:
    judged = [one for one in found.judgments if one.met is not None]
    missed = [one for one in judged if not one.met]
    verdict = f"{len(judged) - len(missed)} of {len(judged)} targets are met; a cross marks what is not."
    return SectionView(
        key="summary",
        title="Summary",
        paragraphs=(verdict, words.SUMMARY),
        blocks=(
            make_summary_table(found.judgments),
            make_target_table(found.judgments),
            make_peer_table(found.peers, brief=True),
            FigureView(
                grid=draw_scatter(found.reproductions),
                caption=words.SCATTER,
            ),
        ),
    )


def _make_arms(found: ValidatedEvidence) -> SectionView:
    return SectionView(
        key="arms",
        title="Every arm",
        paragraphs=(words.ARMS,),
        blocks=tuple(list_arm_groups(found.reproductions)),
    )


def _make_phenomena(found: ValidatedEvidence) -> SectionView:
    claims = [claim for one in found.phenomena for claim in one.claims]
    blocks: list[HeadingView | FigureView | ClaimsView] = []
    for one in found.phenomena:
        sources = tuple(name_source(key) for key in one.sources)
        blocks += [
            HeadingView(key=one.key, title=one.title, text=one.text, sources=sources),
            FigureView(grid=draw_phenomenon(one), caption=""),
            ClaimsView(claims=tuple((claim.text, claim.seen) for claim in one.claims)),
        ]
    return SectionView(
        key="phenomena",
        title="Phenomena",
        paragraphs=(f"{_count_seen(claims)} {words.PHENOMENA}",),
        blocks=tuple(blocks),
    )


def _count_seen(claims: list[Claim]) -> str:
    return f"{sum(claim.seen for claim in claims)} of {len(claims)} claims are seen in the simulation."


def _make_peers(found: ValidatedEvidence) -> SectionView:
    return SectionView(
        key="peers",
        title="Peers on the same numbers",
        paragraphs=(words.PEERS,),
        blocks=(make_peer_table(found.peers, brief=False),),
    )


def _make_left_out(found: ValidatedEvidence) -> SectionView:
    title, key = "One trial left out", "left-out"
    if found.left_out is None:
        text = "Not part of this run: give the folder of the kept answers (--left-out) to see it here."
        return SectionView(key=key, title=title, paragraphs=(text,), blocks=())
    kept = found.left_out
    text = (
        f"The model is fitted again to every study but one and predicts the one: {len(kept.answered)} of "
        f"{len(kept.studies)} studies are answered by this parameter set and evidence release."
    )
    blocks = (make_left_out_table(kept.rows),) if kept.rows else ()
    return SectionView(key=key, title=title, paragraphs=(text,), blocks=blocks)


def _make_chances(found: ValidatedEvidence) -> SectionView:
    limit = find_fact("validation_targets", quantity="most_error", item="chance").number
    caption = f"Within the band the two differ by at most {100 * limit:g} points."
    return SectionView(
        key="chances",
        title="Published chances of reaching a T-score",
        paragraphs=(words.CHANCES,),
        blocks=(
            FigureView(grid=draw_chances(found.cells, limit), caption=caption),
            make_cell_table(found.cells),
        ),
    )


def _make_spreads(found: ValidatedEvidence) -> SectionView:
    limit = find_fact("validation_targets", quantity="most_relative_error", item="spread").number
    known = any(one.spreads for one in found.reproductions)
    caption = f"Within the wedge the two differ by less than {100 * limit:g} %."
    figures = (FigureView(grid=draw_spreads(found.reproductions, limit), caption=caption),) if known else ()
    return SectionView(
        key="spreads",
        title="SD of individual change",
        paragraphs=(
            "How much women of one arm differ: biology and the noise of two scans, in percent of BMD.",
        ),
        blocks=(
            *figures,
            make_spread_table(found.reproductions),
        ),
    )


def _make_visits(found: ValidatedEvidence) -> SectionView:
    visits = list_dosing_visits(row for one in found.reproductions for row in one.rows)
    grid = draw_visits(visits)
    caption = "A line joins each published value to the simulated value of the same visit."
    return SectionView(
        key="visits",
        title="Markers where the visit stands between two doses",
        paragraphs=(words.VISITS,),
        blocks=(*((FigureView(grid=grid, caption=caption),) if grid else ()), make_visit_table(visits)),
    )


def _make_misfits(found: ValidatedEvidence) -> SectionView:
    rows = sum(len(one.rows) for one in found.reproductions)
    return SectionView(
        key="misfits",
        title="Known misfits",
        paragraphs=(f"{len(found.misfits)} of {rows} {words.MISFITS}",),
        blocks=(make_misfit_table(found.misfits),),
    )


def _make_sources(found: ValidatedEvidence) -> SectionView:
    rows = tuple(
        (
            Entry(text=name_source(one.key)[0], link=name_source(one.key)[1]),
            Entry(text=format_reference(one)),
            Entry(text="recalled" if one.is_recalled else ""),
        )
        for one in cite(found)
    )
    table = TableView(key="sources", caption="", head=("Source", "Reference", "Details"), rows=rows)
    return SectionView(key="sources", title="Sources", paragraphs=(), blocks=(table,))
