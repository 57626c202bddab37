"""The page on planning says what the tables and the commands say."""

import re
import shlex
from pathlib import Path

import pytest

from osteon.app.documents.plan import PlanDocument, PlanOptionShape
from osteon.cli import run
from osteon.evidence import find_fact, load_references, select_facts
from osteon.reversal import find_goal_rule, standard_grammar

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "planning.md").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split())
COMMANDS = re.findall(r"^osteon plan .+$", PAGE, flags=re.MULTILINE)


def find_rule(quantity):
    return find_fact("planner_rules", quantity=quantity, rule="search").number


def test_the_limits_are_those_of_the_grammar():
    grammar = standard_grammar()
    assert f"at most {grammar.most_regimens} regimens and is {grammar.horizon_months:g} months long" in WORDS
    assert f"{grammar.shortest_last_months:g} months or more" in WORDS
    assert f"({', '.join(grammar.left_out)})" in WORDS
    for course in grammar.openings:
        assert re.search(rf"{course.drug}[^:.]*\b{course.months:g}\b", WORDS, re.IGNORECASE), course


def test_the_steps_are_those_of_the_table():
    assert f"| higher | {find_rule('resolution'):g} % |" in PAGE
    assert f"steps of {find_rule('needle_step'):g}, one a year" in PAGE
    months = find_fact("forecast_rules", quantity="months_after_last_dose", rule="durability").number
    assert f"{months:g} months after the last drug" in WORDS


def test_the_goal_directed_rule_is_that_of_the_table_and_was_recalled():
    least, month = find_goal_rule()
    assert f"at least {100 * least:g} % within {month} months is recalled" in WORDS
    rows = select_facts("planner_rules", rule="goal_rule")
    assert {fact.extraction for fact in rows if fact.unit != "text"} == {"recalled"}
    assert {fact.extraction for fact in rows if fact.unit == "text"} == {"read"}


def test_codes_papers_and_fields_are_known():
    coded = {*re.findall(r"`([a-z]+_[a-z_]+)`", PAGE)}
    rules = {
        fact.keys["rule"]
        for table in ("planner_rules", "sequence_rules")
        for fact in select_facts(table, quantity="message")
    }
    fields = {*PlanDocument.model_fields, *PlanOptionShape.model_fields, "planner_courses", "planner_rules"}
    assert coded
    assert coded <= rules | fields
    assert set(re.findall(r"`([a-z]+\d{4}\w*)`", PAGE)) <= set(load_references())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_understood(command, capsys):
    """Every command stands on options that exist: a month out of range is the only thing wrong with it."""
    words = [word for word in shlex.split(command)[1:] if word]
    words[1] = str(ROOT / words[1])
    assert run([*words, "--month", "0", "--json"]) == 2
    assert "forecast.month_out_of_range" in capsys.readouterr().out
