"""From a result to the papers behind it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from osteon.evidence.bibliography import Reference
from osteon.evidence.package_data import find_reference


@runtime_checkable
class Sourced(Protocol):
    """Anything that carries the bib keys of the evidence behind it."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys, in any order."""
        ...


def cite(result: Sourced | Iterable[str]) -> tuple[Reference, ...]:
    """Return the sources behind exactly this result, each once, ordered by bib key.

    `result` carries `sources` or is an iterable of bib keys. Raises
    `evidence.unknown_reference`.

    >>> [reference.key for reference in cite(["looker1998", "cosman2016frame", "looker1998"])]
    ['cosman2016frame', 'looker1998']
    """
    keys = result.sources if isinstance(result, Sourced) else result
    return tuple(find_reference(key) for key in sorted(set(keys)))


def _name_authors(authors: tuple[str, ...]) -> str:
    names = [author.partition(",")[0] for author in authors]
    if "others" in names or names[2:]:
        return f"{names[0]} et al."
    return " and ".join(names)


def _name_identifier(reference: Reference) -> str:
    if reference.doi:
        return f"doi:{reference.doi}"
    if reference.pmid:
        return f"PMID:{reference.pmid}"
    return reference.pmcid or reference.url or f"[{reference.note}]"


def format_reference(reference: Reference) -> str:
    """Write a source on one line, with its DOI or the best identifier known.

    >>> print(format_reference(find_reference("cosman2016frame")))
    Cosman et al. (2016). Romosozumab treatment in postmenopausal women with osteoporosis. N Engl J Med 375:1532-1543. doi:10.1056/NEJMoa1607948
    """  # noqa: E501 - the printed line is one line
    year = f"({reference.year})" if reference.year else "(no date)"
    issue = ":".join(part for part in (reference.volume, reference.pages) if part)
    place = " ".join(part for part in (reference.journal, issue) if part)
    head = " ".join(part for part in (_name_authors(reference.authors), year) if part)
    sentences = [
        part if part.endswith("?") else f"{part}." for part in (head, reference.title, place) if part
    ]
    return " ".join([*sentences, _name_identifier(reference)])
