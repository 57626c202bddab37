"""Who takes what, when, and how faithfully."""

from osteon.therapy.check import check_sequence
from osteon.therapy.context import PatientContext
from osteon.therapy.denosumab_clock import ClockReading, ClockState, read_denosumab_clock
from osteon.therapy.doses import (
    ONCE_INTERVAL_DAYS,
    DoseCourse,
    DoseEvent,
    LifestyleCourse,
    list_course_days,
    list_dose_courses,
    list_dose_events,
    list_lifestyle_courses,
)
from osteon.therapy.drugs import AmountUnit, Drug, DrugFamily, Lifestyle, Route
from osteon.therapy.eligibility import HeldRestriction, list_held_restrictions
from osteon.therapy.facts import DrugFacts, LabeledDose, describe_drug, list_drugs
from osteon.therapy.findings import Finding, Severity
from osteon.therapy.grammar import parse_sequence
from osteon.therapy.persistence import (
    AfterStop,
    PersistenceCurve,
    draw_course_stop_days,
    draw_stop_month,
    find_persistence_curve,
    load_persistence_curve,
    persistence_share,
)
from osteon.therapy.restrictions import (
    Condition,
    DrugLimit,
    LabelRegion,
    LimitKind,
    Restriction,
    RestrictionKind,
    find_limits,
)
from osteon.therapy.sequence import (
    Persistence,
    Prescription,
    RealWorldPersistence,
    Regimen,
    Sequence,
    StatedPersistence,
    join_sequences,
)
from osteon.therapy.standards import StandardSequence, standard_sequences
from osteon.therapy.wording import format_prescription, format_regimen, format_sequence

__all__ = [
    "ONCE_INTERVAL_DAYS",
    "AfterStop",
    "AmountUnit",
    "ClockReading",
    "ClockState",
    "Condition",
    "DoseCourse",
    "DoseEvent",
    "Drug",
    "DrugFacts",
    "DrugFamily",
    "DrugLimit",
    "Finding",
    "HeldRestriction",
    "LabelRegion",
    "LabeledDose",
    "Lifestyle",
    "LifestyleCourse",
    "LimitKind",
    "PatientContext",
    "Persistence",
    "PersistenceCurve",
    "Prescription",
    "RealWorldPersistence",
    "Regimen",
    "Restriction",
    "RestrictionKind",
    "Route",
    "Sequence",
    "Severity",
    "StandardSequence",
    "StatedPersistence",
    "check_sequence",
    "describe_drug",
    "draw_course_stop_days",
    "draw_stop_month",
    "find_limits",
    "find_persistence_curve",
    "format_prescription",
    "format_regimen",
    "format_sequence",
    "join_sequences",
    "list_course_days",
    "list_dose_courses",
    "list_dose_events",
    "list_drugs",
    "list_held_restrictions",
    "list_lifestyle_courses",
    "load_persistence_curve",
    "parse_sequence",
    "persistence_share",
    "read_denosumab_clock",
    "standard_sequences",
]
