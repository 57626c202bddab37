import numpy as np
import pytest

from osteon.app import choose_example, forecast_survey, read_respondent
from osteon.app.surveys import (
    apply_real_world_persistence,
    ask_crowd,
    choose_respondents,
    gather_crowd,
    join_errors,
)
from osteon.densitometry import Sex, classify_scans
from osteon.inference import BankSettings, prepare_patient, simulate_sites
from osteon.registry import Estimate, load_nhanes_adults
from osteon.reversal import ReversalDefinition, standard_reversal
from osteon.therapy import format_sequence, parse_sequence, standard_sequences

FEW = BankSettings(draws=2, per_draw=4)
USUAL = "teriparatide for 12 months with real-world persistence, then denosumab for 12 months"


def make_estimate(value, error, high):
    return Estimate(
        value=value,
        standard_error=error,
        degrees_of_freedom=15,
        low=2 * value - high,
        high=high,
        confidence=0.95,
        n=9,
        sources=(),
    )


@pytest.mark.parametrize("sequence", ["no drug for 24 months", "denosumab for 24 months", USUAL])
def test_a_respondents_chance_is_that_of_a_patient_alone(sequence):
    crowd = gather_crowd(standard_reversal(), month=24, settings=FEW, most_respondents=5)
    given = parse_sequence(sequence)
    together = ask_crowd(crowd, given)
    for bank, shares in zip(crowd.banks, together, strict=True):
        courses = simulate_sites(bank, given, months=24)
        alone = np.all(courses.true_t[:, -1] > -2.5, axis=0).reshape(FEW.draws, -1).mean(axis=1)
        assert np.array_equal(shares, alone)


def test_a_respondents_chance_does_not_depend_on_who_else_was_asked():
    given = parse_sequence("denosumab for 24 months")
    few, more = (
        ask_crowd(gather_crowd(standard_reversal(), month=24, settings=FEW, most_respondents=n), given)
        for n in (3, 7)
    )
    assert np.array_equal(few, more[:3])
    assert 0 < more.mean() < 1


def test_respondents_are_fifty_or_more_and_at_or_below_the_line():
    adults = load_nhanes_adults()
    chosen = choose_respondents(adults, standard_reversal())
    assert len(chosen) > 200
    for index in chosen:
        patient = read_respondent(adults, index)
        assert patient.person.age_years >= 50
        assert classify_scans(patient.scans, patient.person).lowest_score <= -2.5


def test_a_lower_line_leaves_fewer_respondents():
    adults = load_nhanes_adults()
    lower = choose_respondents(adults, ReversalDefinition(target_t_score=-3.0))
    assert set(lower) < set(choose_respondents(adults, standard_reversal()))


def test_the_answer_holds_every_standard_sequence_in_order(small_survey):
    standard = standard_sequences()
    assert [option.name for option in small_survey.options] == [one.name for one in standard]
    assert [option.sequence for option in small_survey.options] == [one.sequence for one in standard]
    assert [option.real_world_persistence is None for option in small_survey.options] == [
        one.name == "no_drug" for one in standard
    ]


def test_every_share_lies_in_its_interval(small_survey):
    for option in small_survey.options:
        for share in (option.full_persistence, option.real_world_persistence):
            if share is not None:
                assert 0 <= share.low <= share.value <= share.high <= 1
                assert share.sampling_error >= 0
                assert share.model_error >= 0


def test_a_drug_does_more_than_none_and_no_more_when_it_is_stopped(small_survey):
    nothing = small_survey.options[0].full_persistence.value
    for option in small_survey.options[1:]:
        assert option.full_persistence.value >= nothing
        assert option.real_world_persistence.value <= option.full_persistence.value
    assert max(option.full_persistence.value for option in small_survey.options) > nothing


def test_the_people_are_weighed(small_survey):
    adults = load_nhanes_adults()
    crowd = gather_crowd(standard_reversal(), month=1, settings=FEW, most_respondents=12)
    assert small_survey.respondents == 12
    assert small_survey.people == pytest.approx(adults.design.weights[crowd.domain].sum())


def test_both_errors_widen_the_interval():
    narrow = join_errors(make_estimate(0.4, 0.05, 0.5), 0.0)
    wide = join_errors(make_estimate(0.4, 0.05, 0.5), 0.05)
    assert wide.low < narrow.low < 0.4 < narrow.high < wide.high
    assert narrow.high - narrow.low == pytest.approx(0.2, rel=0.05)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_share_without_spread_has_no_interval(value):
    share = join_errors(make_estimate(value, 0.0, value), 0.0)
    assert (share.low, share.value, share.high) == (value, value, value)


def test_usual_care_persists_with_drugs_only():
    given = parse_sequence("denosumab for 12 months, then no drug for 12 months")
    usual = apply_real_world_persistence(given)
    expected = "denosumab 60 mg every 6 months for 12 months with real-world persistence, then no drug"
    assert format_sequence(usual) == f"{expected} for 12 months"
    assert apply_real_world_persistence(parse_sequence("no drug for 12 months")) is None


def test_a_respondent_is_read_as_measured():
    adults = load_nhanes_adults()
    index = int(np.flatnonzero(~adults.female & np.isnan(adults.l1_l4_g_cm2))[0])
    patient = read_respondent(adults, index)
    assert (patient.person.sex, patient.person.menopausal) == (Sex.MALE, None)
    by_site = {scan.site.value: scan.areal_bmd_g_cm2 for scan in patient.scans}
    assert by_site["total_hip"] == adults.total_hip_g_cm2[index]
    assert patient.patient_id == f"NHANES-{adults.seqn[index]}"


def test_the_example_has_osteoporosis_at_every_site():
    patient = choose_example()
    found = classify_scans(patient.scans, patient.person)
    assert patient.person.sex is Sex.FEMALE
    assert [site.score <= -2.5 for site in found.sites] == [True] * 3


def test_progress_counts_the_sequences():
    told = []
    forecast_survey(
        month=1, settings=FEW, most_respondents=8, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(number, 11) for number in range(1, 12)]


def test_a_person_is_prepared_as_any_patient_is():
    crowd = gather_crowd(standard_reversal(), month=1, settings=FEW, most_respondents=1)
    (bank,) = crowd.banks
    alone = prepare_patient(bank.patient, settings=FEW)
    assert np.array_equal(alone.virtual.keys, bank.virtual.keys)
