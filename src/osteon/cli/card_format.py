"""How a model card is written: named apart from the card, so that the command line starts without it."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["CardFormat"]


class CardFormat(StrEnum):
    """For a terminal, a program, a CHAI reader, or a browser."""

    TEXT = "text"
    JSON = "json"
    XML = "xml"
    HTML = "html"
