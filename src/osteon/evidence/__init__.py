"""Which number, from where, how sure? Published facts with their provenance."""

from osteon.evidence.bibliography import Reference
from osteon.evidence.citations import Sourced, cite, format_reference
from osteon.evidence.fact import Extraction, Fact, Role, SpreadKind, Statistic
from osteon.evidence.lookup import (
    OpeningLog,
    find_fact,
    load_facts,
    open_calibration_facts,
    record_openings,
    select_facts,
)
from osteon.evidence.package_data import (
    check_all_tables,
    describe_table,
    evidence_hash,
    find_reference,
    hash_fit_evidence,
    list_tables,
    load_references,
)
from osteon.evidence.schema import QuantityRule, TableSchema

__all__ = [
    "Extraction",
    "Fact",
    "OpeningLog",
    "QuantityRule",
    "Reference",
    "Role",
    "Sourced",
    "SpreadKind",
    "Statistic",
    "TableSchema",
    "check_all_tables",
    "cite",
    "describe_table",
    "evidence_hash",
    "find_fact",
    "find_reference",
    "format_reference",
    "hash_fit_evidence",
    "list_tables",
    "load_facts",
    "load_references",
    "open_calibration_facts",
    "record_openings",
    "select_facts",
]
