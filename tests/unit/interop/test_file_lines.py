"""A fault points at the line that it stands on."""

import json
import tomllib

import pytest

from osteon.interop.file_lines import find_line, index_json, index_toml

TOML = '''# a comment
format = "x"
notes = """
history = "not a key"
[scans]
"""

[[scans]]
site = "total_hip"   # = no key

[[scans]]
  "bmd" = "0.6 g/cm2"
[context]
stroke = true
'''


def test_the_lines_of_toml():
    lines = index_toml(TOML)
    assert lines == {
        ("format",): 2,
        ("notes",): 3,
        ("scans", 0): 8,
        ("scans", 0, "site"): 9,
        ("scans", 1): 11,
        ("scans", 1, "bmd"): 12,
        ("context",): 13,
        ("context", "stroke"): 14,
    }


def walk(value, place=()):
    if place:
        yield place
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in items:
        yield from walk(inside, (*place, key))


def test_every_key_of_toml_has_a_line():
    places = set(walk(tomllib.loads(TOML)))
    assert places - set(index_toml(TOML)) == {("scans",)}


@pytest.mark.parametrize("indent", [None, 1])
def test_every_value_of_json_has_its_line(indent):
    content = {"a": 1, "b": [{"c": 'x: "y", [z]\\'}, {"d": [1, [2, 3]]}], "e": {"f": {}}, "g": []}
    text = json.dumps(content, indent=indent)
    lines = index_json(text)
    assert set(lines) == set(walk(content))
    rows = text.splitlines()
    for place, number in lines.items():
        assert isinstance(place[-1], int) or f'"{place[-1]}":' in rows[number - 1]


def test_a_place_without_a_line_is_found_by_its_section():
    assert find_line({("scans", 0): 8}, ("scans", 0, "date")) == 8
    assert find_line({}, ("sex",)) is None
