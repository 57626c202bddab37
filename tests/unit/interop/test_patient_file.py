"""A patient file of version 1 is read as ever, and everything wrong with it is said at once."""

import datetime as dt
import json
import pickle
import re

import pytest

from osteon.densitometry import Maker, Sex, Side, Site
from osteon.errors import AbstainedError, BadInputError
from osteon.interop import PATIENT_FORMAT, PATIENT_FORMAT_1, PatientFileError, read_patient_file
from osteon.therapy import LabelRegion, format_sequence

WHOLE = {
    "format": PATIENT_FORMAT_1,
    "patient_id": "p-7",
    "sex": "female",
    "age_years": 71,
    "years_since_menopause": 20.5,
    "fragility_fracture": True,
    "history": "alendronate 70 mg weekly for 24 months",
    "scans": [
        {
            "site": "lumbar_spine",
            "bmd_g_cm2": 0.71,
            "t_score": -3.0,
            "date": "2026-10-01",
            "maker": "hologic",
            "model": "Horizon",
            "software": "5.6",
            "vertebrae": ["L1", "L2", "L3"],
            "precision_error_g_cm2": 0.011,
        },
        {"site": "total_hip", "t_score": -2.4, "z_score": -1.1, "side": "left"},
    ],
    "context": {"label_region": "eu", "stroke": True, "months_since_stroke": 4, "pregnancy": False},
}
TOML = """
format = "osteon-patient/1"
patient_id = "p-7"
sex = "female"
age_years = 71
years_since_menopause = 20.5
fragility_fracture = true
history = "alendronate 70 mg weekly for 24 months"

[[scans]]
site = "lumbar_spine"
bmd_g_cm2 = 0.71
t_score = -3.0
date = 2026-10-01
maker = "hologic"
model = "Horizon"
software = "5.6"
vertebrae = ["L1", "L2", "L3"]
precision_error_g_cm2 = 0.011

[[scans]]
site = "total_hip"
t_score = -2.4
z_score = -1.1
side = "left"

[context]
label_region = "eu"
stroke = true
months_since_stroke = 4
pregnancy = false
"""


def put(folder, content, name="patient.json"):
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def change(**changed):
    return {key: value for key, value in (WHOLE | changed).items() if value is not None}


def list_faults(folder, content, name="patient.json"):
    with pytest.raises((BadInputError, AbstainedError)) as caught:
        read_patient_file(put(folder, content, name))
    return getattr(caught.value, "faults", ()) or (caught.value,)


def cut_line(field):
    """The place alone: where a file has the line of a fault, its number stands before."""
    return re.sub(r"^line \d+, ", "", field)


def test_toml_and_json_of_one_shape_give_the_same_patient(tmp_path):
    assert read_patient_file(put(tmp_path, TOML, "p.toml")) == read_patient_file(put(tmp_path, WHOLE))


def test_every_value_arrives(tmp_path):
    patient = read_patient_file(put(tmp_path, WHOLE))
    spine, hip = patient.scans
    assert (patient.patient_id, patient.person.sex, patient.person.age_years) == ("p-7", Sex.FEMALE, 71)
    assert (patient.person.years_since_menopause, patient.person.fragility_fracture) == (20.5, True)
    assert format_sequence(patient.history) == WHOLE["history"]
    assert (spine.site, spine.areal_bmd_g_cm2, spine.reported_t_score) == (Site.LUMBAR_SPINE, 0.71, -3.0)
    assert (spine.date, spine.maker, spine.model, spine.software) == (
        dt.date(2026, 10, 1),
        Maker.HOLOGIC,
        "Horizon",
        "5.6",
    )
    assert (spine.vertebrae, spine.precision_error_g_cm2) == (("L1", "L2", "L3"), 0.011)
    assert (hip.side, hip.reported_z_score, hip.date) == (Side.LEFT, -1.1, None)
    assert patient.context.label_region is LabelRegion.EU
    assert (patient.context.stroke, patient.context.months_since_stroke) == (True, 4)


def test_what_is_left_out_is_unknown_and_not_taken_for_no(tmp_path):
    context = read_patient_file(put(tmp_path, WHOLE)).context
    assert (context.pregnancy, context.hypocalcemia) == (False, None)
    assert read_patient_file(put(tmp_path, change(context=None))).context.stroke is None


@pytest.mark.parametrize(
    ("changed", "code", "field", "hint"),
    [
        ({"menopausl": True}, "patient.unknown_key", "menopausl", "Did you mean 'menopausal'?"),
        ({"sex": "femal"}, "patient.unknown_word", "sex", "Did you mean 'female'?"),
        ({"sex": None}, "patient.missing_key", "sex", ""),
        ({"patient_id": 7}, "patient.wrong_kind", "patient_id", "quotation marks"),
        ({"patient_id": ""}, "patient.wrong_kind", "patient_id", ""),
        ({"age_years": "71"}, "patient.wrong_kind", "age_years", "without quotation marks"),
        ({"age_years": True}, "patient.wrong_kind", "age_years", ""),
        ({"fragility_fracture": "no"}, "patient.wrong_kind", "fragility_fracture", ""),
        ({"format": "osteon-patient/3"}, "patient.unknown_format", "format", PATIENT_FORMAT),
        ({"scans": []}, "patient.wrong_kind", "scans", ""),
        ({"scans": {"site": "total_hip"}}, "patient.wrong_kind", "scans", "[[scans]]"),
        ({"context": {"strok": True}}, "patient.unknown_key", "context.strok", "Did you mean 'stroke'?"),
        ({"context": {"age_years": 3}}, "patient.unknown_key", "context.age_years", "top of the file"),
        ({"age_years": 200}, "person.age_out_of_range", "age_years", ""),
        ({"history": "foo for 3 months"}, "therapy.unknown_drug", "history", ""),
    ],
)
def test_a_fault_names_its_place_and_how_to_mend_it(tmp_path, changed, code, field, hint):
    (fault,) = list_faults(tmp_path, change(**changed))
    assert (fault.code, cut_line(fault.field)) == (code, field)
    assert hint in fault.hint


@pytest.mark.parametrize(
    ("scan", "code", "field"),
    [
        ({"site": "hip"}, "patient.unknown_word", "scans[0].site"),
        ({"site": "total_hip", "bmd": 0.7}, "patient.unknown_key", "scans[0].bmd (total_hip)"),
        ({"site": "total_hip", "date": 20261001}, "patient.wrong_kind", "scans[0].date (total_hip)"),
        ({"site": "total_hip", "date": "1.10.2026"}, "patient.wrong_kind", "scans[0].date (total_hip)"),
        ({"site": "total_hip", "maker": "GE"}, "patient.unknown_word", "scans[0].maker (total_hip)"),
        ({"site": "total_hip", "bmd_g_cm2": 860}, "bmd.out_of_range", "scans[0].bmd_g_cm2 (total_hip)"),
        ({"site": "total_hip"}, "scan.empty", "scans[0] (total_hip)"),
    ],
)
def test_a_fault_of_a_scan_names_the_scan(tmp_path, scan, code, field):
    (fault,) = list_faults(tmp_path, change(scans=[scan]))
    assert (fault.code, cut_line(fault.field)) == (code, field)


def test_a_number_that_is_none_is_refused(tmp_path):
    text = TOML.replace("t_score = -2.4", "t_score = nan")
    (fault,) = list_faults(tmp_path, text, "p.toml")
    assert (fault.code, fault.got) == ("patient.wrong_kind", "nan")


def test_every_fault_is_told_at_once(tmp_path):
    faults = list_faults(tmp_path, change(sex="femal", age_years="x", scan=1))
    assert [cut_line(fault.field) for fault in faults] == ["sex", "age_years", "scan"]
    values = list_faults(
        tmp_path, change(age_years=200, history="foo", scans=[{"site": "total_hip", "bmd_g_cm2": 860}])
    )
    assert [fault.code.partition(".")[0] for fault in values] == ["person", "bmd", "therapy"]


def test_several_faults_travel_together(tmp_path):
    with pytest.raises(PatientFileError) as caught:
        read_patient_file(put(tmp_path, change(sex="femal", age_years="x")))
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert [fault.code for fault in again.faults] == ["patient.unknown_word", "patient.wrong_kind"]
    assert again.as_problem() == caught.value.as_problem()


def test_a_child_is_outside_the_domain_and_not_a_fault_of_the_file(tmp_path):
    with pytest.raises(AbstainedError, match="not_adult"):
        read_patient_file(put(tmp_path, change(age_years=12, years_since_menopause=None)))


@pytest.mark.parametrize(
    ("name", "text", "field", "got"),
    [
        ("p.json", "{", "line 1", "Expecting"),
        ("p.json", "[]", "p.json", "list"),
        ("p.json", '{"sex": "male", "sex": "female"}', "p.json", "sex more than once"),
        ("p.txt", "", "p.txt", ".txt"),
        ("p", "", "p", "no suffix"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, name, text, field, got):
    (fault,) = list_faults(tmp_path, text, name)
    assert fault.field == field
    assert got in fault.got


def test_a_file_that_is_not_there_or_not_text_says_so(tmp_path):
    with pytest.raises(BadInputError, match="No such file"):
        read_patient_file(tmp_path / "none.toml")
    (tmp_path / "raw.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInputError, match="UTF-8"):
        read_patient_file(tmp_path / "raw.toml")


def test_the_examples_are_patient_files(root):
    examples = sorted((root / "examples").glob("*.toml"))
    assert len(examples) >= 2
    assert len({read_patient_file(path).patient_id for path in examples}) == len(examples)
