"""A patient file of version 2: what two lines say together, and that nothing wrong is left for a second look."""

import datetime as dt
import json

import pytest

from osteon.densitometry import Site
from osteon.inference import Marker
from osteon.interop import (
    PATIENT_FORMAT,
    ProblemSeverity,
    check_patient_text,
    fill_patient_template,
    read_patient_record,
    read_patient_template,
)
from osteon.interop.patient_limits import read_patient_limits
from osteon.therapy import Drug

HIP = {"site": "total_hip", "date": "2026-11-02", "bmd": "0.624 g/cm2", "maker": "hologic", "side": "left"}
NECK = {"site": "femoral_neck", "date": "2026-11-02", "t_score": -2.8, "maker": "hologic", "side": "left"}
CTX = {"marker": "ctx", "value": "410 ng/L", "date": "2026-10-30", "fasting_morning": True}
DENOSUMAB = {"drug": "denosumab", "amount": "60 mg", "date": "2026-05-26"}
WHOLE = {
    "format": PATIENT_FORMAT,
    "patient_id": "p-7",
    "as_of": "2026-11-20",
    "sex": "female",
    "age_years": 71,
    "years_since_menopause": 20.5,
    "history": "denosumab for 12 months",
    "scans": [HIP, NECK],
    "markers": [CTX],
    "injections": [DENOSUMAB],
    "fractures": [{"site": "distal_forearm", "date": "2019-06", "fragility": True}],
    "context": {"egfr": "58 mL/min", "stroke": True, "months_since_stroke": 4},
}


def check(**changed):
    content = {key: value for key, value in (WHOLE | changed).items() if value is not None}
    return check_patient_text(json.dumps(content, indent=1), ".json")


def tell(checked, severity=ProblemSeverity.FAULT):
    found = (one for one in checked.problems if one.severity is severity)
    return [(one.error.code, one.error.field) for one in found]


def test_a_whole_file_has_nothing_wrong_and_every_value_arrives():
    checked = check()
    assert checked.problems == ()
    patient = checked.patient
    assert (patient.as_of, patient.person.fragility_fracture) == (dt.date(2026, 11, 20), True)
    assert [(scan.site, scan.areal_bmd_g_cm2) for scan in patient.scans] == [
        (Site.TOTAL_HIP, 0.624),
        (Site.FEMORAL_NECK, None),
    ]
    (reading,) = patient.markers
    assert (reading.marker, reading.value, reading.fasting_morning) == (Marker.CTX, 410, True)
    (given,) = patient.injections
    assert (given.drug, given.amount, given.date) == (Drug.DENOSUMAB, 60, dt.date(2026, 5, 26))
    assert (patient.context.renal_clearance_ml_min, patient.context.months_since_stroke) == (58, 4)


@pytest.mark.parametrize(
    ("scan", "bmd"),
    [
        ({"bmd": "624 mg/cm2"}, 0.624),
        ({"bmd": "0.624 g/cm\u00b2"}, 0.624),
        ({"bmd": "0.624 g/cm-2"}, 0.624),
    ],
)
def test_bmd_is_read_in_its_unit(scan, bmd):
    assert check(scans=[HIP | scan]).patient.scans[0].areal_bmd_g_cm2 == pytest.approx(bmd, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "expected"), [("0.008 g/cm2", 0.008), ("8 mg/cm2", 0.008), ("1.5 %", 0.00936)]
)
def test_a_precision_error_may_be_a_percentage_of_the_bmd(text, expected):
    scan = check(scans=[HIP | {"precision_error": text}]).patient.scans[0]
    assert scan.precision_error_g_cm2 == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "value"), [("0.41 ng/mL", 410), ("410 pg/mL", 410), ("0.41 \u00b5g/L", 410)]
)
def test_a_marker_is_read_in_its_unit(text, value):
    assert check(markers=[CTX | {"value": text}]).patient.markers[0].value == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(("born", "age"), [(1957, 69), (1956, 70)])
def test_an_age_is_counted_from_the_birth_year(born, age):
    assert check(age_years=None, birth_year=born).patient.person.age_years == age


@pytest.mark.parametrize(
    "text", ["58 mL/min", "58 mL/min/1.73 m2", "58 mL/min/{1.73_m2}", "58 mL/min/1.73 m\u00b2"]
)
def test_an_egfr_is_read_however_it_is_printed(text):
    assert check(context={"egfr": text}).patient.context.renal_clearance_ml_min == 58


@pytest.mark.parametrize("unit", ["ng/mL", "nmol/L"])
def test_a_vitamin_d_below_the_limit_is_a_deficiency(unit):
    limit = read_patient_limits().vitamin_d_deficiency[unit]
    for value, deficient in ((limit - 1, True), (limit, False)):
        checked = check(context={"vitamin_d_25oh": f"{value:g} {unit}"})
        assert checked.patient.context.vitamin_d_deficiency is deficient


def test_what_is_left_out_is_unknown():
    context = check(context=None, fractures=None).patient.context
    assert (context.vitamin_d_deficiency, context.hip_or_vertebral_fracture) == (None, None)


@pytest.mark.parametrize(
    ("fracture", "seen"),
    [
        ({"site": "hip"}, True),
        ({"site": "vertebra", "fragility": True}, True),
        ({"site": "hip", "fragility": False}, None),
        ({"site": "pelvis", "fragility": True}, None),
    ],
)
def test_an_earlier_fracture_is_what_therapy_asks_for(fracture, seen):
    patient = check(fractures=[fracture]).patient
    assert patient.context.hip_or_vertebral_fracture is seen
    assert patient.person.fragility_fracture is fracture.get("fragility", False)


FAULTS = {
    "scan after the day": (
        {"scans": [HIP | {"date": "2026-12-01"}]},
        ("patient.after_as_of", "scans[0].date (total_hip)"),
    ),
    "marker after the newest scan": (
        {"as_of": None, "history": None, "markers": [CTX | {"date": "2026-11-10"}], "injections": None},
        ("patient.after_as_of", "markers[0].date (ctx)"),
    ),
    "fracture still to come": (
        {"fractures": [{"site": "hip", "date": "2027"}]},
        ("patient.after_as_of", "fractures[0].date (hip)"),
    ),
    "scan of the year 206": (
        {"scans": [HIP | {"date": "0206-11-02"}]},
        ("patient.day_too_early", "scans[0].date (total_hip)"),
    ),
    "injection without a day to count to": (
        {"as_of": None, "scans": [{"site": "total_hip", "t_score": -2.7}], "markers": None},
        ("patient.no_day", "as_of"),
    ),
    "two results of a day": (
        {"scans": [HIP, HIP | {"bmd": "0.655 g/cm2"}]},
        ("scan.conflict", "scans[1] (total_hip)"),
    ),
    "another T-score": (
        {"scans": [HIP | {"t_score": -1.1}]},
        ("scan.t_score_disagrees", "scans[0].t_score (total_hip)"),
    ),
    "another maker": (
        {
            "scans": [
                HIP
                | {
                    "site": "lumbar_spine",
                    "side": None,
                    "bmd": "0.72 g/cm2",
                    "t_score": -3.0,
                    "maker": "ge_lunar",
                }
            ]
        },
        ("scan.t_score_disagrees", "scans[0].t_score (lumbar_spine)"),
    ),
    "history past the day": (
        {"history_start": "2026-01-10", "injections": None},
        ("patient.history_runs_on", "history_start"),
    ),
    "a start without a history": (
        {"history": None, "history_start": "2026-01-10"},
        ("patient.start_without_history", "history_start"),
    ),
    "an unknown drug in the history": (
        {"history": "denosumap for 12 months"},
        ("therapy.unknown_drug", "history"),
    ),
    "an unknown drug": (
        {"injections": [DENOSUMAB | {"drug": "denosumap"}]},
        ("therapy.unknown_drug", "injections[0].drug"),
    ),
    "a brand": (
        {"injections": [DENOSUMAB | {"drug": "Prolia"}]},
        ("therapy.unknown_drug", "injections[0].drug"),
    ),
    "a daily drug": (
        {"injections": [DENOSUMAB | {"drug": "teriparatide", "amount": "20 ug"}]},
        ("injection.not_injected", "injections[0].drug"),
    ),
    "a swallowed drug": (
        {"injections": [DENOSUMAB | {"drug": "alendronate", "amount": "70 mg"}]},
        ("injection.not_injected", "injections[0].drug"),
    ),
    "a thousandfold dose": (
        {"injections": [DENOSUMAB | {"amount": "60000 mg"}]},
        ("therapy.amount_out_of_range", "injections[0].amount (denosumab)"),
    ),
    "two doses of a day": (
        {"injections": [DENOSUMAB, DENOSUMAB]},
        ("injection.repeated", "injections[1].date (denosumab)"),
    ),
    "a marker in the wrong unit": (
        {"markers": [CTX | {"value": "0.41 ng/L"}]},
        ("marker.out_of_range", "markers[0].value (ctx)"),
    ),
    "a molar marker": (
        {"markers": [CTX | {"value": "410 nmol/L"}]},
        ("units.molar", "markers[0].value (ctx)"),
    ),
    "two results of a marker": (
        {"markers": [CTX, CTX | {"value": "390 ng/L"}]},
        ("marker.conflict", "markers[1] (ctx)"),
    ),
    "an age against the birth year": ({"birth_year": 1940}, ("person.age_contradicts", "age_years")),
    "a birth year alone": (
        {
            "as_of": None,
            "age_years": None,
            "birth_year": 1957,
            "scans": [{"site": "total_hip", "t_score": -2.7}],
        }
        | {"markers": None, "injections": None},
        ("person.age_unknown", "birth_year"),
    ),
    "no fracture beside one": ({"fragility_fracture": False}, ("person.contradicts", "fragility_fracture")),
    "no hip fracture beside one": (
        {"fractures": [{"site": "hip"}], "context": {"hip_or_vertebral_fracture": False}},
        ("context.contradicts", "context.hip_or_vertebral_fracture"),
    ),
    "a pregnant man": (
        {"sex": "male", "years_since_menopause": None, "context": {"pregnancy": True}},
        ("context.contradicts", "context.pregnancy"),
    ),
    "calcium low and high": (
        {"context": {"hypocalcemia": True, "hypercalcemia": True}},
        ("context.contradicts", "context.hypercalcemia"),
    ),
    "a creatinine for an eGFR": ({"context": {"egfr": "1.1 mg/dL"}}, ("units.incompatible", "context.egfr")),
    "an impossible eGFR": ({"context": {"egfr": "900 mL/min"}}, ("context.out_of_range", "context.egfr")),
    "a vitamin D without unit": (
        {"context": {"vitamin_d_25oh": "62"}},
        ("context.not_a_quantity", "context.vitamin_d_25oh"),
    ),
    "a menopause unsaid": (
        {"age_years": 44, "years_since_menopause": None},
        ("person.menopause_unknown", "menopausal"),
    ),
    "a key of version 1": (
        {"scans": [NECK | {"bmd_g_cm2": 0.6}]},
        ("patient.unknown_key", "scans[0].bmd_g_cm2 (femoral_neck)"),
    ),
    "a shortened key": ({"age": 71}, ("patient.unknown_key", "age")),
    "a number without unit": (
        {"scans": [NECK | {"bmd": 0.6}]},
        ("patient.wrong_kind", "scans[0].bmd (femoral_neck)"),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_contradiction_is_one_fault_at_its_place(name):
    changed, fault = FAULTS[name]
    checked = check(**changed)
    assert tell(checked) == [fault]
    assert checked.patient is None
    assert checked.file is None


WARNINGS = {
    "an unknown key": ({"mrn": "12"}, ("patient.unknown_key", "mrn")),
    "the same scan twice": ({"scans": [HIP, HIP]}, ("scan.repeated", "scans[1] (total_hip)")),
    "a T-score of another reference": (
        {"scans": [HIP | {"t_score": -3.0}]},
        ("scan.t_score_differs", "scans[0].t_score (total_hip)"),
    ),
    "a BMD of nobody's scanner": (
        {"scans": [NECK, {"site": "total_hip", "date": "2026-11-02", "bmd": "0.624 g/cm2"}]},
        ("scan.no_score", "scans[1] (total_hip)"),
    ),
    "a scan without its day": (
        {"scans": [HIP, {"site": "total_hip", "t_score": -2.4}]},
        ("scan.undated", "scans[1] (total_hip)"),
    ),
    "a forearm alone": (
        {"scans": [{"site": "one_third_radius", "date": "2026-11-02", "t_score": -2.9}]},
        ("forecast.no_site", "scans"),
    ),
    "a CTX after breakfast": (
        {"markers": [CTX | {"fasting_morning": False}]},
        ("marker.not_fasting", "markers[0].fasting_morning (ctx)"),
    ),
    "two assays": (
        {"markers": [CTX | {"assay": "IDS"}, CTX | {"assay": "Elecsys", "date": "2026-05-30"}]},
        ("marker.assay_changes", "markers[1].assay (ctx)"),
    ),
    "an unusual dose": (
        {"injections": [DENOSUMAB | {"amount": "120 mg"}]},
        ("injection.unusual_amount", "injections[0].amount (denosumab)"),
    ),
    "doses too close": (
        {"injections": [DENOSUMAB, DENOSUMAB | {"date": "2026-04-20"}]},
        ("injection.early", "injections[0].date (denosumab)"),
    ),
    "an injection that the history does not name": (
        {"history": "alendronate for 12 months"},
        ("injection.not_in_history", "injections[0].drug"),
    ),
    "a premenopausal woman": (
        {"age_years": 38, "years_since_menopause": None, "menopausal": False},
        ("forecast.outside_domain", "sex"),
    ),
    "two clearances": (
        {"context": {"egfr": "58 mL/min", "renal_clearance_ml_min": 41}},
        ("context.two_clearances", "context.egfr"),
    ),
    "a deficiency denied": (
        {"context": {"vitamin_d_25oh": "20 nmol/L", "vitamin_d_deficiency": False}},
        ("context.contradicts", "context.vitamin_d_25oh"),
    ),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_a_doubt_is_a_warning_and_the_file_can_be_used(name):
    changed, warning = WARNINGS[name]
    checked = check(**changed)
    assert tell(checked) == []
    assert tell(checked, ProblemSeverity.WARNING) == [warning]
    assert checked.patient is not None


def test_of_two_clearances_the_lower_is_used():
    checked = check(context={"egfr": "58 mL/min", "renal_clearance_ml_min": 41})
    assert checked.patient.context.renal_clearance_ml_min == 41


def test_a_child_is_outside_and_not_a_fault():
    checked = check(age_years=12, years_since_menopause=None)
    assert tell(checked, ProblemSeverity.OUTSIDE) == [("person.not_adult", "age_years")]
    assert (tell(checked), checked.patient) == ([], None)


def test_two_bad_values_of_one_scan_are_both_told_whatever_its_site():
    for site in ("total_hip", "hip"):
        codes = {code for code, _ in tell(check(scans=[{"site": site, "bmd": "624 g/cm2", "t_score": -26}]))}
        assert {"bmd.out_of_range", "score.out_of_range"} <= codes
        assert ("patient.unknown_word" in codes) is (site == "hip")


def test_every_regimen_that_cannot_be_read_is_told():
    checked = check(
        history="alendronat for 12 months, then denosumab for 12 month, then romosozumap for 1 year"
    )
    assert [one.error.got for one in checked.problems] == ["alendronat", "romosozumap"]


def test_a_fault_of_one_section_hides_none_of_another():
    checked = check(
        sex="femal", scans=[{"site": "hip"}, HIP | {"date": "2026-12-01"}], markers=[{"marker": "ctx"}]
    )
    assert sorted(tell(checked)) == [
        ("patient.after_as_of", "scans[1].date (total_hip)"),
        ("patient.missing_key", "markers[0].value (ctx)"),
        ("patient.unknown_word", "scans[0].site"),
        ("patient.unknown_word", "sex"),
    ]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("age_years = 69,5", "decimal point"),
        ("as_of = 2.11.2026", "2026-11-22"),
        ("sex = female", "quotation marks"),
        ("menopausal = yes", "true or false"),
        ("age_years =", "take the line out"),
        ("bmd = 0.7 g/cm2", "quotation marks"),
    ],
)
def test_a_line_that_is_no_toml_is_told_beside_the_others(line, hint):
    text = f'format = "{PATIENT_FORMAT}"\n{line}\npatient_id = 7\n'
    found = check_patient_text(text, ".toml").problems
    broken = [one for one in found if one.error.code == "patient.unreadable"]
    assert [one.line for one in broken] == [2]
    assert hint in broken[0].error.hint
    assert [one.line for one in found if one.error.code == "patient.wrong_kind"] == [3]
    missing = {one.error.field for one in found if one.error.code == "patient.missing_key"}
    assert line.split(" ")[0] not in missing


def test_one_bracket_where_two_belong_ends_the_reading():
    found = check_patient_text('[scans]\nsite = "total_hip"\n[scans]\nsite = "hip"\n', ".toml").problems
    assert [(one.error.code, one.line) for one in found] == [("patient.unreadable", 3)]
    assert "[[scans]]" in found[0].error.hint


def test_the_template_as_it_is_says_what_is_still_to_fill_in():
    found = check_patient_text(read_patient_template(), ".toml").problems
    assert [one.error.field for one in found] == ["patient_id", "sex", "scans", "age_years"]
    assert {one.error.code for one in found} == {"patient.missing_key"}


def test_the_template_filled_in_has_nothing_wrong_and_shows_every_section():
    checked = check_patient_text(fill_patient_template(), ".toml")
    assert checked.problems == ()
    for name in (
        "scans",
        "markers",
        "injections",
        "fractures",
        "context",
        "history",
        "history_start",
        "as_of",
    ):
        assert getattr(checked.file, name), name


def test_the_template_explains_every_key_of_the_context():
    record = check_patient_text(fill_patient_template(), ".toml").file
    asked = set(record.answers)
    told = {
        key
        for key in asked
        if f"\n#{key} = " in read_patient_template() or f" {key} = " in read_patient_template()
    }
    assert asked - told == {"hip_t_score", "hip_or_vertebral_fracture", "months_since_myocardial_infarction"}


def test_the_examples_have_nothing_wrong(root):
    for path in sorted((root / "examples").glob("*.toml")):
        record = read_patient_record(path)
        assert record.format == PATIENT_FORMAT, path
