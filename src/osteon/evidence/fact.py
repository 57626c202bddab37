"""One fact of the evidence tables, and the words that may describe it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Statistic(StrEnum):
    """What kind of summary a value is."""

    MEAN = "mean"
    MEDIAN = "median"
    SHARE = "share"
    COUNT = "count"
    ESTIMATE = "estimate"
    DIFFERENCE = "difference"
    STANDARDIZED_DIFFERENCE = "standardized_difference"
    RATIO = "ratio"
    HAZARD_RATIO = "hazard_ratio"
    ODDS_RATIO = "odds_ratio"
    RISK_RATIO = "risk_ratio"
    CORRELATION = "correlation"
    DETERMINATION = "determination"
    SLOPE = "slope"
    INTERCEPT = "intercept"
    COEFFICIENT = "coefficient"
    SD = "sd"
    CV = "cv"
    VARIANCE = "variance"
    LIMIT = "limit"
    LOWER_LIMIT = "lower_limit"
    UPPER_LIMIT = "upper_limit"
    LOWER_BOUND = "lower_bound"
    UPPER_BOUND = "upper_bound"
    LOWER_CI95 = "lower_ci95"
    UPPER_CI95 = "upper_ci95"
    RULE = "rule"


class SpreadKind(StrEnum):
    """What the spread beside a value is."""

    SD = "sd"
    SE = "se"
    CI95_HALF = "ci95_half"
    IQR_HALF = "iqr_half"
    RANGE = "range"


class Extraction(StrEnum):
    """How a number came into the table."""

    READ = "read"
    DIGITIZED = "digitized"
    COMPUTED = "computed"
    RECALLED = "recalled"


class Role(StrEnum):
    """What a fact may be used for."""

    CALIBRATION = "calibration"
    VALIDATION = "validation"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class FactKeys(Mapping[str, str]):
    """The key columns of a fact, as a mapping that cannot change and can be hashed.

    >>> FactKeys((("site", "total_hip"), ("month", "12")))["month"]
    '12'
    """

    items_in_order: tuple[tuple[str, str], ...]

    def __getitem__(self, name: str) -> str:
        """Return the value of one key column."""
        for key, value in self.items_in_order:
            if key == name:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the key columns."""
        return (key for key, _ in self.items_in_order)

    def __len__(self) -> int:
        """Return the number of key columns."""
        return len(self.items_in_order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row of one evidence table: a value with its unit, spread, source and role.

    `value` is text only where `unit` is "text". `fact_id` is unique over all tables and does
    not depend on the order of the rows.
    """

    table: str
    keys: Mapping[str, str]
    quantity: str
    value: float | str
    unit: str
    statistic: Statistic
    spread: float | None
    spread_kind: SpreadKind | None
    n: float | None
    source: str
    locator: str
    extraction: Extraction
    role: Role
    conflict_group: str
    note: str
    fact_id: str

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind this fact, as `cite` reads them."""
        return (self.source,)

    @property
    def number(self) -> float:
        """The value of a fact that is a number.

        Raises TypeError for a text fact: that is a mistake of the caller, not of the data.
        """
        if isinstance(self.value, str):
            message = f"{self.fact_id} is a text fact"
            raise TypeError(message)
        return self.value
