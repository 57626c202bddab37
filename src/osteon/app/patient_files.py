"""The use cases `patient new` and `patient check`: a file to fill in, and everything wrong with one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteon.errors import BadInputError
from osteon.interop import (
    CheckedPatient,
    ProblemSeverity,
    check_patient_file,
    read_patient_template,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["CheckedPatients", "check_patient_files", "write_patient_template"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPatients:
    """Every file that was checked, in the order given."""

    files: tuple[CheckedPatient, ...]
    sources: tuple[str, ...] = ()

    def count(self, severity: ProblemSeverity) -> int:
        """Count the problems of one severity over all files."""
        return sum(len(one.list_errors(severity)) for one in self.files)


def check_patient_files(paths: Iterable[Path]) -> CheckedPatients:
    """Check patient files; nothing that a file holds, or does not hold, raises.

    >>> check_patient_files([]).count(ProblemSeverity.FAULT)
    0
    """
    return CheckedPatients(files=tuple(check_patient_file(path) for path in paths))


def write_patient_template(path: Path, *, replace: bool = False) -> None:
    """Write the patient file that is filled in by hand.

    Raises `patient.file_exists` unless `replace`, `patient.unknown_suffix`, or `patient.not_writable`.
    """
    if path.suffix.lower() != ".toml":
        got, expected = path.suffix or "no suffix", ".toml"
        raise _refuse(path, "patient.unknown_suffix", got, expected, "Only TOML can hold the explanations.")
    try:
        with path.open("w" if replace else "x", encoding="utf-8") as file:
            file.write(read_patient_template())
    except FileExistsError as problem:
        expected = "the name of a file that is not there yet"
        hint = "Give another name, or --force to replace the file."
        raise _refuse(path, "patient.file_exists", "a file of that name", expected, hint) from problem
    except OSError as problem:
        why = problem.strerror or type(problem).__name__
        hint = "Give a folder that can be written to."
        raise _refuse(path, "patient.not_writable", why, "a place to write to", hint) from problem


def _refuse(path: Path, code: str, got: str, expected: str, hint: str) -> BadInputError:
    return BadInputError(code=code, field=path.name, got=got, expected=expected, hint=hint)
