"""Patient files as they are written: strict TOML or JSON of version 2, which reads back as the same."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from osteon.densitometry import Scan
from osteon.errors import BadInputError
from osteon.inference import Injection, Marker, MarkerReading, Patient
from osteon.interop.patient_sections import (
    PATIENT_FORMAT,
    STATED_ELSEWHERE,
    ContextSection,
    InjectionSection,
    MarkerSection,
    PatientFile,
    ScanSection,
)
from osteon.therapy import PatientContext, format_sequence

_MARKER_UNITS: Final = {Marker.CTX: "ng/L", Marker.P1NP: "ug/L"}


def write_patient_file(patient: Patient | PatientFile, path: Path) -> None:
    """Write a patient, as TOML or JSON by the suffix; a file there is replaced.

    Raises `patient.unknown_suffix`, `patient.not_writable` or OSError.
    """
    path.write_text(format_patient(patient, path.suffix.lower()), encoding="utf-8")


def format_patient(patient: Patient | PatientFile, suffix: str = ".toml") -> str:
    """Return the text of a patient file.

    >>> from osteon.densitometry import Person, Sex, Site
    >>> person = Person(sex=Sex.FEMALE, age_years=67.0, menopausal=True)
    >>> scan = Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.61)
    >>> text = format_patient(Patient(patient_id="a", person=person, scans=(scan,)))
    >>> text.splitlines()[-1]
    'bmd = "0.61 g/cm2"'
    """
    file = record_patient(patient) if isinstance(patient, Patient) else patient
    content = file.model_dump(exclude_none=True)
    if suffix == ".toml":
        return "\n".join(_list_toml_lines(content)) + "\n"
    if suffix == ".json":
        return file.model_dump_json(exclude_none=True, indent=2) + "\n"
    raise BadInputError(
        code="patient.unknown_suffix",
        field="suffix",
        got=suffix or "no suffix",
        expected=".toml or .json",
        hint="The suffix says how the file is written.",
    )


def _list_toml_lines(content: Mapping[str, Any]) -> Iterator[str]:
    """List the lines of a TOML text: the values at the top, then each section."""
    sections = {
        key: value for key, value in content.items() if isinstance(value, dict) or _is_sections(value)
    }
    yield from _list_values({key: value for key, value in content.items() if key not in sections})
    for key, value in sections.items():
        heading = f"[{key}]" if isinstance(value, dict) else f"[[{key}]]"
        for section in [value] if isinstance(value, dict) else value:
            yield ""
            yield heading
            yield from _list_values(section)


def _is_sections(value: object) -> bool:
    return isinstance(value, list) and (not value or isinstance(value[0], dict))


def _list_values(section: Mapping[str, Any]) -> Iterator[str]:
    for key, value in section.items():
        yield f"{key} = {_write_value(value)}"


def _write_value(value: object) -> str:
    """Write one value; TOML's text is JSON's, but for the one control character JSON leaves bare."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_write_value, value))}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def record_patient(patient: Patient) -> PatientFile:
    """Write a patient in the words of a patient file; `read_patient_file` gives the same patient back.

    Raises `patient.not_writable` where the context states age, sex or history a second time.
    """
    person, history = patient.person, patient.history
    return PatientFile(
        format=PATIENT_FORMAT,
        patient_id=patient.patient_id,
        as_of=patient.as_of,
        sex=person.sex,
        age_years=float(person.age_years),
        menopausal=person.menopausal,
        years_since_menopause=_as_float(person.years_since_menopause),
        fragility_fracture=person.fragility_fracture,
        history=None if history is None else format_sequence(history),
        history_start=patient.history_start,
        scans=[_record_scan(scan) for scan in patient.scans],
        markers=[_record_marker(reading) for reading in patient.markers],
        injections=[_record_injection(injection) for injection in patient.injections],
        context=_record_context(patient.context),
    )


def _as_float(number: float | None) -> float | None:
    return None if number is None else float(number)


def _record_scan(scan: Scan) -> ScanSection:
    bmd, error = _as_float(scan.areal_bmd_g_cm2), _as_float(scan.precision_error_g_cm2)
    return ScanSection(
        site=scan.site,
        date=scan.date,
        bmd=None if bmd is None else f"{bmd!r} g/cm2",
        t_score=_as_float(scan.reported_t_score),
        z_score=_as_float(scan.reported_z_score),
        maker=scan.maker,
        model=scan.model,
        software=scan.software,
        side=scan.side,
        vertebrae=None if scan.vertebrae is None else list(scan.vertebrae),
        precision_error=None if error is None else f"{error!r} g/cm2",
    )


def _record_marker(reading: MarkerReading) -> MarkerSection:
    return MarkerSection(
        marker=reading.marker,
        value=f"{float(reading.value)!r} {_MARKER_UNITS[reading.marker]}",
        date=reading.date,
        assay=reading.assay,
        fasting_morning=reading.fasting_morning,
    )


def _record_injection(given: Injection) -> InjectionSection:
    return InjectionSection(
        drug=given.drug.value, amount=f"{float(given.amount)!r} {given.unit}", date=given.date
    )


def _record_context(context: PatientContext) -> BaseModel | None:
    stated = {field.name: getattr(context, field.name) for field in fields(context)}
    known = {name: value for name, value in stated.items() if value is not None}
    twice = sorted(STATED_ELSEWHERE & set(known))
    if twice:
        raise BadInputError(
            code="patient.not_writable",
            field="Patient.context",
            got=", ".join(twice),
            expected="age, sex and history in the patient itself",
            hint="Leave them out of the context; they are filled in where they are needed.",
        )
    numbers = {name: float(value) for name, value in known.items() if type(value) in {int, float}}
    return ContextSection(**(known | numbers)) if known else None
