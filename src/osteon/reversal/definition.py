"""What counts as reversal: a line, the sites that must be above it, and nothing left to a bare boolean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from osteon.densitometry import CENTRAL_SITES, Site, read_rules
from osteon.errors import BadInputError

__all__ = ["ReversalDefinition", "standard_reversal"]

_LOWEST, _HIGHEST = -6, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalDefinition:
    """A T-score target that must be exceeded at ``sites``.

    ``target_t_score`` is exceeded when the T-score is strictly above it: -2.5 is still osteoporosis. The
    diagnosis persists whatever is reached.
    """

    target_t_score: float
    sites: tuple[Site, ...] = CENTRAL_SITES

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


@cache
def standard_reversal() -> ReversalDefinition:
    """Return the WHO line: above the T-score at or below which osteoporosis is diagnosed.

    >>> standard_reversal().target_t_score
    -2.5
    """
    return ReversalDefinition(target_t_score=read_rules().osteoporosis_t_score)
