"""What can be wrong with a patient file, each problem with its place, its line and its five parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Final, TypeVar

from osteon.errors import AbstainedError, BadInputError, OsteonError
from osteon.interop.file_lines import Place
from osteon.interop.several_faults import SeveralFaultsError

_Made = TypeVar("_Made")


class ProblemSeverity(StrEnum):
    """Whether a problem keeps a file from being used.

    A `fault` must be mended; `outside` is a possible patient of whom the model cannot speak; a `warning` is
    read past.
    """

    FAULT = "fault"
    OUTSIDE = "outside"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientProblem:
    """One problem at one place; `line` is None where the file has no such line."""

    severity: ProblemSeverity
    place: Place
    line: int | None
    error: OsteonError


class PatientFileError(SeveralFaultsError):
    """Several faults of one patient file; `faults` holds each with its own five parts."""

    several_code = "patient.several_faults"
    wanted = "a patient file without any"


class Notebook:
    """Where the reading of one file writes down every problem that it meets, in the order of reading."""

    def __init__(self) -> None:
        self.entries: list[tuple[ProblemSeverity, Place, OsteonError]] = []

    def add(self, severity: ProblemSeverity, place: Place, error: OsteonError) -> None:
        """Write one problem down, once."""
        entry = (severity, place, error)
        if all((place, error.as_problem()) != (seen, other.as_problem()) for _, seen, other in self.entries):
            self.entries.append(entry)

    def fault(self, place: Place, code: str, got: str, expected: str, hint: str) -> None:
        """Write a fault down."""
        self.add(ProblemSeverity.FAULT, place, state(code, got, expected, hint))

    def warn(self, place: Place, code: str, got: str, expected: str, hint: str) -> None:
        """Write a warning down."""
        self.add(ProblemSeverity.WARNING, place, state(code, got, expected, hint))

    def attempt(self, place: Place, make: Callable[[], _Made]) -> _Made | None:
        """Make a value, or write down why it cannot be and return None."""
        try:
            return make()
        except AbstainedError as outside:
            self.add(ProblemSeverity.OUTSIDE, place, outside)
        except OsteonError as fault:
            self.add(ProblemSeverity.FAULT, place, fault)
        return None

    @property
    def is_bad(self) -> bool:
        """Whether anything is more than a warning."""
        return any(severity is not ProblemSeverity.WARNING for severity, _, _ in self.entries)

    def has_fault_at(self, place: Place) -> bool:
        """Whether a value at or below the place is already known to be wrong."""
        return any(
            seen[: len(place)] == place
            for severity, seen, _ in self.entries
            if severity is not ProblemSeverity.WARNING
        )


_PLACEHOLDER: Final = "-"


def state(code: str, got: str, expected: str, hint: str) -> BadInputError:
    """State a problem whose field is still to be written in the words of the file."""
    return BadInputError(code=code, field=_PLACEHOLDER, got=got, expected=expected, hint=hint)


def rename_field(error: OsteonError, field: str) -> OsteonError:
    """Return the same error about a field in the words of the file."""
    parts = error.as_problem() | {"field": field}
    return AbstainedError(**parts) if isinstance(error, AbstainedError) else BadInputError(**parts)


def suggest(word: str, known: Iterable[str]) -> str:
    """Ask whether a known word was meant; nothing when none is like it.

    >>> suggest("menopausl", ["menopausal", "sex"])
    "Did you mean 'menopausal'?"
    """
    close = get_close_matches(word.lower(), list(known), n=1)
    return f"Did you mean {close[0]!r}?" if close else ""
