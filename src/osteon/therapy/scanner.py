"""Cut the text of a sequence into tokens that remember their place, and report faults there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import final

from osteon.errors import BadInputError

__all__ = ["Cursor", "Token", "TokenKind", "build_fault", "scan_text"]


class TokenKind(StrEnum):
    """What a token is."""

    NUMBER = "number"
    WORD = "word"
    MARK = "mark"
    OTHER = "other"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of text in lower case and where it stands."""

    kind: TokenKind
    text: str
    start: int
    stop: int


_PATTERN = re.compile(
    r"(?P<number>\d+(?:\.\d+)?|\.\d+)"
    r"|(?P<word>[A-Za-z\u00b5\u03bc][A-Za-z\u00b5\u03bc-]*(?<!-))"
    r"|(?P<mark>->|\u2192|[,;%+])"
    r"|(?P<other>\S)"
)


def build_fault(text: str, token: Token, *, code: str, expected: str, hint: str = "") -> BadInputError:
    """Build the error for a fault at a token, with the text and a caret under it."""
    shown = re.sub(r"\s", " ", text)
    width = max(token.stop - token.start, 1)
    pointer = f"\n    {shown}\n    {' ' * token.start}{'^' * width}"
    return BadInputError(
        code=f"therapy.{code}",
        field=f"sequence (column {token.start + 1})",
        got=text[token.start : token.stop] or "the end of the text",
        expected=expected,
        hint=(hint or "Look here:") + pointer,
    )


def scan_text(text: str) -> tuple[Token, ...]:
    """Cut text into tokens, an END token last; a foreign character is a fault."""
    tokens = tuple(
        Token(
            kind=TokenKind(str(match.lastgroup)),
            text=match.group().lower(),
            start=match.start(),
            stop=match.end(),
        )
        for match in _PATTERN.finditer(text)
    )
    for token in tokens:
        if token.kind is TokenKind.OTHER:
            raise build_fault(text, token, code="foreign_character", expected="words and numbers")
    end = len(text.rstrip())
    return (*tokens, Token(kind=TokenKind.END, text="", start=end, stop=end))


@final
class Cursor:
    """A place in a list of tokens, moving forward only."""

    __slots__ = ("_index", "text", "tokens")

    def __init__(self, text: str) -> None:
        """Stand before the first token of the text."""
        self.text = text
        self.tokens = scan_text(text)
        self._index = 0

    @property
    def token(self) -> Token:
        """The token ahead."""
        return self.tokens[self._index]

    def advance(self) -> Token:
        """Take the token ahead; at the end, stay there."""
        token = self.token
        self._index = min(self._index + 1, len(self.tokens) - 1)
        return token

    def sees(self, *words: str) -> bool:
        """Whether these words or marks come next, in this order."""
        ahead = self.tokens[self._index : self._index + len(words)]
        return tuple(token.text for token in ahead) == words

    def accept(self, *words: str) -> bool:
        """Take these words if they come next, all or none."""
        found = self.sees(*words)
        if found:
            for _ in words:
                self.advance()
        return found

    def accept_any(self, *phrases: str) -> str | None:
        """Take the first of these phrases that comes next."""
        return next((phrase for phrase in phrases if self.accept(*phrase.split())), None)

    def fault(self, *, code: str, expected: str, hint: str = "", token: Token | None = None) -> BadInputError:
        """Build the error for the token ahead, or for another."""
        place = self.token if token is None else token
        return build_fault(self.text, place, code=code, expected=expected, hint=hint)

    def span_from(self, start: Token) -> Token:
        """The stretch of text from a token to the last one taken."""
        stop = max(self.tokens[self._index - 1].stop, start.stop)
        text = self.text[start.start : stop]
        return Token(kind=start.kind, text=text, start=start.start, stop=stop)

    @contextmanager
    def faults_since(self, start: Token) -> Iterator[None]:
        """Report an impossible value as a fault of the text since a token."""
        try:
            yield
        except BadInputError as error:
            code = error.code.removeprefix("therapy.")
            place = self.span_from(start)
            raise self.fault(code=code, expected=error.expected, hint=error.hint, token=place) from error
