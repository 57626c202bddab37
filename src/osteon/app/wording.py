"""The words that pages and pictures share: a site, a person, a sequence, a chance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from osteon.densitometry import Sex
from osteon.therapy import describe_drug, format_prescription, format_regimen

if TYPE_CHECKING:
    from osteon.inference import Patient
    from osteon.reversal import Chance, ReversalDefinition
    from osteon.therapy import Prescription, Regimen, Sequence

__all__ = [
    "NOTICE",
    "describe_patient",
    "format_chance",
    "format_percent",
    "format_target",
    "label_site",
    "name_sequence",
    "say_target",
]

NOTICE: Final = "Research use only, not a medical device. Options to discuss, not directives."


_MARKERS: Final = frozenset({"ctx", "p1np"})


def label_site(outcome: str) -> str:
    """Write a site as people say it, or a marker of turnover.

    >>> label_site("total_hip"), label_site("p1np")
    ('Total hip', 'P1NP')
    """
    return outcome.upper() if outcome in _MARKERS else outcome.replace("_", " ").capitalize()


def describe_patient(patient: Patient) -> str:
    """Say in one line who the patient is."""
    person = patient.person
    words = ["Woman" if person.sex is Sex.FEMALE else "Man", f"{person.age_years:g} years"]
    if person.years_since_menopause is not None:
        words.append(f"{person.years_since_menopause:g} years after menopause")
    elif person.sex is Sex.FEMALE and person.postmenopausal:
        words.append("postmenopausal")
    if person.fragility_fracture:
        words.append("with a fragility fracture")
    return ", ".join([*words, _describe_past(patient)])


def _describe_past(patient: Patient) -> str:
    if patient.history:
        return f"before today: {name_sequence(patient.history)}"
    given = dict.fromkeys(injection.drug.value for injection in patient.injections)
    return f"before today: {' and '.join(given)} by dated doses" if given else "no drug before today"


def name_sequence(sequence: Sequence) -> str:
    """Write a sequence short: what a label calls the standard dose goes without saying.

    >>> from osteon.therapy import parse_sequence
    >>> name_sequence(parse_sequence("denosumab for 36 months"))
    'denosumab 36 mo'
    >>> name_sequence(parse_sequence("alendronate 10 mg daily for 12 months at 80% adherence"))
    'alendronate 10 mg daily 12 mo at 80% adherence'
    """
    return ", then ".join(_name_regimen(regimen) for regimen in sequence.regimens)


def _name_regimen(regimen: Regimen) -> str:
    taken = [*map(_name_prescription, regimen.prescriptions), *regimen.lifestyle]
    plain = format_regimen(replace(regimen, adherence=1.0, persistence=None))
    suffix = format_regimen(regimen).removeprefix(plain)
    return f"{' + '.join(taken) or 'no drug'} {regimen.duration_months:g} mo{suffix}"


def _name_prescription(prescription: Prescription) -> str:
    usual = describe_drug(prescription.drug).standard_dose
    meant = (usual.amount, usual.interval_days, usual.route)
    written = (prescription.amount, prescription.interval_days, prescription.route)
    return prescription.drug.value if written == meant else format_prescription(prescription)


def format_percent(share: float) -> str:
    """Write a share of 0 to 1 in percent; a simulation never makes anything certain.

    >>> format_percent(0.664), format_percent(0.0), format_percent(0.997)
    ('66 %', '<1 %', '>99 %')
    """
    percent = 100 * share
    if percent < 1:
        return "<1 %"
    return ">99 %" if percent > 100 - 1 else f"{percent:.0f} %"


def format_chance(chance: Chance) -> str:
    """Write a chance with its interval in percent.

    >>> from osteon.reversal import Chance
    >>> format_chance(Chance(0.66, 0.57, 0.74)), format_chance(Chance(0.0, 0.0, 0.0))
    ('66 % (57-74)', '<1 %')
    """
    low, high = f"{100 * chance.low:.0f}", f"{100 * chance.high:.0f}"
    value = format_percent(chance.value)
    return value if low == high in {"0", "100"} else f"{value} ({low}-{high})"


def format_target(t_score: float) -> str:
    """Write a T-score goal with one decimal, or more where it has more.

    >>> format_target(-2.5), format_target(-2.25)
    ('-2.5', '-2.25')
    """
    shortest = f"{t_score:.10g}"
    return shortest if "." in shortest else f"{shortest}.0"


def say_target(definition: ReversalDefinition) -> str:
    """Say a target as a place on the scale.

    >>> from osteon.reversal import ReversalDefinition
    >>> say_target(ReversalDefinition(target_t_score=-2.5))
    'above -2.5'
    >>> say_target(ReversalDefinition(target_t_score=-2.0, inclusive=True))
    'at or above -2.0'
    """
    return f"{'at or above' if definition.inclusive else 'above'} {format_target(definition.target_t_score)}"
