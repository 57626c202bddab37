"""What the validation report holds, as plain values: sections of tables, figures, arms and claims."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from osteon.report.plot_values import PlotGrid


class Tone(StrEnum):
    """How an entry is meant: what is met and what is not also differ in their sign, not in color alone."""

    PLAIN = "plain"
    MET = "met"
    NOT_MET = "not-met"
    SOFT = "soft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One cell of a table: its text, the exact number behind it where there is one, and a link."""

    text: str
    value: float | None = None
    tone: Tone = Tone.PLAIN
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """A table whose columns are told by ``head``, and their groups by (name, columns) in ``spans``.

    ``key`` names the table for a program that reads the page.
    """

    key: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]
    note: str = ""
    spans: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureView:
    """Plots with a sentence under them."""

    grid: PlotGrid
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmView:
    """One arm: who it is, its plots by outcome in the order of the group, and its numbers."""

    study: str
    arm: str
    therapy: str
    facts: str
    role: str
    grid: PlotGrid
    numbers: TableView


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmGroupView:
    """Arms that share scales; ``outcomes`` names the places of their plots."""

    title: str
    outcomes: tuple[str, ...]
    arms: tuple[ArmView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsView:
    """Sentences, each seen in the simulation or not."""

    claims: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadingView:
    """A heading inside a section, with its text and where it comes from as (text, link)."""

    key: str
    title: str
    text: str
    sources: tuple[tuple[str, str], ...] = ()


Block: TypeAlias = TableView | FigureView | ArmGroupView | ClaimsView | HeadingView


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A section with its paragraphs and what stands under them."""

    key: str
    title: str
    paragraphs: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationView:
    """The whole report: what it rests on, and its sections; the first is the summary."""

    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[SectionView, ...]
    notice: str
