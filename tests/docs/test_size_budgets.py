"""Small is a promise, so it is counted.

A function's length is counted twice. `code` runs from its `def` to its last line without the docstring, which
is there to be long enough; `span` is all of it. A decorator belongs to neither.
"""

import ast
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "osteon"

FUNCTION_MEDIAN = 8
FUNCTION_USUAL = 40
FUNCTION_MOST = 80
FILE_USUAL = 500
FILE_MOST = 800
USUAL_SHARE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    place: str
    code: int
    span: int


def measure_function(node: ast.FunctionDef | ast.AsyncFunctionDef, place: str) -> Measured:
    span = node.end_lineno - node.lineno + 1
    first = node.body[0]
    documented = ast.get_docstring(node, clean=False) is not None
    docstring = first.end_lineno - first.lineno + 1 if documented else 0
    return Measured(place=f"{place}:{node.lineno} {node.name}", code=span - docstring, span=span)


def measure_source(source: str, place: str) -> list[Measured]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [measure_function(node, place) for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]


def list_sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def count_lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.fixture(scope="module")
def functions() -> list[Measured]:
    sources = list_sources(PACKAGE)
    return [
        measured
        for path in sources
        for measured in measure_source(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
    ]


def test_the_ruler_leaves_out_the_docstring_and_nothing_else():
    source = (
        'def halve(\n    value,\n):\n    """One.\n\n    Two.\n    """\n    # why\n\n    return value / 2\n'
    )
    (measured,) = measure_source(source, "x.py")
    assert (measured.code, measured.span) == (6, 10)


def test_the_ruler_sees_methods_and_inner_functions():
    source = (
        "class A:\n    def one(self):\n        async def two():\n            return 1\n        return two\n"
    )
    assert [measured.span for measured in measure_source(source, "x.py")] == [4, 2]


def test_a_usual_function_is_short(functions):
    assert median(measured.code for measured in functions) <= FUNCTION_MEDIAN


def test_nearly_all_functions_fit_a_screen(functions):
    long = [measured for measured in functions if measured.code >= FUNCTION_USUAL]
    assert len(long) <= (1 - USUAL_SHARE) * len(functions), long


def test_no_function_is_huge(functions):
    assert [measured for measured in functions if measured.span > FUNCTION_MOST] == []


def test_nearly_all_files_are_short():
    sources = list_sources(PACKAGE)
    long = [path for path in sources if count_lines(path) >= FILE_USUAL]
    assert len(long) <= (1 - USUAL_SHARE) * len(sources), long


@pytest.mark.parametrize("folder", ["src", "tests", "benchmarks"])
def test_no_file_is_huge(folder):
    assert [path for path in list_sources(ROOT / folder) if count_lines(path) > FILE_MOST] == []
