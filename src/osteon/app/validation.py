"""The use case `validate`: a user's own trial, published chances, or all the evidence, set beside the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteon.evidence import Role
from osteon.trials import (
    list_published_cells,
    read_arm_table,
    read_cell_table,
    simulate_arm_table,
    simulate_cells,
    validate_evidence,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from osteon.trials import ArmTable, CellTable, Reproduction

__all__ = ["ValidatedEvidence", "validate", "validate_cells", "validate_table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidatedEvidence:
    """Every in-domain arm of the evidence, the fitted and the held-back apart, and the published chances."""

    reproductions: tuple[Reproduction, ...]
    cells: CellTable

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind it, as `osteon.evidence.cite` reads them."""
        keys = [key for one in self.reproductions for key in one.sources] + list(self.cells.sources)
        return tuple(dict.fromkeys(keys))


def validate_table(path: Path) -> ArmTable:
    """Simulate the arms of a CSV file and set them beside what was seen.

    Raises `BadInputError` for a file that cannot be read; a row's own fault stays in its row.
    """
    return simulate_arm_table(read_arm_table(path))


def validate_cells(path: Path) -> CellTable:
    """Simulate the chances of a CSV file; raises as `validate_table` does."""
    return simulate_cells(read_cell_table(path))


def validate(*, progress: Callable[[int, int], None] | None = None) -> ValidatedEvidence:
    """Reproduce all the evidence in the domain: calibration rows, held-back rows, published chances."""
    tell = progress or _say_nothing
    found: list[Reproduction] = []
    for role in (Role.CALIBRATION, Role.VALIDATION):
        tell(len(found), 3)
        found.append(validate_evidence(role))
    tell(len(found), 3)
    cells = simulate_cells(list_published_cells())
    return ValidatedEvidence(reproductions=tuple(found), cells=cells)


def _say_nothing(done: int, total: int) -> None:
    del done, total
