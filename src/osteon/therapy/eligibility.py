"""Which restrictions of the drugs in a sequence hold for this patient, each with how strongly it speaks."""

from dataclasses import dataclass

from osteon.therapy.context import PatientContext
from osteon.therapy.findings import Finding
from osteon.therapy.patient_rules import holds_restriction, list_relevant, report_restriction
from osteon.therapy.restrictions import Restriction
from osteon.therapy.sequence import Sequence

__all__ = ["HeldRestriction", "list_held_restrictions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRestriction:
    """A restriction that holds, and the finding that says so.

    `certain` is False where the event is known but the time since it is not, so that a restriction within a
    stated time of the event may hold.
    """

    restriction: Restriction
    finding: Finding
    certain: bool


def list_held_restrictions(sequence: Sequence, context: PatientContext) -> tuple[HeldRestriction, ...]:
    """List the restrictions that hold or, for want of a time since the event, may hold.

    >>> from osteon.therapy.grammar import parse_sequence
    >>> held = list_held_restrictions(
    ...     parse_sequence("romosozumab for 12 months"), PatientContext(stroke=True)
    ... )
    >>> [(str(one.restriction.region), one.certain) for one in held]
    [('us', False), ('eu', True)]
    """
    return tuple(
        HeldRestriction(
            restriction=restriction,
            finding=report_restriction(restriction, context),
            certain=bool(holds_restriction(restriction, context)),
        )
        for restriction in list_relevant(sequence, context)
        if _may_hold(restriction, context)
    )


def _may_hold(restriction: Restriction, context: PatientContext) -> bool:
    held = holds_restriction(restriction, context)
    event_known = restriction.within_months is not None and getattr(context, restriction.condition) is True
    return held is True or (held is None and event_known)
