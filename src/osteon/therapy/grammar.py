"""Read a sequence from the words clinicians write; one grammar for every door.

The language, where [ ] may be left out and | means or:

    sequence    regimen { [","] "then" regimen }        also "followed by", ";", "->"
    regimen     taken { "and" taken } [","] ("for" | "observed for") length { suffix }
    taken       drug [amount unit] [route] [rhythm] | "no drug"
                | "calcium and vitamin D" | "exercise"
    rhythm      "daily" | "weekly" | "monthly" | "yearly" | "once" | "every" [n] period
    length      n ("months" | "years")
    suffix      "at" n "%" "adherence" | "with real-world persistence"
                | "with" n "%" "persistence at" length
"""

from decimal import Decimal
from difflib import get_close_matches

from osteon.therapy.drugs import Lifestyle
from osteon.therapy.prescribing import read_prescription
from osteon.therapy.quantity_words import read_length, read_number
from osteon.therapy.scanner import Cursor, Token, TokenKind
from osteon.therapy.sequence import (
    Persistence,
    Prescription,
    RealWorldPersistence,
    Regimen,
    Sequence,
    StatedPersistence,
)

__all__ = ["parse_sequence"]

_NO_DRUG = ("no drug", "no treatment", "no therapy", "drug holiday", "holiday", "nothing")
_CALCIUM = ("calcium and vitamin d", "calcium + vitamin d", "calcium plus vitamin d")
_THEN = (", then", "; then", "then", ", followed by", "followed by", ";", "->", "\u2192")
_AND = ("and", "+", "plus")
_WORDS_HERE = ("and", "daily", "every", "for", "monthly", "observed", "once", "weekly", "yearly")


def parse_sequence(text: str) -> Sequence:
    """Read a sequence from text.

    A dose left out is the drug's standard labeled dose. Errors are `BadInputError` with a
    code beginning "therapy." and a caret under the fault.

    >>> sequence = parse_sequence("Romosozumab for 1 year, then alendronate for 24 months")
    >>> [regimen.duration_months for regimen in sequence.regimens]
    [12.0, 24.0]
    """
    cursor = Cursor(text)
    regimens = [_read_regimen(cursor)]
    while cursor.accept_any(*_THEN):
        regimens.append(_read_regimen(cursor))
    if cursor.token.kind is not TokenKind.END:
        expected = '"then" and another regimen, or the end'
        hint = 'Write "then" between regimens and "and" within one.'
        raise cursor.fault(code="left_over", expected=expected, hint=hint)
    return Sequence(regimens=tuple(regimens))


def _read_regimen(cursor: Cursor) -> Regimen:
    first = cursor.token
    taken = _read_all_taken(cursor)
    months = _read_duration(cursor)
    adherence, persistence = _read_suffixes(cursor)
    with cursor.faults_since(first):
        return Regimen(
            prescriptions=tuple(one for one in taken if isinstance(one, Prescription)),
            lifestyle=tuple(one for one in taken if isinstance(one, Lifestyle)),
            duration_months=months,
            adherence=adherence,
            persistence=persistence,
        )


def _read_all_taken(cursor: Cursor) -> list[Prescription | Lifestyle | None]:
    taken = [_read_taken(cursor)]
    while cursor.accept_any(*_AND):
        taken.append(_read_taken(cursor))
    return taken


def _read_taken(cursor: Cursor) -> Prescription | Lifestyle | None:
    if cursor.accept_any(*_NO_DRUG):
        return None
    if cursor.accept_any(*_CALCIUM):
        return Lifestyle.CALCIUM_VITAMIN_D
    if cursor.accept("exercise"):
        return Lifestyle.EXERCISE
    return read_prescription(cursor)


def _read_duration(cursor: Cursor) -> float:
    if not cursor.accept_any(", observed for", "observed for", ", for", "for"):
        near = get_close_matches(cursor.token.text, _WORDS_HERE, n=1)
        raise cursor.fault(
            code="duration_missing",
            expected='a rhythm, "and", or a length such as "for 24 months"',
            hint=f"Did you mean {near[0]}?" if near else "Every regimen has a length.",
        )
    return read_length(cursor)


def _read_suffixes(cursor: Cursor) -> tuple[float, Persistence | None]:
    adherence: float | None = None
    persistence: Persistence | None = None
    while cursor.sees("at") or cursor.sees("with"):
        place = cursor.token
        if cursor.accept("at"):
            given, adherence = adherence, _read_share(cursor, "adherence")
            _require_said_once(cursor, given, place)
        elif cursor.accept("with"):
            given_persistence, persistence = persistence, _read_persistence(cursor)
            _require_said_once(cursor, given_persistence, place)
    return 1.0 if adherence is None else adherence, persistence


def _require_said_once(cursor: Cursor, given: object | None, place: Token) -> None:
    if given is not None:
        raise cursor.fault(code="said_twice", expected="this only once in a regimen", token=place)


def _read_persistence(cursor: Cursor) -> Persistence:
    if cursor.accept("real-world", "persistence"):
        return RealWorldPersistence()
    start = cursor.token
    share = _read_share(cursor, "persistence")
    if not cursor.accept("at"):
        expected = 'when, such as "at 12 months"'
        raise cursor.fault(code="persistence_time_missing", expected=expected)
    months = read_length(cursor)
    with cursor.faults_since(start):
        return StatedPersistence(share=share, at_months=months)


def _read_share(cursor: Cursor, of: str) -> float:
    place = cursor.token
    percent = read_number(cursor, f'a percentage, such as "80% {of}"')
    if percent > 10**2:
        raise cursor.fault(code="share_out_of_range", expected="0 to 100%", token=place)
    if not (cursor.accept("%") or cursor.accept("percent")) or not cursor.accept(of):
        raise cursor.fault(code="unreadable", expected=f'"% {of}"')
    return float(percent / Decimal(10**2))
