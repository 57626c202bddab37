"""The one error shape of the package: code, field, got, expected, hint."""

from __future__ import annotations

from typing import Self


class OsteonError(ValueError):
    """An error in five parts, the same object for a console line and a JSON problem.

    `code` is dotted lower case, most general part first.

    >>> error = OsteonError(
    ...     code="bmd.out_of_range",
    ...     field="Scan.areal_bmd_g_cm2 (femoral_neck)",
    ...     got="860",
    ...     expected="0.2 to 2.0 g/cm2",
    ...     hint="If the report is in mg/cm2, divide by 1000.",
    ... )
    >>> print(error)
    [bmd.out_of_range] Scan.areal_bmd_g_cm2 (femoral_neck): got 860; expected 0.2 to 2.0 g/cm2. If the report is in mg/cm2, divide by 1000.
    """  # noqa: E501 - the printed line is one line

    def __init__(self, *, code: str, field: str, got: str, expected: str, hint: str) -> None:
        """Keep the five parts; the message is derived from them."""
        super().__init__(f"[{code}] {field}: got {got}; expected {expected}. {hint}")
        self.code = code
        self.field = field
        self.got = got
        self.expected = expected
        self.hint = hint

    def as_problem(self) -> dict[str, str]:
        """Return the five parts by name, for a JSON problem or an OperationOutcome."""
        return {
            "code": self.code,
            "field": self.field,
            "got": self.got,
            "expected": self.expected,
            "hint": self.hint,
        }

    @classmethod
    def from_problem(cls, problem: dict[str, str]) -> Self:
        """Rebuild an error from what `as_problem` returned."""
        return cls(**problem)

    def __reduce__(self) -> tuple[object, tuple[dict[str, str]]]:
        """Pickle by the five parts, so that a failure can travel back from a worker."""
        return (type(self).from_problem, (self.as_problem(),))


class BadInputError(OsteonError):
    """What was given cannot be read or is not a possible value (CLI exit 2)."""


class AbstainedError(OsteonError):
    """What was given is possible but outside the domain of the model (CLI exit 3)."""
