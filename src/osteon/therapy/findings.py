"""What a check has to say: a named finding with its severity, words and source."""

from dataclasses import dataclass
from enum import StrEnum

from osteon.evidence import find_fact

__all__ = ["Finding", "Severity", "find_rule_limit", "state_rule"]


class Severity(StrEnum):
    """How much a finding weighs; none of them changes a sequence."""

    INFO = "info"
    CAUTION = "caution"
    CONTRAINDICATED = "contraindicated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing worth knowing about a sequence, for a professional to weigh.

    `code` is stable and snake_case; `source` is a bib key; `extraction` says whether the
    statement was read at its source or recalled.
    """

    code: str
    severity: Severity
    message: str
    source: str
    extraction: str

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind the finding, as `cite` reads them."""
        return (self.source,)


def state_rule(rule: str, **values: object) -> Finding:
    """State a rule of the table `sequence_rules`, its blanks filled with values.

    >>> state_rule("raloxifene_stopped").severity.value
    'info'
    """
    message = find_fact("sequence_rules", quantity="message", rule=rule)
    severity = find_fact("sequence_rules", quantity="severity", rule=rule)
    return Finding(
        code=rule,
        severity=Severity(str(severity.value)),
        message=_begin_upper(str(message.value).format(**values)),
        source=message.source,
        extraction=message.extraction,
    )


def find_rule_limit(rule: str, quantity: str) -> float:
    """Find a number that a rule turns on."""
    return find_fact("sequence_rules", quantity=quantity, rule=rule).number


def _begin_upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
