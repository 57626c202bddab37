"""One patient as a TOML or JSON file: strict in its words, every fault of it told at once."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Final, Literal, Self, TypeVar, get_args, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model

from osteon.densitometry import Maker, Person, Scan, Sex, Side, Site
from osteon.errors import AbstainedError, BadInputError, OsteonError
from osteon.inference import Patient
from osteon.therapy import PatientContext, Sequence, parse_sequence

PATIENT_FORMAT: Final = "osteon-patient/1"
_STATED_ELSEWHERE: Final = frozenset({"history", "age_years", "male"})
_Made = TypeVar("_Made")
_Word = Field(strict=False)


class PatientFileError(BadInputError):
    """Several faults of one patient file; `faults` holds each with its own five parts."""

    def __init__(
        self,
        *,
        code: str,
        field: str,
        got: str,
        expected: str,
        hint: str,
        faults: tuple[OsteonError, ...] = (),
    ) -> None:
        super().__init__(code=code, field=field, got=got, expected=expected, hint=hint)
        self.faults = faults

    @classmethod
    def gather(cls, file_name: str, faults: tuple[OsteonError, ...]) -> Self:
        """Make one error of several."""
        return cls(
            code="patient.several_faults",
            field=file_name,
            got=f"{len(faults)} faults",
            expected=f"a patient file of the format {PATIENT_FORMAT}",
            hint="; ".join(f"[{fault.code}] {fault.field}" for fault in faults),
            faults=faults,
        )

    def __reduce__(self) -> tuple[object, tuple[dict[str, str], tuple[OsteonError, ...]]]:  # type: ignore[override]
        """Pickle with the faults, which the five parts alone would lose."""
        return (_rebuild_error, (self.as_problem(), self.faults))


def _rebuild_error(problem: dict[str, str], faults: tuple[OsteonError, ...]) -> PatientFileError:
    return PatientFileError(**problem, faults=faults)


def _read_date(value: object) -> object:
    """Take a TOML date or the text YYYY-MM-DD, and nothing that would have to be guessed."""
    if isinstance(value, str):
        return dt.date.fromisoformat(value)
    if type(value) is not dt.date and value is not None:
        raise ValueError("not a date")
    return value


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class ScanSection(_Section):
    """One DXA measurement of one site, as the report prints it; BMD in g/cm2."""

    site: Annotated[Site, _Word]
    bmd_g_cm2: float | None = None
    t_score: float | None = None
    z_score: float | None = None
    date: Annotated[dt.date | None, BeforeValidator(_read_date)] = None
    maker: Annotated[Maker | None, _Word] = None
    model: str | None = None
    software: str | None = None
    side: Annotated[Side | None, _Word] = None
    vertebrae: list[str] | None = None
    precision_error_g_cm2: float | None = None


def _define_context() -> type[BaseModel]:
    """Take the questions from the therapy room, so that a new one is readable the day it is asked."""
    hints = get_type_hints(PatientContext)
    asked = {f.name: hints[f.name] for f in fields(PatientContext) if f.name not in _STATED_ELSEWHERE}
    shapes: dict[str, Any] = {name: (_loosen_words(hint), None) for name, hint in asked.items()}
    return create_model("ContextSection", __base__=_Section, __doc__=_CONTEXT_DOC, **shapes)


def _loosen_words(hint: object) -> object:
    is_number_or_answer = isinstance(hint, UnionType) and set(get_args(hint)) <= {bool, float, type(None)}
    return hint if is_number_or_answer else Annotated[hint, _Word]


_CONTEXT_DOC: Final = "What bears on the choice of a drug; a line left out is unknown and never taken for no."
ContextSection: Final = _define_context()


class PatientFile(_Section):
    """One patient on the day the forecast starts; `history` is the treatment before it, ending that day."""

    format: Literal["osteon-patient/1"]
    patient_id: str = Field(min_length=1)
    sex: Annotated[Sex, _Word]
    age_years: float
    menopausal: bool | None = None
    years_since_menopause: float | None = None
    fragility_fracture: bool = False
    history: str | None = None
    scans: list[ScanSection] = Field(min_length=1)
    context: ContextSection | None = None  # type: ignore[valid-type]


def read_patient_file(path: Path) -> Patient:
    r"""Read a patient file, TOML or JSON of one shape.

    Raises a fault by itself, or `PatientFileError` with all of them: `patient.unreadable`,
    `patient.unknown_format`, `patient.unknown_key`, `patient.missing_key`, `patient.wrong_kind`,
    `patient.unknown_word`, and whatever the rooms below say of a value.

    >>> import tempfile
    >>> text = '''format = "osteon-patient/1"
    ... patient_id = "a"
    ... sex = "female"
    ... age_years = 67
    ... menopausal = true
    ... [[scans]]
    ... site = "total_hip"
    ... t_score = -2.7
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "a.toml")
    ...     _ = file.write_text(text)
    ...     read_patient_file(file).scans[0].reported_t_score
    -2.7
    """
    faults: list[OsteonError] = []
    patient = _shape_patient(_parse_file(path), faults)
    if patient is None or faults:
        raise _join_faults(path.name, tuple(faults))
    return patient


def _join_faults(file_name: str, faults: tuple[OsteonError, ...]) -> OsteonError:
    bad = tuple(fault for fault in faults if not isinstance(fault, AbstainedError)) or faults[:1]
    return bad[0] if len(bad) == 1 else PatientFileError.gather(file_name, bad)


def _parse_file(path: Path) -> Mapping[str, object]:
    parse = _PARSERS.get(path.suffix.lower())
    if parse is None:
        raise _refuse_file(path, "patient.unknown_suffix", path.suffix or "no suffix", " or ".join(_PARSERS))
    try:
        parsed = parse(path.read_text(encoding="utf-8-sig"))
    except OSError as problem:
        why = problem.strerror or type(problem).__name__
        raise _refuse_file(path, "patient.unreadable", why, "a file that can be read") from problem
    except ValueError as problem:
        syntax = f"{path.suffix[1:].upper()} in UTF-8"
        raise _refuse_file(path, "patient.unreadable", str(problem), syntax) from problem
    if not isinstance(parsed, dict):
        raise _refuse_file(path, "patient.unreadable", type(parsed).__name__, "an object with named values")
    return parsed


def _parse_json(text: str) -> Any:  # noqa: ANN401 - whatever the file holds
    return json.loads(text, object_pairs_hook=_refuse_repeats)


def _refuse_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"{', '.join(repeated)} more than once")
    return dict(pairs)


_PARSERS: Final[Mapping[str, Callable[[str], Any]]] = MappingProxyType(
    {".toml": tomllib.loads, ".json": _parse_json}
)


def _refuse_file(path: Path, code: str, got: str, expected: str) -> BadInputError:
    hint = "examples/patient.toml shows a patient file; `osteon schema patient` describes one."
    return BadInputError(code=code, field=path.name, got=got, expected=expected, hint=hint)


def _shape_patient(parsed: Mapping[str, object], faults: list[OsteonError]) -> Patient | None:
    """Check the shape first: values are only looked at when every word is known."""
    try:
        file = PatientFile.model_validate(parsed)
    except ValidationError as problem:
        faults += [_translate_fault(error, parsed) for error in problem.errors(include_url=False)]
        return None
    person = _attempt(faults, lambda: _make_person(file))
    scans = [_attempt(faults, lambda scan=scan: _make_scan(scan)) for scan in file.scans]  # type: ignore[misc]
    history = _attempt(faults, lambda: _make_history(file.history))
    context = _attempt(faults, lambda: _make_context(file.context))
    if person is None or context is None or faults:
        return None
    return Patient(
        patient_id=file.patient_id,
        person=person,
        scans=tuple(scan for scan in scans if scan is not None),
        history=history,
        context=context,
    )


def _attempt(faults: list[OsteonError], make: Callable[[], _Made]) -> _Made | None:
    try:
        return make()
    except OsteonError as fault:
        faults.append(fault)
        return None


def _make_person(file: PatientFile) -> Person:
    return Person(
        sex=file.sex,
        age_years=file.age_years,
        menopausal=file.menopausal,
        years_since_menopause=file.years_since_menopause,
        fragility_fracture=file.fragility_fracture,
    )


def _make_scan(scan: ScanSection) -> Scan:
    return Scan(
        site=scan.site,
        areal_bmd_g_cm2=scan.bmd_g_cm2,
        date=scan.date,
        maker=scan.maker,
        model=scan.model,
        software=scan.software,
        side=scan.side,
        vertebrae=None if scan.vertebrae is None else tuple(scan.vertebrae),
        precision_error_g_cm2=scan.precision_error_g_cm2,
        reported_t_score=scan.t_score,
        reported_z_score=scan.z_score,
    )


def _make_history(text: str | None) -> Sequence | None:
    try:
        return None if text is None else parse_sequence(text)
    except BadInputError as fault:
        parts = fault.as_problem()
        raise BadInputError(**(parts | {"field": f"history, {parts['field']}"})) from fault


def _make_context(section: BaseModel | None) -> PatientContext:
    return PatientContext(**(section.model_dump() if section else {}))


def _translate_fault(error: Mapping[str, Any], parsed: Mapping[str, object]) -> BadInputError:
    """Say in five parts what the shape check found."""
    place, kind = error["loc"], error["type"]
    field = _name_place(place, parsed)
    if kind == "extra_forbidden":
        return _name_unknown_key(str(place[-1]), field, _list_keys(place))
    if kind == "missing":
        return _fault("patient.missing_key", field, "nothing", "a value", "Every patient file states it.")
    got = repr(error["input"])
    if place == ("format",):
        hint = f'Write format = "{PATIENT_FORMAT}"; another version of osteon may read this file.'
        return _fault("patient.unknown_format", field, got, repr(PATIENT_FORMAT), hint)
    if kind == "enum":
        hint = _suggest(str(error["input"]), re.findall("'([^']+)'", error["ctx"]["expected"]))
        return _fault("patient.unknown_word", field, got, error["ctx"]["expected"], hint)
    expected, hint = _KINDS.get(kind, (error["msg"], "`osteon schema patient` describes every key."))
    return _fault("patient.wrong_kind", field, got, expected, hint)


_KINDS: Final = MappingProxyType(
    {
        "float_type": ("a number", "Write it with a decimal point, without quotation marks or unit."),
        "finite_number": ("a finite number", "Leave the line out when it is not known."),
        "bool_type": ("true or false", "Leave the line out when it is not known."),
        "string_type": ("text", "Put it in quotation marks."),
        "string_too_short": ("a name or number of the patient", "A pseudonym will do."),
        "value_error": ("a date as YYYY-MM-DD", "Other orders of day and month are not guessed."),
        "list_type": ("a list", "Write [[scans]] above each scan, and vertebrae as a list of names."),
        "too_short": ("one scan or more", "Without a scan there is nothing to start from."),
        "model_type": ("a section with named values", "Write it as in examples/patient.toml."),
    }
)


def _name_unknown_key(key: str, field: str, known: tuple[str, ...]) -> BadInputError:
    elsewhere = "Age, sex and history stand at the top of the file." if key in _STATED_ELSEWHERE else ""
    hint = _suggest(key, known) or elsewhere or "Take the line out; nothing would read it."
    return _fault("patient.unknown_key", field, repr(key), f"one of {', '.join(known)}", hint)


def _list_keys(place: tuple[str | int, ...]) -> tuple[str, ...]:
    shapes: dict[object, type[BaseModel]] = {"scans": ScanSection, "context": ContextSection}
    shape = shapes[place[0]] if len(place) > 1 else PatientFile
    return tuple(shape.model_fields)


def _name_place(place: tuple[str | int, ...], parsed: Mapping[str, object]) -> str:
    """Write a place as `scans[1].bmd_g_cm2 (femoral_neck)`, the first scan being 0."""
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
    scans = parsed.get("scans")
    if place[0] == "scans" and len(place) > 1 and isinstance(scans, list):
        scan = scans[int(place[1])]
        site = scan.get("site") if isinstance(scan, dict) else None
        return f"{words} ({site})" if isinstance(site, str) and place[-1] != "site" else words
    return words


def _suggest(word: str, known: tuple[str, ...] | list[str]) -> str:
    close = get_close_matches(word.lower(), known, n=1)
    return f"Did you mean {close[0]!r}?" if close else ""


def _fault(code: str, field: str, got: str, expected: str, hint: str) -> BadInputError:
    return BadInputError(code=code, field=field, got=got, expected=expected, hint=hint or "See the schema.")
