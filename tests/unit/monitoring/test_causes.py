"""Why a follow-up falls short: the ranking adds up, follows the data, and knows what cannot have happened."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from osteon.evidence import select_facts
from osteon.inference import weigh_patient
from osteon.monitoring import CauseName, Verdict, judge_followup, read_chance
from osteon.therapy import PatientContext
from tests.unit.monitoring.people import (
    AFTER,
    ALENDRONATE,
    BEFORE,
    HIP,
    SMALL,
    SPINE,
    denosumab,
    patient,
    visit,
)

BASELINE = visit(BEFORE, spine=-2.8, hip=-2.6)


def judge(spine, hip, **more):
    return judge_followup(patient(*BASELINE, *visit(AFTER, spine=spine, hip=hip), **more), settings=SMALL)


@pytest.fixture(scope="module")
def losing():
    return judge(-3.2, -2.95)


def weigh(found, name):
    return next((cause.weight for cause in found.causes if cause.name is name), None)


def test_the_causes_exclude_one_another_and_stand_in_order(losing):
    weights = [cause.weight for cause in losing.causes]
    assert math.fsum(weights) == pytest.approx(1)
    assert math.fsum(cause.prior for cause in losing.causes) == pytest.approx(1)
    assert weights == sorted(weights, reverse=True)


def test_weights_are_prior_times_evidence(losing):
    joint = np.array([math.log(cause.prior) + cause.log_evidence for cause in losing.causes])
    shares = np.exp(joint - np.logaddexp.reduce(joint))
    np.testing.assert_allclose(shares, [cause.weight for cause in losing.causes], rtol=1e-6)


def test_every_cause_has_a_check_and_a_source(losing):
    assert {cause.name for cause in losing.causes} == set(CauseName) - {CauseName.TREATMENT_GAP}
    for cause in losing.causes:
        assert cause.cheapest_check.endswith((".", "men."))
        assert cause.sources


def test_only_a_course_off_track_has_causes():
    found = judge(-2.65, -2.55)
    assert found.verdict is not Verdict.OFF_TRACK
    assert (found.ranking, found.causes) == (None, ())


def test_dated_injections_cannot_have_been_left_out():
    days = [date(2024, 9, 10), date(2025, 3, 10), date(2025, 9, 10), date(2026, 3, 10)]
    found = judge(-3.2, -2.95, history=None, injections=denosumab(*days))
    assert weigh(found, CauseName.ADHERENCE) is None
    assert found.gap is None


def test_a_gap_takes_the_place_of_noise_and_ceiling():
    found = judge(-3.2, -2.95, history="denosumab for 12 months, then no drug for 12 months")
    names = {cause.name for cause in found.causes}
    assert CauseName.TREATMENT_GAP in names
    assert names.isdisjoint({CauseName.NOISE, CauseName.CEILING})


def test_the_deeper_the_loss_the_less_is_it_noise():
    spines = (-3.1, -3.25, -3.4)
    noise = [weigh(judge(spine, -2.9), CauseName.NOISE) for spine in spines]
    assert noise == sorted(noise, reverse=True)


def test_scans_that_do_not_say_how_they_were_made_are_doubted_more(losing):
    silent = tuple(replace(scan, model=None, software=None) for scan in visit(AFTER, spine=-3.2, hip=-2.95))
    found = judge_followup(patient(*BASELINE, *silent), settings=SMALL)

    def find_prior(follow_up):
        return next(c.prior for c in follow_up.causes if c.name is CauseName.SCANNER_OR_REGION)

    assert find_prior(found) > find_prior(losing)


def test_a_stated_disease_is_likelier_before_the_data(losing):
    found = judge(-3.2, -2.95, context=PatientContext(glucocorticoids=True))
    priors = [
        next(cause.prior for cause in one.causes if cause.name is CauseName.SECONDARY_CAUSE)
        for one in (losing, found)
    ]
    assert priors[0] < priors[1]


def test_off_track_the_chance_is_averaged_over_the_causes(losing):
    for site in (SPINE, HIP):
        stated = next(told.chance for told in losing.chance_above.sites if told.site is site)
        # Those who took nothing or lose by disease are lower than those who took everything and had a bad scan.
        assert 0 <= read_chance(losing, site) <= stated
    assert read_chance(losing) <= min(read_chance(losing, site) for site in (SPINE, HIP))


def test_leaving_doses_out_explains_the_loss_to_the_posterior_too(losing):
    """Inference weighs the same data by its own code: it too finds the history without doses far likelier."""
    scans = (*BASELINE, *visit(AFTER, spine=-3.2, hip=-2.95))
    stated, none = (
        weigh_patient(patient(*scans, history=history), settings=SMALL).posterior.log_evidence
        for history in (ALENDRONATE, f"{ALENDRONATE} at 0% adherence")
    )
    by_name = {cause.name: cause for cause in losing.causes}
    beside = by_name[CauseName.ADHERENCE].log_evidence - by_name[CauseName.NOISE].log_evidence
    assert none > stated
    assert beside > 0
    # Half of the adherence account are patients who took half, so its evidence is the lower one.
    assert abs((none - stated) - beside) < 4


def test_every_judgment_is_marked_as_one():
    facts = select_facts("monitoring_causes")
    for fact in facts:
        if fact.source == "osteon_conventions":
            assert fact.locator in {"judgment", "definition"}
        else:
            assert fact.locator not in {"judgment", "definition"}
