"""On which line of a TOML or JSON text each value stands, so that a fault can point there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Place = tuple[str | int, ...]

_TOML_LIST: Final = re.compile(r"\s*\[\[\s*([\w.-]+)\s*\]\]")
_TOML_SECTION: Final = re.compile(r"\s*\[\s*([\w.-]+)\s*\]")
_TOML_KEY: Final = re.compile(r"\s*([\w.-]+|\"[^\"]*\"|'[^']*')\s*=")
_TOML_LONG_TEXT: Final = re.compile(r"\"\"\"|'''")
_JSON_MARK: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|[\[\]{},:]|\n|[^\s\[\]{},:\"]+")


def find_line(lines: Mapping[Place, int], place: Place) -> int | None:
    """Return the line of a place, or of the nearest section around it.

    >>> find_line({("scans", 0): 7}, ("scans", 0, "bmd"))
    7
    """
    return next(
        (lines[place[:size]] for size in range(len(place), 0, -1) if place[:size] in lines),
        None,
    )


def index_toml(text: str) -> dict[Place, int]:
    r"""Find the line of every section and key of a TOML text, keys of inline tables left out.

    >>> index_toml("a = 1\n[[scans]]\nsite = 'hip'\n")
    {('a',): 1, ('scans', 0): 2, ('scans', 0, 'site'): 3}
    """
    lines: dict[Place, int] = {}
    section: Place = ()
    in_long_text = False
    for number, line in enumerate(text.split("\n"), start=1):
        if not in_long_text:
            section = _read_toml_line(line, number, section, lines)
        in_long_text ^= len(_TOML_LONG_TEXT.findall(line)) % 2 == 1
    return lines


def _read_toml_line(line: str, number: int, section: Place, lines: dict[Place, int]) -> Place:
    """Note what the line holds and return the section that it stands in."""
    if (found := _TOML_LIST.match(line)) is not None:
        name = tuple(found[1].split("."))
        section = (*name, sum(place[:-1] == name and type(place[-1]) is int for place in lines))
        lines[section] = number
    elif (found := _TOML_SECTION.match(line)) is not None:
        section = tuple(found[1].split("."))
        lines.setdefault(section, number)
    elif (found := _TOML_KEY.match(line)) is not None:
        lines.setdefault((*section, *(part.strip("\"'") for part in found[1].split("."))), number)
    return section


def index_json(text: str) -> dict[Place, int]:
    r"""Find the line of every value of a JSON text.

    >>> index_json('{"a": 1,\n "scans": [\n  {"site": "hip"}]}')
    {('a',): 1, ('scans',): 2, ('scans', 0): 3, ('scans', 0, 'site'): 3}
    """
    lines: dict[Place, int] = {}
    inside: list[str | int | None] = []
    number, last_word = 1, ""
    for mark in _JSON_MARK.findall(text):
        if mark == "\n":
            number += 1
        elif mark == ":" and inside:
            inside[-1] = json.loads(last_word)
            lines.setdefault(tuple(part for part in inside if part is not None), number)
        elif mark in {"]", "}"} and inside:
            inside.pop()
        elif mark == "," and inside and isinstance(inside[-1], int):
            inside[-1] += 1
        elif mark not in {",", ":", "]", "}"}:
            last_word = mark
            _note_item(inside, lines, number)
            inside += _OPENED.get(mark, ())
    return lines


_OPENED: Final[Mapping[str, tuple[int | None, ...]]] = MappingProxyType({"{": (None,), "[": (0,)})


def _note_item(inside: list[str | int | None], lines: dict[Place, int], number: int) -> None:
    """Note an item of a list where it begins."""
    if inside and isinstance(inside[-1], int):
        lines.setdefault(tuple(part for part in inside if part is not None), number)
