"""The words clinicians write are read, printed in one form, and faults are shown where they are."""

import pytest

from osteon.errors import BadInputError
from osteon.evidence import select_facts
from osteon.therapy import (
    Drug,
    Lifestyle,
    RealWorldPersistence,
    Route,
    StatedPersistence,
    format_sequence,
    list_drugs,
    parse_sequence,
)

CANONICAL = [
    "romosozumab 210 mg monthly for 12 months, then alendronate 70 mg weekly for 24 months",
    "teriparatide 20 ug daily and denosumab 60 mg every 6 months for 24 months",
    "no drug for 12 months",
    "zoledronate 5 mg once, observed for 24 months",
    "alendronate 70 mg weekly for 36 months at 80% adherence",
    "alendronate 70 mg weekly for 1 month",
    "ibandronate 3 mg IV every 3 months for 12 months",
    "ibandronate 3 mg oral every 3 months for 12 months",
    "calcium and vitamin D for 24 months",
    "exercise for 12 months",
    "denosumab 60 mg every 6 months and calcium and vitamin D and exercise for 18.5 months",
    "denosumab 60 mg every 6 months for 36 months with real-world persistence",
    "raloxifene 60 mg daily for 36 months at 12.5% adherence with 50% persistence at 12 months",
    "zoledronate 5 mg once and teriparatide 20 ug daily for 12 months",
    "zoledronate 5 mg every 18 months for 36 months",
    "denosumab 60 mg every 200 days for 36 months",
    "teriparatide 20 ug every 3.5 days for 24 months",
]

THREE = (
    "romosozumab 210 mg monthly for 12 months, "
    "then denosumab 60 mg every 6 months for 12 months, "
    "then no drug for 12 months"
)
FAITHLESS = (
    "alendronate 70 mg weekly for 12 months at 70% adherence with real-world persistence, "
    "then no drug for 12 months"
)
SAME = [
    ("denosumab for 36 months", "denosumab 60 mg every 6 months for 36 months"),
    ("Denosumab 60mg twice yearly for 3 years", "denosumab 60 mg every 6 months for 36 months"),
    ("alendronate 10 mg for 1 year", "alendronate 10 mg daily for 12 months"),
    ("risedronate monthly for 12 mo", "risedronate 150 mg monthly for 12 months"),
    ("alendronic acid once weekly for 1 yr", "alendronate 70 mg weekly for 12 months"),
    ("zoledronic acid 5 mg every 12 months for 3 y", "zoledronate 5 mg yearly for 36 months"),
    ("zoledronate once for 2 years", "zoledronate 5 mg once, observed for 24 months"),
    ("zoledronate every 18 months for 3 years", "zoledronate 5 mg every 18 months for 36 months"),
    ("teriparatide 0.02 mg daily for 24 months", "teriparatide 20 ug daily for 24 months"),
    ("teriparatide 20 mcg SC once a day for 24 months", "teriparatide 20 ug daily for 24 months"),
    ("teriparatide 20 \u00b5g daily for 24 months", "teriparatide 20 ug daily for 24 months"),
    ("ibandronate IV for 1 year", "ibandronate 3 mg IV every 3 months for 12 months"),
    ("ibandronate 3 mg every 3 months for 1 year", "ibandronate 3 mg IV every 3 months for 12 months"),
    ("ibandronate 2 mg every 2 months for 1 year", "ibandronate 2 mg IV every 2 months for 12 months"),
    ("ibandronate 3 mg weekly for 1 year", "ibandronate 3 mg IV weekly for 12 months"),
    ("ibandronate 100 mg monthly for 1 year", "ibandronate 100 mg monthly for 12 months"),
    ("nothing for 6 months", "no drug for 6 months"),
    ("exercise and no drug for 6 months", "exercise for 6 months"),
    ("exercise and alendronate for 6 months", "alendronate 70 mg weekly and exercise for 6 months"),
    ("calcium plus vitamin D for 6 months", "calcium and vitamin D for 6 months"),
    ("alendronate for 6 months at 100% adherence", "alendronate 70 mg weekly for 6 months"),
    (
        "romosozumab for 1 year -> denosumab for 1 year; no drug for 1 year",
        THREE,
    ),
    (
        "alendronate for 1 year with real-world persistence at 70% adherence followed by holiday for 1 year",
        FAITHLESS,
    ),
    ("denosumab every 7 days for 1 year", "denosumab 60 mg weekly for 12 months"),
    ("denosumab every 28 days for 1 year", "denosumab 60 mg every 4 weeks for 12 months"),
]

FAULTS = [
    ("", "unknown_drug", 1, ""),
    ("alendronat for 3 years", "unknown_drug", 1, "Did you mean alendronate?"),
    ("Prolia for 2 years", "unknown_drug", 1, "write denosumab"),
    ("bisphosphonate for 3 years", "unknown_drug", 1, "non-proprietary"),
    ("teriparatide 20 mg daily for 1 year", "amount_out_of_range", 1, "1 mg is 1000 ug"),
    ("alendronate 0 mg weekly for 1 year", "amount_out_of_range", 1, ""),
    ("alendronate 70 weekly for 1 year", "amount_unit", 16, ""),
    ("alendronate IV for 1 year", "wrong_route", 1, "No intravenous form"),
    ("denosumab 120 mg for 1 year", "dose_not_settled", 1, ""),
    ("alendronate every 2 months for 1 year", "dose_not_settled", 1, ""),
    ("denosumab every 6 weaks for 1 year", "unreadable", 19, ""),
    ("denosumab every 0 months for 1 year", "interval_out_of_range", 17, ""),
    ("alendronate wekly for 1 year", "duration_missing", 13, "Did you mean weekly?"),
    ("alendronate 70 mg weekly", "duration_missing", 25, "length"),
    ("denosumab for 12 weeks", "length_unit", 18, ""),
    ("denosumab for months", "number_missing", 15, ""),
    ("denosumab for 0 months", "duration_out_of_range", 15, ""),
    ("denosumab for 1001 months", "duration_out_of_range", 15, ""),
    ("denosumab for 12 months, alendronate for 1 year", "left_over", 24, '"then"'),
    ("denosumab for 12 months then", "unknown_drug", 29, ""),
    ("denosumab for 1 year at 120% adherence", "share_out_of_range", 25, ""),
    ("denosumab for 1 year at 80 adherence", "unreadable", 28, ""),
    ("denosumab for 1 year at 80% adherence at 70% adherence", "said_twice", 39, ""),
    ("denosumab for 1 year with 50% persistence", "persistence_time_missing", 42, ""),
    ("denosumab for 1 year with 0% persistence at 6 months", "persistence_out_of_range", 27, ""),
    ("no drug for 12 months at 80% adherence", "nothing_to_adhere_to", 1, ""),
    ("denosumab and denosumab for 1 year", "named_twice", 1, "one after the other"),
    ("exercise and exercise for 1 year", "named_twice", 1, ""),
    ("alendronate for 1 year @", "foreign_character", 24, ""),
]


@pytest.mark.parametrize("text", CANONICAL)
def test_canonical_text_prints_as_it_was_read(text):
    assert format_sequence(parse_sequence(text)) == text


@pytest.mark.parametrize(("text", "canonical"), SAME)
def test_other_wordings_print_in_canonical_form(text, canonical):
    assert format_sequence(parse_sequence(text)) == canonical
    assert parse_sequence(text) == parse_sequence(canonical)


@pytest.mark.parametrize(("text", "code", "column", "hint"), FAULTS)
def test_a_fault_is_named_and_shown_in_its_place(text, code, column, hint):
    with pytest.raises(BadInputError) as caught:
        parse_sequence(text)
    error = caught.value
    assert error.code == f"therapy.{code}"
    assert error.field == f"sequence (column {column})"
    assert hint in error.hint
    shown, caret = error.hint.splitlines()[-2:]
    assert shown == "    " + text
    assert caret.index("^") == 4 + column - 1


def test_an_unknown_drug_is_answered_with_the_list():
    with pytest.raises(BadInputError) as caught:
        parse_sequence("aspirin for 1 year")
    assert all(drug in caught.value.expected for drug in list_drugs())


def test_every_drug_parses_by_name_alone():
    for drug in list_drugs():
        (regimen,) = parse_sequence(f"{drug} for 12 months").regimens
        assert [one.drug for one in regimen.prescriptions] == [drug]


def test_the_parts_land_where_they_belong():
    text = (
        "ibandronate iv and calcium and vitamin D for 2 years at 90% adherence with 40% persistence at 1 year"
    )
    (regimen,) = parse_sequence(text).regimens
    (prescription,) = regimen.prescriptions
    assert prescription.drug is Drug.IBANDRONATE
    assert prescription.route is Route.INTRAVENOUS
    assert prescription.interval_days == 91.3125
    assert regimen.lifestyle == (Lifestyle.CALCIUM_VITAMIN_D,)
    assert regimen.duration_months == 24
    assert regimen.adherence == 0.9
    assert regimen.persistence == StatedPersistence(share=0.4, at_months=12.0)


def test_real_world_persistence_is_read():
    (regimen,) = parse_sequence("denosumab for 1 year with real-world persistence").regimens
    assert regimen.persistence == RealWorldPersistence()


def test_every_sequence_of_the_trial_arms_is_read_and_printed_back():
    texts = {
        str(fact.value)
        for quantity in ("sequence", "history")
        for fact in select_facts("trial_arms", quantity=quantity)
    }
    assert len(texts) > 50
    for text in texts:
        sequence = parse_sequence(text)
        assert parse_sequence(format_sequence(sequence)) == sequence
