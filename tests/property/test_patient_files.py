"""A patient file that is written reads back as the same, and no text at all ends a check with a crash."""

import datetime as dt
import json
import tomllib

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from osteon.densitometry import VERTEBRAE, Maker, Person, Scan, Sex, Side, Site
from osteon.inference import Injection, Marker, MarkerReading, Patient
from osteon.interop import check_patient_text, fill_patient_template, format_patient, record_patient
from osteon.interop.patient_sections import FractureSite
from osteon.therapy import Drug, LabelRegion, PatientContext, parse_sequence

AS_OF = dt.date(2026, 11, 20)
NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
DAYS = st.dates(dt.date(1990, 1, 1), AS_OF)
ANSWERS = st.none() | st.booleans()
HISTORIES = st.sampled_from(
    [
        None,
        "alendronate 70 mg weekly for 24 months at 80% adherence",
        "no drug for 6 months, then denosumab for 1 year",
    ]
)
DOSES = st.sampled_from(
    [
        (Drug.DENOSUMAB, 60.0, "mg"),
        (Drug.ZOLEDRONATE, 5.0, "mg"),
        (Drug.ROMOSOZUMAB, 210.0, "mg"),
        (Drug.IBANDRONATE, 3.0, "mg"),
    ]
)


def measure(low, high):
    return st.floats(low, high, allow_nan=False)


@st.composite
def scans(draw):
    """Scans with a BMD or a score, never both, for the two may contradict each other."""
    site = draw(st.sampled_from(Site))
    is_spine = site is Site.LUMBAR_SPINE
    bmd = draw(st.none() | measure(0.2, 2.0))
    return Scan(
        site=site,
        areal_bmd_g_cm2=bmd,
        reported_t_score=draw(measure(-10, 10)) if bmd is None else None,
        reported_z_score=draw(st.none() | measure(-10, 10)),
        date=draw(DAYS),
        maker=draw(st.none() | st.sampled_from(Maker)),
        model=draw(st.none() | NAMES),
        software=draw(st.none() | NAMES),
        side=None if is_spine else draw(st.none() | st.sampled_from(Side)),
        vertebrae=draw(st.sampled_from([None, VERTEBRAE, ("L2", "L3")])) if is_spine else None,
        precision_error_g_cm2=draw(st.none() | measure(0.001, 0.1)),
    )


@st.composite
def people(draw):
    if draw(st.booleans()):
        return Person(sex=Sex.MALE, age_years=draw(measure(20, 120)), fragility_fracture=draw(st.booleans()))
    age = draw(measure(50, 120))
    return Person(
        sex=Sex.FEMALE,
        age_years=age,
        menopausal=draw(st.sampled_from([None, True])),
        years_since_menopause=draw(st.none() | measure(0, 50)),
        fragility_fracture=draw(st.booleans()),
    )


@st.composite
def contexts(draw):
    stroke = draw(ANSWERS)
    return PatientContext(
        label_region=draw(st.none() | st.sampled_from(LabelRegion)),
        renal_clearance_ml_min=draw(st.none() | measure(0, 200)),
        stroke=stroke,
        months_since_stroke=draw(st.none() | measure(0, 500)) if stroke else None,
        hypocalcemia=draw(ANSWERS),
        glucocorticoids=draw(ANSWERS),
        vitamin_d_deficiency=draw(ANSWERS),
        hip_or_vertebral_fracture=draw(ANSWERS),
        hip_t_score=draw(st.none() | measure(-6, 3)),
    )


@st.composite
def readings(draw):
    marker = draw(st.sampled_from(Marker))
    return MarkerReading(
        marker=marker,
        value=draw(measure(5, 2000)),
        date=draw(DAYS),
        assay=draw(st.none() | NAMES),
        fasting_morning=draw(ANSWERS),
    )


@st.composite
def injections(draw):
    drug, amount, unit = draw(DOSES)
    return Injection(drug=drug, amount=amount, unit=unit, date=draw(DAYS))


@st.composite
def patients(draw):
    history = draw(HISTORIES)
    started = draw(st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2023, 1, 1))) if history else None
    return Patient(
        patient_id=draw(NAMES),
        person=draw(people()),
        scans=tuple(
            draw(
                st.lists(
                    scans(), min_size=1, max_size=3, unique_by=lambda one: (one.site, one.side, one.date)
                )
            )
        ),
        history=None if history is None else parse_sequence(history),
        history_start=started,
        markers=tuple(draw(st.lists(readings(), max_size=2, unique_by=lambda one: (one.marker, one.date)))),
        injections=tuple(
            draw(st.lists(injections(), max_size=2, unique_by=lambda one: (one.drug, one.date)))
        ),
        as_of=AS_OF,
        context=draw(contexts()),
    )


def with_software(text):
    """A patient whose text holds what some count as ends of lines."""
    scan = Scan(site=Site.TOTAL_HIP, reported_t_score=-2.5, software=text, date=AS_OF)
    person = Person(sex=Sex.MALE, age_years=70.0)
    return Patient(patient_id="p", person=person, scans=(scan,), as_of=AS_OF)


@pytest.mark.parametrize("suffix", [".toml", ".json"])
@given(patient=patients())
@example(patient=with_software('\x85\u2028\x0c\x7f\r\n"\\'))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_patient_that_is_written_reads_back_as_the_same(suffix, patient):
    text = format_patient(patient, suffix)
    checked = check_patient_text(text, suffix)
    assert [str(one.error) for one in checked.problems if one.severity == "fault"] == []
    assert checked.patient == patient
    assert checked.file == record_patient(patient)
    assert format_patient(checked.file, suffix) == text


RECORD = check_patient_text(fill_patient_template(), ".toml").file


@pytest.mark.parametrize("suffix", [".toml", ".json"])
@given(
    notes=st.none() | NAMES,
    fractures=st.lists(
        st.fixed_dictionaries(
            {"site": st.sampled_from(FractureSite)},
            optional={"date": st.sampled_from(["2019", "2019-06", "2019-06-30"]), "fragility": st.booleans()},
        ),
        max_size=3,
    ),
)
def test_what_only_the_file_holds_is_kept_too(suffix, notes, fractures):
    content = RECORD.model_dump() | {"notes": notes, "fractures": fractures, "fragility_fracture": None}
    record = type(RECORD).model_validate(content)
    checked = check_patient_text(format_patient(record, suffix), suffix)
    assert checked.problems == ()
    assert checked.file == record


@given(text=st.text(max_size=200), suffix=st.sampled_from([".toml", ".json"]))
def test_no_text_ends_a_check_with_a_crash(text, suffix):
    checked = check_patient_text(text, suffix)
    assert checked.patient is None
    assert checked.problems


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=6,
)
WHOLE = json.loads(format_patient(RECORD, ".json"))


def list_places(value, place=()):
    yield place
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in items:
        yield from list_places(inside, (*place, key))


def put(value, place, new):
    """A copy of nested values with another value at one place."""
    if not place:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = put(value[place[0]], place[1:], new)
    return copy


@given(place=st.sampled_from([place for place in list_places(WHOLE) if place]), value=VALUES)
@settings(max_examples=300)
def test_no_value_anywhere_ends_a_check_with_a_crash(place, value):
    checked = check_patient_text(json.dumps(put(WHOLE, place, value)), ".json")
    assert (checked.patient is None) is any(one.severity != "warning" for one in checked.problems)


@given(number=st.integers(0, 90))
def test_a_line_taken_out_leaves_the_others_understood(number):
    rows = fill_patient_template().splitlines()
    assume(number < len(rows) and "=" in rows[number] and not rows[number].startswith("#"))
    text = "\n".join([*rows[:number], *rows[number + 1 :]])
    checked = check_patient_text(text, ".toml")
    key = rows[number].split(" ")[0]
    allowed = {
        "patient.missing_key",
        "scan.empty",
        "scan.no_score",
        "scan.conflict",
        "patient.start_without_history",
    }
    allowed |= {"patient.after_as_of", "scan.undated", "marker.conflict"}
    assert {one.error.code for one in checked.problems} <= allowed, key
    assert tomllib.loads(text)
