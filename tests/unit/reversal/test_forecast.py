"""The forecast of one patient under one sequence: durability, published cells, notes, and when it abstains."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from osteon.densitometry import Maker, Person, Scan, Sex, Site, compute_areal_bmd, find_reference_curve
from osteon.errors import AbstainedError, OsteonError
from osteon.evidence import cite
from osteon.inference import BankSettings, Patient, prepare_patient
from osteon.reversal import ReversalDefinition, find_published_cells, forecast_sequence, standard_reversal
from osteon.therapy import parse_sequence, standard_sequences

SMALL = BankSettings(draws=6, per_draw=16)
WOMAN = Person(sex=Sex.FEMALE, age_years=69, years_since_menopause=19)
ROMOSOZUMAB = "romosozumab 210 mg monthly for 12 months, then alendronate 70 mg weekly for 24 months"


def scan(site, t_score):
    bmd = compute_areal_bmd(t_score, find_reference_curve(Maker.HOLOGIC, site))
    return Scan(site=site, areal_bmd_g_cm2=bmd, maker=Maker.HOLOGIC)


def make_patient(spine=-2.8, hip=-2.7, *, person=WOMAN, **more):
    scans = (scan(Site.LUMBAR_SPINE, spine), *(() if hip is None else (scan(Site.TOTAL_HIP, hip),)))
    return Patient(patient_id="ann", person=person, scans=scans, **more)


@cache
def prepare(spine=-2.8, hip=-2.7):
    return prepare_patient(make_patient(spine, hip), settings=SMALL)


def forecast(text, bank=None, **options):
    return forecast_sequence(bank or prepare(), parse_sequence(text), **options)


def test_the_horizon_reaches_two_years_past_the_last_drug():
    assert len(forecast("denosumab for 12 months").months) == 12 + 24 + 1
    assert len(forecast("denosumab for 12 months, then no drug for 60 months").months) == 72 + 1
    assert len(forecast("no drug for 12 months").months) == 24 + 1
    assert len(forecast("denosumab for 12 months", horizon_months=18).months) == 18 + 1


def test_it_begins_at_the_baseline():
    found = forecast("denosumab for 12 months", prepare(-3.0, -2.6))
    for path in found.sites:
        # What regression to the mean of the age group allows, and the error of a median of 96.
        assert path.quantiles[2, 0] == pytest.approx(path.baseline.t_score, abs=0.12)
        assert path.chance[0].value < 0.25


def test_who_is_above_the_line_already_has_reached_it():
    found = forecast("no drug for 12 months", prepare(-1.0, -1.0))
    assert found.median_months_all_sites == 0
    assert found.all_sites[0].value == 1


def test_treatment_reaches_what_no_treatment_does_not():
    treated, untreated = forecast(ROMOSOZUMAB), forecast("no drug for 36 months")
    assert treated.all_sites[36].value > untreated.all_sites[36].value + 0.3
    assert treated.sites[0].median_months_to_target is not None


def test_durability_asks_two_years_after_the_last_drug_of_those_above_at_its_end():
    found = forecast("denosumab for 24 months, then no drug for 24 months")
    assert found.durability is not None
    assert (found.durability.end_month, found.durability.month) == (24, 48)
    assert found.durability.above == found.all_sites[48]
    assert found.durability.holds.value <= 1
    at_end = found.all_sites[24].value
    assert found.durability.holds.value * at_end <= found.durability.above.value + 1e-9


def test_a_gap_in_the_middle_is_not_the_end():
    found = forecast("denosumab for 12 months, then no drug for 6 months, then alendronate for 12 months")
    assert found.durability.end_month == 30


def test_what_denosumab_gave_holds_less_than_what_a_bisphosphonate_consolidates():
    bank = prepare(-2.6, -2.55)
    lost = forecast("denosumab for 24 months, then no drug for 36 months", bank).durability
    kept = forecast("denosumab for 24 months, then zoledronate for 12 months", bank).durability
    assert lost.holds.value < kept.holds.value


@pytest.mark.parametrize("text", ["no drug for 36 months", "exercise for 36 months"])
def test_without_a_drug_there_is_nothing_to_hold(text):
    assert forecast(text).durability is None


def test_a_horizon_that_is_too_short_says_nothing_of_durability():
    assert forecast("denosumab for 12 months", horizon_months=30).durability is None
    assert forecast("denosumab for 12 months", horizon_months=36).durability is not None


def test_durability_of_what_is_never_reached_is_unknown():
    found = forecast("no drug for 12 months, then raloxifene for 12 months", prepare(-4.5, -4.5))
    assert found.durability.holds is None
    assert found.durability.above.value == 0


@pytest.mark.parametrize(
    ("spine", "hip", "sites"),
    [
        (-3.0, -3.0, {"lumbar_spine", "total_hip"}),
        (-3.1, -2.9, {"lumbar_spine", "total_hip"}),
        (-3.1, -2.2, {"lumbar_spine"}),
        (-3.4, -2.2, set()),
    ],
)
def test_published_cells_are_those_near_the_measured_baseline(spine, hip, sites):
    cells = find_published_cells(
        parse_sequence(ROMOSOZUMAB), prepare(spine, hip).baseline, standard_reversal()
    )
    assert {cell.site for cell in cells} == sites
    for cell in cells:
        measured = {"lumbar_spine": spine, "total_hip": hip}[cell.site]
        assert abs(cell.baseline_t_score - measured) <= 0.16
        assert 0 <= cell.probability <= 1
        assert cell.month == 36


def test_published_cells_belong_to_one_sequence_and_one_target():
    bank = prepare(-3.0, -3.0)
    other = parse_sequence(
        "romosozumab 210 mg monthly for 12 months, then alendronate 70 mg weekly for 25 months"
    )
    assert find_published_cells(other, bank.baseline, standard_reversal()) == ()
    stricter = ReversalDefinition(target_t_score=-2.0)
    assert find_published_cells(parse_sequence(ROMOSOZUMAB), bank.baseline, stricter) == ()


def test_a_cell_is_cited():
    found = forecast(ROMOSOZUMAB, prepare(-3.0, -3.0))
    assert {cell.source for cell in found.cells} <= set(found.sources)
    assert cite(found)


@pytest.mark.parametrize(
    "person",
    [
        Person(sex=Sex.FEMALE, age_years=45, menopausal=False),
        Person(sex=Sex.FEMALE, age_years=38, menopausal=False),
        Person(sex=Sex.MALE, age_years=44),
    ],
)
def test_it_abstains_where_t_scores_do_not_apply(person):
    scans = (Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.6, reported_z_score=-2.1, maker=Maker.HOLOGIC),)
    with pytest.raises(AbstainedError) as caught:
        prepare_patient(Patient(patient_id="x", person=person, scans=scans))
    assert caught.value.as_problem()["code"] == "forecast.outside_domain"


def test_a_man_of_fifty_is_forecast_and_told_that_it_is_an_extrapolation():
    man = replace(make_patient(), person=Person(sex=Sex.MALE, age_years=50))
    found = forecast("alendronate for 12 months", prepare_patient(man, settings=SMALL))
    assert any("man" in note for note in found.notes)


def test_every_forecast_says_that_the_diagnosis_persists():
    assert any("persists" in note for note in forecast("denosumab for 12 months").notes)


def test_a_missing_site_is_named():
    assert any("measured" in note for note in forecast("denosumab for 12 months").notes)


def test_a_target_at_sites_never_measured_is_refused():
    spine_only = prepare(-2.8, None)
    definition = ReversalDefinition(target_t_score=-2.5, sites=(Site.TOTAL_HIP,))
    with pytest.raises(OsteonError):
        forecast("denosumab for 12 months", spine_only, definition=definition)


def test_a_target_at_one_site_asks_of_that_site_only():
    definition = ReversalDefinition(target_t_score=-2.5, sites=(Site.TOTAL_HIP,))
    found = forecast("denosumab for 12 months", definition=definition)
    assert found.all_sites == next(path for path in found.sites if path.site is Site.TOTAL_HIP).chance


def test_findings_of_the_sequence_come_along():
    codes = {
        finding.code for finding in forecast("denosumab for 24 months, then no drug for 12 months").findings
    }
    assert codes


def test_the_same_question_has_the_same_answer():
    one, two = (
        forecast("teriparatide for 24 months", prepare_patient(make_patient(), settings=SMALL))
        for _ in range(2)
    )
    assert one.all_sites == two.all_sites
    assert all(np.array_equal(a.quantiles, b.quantiles) for a, b in zip(one.sites, two.sites, strict=True))


def test_another_patient_in_the_clinic_changes_nothing():
    alone = forecast("teriparatide for 24 months", prepare_patient(make_patient(), settings=SMALL))
    prepare_patient(replace(make_patient(), patient_id="bea"), settings=SMALL)
    after = forecast("teriparatide for 24 months", prepare_patient(make_patient(), settings=SMALL))
    assert alone.all_sites == after.all_sites


@pytest.mark.parametrize("standard", standard_sequences(), ids=lambda standard: standard.name)
def test_every_standard_sequence_has_a_forecast(standard):
    found = forecast_sequence(prepare(), standard.sequence)
    assert np.isfinite([path.quantiles for path in found.sites]).all()
    assert found.parameter_set
    assert found.virtual_patients == SMALL.draws * SMALL.per_draw


def test_a_course_longer_than_anybody_was_observed_on_is_named():
    long = forecast("romosozumab for 36 months")
    assert any("36 months of romosozumab" in note and "extrapolation" in note for note in long.notes)
    assert not any("extrapolation" in note for note in forecast("romosozumab for 12 months").notes)
