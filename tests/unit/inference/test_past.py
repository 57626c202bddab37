"""What lies before the forecast, on one clock."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from osteon.densitometry import Maker, Person, Scan, Sex, Site
from osteon.errors import BadInputError
from osteon.inference import (
    Injection,
    Marker,
    MarkerReading,
    Patient,
    find_as_of,
    lay_out_bank,
    prepare_patient,
    rewind_patient,
)
from osteon.inference.bank import BankSettings
from osteon.inference.past import lay_out_past
from osteon.remodeling import CHANNELS
from osteon.therapy import Drug, parse_sequence
from osteon.units import DAYS_PER_MONTH

TODAY = date(2026, 11, 1)
WOMAN = Person(sex=Sex.FEMALE, age_years=70, years_since_menopause=20)
SMALL = BankSettings(draws=2, per_draw=4)


def before(months):
    return TODAY - timedelta(days=round(months * DAYS_PER_MONTH))


def scan(months=0.0, bmd=0.62, site=Site.TOTAL_HIP):
    return Scan(site=site, areal_bmd_g_cm2=bmd, maker=Maker.HOLOGIC, date=before(months))


def patient(*scans, history=None, **more):
    past = parse_sequence(history) if history else None
    return Patient(patient_id="ann", person=WOMAN, scans=scans or (scan(),), history=past, **more)


def shot(months, drug=Drug.DENOSUMAB, amount=60):
    return Injection(drug=drug, amount=amount, unit="mg", date=before(months))


def find_doses(asked, sequence="no drug for 12 months", name="denosumab_mg"):
    table, month = lay_out_bank(prepare_patient(asked, settings=SMALL), parse_sequence(sequence), 12)
    return (np.flatnonzero(table.channels[:, CHANNELS.index(name)]) / 30 - month).tolist()


def test_the_forecast_starts_at_the_newest_scan_unless_a_day_is_stated():
    assert find_as_of(patient(scan(12), scan(3))) == before(3)
    assert find_as_of(patient(scan(12), as_of=TODAY)) == TODAY
    assert find_as_of(patient(Scan(site=Site.TOTAL_HIP, reported_t_score=-2.6))) is None


def test_one_visit_and_no_treatment_is_no_past():
    assert lay_out_past(patient()).sequence is None
    assert lay_out_past(patient(scan(0.3), scan(site=Site.LUMBAR_SPINE))).sequence is None


def test_a_history_alone_is_the_past_as_told():
    told = patient(history="alendronate for 36.5 months")
    assert lay_out_past(told).sequence == told.history


def test_the_clock_begins_at_the_first_measurement():
    past = lay_out_past(patient(scan(30), scan(), history="denosumab for 24 months"))
    assert past.months == pytest.approx(30, abs=0.05)
    assert past.untreated_months == pytest.approx(6, abs=0.05)
    assert not past.sequence.regimens[0].prescriptions


def test_a_scan_about_the_first_dose_does_not_lengthen_the_past():
    assert lay_out_past(patient(scan(24.2), scan(), history="denosumab for 24 months")).months == 24


def test_a_history_from_its_own_day_leaves_a_gap():
    past = lay_out_past(patient(history="denosumab for 24 months", history_start=before(30)))
    drugs = [bool(regimen.prescriptions) for regimen in past.sequence.regimens]
    assert drugs == [True, False]
    assert past.months == pytest.approx(30, abs=0.05)


def test_a_history_that_is_days_too_long_is_cut():
    past = lay_out_past(patient(history="denosumab for 24 months", history_start=before(23.8)))
    assert past.months == pytest.approx(23.8, abs=0.05)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"history": "denosumab for 24 months", "history_start": before(12)}, "patient.history_runs_on"),
        ({"injections": (shot(-1),)}, "patient.after_as_of"),
        ({"markers": (MarkerReading(marker=Marker.CTX, value=300, date=before(-1)),)}, "patient.after_as_of"),
        ({"as_of": before(1)}, "patient.after_as_of"),
    ],
)
def test_what_cannot_have_been_is_refused(more, code):
    with pytest.raises(BadInputError) as caught:
        lay_out_past(patient(**more))
    assert caught.value.code == code


def test_a_dated_history_needs_a_day_to_end_on():
    undated = Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.62, maker=Maker.HOLOGIC)
    with pytest.raises(BadInputError) as caught:
        lay_out_past(patient(undated, history="denosumab for 24 months", history_start=before(24)))
    assert caught.value.code == "patient.history_without_date"


def test_injections_replace_the_regular_doses_of_their_drug():
    told = patient(history="denosumab for 24 months")
    # Half a step of a thirtieth of a month, and half a day.
    assert find_doses(told) == pytest.approx([-24, -18, -12, -6], abs=0.05)
    given = replace(told, injections=(shot(24), shot(18), shot(9)))
    assert find_doses(given) == pytest.approx([-24, -18, -9], abs=0.05)


def test_injections_leave_the_other_drugs_of_the_history():
    told = patient(history="zoledronate for 12 months, then denosumab for 12 months", injections=(shot(10),))
    assert find_doses(told, name="zoledronate_mg") == pytest.approx([-24], abs=0.05)
    assert find_doses(told) == pytest.approx([-10], abs=0.05)


def test_injections_need_no_history():
    past = lay_out_past(patient(injections=(shot(8), shot(2))))
    assert past.treated
    assert past.months == pytest.approx(8, abs=0.05)
    assert find_doses(patient(injections=(shot(8), shot(2)))) == pytest.approx([-8, -2], abs=0.05)


def test_an_injection_of_today_is_the_first_dose_of_the_same_drug():
    told = patient(injections=(shot(0),))
    assert find_doses(told, "denosumab for 12 months") == pytest.approx([0, 6], abs=0.05)
    assert find_doses(told, "no drug for 12 months") == pytest.approx([0], abs=0.05)


def test_rewinding_forgets_what_came_later():
    told = patient(
        scan(24),
        scan(12),
        scan(),
        history="teriparatide for 18 months, then denosumab for 6 months",
        markers=tuple(MarkerReading(marker=Marker.P1NP, value=60, date=before(m)) for m in (24, 21, 3)),
        injections=(shot(6), shot(24)),
    )
    then = rewind_patient(told, before(12))
    assert [one.date for one in then.scans] == [before(24)]
    assert len(then.markers) == 2
    assert [one.date for one in then.injections] == [before(24)]
    assert then.as_of == before(12)
    assert then.person.age_years == pytest.approx(69, abs=0.01)
    assert then.person.years_since_menopause == pytest.approx(19, abs=0.01)
    (regimen,) = then.history.regimens
    assert regimen.duration_months == pytest.approx(12, abs=0.05)


def test_rewinding_past_the_history_leaves_none():
    told = patient(scan(24), scan(), history="denosumab for 6 months")
    assert rewind_patient(told, before(12)).history is None
    dated = patient(scan(24), scan(), history="denosumab for 6 months", history_start=before(20))
    assert rewind_patient(dated, before(12)).history.duration_months == 6
    assert rewind_patient(dated, before(22)).history_start is None


def test_time_is_not_wound_forward():
    with pytest.raises(BadInputError):
        rewind_patient(patient(), before(-1))
