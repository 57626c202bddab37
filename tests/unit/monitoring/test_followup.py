"""The whole answer: verdicts, markers, findings, dates."""

from dataclasses import replace
from datetime import date

import pytest

from osteon.densitometry import Side
from osteon.errors import AbstainedError, BadInputError
from osteon.evidence import cite
from osteon.monitoring import ObjectionKind, ReversalState, Verdict, judge_followup, read_chance
from tests.unit.monitoring.people import (
    AFTER,
    ALENDRONATE,
    BEFORE,
    HIP,
    NECK,
    SMALL,
    SPINE,
    denosumab,
    patient,
    reading,
    scan,
    visit,
)

BASELINE = visit(BEFORE, spine=-2.8, hip=-2.6)


def judge(*later, baseline=BASELINE, options=None, **more):
    return judge_followup(patient(*baseline, *later, **more), settings=SMALL, **(options or {}))


@pytest.mark.parametrize(
    ("spine", "hip", "verdict"),
    [
        (-2.2, -2.2, Verdict.REACHED),
        (-2.3, -2.45, Verdict.REACHED_UNCONFIRMED),
        (-2.35, -2.55, Verdict.ON_TRACK),
        (-2.7, -2.55, Verdict.WITHIN_NOISE),
        (-3.3, -3.0, Verdict.OFF_TRACK),
    ],
)
def test_the_verdict_follows_the_scans(spine, hip, verdict):
    assert judge(*visit(AFTER, spine=spine, hip=hip)).verdict is verdict


def test_one_visit_cannot_say():
    found = judge(as_of=BEFORE, history=None)
    assert (found.verdict, found.state) == (Verdict.CANNOT_SAY, ReversalState.NOT_REACHED)
    assert all(one.changes.since_baseline is None for one in found.sites)


def test_the_other_hip_cannot_be_compared():
    later = scan(HIP, -2.2, AFTER, side=Side.RIGHT)
    found = judge(later, baseline=visit(BEFORE, hip=-2.6))
    assert found.verdict is Verdict.CANNOT_SAY
    assert found.state is ReversalState.CROSSED_UNCONFIRMED


def test_a_neck_alone_below_its_forecast_does_not_decide():
    later = visit(AFTER, spine=-2.6, hip=-2.5, neck=-3.4)
    found = judge(*later, baseline=visit(BEFORE, spine=-2.8, hip=-2.6, neck=-2.6))
    assert {objection.about for objection in found.objections} <= {SPINE, HIP}
    neck = next(one for one in found.sites if one.site is NECK)
    assert neck.changes.since_baseline.significant


def test_a_new_fracture_keeps_the_state_from_reversal():
    later = visit(AFTER, spine=-2.2, hip=-2.2)
    assert judge(*later).state is ReversalState.REVERSAL
    assert judge(*later, options={"new_fracture": True}).state is ReversalState.SITE_REVERSAL


def test_the_facility_precision_is_used_where_it_is_given():
    later = visit(AFTER, spine=-2.6, hip=-2.5)
    precise = judge(*later, options={"precision_errors": {SPINE: 0.004, HIP: 0.004}})
    assert judge(*later).verdict is Verdict.WITHIN_NOISE
    assert precise.verdict is Verdict.ON_TRACK


def test_an_ongoing_gap_outweighs_a_gain_but_not_a_goal_reached():
    stopped = "denosumab for 12 months, then no drug for 12 months"
    gained = judge(*visit(AFTER, spine=-2.3, hip=-2.55), history=stopped)
    assert gained.verdict is Verdict.OFF_TRACK
    reached = judge(*visit(AFTER, spine=-2.2, hip=-2.2), history=stopped)
    assert reached.verdict is Verdict.REACHED
    assert ObjectionKind.TREATMENT_GAP in {one.kind for one in reached.objections}


def test_a_pause_after_a_bisphosphonate_is_no_objection():
    found = judge(
        *visit(AFTER, spine=-2.7, hip=-2.55), history="alendronate for 12 months, then no drug for 12 months"
    )
    assert found.verdict is Verdict.WITHIN_NOISE
    assert found.gap is not None


def test_markers_of_two_laboratories_are_not_compared():
    markers = (reading("ctx", 520, BEFORE), reading("ctx", 510, AFTER, assay="IDS"))
    (found,) = judge(*visit(AFTER, spine=-2.6, hip=-2.5), markers=markers).markers
    assert (found.fraction, found.beyond_limit, found.baseline) == (None, None, None)


def test_without_a_baseline_a_marker_below_the_target_counts():
    (found,) = judge(*visit(AFTER, spine=-2.6, hip=-2.5), markers=(reading("ctx", 150, AFTER),)).markers
    assert (found.suppressed, found.has_answered, found.has_not_moved) == (True, True, False)


def test_the_limit_is_that_of_the_drug():
    oral = (reading("p1np", 60, BEFORE), reading("p1np", 40, AFTER))
    later = visit(AFTER, spine=-2.6, hip=-2.5)
    (swallowed,) = judge(*later, markers=oral).markers
    (infused,) = judge(*later, markers=oral, history="zoledronate for 24 months").markers
    assert (swallowed.limit, infused.limit) == (0.38, 0.30)
    assert (swallowed.beyond_limit, infused.beyond_limit) == (False, True)


def test_an_anabolic_drug_should_raise_p1np():
    markers = (reading("p1np", 50, date(2026, 6, 1)), reading("p1np", 48, AFTER))
    found = judge(*visit(AFTER, spine=-2.7, hip=-2.6), history="teriparatide for 3 months", markers=markers)
    (p1np,) = found.markers
    assert (p1np.direction, p1np.has_answered, p1np.has_not_moved) == (1, False, True)
    assert found.verdict is Verdict.OFF_TRACK


def test_romosozumab_gives_p1np_no_lasting_direction():
    markers = (reading("p1np", 50, BEFORE), reading("p1np", 48, AFTER))
    (p1np,) = judge(
        *visit(AFTER, spine=-2.2, hip=-2.4), history="romosozumab for 12 months", markers=markers
    ).markers
    assert (p1np.direction, p1np.has_not_moved) == (0, False)


def test_the_next_scan_waits_for_what_it_could_resolve():
    start = visit(BEFORE, spine=-3.2, hip=-2.9)
    soon = judge_followup(patient(*start, history="romosozumab for 1 months", as_of=BEFORE), settings=SMALL)
    late = judge_followup(patient(*start, history=None, as_of=BEFORE), settings=SMALL)
    assert soon.next_scan.months == 12
    assert soon.next_scan.site is SPINE
    assert soon.next_scan.expected_change_g_cm2 >= soon.next_scan.least_significant_change_g_cm2
    assert late.next_scan.months > soon.next_scan.months


def test_off_track_the_next_look_is_sooner():
    found = judge(*visit(AFTER, spine=-3.3, hip=-3.0))
    assert (found.next_scan.months, found.next_scan.sooner) == (12, True)
    assert {(planned.marker.value, planned.date) for planned in found.next_markers} == {
        ("ctx", AFTER),
        ("p1np", AFTER),
    }


@pytest.mark.parametrize(
    ("history", "why", "markers"),
    [
        ("alendronate for 1 months", "marker_oral_bisphosphonate", {"ctx", "p1np"}),
        ("teriparatide for 1 months", "marker_pth_analog", {"p1np"}),
        ("denosumab for 1 months", "marker_other_antiresorptive", {"ctx", "p1np"}),
        (
            "denosumab for 12 months, then zoledronate once, observed for 1 months",
            "marker_after_denosumab",
            {"ctx"},
        ),
    ],
)
def test_the_next_marker_follows_the_start_of_a_drug(history, why, markers):
    found = judge(*visit(AFTER, spine=-2.7, hip=-2.55), history=history)
    assert {planned.why for planned in found.next_markers} == {why}
    assert {planned.marker.value for planned in found.next_markers} == markers
    assert all(planned.date > AFTER for planned in found.next_markers)


def test_a_marker_measured_since_is_not_asked_for_again():
    history = "alendronate for 2 months"
    readings = (reading("ctx", 200, date(2026, 8, 20)), reading("p1np", 20, date(2026, 8, 20)))
    found = judge(*visit(AFTER, spine=-2.7, hip=-2.55), history=history, markers=readings)
    assert found.next_markers == ()


def test_a_course_goes_on_unless_its_label_ends():
    going = judge(*visit(AFTER, spine=-2.7, hip=-2.55))
    assert going.continued.regimens[0].prescriptions
    ended = judge(*visit(AFTER, spine=-2.2, hip=-2.4), history="romosozumab for 12 months")
    assert not ended.continued.regimens[0].prescriptions


def test_a_spine_only_gain_needs_a_hip_that_was_compared():
    flat = {finding.code for finding in judge(*visit(AFTER, spine=-2.2, hip=-2.6)).findings}
    both = {finding.code for finding in judge(*visit(AFTER, spine=-2.2, hip=-2.3)).findings}
    alone = {finding.code for finding in judge(*visit(AFTER, spine=-2.2)).findings}
    assert "spine_only_gain" in flat
    assert "spine_only_gain" not in both | alone


def test_a_strong_response_is_named_with_its_source():
    found = judge(*visit(AFTER, spine=-2.2, hip=-2.3))
    (named,) = (finding for finding in found.findings if finding.code == "strong_response")
    assert named.source == "naylor2016trio"
    assert "5 to 7 %" in named.message
    assert not any(f.code == "strong_response" for f in judge(*visit(AFTER, spine=-2.6, hip=-2.3)).findings)


def test_every_source_is_in_the_bibliography_and_the_diagnosis_persists():
    found = judge(*visit(AFTER, spine=-3.3, hip=-3.0), injections=denosumab(date(2026, 1, 10)))
    assert {reference.key for reference in cite(found)} == set(found.sources)
    assert any("persists" in note for note in found.notes)


def test_the_same_seed_gives_the_same_answer_and_another_person_changes_nothing():
    later = visit(AFTER, spine=-3.3, hip=-3.0)
    first, second = judge(*later), judge(*later)
    assert [cause.weight for cause in first.causes] == [cause.weight for cause in second.causes]
    assert read_chance(first) == read_chance(second)


def test_nothing_is_said_without_a_day():
    undated = patient(replace(BASELINE[0], date=None), history=None)
    with pytest.raises(BadInputError) as refused:
        judge_followup(undated, settings=SMALL)
    assert refused.value.code == "monitoring.undated"


def test_a_site_without_a_t_score_does_not_stop_the_others():
    silent = replace(BASELINE[1], maker=None, model=None)
    found = judge(*visit(AFTER, spine=-2.2, hip=-2.4), baseline=(BASELINE[0], silent))
    hip = next(one for one in found.sites if one.site is HIP)
    assert hip.comparable is False
    assert found.verdict is not Verdict.CANNOT_SAY


def test_a_forearm_alone_is_not_followed():
    with pytest.raises((AbstainedError, BadInputError)):
        judge_followup(patient(history=ALENDRONATE), settings=SMALL)
