"""What every model of bone under drugs can be asked, whatever is inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from osteon.remodeling.parameters import Covariates
    from osteon.therapy import Sequence

__all__ = ["RemodelingModel"]


class RemodelingModel(Protocol):
    """A model that can follow one person through a sequence: enough to stand in for the arm of a trial."""

    @property
    def name(self) -> str:
        """What it is, in a few words."""
        ...

    @property
    def outcomes(self) -> frozenset[str]:
        """The names of ``Outcomes`` that it speaks of."""
        ...

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind it."""
        ...

    def simulate_outcomes(
        self, sequence: Sequence, history: Sequence | None, person: Covariates, months: np.ndarray
    ) -> Mapping[str, np.ndarray]:
        """Return each outcome at ``months`` (0 or more, rising) after the start of the sequence.

        ``history`` is what was taken up to that start, and ``person`` (floats) is described at the start of the
        history. Values are relative to the person before any drug (1 = then); past the end of the sequence
        nothing is taken. Raises ``AbstainedError`` (``model.not_described``) for what the model has no
        equation for.
        """
        ...
