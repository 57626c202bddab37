"""The words of a patient file: every section and key of version 2, and of version 1, which is still read."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import fields
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Final, Literal, get_args, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from osteon.densitometry import Maker, Sex, Side, Site
from osteon.inference import Marker
from osteon.therapy import PatientContext

PATIENT_FORMAT: Final = "osteon-patient/2"
PATIENT_FORMAT_1: Final = "osteon-patient/1"
STATED_ELSEWHERE: Final = frozenset({"history", "age_years", "male"})
REQUIRED_KEYS: Final = ("format", "patient_id", "sex", "scans")
REQUIRED_IN: Final = {
    "scans": ("site",),
    "markers": ("marker", "value"),
    "injections": ("drug", "amount", "date"),
    "fractures": ("site",),
}
_YEAR_DIGITS: Final = 4
_PART_OF_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_WORD: Final = Field(strict=False)


class FractureSite(StrEnum):
    """The bone of an earlier fracture."""

    VERTEBRA = "vertebra"
    HIP = "hip"
    PELVIS = "pelvis"
    PROXIMAL_HUMERUS = "proximal_humerus"
    DISTAL_FOREARM = "distal_forearm"
    OTHER = "other"


def _read_date(value: object) -> object:
    """Take a TOML date or the text YYYY-MM-DD, and nothing that would have to be guessed."""
    if isinstance(value, str) and len(value) == len("YYYY-MM-DD"):
        return dt.date.fromisoformat(value)
    if type(value) is not dt.date and value is not None:
        raise ValueError("not a date")
    return value


def _read_part_of_date(value: object) -> object:
    """Take a date, or as much of one as is remembered: YYYY-MM or YYYY."""
    if type(value) is dt.date:
        return value.isoformat()
    text = str(value) if type(value) is int else value
    if isinstance(text, str):
        find_first_day(text)
    return text


def find_first_day(text: str) -> dt.date:
    """Return the first day that a whole or partial date may stand for.

    Raises ValueError for any other text.

    >>> find_first_day("2019-06")
    datetime.date(2019, 6, 1)
    """
    if not _PART_OF_DATE.fullmatch(text):
        raise ValueError("not a date")
    return dt.date.fromisoformat(text + "-01" * (2 - text.count("-")))


Day = Annotated[dt.date | None, BeforeValidator(_read_date)]
PartOfDate = Annotated[str | None, BeforeValidator(_read_part_of_date)]


class Section(BaseModel):
    """Anything in a patient file: an unknown key fails, a number is a number, nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def _require(name: str) -> ConfigDict:
    """Publish the keys that a section states; their absence is told with everything else that is wrong."""
    return ConfigDict(json_schema_extra={"required": list(REQUIRED_IN[name])})


class ScanSection(Section):
    """One DXA measurement of one site, as the report prints it; numbers with a unit are text."""

    model_config = _require("scans")

    site: Annotated[Site | None, _WORD] = None
    date: Day = None
    bmd: str | None = Field(default=None, examples=["0.706 g/cm2"])
    t_score: float | None = None
    z_score: float | None = None
    maker: Annotated[Maker | None, _WORD] = None
    model: str | None = None
    software: str | None = None
    side: Annotated[Side | None, _WORD] = None
    vertebrae: list[str] | None = None
    precision_error: str | None = Field(
        default=None,
        examples=["0.010 g/cm2"],
        description="Root-mean-square SD of the facility at this site, in g/cm2 or in % of this BMD.",
    )


class MarkerSection(Section):
    """One turnover marker of one blood sample."""

    model_config = _require("markers")

    marker: Annotated[Marker | None, _WORD] = None
    value: str | None = Field(default=None, examples=["410 ng/L"])
    date: Day = None
    assay: str | None = None
    fasting_morning: bool | None = None


class InjectionSection(Section):
    """One injection or infusion that was really given."""

    model_config = _require("injections")

    drug: str | None = Field(default=None, examples=["denosumab"])
    amount: str | None = Field(default=None, examples=["60 mg"])
    date: Day = None


class FractureSection(Section):
    """One earlier fracture; `fragility` when it came of a fall from standing height or less."""

    model_config = _require("fractures")

    site: Annotated[FractureSite | None, _WORD] = None
    date: PartOfDate = Field(default=None, examples=["2019-06"])
    fragility: bool | None = None


class _Laboratory(Section):
    egfr: str | None = Field(default=None, examples=["72 mL/min"])
    vitamin_d_25oh: str | None = Field(default=None, examples=["62 nmol/L"])


def _define_context(name: str, base: type[Section]) -> type[BaseModel]:
    """Take the questions from the therapy room, so that a new one is readable the day it is asked."""
    hints = get_type_hints(PatientContext)
    asked = {f.name: hints[f.name] for f in fields(PatientContext) if f.name not in STATED_ELSEWHERE}
    shapes: dict[str, Any] = {key: (_loosen_words(hint), None) for key, hint in asked.items()}
    return create_model(name, __base__=base, __doc__=_CONTEXT_DOC, **shapes)


def _loosen_words(hint: object) -> object:
    is_number_or_answer = isinstance(hint, UnionType) and set(get_args(hint)) <= {bool, float, type(None)}
    return hint if is_number_or_answer else Annotated[hint, _WORD]


_CONTEXT_DOC: Final = "What bears on the choice of a drug; a line left out is unknown and never taken for no."
ContextSection: Final = _define_context("ContextSection", _Laboratory)
ContextSection1: Final = _define_context("ContextSection1", Section)


class PatientFile(Section):
    """One patient on the day `as_of` (left out: the day of the newest scan).

    `history` is the treatment before that day, oldest first: it ends that day, or begins on `history_start`.
    Either `age_years` (on that day) or `birth_year` is stated.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "required": list(REQUIRED_KEYS),
            "anyOf": [{"required": ["age_years"]}, {"required": ["birth_year"]}],
        }
    )

    format: Literal["osteon-patient/2"]
    patient_id: str | None = Field(default=None, min_length=1)
    as_of: Day = None
    notes: str | None = Field(default=None, description="For people; nothing reads it.")
    sex: Annotated[Sex | None, _WORD] = None
    age_years: float | None = None
    birth_year: int | None = None
    menopausal: bool | None = None
    years_since_menopause: float | None = None
    fragility_fracture: bool | None = None
    history: str | None = None
    history_start: Day = None
    scans: list[ScanSection] = Field(default=[], min_length=1)
    markers: list[MarkerSection] = []
    injections: list[InjectionSection] = []
    fractures: list[FractureSection] = []
    context: ContextSection | None = None  # type: ignore[valid-type]

    @property
    def answers(self) -> dict[str, Any]:
        """What the context states, by its keys; None stands for unknown."""
        context = dict(self)["context"]
        return {} if context is None else dict(context)


class ScanSection1(Section):
    """One DXA measurement in a file of version 1; BMD in g/cm2."""

    model_config = _require("scans")

    site: Annotated[Site | None, _WORD] = None
    bmd_g_cm2: float | None = None
    t_score: float | None = None
    z_score: float | None = None
    date: Day = None
    maker: Annotated[Maker | None, _WORD] = None
    model: str | None = None
    software: str | None = None
    side: Annotated[Side | None, _WORD] = None
    vertebrae: list[str] | None = None
    precision_error_g_cm2: float | None = None


class PatientFile1(Section):
    """One patient in a file of version 1; `history` ends on the day the forecast starts."""

    model_config = ConfigDict(json_schema_extra={"required": [*REQUIRED_KEYS, "age_years"]})

    format: Literal["osteon-patient/1"]
    patient_id: str | None = Field(default=None, min_length=1)
    sex: Annotated[Sex | None, _WORD] = None
    age_years: float | None = None
    menopausal: bool | None = None
    years_since_menopause: float | None = None
    fragility_fracture: bool = False
    history: str | None = None
    scans: list[ScanSection1] = Field(default=[], min_length=1)
    context: ContextSection1 | None = None  # type: ignore[valid-type]


RENAMED: Final = {"bmd_g_cm2": "bmd", "precision_error_g_cm2": "precision_error"}


def upgrade_file(old: PatientFile1) -> PatientFile:
    """Rewrite a file of version 1 in the words of version 2; nothing is lost and nothing is added."""
    content = old.model_dump(exclude={"format", "scans"}, exclude_none=True)
    scans = [_upgrade_scan(scan) for scan in old.scans]
    return PatientFile.model_construct(
        format=PATIENT_FORMAT,
        **(content | {"context": _upgrade_context(old.context), "scans": scans}),
    )


def _upgrade_context(old: BaseModel | None) -> BaseModel | None:
    return None if old is None else ContextSection(**old.model_dump())


def _upgrade_scan(old: ScanSection1) -> ScanSection:
    content = old.model_dump(exclude=set(RENAMED))
    sizes = {new: getattr(old, name) for name, new in RENAMED.items()}
    written = {name: None if size is None else f"{size!r} g/cm2" for name, size in sizes.items()}
    return ScanSection(**(content | written))
