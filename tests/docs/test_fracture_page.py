"""The numbers on the page about fractures are those that the code gives."""

import re
from pathlib import Path

import pytest

from osteon.evidence import load_references, select_facts
from osteon.trials import GROUP_EVIDENCE_LABEL, FractureKind, relate_fracture_risk

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "fracture-evidence.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d) points \| (.+?) \| (.+?) \| (.+?) \|$", PAGE, flags=re.MULTILINE)


def write(one):
    if not one.has_association:
        return "no clear association"
    return f"{one.reduction_percent:.0f} % fewer ({one.low_percent:.0f} to {one.high_percent:.0f})"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} points")
def test_a_row_of_the_table(row):
    evidence = relate_fracture_risk(float(row[0]))
    assert tuple(write(one) for one in evidence.reductions) == row[1:]
    assert [one.fracture for one in evidence.reductions] == list(FractureKind)


def test_the_table_is_there_and_the_label_too():
    assert [row[0] for row in ROWS] == ["2", "3", "4", "6"]
    assert GROUP_EVIDENCE_LABEL in PAGE


def test_every_threshold_and_share_is_on_the_page():
    for quantity, scale in (("surrogate_threshold_effect", 1), ("variance_explained", 100)):
        for fact in select_facts("fracture_surrogate", quantity=quantity):
            assert f"{scale * fact.number:g}" in PAGE, fact.fact_id


def test_every_paper_named_is_known():
    named = set(re.findall(r"`([a-z]+\d{4}\w*)`", PAGE))
    assert named
    assert named <= set(load_references())
