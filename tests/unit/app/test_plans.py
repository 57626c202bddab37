from dataclasses import replace

import numpy as np
import pytest

from osteon.app import Listing, forecast, plan
from osteon.densitometry import Person, Sex
from osteon.errors import AbstainedError, BadInputError
from osteon.therapy import format_sequence, parse_sequence, standard_sequences

ONE = "alendronate for 36 months"


def list_chances(found, month):
    return [
        np.array([site.chance[month].value for site in option.forecast.sites]) for option in found.options
    ]


def test_options_stand_in_the_standard_order_and_own_ones_come_last(small_plan):
    standard = standard_sequences()
    assert [option.name for option in small_plan.options] == [*(one.name for one in standard), "own_1"]
    assert [option.own for option in small_plan.options] == [False] * len(standard) + [True]
    for option, one in zip(small_plan.options, standard, strict=False):
        assert option.forecast.sequence == one.sequence


def test_an_option_of_a_plan_is_the_forecast_by_itself(small_plan, patient, small):
    option = next(option for option in small_plan.options if option.name == "romosozumab_denosumab")
    alone = forecast(patient, option.forecast.sequence, settings=small)
    assert alone.forecast.all_sites == option.forecast.all_sites
    assert np.array_equal(alone.forecast.sites[1].quantiles, option.forecast.sites[1].quantiles)


def test_an_own_sequence_changes_nothing_for_the_others(small_plan, patient, small):
    without = plan(patient, listing=Listing.STANDARD, settings=small)
    for one, other in zip(without.options, small_plan.options, strict=False):
        assert one.forecast.all_sites == other.forecast.all_sites


def test_a_stricter_target_is_never_more_likely(small_plan, patient, small):
    stricter = plan(patient, listing=Listing.STANDARD, target_t_score=-2.0, settings=small)
    pairs = zip(list_chances(stricter, 36), list_chances(small_plan, 36), strict=False)
    assert all(np.all(strict <= usual) for strict, usual in pairs)
    assert sum(chance.sum() for chance in list_chances(stricter, 36)) > 0


def test_every_horizon_covers_the_month_and_the_two_years_after(patient, small):
    found = plan(
        patient, sequences=["denosumab for 12 months"], listing=Listing.ASKED, month=48, settings=small
    )
    (option,) = found.options
    assert len(option.forecast.months) > 48
    assert option.forecast.durability.month == 36


def test_progress_counts_to_the_end(patient, small):
    told = []
    plan(
        patient,
        sequences=[ONE, "no drug for 12 months"],
        listing=Listing.ASKED,
        settings=small,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(1, 2), (2, 2)]


def test_a_sequence_may_be_words_or_a_value(patient, small):
    words = plan(patient, sequences=[ONE], listing=Listing.ASKED, settings=small)
    value = plan(patient, sequences=[parse_sequence(ONE)], listing=Listing.ASKED, settings=small)
    assert words.options[0].forecast.all_sites == value.options[0].forecast.all_sites
    assert format_sequence(words.options[0].forecast.sequence) == "alendronate 70 mg weekly for 36 months"


def test_sources_are_those_of_every_option(small_plan):
    for option in small_plan.options:
        assert set(option.sources) <= set(small_plan.sources)
    assert len(small_plan.sources) == len(set(small_plan.sources))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"listing": Listing.ASKED}, "plan.no_sequence"),
        ({"month": 0}, "forecast.month_out_of_range"),
        ({"month": 121}, "forecast.month_out_of_range"),
        ({"target_t_score": -25.0}, "reversal.target_out_of_range"),
        ({"sequences": ["alendronat"]}, "therapy.unknown_drug"),
    ],
)
def test_what_cannot_be_answered_is_refused_before_anything_is_simulated(patient, asked, code):
    with pytest.raises(BadInputError) as caught:
        plan(patient, **asked)
    assert caught.value.code == code


def test_a_search_shows_what_it_found_and_then_what_was_asked_for(small_search):
    own = [option for option in small_search.options if option.own]
    assert [option.name for option in own] == ["own_1", "own_2"]
    assert list(small_search.options[-2:]) == own
    assert small_search.options[0].forecast.sequence.duration_months == small_search.search.horizon_months
    assert all(not option.exclusions for option in small_search.options if not option.own)
    assert all(option.forecast.all_sites[small_search.month] for option in small_search.options)


def test_a_found_option_is_the_forecast_by_itself(small_search, patient, small):
    option = small_search.options[1]
    alone = forecast(patient, option.forecast.sequence, settings=small)
    assert alone.forecast.all_sites == option.forecast.all_sites
    assert np.array_equal(alone.forecast.sites[1].quantiles, option.forecast.sites[1].quantiles)


def test_lasting_is_the_chance_two_years_after_the_last_drug(small_search):
    for option in small_search.options:
        held = option.forecast.durability
        if held is not None:
            assert option.lasting == held.above


def test_a_plan_has_one_target(patient):
    with pytest.raises(BadInputError) as caught:
        plan(patient, target_t_score=-2.5, at_least=-2.0)
    assert caught.value.code == "plan.two_targets"


def test_outside_the_domain_there_is_no_plan(patient):
    young = replace(patient, person=Person(sex=Sex.FEMALE, age_years=41, menopausal=False))
    with pytest.raises(AbstainedError):
        plan(young)
