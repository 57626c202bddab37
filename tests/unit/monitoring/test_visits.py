"""Which scans belong together, and which is the baseline."""

from dataclasses import replace
from datetime import date

import pytest

from osteon.densitometry import Side
from osteon.errors import BadInputError
from osteon.monitoring.visits import find_visit_date, list_series, start_of_treatment
from tests.unit.monitoring.people import AFTER, BEFORE, HIP, denosumab, patient, scan, visit


def list_days(series):
    return [scored.scan.date for scored in series.scans]


def test_the_baseline_is_the_last_scan_before_treatment():
    long_before = date(2019, 5, 1)
    found = list_series(
        patient(*visit(long_before, hip=-2.0), *visit(BEFORE, hip=-2.7), *visit(AFTER, hip=-2.6)), AFTER
    )
    assert [list_days(one) for one in found] == [[BEFORE, AFTER]]


def test_without_treatment_the_oldest_scan_is_the_baseline():
    scans = (*visit(date(2019, 5, 1), hip=-2.0), *visit(AFTER, hip=-2.6))
    assert list_days(list_series(patient(*scans, history=None), AFTER)[0])[0] == date(2019, 5, 1)


def test_treatment_begins_with_the_first_drug_or_injection():
    stated = patient(*visit(AFTER, hip=-2.6), history="no drug for 6 months, then alendronate for 12 months")
    assert abs((start_of_treatment(stated, AFTER) - date(2025, 9, 2)).days) <= 2
    given = replace(stated, history=None, injections=denosumab(date(2025, 1, 5), date(2025, 7, 5)))
    assert start_of_treatment(given, AFTER) == date(2025, 1, 5)
    assert start_of_treatment(patient(*visit(AFTER, hip=-2.6), history=None), AFTER) is None


def test_one_hip_is_followed_and_an_unstated_side_belongs_to_it():
    scans = [
        scan(HIP, -2.7, BEFORE),
        scan(HIP, -2.9, BEFORE, side=Side.RIGHT),
        scan(HIP, -2.6, AFTER, side=None),
    ]
    (found,) = list_series(patient(*scans), AFTER)
    assert [scored.scan.side for scored in found.scans] == [Side.RIGHT, None]


def test_a_hip_scanned_on_the_other_side_is_kept_to_be_refused():
    scans = [scan(HIP, -2.7, BEFORE), scan(HIP, -2.6, AFTER, side=Side.RIGHT)]
    (found,) = list_series(patient(*scans), AFTER)
    assert [scored.scan.side for scored in found.scans] == [Side.LEFT, Side.RIGHT]


def test_a_site_not_scanned_at_the_newest_visit_says_so():
    scans = (*visit(BEFORE, spine=-2.8, hip=-2.7), *visit(AFTER, spine=-2.6))
    found = {one.site.value: one.rescanned for one in list_series(patient(*scans), AFTER)}
    assert found == {"lumbar_spine": True, "total_hip": False}
    assert find_visit_date(patient(*scans)) == AFTER


def test_several_scans_without_dates_are_refused():
    with pytest.raises(BadInputError) as refused:
        list_series(patient(scan(HIP, -2.7, None), scan(HIP, -2.6, AFTER)), AFTER)
    assert refused.value.code == "monitoring.undated"
