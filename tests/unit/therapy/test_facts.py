"""The tables are read as they are meant, and hold together."""

import pytest

from osteon.evidence import cite, load_facts
from osteon.therapy import (
    AmountUnit,
    Condition,
    Drug,
    DrugFamily,
    LimitKind,
    PatientContext,
    Route,
    describe_drug,
    find_limits,
    list_drugs,
)


@pytest.mark.parametrize(
    ("drug", "amount", "unit", "days", "route"),
    [
        (Drug.ALENDRONATE, 70, AmountUnit.MG, 7, Route.ORAL),
        (Drug.RISEDRONATE, 35, AmountUnit.MG, 7, Route.ORAL),
        (Drug.IBANDRONATE, 150, AmountUnit.MG, 30.4375, Route.ORAL),
        (Drug.ZOLEDRONATE, 5, AmountUnit.MG, 365.25, Route.INTRAVENOUS),
        (Drug.DENOSUMAB, 60, AmountUnit.MG, 182.625, Route.SUBCUTANEOUS),
        (Drug.RALOXIFENE, 60, AmountUnit.MG, 1, Route.ORAL),
        (Drug.TERIPARATIDE, 20, AmountUnit.UG, 1, Route.SUBCUTANEOUS),
        (Drug.ABALOPARATIDE, 80, AmountUnit.UG, 1, Route.SUBCUTANEOUS),
        (Drug.ROMOSOZUMAB, 210, AmountUnit.MG, 30.4375, Route.SUBCUTANEOUS),
    ],
)
def test_standard_doses_are_those_of_the_labels(drug, amount, unit, days, route):
    dose = describe_drug(drug).standard_dose
    assert (dose.amount, dose.unit, dose.interval_days, dose.route) == (amount, unit, days, route)


@pytest.mark.parametrize("drug", list_drugs())
def test_a_drug_is_described_whole_and_every_source_resolves(drug):
    facts = describe_drug(drug)
    assert facts.labeled_doses
    assert facts.monitoring
    assert facts.restrictions
    assert facts.evidence_coverage in {"strong", "partial", "sparse"}
    assert len({dose.unit for dose in facts.labeled_doses}) == 1
    assert len(cite(facts)) == len(facts.sources)


def test_families_and_what_follows_them():
    anabolic = {drug for drug in list_drugs() if describe_drug(drug).family is DrugFamily.ANABOLIC}
    followed = {drug for drug in list_drugs() if describe_drug(drug).follow_on is not None}
    assert anabolic == {Drug.TERIPARATIDE, Drug.ABALOPARATIDE, Drug.ROMOSOZUMAB}
    assert followed == anabolic | {Drug.DENOSUMAB}


def test_names_belong_to_one_drug():
    names = [
        name.lower()
        for drug in list_drugs()
        for name in (drug, *describe_drug(drug).synonyms, *describe_drug(drug).brand_names)
    ]
    assert len(names) == len(set(names))


def test_label_limits():
    months = {
        limit.region.value: limit.value for limit in find_limits(Drug.ABALOPARATIDE, LimitKind.COURSE_LIMIT)
    }
    assert months == {"us": 24, "eu": 18}
    assert find_limits(Drug.DENOSUMAB, LimitKind.COURSE_LIMIT) == ()


def test_every_condition_is_a_field_of_the_context_and_in_the_table():
    fields = set(PatientContext.__dataclass_fields__) | {"low_renal_clearance"}
    assert {condition.value for condition in Condition} <= fields
    assert {fact.keys["condition"] for fact in load_facts("contraindications")} == set(Condition)


def test_every_restriction_speaks_of_one_drug_once_per_region():
    for drug in list_drugs():
        seen = [(one.condition, one.region) for one in describe_drug(drug).restrictions]
        assert len(seen) == len(set(seen))


def test_every_limit_of_clearance_is_attached_to_its_restriction():
    for drug in list_drugs():
        for one in describe_drug(drug).restrictions:
            renal = one.condition is Condition.LOW_RENAL_CLEARANCE
            assert (one.clearance_limit_ml_min is not None) == renal
