"""Asking for facts, and keeping a record of which were opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from osteon.errors import OsteonError
from osteon.evidence.fact import Fact, Role
from osteon.evidence.package_data import describe_table, load_checked_facts


@dataclass(slots=True)
class OpeningLog:
    """The facts opened while a recording was on, in the order of first opening."""

    _facts: dict[str, Fact] = field(default_factory=dict)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts opened so far."""
        return tuple(self._facts.values())

    @property
    def roles(self) -> frozenset[Role]:
        """The roles of the facts opened so far."""
        return frozenset(fact.role for fact in self.facts)

    def add_facts(self, facts: Iterable[Fact]) -> None:
        """Note that facts were opened."""
        self._facts.update((fact.fact_id, fact) for fact in facts)


_open_logs: Final[ContextVar[tuple[OpeningLog, ...]]] = ContextVar("open_logs", default=())


@contextmanager
def record_openings() -> Iterator[OpeningLog]:
    """Record every fact handed out inside the `with` block, by whichever function.

    >>> with record_openings() as log:
    ...     _ = open_calibration_facts("variability")
    >>> [role.value for role in log.roles]
    ['calibration']
    """
    log = OpeningLog()
    token = _open_logs.set((*_open_logs.get(), log))
    try:
        yield log
    finally:
        _open_logs.reset(token)


def _hand_out(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    for log in _open_logs.get():
        log.add_facts(facts)
    return facts


def _refuse_unknown_keys(table: str, keys: Mapping[str, object]) -> None:
    known = describe_table(table).keys
    unknown = [name for name in keys if name not in known]
    if unknown:
        raise OsteonError(
            code="evidence.unknown_key",
            field=f"{table} key",
            got=", ".join(unknown),
            expected=f"only {', '.join(known)}",
            hint="describe_table(table).keys names the key columns.",
        )


def _match_facts(
    table: str, quantity: str | None, role: Role | str | None, keys: Mapping[str, object]
) -> tuple[Fact, ...]:
    _refuse_unknown_keys(table, keys)
    wanted = tuple((name, str(value)) for name, value in keys.items())
    return tuple(
        fact
        for fact in load_checked_facts(table)
        if (quantity is None or fact.quantity == quantity)
        and (role is None or fact.role == role)
        and all(fact.keys[name] == value for name, value in wanted)
    )


def load_facts(table: str) -> tuple[Fact, ...]:
    """Return every fact of a table in file order.

    Every row is checked when the table is first read, and the first fault is raised with its
    table and line; `check_all_tables` collects all of them.
    """
    return _hand_out(load_checked_facts(table))


def select_facts(
    table: str, *, quantity: str | None = None, role: Role | str | None = None, **keys: str | int
) -> tuple[Fact, ...]:
    """Return the facts of a table with a quantity, a role and key values, maybe none.

    A key column that the table does not have raises `evidence.unknown_key`.

    >>> {fact.unit for fact in select_facts("variability", quantity="sd_of_percent_change")}
    {'%'}
    """
    return _hand_out(_match_facts(table, quantity, role, keys))


def find_fact(
    table: str, *, quantity: str | None = None, statistic: str | None = None, **keys: str | int
) -> Fact:
    """Return the one fact that matches.

    Raises `evidence.not_found` or `evidence.ambiguous`.

    >>> fact = find_fact(
    ...     "probability_cells",
    ...     quantity="probability_above_target",
    ...     study="cosman2021",
    ...     sequence="alendronate 70 mg weekly for 36 months",
    ...     site="total_hip",
    ...     baseline_t_score="-3.0",
    ... )
    >>> fact.value, fact.unit
    (9.0, '%')
    """
    matches = _match_facts(table, quantity, None, keys)
    facts = tuple(fact for fact in matches if statistic is None or fact.statistic == statistic)
    if len(facts) != 1:
        raise OsteonError(
            code="evidence.ambiguous" if facts else "evidence.not_found",
            field=f"{table} {quantity or 'any quantity'} {dict(keys)}",
            got=f"{len(facts)} facts",
            expected="exactly one fact",
            hint="Give more keys, or use select_facts." if facts else "Check the spelling of the values.",
        )
    return _hand_out(facts)[0]


def open_calibration_facts(table: str) -> tuple[Fact, ...]:
    """Return only the facts that a fit may see; rows held back for validation stay closed."""
    return _hand_out(_match_facts(table, None, Role.CALIBRATION, {}))
