"""The model card as values: what stands in the words of `data/model_card.toml`, and the facts set into them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Formatter
from typing import Any, Final

from osteon.errors import OsteonError

__all__ = ["CardMetric", "CardSection", "CardTable", "ModelCard", "build_card", "list_card_facts"]


_ABSTENTIONS: Final = "abstentions"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTable:
    """A table of words with a caption; every row has a word for each column of the head."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSection:
    """One section: paragraphs, then points, then tables."""

    key: str
    part: str
    heading: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...]
    tables: tuple[CardTable, ...]

    @property
    def text(self) -> str:
        """The section as running text: paragraphs, points, and the rows of its tables."""
        lines = [*self.paragraphs, *(f"- {point}" for point in self.points)]
        for table in self.tables:
            lines.append(f"{table.caption}:")
            lines += [f"- {_say_row(table.head, row)}" for row in table.rows]
        return "\n".join(lines)


def _say_row(head: Sequence[str], row: Sequence[str]) -> str:
    rest = [f"{name} {word}" for name, word in zip(head[1:], row[1:], strict=True) if word]
    return f"{row[0]}: {', '.join(rest)}" if rest else row[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMetric:
    """A kind of metric with its goal, its results (label and JSON text), and how they were obtained."""

    kind: str
    goal: str
    interpretation: str
    test_type: str
    data: str
    process: str
    results: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """The whole card, in the order in which it is read."""

    title: str
    stamp: tuple[tuple[str, str], ...]
    notice: str
    sections: tuple[CardSection, ...]
    metrics: tuple[CardMetric, ...]

    def find_section(self, key: str) -> CardSection:
        """Return one section; raises `card.no_section`."""
        for section in self.sections:
            if section.key == key:
                return section
        raise OsteonError(
            code="card.no_section",
            field="section",
            got=key,
            expected=", ".join(section.key for section in self.sections),
            hint="The sections stand in model_card.toml.",
        )


@cache
def _read_words() -> Mapping[str, Any]:
    text = resources.files("osteon.report").joinpath("data", "model_card.toml").read_text("utf-8")
    return tomllib.loads(text)


def list_card_facts() -> frozenset[str]:
    """Name every fact that the words of the card ask for.

    >>> "parameter_set" in list_card_facts()
    True
    """
    texts = [text for entry in _list_entries() for text in _list_texts(entry)]
    return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)


def _list_entries() -> list[Mapping[str, Any]]:
    words = _read_words()
    return [*words["section"], *words["metric"]]


def _list_texts(entry: Mapping[str, Any]) -> list[str]:
    single = [value for value in entry.values() if isinstance(value, str)]
    return [*single, *entry.get("paragraphs", ()), *entry.get("points", ())]


def build_card(
    *,
    title: str,
    notice: str,
    stamp: Sequence[tuple[str, str]],
    facts: Mapping[str, str],
    tables: Mapping[str, CardTable],
    results: Mapping[str, Sequence[tuple[str, str]]],
) -> ModelCard:
    """Set facts, tables and results into the words of the card, which bring the table of abstentions themselves.

    ``facts`` and ``tables`` are by the names that the words ask for, ``results`` by the kind of the metric. Raises
    `card.missing` for one that is asked for and not given, or given and not asked for.
    """
    words = _read_words()
    asked = {name for section in words["section"] for name in section.get("tables", ())}
    _require_same("facts", list_card_facts(), facts)
    _require_same("tables", asked, tables)
    _require_same("results", {metric["kind"] for metric in words["metric"]}, results)
    return ModelCard(
        title=title,
        notice=notice,
        stamp=tuple(stamp),
        sections=tuple(_make_section(entry, facts, tables) for entry in words["section"]),
        metrics=tuple(_make_metric(entry, facts, results) for entry in words["metric"]),
    )


def _require_same(kind: str, asked: frozenset[str] | set[str], given: Mapping[str, object]) -> None:
    apart = sorted(set(asked) ^ set(given))
    if apart:
        raise OsteonError(
            code="card.missing",
            field=f"{kind} of the model card",
            got=", ".join(sorted(given)) or "none",
            expected=", ".join(sorted(asked)),
            hint=f"Not on both sides: {', '.join(apart)}.",
        )


def _make_section(
    entry: Mapping[str, Any], facts: Mapping[str, str], tables: Mapping[str, CardTable]
) -> CardSection:
    return CardSection(
        key=entry["key"],
        part=entry["part"],
        heading=entry["heading"],
        paragraphs=tuple(text.format_map(facts) for text in entry.get("paragraphs", ())),
        points=tuple(text.format_map(facts) for text in entry.get("points", ())),
        tables=(
            *((_tabulate_abstentions(),) if entry["key"] == _ABSTENTIONS else ()),
            *(tables[name] for name in entry.get("tables", ())),
        ),
    )


def _tabulate_abstentions() -> CardTable:
    rows = tuple((one["when"], one["code"]) for one in _read_words()[_ABSTENTIONS.removesuffix("s")])
    return CardTable(caption="Abstentions", head=("When", "Code"), rows=rows)


def _make_metric(
    entry: Mapping[str, str], facts: Mapping[str, str], results: Mapping[str, Sequence[tuple[str, str]]]
) -> CardMetric:
    said = {name: text.format_map(facts) for name, text in entry.items()}
    return CardMetric(**said, results=tuple(results[entry["kind"]]))
