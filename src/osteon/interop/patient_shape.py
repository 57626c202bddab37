"""From text to a patient file: what is not TOML or JSON, not a known key or not of its kind is written down."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from osteon.interop.file_lines import Place, find_line, index_json, index_toml
from osteon.interop.patient_problems import Notebook, suggest
from osteon.interop.patient_sections import (
    PATIENT_FORMAT,
    PATIENT_FORMAT_1,
    RENAMED,
    REQUIRED_IN,
    REQUIRED_KEYS,
    STATED_ELSEWHERE,
    PatientFile,
    PatientFile1,
    upgrade_file,
)

_SURELY_MEANT: Final = 0.8
_MOST_BROKEN_LINES: Final = 50
_LINE_OF_PROBLEM: Final = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedText:
    """The content of a text and the line of each of its values, of those too that nothing could read."""

    content: Mapping[str, object]
    lines: Mapping[Place, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapedFile:
    """A file without what could not be read.

    `numbers` gives for each list of sections which of the written ones were kept; `old` whether the file was
    written in the words of version 1.
    """

    file: PatientFile
    numbers: Mapping[str, tuple[int, ...]]
    old: bool


def parse_toml(text: str, notebook: Notebook) -> ParsedText | None:
    """Parse TOML; a line that is none is written down and left out, so that the next can be found too."""
    rows, lines = text.split("\n"), index_toml(text)
    for _ in range(_MOST_BROKEN_LINES):
        try:
            content = tomllib.loads("\n".join(rows))
        except tomllib.TOMLDecodeError as problem:
            found = _LINE_OF_PROBLEM.search(str(problem))
            number = int(found[1]) if found else len(rows)
            row = rows[number - 1].strip() if 0 < number <= len(rows) else ""
            place = next((place for place, line in lines.items() if line == number), (number,))
            _write_broken_line(notebook, place, row, str(problem))
            if not row or row.startswith("["):
                return None
            rows[number - 1] = ""
        else:
            return ParsedText(content=content, lines=lines)
    return None


def _write_broken_line(notebook: Notebook, place: Place, row: str, problem: str) -> None:
    reason = _LINE_OF_PROBLEM.sub("", problem).strip()
    told = f"{reason} | {row}"
    hint = next((hint for pattern, hint in _SLIPS.items() if re.search(pattern, told)), f"{reason}.")
    got = repr(row) if row else "the end of the file"
    notebook.fault(place, "patient.unreadable", got, "a line of TOML, name = value", hint)


_SLIPS: Final = MappingProxyType(
    {
        r"^Cannot overwrite a value": "The name stands twice in its section: take one of the lines out.",
        r"^Cannot (declare|overwrite)": "Write [[scans]] with two brackets above each scan, one [context] in all.",
        r"=\s*-?\d+,\d+": "Write a decimal point, not a comma.",
        r"=\s*\d{1,4}[./]\d{1,2}[./]\d{1,4}": "Write a date as 2026-11-22.",
        r"=\s*-?[\d.]+\s*[A-Za-z%]": 'Put a number and its unit in quotation marks: "0.706 g/cm2".',
        r"=\s*(True|False|TRUE|FALSE|yes|no|Yes|No)\b": "Write true or false.",
        r"=\s*$": "Write the value, or take the line out: what is left out is unknown.",
        r"=\s*[A-Za-z]": "Put text in quotation marks.",
        r"\| [^=#\[]+:\s": 'Write an equals sign: name = "value".',
    }
)


def parse_json(text: str, notebook: Notebook) -> ParsedText | None:
    """Parse JSON; a name that stands twice in one object is a fault."""
    try:
        content = json.loads(text, object_pairs_hook=_refuse_repeats)
    except ValueError as problem:
        line = getattr(problem, "lineno", None)
        place: Place = () if line is None else (line,)
        expected = "JSON text"
        notebook.fault(
            place, "patient.unreadable", str(problem), expected, "Look at that line and the one above."
        )
        return None
    if not isinstance(content, dict):
        expected = "an object with named values"
        notebook.fault(
            (), "patient.unreadable", type(content).__name__, expected, "Begin the file with a brace."
        )
        return None
    return ParsedText(content=content, lines=index_json(text))


def _refuse_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"{', '.join(repeated)} more than once")
    return dict(pairs)


def locate(text: ParsedText, place: Place) -> int | None:
    """Return the line of a place; a place that is a bare number is that line itself."""
    if len(place) == 1 and isinstance(place[0], int):
        return place[0]
    return find_line(text.lines, place)


def shape_file(text: ParsedText, notebook: Notebook) -> ShapedFile | None:
    """Check every key and kind, write down what is wrong, and keep the rest."""
    stated = text.content.get("format", PATIENT_FORMAT)
    shape = _SHAPES.get(str(stated))
    if shape is None:
        hint = f'Write format = "{PATIENT_FORMAT}"; another version of osteon may read this file.'
        notebook.fault(("format",), "patient.unknown_format", repr(stated), repr(PATIENT_FORMAT), hint)
        return None
    _require_keys(text, shape, notebook)
    file, numbers = _validate_rest({"format": PATIENT_FORMAT} | dict(text.content), shape, notebook)
    if isinstance(file, PatientFile1):
        return ShapedFile(file=upgrade_file(file), numbers=numbers, old=True)
    return ShapedFile(file=file, numbers=numbers, old=False)


_SHAPES: Final[Mapping[str, type[PatientFile | PatientFile1]]] = MappingProxyType(
    {PATIENT_FORMAT: PatientFile, PATIENT_FORMAT_1: PatientFile1}
)


def _require_keys(text: ParsedText, shape: type[BaseModel], notebook: Notebook) -> None:
    """Write down what every patient file states and this one does not."""
    code, hint = "patient.missing_key", "Every patient file states it."
    for key in REQUIRED_KEYS:
        if _lacks(text.content, (key,), notebook):
            notebook.fault((key,), code, "nothing", _EXAMPLES[key], hint)
    ages = sorted({"age_years", "birth_year"} & set(shape.model_fields))
    if all(_lacks(text.content, (key,), notebook) for key in ages):
        notebook.fault(("age_years",), code, "nothing", " or ".join(_EXAMPLES[key] for key in ages), hint)
    for name, keys in REQUIRED_IN.items():
        for number, section in enumerate(_list_sections(text.content, name)):
            for key in (key for key in keys if _lacks(section, (name, number, key), notebook)):
                notebook.fault(
                    (name, number, key), code, "nothing", "a value", f"Every {_ONE[name]} states it."
                )


def _lacks(section: Mapping[str, object], place: Place, notebook: Notebook) -> bool:
    return section.get(str(place[-1])) is None and not notebook.has_fault_at(place)


def _list_sections(content: Mapping[str, object], name: str) -> list[dict[str, object]]:
    """List the sections of one kind; what is none of them stands as an empty one, to keep the count."""
    written = content.get(name)
    sections = written if isinstance(written, list) else []
    return [
        section if isinstance(section, dict) else dict.fromkeys(REQUIRED_IN[name], "") for section in sections
    ]


_EXAMPLES: Final = MappingProxyType(
    {
        "format": f'format = "{PATIENT_FORMAT}"',
        "patient_id": 'patient_id = "a pseudonym"',
        "sex": 'sex = "female" or sex = "male"',
        "scans": "one scan or more, each under [[scans]]",
        "age_years": "age_years = 69",
        "birth_year": "birth_year = 1957",
    }
)


def _validate_rest(
    content: Mapping[str, object], shape: type[PatientFile | PatientFile1], notebook: Notebook
) -> tuple[PatientFile | PatientFile1, Mapping[str, tuple[int, ...]]]:
    """Validate, leave out what fails, and validate again until the rest passes; only the first round is told."""
    kept: dict[str, Any] = dict(content)
    numbers = {name: tuple(range(_count(kept.get(name)))) for name in REQUIRED_IN}
    told = False
    while True:
        try:
            return shape.model_validate(kept), numbers
        except ValidationError as problem:
            errors = problem.errors(include_url=False)
        if not told:
            for error in errors:
                _write_fault(error, shape, notebook)
        told = True
        kept, numbers = _leave_out(kept, numbers, [tuple(error["loc"]) for error in errors])


def _count(section: object) -> int:
    return len(section) if isinstance(section, list) else 0


def _leave_out(
    content: Mapping[str, Any], numbers: Mapping[str, tuple[int, ...]], places: Sequence[Place]
) -> tuple[dict[str, Any], dict[str, tuple[int, ...]]]:
    """Take the values at these places out of a copy, and the numbers of whole sections with them."""
    kept: dict[str, Any] = {}
    left: dict[str, tuple[int, ...]] = dict(numbers)
    for key, value in content.items():
        inside = [place[1:] for place in places if place[0] == key]
        if () in inside:
            left |= {key: ()} if key in left else {}
        elif isinstance(value, list) and key in left:
            gone = {place[0] for place in inside if len(place) == 1}
            stays = [index for index in range(len(value)) if index not in gone]
            kept[key] = [
                _drop_keys(value[index], [p[1:] for p in inside if p[0] == index]) for index in stays
            ]
            left[key] = tuple(numbers[key][index] for index in stays)
        else:
            kept[key] = _drop_keys(value, inside)
    if "scans" in kept and not kept["scans"]:
        del kept["scans"]
    return kept, left


def _drop_keys(section: object, places: Sequence[Place]) -> object:
    gone = {place[0] for place in places if place}
    return (
        {key: value for key, value in section.items() if key not in gone}
        if isinstance(section, dict)
        else section
    )


def _write_fault(error: Any, shape: type[BaseModel], notebook: Notebook) -> None:  # noqa: ANN401 - as pydantic words it
    """Say in five parts what the shape check found."""
    place, kind = tuple(error["loc"]), error["type"]
    if kind == "extra_forbidden":
        _write_unknown_key(place, _find_section(shape, place), notebook)
    elif kind == "enum":
        known = re.findall("'([^']+)'", error["ctx"]["expected"])
        hint = suggest(str(error["input"]), known) or "Write one of these words."
        notebook.fault(place, "patient.unknown_word", repr(error["input"]), " or ".join(known), hint)
    else:
        expected, hint = _describe_kind(kind, error, _find_section(shape, place), str(place[-1]))
        notebook.fault(place, "patient.wrong_kind", _show(error["input"]), expected, hint)


def _show(value: object) -> str:
    return f"{type(value).__name__}" if isinstance(value, dict | list) else repr(value)


def _describe_kind(kind: str, error: Any, section: type[BaseModel], key: str) -> tuple[str, str]:  # noqa: ANN401
    field = section.model_fields.get(key)
    if kind == "string_type" and field is not None and field.examples and key != "date":
        example = f"{field.examples[0]}"
        return f'text such as "{example}"', "Write the number and its unit together in quotation marks."
    return _KINDS.get(kind, (error["msg"], "`osteon schema patient` describes every key."))


_KINDS: Final = MappingProxyType(
    {
        "float_type": ("a number", "Write it without quotation marks or unit."),
        "int_type": ("a whole number", "Write it without quotation marks."),
        "int_from_float": ("a whole number", "Write the year alone."),
        "finite_number": ("a finite number", "Leave the line out when it is not known."),
        "bool_type": ("true or false", "Leave the line out when it is not known."),
        "string_type": ("text", "Put it in quotation marks."),
        "string_too_short": ("a name or number of the patient", "A pseudonym will do."),
        "value_error": ("a date as YYYY-MM-DD", "Other orders of day and month are not guessed."),
        "list_type": ("a list", "Write [[scans]] above each scan, and vertebrae as a list of names."),
        "too_short": ("one scan or more", "Without a scan there is nothing to start from."),
        "model_type": ("a section with named values", "`osteon patient new` writes an example of each."),
    }
)


def _write_unknown_key(place: Place, section: type[BaseModel], notebook: Notebook) -> None:
    """Write a slip of a known key down as a fault, for it would lose what it says; any other is read past."""
    key, known = str(place[-1]), tuple(section.model_fields)
    expected = f"a key of {_name_one(place)}"
    elsewhere = len(place) > 1 and key in {*STATED_ELSEWHERE, *PatientFile.model_fields}
    meant = _guess_meant(key, known)
    if meant or elsewhere:
        hint = (
            f"Did you mean {meant!r}?"
            if meant
            else "It stands at the top of the file, above every [section]."
        )
        if meant in RENAMED.values() and key in RENAMED:
            hint = f'In this version write {meant} = "0.706 g/cm2".'
        notebook.fault(place, "patient.unknown_key", repr(key), expected, hint)
    else:
        hint = f"Not read. {suggest(key, known) or 'Free text belongs into notes at the top.'}"
        notebook.warn(place, "patient.unknown_key", repr(key), expected, hint)


def _guess_meant(key: str, known: tuple[str, ...]) -> str:
    """Return the known key that was surely meant: of the other version, its first words, or a slip away."""
    other_version = {**RENAMED, **{new: old for old, new in RENAMED.items()}}.get(key)
    shortened = next((name for name in known if name.startswith(f"{key}_")), "")
    slips = get_close_matches(key.lower(), known, n=1, cutoff=_SURELY_MEANT)
    return other_version if other_version in known else shortened or next(iter(slips), "")


def _name_one(place: Place) -> str:
    return "the file" if len(place) == 1 else _NAMES.get(str(place[0]), "the context")


_ONE: Final = MappingProxyType(
    {"scans": "scan", "markers": "marker", "injections": "injection", "fractures": "fracture"}
)
_NAMES: Final = MappingProxyType(
    {name: f"a {one}" for name, one in _ONE.items()} | {"injections": "an injection"}
)


def _find_section(shape: type[BaseModel], place: Place) -> type[BaseModel]:
    """Return the shape that the last key of a place belongs to."""
    if len(place) == 1:
        return shape
    written = shape.model_fields[str(place[0])].annotation
    kinds = getattr(written, "__args__", ())
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), shape)
