"""Who a drug is not for, and how long it is for, as labels and guidelines say."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from osteon.evidence import Fact, select_facts
from osteon.therapy.drugs import Drug

__all__ = [
    "Condition",
    "DrugLimit",
    "LabelRegion",
    "LimitKind",
    "Restriction",
    "RestrictionKind",
    "find_limits",
    "list_limits",
    "list_restrictions",
]


class LabelRegion(StrEnum):
    """Whose label a statement is from; ANY for a guideline."""

    US = "us"
    EU = "eu"
    ANY = "any"


class Condition(StrEnum):
    """A state of the patient that restricts a drug; also the name of a `PatientContext` field."""

    ACUTE_RENAL_IMPAIRMENT = "acute_renal_impairment"
    CANNOT_SIT_UPRIGHT = "cannot_sit_upright"
    ESOPHAGEAL_DISEASE = "esophageal_disease"
    HYPERCALCEMIA = "hypercalcemia"
    HYPOCALCEMIA = "hypocalcemia"
    LOW_RENAL_CLEARANCE = "low_renal_clearance"
    MALE = "male"
    METABOLIC_BONE_DISEASE = "metabolic_bone_disease"
    MYOCARDIAL_INFARCTION = "myocardial_infarction"
    OPEN_EPIPHYSES = "open_epiphyses"
    PREGNANCY = "pregnancy"
    RAISED_STROKE_RISK = "raised_stroke_risk"
    SKELETAL_MALIGNANCY = "skeletal_malignancy"
    SKELETAL_RADIATION = "skeletal_radiation"
    STROKE = "stroke"
    UNEXPLAINED_HIGH_ALKALINE_PHOSPHATASE = "unexplained_high_alkaline_phosphatase"
    UROLITHIASIS = "urolithiasis"
    VENOUS_THROMBOEMBOLISM = "venous_thromboembolism"
    VITAMIN_D_DEFICIENCY = "vitamin_d_deficiency"


class RestrictionKind(StrEnum):
    """How strongly a source speaks."""

    CONTRAINDICATED = "contraindicated"
    BOXED_WARNING = "boxed_warning"
    NOT_RECOMMENDED = "not_recommended"
    NOT_INDICATED = "not_indicated"
    CAUTION = "caution"


class LimitKind(StrEnum):
    """What a limit on the length of treatment means."""

    COURSE_DOSES = "course_doses"
    COURSE_LIMIT = "course_limit"
    REVIEW_AFTER = "review_after"
    EXTENDED_LIMIT = "extended_limit"
    PAUSE_RECHECK_AFTER = "pause_recheck_after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """One statement that a drug is not for, or only with care for, a patient in some state.

    `clearance_limit_ml_min` is the renal clearance below which it holds; `within_months` the
    time since the event within which it holds; None: always.
    """

    drug: Drug
    condition: Condition
    region: LabelRegion
    kind: RestrictionKind
    clearance_limit_ml_min: float | None
    within_months: float | None
    source: str
    extraction: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugLimit:
    """One limit on the length of treatment, in months (COURSE_DOSES: in doses)."""

    drug: Drug
    region: LabelRegion
    kind: LimitKind
    value: float
    source: str
    extraction: str
    note: str


@cache
def list_restrictions(drug: Drug) -> tuple[Restriction, ...]:
    """List every restriction of a drug in the table `contraindications`.

    >>> {str(r.condition) for r in list_restrictions(Drug.ZOLEDRONATE)} >= {"hypocalcemia"}
    True
    """
    facts = select_facts("contraindications", drug=drug.value)
    return tuple(_read_restriction(drug, fact, facts) for fact in facts if fact.quantity == "restriction")


def _read_restriction(drug: Drug, fact: Fact, facts: tuple[Fact, ...]) -> Restriction:
    limits = {other.quantity: float(other.value) for other in facts if _is_limit(other, fact)}
    return Restriction(
        drug=drug,
        condition=Condition(fact.keys["condition"]),
        region=LabelRegion(fact.keys["region"]),
        kind=RestrictionKind(str(fact.value)),
        clearance_limit_ml_min=limits.get("clearance_limit"),
        within_months=limits.get("within_months"),
        source=fact.source,
        extraction=fact.extraction,
        note=fact.note,
    )


def _is_limit(fact: Fact, restriction: Fact) -> bool:
    return fact.quantity != "restriction" and fact.keys == restriction.keys


@cache
def list_limits(drug: Drug) -> tuple[DrugLimit, ...]:
    """List every limit on the length of treatment with a drug, from the table `drug_limits`.

    >>> [limit.value for limit in list_limits(Drug.ABALOPARATIDE)]
    [24.0, 18.0]
    """
    return tuple(
        DrugLimit(
            drug=drug,
            region=LabelRegion(fact.keys["region"]),
            kind=LimitKind(fact.quantity),
            value=float(fact.value),
            source=fact.source,
            extraction=fact.extraction,
            note=fact.note,
        )
        for fact in select_facts("drug_limits", drug=drug.value)
    )


def find_limits(drug: Drug, kind: LimitKind) -> tuple[DrugLimit, ...]:
    """Find the limits of one kind, one for each region that states it; none is possible."""
    return tuple(limit for limit in list_limits(drug) if limit.kind is kind)
