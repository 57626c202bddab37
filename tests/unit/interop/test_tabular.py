from datetime import date

import pytest

from osteon.densitometry import FindingCode, Maker, Sex, Side, Site, WhoClass, classify_scans
from osteon.errors import AbstainedError, BadInputError, OsteonError
from osteon.interop import COHORT_COLUMNS, read_cohort_csv


@pytest.fixture
def cohort(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "cohort.csv"
        path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
        return path

    return write


def read(path, **options):
    return list(read_cohort_csv(path, **options))


HEADER = (
    "patient_id,sex,age_years,menopausal,fragility_fracture,scan_date,maker,hip_side,vertebrae,"
    "lumbar_spine_bmd_g_cm2,total_hip_bmd_g_cm2,femoral_neck_bmd_g_cm2,femoral_neck_t_score\n"
)


def test_a_row_becomes_a_person_and_scans(cohort):
    path = cohort(HEADER + "p1,female,67,yes,no,2025-03-01,GE-Lunar,left,L2-L4,0.95,,0.70,-2.4\n")
    (row,) = read(path)
    assert (row.row_number, row.patient_id) == (2, "p1")
    patient = row.outcome
    assert (patient.person.sex, patient.person.age_years, patient.person.menopausal) == (Sex.FEMALE, 67, True)
    spine, neck = patient.scans
    assert (spine.site, spine.vertebrae, spine.side) == (Site.LUMBAR_SPINE, ("L2", "L3", "L4"), None)
    assert (neck.site, neck.maker, neck.side) == (Site.FEMORAL_NECK, Maker.GE_LUNAR, Side.LEFT)
    assert (neck.areal_bmd_g_cm2, neck.reported_t_score, neck.date) == (0.70, -2.4, date(2025, 3, 1))


def test_a_faulty_row_stands_beside_the_others_and_the_batch_goes_on(cohort):
    rows = read(
        cohort(
            HEADER
            + "good,f,67,yes,no,,hologic,,,,0.630,,\n"
            + "milligrams,f,67,yes,no,,hologic,,,,,860,\n"
            + "child,m,12,,,,hologic,,,,0.9,,\n"
            + 'comma,f,67,yes,no,,hologic,,,,"0,63",,\n'
            + "last,m,71,,yes,,hologic,,,0.772,,,\n"
        )
    )
    kinds = [row.outcome.code if isinstance(row.outcome, OsteonError) else "read" for row in rows]
    assert kinds == ["read", "bmd.out_of_range", "person.not_adult", "cohort.not_a_number", "read"]
    assert [row.row_number for row in rows] == [2, 3, 4, 5, 6]
    assert [row.patient_id for row in rows] == ["good", "milligrams", "child", "comma", "last"]
    assert isinstance(rows[2].outcome, AbstainedError)
    assert rows[1].outcome.hint == "If the report is in mg/cm2, divide by 1000."
    last = rows[4].outcome
    assert classify_scans(last.scans, last.person).who_class is WhoClass.SEVERE_OSTEOPOROSIS


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("p,f,sixty,,,,,,,,0.7,,", "cohort.not_a_number"),
        ("p,f,,,,,,,,,0.7,,", "cohort.empty_cell"),
        ("p,,67,,,,,,,,0.7,,", "cohort.empty_cell"),
        (",f,67,,,,,,,,0.7,,", "cohort.empty_cell"),
        ("p,woman,67,,,,,,,,0.7,,", "cohort.unknown_word"),
        ("p,f,67,maybe,,,,,,,0.7,,", "cohort.not_an_answer"),
        ("p,f,67,,,01/02/2025,,,,,0.7,,", "cohort.not_a_date"),
        ("p,f,67,,,,holgic,,,,0.7,,", "cohort.unknown_word"),
        ("p,f,67,,,,,,L1-L9,0.9,,,", "scan.bad_vertebrae"),
        ("p,f,67,,,,,,,,0.7 g/cm2,,", "cohort.not_a_number"),
        ("p,f,67,,,,,,,,nan,,", "cohort.not_a_number"),
        ("p,f,67,,,,,,,,inf,,", "cohort.not_a_number"),
        ("p,f,67,,,,,,,,,,", "cohort.no_scan"),
        ("p,f,67,,,,,,,,,,-25", "score.out_of_range"),
        ("p,m,67,yes,,,,,,,0.7,,", "person.menopause_contradicts"),
        ("p,f,67,0.7", "cohort.ragged_row"),
        ("p,f,67,,,,,,,,0.7,,,", "cohort.ragged_row"),
    ],
)
def test_each_fault_of_a_row_has_its_name(cohort, cells, code):
    (row,) = read(cohort(HEADER + cells + "\n"))
    assert row.outcome.code == code
    assert all(row.outcome.as_problem().values())


def test_a_misspelled_word_is_answered_with_the_likely_one(cohort):
    (row,) = read(cohort(HEADER + "p,f,67,,,,holgic,,,,0.7,,\n"))
    assert "'hologic'" in row.outcome.hint


@pytest.mark.parametrize(
    ("text", "vertebrae"),
    [
        ("L1-L4", ("L1", "L2", "L3", "L4")),
        ("l2\N{EN DASH}l4", ("L2", "L3", "L4")),
        ("L1 L3 L4", ("L1", "L3", "L4")),
        ('"L1,L3"', ("L1", "L3")),
        ("L3", ("L3",)),
    ],
)
def test_vertebrae_are_a_range_or_a_list(cohort, text, vertebrae):
    (row,) = read(cohort(HEADER + f"p,f,67,yes,,,hologic,,{text},0.9,,,\n"))
    assert row.outcome.scans[0].vertebrae == vertebrae


def test_a_typographic_minus_is_a_minus(cohort):
    (row,) = read(cohort(HEADER + "p,f,67,yes,,,,,,,,,\N{MINUS SIGN}2.5\n"))
    assert row.outcome.scans[0].reported_t_score == -2.5


def test_an_unknown_column_is_answered_with_the_likely_one(cohort):
    path = cohort("patient_id,sex,age_years,femoral_neck_bmd\np,f,67,0.7\n")
    with pytest.raises(BadInputError, match=r"cohort\.unknown_column.*femoral_neck_bmd_g_cm2"):
        read_cohort_csv(path)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("patient_id;sex;age_years", "cohort.unknown_column"),
        ("patient_id,sex", "cohort.missing_column"),
        ("", "cohort.missing_column"),
        ("patient_id,sex,age_years,sex", "cohort.repeated_column"),
    ],
)
def test_a_fault_of_the_file_is_raised_before_any_row(cohort, header, code):
    with pytest.raises(BadInputError) as caught:
        read_cohort_csv(cohort(header + "\np,f,67,m\n"))
    assert caught.value.code == code
    assert (";" in header) is ("commas" in caught.value.hint)


def test_columns_can_be_renamed_and_skipped(cohort):
    path = cohort('PatID,Gender,Age,Neck,Note\np,F,67,0.558,"tall, thin"\n')
    columns = {
        "PatID": "patient_id",
        "Gender": "sex",
        "Age": "age_years",
        "Neck": "femoral_neck_bmd_g_cm2",
        "Note": None,
    }
    (row,) = read(path, columns=columns)
    assert row.outcome.scans[0].areal_bmd_g_cm2 == 0.558
    with pytest.raises(BadInputError, match=r"cohort\.unmapped_column.*PatID"):
        read_cohort_csv(path, columns={**columns, "PadID": "patient_id"})


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadInputError, match=r"cohort\.unreadable.*none\.csv"):
        read_cohort_csv(tmp_path / "none.csv")


def test_a_byte_order_mark_and_blank_lines_are_skipped(cohort):
    (row,) = read(cohort("\ufeff" + HEADER + "\n,,,,,,,,,,,,\np,f,67,yes,,,hologic,,,,0.7,,\n\n"))
    assert (row.row_number, row.patient_id) == (4, "p")


def test_other_encodings_are_a_fault_of_the_row_alone(cohort):
    rest = ",67,,,,hologic,,,,0.7,,\n"
    text = HEADER + "J\N{LATIN SMALL LETTER O WITH DIAERESIS}rg,m" + rest + "Ann,f" + rest
    first, second = read(cohort(text, encoding="latin-1"))
    assert first.outcome.code == "cohort.bad_encoding"
    assert first.patient_id == "J\N{REPLACEMENT CHARACTER}rg"
    assert second.outcome.person.sex is Sex.FEMALE
    with pytest.raises(BadInputError, match=r"cohort\.unreadable"):
        read_cohort_csv(cohort("\N{LATIN SMALL LETTER O WITH DIAERESIS}," + HEADER, encoding="latin-1"))


def test_a_quotation_mark_that_is_never_closed_does_not_end_the_batch(cohort):
    row = "p,f,67,yes,,,hologic,,,,0.7,,\n"
    rows = read(cohort(HEADER + row + '"' + row * 10_000 + '"\n' + row))
    assert rows[0].outcome.person.sex is Sex.FEMALE
    assert {row.outcome.code for row in rows if isinstance(row.outcome, OsteonError)} >= {"cohort.bad_csv"}


def test_one_vertebra_is_read_and_left_to_the_classification(cohort):
    (row,) = read(cohort(HEADER + "p,f,67,yes,,,hologic,,L3,0.7,0.9,,\n"))
    result = classify_scans(row.outcome.scans, row.outcome.person)
    assert FindingCode.SINGLE_VERTEBRA in {found.code for found in result.sites[0].findings}
    assert result.who_class is WhoClass.NORMAL


def test_every_site_has_its_columns():
    for site in Site:
        assert {f"{site}_bmd_g_cm2", f"{site}_t_score"} <= set(COHORT_COLUMNS)
