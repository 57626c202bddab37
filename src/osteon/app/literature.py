"""The use cases `drugs` and `cite`: what is known, and who says so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from osteon.errors import BadInputError
from osteon.evidence import cite, load_references
from osteon.therapy import Drug, describe_drug, list_drugs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from osteon.evidence import Reference
    from osteon.therapy import DrugFacts

__all__ = ["DrugSheet", "Literature", "cite_file", "cite_keys", "describe_drugs", "find_drug"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugSheet:
    """What the tables hold about one or more drugs."""

    drugs: tuple[DrugFacts, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind the sheet, as `osteon.evidence.cite` reads them."""
        return tuple(dict.fromkeys(key for facts in self.drugs for key in facts.sources))


@dataclass(frozen=True, slots=True, kw_only=True)
class Literature:
    """References in the order of their keys, and what they stand behind."""

    about: str
    references: tuple[Reference, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys, as `osteon.evidence.cite` reads them."""
        return tuple(reference.key for reference in self.references)


def describe_drugs(name: str | None = None) -> DrugSheet:
    """Describe one drug by any of its names, or all of them.

    Raises `drug.unknown`.

    >>> describe_drugs("Prolia").drugs[0].drug.value
    'denosumab'
    """
    wanted = list_drugs() if name is None else (find_drug(name),)
    return DrugSheet(drugs=tuple(describe_drug(drug) for drug in wanted))


def find_drug(name: str) -> Drug:
    """Find a drug by its own name, a synonym or a brand name."""
    drugs = {drug: describe_drug(drug) for drug in list_drugs()}
    by_name = {
        known.lower(): drug
        for drug, facts in drugs.items()
        for known in (drug.value, *facts.synonyms, *facts.brand_names)
    }
    found = by_name.get(name.strip().lower())
    if found is None:
        close = get_close_matches(name.lower(), list(by_name), n=1)
        raise BadInputError(
            code="drug.unknown",
            field="drug",
            got=repr(name),
            expected=f"one of {', '.join(drugs)}",
            hint=f"Did you mean {by_name[close[0]]}?" if close else "Write the non-proprietary name.",
        )
    return found


def cite_keys(keys: Iterable[str] | None = None) -> Literature:
    """Return the references of these keys, or everything that the evidence rests on."""
    if keys is None:
        return Literature(about="everything osteon knows", references=cite(load_references()))
    return Literature(about="the given keys", references=cite(keys))


def cite_file(path: Path) -> Literature:
    """Return the references behind a result that was written with `--json` or `--out`.

    Raises `cite.unreadable` or `cite.no_sources`.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise _refuse(path, "cite.unreadable", type(problem).__name__) from problem
    entries = document.get("sources") if isinstance(document, dict) else None
    keys = [entry["key"] for entry in entries or () if isinstance(entry, dict) and "key" in entry]
    if not keys:
        raise _refuse(path, "cite.no_sources", "no list of sources")
    return Literature(about=str(document.get("format", path.name)), references=cite(map(str, keys)))


def _refuse(path: Path, code: str, got: str) -> BadInputError:
    expected = "a JSON result of osteon"
    hint = "Write one with: osteon plan PATIENT --out plan.json"
    return BadInputError(code=code, field=path.name, got=got, expected=expected, hint=hint)
