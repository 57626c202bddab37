"""The planner: what is tried, what is left out and why, and that nothing better stays hidden."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from osteon.densitometry import Maker, Person, Scan, Sex, Site, compute_areal_bmd, find_reference_curve
from osteon.errors import BadInputError
from osteon.inference import BankSettings, Patient, name_context, prepare_patient, simulate_sites
from osteon.population import ThreadExecutor
from osteon.reversal import (
    Course,
    Goal,
    Grammar,
    ReversalDefinition,
    count_burden,
    find_dominators,
    find_front,
    find_goal_rule,
    forecast_sequence,
    judge_sequences,
    list_candidates,
    list_points,
    list_ties,
    measure_forecast,
    plan_sequences,
    standard_grammar,
    standard_reversal,
)
from osteon.reversal.planner_search import read_contender, search_candidates
from osteon.therapy import (
    Drug,
    LabelRegion,
    PatientContext,
    Sequence,
    format_sequence,
    parse_sequence,
)

WOMAN = Person(sex=Sex.FEMALE, age_years=69, years_since_menopause=19)
SMALL = BankSettings(draws=4, per_draw=16)
ROUNDS = BankSettings(draws=8, per_draw=80)
"""640 virtual patients: three rounds."""
GOAL = Goal(definition=standard_reversal(), month=18)
SHORT = Grammar(
    openings=(
        Course(drug=Drug.ROMOSOZUMAB, months=12),
        Course(drug=Drug.TERIPARATIDE, months=12),
        Course(drug=Drug.DENOSUMAB, months=12),
    ),
    closings=(Drug.ALENDRONATE, Drug.ZOLEDRONATE, Drug.DENOSUMAB),
    left_out=(),
    horizon_months=24,
    most_regimens=2,
    shortest_last_months=12,
)
BISPHOSPHONATES = {Drug.ALENDRONATE, Drug.RISEDRONATE, Drug.IBANDRONATE, Drug.ZOLEDRONATE}
STOPPED = parse_sequence("denosumab for 12 months, then no drug for 12 months")


def scan(site, t_score):
    bmd = compute_areal_bmd(t_score, find_reference_curve(Maker.HOLOGIC, site))
    return Scan(site=site, areal_bmd_g_cm2=bmd, maker=Maker.HOLOGIC)


def make_patient(**more):
    scans = (scan(Site.LUMBAR_SPINE, -2.9), scan(Site.TOTAL_HIP, -2.6))
    return Patient(patient_id="ann", person=WOMAN, scans=scans, **more)


@cache
def prepare(settings=SMALL, history=None):
    past = None if history is None else parse_sequence(history)
    return prepare_patient(make_patient(history=past), settings=settings)


@pytest.fixture(scope="module")
def found():
    return plan_sequences(prepare(ROUNDS), GOAL, grammar=SHORT, own=[STOPPED])


def list_texts(options):
    return [format_sequence(option.sequence) for option in options]


def list_drugs_of(sequence):
    return {one.drug for regimen in sequence.regimens for one in regimen.prescriptions}


def list_allowed(context, grammar=None):
    candidates = list_candidates(grammar or standard_grammar())
    verdicts = judge_sequences(candidates, context)
    return [verdict.sequence for verdict in verdicts if not verdict.exclusions]


def list_allowed_drugs(context):
    return set().union(*map(list_drugs_of, list_allowed(context)))


# What is written down


def test_every_candidate_is_a_sequence_of_the_grammar():
    grammar = standard_grammar()
    candidates = list_candidates(grammar)
    assert len(set(candidates)) == len(candidates) > 100
    for one in candidates:
        assert 1 <= len(one.regimens) <= grammar.most_regimens
        assert one.duration_months == grammar.horizon_months
        assert one.regimens[-1].duration_months >= grammar.shortest_last_months
        assert parse_sequence(format_sequence(one)) == one


def test_a_short_grammar_is_written_out_in_full():
    texts = {
        ", ".join(text.split()[0] for text in format_sequence(one).split(", then "))
        for one in list_candidates(SHORT)
    }
    anabolic = {
        f"{first}, {last}"
        for first in ("romosozumab", "teriparatide")
        for last in ("alendronate", "zoledronate", "denosumab", "no")
    }
    alone = {"no", "alendronate", "zoledronate", "denosumab"}
    assert texts == alone | anabolic | {"denosumab, alendronate", "denosumab, zoledronate", "denosumab, no"}


# What is left out


def test_what_is_left_out_is_counted_by_reason_and_each_reason_has_a_source():
    context = name_context(make_patient(context=PatientContext(renal_clearance_ml_min=28)))
    verdicts = judge_sequences(list_candidates(standard_grammar()), context)
    refused = [verdict for verdict in verdicts if verdict.exclusions]
    assert {reason.code for verdict in refused for reason in verdict.exclusions} >= {
        "restricted_low_renal_clearance"
    }
    assert all(reason.source for verdict in refused for reason in verdict.exclusions)


@pytest.mark.parametrize(
    ("context", "never", "still"),
    [
        ({"renal_clearance_ml_min": 28}, BISPHOSPHONATES, {Drug.DENOSUMAB}),
        ({"renal_clearance_ml_min": 33}, {Drug.ALENDRONATE, Drug.ZOLEDRONATE}, {Drug.DENOSUMAB}),
        (
            {"myocardial_infarction": True, "months_since_myocardial_infarction": 6},
            {Drug.ROMOSOZUMAB},
            {Drug.TERIPARATIDE},
        ),
        ({"stroke": True, "label_region": LabelRegion.EU}, {Drug.ROMOSOZUMAB}, {Drug.TERIPARATIDE}),
        ({"stroke": True, "label_region": LabelRegion.US}, {Drug.ROMOSOZUMAB}, {Drug.TERIPARATIDE}),
        ({"skeletal_radiation": True}, {Drug.TERIPARATIDE, Drug.ABALOPARATIDE}, {Drug.ROMOSOZUMAB}),
        ({"skeletal_malignancy": True}, {Drug.TERIPARATIDE, Drug.ABALOPARATIDE}, {Drug.DENOSUMAB}),
        ({"esophageal_disease": True}, {Drug.ALENDRONATE}, {Drug.ZOLEDRONATE}),
        ({"hypocalcemia": True}, {Drug.DENOSUMAB, Drug.ZOLEDRONATE, Drug.ROMOSOZUMAB}, set()),
        ({"male": True}, {Drug.ROMOSOZUMAB, Drug.ABALOPARATIDE}, {Drug.TERIPARATIDE}),
    ],
)
def test_a_drug_that_a_label_speaks_against_never_appears(context, never, still):
    drugs = list_allowed_drugs(PatientContext(**context))
    assert not drugs & never
    assert still <= drugs


def test_a_stroke_long_ago_closes_the_european_label_only():
    long_ago = {"stroke": True, "months_since_stroke": 40}
    assert Drug.ROMOSOZUMAB in list_allowed_drugs(PatientContext(label_region=LabelRegion.US, **long_ago))
    assert Drug.ROMOSOZUMAB not in list_allowed_drugs(PatientContext(label_region=LabelRegion.EU, **long_ago))
    assert Drug.ROMOSOZUMAB not in list_allowed_drugs(PatientContext(**long_ago))


def test_with_nothing_known_every_drug_of_the_grammar_is_tried():
    grammar = standard_grammar()
    named = {course.drug for course in grammar.openings} | set(grammar.closings)
    assert list_allowed_drugs(PatientContext()) == named
    assert not set(grammar.left_out) & named


def test_an_antiresorptive_follows_every_anabolic_and_something_follows_denosumab():
    for sequence in list_allowed(PatientContext()):
        given = [list_drugs_of(Sequence(regimens=(regimen,))) for regimen in sequence.regimens]
        for now, after in zip(given, [*given[1:], None], strict=True):
            if now & {Drug.TERIPARATIDE, Drug.ABALOPARATIDE, Drug.ROMOSOZUMAB}:
                assert after
                assert after <= {Drug.ALENDRONATE, Drug.ZOLEDRONATE, Drug.DENOSUMAB}
            if now == {Drug.DENOSUMAB}:
                assert after is None or after
                assert not (after or set()) & {Drug.TERIPARATIDE, Drug.ABALOPARATIDE}


def test_a_bisphosphonate_is_paused_after_its_review_only():
    for sequence in list_allowed(PatientContext()):
        last, *before = sequence.regimens[::-1]
        if before and not last.prescriptions:
            assert list_drugs_of(Sequence(regimens=(before[0],))) == {Drug.ZOLEDRONATE}
            assert before[0].duration_months >= 36


@pytest.mark.parametrize(
    "context", [{"glucocorticoids": True}, {"age_years": 80.0}, {"hip_or_vertebral_fracture": True}]
)
def test_nobody_at_high_risk_is_offered_a_pause(context):
    for sequence in list_allowed(PatientContext(**context)):
        assert sequence.regimens[-1].prescriptions or len(sequence.regimens) == 1


def test_what_the_history_used_up_is_not_tried_again():
    past = parse_sequence("teriparatide for 24 months, then alendronate for 12 months")
    drugs = list_allowed_drugs(PatientContext(history=past))
    assert not drugs & {Drug.TERIPARATIDE, Drug.ABALOPARATIDE}
    half = parse_sequence("teriparatide for 12 months, then alendronate for 12 months")
    lengths = {
        regimen.duration_months
        for sequence in list_allowed(PatientContext(history=half))
        for regimen in sequence.regimens
        if {one.drug for one in regimen.prescriptions} == {Drug.TERIPARATIDE}
    }
    assert lengths == {12}


def test_a_history_over_the_label_closes_that_drug_and_no_other():
    past = parse_sequence("romosozumab for 18 months, then alendronate for 12 months")
    drugs = list_allowed_drugs(PatientContext(history=past))
    assert Drug.ROMOSOZUMAB not in drugs
    assert drugs >= {Drug.ALENDRONATE, Drug.DENOSUMAB, Drug.TERIPARATIDE}


@pytest.mark.parametrize(
    ("past", "first"),
    [
        ("teriparatide for 24 months", {Drug.ALENDRONATE, Drug.ZOLEDRONATE, Drug.DENOSUMAB}),
        ("denosumab for 24 months", {Drug.ALENDRONATE, Drug.ZOLEDRONATE, Drug.DENOSUMAB, Drug.ROMOSOZUMAB}),
    ],
)
def test_what_comes_next_follows_from_what_was_given_last(past, first):
    allowed = list_allowed(PatientContext(history=parse_sequence(past)))
    begun = {one.drug for sequence in allowed for one in sequence.regimens[0].prescriptions}
    assert begun == first
    assert all(sequence.regimens[0].prescriptions for sequence in allowed)


# What is found


def measure_alone(bank, sequence, goal):
    months = round(sequence.duration_months) + 24
    forecast = forecast_sequence(bank, sequence, definition=goal.definition, horizon_months=months)
    return measure_forecast(forecast, goal)


@pytest.mark.parametrize("target", [-2.5, -2.2])
def test_the_search_finds_what_brute_force_finds(target):
    bank = prepare(ROUNDS)
    goal = Goal(definition=ReversalDefinition(target_t_score=target), month=18)
    searched = plan_sequences(bank, goal, grammar=SHORT)
    allowed = list_allowed(name_context(bank.patient), SHORT)
    measures = [measure_alone(bank, one, goal) for one in allowed]
    front = find_front(list_points(tuple(measures)), list_ties(tuple(measures)))
    expected = [one for one, is_shown in zip(allowed, front, strict=True) if is_shown]
    assert [option.sequence for option in searched.options] == expected
    assert [option.measures for option in searched.options] == [
        one for one, is_shown in zip(measures, front, strict=True) if is_shown
    ]


def test_nothing_shown_is_beaten_but_by_name(found):
    measures = tuple(option.measures for option in found.options)
    for index, option in enumerate(found.options):
        beaten_by = find_dominators(list_points(measures), index, list_ties(measures))
        assert option.beaten_by == (beaten_by if option.own else ())
        assert option.own or not [place for place in beaten_by if not found.options[place].own]


def test_everything_written_down_is_accounted_for(found):
    shown = sum(not option.own for option in found.options)
    assert found.considered == len(list_candidates(SHORT))
    assert found.considered == shown + found.beaten + sum(group.count for group in found.excluded)


def test_the_clinicians_own_is_shown_and_marked_with_what_keeps_it_out(found):
    own = [option for option in found.options if option.own]
    assert list_texts(own) == [format_sequence(STOPPED)]
    assert {finding.code for finding in own[0].exclusions} == {"denosumab_without_follow_on"}
    assert found.options[-1] is own[0]


def test_rounds_simulate_ever_more_people_for_ever_fewer_candidates(found):
    people = [one.virtual_patients for one in found.rounds]
    assert people == sorted(people)
    assert people[-1] == 640
    assert all(one.left <= one.candidates for one in found.rounds)
    assert all(
        later.candidates == earlier.left
        for earlier, later in zip(found.rounds, found.rounds[1:], strict=False)
    )


def test_an_option_is_its_forecast_to_the_last_bit(found):
    option = max(found.options, key=lambda one: len(one.sequence.regimens))
    alone = forecast_sequence(prepare(ROUNDS), option.sequence)
    assert alone.all_sites == option.forecast.all_sites
    assert all(
        np.array_equal(one.quantiles, other.quantiles)
        for one, other in zip(alone.sites, option.forecast.sites, strict=True)
    )


@pytest.mark.parametrize(
    "history", [None, "alendronate for 17 months", "denosumab for 12 months at 60% adherence"]
)
def test_a_contender_is_simulated_as_any_sequence_is(history):
    bank = prepare(SMALL, history)
    sequence = parse_sequence("romosozumab for 12 months, then alendronate for 12 months")
    (one,), _ = search_candidates(bank, [sequence], GOAL)
    alone = simulate_sites(bank, sequence, months=one.months)
    assert np.array_equal(read_contender(bank, one).true_t, alone.true_t)
    assert np.array_equal(read_contender(bank, one).measured_t, alone.measured_t)


def test_the_plan_does_not_depend_on_what_else_is_tried_nor_on_the_threads(found):
    bank = prepare(ROUNDS)
    fewer = replace(SHORT, openings=SHORT.openings[:1])
    other = plan_sequences(bank, GOAL, grammar=fewer, executor=ThreadExecutor(1))
    known = {option.sequence: option for option in found.options}
    both = [option for option in other.options if option.sequence in known]
    assert both
    for option in both:
        assert option.measures == known[option.sequence].measures
        assert option.forecast.all_sites == known[option.sequence].forecast.all_sites


def test_the_same_question_has_the_same_answer(found):
    again = plan_sequences(prepare(ROUNDS), GOAL, grammar=SHORT, own=[STOPPED])
    assert [option.measures for option in again.options] == [option.measures for option in found.options]
    assert (again.rounds, again.excluded, again.beaten) == (found.rounds, found.excluded, found.beaten)


def test_more_virtual_patients_narrow_the_intervals():
    """Of an option in the middle, so that the interval is not that of nobody or everybody."""
    sequence = parse_sequence("romosozumab for 12 months, then alendronate for 12 months")

    def find_width(per_draw):
        bank = prepare(BankSettings(draws=8, per_draw=per_draw))
        one = Grammar(
            **{**{name: getattr(SHORT, name) for name in SHORT.__slots__}, "openings": SHORT.openings[:1]}
        )
        options = plan_sequences(bank, GOAL, grammar=one, own=[sequence]).options
        (chance,) = (option.forecast.all_sites[18] for option in options if option.own)
        return chance.high - chance.low

    assert find_width(80) < find_width(4)


def test_an_own_sequence_that_a_label_speaks_against_beats_nobody():
    bank = prepare_patient(
        make_patient(context=PatientContext(stroke=True, months_since_stroke=3)), settings=SMALL
    )
    own = parse_sequence("romosozumab for 12 months, then denosumab for 12 months")
    without = plan_sequences(bank, GOAL, grammar=SHORT)
    beside = plan_sequences(bank, GOAL, grammar=SHORT, own=[own])
    assert list_texts(beside.options)[:-1] == list_texts(without.options)
    assert beside.options[-1].exclusions[0].code == "restricted_stroke"


def test_where_nothing_is_allowed_the_own_is_still_answered():
    bank = prepare_patient(
        make_patient(
            history=parse_sequence("denosumab for 12 months"), context=PatientContext(hypocalcemia=True)
        ),
        settings=SMALL,
    )
    found = plan_sequences(bank, GOAL, grammar=SHORT, own=[STOPPED])
    assert [option.own for option in found.options] == [True]
    assert sum(group.count for group in found.excluded) == found.considered


# What it is weighed by


def test_burden_counts_what_is_given_and_for_how_long():
    burden = count_burden(
        parse_sequence(
            "romosozumab for 12 months, then zoledronate for 36 months, then no drug for 12 months"
        )
    )
    assert (burden.injections, burden.infusions, burden.oral_doses) == (12, 3, 0)
    assert (burden.needles, burden.doses, burden.months_on_drug) == (15, 15, 48)


def test_a_single_dose_covers_its_labeled_interval():
    burden = count_burden(parse_sequence("zoledronate 5 mg once, observed for 24 months"))
    assert (burden.infusions, burden.months_on_drug) == (1, pytest.approx(12))


def test_drugs_given_together_share_their_months():
    burden = count_burden(
        parse_sequence("teriparatide 20 ug daily and denosumab 60 mg every 6 months for 24 months")
    )
    assert (burden.injections, burden.months_on_drug) == (731 + 4, 24)


def test_a_target_may_include_itself():
    at = ReversalDefinition(target_t_score=-2.0, inclusive=True)
    above = ReversalDefinition(target_t_score=-2.0)
    assert at.meets(np.array([-2.0])).all()
    assert not above.meets(np.array([-2.0])).any()


def test_a_month_before_the_first_is_refused():
    with pytest.raises(BadInputError) as caught:
        Goal(definition=standard_reversal(), month=0)
    assert caught.value.code == "plan.month_out_of_range"


def test_the_goal_directed_rule_is_a_finding_that_says_it_was_recalled():
    least, month = find_goal_rule()
    bank = prepare(SMALL)
    found = plan_sequences(bank, Goal(definition=standard_reversal(), month=24), grammar=SHORT)
    spoken = 0
    for option in found.options:
        rules = [finding for finding in option.findings if finding.code.startswith("goal_rule")]
        if not option.sequence.regimens[0].prescriptions:
            assert not rules
            continue
        (rule,) = rules
        met = option.forecast.all_sites[month].value >= least
        assert rule.code == ("goal_rule_met" if met else "goal_rule_not_met")
        assert (rule.source, rule.extraction, rule.severity) == ("cosman2024goal", "recalled", "info")
        spoken += 1
    assert spoken
