"""What the tables say about each drug: family, labeled doses, names, limits, restrictions."""

from dataclasses import dataclass
from functools import cache

from osteon.evidence import Fact, select_facts
from osteon.therapy.drugs import AmountUnit, Drug, DrugFamily, Route
from osteon.therapy.restrictions import DrugLimit, Restriction, list_limits, list_restrictions
from osteon.units import convert

__all__ = ["DrugFacts", "LabeledDose", "describe_drug", "list_drugs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabeledDose:
    """A dose a label gives for the treatment of osteoporosis."""

    amount: float
    unit: AmountUnit
    interval_days: float
    route: Route
    source: str
    extraction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugFacts:
    """What is known here about one drug, each figure with its source.

    `labeled_doses` begins with the standard dose, the one meant when a dose is left out.
    `follow_on` is the family a guideline has follow it. `evidence_coverage` says how much the
    project's trial tables hold for it: strong, partial or sparse. `brand_names` are known
    only to point from them to the drug's own name.
    """

    drug: Drug
    family: DrugFamily
    labeled_doses: tuple[LabeledDose, ...]
    follow_on: DrugFamily | None
    limits: tuple[DrugLimit, ...]
    restrictions: tuple[Restriction, ...]
    monitoring: tuple[str, ...]
    evidence_coverage: str
    synonyms: tuple[str, ...]
    brand_names: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def standard_dose(self) -> LabeledDose:
        """The dose meant when none is written."""
        return self.labeled_doses[0]

    @property
    def unit(self) -> AmountUnit:
        """The unit this drug is written in."""
        return self.standard_dose.unit

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes this drug is given by, the usual one first."""
        return tuple(dict.fromkeys(dose.route for dose in self.labeled_doses))

    @property
    def lowest_amount(self) -> float:
        """The smallest labeled amount, in `unit`."""
        return min(dose.amount for dose in self.labeled_doses)

    @property
    def highest_amount(self) -> float:
        """The largest labeled amount, in `unit`."""
        return max(dose.amount for dose in self.labeled_doses)


def list_drugs() -> tuple[Drug, ...]:
    """List the drugs described here.

    >>> list_drugs()[0].value
    'alendronate'
    """
    return tuple(Drug)


@cache
def describe_drug(drug: Drug) -> DrugFacts:
    """Say what the tables hold about a drug.

    >>> describe_drug(Drug.DENOSUMAB).standard_dose.amount
    60.0
    """
    facts = select_facts("drugs", drug=drug.value)
    follow_on = _read_texts(facts, "follow_on")
    limits, restrictions = list_limits(drug), list_restrictions(drug)
    cited = [one.source for one in facts]
    cited += [one.source for one in limits] + [one.source for one in restrictions]
    return DrugFacts(
        drug=drug,
        family=DrugFamily(_read_texts(facts, "family")[0]),
        labeled_doses=_read_doses(facts),
        follow_on=DrugFamily(follow_on[0]) if follow_on else None,
        limits=limits,
        restrictions=restrictions,
        monitoring=_read_texts(facts, "monitoring"),
        evidence_coverage=_read_texts(facts, "evidence_coverage")[0],
        synonyms=_read_names(facts, "synonym"),
        brand_names=_read_names(facts, "brand_name"),
        sources=tuple(dict.fromkeys(cited)),
    )


def _read_texts(facts: tuple[Fact, ...], quantity: str) -> tuple[str, ...]:
    return tuple(str(fact.value) for fact in facts if fact.quantity == quantity)


def _read_names(facts: tuple[Fact, ...], kind: str) -> tuple[str, ...]:
    return tuple(fact.keys["item"] for fact in facts if fact.quantity == "name_kind" and fact.value == kind)


def _read_doses(facts: tuple[Fact, ...]) -> tuple[LabeledDose, ...]:
    items = tuple(fact.keys["item"] for fact in facts if fact.quantity == "labeled_amount")
    return tuple(_read_dose(facts, item) for item in items)


def _read_dose(facts: tuple[Fact, ...], item: str) -> LabeledDose:
    of_item = {fact.quantity: fact for fact in facts if fact.keys["item"] == item}
    amount, interval = of_item["labeled_amount"], of_item["labeled_interval"]
    return LabeledDose(
        amount=float(amount.value),
        unit=AmountUnit(amount.unit),
        interval_days=convert(float(interval.value), interval.unit, "d"),
        route=Route(str(of_item["labeled_route"].value)),
        source=amount.source,
        extraction=amount.extraction,
    )
