"""The error shape, and that every error raised in the package has it."""

import ast
import pickle
import re
from pathlib import Path

import pytest

import osteon
from osteon.errors import AbstainedError, BadInputError, OsteonError

PARTS = {
    "code": "bmd.out_of_range",
    "field": "Scan.areal_bmd_g_cm2 (femoral_neck)",
    "got": "860",
    "expected": "0.2 to 2.0 g/cm2",
    "hint": "If the report is in mg/cm2, divide by 1000.",
}
CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")


@pytest.mark.parametrize("kind", [OsteonError, BadInputError, AbstainedError])
def test_message_has_five_parts(kind):
    error = kind(**PARTS)
    assert str(error) == (
        "[bmd.out_of_range] Scan.areal_bmd_g_cm2 (femoral_neck): got 860; "
        "expected 0.2 to 2.0 g/cm2. If the report is in mg/cm2, divide by 1000."
    )
    assert error.as_problem() == PARTS
    assert isinstance(error, ValueError)


@pytest.mark.parametrize("kind", [OsteonError, BadInputError, AbstainedError])
def test_error_survives_the_way_back_from_a_worker(kind):
    error = pickle.loads(pickle.dumps(kind(**PARTS)))  # noqa: S301 - our own bytes
    assert type(error) is kind
    assert error.as_problem() == PARTS
    assert str(error) == str(kind(**PARTS))


def test_parts_are_named_where_they_are_given():
    with pytest.raises(TypeError):
        OsteonError("bmd.out_of_range", "field", "got", "expected", "hint")


def list_error_codes():
    """Every literal code that the package's source gives to an error, with its place."""
    for path in sorted(Path(osteon.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error"):
                for keyword in node.keywords:
                    if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                        yield f"{path.name}:{node.lineno}", keyword.value.value


def test_every_code_in_the_package_is_dotted_lower_case():
    codes = dict(list_error_codes())
    assert len(codes) > 10, "the search for codes found too few to mean anything"
    assert {place: code for place, code in codes.items() if not CODE.fullmatch(code)} == {}
