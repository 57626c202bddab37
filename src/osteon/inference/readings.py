"""What was measured or given beside the scans, each with its day: turnover markers and injections."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from osteon.errors import BadInputError
from osteon.evidence import select_facts
from osteon.therapy import AmountUnit, Drug, Prescription, Route, describe_drug

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Injection", "Marker", "MarkerReading"]


class Marker(StrEnum):
    """A turnover marker: CTX of resorption, P1NP of formation."""

    CTX = "ctx"
    P1NP = "p1np"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerReading:
    """One result of a turnover marker: CTX in ng/L, P1NP in ug/L.

    ``fasting_morning`` is whether it was drawn in the morning, fasting; None when unknown. Raises
    ``marker.out_of_range``.

    >>> MarkerReading(marker=Marker.CTX, value=420.0).marker.value
    'ctx'
    """

    marker: Marker
    value: float
    date: date | None = None
    assay: str | None = None
    fasting_morning: bool | None = None

    def __post_init__(self) -> None:
        """Refuse a value that no serum holds, as one in another unit would be."""
        low, high, unit = _find_limits(self.marker)
        if not low <= self.value <= high:
            raise BadInputError(
                code="marker.out_of_range",
                field=f"MarkerReading.value ({self.marker})",
                got=f"{self.value:g}",
                expected=f"{low:g} to {high:g} {unit}",
                hint="CTX is given in ng/L (1 ug/L is 1000 ng/L), P1NP in ug/L.",
            )


@cache
def _find_limits(marker: Marker) -> tuple[float, float, str]:
    facts = select_facts("marker_levels", quantity="plausible_value", marker=marker.value)
    found = {str(fact.statistic): fact for fact in facts}
    low, high = found["lower_limit"], found["upper_limit"]
    return low.number, high.number, low.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """One dose that was given by needle on a day: denosumab, romosozumab, zoledronate or ibandronate.

    ``unit`` is mg or ug. Raises ``injection.not_injected``, or what a prescription of that dose raises.

    >>> from datetime import date
    >>> Injection(drug=Drug.DENOSUMAB, amount=60, unit="mg", date=date(2025, 3, 1)).drug.value
    'denosumab'
    """

    drug: Drug
    amount: float
    unit: str
    date: date

    def __post_init__(self) -> None:
        """Refuse a drug that is swallowed or taken daily, and a dose that cannot be."""
        if self.drug not in _GIVEN_AT_ONCE:
            raise BadInputError(
                code="injection.not_injected",
                field="Injection.drug",
                got=self.drug.value,
                expected=", ".join(sorted(_GIVEN_AT_ONCE)),
                hint="Drugs that are taken daily or by mouth belong into the history.",
            )
        if self.unit not in set(AmountUnit):
            raise BadInputError(
                code="injection.unknown_unit",
                field=f"Injection.unit ({self.drug})",
                got=self.unit,
                expected="mg or ug",
                hint="Write the dose as on its label.",
            )
        prescribe_injection(self)


_GIVEN_AT_ONCE = frozenset({Drug.DENOSUMAB, Drug.ROMOSOZUMAB, Drug.ZOLEDRONATE, Drug.IBANDRONATE})


def prescribe_injection(injection: Injection) -> Prescription:
    """Return the injection as the single dose that it is."""
    routes = describe_drug(injection.drug).routes
    return Prescription(
        drug=injection.drug,
        amount=injection.amount,
        unit=AmountUnit(injection.unit),
        interval_days=None,
        route=Route.INTRAVENOUS if Route.INTRAVENOUS in routes else routes[0],
    )
