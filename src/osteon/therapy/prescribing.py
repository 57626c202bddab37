"""Read one prescription: a drug, and as much of its dose, route and rhythm as is written."""

import math
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches

from osteon.errors import BadInputError
from osteon.therapy.drugs import AmountUnit, Drug, Route
from osteon.therapy.facts import DrugFacts, LabeledDose, describe_drug, list_drugs
from osteon.therapy.quantity_words import read_number, read_rhythm, sees_rhythm
from osteon.therapy.scanner import Cursor, Token, TokenKind
from osteon.therapy.sequence import Prescription

__all__ = ["choose_route", "read_prescription"]

_UNIT_WORDS = {
    "mg": AmountUnit.MG,
    "ug": AmountUnit.UG,
    "mcg": AmountUnit.UG,
    "\u00b5g": AmountUnit.UG,
    "\u03bcg": AmountUnit.UG,
}
_ROUTE_WORDS = {
    "oral": Route.ORAL,
    "orally": Route.ORAL,
    "po": Route.ORAL,
    "iv": Route.INTRAVENOUS,
    "intravenous": Route.INTRAVENOUS,
    "intravenously": Route.INTRAVENOUS,
    "sc": Route.SUBCUTANEOUS,
    "subcutaneous": Route.SUBCUTANEOUS,
    "subcutaneously": Route.SUBCUTANEOUS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """What stands in the text after the name of a drug; None where nothing stands."""

    amount: float | None
    route: Route | None
    interval_days: float | None
    has_rhythm: bool


def read_prescription(cursor: Cursor) -> Prescription:
    """Read a drug with its dose; what is left out is filled from the labeled doses."""
    start = cursor.token
    facts = describe_drug(_read_drug(cursor))
    written = _read_written(cursor, facts)
    dose = _choose_dose(facts, written)
    if dose is None:
        raise _report_unknown_dose(cursor, start, facts)
    amount = dose.amount if written.amount is None else written.amount
    interval_days = written.interval_days if written.has_rhythm else dose.interval_days
    route = written.route or choose_route(facts, amount, interval_days)
    with cursor.faults_since(start):
        return Prescription(
            drug=facts.drug, amount=amount, unit=facts.unit, interval_days=interval_days, route=route
        )


def _read_written(cursor: Cursor, facts: DrugFacts) -> _Written:
    amount = _read_amount(cursor, facts) if cursor.token.kind is TokenKind.NUMBER else None
    route = _read_route(cursor)
    has_rhythm = sees_rhythm(cursor)
    interval_days = read_rhythm(cursor) if has_rhythm else None
    return _Written(
        amount=amount,
        route=route or _read_route(cursor),
        interval_days=interval_days,
        has_rhythm=has_rhythm,
    )


def _read_amount(cursor: Cursor, facts: DrugFacts) -> float:
    number = read_number(cursor, "an amount")
    unit = _UNIT_WORDS.get(cursor.token.text)
    if unit is None:
        raise cursor.fault(code="amount_unit", expected="mg or ug")
    cursor.advance()
    if unit is facts.unit:
        return float(number)
    return float(number * 10**3 if unit is AmountUnit.MG else number / Decimal(10**3))


def _read_route(cursor: Cursor) -> Route | None:
    route = _ROUTE_WORDS.get(cursor.token.text)
    if route is not None:
        cursor.advance()
    return route


def choose_route(facts: DrugFacts, amount: float, interval_days: float | None) -> Route:
    """Choose the route meant where none is written: that of the nearest labeled dose.

    A label that names this very amount comes first; else the nearest amount per day counts,
    or, for a single dose, the nearest amount. An amount that is none has the usual route.
    """
    if not 0 < amount < math.inf:
        return facts.routes[0]

    def rank(dose: LabeledDose) -> tuple[bool, float]:
        rate = 1 if interval_days is None else interval_days / dose.interval_days
        return dose.amount != amount, abs(math.log(dose.amount * rate / amount))

    return min(facts.labeled_doses, key=rank).route


def _choose_dose(facts: DrugFacts, written: _Written) -> LabeledDose | None:
    """Choose the labeled dose that fills what is not written; None if that is not settled."""
    doses = [
        dose
        for dose in facts.labeled_doses
        if written.amount in {None, dose.amount}
        and (written.route not in facts.routes or written.route is dose.route)
        and (not written.has_rhythm or written.interval_days in {None, dose.interval_days})
    ]
    if doses:
        return doses[0]
    complete = written.amount is not None and written.has_rhythm
    one_amount = facts.lowest_amount == facts.highest_amount and written.amount is None
    return facts.standard_dose if complete or one_amount else None


def _report_unknown_dose(cursor: Cursor, start: Token, facts: DrugFacts) -> BadInputError:
    return cursor.fault(
        code="dose_not_settled",
        expected="an amount and a rhythm",
        hint=f"No labeled dose of {facts.drug} fills in what is left out here.",
        token=cursor.span_from(start),
    )


def _read_drug(cursor: Cursor) -> Drug:
    token = cursor.token
    names = _list_names()
    for name in sorted(names, key=len, reverse=True):
        if cursor.accept(*name.split()):
            return names[name]
    raise cursor.fault(
        code="unknown_drug",
        expected="one of " + ", ".join(list_drugs()),
        hint=_suggest_drug(token.text),
    )


def _list_names() -> dict[str, Drug]:
    return {name: drug for drug in list_drugs() for name in (drug.value, *describe_drug(drug).synonyms)}


def _suggest_drug(word: str) -> str:
    for drug in list_drugs():
        if word in {brand.lower() for brand in describe_drug(drug).brand_names}:
            return f"{word.capitalize()} is a brand name: write {drug}."
    near = get_close_matches(word, _list_names(), n=1)
    if near:
        return f"Did you mean {_list_names()[near[0]]}?"
    return 'Write a drug by its non-proprietary name, or "no drug".'
