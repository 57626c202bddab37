"""Cohorts as CSV: one visit per row, a faulty row being a value beside the others."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TextIO, TypeVar

from osteon.densitometry import VERTEBRAE, Maker, Person, Scan, Sex, Side, Site
from osteon.errors import BadInputError, OsteonError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_REQUIRED: Final = ("patient_id", "sex", "age_years")
_PER_PERSON: Final = (
    *_REQUIRED,
    "menopausal",
    "years_since_menopause",
    "fragility_fracture",
    "scan_date",
    "maker",
    "model",
    "software",
    "hip_side",
    "vertebrae",
)
_PER_SITE: Final = ("bmd_g_cm2", "t_score", "z_score", "precision_error_g_cm2")
_COLUMNS_BY_SITE: Final = MappingProxyType(
    {site: tuple(f"{site.value}_{quantity}" for quantity in _PER_SITE) for site in Site}
)
COHORT_COLUMNS: Final = (*_PER_PERSON, *(name for names in _COLUMNS_BY_SITE.values() for name in names))
_YES: Final = frozenset({"yes", "y", "true", "1"})
_NO: Final = frozenset({"no", "n", "false", "0"})
_SEX_BY_LETTER: Final = MappingProxyType({"f": Sex.FEMALE, "m": Sex.MALE})
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_VERTEBRAL_RANGE: Final = re.compile(r"(L[1-4])\s*[-\u2013]\s*(L[1-4])")
_Word = TypeVar("_Word", bound=StrEnum)
# Bytes that are not UTF-8 are carried through the reader as lone surrogates.
_UNDECODED: Final = re.compile("[\udc80-\udcff]")
_MINUS_SIGN: Final = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRow:
    """One visit of one patient: who, and the scans of that day."""

    patient_id: str
    person: Person
    scans: tuple[Scan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRow:
    """One row of a cohort file: what was read, or the fault that kept it from being read.

    `row_number` is the line of the file, the header being line 1; `patient_id` is empty when
    the row does not name one.
    """

    row_number: int
    patient_id: str
    outcome: PatientRow | OsteonError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cells:
    """The cells of one row by column name, blanks left out."""

    by_name: Mapping[str, str]

    def read_text(self, column: str) -> str | None:
        return self.by_name.get(column)

    def read_number(self, column: str) -> float | None:
        text = self.by_name.get(column)
        return None if text is None else _parse_number(column, text)

    def read_answer(self, column: str) -> bool | None:
        text = self.by_name.get(column)
        if text is None:
            return None
        answer = text.lower()
        if answer not in _YES | _NO:
            hint = "Leave the cell empty when it is not known."
            raise _cell_fault("cohort.not_an_answer", column, text, "yes or no", hint)
        return answer in _YES

    def read_date(self, column: str) -> date | None:
        text = self.by_name.get(column)
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError as problem:
            hint = "Other orders of day and month are not guessed."
            expected = "a date as YYYY-MM-DD"
            raise _cell_fault("cohort.not_a_date", column, text, expected, hint) from problem


def _cell_fault(code: str, column: str, got: str, expected: str, hint: str) -> BadInputError:
    return BadInputError(code=code, field=column, got=repr(got), expected=expected, hint=hint)


def _parse_number(column: str, text: str) -> float:
    written = text.replace(_MINUS_SIGN, "-")
    if not _NUMBER.fullmatch(written):
        hint = "Write a decimal point, not a comma, and no unit; leave the cell empty when unknown."
        raise _cell_fault("cohort.not_a_number", column, text, "a number", hint)
    return float(written)


def _suggest(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, tuple(known), n=1)
    return f"Did you mean {close[0]!r}?" if close else ""


def _read_word(kind: type[_Word], column: str, text: str) -> _Word:
    word = re.sub(r"[\s-]+", "_", text.lower())
    known = [member.value for member in kind]
    if word not in known:
        hint = _suggest(word, known) or "Only these words are read."
        raise _cell_fault("cohort.unknown_word", column, text, f"one of {', '.join(known)}", hint)
    return kind(word)


def _read_optional_word(kind: type[_Word], column: str, cells: _Cells) -> _Word | None:
    text = cells.read_text(column)
    return None if text is None else _read_word(kind, column, text)


def _require(cells: _Cells, column: str) -> str:
    text = cells.read_text(column)
    if text is None:
        hint = f"Every row needs {', '.join(_REQUIRED)}."
        raise _cell_fault("cohort.empty_cell", column, "", "a value", hint)
    return text


def _read_sex(cells: _Cells) -> Sex:
    text = _require(cells, "sex")
    return _SEX_BY_LETTER.get(text.lower()) or _read_word(Sex, "sex", text)


def _read_vertebrae(cells: _Cells) -> tuple[str, ...] | None:
    text = cells.read_text("vertebrae")
    if text is None:
        return None
    span = _VERTEBRAL_RANGE.fullmatch(text.upper())
    if span:
        first, last = VERTEBRAE.index(span[1]), VERTEBRAE.index(span[2])
        return VERTEBRAE[first : last + 1]
    return tuple(re.split(r"[\s,+/]+", text.upper()))


def _read_person(cells: _Cells) -> Person:
    return Person(
        sex=_read_sex(cells),
        age_years=_parse_number("age_years", _require(cells, "age_years")),
        menopausal=cells.read_answer("menopausal"),
        years_since_menopause=cells.read_number("years_since_menopause"),
        fragility_fracture=bool(cells.read_answer("fragility_fracture")),
    )


def _read_scan(cells: _Cells, site: Site) -> Scan | None:
    bmd, t_score, z_score, precision = map(cells.read_number, _COLUMNS_BY_SITE[site])
    if bmd is None and t_score is None and z_score is None:
        return None
    at_spine, at_hip = site is Site.LUMBAR_SPINE, site in {Site.TOTAL_HIP, Site.FEMORAL_NECK}
    return Scan(
        site=site,
        areal_bmd_g_cm2=bmd,
        date=cells.read_date("scan_date"),
        maker=_read_optional_word(Maker, "maker", cells),
        model=cells.read_text("model"),
        software=cells.read_text("software"),
        side=_read_optional_word(Side, "hip_side", cells) if at_hip else None,
        vertebrae=_read_vertebrae(cells) if at_spine else None,
        precision_error_g_cm2=precision,
        reported_t_score=t_score,
        reported_z_score=z_score,
    )


def _read_patient(cells: _Cells) -> PatientRow:
    patient_id, person = _require(cells, "patient_id"), _read_person(cells)
    scans = tuple(scan for site in Site if (scan := _read_scan(cells, site)) is not None)
    if not scans:
        expected = "a BMD or a T-score of one site or more"
        hint = "Leave the patient out when nothing was measured."
        raise _cell_fault("cohort.no_scan", "BMD and T-score columns", "", expected, hint)
    return PatientRow(patient_id=patient_id, person=person, scans=scans)


def _check_row(names: tuple[str | None, ...], values: list[str]) -> None:
    if len(values) != len(names):
        expected = f"{len(names)} cells, as the header has"
        hint = "Quote a cell that holds a comma."
        raise _cell_fault("cohort.ragged_row", "row", f"{len(values)} cells", expected, hint)
    if any(_UNDECODED.search(value) for value in values):
        hint = "Save the file as UTF-8."
        raise _cell_fault("cohort.bad_encoding", "row", "bytes that are not UTF-8", "UTF-8 text", hint)


def _read_row(row_number: int, names: tuple[str | None, ...], values: list[str]) -> CohortRow:
    pairs = zip(names, values, strict=False)
    cells = _Cells(by_name={name: text for name, raw in pairs if name and (text := raw.strip())})
    outcome: PatientRow | OsteonError
    try:
        _check_row(names, values)
        outcome = _read_patient(cells)
    except OsteonError as fault:
        outcome = fault
    patient_id = _UNDECODED.sub("\N{REPLACEMENT CHARACTER}", cells.read_text("patient_id") or "")
    return CohortRow(row_number=row_number, patient_id=patient_id, outcome=outcome)


def _file_fault(code: str, got: str, expected: str, hint: str) -> BadInputError:
    return BadInputError(code=code, field="cohort file", got=got, expected=expected, hint=hint)


def _rename(header: list[str], columns: Mapping[str, str | None]) -> tuple[str | None, ...]:
    absent = sorted(set(columns) - set(header))
    if absent:
        hint = _suggest(absent[0], header) or "The map names columns as the file spells them."
        raise _file_fault("cohort.unmapped_column", absent[0], "a column of the file", hint)
    return tuple(columns.get(name, name) for name in header)


def _check_names(names: tuple[str | None, ...]) -> None:
    for name in names:
        if name is not None and name not in COHORT_COLUMNS:
            separated = "Separate the columns with commas." if ";" in name or "\t" in name else ""
            hint = separated or _suggest(name, COHORT_COLUMNS) or "Map it, or map it to None to skip it."
            raise _file_fault("cohort.unknown_column", repr(name), "a known column", hint)
        if name is not None and names.count(name) > 1:
            hint = "Map all but one of them to None."
            raise _file_fault("cohort.repeated_column", repr(name), "each column once", hint)
    missing = [name for name in _REQUIRED if name not in names]
    if missing:
        hint = "Rename the column, or map it."
        expected = f"the columns {', '.join(_REQUIRED)}"
        raise _file_fault("cohort.missing_column", f"no {', '.join(missing)}", expected, hint)


def _unreadable(path: Path, reason: str) -> BadInputError:
    hint = "Check the path and the encoding."
    return _file_fault("cohort.unreadable", f"{path.name}: {reason}", "a CSV file in UTF-8", hint)


def _open_csv(path: Path) -> TextIO:
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _read_header(path: Path) -> list[str]:
    try:
        with _open_csv(path) as file:
            names = [name.strip() for name in next(csv.reader(file), [])]
    except (OSError, csv.Error) as problem:
        raise _unreadable(path, type(problem).__name__) from problem
    if any(_UNDECODED.search(name) for name in names):
        raise _unreadable(path, "bytes that are not UTF-8")
    return names


def _split_line(reader: Iterator[list[str]]) -> list[str] | OsteonError | None:
    try:
        return next(reader, None)
    except csv.Error as problem:
        hint = "Look for a quotation mark that is never closed."
        return _cell_fault("cohort.bad_csv", "row", str(problem), "a row of CSV", hint)


def _read_rows(path: Path, names: tuple[str | None, ...]) -> Iterator[CohortRow]:
    with _open_csv(path) as file:
        reader = csv.reader(file)
        _split_line(reader)
        while (values := _split_line(reader)) is not None:
            if isinstance(values, OsteonError):
                yield CohortRow(row_number=reader.line_num, patient_id="", outcome=values)
            elif any(value.strip() for value in values):
                yield _read_row(reader.line_num, names, values)


def read_cohort_csv(path: Path, *, columns: Mapping[str, str | None] | None = None) -> Iterator[CohortRow]:
    r"""Read a cohort file row by row; a faulty row comes out as its fault and the rest goes on.

    `columns` maps a column as the file spells it to one of `COHORT_COLUMNS`, or to None to skip
    it. Needed are patient_id, sex and age_years; blank cells are unknown (no fragility fracture
    known), and blank lines are skipped. A fault of the file itself is raised at once:
    `cohort.unreadable`, `cohort.unknown_column`, `cohort.repeated_column`,
    `cohort.missing_column` or `cohort.unmapped_column`.

    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "cohort.csv")
    ...     _ = file.write_text("patient_id,sex,age_years,total_hip_t_score\na,f,67,-2.6\nb,f,71,?\n")
    ...     for row in read_cohort_csv(file):
    ...         print(row.row_number, row.patient_id, type(row.outcome).__name__)
    2 a PatientRow
    3 b BadInputError
    """
    names = _rename(_read_header(path), columns or {})
    _check_names(names)
    return _read_rows(path, names)
