"""One error of several: every fault of a file at once, each with its own five parts."""

from __future__ import annotations

from typing import ClassVar, Self

from osteon.errors import BadInputError, OsteonError

__all__ = ["SeveralFaultsError"]


class SeveralFaultsError(BadInputError):
    """Several faults of one file; `faults` holds each with its own five parts.

    A kind of file gives its own `several_code` and `wanted`.
    """

    several_code: ClassVar[str]
    wanted: ClassVar[str]

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
            code=cls.several_code,
            field=file_name,
            got=f"{len(faults)} faults",
            expected=cls.wanted,
            hint="; ".join(f"[{fault.code}] {fault.field}" for fault in faults),
            faults=faults,
        )

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:  # type: ignore[override]
        """Pickle with the faults, which the five parts alone would lose."""
        return (_rebuild_error, (type(self), self.as_problem(), self.faults))


def _rebuild_error(
    kind: type[SeveralFaultsError], problem: dict[str, str], faults: tuple[OsteonError, ...]
) -> SeveralFaultsError:
    return kind(**problem, faults=faults)
