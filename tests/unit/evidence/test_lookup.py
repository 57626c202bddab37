"""Asking for facts."""

import pytest

from osteon.errors import BadInputError, OsteonError
from osteon.evidence import (
    Role,
    describe_table,
    find_fact,
    load_facts,
    open_calibration_facts,
    record_openings,
    select_facts,
)

CELL = {
    "study": "cosman2025",
    "sequence": "denosumab 60 mg every 6 months for 36 months",
    "month": 36,
    "site": "total_hip",
    "baseline_t_score": "-2.7",
}


def test_a_fact_is_found_by_its_keys():
    assert find_fact("probability_cells", quantity="probability_above_target", **CELL).value == 71.0


def test_nothing_found_is_an_error():
    with pytest.raises(OsteonError) as caught:
        find_fact("probability_cells", **(CELL | {"baseline_t_score": "-9.9"}))
    assert caught.value.code == "evidence.not_found"


def test_more_than_one_is_an_error():
    with pytest.raises(OsteonError) as caught:
        find_fact("probability_cells", study="cosman2025")
    assert (caught.value.code, caught.value.expected) == ("evidence.ambiguous", "exactly one fact")


def test_a_statistic_tells_facts_of_one_quantity_apart():
    keys = {"study": "cosman2014horizon", "bmd_site": "total_hip", "quantity": "fracture_odds_ratio"}
    found = [
        find_fact("fracture_surrogate", statistic=statistic, **keys).value
        for statistic in ("lower_ci95", "odds_ratio", "upper_ci95")
    ]
    assert found == sorted(found)


def test_a_key_the_table_does_not_have_is_an_error_and_not_an_empty_answer():
    with pytest.raises(OsteonError) as caught:
        select_facts("probability_cells", place="total_hip")
    assert caught.value.code == "evidence.unknown_key"


def test_an_unknown_table_is_an_error():
    with pytest.raises(OsteonError) as caught:
        load_facts("no_such_table")
    assert caught.value.code == "evidence.unknown_table"


def test_selection_is_a_part_of_the_table_in_its_order():
    everything = load_facts("probability_cells")
    chosen = select_facts("probability_cells", role=Role.VALIDATION, site="total_hip")
    assert 0 < len(chosen) < len(everything)
    assert [fact for fact in everything if fact in chosen] == list(chosen)
    assert {(fact.role, fact.keys["site"]) for fact in chosen} == {("validation", "total_hip")}


def test_a_table_is_read_once():
    assert load_facts("variability") is load_facts("variability")


class TestOpenings:
    def test_a_fit_that_opens_calibration_facts_sees_no_other(self):
        with record_openings() as log:
            facts = open_calibration_facts("variability")
        assert facts
        assert log.facts == facts
        assert log.roles == {Role.CALIBRATION}

    @pytest.mark.parametrize(
        "open_held_back",
        [
            lambda: load_facts("probability_cells"),
            lambda: select_facts("probability_cells", role=Role.VALIDATION),
            lambda: find_fact("probability_cells", quantity="probability_above_target", **CELL),
        ],
        ids=["load", "select", "find"],
    )
    def test_a_held_back_fact_is_seen_whichever_way_it_was_opened(self, open_held_back):
        with record_openings() as log:
            open_held_back()
        assert Role.VALIDATION in log.roles

    def test_nothing_is_recorded_outside_the_block(self):
        with record_openings() as log:
            pass
        load_facts("variability")
        assert log.facts == ()

    def test_recordings_nest(self):
        with record_openings() as outer:
            open_calibration_facts("variability")
            with record_openings() as inner:
                load_facts("probability_cells")
        assert Role.CALIBRATION not in inner.roles
        assert outer.roles > inner.roles

    def test_a_refused_question_opens_nothing(self):
        with record_openings() as log, pytest.raises(OsteonError):
            find_fact("probability_cells", study="cosman2025")
        assert log.facts == ()


def test_a_table_describes_itself():
    schema = describe_table("probability_cells")
    assert schema.keys[:2] == ("study", "sequence")
    assert schema.description.endswith(".")


def test_an_unknown_reference_is_bad_input():
    from osteon.evidence import find_reference

    with pytest.raises(BadInputError) as caught:
        find_reference("nobody1900")
    assert caught.value.code == "evidence.unknown_reference"
