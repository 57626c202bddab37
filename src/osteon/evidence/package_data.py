"""The evidence that travels with the package, each file read once when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from osteon.errors import BadInputError, OsteonError
from osteon.evidence import bibliography, tables
from osteon.evidence.bibliography import Reference
from osteon.evidence.fact import Fact
from osteon.evidence.schema import TableSchema, read_schema


def _folder() -> Traversable:
    return files("osteon.evidence") / "data"


@cache
def list_tables() -> tuple[str, ...]:
    """Name every evidence table, in alphabetical order."""
    return tables.name_tables(_folder())


@cache
def describe_table(table: str) -> TableSchema:
    """Return the description, keys and allowed quantities of a table.

    Raises `evidence.unknown_table`.
    """
    return read_schema(_folder(), table)


@cache
def load_references() -> Mapping[str, Reference]:
    """Return every source of the bibliography by its key.

    >>> load_references()["looker1998"].year
    1998
    """
    return bibliography.read_references(_folder())


def find_reference(key: str) -> Reference:
    """Return one source of the bibliography.

    Raises `evidence.unknown_reference`.

    >>> find_reference("cosman2016frame").doi
    '10.1056/NEJMoa1607948'
    """
    reference = load_references().get(key)
    if reference is None:
        raise BadInputError(
            code="evidence.unknown_reference",
            field="reference key",
            got=repr(key),
            expected="a key of references.bib",
            hint="load_references() lists the keys.",
        )
    return reference


@cache
def load_checked_facts(table: str) -> tuple[Fact, ...]:
    """Return every fact of a table, checked; see `lookup` for what other rooms call."""
    return tables.read_facts(_folder(), table, load_references())


def check_all_tables() -> tuple[OsteonError, ...]:
    """Return every fault of every table and of the bibliography at once; empty when sound."""
    return tables.check_tables(_folder())


@cache
def evidence_hash(names: tuple[str, ...] | None = None) -> str:
    """Return the SHA-256, in hex, of the named tables with their schema files.

    Without names, of all tables and the bibliography.
    """
    return tables.hash_folder(_folder(), names)


_FIT_TABLES = (
    "fit_settings",
    "model_priors",
    "precision_limits",
    "reference_curves",
    "trial_arms",
    "trial_outcomes",
    "variability",
    "variability_priors",
)


def hash_fit_evidence() -> str:
    """Return the hash of the evidence tables that a fit reads; another table may change and the fit still stand."""
    return evidence_hash(_FIT_TABLES)
