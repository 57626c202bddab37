"""The bibliography: a strict reader for the one BibTeX file beside the tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Final

from osteon.errors import OsteonError

BIBLIOGRAPHY: Final = "references.bib"
_EXCERPT: Final = 40
_ENTRY: Final = re.compile(r"@(?P<kind>[a-z]+)\{(?P<key>[a-z0-9_]+),\n(?P<body>.*?)\n\}", re.DOTALL)
_FIELD: Final = re.compile(r"\s*(?P<name>[a-z]+)\s*=\s*\{(?P<value>[^{}]*)\},?[ \t]*(?:\n|$)")
_DOI: Final = re.compile(r"10\.\d{4,9}/\S+")
_KINDS: Final = frozenset({"article", "book", "inproceedings", "manual", "misc", "techreport"})
_FIELDS: Final = frozenset(
    {
        *("title", "author", "year", "journal", "volume", "number", "pages"),
        *("doi", "pmid", "pmcid", "url", "note"),
        *("publisher", "institution", "organization", "howpublished"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One source of numbers: a paper, a label, a standard or a data set.

    Fields that are not known are empty; `year` is then None. `note` says what was recalled.
    """

    key: str
    kind: str
    title: str
    authors: tuple[str, ...]
    year: int | None
    journal: str
    volume: str
    pages: str
    doi: str
    pmid: str
    pmcid: str
    url: str
    note: str

    @property
    def is_recalled(self) -> bool:
        """Whether title, authors or place were recalled rather than read at the source."""
        return "recalled" in self.note


def _fault(place: str, got: str, expected: str, hint: str) -> OsteonError:
    return OsteonError(
        code="evidence.bad_reference",
        field=f"{BIBLIOGRAPHY} {place}",
        got=got,
        expected=expected,
        hint=hint,
    )


def _parse_fields(key: str, body: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    position = 0
    while position < len(body):
        match = _FIELD.match(body, position)
        if match is None:
            raise _fault(
                key, repr(body[position : position + 40]), "name = {value},", "Use no braces inside."
            )
        name = match["name"]
        if name in fields or name not in _FIELDS:
            raise _fault(
                key, repr(name), f"each once of {', '.join(sorted(_FIELDS))}", "Rename or remove it."
            )
        fields[name] = " ".join(match["value"].split())
        position = match.end()
    return fields


def _check_fields(key: str, kind: str, fields: Mapping[str, str]) -> None:
    if kind not in _KINDS:
        raise _fault(key, repr(kind), f"one of {', '.join(sorted(_KINDS))}", "Use misc when unsure.")
    if not fields.get("title"):
        raise _fault(key, "no title", "a title", "Describe the source when its title is not known.")
    year, doi = fields.get("year", ""), fields.get("doi", "")
    if year and not re.fullmatch(r"\d{4}", year):
        raise _fault(key, repr(year), "a year of four digits", "Leave it out when unknown.")
    if doi and not _DOI.fullmatch(doi):
        raise _fault(key, repr(doi), "a bare DOI such as 10.1056/NEJMoa0809493", "Drop any https prefix.")
    if not any(fields.get(name) for name in ("doi", "pmid", "pmcid", "url", "note")):
        raise _fault(key, "no identifier", "a doi, pmid, pmcid or url", "Or a note that says it is unknown.")


def _build_reference(key: str, kind: str, fields: Mapping[str, str]) -> Reference:
    _check_fields(key, kind, fields)
    author, year = fields.get("author", ""), fields.get("year", "")
    return Reference(
        key=key,
        kind=kind,
        title=fields["title"],
        authors=tuple(author.split(" and ")) if author else (),
        year=int(year) if year else None,
        journal=fields.get("journal", ""),
        volume=fields.get("volume", ""),
        pages=fields.get("pages", ""),
        doi=fields.get("doi", ""),
        pmid=fields.get("pmid", ""),
        pmcid=fields.get("pmcid", ""),
        url=fields.get("url", ""),
        note=fields.get("note", ""),
    )


def _refuse_text(source: str, start: int, stop: int) -> None:
    text = source[start:stop].strip()
    if text:
        place = f"line {source.count(chr(10), 0, start) + 1}"
        raise _fault(place, repr(text[:_EXCERPT]), "an entry", "Check the braces of the entry before it.")


def parse_bibliography(text: str) -> Mapping[str, Reference]:
    r"""Read BibTeX of one strict form: lower-case names, braced values, one field a line.

    Text between entries is refused, except lines that start with a percent sign. Raises
    `evidence.bad_reference`.

    >>> text = "@misc{gray2018,\n  title = {Bones},\n  year = {2018},\n  pmid = {1},\n}"
    >>> parse_bibliography(text)["gray2018"].year
    2018
    """
    references: dict[str, Reference] = {}
    source = re.sub(r"^%.*$", "", text, flags=re.MULTILINE)
    position = 0
    for match in _ENTRY.finditer(source):
        _refuse_text(source, position, match.start())
        key = match["key"]
        if key in references:
            raise _fault(key, "a second entry", "each key once", "Remove one of the two.")
        references[key] = _build_reference(key, match["kind"], _parse_fields(key, match["body"]))
        position = match.end()
    _refuse_text(source, position, len(source))
    return MappingProxyType(references)


def read_references(folder: Traversable) -> Mapping[str, Reference]:
    """Read the bibliography of a folder, by key.

    Raises `evidence.bad_reference`.
    """
    return parse_bibliography((folder / BIBLIOGRAPHY).read_text(encoding="utf-8"))
