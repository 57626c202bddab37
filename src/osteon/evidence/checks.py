"""What every row of every table must satisfy before it may be used."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from operator import itemgetter
from typing import Final

from osteon.errors import OsteonError
from osteon.evidence.fact import Extraction, Role, SpreadKind, Statistic
from osteon.evidence.rows import Row, row_fault
from osteon.evidence.schema import TEXT_UNIT, QuantityRule, TableSchema
from osteon.units import is_known_unit

_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_SNAKE_CASE: Final = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_SPREAD_KINDS: Final = tuple(kind.value for kind in SpreadKind)
_VOCABULARIES: Final = (
    ("statistic", tuple(word.value for word in Statistic)),
    ("extraction", tuple(word.value for word in Extraction)),
    ("role", tuple(word.value for word in Role)),
)
_NEEDS_LOCATOR: Final = (Extraction.READ, Extraction.DIGITIZED)


def _check_spaces(row: Row) -> Iterator[OsteonError]:
    cells = row.cells.values()
    if not all(map(str.__eq__, cells, map(str.strip, cells))):
        for column in (name for name, cell in row.cells.items() if cell != cell.strip()):
            yield row_fault(row, "stray_space", column, "no space at either end", "Trim the cell.")


def _check_keys(row: Row, schema: TableSchema) -> Iterator[OsteonError]:
    for column, allowed in schema.key_values.items():
        if row.cells[column] not in allowed:
            expected = f"one of {', '.join(sorted(allowed))}"
            hint = "The words are listed in the table's schema file."
            yield row_fault(row, "unknown_word", column, expected, hint)


def _check_unit(row: Row, rule: QuantityRule) -> Iterator[OsteonError]:
    unit = row.cells["unit"]
    if unit != TEXT_UNIT and not is_known_unit(unit):
        yield row_fault(row, "unknown_unit", "unit", "a UCUM code or text", "Codes are case-sensitive.")
    elif unit not in rule.units:
        expected = f"one of {', '.join(rule.units)} for {row.cells['quantity']}"
        yield row_fault(row, "unit_not_allowed", "unit", expected, "Convert the value to that unit.")


def _check_text(row: Row, rule: QuantityRule) -> Iterator[OsteonError]:
    value = row.cells["value"]
    if not value or (rule.values is not None and value not in rule.values):
        expected = f"one of {', '.join(sorted(rule.values))}" if rule.values else "some text"
        hint = "The words are listed in the table's schema file."
        yield row_fault(row, "unknown_word", "value", expected, hint)


def _check_value(row: Row, rule: QuantityRule) -> Iterator[OsteonError]:
    if row.cells["unit"] == TEXT_UNIT:
        yield from _check_text(row, rule)
    elif not _NUMBER.fullmatch(row.cells["value"]):
        hint = "Leave the row out when the number is not known."
        yield row_fault(row, "not_a_number", "value", "a number", hint)
    elif rule.low_high is None or not rule.low_high[0] <= float(row.cells["value"]) <= rule.low_high[1]:
        expected = f"in {rule.low_high} {row.cells['unit']}"
        hint = "Check the sign, the unit and the decimal point."
        yield row_fault(row, "out_of_range", "value", expected, hint)


def _check_quantity(row: Row, schema: TableSchema) -> Iterator[OsteonError]:
    rule = schema.quantities.get(row.cells["quantity"])
    if rule is None:
        expected = f"one of {', '.join(sorted(schema.quantities))}"
        hint = "Declare a new quantity, with unit and range, in the table's schema file."
        yield row_fault(row, "unknown_quantity", "quantity", expected, hint)
    else:
        yield from _check_unit(row, rule)
        yield from _check_value(row, rule)


def _check_counts(row: Row) -> Iterator[OsteonError]:
    for column in ("spread", "n"):
        cell = row.cells[column]
        if cell and (not _NUMBER.fullmatch(cell) or float(cell) < 0):
            expected = "a number of zero or more, or nothing"
            yield row_fault(row, "not_a_number", column, expected, "Leave the cell empty when unknown.")


def _check_spread_kind(row: Row) -> Iterator[OsteonError]:
    kind = row.cells["spread_kind"]
    if bool(kind) != bool(row.cells["spread"]):
        expected = "a spread and its kind together, or neither"
        yield row_fault(row, "spread_without_kind", "spread_kind", expected, "Say what the spread is.")
    if kind and kind not in _SPREAD_KINDS:
        expected = f"one of {', '.join(_SPREAD_KINDS)}"
        yield row_fault(
            row, "unknown_word", "spread_kind", expected, "Give asymmetric limits as rows of their own."
        )


def _check_words(row: Row) -> Iterator[OsteonError]:
    for column, words in _VOCABULARIES:
        if row.cells[column] not in words:
            expected = f"one of {', '.join(words)}"
            yield row_fault(row, "unknown_word", column, expected, "Use the closest of these words.")
    group = row.cells["conflict_group"]
    if group and not _SNAKE_CASE.fullmatch(group):
        yield row_fault(row, "unknown_word", "conflict_group", "a snake_case name", "Name the disagreement.")


def _check_source(row: Row, reference_keys: Collection[str]) -> Iterator[OsteonError]:
    if row.cells["source"] not in reference_keys:
        expected = "a key of references.bib"
        yield row_fault(row, "unknown_source", "source", expected, "Add the paper at the end of the file.")
    if row.cells["extraction"] in _NEEDS_LOCATOR and not row.cells["locator"]:
        expected = "the table, figure, section or abstract"
        yield row_fault(row, "no_locator", "locator", expected, "Say where in the source the number stands.")


def check_row(row: Row, schema: TableSchema, reference_keys: Collection[str]) -> Iterator[OsteonError]:
    """Yield every fault of one row by itself."""
    yield from _check_spaces(row)
    yield from _check_keys(row, schema)
    yield from _check_quantity(row, schema)
    yield from _check_counts(row)
    yield from _check_spread_kind(row)
    yield from _check_words(row)
    yield from _check_source(row, reference_keys)


def check_unique(rows: Sequence[Row], schema: TableSchema) -> Iterator[OsteonError]:
    """Yield a fault for each repeated fact that is not part of one named disagreement.

    Rows of one conflict group must still differ by source or locator.
    """
    identify = itemgetter(*schema.identity)
    seen: dict[tuple[str, ...], dict[tuple[str, str], Row]] = {}
    for row in rows:
        places = seen.setdefault(identify(row.cells), {})
        place = (row.cells["source"], row.cells["locator"])
        groups = {other.cells["conflict_group"] for other in places.values()}
        if places and (groups != {row.cells["conflict_group"]} or groups == {""} or place in places):
            lines = ", ".join(str(other.line) for other in places.values())
            expected = f"one row, or a shared conflict_group (also on line {lines})"
            hint = "Rows that disagree share a group name and differ by source or locator."
            yield row_fault(row, "duplicate", "conflict_group", expected, hint)
        places[place] = row
