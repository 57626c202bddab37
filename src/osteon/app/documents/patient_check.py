"""The JSON of `patient check`: each file with every problem of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from osteon.app.documents.shapes import Document, ProblemShape, Shape

if TYPE_CHECKING:
    from osteon.app.patient_files import CheckedPatients
    from osteon.interop import CheckedPatient, PatientProblem


class PatientProblemShape(ProblemShape):
    """A problem in its five parts, with its line (null where there is none).

    `fault`: must be mended. `outside`: a possible patient of whom the model cannot speak. `warning`: read past.
    """

    severity: Literal["fault", "outside", "warning"]
    line: int | None


class CheckedFileShape(Shape):
    """One file; `usable` when nothing is more than a warning."""

    file: str
    patient_format: str | None
    patient_id: str | None
    usable: bool
    problems: list[PatientProblemShape]


class PatientCheckDocument(Document):
    """Every file that was checked, in the order given."""

    format: Literal["osteon-patient-check/1"] = "osteon-patient-check/1"
    files: list[CheckedFileShape]


def write_checked_patients(found: CheckedPatients) -> PatientCheckDocument:
    """Write checked files."""
    return PatientCheckDocument(files=[_shape_file(one) for one in found.files])


def _shape_file(checked: CheckedPatient) -> CheckedFileShape:
    return CheckedFileShape(
        file=checked.name,
        patient_format=checked.format,
        patient_id=None if checked.patient is None else checked.patient.patient_id,
        usable=checked.patient is not None,
        problems=[_shape_problem(problem) for problem in checked.problems],
    )


def _shape_problem(problem: PatientProblem) -> PatientProblemShape:
    return PatientProblemShape(
        severity=problem.severity.value, line=problem.line, **problem.error.as_problem()
    )
