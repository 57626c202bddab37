"""Is this drug for this patient? Restrictions against what is known, and what is not."""

from collections.abc import Iterator

from osteon.therapy.context import PatientContext
from osteon.therapy.drugs import Drug, Route
from osteon.therapy.findings import Finding, Severity, find_rule_limit, state_rule
from osteon.therapy.restrictions import (
    Condition,
    LabelRegion,
    Restriction,
    RestrictionKind,
    list_restrictions,
)
from osteon.therapy.runs import BISPHOSPHONATES, list_given, list_runs
from osteon.therapy.sequence import Sequence

__all__ = [
    "check_pause_risk",
    "check_restrictions",
    "holds_restriction",
    "list_relevant",
    "list_unknown",
    "report_restriction",
]

_ORAL_ONLY = frozenset({Condition.ESOPHAGEAL_DISEASE, Condition.CANNOT_SIT_UPRIGHT})
_KIND_TEXT = {
    RestrictionKind.CONTRAINDICATED: "contraindicated with",
    RestrictionKind.BOXED_WARNING: "boxed warning for",
    RestrictionKind.NOT_RECOMMENDED: "not recommended with",
    RestrictionKind.NOT_INDICATED: "not indicated for",
    RestrictionKind.CAUTION: "care is advised with",
}
_REGION_TEXT = {
    LabelRegion.US: "US label",
    LabelRegion.EU: "EU label",
    LabelRegion.ANY: "guideline",
}
_CONDITION_TEXT = {
    Condition.MALE: "men",
    Condition.CANNOT_SIT_UPRIGHT: "inability to sit or stand upright after a dose",
    Condition.ESOPHAGEAL_DISEASE: "esophageal disease that delays emptying",
    Condition.METABOLIC_BONE_DISEASE: "metabolic bone disease other than osteoporosis",
    Condition.SKELETAL_MALIGNANCY: "skeletal malignancy or bone metastases",
    Condition.SKELETAL_RADIATION: "earlier radiation to the skeleton",
    Condition.VENOUS_THROMBOEMBOLISM: "present or past venous thromboembolism",
    Condition.VITAMIN_D_DEFICIENCY: "vitamin D deficiency",
}
_UNKNOWN_TEXT = {Condition.LOW_RENAL_CLEARANCE: "kidney function", Condition.MALE: "sex"}


def check_restrictions(sequence: Sequence, context: PatientContext) -> Iterator[Finding]:
    """Yield a finding for each restriction of a drug in the sequence that holds."""
    for restriction in list_relevant(sequence, context):
        if holds_restriction(restriction, context):
            yield report_restriction(restriction, context)


def list_unknown(sequence: Sequence, context: PatientContext) -> tuple[str, ...]:
    """Name what is not known of the patient although a drug in the sequence turns on it."""
    return tuple(
        dict.fromkeys(
            _UNKNOWN_TEXT.get(restriction.condition) or _name_condition(restriction.condition)
            for restriction in list_relevant(sequence, context)
            if holds_restriction(restriction, context) is None
        )
    )


def check_pause_risk(sequence: Sequence, context: PatientContext) -> Iterator[Finding]:
    """Yield a finding where a bisphosphonate is paused although the patient is at high risk."""
    reasons = ", ".join(_list_reasons_against_pause(context))
    for run in list_runs(sequence, BISPHOSPHONATES):
        if run.quiet_months and reasons:
            yield state_rule("bisphosphonate_pause_high_risk", drug=run.last_drug, reasons=reasons)


def list_relevant(sequence: Sequence, context: PatientContext) -> tuple[Restriction, ...]:
    """List the restrictions of the drugs in a sequence that the patient's label region knows."""
    given = dict.fromkeys(drug for one in sequence.regimens for drug in list_given(one))
    regions = {context.label_region, LabelRegion.ANY}
    return tuple(
        restriction
        for drug in given
        for restriction in list_restrictions(drug)
        if context.label_region is None or restriction.region in regions
        if restriction.condition not in _ORAL_ONLY or _is_oral(sequence, drug)
    )


def _is_oral(sequence: Sequence, drug: Drug) -> bool:
    return any(
        prescription.drug is drug and prescription.route is Route.ORAL
        for regimen in sequence.regimens
        for prescription in regimen.prescriptions
    )


def holds_restriction(restriction: Restriction, context: PatientContext) -> bool | None:
    """Whether a restriction holds; None where what it turns on is not known."""
    if restriction.clearance_limit_ml_min is not None:
        clearance = context.renal_clearance_ml_min
        return None if clearance is None else clearance < restriction.clearance_limit_ml_min
    present: bool | None = getattr(context, restriction.condition)
    months: float | None = getattr(context, f"months_since_{restriction.condition}", None)
    if restriction.within_months is None or not present:
        return present
    return None if months is None else months < restriction.within_months


def report_restriction(restriction: Restriction, context: PatientContext) -> Finding:
    """State a restriction that holds as a finding."""
    refused = restriction.kind is RestrictionKind.CONTRAINDICATED or (
        restriction.kind is RestrictionKind.BOXED_WARNING and restriction.within_months is not None
    )
    whose = _REGION_TEXT[restriction.region]
    state = _describe_state(restriction, context)
    return Finding(
        code=f"restricted_{restriction.condition}",
        severity=Severity.CONTRAINDICATED if refused else Severity.CAUTION,
        message=f"{restriction.drug.capitalize()}, {whose}: {_KIND_TEXT[restriction.kind]} {state}.",
        source=restriction.source,
        extraction=restriction.extraction,
    )


def _describe_state(restriction: Restriction, context: PatientContext) -> str:
    if restriction.clearance_limit_ml_min is not None:
        clearance = f"{context.renal_clearance_ml_min:g} mL/min"
        return f"a renal clearance of {clearance} (below {restriction.clearance_limit_ml_min:g})"
    within = f" within {restriction.within_months:g} months" if restriction.within_months else ""
    return _name_condition(restriction.condition) + within


def _name_condition(condition: Condition) -> str:
    return _CONDITION_TEXT.get(condition, condition.replace("_", " "))


def _list_reasons_against_pause(context: PatientContext) -> tuple[str, ...]:
    rule = "bisphosphonate_pause_high_risk"
    age = find_rule_limit(rule, "oldest_age")
    lowest = find_rule_limit(rule, "lowest_t_score")
    held = {
        f"age over {age:g}": context.age_years is not None and context.age_years > age,
        f"hip T-score at or below {lowest:g}": (
            context.hip_t_score is not None and context.hip_t_score <= lowest
        ),
        "an earlier hip or vertebral fracture": context.hip_or_vertebral_fracture,
        "glucocorticoid treatment": context.glucocorticoids,
    }
    return tuple(reason for reason, holds in held.items() if holds)
