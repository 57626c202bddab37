"""What a table may hold: its key columns and the unit and range of each quantity."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Final, TypeGuard

from osteon.errors import OsteonError
from osteon.units import is_known_unit

FIXED_COLUMNS: Final = (
    "quantity",
    "value",
    "unit",
    "statistic",
    "spread",
    "spread_kind",
    "n",
    "source",
    "locator",
    "extraction",
    "role",
    "conflict_group",
    "note",
)
TEXT_UNIT: Final = "text"
_TABLE_FIELDS: Final = frozenset({"description", "keys", "key_values", "quantities"})
_QUANTITY_FIELDS: Final = frozenset({"unit", "low", "high", "values"})


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityRule:
    """The units a quantity may have and the closed range, `low_high`, of its numbers.

    Text has no range; `values` lists the words a text quantity may take; None leaves the text free.
    """

    units: tuple[str, ...]
    low_high: tuple[float, float] | None
    values: frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSchema:
    """The shape of one evidence table, read from the TOML file beside it.

    `key_values` restricts key columns to listed words.
    """

    table: str
    description: str
    keys: tuple[str, ...]
    key_values: Mapping[str, frozenset[str]]
    quantities: Mapping[str, QuantityRule]

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns that are unique together outside a conflict group."""
        return (*self.keys, "quantity", "statistic")

    @property
    def columns(self) -> tuple[str, ...]:
        """The header that the table's CSV file must have."""
        return (*self.keys, *FIXED_COLUMNS)


def schema_fault(table: str, place: str, got: str, expected: str) -> OsteonError:
    """Build the error for a fault in the schema file of a table."""
    return OsteonError(
        code="evidence.bad_schema",
        field=f"{table}.toml {place}".rstrip(),
        got=got,
        expected=expected,
        hint="The data directory's README describes the schema file beside a table.",
    )


def _refuse_unknown(table: str, place: str, found: Mapping[str, object], known: frozenset[str]) -> None:
    unknown = sorted(set(found) - known)
    if unknown:
        raise schema_fault(table, place, ", ".join(unknown), f"only {', '.join(sorted(known))}")


def _read_units(table: str, name: str, unit: object) -> tuple[str, ...]:
    units = [unit] if isinstance(unit, str) else unit
    if not _are_words(units) or not all(code == TEXT_UNIT or is_known_unit(code) for code in units):
        raise schema_fault(table, f"quantities.{name}.unit", repr(unit), "known UCUM codes or text")
    return tuple(units)


def _read_range(
    table: str, place: str, units: tuple[str, ...], entry: Mapping[str, object]
) -> tuple[float, float] | None:
    low, high = entry.get("low"), entry.get("high")
    is_text = units == (TEXT_UNIT,)
    if is_text and low is None and high is None:
        return None
    if not is_text and isinstance(low, int | float) and isinstance(high, int | float) and low <= high:
        return low, high
    expected = "low <= high for a number, neither for text"
    raise schema_fault(table, place, f"low={low}, high={high}", expected)


def _are_words(found: object) -> TypeGuard[list[str]]:
    return isinstance(found, list) and bool(found) and all(isinstance(word, str) for word in found)


def _read_words(table: str, place: str, found: object) -> frozenset[str]:
    if not _are_words(found):
        raise schema_fault(table, place, repr(found), "a list of words")
    return frozenset(found)


def _read_entries(table: str, place: str, content: Mapping[str, object]) -> Mapping[str, object]:
    found = content.get(place, {})
    if not isinstance(found, dict):
        raise schema_fault(table, place, repr(found), "a table of entries")
    return found


def _read_rule(table: str, name: str, entry: object) -> QuantityRule:
    place = f"quantities.{name}"
    if not isinstance(entry, dict):
        raise schema_fault(table, place, repr(entry), "an entry with a unit")
    _refuse_unknown(table, place, entry, _QUANTITY_FIELDS)
    units = _read_units(table, name, entry.get("unit"))
    words = entry.get("values")
    return QuantityRule(
        units=units,
        low_high=_read_range(table, place, units, entry),
        values=None if words is None else _read_words(table, f"{place}.values", words),
    )


def parse_schema(table: str, text: str) -> TableSchema:
    r"""Read the schema file of a table; anything unknown in it is refused.

    Raises `evidence.bad_schema`.

    >>> schema = parse_schema(
    ...     "probe",
    ...     'description = "A probe."\nkeys = ["site"]\n[quantities.t_score]\n'
    ...     'unit = "{T-score}"\nlow = -8\nhigh = 8\n',
    ... )
    >>> schema.quantities["t_score"].units
    ('{T-score}',)
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise schema_fault(table, "", str(problem), "a TOML file") from problem
    _refuse_unknown(table, "", content, _TABLE_FIELDS)
    description, keys = content.get("description"), content.get("keys")
    if not isinstance(description, str) or not _are_words(keys) or set(keys) & set(FIXED_COLUMNS):
        raise schema_fault(table, "keys", repr(keys), "a description and a list of key columns")
    key_values = _read_entries(table, "key_values", content)
    _refuse_unknown(table, "key_values", key_values, frozenset(keys))
    quantities = _read_entries(table, "quantities", content)
    return TableSchema(
        table=table,
        description=description,
        keys=tuple(keys),
        key_values=MappingProxyType(
            {key: _read_words(table, f"key_values.{key}", words) for key, words in key_values.items()}
        ),
        quantities=MappingProxyType(
            {name: _read_rule(table, name, entry) for name, entry in quantities.items()}
        ),
    )


def read_schema(folder: Traversable, table: str) -> TableSchema:
    """Read the schema file beside a table.

    Raises `evidence.unknown_table` when there is none, or `evidence.bad_schema`.
    """
    path = folder / f"{table}.toml"
    if not path.is_file():
        raise OsteonError(
            code="evidence.unknown_table",
            field="table",
            got=repr(table),
            expected=f"a table with a schema file {table}.toml beside it",
            hint="list_tables() names the tables there are.",
        )
    return parse_schema(table, path.read_text(encoding="utf-8"))
