"""The trial tables keep what a fit relies on: roles, units, references and sequences."""

from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from osteon.evidence import load_facts
from osteon.therapy import format_sequence, parse_sequence

DOCUMENT = Path(__file__).parents[3] / "docs" / "evidence-trials.md"
BMD_SITES = {"lumbar_spine", "total_hip", "femoral_neck"}
MARKERS = {"ctx", "p1np", "bsap"}
CHANGE = "percent_change_from_baseline"
DIFFERENCES = {"difference_in_percent_change", "percent_above_comparator"}
# Visits are digitized from figures to about four days.
VISIT_READING_ERROR_MONTHS = 0.15


def list_outcomes():
    return load_facts("trial_outcomes")


def list_arm_facts(quantity):
    return [fact for fact in load_facts("trial_arms") if fact.quantity == quantity]


def name_arm(fact):
    return fact.keys["study"], fact.keys["arm"]


def read_documented_counts():
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    tables = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    header = next(cells for cells in tables if cells[0] == "role")
    roles = {"calibration", "validation", "context"}
    return {
        (cells[0], outcome): int(count)
        for cells in tables
        if cells[0] in roles
        for outcome, count in zip(header[1:], cells[1:], strict=True)
    }


def test_rows_by_role_and_outcome_are_as_documented():
    counted = Counter((str(fact.role), fact.keys["outcome"]) for fact in list_outcomes())
    documented = read_documented_counts()
    assert dict(counted) == {key: count for key, count in documented.items() if count}


@pytest.mark.parametrize("outcome", ["lumbar_spine", "total_hip", "femoral_neck", "ctx", "p1np"])
@pytest.mark.parametrize("role", ["calibration", "validation"])
def test_every_modeled_outcome_can_be_fitted_and_tested(role, outcome):
    assert any(fact.role == role and fact.keys["outcome"] == outcome for fact in list_outcomes())


def test_no_study_is_both_fitted_and_held_out():
    roles = defaultdict(set)
    for fact in (*list_outcomes(), *load_facts("trial_arms")):
        roles[fact.keys["study"]].add(str(fact.role))
    assert [study for study, found in roles.items() if {"calibration", "validation"} <= found] == []


@pytest.mark.parametrize(
    "study",
    [
        *("STAND", "Roux 2014", "DAPS", "Hosking 2003", "FOSIT", "Grey 2017", "EUROFORS", "Ettinger 2004"),
        *("Anastasilakis 2019", "Ishibashi 2017", "Romosozumab Korea", "Kendler 2019", "Cosman 2011"),
        *("FRAME post hoc 2024", "Cosman 2009"),
    ],
)
def test_held_out_study_has_no_row_for_a_fit(study):
    roles = {str(fact.role) for fact in list_outcomes() if fact.keys["study"] == study}
    assert "validation" in roles
    assert "calibration" not in roles


def test_every_arm_with_outcomes_or_compared_against_is_described():
    described = {name_arm(fact) for fact in list_arm_facts("population")}
    named = {name_arm(fact) for fact in list_outcomes()}
    compared = {
        (fact.keys["study"], fact.keys["comparator"]) for fact in list_outcomes() if fact.keys["comparator"]
    }
    assert named | compared == described


def test_every_fitted_or_tested_arm_is_postmenopausal_with_a_sequence():
    used = {name_arm(fact) for fact in list_outcomes() if fact.role != "context"}
    compared = {
        (fact.keys["study"], fact.keys["comparator"])
        for fact in list_outcomes()
        if fact.role != "context" and fact.keys["comparator"]
    }
    assert used | compared <= {name_arm(fact) for fact in list_arm_facts("sequence")}
    populations = {name_arm(fact): fact.value for fact in list_arm_facts("population")}
    assert {populations[arm] for arm in used} == {"postmenopausal"}


@pytest.mark.parametrize("quantity", ["sequence", "history"])
def test_sequences_are_written_as_the_grammar_writes_them(quantity):
    texts = {str(fact.value) for fact in list_arm_facts(quantity)}
    assert texts
    assert {text for text in texts if format_sequence(parse_sequence(text)) != text} == set()


def test_no_outcome_lies_beyond_its_sequence():
    length = {
        name_arm(fact): sum(regimen.duration_months for regimen in parse_sequence(str(fact.value)).regimens)
        for fact in list_arm_facts("sequence")
    }
    late = [
        fact.fact_id
        for fact in list_outcomes()
        if name_arm(fact) in length
        and float(fact.keys["month"]) > length[name_arm(fact)] + VISIT_READING_ERROR_MONTHS
    ]
    assert late == []


def test_switch_rows_name_an_earlier_month_and_original_rows_month_zero():
    for fact in list_outcomes():
        base, month = float(fact.keys["baseline_month"]), float(fact.keys["month"])
        assert (base > 0) == (fact.keys["baseline_ref"] == "switch"), fact.fact_id
        assert base < month, fact.fact_id


def test_differences_and_only_differences_have_a_comparator():
    for fact in list_outcomes():
        assert bool(fact.keys["comparator"]) == (fact.quantity in DIFFERENCES), fact.fact_id
        assert fact.keys["comparator"] != fact.keys["arm"], fact.fact_id


def test_shares_and_only_shares_have_a_threshold():
    for fact in list_outcomes():
        assert bool(fact.keys["threshold"]) == (fact.quantity == "responder_share"), fact.fact_id


def test_bmd_changes_are_changes_and_not_shares_or_levels():
    changes = [
        fact for fact in list_outcomes() if fact.quantity == CHANGE and fact.keys["outcome"] in BMD_SITES
    ]
    # The largest mean BMD change of any published arm is under 25%, the smallest share is under 1%.
    assert all(-15 < fact.number < 25 for fact in changes)
    assert all(fact.statistic in {"mean", "median"} for fact in changes)
    assert all(fact.unit == "%" for fact in changes)


def test_shares_t_scores_and_bsap_never_enter_a_fit():
    for fact in list_outcomes():
        if fact.quantity in {"responder_share", "t_score_change"} or fact.keys["outcome"] == "bsap":
            assert fact.role == "context", fact.fact_id


def test_ratios_of_levels_are_kept_for_markers_only():
    kept = {fact.keys["outcome"] for fact in list_outcomes() if fact.quantity == "percent_above_comparator"}
    assert kept <= MARKERS
    differing = {
        fact.keys["outcome"] for fact in list_outcomes() if fact.quantity == "difference_in_percent_change"
    }
    assert differing == BMD_SITES


def test_at_most_one_row_of_a_conflict_is_used():
    groups = defaultdict(list)
    for fact in list_outcomes():
        if fact.conflict_group:
            groups[fact.conflict_group].append(fact)
    assert groups
    for name, facts in groups.items():
        assert len(facts) > 1, name
        assert sum(fact.role != "context" for fact in facts) <= 1, name


def test_no_visit_of_an_arm_is_counted_twice():
    visits = defaultdict(list)
    for fact in list_outcomes():
        if fact.role != "context" and fact.quantity == CHANGE:
            key = (*name_arm(fact), fact.keys["outcome"], fact.keys["baseline_month"])
            visits[key].append(float(fact.keys["month"]))
    for key, months in visits.items():
        ordered = sorted(months)
        # The closest true pair is a trough and the sample two days after the dose.
        assert all(later - earlier > 0.1 for earlier, later in pairwise(ordered)), key


def test_digitized_rows_name_who_digitized_them():
    digitized = [fact for fact in list_outcomes() if fact.extraction == "digitized"]
    assert digitized
    assert all("jorg2022" in fact.locator for fact in digitized)


def test_assumed_sequences_say_so():
    for fact in (*list_arm_facts("sequence"), *list_arm_facts("history")):
        if "assumption" in fact.note:
            assert fact.extraction == "recalled", fact.fact_id
