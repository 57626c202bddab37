"""The evidence tables of a folder: which there are, their checked facts, their fingerprint."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import sha256
from importlib.resources.abc import Traversable
from operator import itemgetter

from osteon.errors import OsteonError
from osteon.evidence.bibliography import read_references
from osteon.evidence.checks import check_row, check_unique
from osteon.evidence.fact import Extraction, Fact, FactKeys, Role, SpreadKind, Statistic
from osteon.evidence.rows import Row, read_rows
from osteon.evidence.schema import TEXT_UNIT, TableSchema, read_schema


def name_tables(folder: Traversable) -> tuple[str, ...]:
    """Name every table of a folder that has a CSV file, a schema file or both."""
    names = (path.name.rpartition(".") for path in folder.iterdir())
    return tuple(sorted({stem for stem, _, suffix in names if suffix in {"csv", "toml"}}))


def _build_fact(row: Row, keys: tuple[str, ...], identity: str) -> Fact:
    cells = row.cells
    group, spread, kind, n = cells["conflict_group"], cells["spread"], cells["spread_kind"], cells["n"]
    place = f"@{cells['source']}/{cells['locator']}" if group else ""
    return Fact(
        table=row.table,
        keys=FactKeys(tuple([(key, cells[key]) for key in keys])),
        quantity=cells["quantity"],
        value=cells["value"] if cells["unit"] == TEXT_UNIT else float(cells["value"]),
        unit=cells["unit"],
        statistic=Statistic(cells["statistic"]),
        spread=float(spread) if spread else None,
        spread_kind=SpreadKind(kind) if kind else None,
        n=float(n) if n else None,
        source=cells["source"],
        locator=cells["locator"],
        extraction=Extraction(cells["extraction"]),
        role=Role(cells["role"]),
        conflict_group=group,
        note=cells["note"],
        fact_id=f"{row.table}:{identity}{place}",
    )


def _check_rows(
    schema: TableSchema, rows: Sequence[Row], reference_keys: Collection[str]
) -> tuple[OsteonError, ...]:
    faults = [fault for row in rows for fault in check_row(row, schema, reference_keys)]
    return (*faults, *check_unique(rows, schema))


def read_facts(folder: Traversable, table: str, reference_keys: Collection[str]) -> tuple[Fact, ...]:
    """Read one table of a folder; the first fault in it is raised and nothing is skipped."""
    schema = read_schema(folder, table)
    rows = read_rows(folder, schema)
    for fault in _check_rows(schema, rows, reference_keys):
        raise fault
    identify = itemgetter(*schema.identity)
    return tuple([_build_fact(row, schema.keys, "|".join(identify(row.cells))) for row in rows])


def _check_table(folder: Traversable, table: str, reference_keys: Collection[str]) -> tuple[OsteonError, ...]:
    try:
        schema = read_schema(folder, table)
        rows = read_rows(folder, schema)
    except OsteonError as fault:
        return (fault,)
    return _check_rows(schema, rows, reference_keys)


def check_tables(folder: Traversable) -> tuple[OsteonError, ...]:
    """Return every fault of every table of a folder; one that cannot be read is one fault."""
    try:
        references = read_references(folder)
    except OsteonError as fault:
        return (fault,)
    tables = name_tables(folder)
    return tuple(fault for table in tables for fault in _check_table(folder, table, references))


def hash_folder(folder: Traversable, tables: tuple[str, ...] | None = None) -> str:
    """Return the SHA-256 of names and bytes of the files of ``tables``; of all and the bibliography without."""
    digest = sha256()
    wanted = None if tables is None else {f"{name}{end}" for name in tables for end in (".csv", ".toml")}
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        known = path.name.endswith((".csv", ".toml", ".bib")) if wanted is None else path.name in wanted
        if known:
            content = path.read_bytes()
            digest.update(f"{path.name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()
