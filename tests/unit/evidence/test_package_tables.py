"""The evidence that travels with the package is sound and says what was published."""

from collections import Counter
from importlib.resources import files
from math import log
from statistics import NormalDist

import pytest

from osteon.evidence import (
    Extraction,
    Role,
    SpreadKind,
    Statistic,
    check_all_tables,
    evidence_hash,
    find_fact,
    list_tables,
    load_facts,
    load_references,
    select_facts,
)

TABLES = list_tables()


def test_every_table_is_sound():
    assert "\n".join(map(str, check_all_tables())) == ""


@pytest.mark.parametrize("words", [Statistic, SpreadKind, Extraction, Role])
def test_the_readme_beside_the_tables_lists_every_word(words):
    readme = (files("osteon.evidence") / "data" / "README.md").read_text(encoding="utf-8")
    listed = set(readme.replace(",", " ").replace(";", " ").split())
    assert {word.value for word in words} - listed == set()


def test_fact_ids_are_unique_over_all_tables():
    ids = [fact.fact_id for table in TABLES for fact in load_facts(table)]
    assert len(ids) == len(set(ids))


def test_the_hash_is_one_line_of_hex():
    assert len(bytes.fromhex(evidence_hash())) == 32


def test_no_doi_and_no_pmid_has_two_keys():
    for name in ("doi", "pmid"):
        found = Counter(getattr(reference, name).lower() for reference in load_references().values())
        assert [value for value, times in found.items() if value and times > 1] == []


def test_a_reference_without_doi_says_why():
    silent = [
        reference.key
        for reference in load_references().values()
        if not reference.doi and not reference.pmid and not reference.pmcid and not reference.note
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("sequence", "total_hip", "lumbar_spine"),
    [
        ("alendronate 70 mg weekly for 36 months", 9, 55),
        (
            "romosozumab 210 mg monthly for 12 months, then alendronate 70 mg weekly for 24 months",
            38,
            81,
        ),
        (
            "romosozumab 210 mg monthly for 12 months, then denosumab 60 mg every 6 months for 24 months",
            61,
            93,
        ),
        ("denosumab 60 mg every 6 months for 36 months", 12, 59),
    ],
)
def test_published_chances_from_minus_three(sequence, total_hip, lumbar_spine):
    found = {
        site: find_fact(
            "probability_cells",
            quantity="probability_above_target",
            sequence=sequence,
            site=site,
            baseline_t_score="-3.0",
        )
        for site in ("total_hip", "lumbar_spine")
    }
    assert {site: fact.value for site, fact in found.items()} == {
        "total_hip": total_hip,
        "lumbar_spine": lumbar_spine,
    }
    assert {fact.role for fact in found.values()} == {Role.VALIDATION}


def test_a_lower_baseline_never_has_the_better_published_chance():
    chances = select_facts("probability_cells", quantity="probability_above_target", role=Role.VALIDATION)
    groups = {}
    for fact in chances:
        groups.setdefault((fact.keys["sequence"], fact.keys["site"]), []).append(fact)
    for facts in groups.values():
        ordered = sorted(facts, key=lambda fact: float(fact.keys["baseline_t_score"]))
        values = [fact.value for fact in ordered]
        assert values == sorted(values)


def test_only_exact_chances_are_for_validation():
    for fact in load_facts("probability_cells"):
        exact = fact.quantity == "probability_above_target" and fact.statistic == "estimate"
        assert (fact.role is Role.VALIDATION) == exact
        assert fact.role is not Role.CALIBRATION


def test_the_implied_normal_law_reproduces_the_published_denosumab_chances():
    # Mean and SD are rounded to two decimals, which moves a chance at the hip by up to 2 points.
    tolerance = {"lumbar_spine": 1.0, "total_hip": 2.0}
    for site, allowed in tolerance.items():
        law = find_fact("probability_cells", quantity="implied_t_score_change", site=site)
        for fact in select_facts(
            "probability_cells", quantity="probability_above_target", study="cosman2025", site=site
        ):
            needed = -2.5 - float(fact.keys["baseline_t_score"])
            chance = 100 * (1 - NormalDist(law.value, law.spread).cdf(needed))
            assert chance == pytest.approx(fact.value, abs=allowed)


def test_a_spread_stands_once_even_where_two_tables_show_it():
    outcomes = {
        (fact.keys["study"], fact.keys["arm"], fact.keys["outcome"], fact.keys["month"]): fact.spread
        for fact in load_facts("trial_outcomes")
        if fact.quantity == "percent_change_from_baseline" and fact.spread_kind is SpreadKind.SD
    }
    compared = 0
    for fact in select_facts("variability", quantity="sd_of_percent_change"):
        spread = outcomes.get(tuple(fact.keys.values()))
        if spread is not None:
            assert fact.value == pytest.approx(spread), fact.fact_id
            compared += 1
    assert compared > 20


def test_variability_names_arms_as_the_trials_do():
    arms = {(fact.keys["study"], fact.keys["arm"]) for fact in load_facts("trial_outcomes")}
    named = {(fact.keys["study"], fact.keys["arm"]) for fact in load_facts("variability")}
    assert named - arms == {("ACTIVE", "all arms pooled")}


def test_confidence_limits_enclose_their_estimate():
    limits = {}
    for table in TABLES:
        for fact in load_facts(table):
            if fact.statistic in {"lower_ci95", "upper_ci95"}:
                limits[(table, tuple(fact.keys.items()), fact.quantity, fact.statistic)] = fact.number
    assert limits
    for (table, keys, quantity, statistic), limit in limits.items():
        (estimate,) = [
            fact.number
            for fact in select_facts(table, quantity=quantity, **dict(keys))
            if fact.statistic not in {"lower_ci95", "upper_ci95"}
        ]
        assert (limit < estimate) == (statistic == "lower_ci95")


def test_a_published_half_life_is_ln_two_over_its_rate():
    for rate, half_life in (("release_rate", "release_half_life"), ("bmd_ke0", "bmd_half_life")):
        group = {"parameter_group": "zoledronate_kpd", "quantity": "typical_value"}
        per_day = find_fact("parameter_priors", item=rate, **group).value
        days = find_fact("parameter_priors", item=half_life, **group).value
        assert log(2) / per_day == pytest.approx(days, abs=0.5)  # printed to whole days


def test_recalled_facts_are_marked_and_are_the_smaller_part():
    facts = [fact for table in TABLES for fact in load_facts(table)]
    recalled = [fact for fact in facts if fact.extraction is Extraction.RECALLED]
    assert 0 < len(recalled) < len(facts) / 2
