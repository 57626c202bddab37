"""Every rule speaks when it should, is silent when it should be, and cites a source."""

import re

import pytest

from osteon.errors import BadInputError
from osteon.evidence import cite, load_facts
from osteon.therapy import (
    Condition,
    LabelRegion,
    PatientContext,
    Severity,
    check_sequence,
    describe_drug,
    format_sequence,
    list_drugs,
    parse_sequence,
    standard_sequences,
)


def list_codes(text, **known):
    return [finding.code for finding in check_sequence(parse_sequence(text), PatientContext(**known))]


def find_message(text, code, **known):
    findings = check_sequence(parse_sequence(text), PatientContext(**known))
    return next(finding.message for finding in findings if finding.code == code)


SECOND_COURSE = "romosozumab for 1 year, then alendronate for 1 year, then romosozumab for 1 year"
SHORT_GAP = "denosumab for 1 year, then no drug for 1 month, then zoledronate for 1 year"
TWO_BISPHOSPHONATES = "alendronate for 5 years, then denosumab for 1 year, then zoledronate for 3 years"
SPEAKS = {
    "anabolic_without_follow_on": "romosozumab for 12 months, then no drug for 12 months",
    "denosumab_without_follow_on": "denosumab for 24 months, then no drug for 12 months",
    "denosumab_at_end": "denosumab for 24 months",
    "denosumab_to_pth_analog": "denosumab for 24 months, then teriparatide for 12 months",
    "denosumab_to_romosozumab": "denosumab for 24 months, then romosozumab for 12 months",
    "denosumab_dose_late": "denosumab every 8 months for 36 months",
    "denosumab_dose_critical": "denosumab for 1 year, then no drug for 1 year, then denosumab for 1 year",
    "denosumab_missed_doses": "denosumab for 24 months at 90% adherence",
    "course_over_label": "teriparatide for 25 months",
    "pth_analogs_over_label": "abaloparatide for 18 months, then teriparatide for 12 months",
    "second_romosozumab_course": SECOND_COURSE,
    "bisphosphonate_review": "alendronate for 61 months",
    "bisphosphonate_beyond_evidence": "zoledronate for 73 months",
    "bisphosphonate_pause": "alendronate for 60 months, then no drug for 24 months",
    "raloxifene_stopped": "raloxifene for 24 months, then no drug for 12 months",
    "combination_studied": "teriparatide and denosumab for 24 months",
    "combination_without_gain": "alendronate and abaloparatide for 12 months",
    "combination_not_labeled": "raloxifene and denosumab for 12 months",
    "dose_not_labeled": "ibandronate 100 mg monthly for 12 months",
    "dose_rate_far": "alendronate 70 mg daily for 12 months",
    "not_checked": "alendronate for 12 months",
}
SILENT = {
    "anabolic_without_follow_on": "romosozumab for 12 months, then alendronate for 12 months",
    "denosumab_without_follow_on": SHORT_GAP,
    "denosumab_at_end": "denosumab for 24 months, then zoledronate for 12 months",
    "denosumab_to_pth_analog": "denosumab for 24 months, then teriparatide and denosumab for 12 months",
    "denosumab_to_romosozumab": "denosumab for 24 months, then alendronate for 12 months",
    "denosumab_dose_late": "denosumab every 28 weeks for 36 months",
    "denosumab_dose_critical": "denosumab for 24 months, then romosozumab for 12 months",
    "denosumab_missed_doses": "denosumab for 24 months, then alendronate for 12 months at 80% adherence",
    "course_over_label": "romosozumab for 1 year, then teriparatide for 2 years, then denosumab for 10 years",
    "pth_analogs_over_label": "abaloparatide for 12 months, then teriparatide for 12 months",
    "second_romosozumab_course": "romosozumab for 12 months, then alendronate for 12 months",
    "bisphosphonate_review": TWO_BISPHOSPHONATES,
    "bisphosphonate_beyond_evidence": "alendronate for 120 months",
    "bisphosphonate_pause": "denosumab for 24 months, then no drug for 24 months",
    "raloxifene_stopped": "raloxifene for 24 months, then alendronate for 12 months",
    "combination_studied": "teriparatide for 24 months, then denosumab for 24 months",
    "combination_without_gain": "alendronate and calcium and vitamin D for 12 months",
    "combination_not_labeled": "teriparatide and denosumab for 24 months",
    "dose_not_labeled": "ibandronate 3 mg IV every 3 months for 12 months",
    "dose_rate_far": "zoledronate every 18 months for 36 months",
    "not_checked": "no drug for 12 months",
}


@pytest.mark.parametrize(("code", "text"), SPEAKS.items())
def test_a_rule_speaks(code, text):
    assert code in list_codes(text)


@pytest.mark.parametrize(("code", "text"), SILENT.items())
def test_a_rule_is_silent(code, text):
    assert code not in list_codes(text)


def test_every_rule_of_the_table_is_tried_and_none_is_unknown():
    in_table = {fact.keys["rule"] for fact in load_facts("sequence_rules")}
    assert set(SPEAKS) | {"bisphosphonate_pause_high_risk"} == in_table
    assert set(SILENT) == set(SPEAKS)


def list_all_findings():
    known = dict.fromkeys((condition.value for condition in Condition), True)
    known.pop("low_renal_clearance")
    patient = PatientContext(
        **known,
        renal_clearance_ml_min=20,
        months_since_stroke=3,
        months_since_myocardial_infarction=3,
        age_years=80,
        glucocorticoids=True,
        hip_or_vertebral_fracture=True,
        hip_t_score=-2.5,
    )
    texts = [
        *SPEAKS.values(),
        *(f"{drug} for 12 months, then no drug for 12 months" for drug in list_drugs()),
    ]
    plans = [parse_sequence(text) for text in texts]
    return [
        finding for plan in plans for context in (None, patient) for finding in check_sequence(plan, context)
    ]


def test_every_finding_has_a_source_and_whole_sentences():
    for finding in list_all_findings():
        assert len(cite(finding)) == 1
        assert finding.extraction in {"read", "recalled", "computed"}
        assert re.fullmatch(r"[A-Z][^{}]*\.", finding.message), finding.message


def test_findings_state_and_never_direct_or_promise():
    banned = re.compile(
        r"\b(cure|cured|reversed|must|should|you|your|stop taking|switch to)\b", re.IGNORECASE
    )
    assert banned.search("You should stop")
    for finding in list_all_findings():
        assert not banned.search(finding.message), finding.message


def test_each_restriction_of_each_drug_can_be_reported():
    codes = {finding.code for finding in list_all_findings()}
    assert {f"restricted_{condition}" for condition in Condition} <= codes


def test_the_gravest_comes_first_and_nothing_is_said_twice():
    plan = parse_sequence("romosozumab for 24 months")
    findings = check_sequence(plan, PatientContext(hypocalcemia=True, myocardial_infarction=True))
    order = [Severity.CONTRAINDICATED, Severity.CAUTION, Severity.INFO]
    ranks = [order.index(finding.severity) for finding in findings]
    assert ranks == sorted(ranks)
    assert len(set(findings)) == len(findings)


@pytest.mark.parametrize(
    ("drug", "limit"),
    [("alendronate", 35), ("risedronate", 30), ("ibandronate", 30), ("zoledronate", 35), ("denosumab", 30)],
)
def test_renal_limits_hold_below_and_not_at_the_limit(drug, limit):
    code = "restricted_low_renal_clearance"
    assert code in list_codes(f"{drug} for 12 months", renal_clearance_ml_min=limit - 0.1)
    assert code not in list_codes(f"{drug} for 12 months", renal_clearance_ml_min=limit)


@pytest.mark.parametrize(
    ("region", "months", "severities"),
    [
        (LabelRegion.US, 11, [Severity.CONTRAINDICATED]),
        (LabelRegion.US, 12, []),
        (LabelRegion.EU, 60, [Severity.CONTRAINDICATED]),
        (None, 60, [Severity.CONTRAINDICATED]),
    ],
)
def test_romosozumab_after_infarction_differs_by_label(region, months, severities):
    context = PatientContext(
        label_region=region, myocardial_infarction=True, months_since_myocardial_infarction=months
    )
    findings = check_sequence(parse_sequence("romosozumab for 12 months"), context)
    found = [one.severity for one in findings if one.code == "restricted_myocardial_infarction"]
    assert found == severities


def test_an_infarction_at_an_unknown_time_is_not_checked_rather_than_guessed():
    message = find_message(
        "romosozumab for 12 months",
        "not_checked",
        label_region=LabelRegion.US,
        myocardial_infarction=True,
        stroke=False,
        hypocalcemia=False,
        male=False,
    )
    assert message == "Not checked, because not known: myocardial infarction."


def test_what_is_unknown_is_summed_up_once():
    codes = list_codes("alendronate for 12 months, then zoledronate for 24 months")
    assert codes.count("not_checked") == 1
    message = find_message("alendronate for 12 months", "not_checked")
    assert "kidney function" in message
    assert "hypocalcemia" in message


def test_nothing_is_left_unchecked_once_all_is_known():
    known = dict.fromkeys((c.value for c in Condition if c is not Condition.LOW_RENAL_CLEARANCE), False)
    text = "romosozumab for 12 months, then alendronate for 24 months"
    assert list_codes(text, **known, renal_clearance_ml_min=80) == []


def test_the_esophagus_does_not_concern_an_infusion():
    assert "restricted_esophageal_disease" in list_codes("ibandronate for 12 months", esophageal_disease=True)
    assert "restricted_esophageal_disease" not in list_codes(
        "ibandronate iv for 12 months", esophageal_disease=True
    )


def test_history_counts_toward_limits_and_begins_the_switch():
    past = parse_sequence("teriparatide for 18 months")
    assert "course_over_label" in list_codes(
        "teriparatide for 12 months, then alendronate for 12 months", history=past
    )
    codes = list_codes("no drug for 12 months", history=parse_sequence("denosumab for 24 months"))
    assert "denosumab_without_follow_on" in codes


def test_history_is_not_checked_against_the_patient_of_today():
    past = parse_sequence("raloxifene for 12 months")
    codes = list_codes("alendronate for 12 months", history=past, venous_thromboembolism=True)
    assert "restricted_venous_thromboembolism" not in codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("romosozumab every 3 months for 24 months", 2),
        ("romosozumab 105 mg every 2 weeks for 12 months", 1),
        ("romosozumab for 12 months", 0),
    ],
)
def test_a_romosozumab_course_is_bounded_in_months_and_in_doses(text, codes):
    assert list_codes(text).count("course_over_label") == codes


@pytest.mark.parametrize(
    "known",
    [
        {"age_years": 76},
        {"hip_t_score": -2.5},
        {"glucocorticoids": True},
        {"hip_or_vertebral_fracture": True},
    ],
)
def test_a_pause_at_high_risk_is_pointed_out(known):
    text = "zoledronate for 36 months, then no drug for 24 months"
    assert "bisphosphonate_pause_high_risk" in list_codes(text, **known)
    assert "bisphosphonate_pause_high_risk" not in list_codes(text, age_years=75, hip_t_score=-2.4)


def test_one_infusion_watched_for_years_is_not_years_of_treatment():
    assert "bisphosphonate_review" not in list_codes("zoledronate once for 60 months")


def test_the_ratio_of_a_weekly_dose_taken_daily_is_told():
    assert "delivers 7 times" in find_message("alendronate 70 mg daily for 12 months", "dose_rate_far")


def test_late_denosumab_beside_a_daily_drug_is_still_late():
    assert "denosumab_dose_critical" in list_codes("teriparatide and denosumab every 12 months for 24 months")


def test_standard_sequences_raise_no_caution():
    for standard in standard_sequences():
        graver = [f for f in check_sequence(standard.sequence) if f.severity is not Severity.INFO]
        assert graver == [], standard.name


def test_a_check_changes_nothing():
    plan = parse_sequence("alendronate 70 mg daily for 12 months")
    text = format_sequence(plan)
    assert check_sequence(plan) == check_sequence(plan)
    assert format_sequence(plan) == text


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ({"age_years": -1}, "context_out_of_range"),
        ({"renal_clearance_ml_min": float("nan")}, "context_out_of_range"),
        ({"months_since_stroke": 6}, "time_without_event"),
        ({"months_since_stroke": 6, "stroke": False}, "time_without_event"),
    ],
)
def test_a_context_that_cannot_be_is_refused(known, code):
    with pytest.raises(BadInputError) as caught:
        PatientContext(**known)
    assert caught.value.code == f"therapy.{code}"


def test_standard_sequences_are_those_compared_by_default():
    names = [standard.name for standard in standard_sequences()]
    assert names[0] == "no_drug"
    assert len(set(names)) == len(names) == 11
    assert {standard.sequence.duration_months for standard in standard_sequences()} == {36}
    for standard in standard_sequences():
        assert len(cite(standard)) == 1


def test_facts_of_a_restriction_reach_the_finding():
    facts = describe_drug(list_drugs()[3])
    finding = check_sequence(parse_sequence("zoledronate for 12 months"), PatientContext(hypocalcemia=True))[
        0
    ]
    assert finding.source in facts.sources
