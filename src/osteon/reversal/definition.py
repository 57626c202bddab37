"""What counts as reversal: a line, the sites that must be above it, and nothing left to a bare boolean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from osteon.densitometry import CENTRAL_SITES, Site, read_rules
from osteon.errors import BadInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ReversalDefinition", "standard_reversal"]

_LOWEST, _HIGHEST = -6, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalDefinition:
    """A T-score target that must be met at ``sites``.

    ``target_t_score`` is met when the T-score is strictly above it: -2.5 is still osteoporosis. Where it is
    ``inclusive`` the target itself counts too. The diagnosis persists whatever is reached.
    """

    target_t_score: float
    sites: tuple[Site, ...] = CENTRAL_SITES
    inclusive: bool = False

    def __post_init__(self) -> None:
        """Refuse a target that no patient could mean."""
        if not _LOWEST <= self.target_t_score <= _HIGHEST:
            raise BadInputError(
                code="reversal.target_out_of_range",
                field="ReversalDefinition.target_t_score",
                got=f"{self.target_t_score:g}",
                expected=f"{_LOWEST} to {_HIGHEST}",
                hint="Give a T-score such as -2.5 or -2.0.",
            )

    def meets(self, t_scores: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Say which T-scores meet the target; any shape.

        >>> goal = ReversalDefinition(target_t_score=-2.0, inclusive=True)
        >>> goal.meets(np.array([-2.01, -2.0])).tolist(), standard_reversal().meets(np.array([-2.5])).tolist()
        ([False, True], [False])
        """
        line = self.target_t_score
        return np.asarray(t_scores >= line if self.inclusive else t_scores > line)


@cache
def standard_reversal() -> ReversalDefinition:
    """Return the WHO line: above the T-score at or below which osteoporosis is diagnosed.

    >>> standard_reversal().target_t_score
    -2.5
    """
    return ReversalDefinition(target_t_score=read_rules().osteoporosis_t_score)
