"""The sequences that are compared when none is asked for."""

from dataclasses import dataclass
from functools import cache

from osteon.evidence import select_facts
from osteon.therapy.grammar import parse_sequence
from osteon.therapy.sequence import Sequence

__all__ = ["StandardSequence", "standard_sequences"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardSequence:
    """A sequence with a short name, and the source that describes it."""

    name: str
    sequence: Sequence
    source: str
    extraction: str

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind it, as `cite` reads them."""
        return (self.source,)


@cache
def standard_sequences() -> tuple[StandardSequence, ...]:
    """List the standard sequences, no drug first; all last equally long.

    >>> [standard.name for standard in standard_sequences()][:2]
    ['no_drug', 'alendronate']
    """
    return tuple(
        StandardSequence(
            name=fact.keys["name"],
            sequence=parse_sequence(str(fact.value)),
            source=fact.source,
            extraction=fact.extraction,
        )
        for fact in select_facts("standard_sequences", quantity="sequence")
    )
