"""What holds of every sequence, whatever it says."""

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from osteon.errors import BadInputError
from osteon.therapy import (
    AfterStop,
    Drug,
    Lifestyle,
    PatientContext,
    Prescription,
    RealWorldPersistence,
    Regimen,
    Sequence,
    StatedPersistence,
    check_sequence,
    describe_drug,
    draw_course_stop_days,
    draw_stop_month,
    format_sequence,
    list_course_days,
    list_dose_courses,
    list_dose_events,
    list_drugs,
    parse_sequence,
    persistence_share,
)
from osteon.units import DAYS_PER_MONTH

drugs = st.sampled_from(list_drugs())
months = st.one_of(
    st.integers(1, 120).map(float),
    st.floats(0.01, 1000),
)
rhythms = st.one_of(
    st.none(),
    st.sampled_from([1.0, 7.0, 14.0, 30.4375, 91.3125, 182.625, 365.25, 730.5]),
    st.integers(1, 48).map(lambda k: k * DAYS_PER_MONTH),
    st.floats(1, 10**5),
)
shares = st.floats(min_value=0, max_value=1, exclude_min=True, allow_subnormal=False)
words = st.text(alphabet="abdefilmnorstuvwyz 0123456789.,;%+-> ", max_size=60)


@st.composite
def prescriptions(draw, drug=drugs):
    facts = describe_drug(draw(drug))
    low, high = facts.lowest_amount / 10, facts.highest_amount * 10
    labeled = st.sampled_from([dose.amount for dose in facts.labeled_doses])
    return Prescription(
        drug=facts.drug,
        amount=draw(st.one_of(labeled, st.floats(low, high))),
        unit=facts.unit,
        interval_days=draw(rhythms),
        route=draw(st.sampled_from(facts.routes)),
    )


@st.composite
def regimens(draw, length=months):
    given_drugs = draw(st.lists(drugs, max_size=3, unique=True))
    taken = tuple(draw(prescriptions(st.just(drug))) for drug in given_drugs)
    stated = st.builds(StatedPersistence, share=shares, at_months=months)
    lifestyle = draw(st.lists(st.sampled_from(list(Lifestyle)), max_size=2, unique=True))
    return Regimen(
        prescriptions=taken,
        lifestyle=tuple(lifestyle),
        duration_months=draw(length),
        adherence=draw(st.floats(0, 1)) if taken else 1.0,
        persistence=draw(st.one_of(st.none(), st.just(RealWorldPersistence()), stated)) if taken else None,
    )


def sequences(length=months, most=4):
    return st.builds(Sequence, regimens=st.lists(regimens(length), min_size=1, max_size=most).map(tuple))


def read_or_refuse(text):
    try:
        return parse_sequence(text)
    except BadInputError as error:
        return error


short_plans = sequences(length=st.floats(0.5, 60), most=3)


@given(sequences())
def test_what_is_printed_reads_back_unchanged(sequence):
    text = format_sequence(sequence)
    assert parse_sequence(text) == sequence
    assert format_sequence(parse_sequence(text)) == text


@given(sequences())
def test_spacing_and_case_do_not_matter(sequence):
    text = format_sequence(sequence)
    assert parse_sequence("  " + text.upper().replace(" ", "   ") + " ") == sequence


@given(words)
@example("alendronate 70 mg weekly for 3 years at 80% adherence with real-world persistence")
@example("teriparatide 0 ug daily for 1 month")
@example("denosumab every 99999999999999999999 years for 1 month")
@example("denosumab for 0." + "0" * 400 + "1 months")
@example("denosumab 9" + "9" * 400 + " mg once for 1 month")
def test_any_text_is_read_or_refused_in_five_parts(text):
    sequence = read_or_refuse(text)
    if isinstance(sequence, BadInputError):
        assert all(sequence.as_problem().values())
        assert sequence.code.startswith("therapy.")
    else:
        assert parse_sequence(format_sequence(sequence)) == sequence


@given(sequences(), st.integers(0, 200), st.sampled_from(["", "x", "@", " and", " then", " 7"]))
def test_a_broken_text_is_read_or_refused_in_five_parts(sequence, cut, ending):
    text = format_sequence(sequence)[:cut] + ending
    found = read_or_refuse(text)
    if isinstance(found, BadInputError):
        assert all(found.as_problem().values())
        shown, caret = found.hint.splitlines()[-2:]
        assert shown[4:] == text
        assert len(caret.rstrip()) <= len(shown) + 1


@given(
    st.sampled_from(["alendronate", "denosumab", "romosozumab", "teriparatide", "zoledronate"]),
    st.one_of(
        st.sampled_from([1.0, 3.5, 7.0, 14.0, 30.4375, 182.625, 365.25]),
        st.integers(16, 16 * 400).map(lambda sixteenths: sixteenths / 16),
    ),
    st.integers(2, 60),
    st.data(),
)
def test_a_regimen_cut_at_a_dose_gives_the_doses_of_the_whole(name, interval, doses, data):
    (regimen,) = parse_sequence(f"{name} for 1 month").regimens
    (prescription,) = regimen.prescriptions
    cut = data.draw(st.integers(1, doses - 1))
    start = data.draw(st.integers(-5000, 5000))
    before = data.draw(st.floats(0.5, 40))
    assume(doses * interval / DAYS_PER_MONTH < 900)

    def plan(*dose_counts):
        parts = tuple(make_regimen(prescription, interval, count) for count in dose_counts)
        first = Regimen(duration_months=before)
        return list_dose_events(Sequence(regimens=(first, *parts)), start)

    whole = plan(doses)
    assert plan(cut, doses - cut) == whole
    assert len(whole) == doses


def make_regimen(prescription, interval, doses):
    return Regimen(
        prescriptions=(
            Prescription(
                drug=prescription.drug,
                amount=prescription.amount,
                unit=prescription.unit,
                interval_days=interval,
                route=prescription.route,
            ),
        ),
        duration_months=doses * interval / DAYS_PER_MONTH,
    )


@given(short_plans, st.integers(-3000, 3000))
def test_courses_hold_their_doses_and_shift_with_the_start(sequence, start):
    for course, moved in zip(list_dose_courses(sequence), list_dose_courses(sequence, start), strict=True):
        days = list_course_days(course)
        assert list(days) == sorted(days)
        assert all(course.start_day <= day < course.stop_day for day in days)
        assert [day + start for day in days] == list(list_course_days(moved))
        assert (moved.start_day, moved.stop_day) == (course.start_day + start, course.stop_day + start)


@given(short_plans)
def test_neighbors_meet_on_one_day(sequence):
    ends, starts = {}, {}
    for course in list_dose_courses(sequence):
        starts[course.regimen_index] = course.start_day
        ends[course.regimen_index] = course.stop_day
    for index, day in starts.items():
        assert ends.get(index - 1, day) == day


@given(drugs, st.lists(st.floats(0, 240), min_size=2, max_size=20))
def test_a_share_lies_in_its_range_and_never_rises(drug, times):
    found = persistence_share(drug, sorted(times))
    assert np.all((found > 0) & (found <= 1))
    assert np.all(np.diff(found) <= 0)


@given(drugs, st.floats(1e-9, 1))
def test_a_draw_is_the_inverse_of_the_curve(drug, uniform):
    # 1e-9: both directions go through a logarithm in double precision.
    assert persistence_share(drug, draw_stop_month(uniform, drug)) == pytest.approx(uniform, rel=1e-9)


@given(short_plans, st.integers(1, 8), st.integers(0, 2**32 - 1), st.sampled_from(AfterStop))
def test_stops_stay_within_their_course_and_a_patient_within_herself(sequence, people, seed, after_stop):
    uniforms = 1 - np.random.default_rng(seed).random((people, len(sequence.regimens)))
    stops = draw_course_stop_days(sequence, uniforms, after_stop=after_stop)
    courses = list_dose_courses(sequence)
    assert stops.shape == (people, len(courses))
    for column, course in enumerate(courses):
        assert np.all((course.start_day <= stops[:, column]) & (stops[:, column] <= course.stop_day))
    alone = [draw_course_stop_days(sequence, row[None], after_stop=after_stop)[0] for row in uniforms]
    assert np.array_equal(stops, np.array(alone).reshape(stops.shape))


@given(short_plans, st.integers(0, 2**32 - 1))
def test_who_stops_takes_no_more_than_who_goes_on_as_planned(sequence, seed):
    uniforms = 1 - np.random.default_rng(seed).random((20, len(sequence.regimens)))
    nothing = draw_course_stop_days(sequence, uniforms)
    planned = draw_course_stop_days(sequence, uniforms, after_stop=AfterStop.NEXT_AS_PLANNED)
    assert np.all(nothing <= planned)


@given(short_plans)
def test_any_sequence_can_be_checked(sequence):
    findings = check_sequence(sequence)
    assert len(set(findings)) == len(findings)
    assert all(finding.message and finding.source for finding in findings)


@given(short_plans, st.floats(0, 150), st.floats(0, 150))
def test_worse_kidneys_never_lift_a_restriction(sequence, one, other):
    worse, better = sorted((one, other))
    found = [
        {
            finding.code + finding.message.split(",")[0]
            for finding in check_sequence(sequence, PatientContext(renal_clearance_ml_min=clearance))
            if finding.code == "restricted_low_renal_clearance"
        }
        for clearance in (worse, better)
    ]
    assert found[1] <= found[0]


def test_the_strategies_reach_every_drug():
    assert set(Drug) == set(list_drugs())
