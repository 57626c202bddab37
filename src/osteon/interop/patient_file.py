"""One patient as a TOML or JSON file: strict in its words, every fault of it told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from osteon.errors import BadInputError, OsteonError
from osteon.inference import Patient
from osteon.interop.file_lines import Place
from osteon.interop.patient_problems import (
    Notebook,
    PatientFileError,
    PatientProblem,
    ProblemSeverity,
    rename_field,
    state,
)
from osteon.interop.patient_rules import check_rules
from osteon.interop.patient_sections import PATIENT_FORMAT, PATIENT_FORMAT_1, RENAMED, PatientFile
from osteon.interop.patient_shape import ParsedText, ShapedFile, locate, parse_json, parse_toml, shape_file
from osteon.interop.patient_values import PatientValues, read_values

_OLD_NAMES: Final = {new: old for old, new in RENAMED.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPatient:
    """What a patient file holds and what is wrong with it, in the order of its lines.

    `patient` and `file` are None when any problem is more than a warning.
    """

    name: str
    format: str | None
    patient: Patient | None
    file: PatientFile | None
    problems: tuple[PatientProblem, ...]

    def list_errors(self, severity: ProblemSeverity) -> tuple[OsteonError, ...]:
        """Return the problems of one severity, each with its line and place as the field."""
        return tuple(_name_field(one) for one in self.problems if one.severity is severity)


def _name_field(problem: PatientProblem) -> OsteonError:
    if problem.line is None or problem.error.field == f"line {problem.line}":
        return problem.error
    return rename_field(problem.error, f"line {problem.line}, {problem.error.field}")


def read_patient_file(path: Path) -> Patient:
    r"""Read a patient file, TOML or JSON of one shape, version 2 or 1.

    Raises a fault by itself, or `PatientFileError` with all of them, as `check_patient_file` lists them.

    >>> import tempfile
    >>> text = '''format = "osteon-patient/2"
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
    checked = check_patient_file(path)
    if checked.patient is None:
        raise _join_faults(checked)
    return checked.patient


def read_patient_record(path: Path) -> PatientFile:
    """Read a patient file as it is written, in the words of version 2; raises what `read_patient_file` raises."""
    checked = check_patient_file(path)
    if checked.file is None:
        raise _join_faults(checked)
    return checked.file


def _join_faults(checked: CheckedPatient) -> OsteonError:
    bad = checked.list_errors(ProblemSeverity.FAULT) or checked.list_errors(ProblemSeverity.OUTSIDE)
    return bad[0] if len(bad) == 1 else PatientFileError.gather(checked.name, bad)


def check_patient_file(path: Path) -> CheckedPatient:
    """Read a patient file and list everything that is wrong with it.

    Faults: `patient.unreadable`, `.unknown_suffix`, `.unknown_format`, `.unknown_key`, `.missing_key`,
    `.wrong_kind`, `.unknown_word`, `.after_as_of`, whatever the rooms below say of a value, and contradictions
    between lines. Nothing is raised for what a file may hold.
    """
    parse = _PARSERS.get(path.suffix.lower())
    if parse is None:
        expected = " or ".join(_PARSERS)
        return _refuse_file(path, "patient.unknown_suffix", path.suffix or "no suffix", expected)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        why = problem.strerror or type(problem).__name__
        return _refuse_file(path, "patient.unreadable", why, "a file that can be read")
    except UnicodeDecodeError as problem:
        return _refuse_file(path, "patient.unreadable", str(problem), "text in UTF-8")
    return check_patient_text(text, path.suffix.lower(), path.name)


def check_patient_text(text: str, suffix: str, name: str = "patient") -> CheckedPatient:
    """List everything that is wrong with the text of a patient file; `suffix` is `.toml` or `.json`.

    >>> [one.error.code for one in check_patient_text("format = 'osteon-patient/9'", ".toml").problems]
    ['patient.unknown_format']
    """
    notebook = Notebook()
    parsed = _PARSERS[suffix](text, notebook)
    shaped = None if parsed is None else shape_file(parsed, notebook)
    values = None if shaped is None else read_values(shaped, notebook)
    if shaped is not None and values is not None:
        check_rules(shaped, values, notebook)
    patient = _join_values(shaped, values, notebook)
    problems = tuple(_place_problem(entry, parsed, shaped, name) for entry in notebook.entries)
    in_order = sorted(problems, key=lambda one: one.line or 0)
    return CheckedPatient(
        name=name,
        format=None if shaped is None else (PATIENT_FORMAT_1 if shaped.old else PATIENT_FORMAT),
        patient=patient,
        file=None if patient is None or shaped is None else shaped.file,
        problems=tuple(in_order),
    )


_PARSERS: Final[Mapping[str, Callable[[str, Notebook], ParsedText | None]]] = MappingProxyType(
    {".toml": parse_toml, ".json": parse_json}
)


def _refuse_file(path: Path, code: str, got: str, expected: str) -> CheckedPatient:
    hint = "`osteon patient new` writes a patient file to fill in; `osteon schema patient` describes one."
    error = BadInputError(code=code, field=path.name, got=got, expected=expected, hint=hint)
    problem = PatientProblem(severity=ProblemSeverity.FAULT, place=(), line=None, error=error)
    return CheckedPatient(name=path.name, format=None, patient=None, file=None, problems=(problem,))


def _join_values(
    shaped: ShapedFile | None, values: PatientValues | None, notebook: Notebook
) -> Patient | None:
    """Make the patient, unless something is wrong that would be left out of it."""
    if shaped is None or values is None or values.person is None or values.context is None or notebook.is_bad:
        return None
    file, person, context = shaped.file, values.person, values.context
    return notebook.attempt(
        (),
        lambda: Patient(
            patient_id=file.patient_id or "",
            person=person,
            scans=tuple(read.value for read in values.scans),
            history=values.history,
            history_start=file.history_start,
            markers=tuple(read.value for read in values.markers),
            injections=tuple(read.value for read in values.injections),
            as_of=file.as_of,
            context=context,
        ),
    )


def _place_problem(
    entry: tuple[ProblemSeverity, Place, OsteonError],
    parsed: ParsedText | None,
    shaped: ShapedFile | None,
    name: str,
) -> PatientProblem:
    """Find the line of a problem and name its place in the words of the file."""
    severity, place, error = entry
    content = {} if parsed is None else parsed.content
    if shaped is not None and shaped.old:
        place = _restore_name(place, content)
    line = place[0] if len(place) == 1 and isinstance(place[0], int) else None
    if parsed is not None and line is None:
        line = locate(parsed, place)
    field = f"line {line}" if len(place) == 1 and isinstance(place[0], int) else _name_place(place, content)
    if shaped is not None and not shaped.old and error.code in _FILE_HINTS:
        error = state(error.code, error.got, error.expected, _FILE_HINTS[error.code])
    return PatientProblem(
        severity=severity,
        place=place,
        line=line if isinstance(line, int) else None,
        error=rename_field(error, field or name),
    )


def _restore_name(place: Place, content: Mapping[str, object]) -> Place:
    """Return a place in the words of version 1, which the rules do not know."""
    old = (*place[:-1], _OLD_NAMES.get(str(place[-1]), place[-1])) if place else place
    section = _find_section(old, content)
    return old if section is not None and old[-1] in section else place


def _find_section(place: Place, content: Mapping[str, object]) -> dict[str, object] | None:
    """Return the section of a list that a place lies in, as it is written."""
    sections = content.get(str(place[0])) if len(place) > 1 else None
    section = sections[place[1]] if isinstance(sections, list) and isinstance(place[1], int) else None
    return section if isinstance(section, dict) else None


_FILE_HINTS: Final = MappingProxyType(
    {
        "bmd.out_of_range": 'Check the unit: "706 mg/cm2" is "0.706 g/cm2".',
        "marker.out_of_range": 'Check the unit: a CTX of "0.41 ng/mL" is "410 ng/L".',
        "therapy.time_without_event": "State the event as true beside its time, or take the time out.",
    }
)


def _name_place(place: Place, content: Mapping[str, object]) -> str:
    """Write a place as `scans[1].bmd (femoral_neck)`, the first scan being 0."""
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
    section = _find_section(place, content) or {}
    told = next((section[key] for key in _TELLING if key in section), None)
    return f"{words} ({told})" if isinstance(told, str) and place[-1] not in _TELLING else words


_TELLING: Final = ("site", "marker", "drug")
