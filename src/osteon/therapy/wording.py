"""Print a sequence in the one canonical form that `parse_sequence` reads back unchanged."""

from decimal import Decimal

from osteon.therapy.drugs import Route
from osteon.therapy.facts import describe_drug
from osteon.therapy.prescribing import choose_route
from osteon.therapy.quantity_words import format_number, format_rhythm
from osteon.therapy.sequence import Persistence, Prescription, Regimen, Sequence, StatedPersistence

__all__ = ["format_prescription", "format_regimen", "format_sequence"]

_ROUTE_TEXT = {Route.ORAL: "oral", Route.INTRAVENOUS: "IV", Route.SUBCUTANEOUS: "SC"}


def format_sequence(sequence: Sequence) -> str:
    """Print a sequence in canonical form.

    >>> from osteon.therapy.grammar import parse_sequence
    >>> format_sequence(parse_sequence("Denosumab for 3 years then nothing for 1 year"))
    'denosumab 60 mg every 6 months for 36 months, then no drug for 12 months'
    """
    return ", then ".join(format_regimen(regimen) for regimen in sequence.regimens)


def format_regimen(regimen: Regimen) -> str:
    """Print one regimen in canonical form."""
    taken = (*map(format_prescription, regimen.prescriptions), *regimen.lifestyle)
    single = bool(regimen.prescriptions) and all(
        prescription.interval_days is None for prescription in regimen.prescriptions
    )
    length = f"{', observed' if single else ''} for {_format_length(regimen.duration_months)}"
    return (" and ".join(taken) or "no drug") + length + _format_suffixes(regimen)


def format_prescription(prescription: Prescription) -> str:
    """Print one prescription; the route only where it is not the drug's usual one."""
    facts = describe_drug(prescription.drug)
    meant = choose_route(facts, prescription.amount, prescription.interval_days)
    usual = prescription.route == meant == facts.routes[0]
    words = (
        prescription.drug.value,
        format_number(prescription.amount),
        prescription.unit.value,
        "" if usual else _ROUTE_TEXT[prescription.route],
        format_rhythm(prescription.interval_days),
    )
    return " ".join(word for word in words if word)


def _format_length(months: float) -> str:
    return f"{format_number(months)} month{'' if months == 1 else 's'}"


def _format_suffixes(regimen: Regimen) -> str:
    adherence = f" at {_format_percent(regimen.adherence)} adherence"
    return (adherence if regimen.adherence < 1 else "") + _format_persistence(regimen.persistence)


def _format_persistence(persistence: Persistence | None) -> str:
    if persistence is None:
        return ""
    if isinstance(persistence, StatedPersistence):
        share = _format_percent(persistence.share)
        return f" with {share} persistence at {_format_length(persistence.at_months)}"
    return " with real-world persistence"


def _format_percent(share: float) -> str:
    return format_number(Decimal(repr(share)) * 10**2) + "%"
