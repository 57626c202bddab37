"""The pages about the follow-up name what there is, and the numbers of the evidence."""

import re
from pathlib import Path

import pytest

from osteon.evidence import find_fact, load_references
from osteon.monitoring import CauseName, ReversalState, Verdict

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
CASES = (ROOT / "docs" / "worked-cases.md").read_text(encoding="utf-8")


def list_rows(title):
    section = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("title", "words"), [("States", ReversalState), ("Verdicts", Verdict), ("Causes", CauseName)]
)
def test_every_word_has_its_row(title, words):
    assert sorted(list_rows(title)) == sorted(word.value for word in words)


def test_the_numbers_are_those_of_the_evidence():
    share = find_fact(
        "monitoring_causes", quantity="share_taking_almost_nothing", cause="adherence", about="oral"
    )
    assert f"({share.number:g} %, {share.source})" in PAGE
    hazard = find_fact(
        "denosumab_clock",
        quantity="vertebral_fracture_hazard_ratio",
        statistic="hazard_ratio",
        state="critical",
    )
    assert f"hazard ratio {hazard.number:g} " in CASES


@pytest.mark.parametrize("page", [PAGE, CASES], ids=["monitoring", "worked cases"])
def test_every_paper_named_is_known(page):
    named = set(re.findall(r"\b[a-z]+(?:19|20)\d\d[a-z]*\b", page))
    assert named
    assert named <= set(load_references())


def test_every_case_is_tested():
    tests = (ROOT / "tests" / "golden" / "test_worked_cases.py").read_text(encoding="utf-8")
    assert len(re.findall(r"^## \d+\. ", CASES, flags=re.MULTILINE)) == 11
    assert len(re.findall(r"^def test_", tests, flags=re.MULTILINE)) >= 11
