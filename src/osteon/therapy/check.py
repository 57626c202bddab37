"""Look a sequence over and say what is worth knowing; never change it."""

from osteon.therapy.context import PatientContext
from osteon.therapy.course_rules import COURSE_RULES, check_label_limits
from osteon.therapy.findings import Finding, Severity, state_rule
from osteon.therapy.patient_rules import check_pause_risk, check_restrictions, list_unknown
from osteon.therapy.sequence import Sequence, join_sequences
from osteon.therapy.switch_rules import SWITCH_RULES

__all__ = ["check_sequence"]

_ORDER = (Severity.CONTRAINDICATED, Severity.CAUTION, Severity.INFO)


def check_sequence(sequence: Sequence, context: PatientContext | None = None) -> tuple[Finding, ...]:
    """Check a sequence against labels, guidelines and trials, the gravest findings first.

    Without a context the patient is unknown: one finding then names what was not checked.
    Findings are statements with a source for a professional to weigh; the sequence is never
    corrected. The checks read the plan as written: they do not know whether doses are taken.

    >>> from osteon.therapy.grammar import parse_sequence
    >>> plan = parse_sequence("denosumab for 24 months, then no drug for 12 months")
    >>> check_sequence(plan)[0].code
    'denosumab_without_follow_on'
    """
    known = PatientContext() if context is None else context
    whole = sequence if known.history is None else join_sequences(known.history, sequence)
    findings = [
        *(finding for check in (*SWITCH_RULES, *COURSE_RULES) for finding in check(whole)),
        *check_label_limits(whole, known.label_region),
        *check_restrictions(sequence, known),
        *check_pause_risk(whole, known),
    ]
    unknown = list_unknown(sequence, known)
    if unknown:
        findings.append(state_rule("not_checked", unknown=", ".join(unknown)))
    return tuple(sorted(dict.fromkeys(findings), key=lambda one: _ORDER.index(one.severity)))
