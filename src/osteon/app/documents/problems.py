"""The JSON of what went wrong, and of what is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from osteon import __version__
from osteon.app.documents.shapes import ProblemShape, Shape, shape_problem

if TYPE_CHECKING:
    from osteon.app.versions import VersionFacts
    from osteon.errors import OsteonError


class ErrorDocument(Shape):
    """Why there is no answer: bad input (exit code 2) or a patient outside the domain (exit code 3)."""

    format: Literal["osteon-error/1"] = "osteon-error/1"
    osteon_version: str = __version__
    exit_code: Literal[2, 3]
    problems: list[ProblemShape]


class VersionDocument(Shape):
    """What would have to be the same for the numbers to be the same."""

    format: Literal["osteon-version/1"] = "osteon-version/1"
    osteon_version: str
    parameter_set: str
    evidence_hash: str
    fitted_to: str
    fitted_to_this_evidence: bool
    python: str
    libraries: dict[str, str]


def write_problem(faults: tuple[OsteonError, ...], exit_code: Literal[2, 3]) -> str:
    """Write faults as JSON text."""
    document = ErrorDocument(exit_code=exit_code, problems=[shape_problem(fault) for fault in faults])
    return document.model_dump_json(indent=2)


def write_versions(facts: VersionFacts) -> VersionDocument:
    """Write the versions."""
    return VersionDocument(
        osteon_version=facts.osteon,
        parameter_set=facts.parameter_set,
        evidence_hash=facts.evidence_hash,
        fitted_to=facts.fitted_to,
        fitted_to_this_evidence=facts.fitted_to_this_evidence,
        python=facts.python,
        libraries=facts.libraries,
    )
