import datetime as dt
from dataclasses import replace

import pytest

from osteon.app import classify, classify_file
from osteon.densitometry import Person, Scan, Sex, Site
from osteon.errors import AbstainedError, BadInputError, OsteonError

WOMAN = Person(sex=Sex.FEMALE, age_years=67, menopausal=True)
OLD, NEW = dt.date(2024, 5, 1), dt.date(2026, 5, 1)


def scan(site, t_score, date=None):
    return Scan(site=site, reported_t_score=t_score, date=date)


def test_the_newest_visit_of_each_site_decides():
    found = classify(
        [
            scan(Site.TOTAL_HIP, -2.9, OLD),
            scan(Site.TOTAL_HIP, -2.2, NEW),
            scan(Site.LUMBAR_SPINE, -1.4, OLD),
        ],
        WOMAN,
    )
    assert (found.lowest_site, found.lowest_score) == (Site.TOTAL_HIP, -2.2)
    assert {site.site for site in found.sites} == {Site.TOTAL_HIP, Site.LUMBAR_SPINE}


def test_the_order_of_the_scans_does_not_matter():
    scans = [scan(Site.TOTAL_HIP, -2.2, NEW), scan(Site.TOTAL_HIP, -2.9, OLD)]
    assert classify(scans, WOMAN) == classify(scans[::-1], WOMAN)


def test_a_patient_file_is_one_row(root, patient):
    found = classify_file(root / "examples" / "patient.toml")
    (row,) = found.rows
    assert (row.row_number, row.patient_id, row.label) == (None, patient.patient_id, "osteoporosis")
    assert (found.counts, found.answered) == ({"osteoporosis": 1}, 1)
    assert set(found.sources) == set(row.outcome.sources)


def test_a_faulty_row_stands_beside_the_others(root):
    found = classify_file(root / "examples" / "cohort.csv")
    faults = {row.patient_id: row.outcome for row in found.rows if isinstance(row.outcome, OsteonError)}
    assert {name: fault.code for name, fault in faults.items()} == {
        "c-06": "z_score.unavailable",
        "c-07": "bmd.out_of_range",
        "c-08": "person.not_adult",
    }
    assert [row.row_number for row in found.rows] == list(range(2, 10))
    assert found.answered == len(found.rows) - len(faults)


def test_the_label_says_whether_the_row_or_the_domain_is_at_fault(root):
    rows = classify_file(root / "examples" / "cohort.csv").rows
    for row in rows:
        words = {AbstainedError: "cannot say", BadInputError: "not readable"}
        assert row.label == words.get(type(row.outcome), row.label)
    assert {"cannot say", "not readable", "severe osteoporosis"} <= {row.label for row in rows}


def test_the_counts_are_those_of_the_labels(root):
    found = classify_file(root / "examples" / "cohort.csv")
    assert sum(found.counts.values()) == len(found.rows)
    for label, count in found.counts.items():
        assert count == sum(row.label == label for row in found.rows)


def test_progress_counts_the_rows(root):
    told = []
    classify_file(root / "examples" / "cohort.csv", progress=told.append)
    assert told == list(range(1, 9))


def test_a_header_alone_is_no_cohort(tmp_path):
    path = tmp_path / "cohort.csv"
    path.write_text("patient_id,sex,age_years,total_hip_t_score\n")
    with pytest.raises(BadInputError, match=r"cohort\.no_rows"):
        classify_file(path)


def test_a_premenopausal_woman_gets_no_who_class():
    young = replace(WOMAN, age_years=44, menopausal=False)
    found = classify([Scan(site=Site.TOTAL_HIP, reported_z_score=-2.1)], young)
    assert (found.who_class, found.label) == (None, "below the expected range for age")
