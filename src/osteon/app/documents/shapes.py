"""The shapes that several documents share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from osteon import __version__
from osteon.app.wording import NOTICE
from osteon.evidence import cite, format_reference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from osteon.errors import OsteonError
    from osteon.reversal import Chance
    from osteon.therapy import Finding

_DECIMALS: Final = 6


def _trim(number: float) -> float:
    """Drop digits that no simulation holds, so that a result reads and compares well."""
    return round(number, _DECIMALS)


Number = Annotated[float, AfterValidator(_trim)]
Share = Annotated[float, Field(ge=0, le=1), AfterValidator(_trim)]


class Shape(BaseModel):
    """Anything written as JSON: no unknown names, nothing infinite, nothing that changes."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        json_schema_serialization_defaults_required=True,
    )


class ChanceShape(Shape):
    """A probability with its 90 % interval, all from 0 to 1."""

    value: Share
    low: Share
    high: Share


class FindingShape(Shape):
    """One thing worth knowing about a sequence; `extraction` says whether it was read or recalled."""

    code: str
    severity: str
    message: str
    source: str
    extraction: str


class ProblemShape(Shape):
    """An error in its five parts."""

    code: str
    field: str
    got: str
    expected: str
    hint: str


class SourceShape(Shape):
    """A paper, label or data set behind the result; `recalled` where it was not read again."""

    key: str
    citation: str
    doi: str | None
    recalled: bool


class Document(Shape):
    """What every result says of itself; each ends with its `sources`."""

    format: str
    osteon_version: str = __version__
    notice: str = NOTICE


def shape_chance(chance: Chance) -> ChanceShape:
    """Turn a chance into JSON."""
    return ChanceShape(value=chance.value, low=chance.low, high=chance.high)


def shape_findings(findings: Iterable[Finding]) -> list[FindingShape]:
    """Turn findings into JSON, in their order."""
    return [
        FindingShape(
            code=finding.code,
            severity=finding.severity.value,
            message=finding.message,
            source=finding.source,
            extraction=str(finding.extraction),
        )
        for finding in findings
    ]


def shape_problem(fault: OsteonError) -> ProblemShape:
    """Turn an error into JSON."""
    return ProblemShape(**fault.as_problem())


def shape_sources(keys: Iterable[str]) -> list[SourceShape]:
    """Turn bib keys into JSON, in alphabetical order."""
    return [
        SourceShape(
            key=reference.key,
            citation=format_reference(reference),
            doi=reference.doi or None,
            recalled=reference.is_recalled,
        )
        for reference in cite(keys)
    ]
