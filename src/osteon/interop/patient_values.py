"""From the words of a patient file to the values of the rooms below, every refusal of theirs written down."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from osteon.densitometry import Person, Scan, Sex, Site
from osteon.errors import BadInputError
from osteon.inference import Injection, Marker, MarkerReading
from osteon.interop.file_lines import Place
from osteon.interop.patient_limits import read_patient_limits
from osteon.interop.patient_problems import Notebook, state, suggest
from osteon.interop.patient_sections import (
    FractureSite,
    InjectionSection,
    MarkerSection,
    PatientFile,
    ScanSection,
)
from osteon.interop.patient_shape import ShapedFile
from osteon.therapy import Drug, PatientContext, Sequence, describe_drug, list_drugs, parse_sequence
from osteon.units import convert, parse_quantity

_TYPOGRAPHY: Final = str.maketrans({"\u00b2": "2", "\u00b5": "u", "\u03bc": "u"})
_PER_BODY_SURFACE: Final = re.compile(r"/\s*(1\.73\s*m2|\{1\.73_m2\})")
_BETWEEN_REGIMENS: Final = re.compile(r"[,;]?\s*\bthen\b\s*|[,;]?\s*\bfollowed by\b\s*|;\s*|->|\u2192")
_MARKER_UNITS: Final = {Marker.CTX: "ng/L", Marker.P1NP: "ug/L"}
_SEEN_BY_THERAPY: Final = frozenset({FractureSite.HIP, FractureSite.VERTEBRA})


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One section as it was written, the value made of it, and its place in the file."""

    place: Place
    section: Any
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientValues:
    """What could be made of a file; None, or left out, where it could not."""

    as_of: dt.date | None
    person: Person | None
    scans: tuple[Read, ...]
    history: Sequence | None
    markers: tuple[Read, ...]
    injections: tuple[Read, ...]
    context: PatientContext | None


def read_values(shaped: ShapedFile, notebook: Notebook) -> PatientValues:
    """Make every value that can be made."""
    file = shaped.file
    as_of = file.as_of or max((scan.date for scan in file.scans if scan.date is not None), default=None)
    return PatientValues(
        as_of=as_of,
        person=_read_person(file, as_of, notebook),
        scans=_read_all("scans", shaped, _read_scan, notebook),
        history=None if file.history is None else _read_history(file.history, notebook),
        markers=_read_all("markers", shaped, _read_marker, notebook),
        injections=_read_all("injections", shaped, _read_injection, notebook),
        context=_read_context(file, notebook),
    )


def _read_all(name: str, shaped: ShapedFile, read: Any, notebook: Notebook) -> tuple[Read, ...]:  # noqa: ANN401
    """Read every section of a list that could be made a value of."""
    sections = zip(shaped.numbers.get(name, ()), getattr(shaped.file, name), strict=True)
    found = (
        Read(place=(name, number), section=section, value=read(section, (name, number), notebook))
        for number, section in sections
    )
    return tuple(one for one in found if one.value is not None)


def _read_amount(text: str, unit: str, place: Place, notebook: Notebook) -> float | None:
    """Read a number and its unit, in `unit`; typographic letters stand for the plain ones."""

    def read() -> float:
        quantity = parse_quantity(text.translate(_TYPOGRAPHY), lenient=True)
        return convert(quantity.value, quantity.unit, unit, lenient=True)

    return notebook.attempt(place, read)


def _read_person(file: PatientFile, as_of: dt.date | None, notebook: Notebook) -> Person | None:
    age = _read_age(file, as_of, notebook)
    if file.sex is None or age is None:
        return None
    sex, place = file.sex, ("birth_year" if file.age_years is None else "age_years",)
    if notebook.attempt(place, lambda: Person(sex=sex, age_years=age)) is None:
        return None
    place = ("years_since_menopause",) if file.years_since_menopause is not None else ("menopausal",)
    return notebook.attempt(
        place,
        lambda: Person(
            sex=sex,
            age_years=age,
            menopausal=file.menopausal,
            years_since_menopause=file.years_since_menopause,
            fragility_fracture=bool(file.fragility_fracture) or any(one.fragility for one in file.fractures),
        ),
    )


def _read_age(file: PatientFile, as_of: dt.date | None, notebook: Notebook) -> float | None:
    """Return the age on the day `as_of`; from a birth year, the one reached within that year."""
    if file.birth_year is None or as_of is None:
        if file.birth_year is not None and file.age_years is None:
            expected = "as_of, or a scan with its date"
            notebook.fault(
                ("birth_year",), "person.age_unknown", "no day to count to", expected, "Add as_of."
            )
        return file.age_years
    counted = float(as_of.year - file.birth_year)
    if file.age_years is None:
        return counted
    if abs(counted - file.age_years) > read_patient_limits().age_against_birth_year:
        got, expected = f"{file.age_years:g} years, born {file.birth_year}", f"about {counted:g} on {as_of}"
        notebook.fault(("age_years",), "person.age_contradicts", got, expected, "One of the two is enough.")
    return file.age_years


def _read_scan(section: ScanSection, place: Place, notebook: Notebook) -> Scan | None:
    bmd, error = _read_scan_amounts(section, place, notebook)
    values: dict[str, Any] = {
        "areal_bmd_g_cm2": bmd,
        "reported_t_score": section.t_score,
        "reported_z_score": section.z_score,
        "precision_error_g_cm2": error,
        "vertebrae": None if section.vertebrae is None else tuple(section.vertebrae),
        "side": section.side,
    }
    good = {
        name: value
        for name, value in values.items()
        if value is None or _try_scan(section, name, value, place, notebook)
    }
    site, is_empty = section.site, all(good.get(name) is None for name in _MEASURED)
    if site is None or (is_empty and notebook.has_fault_at(place)):
        return None
    rest = {key: getattr(section, key) for key in ("date", "maker", "model", "software")}
    return notebook.attempt(place, lambda: Scan(site=site, **rest, **good))


_MEASURED: Final = ("areal_bmd_g_cm2", "reported_t_score", "reported_z_score")
_SCAN_KEYS: Final = {
    "areal_bmd_g_cm2": "bmd",
    "reported_t_score": "t_score",
    "reported_z_score": "z_score",
    "precision_error_g_cm2": "precision_error",
}


def _try_scan(section: ScanSection, name: str, value: object, place: Place, notebook: Notebook) -> bool:
    """Try one value of a scan by itself, so that two bad ones are both told.

    Where the site could not be read only numbers are tried: their ranges are the same at every site.
    """
    if section.site is None and name in {"vertebrae", "side"}:
        return True
    site = section.site or Site.TOTAL_HIP
    probe: dict[str, Any] = {name: value} if name in _MEASURED else {name: value, "reported_t_score": 0.0}
    where = (*place, _SCAN_KEYS.get(name, name))
    return notebook.attempt(where, lambda: Scan(site=site, **probe)) is not None


def _read_scan_amounts(
    section: ScanSection, place: Place, notebook: Notebook
) -> tuple[float | None, float | None]:
    """Return BMD and precision error in g/cm2; a precision error in % is of this BMD."""
    unit = "g/cm2"
    bmd = None if section.bmd is None else _read_amount(section.bmd, unit, (*place, "bmd"), notebook)
    if section.precision_error is None:
        return bmd, None
    where = (*place, "precision_error")
    if not section.precision_error.rstrip().endswith("%"):
        return bmd, _read_amount(section.precision_error, unit, where, notebook)
    share = _read_amount(section.precision_error, "1", where, notebook)
    if share is not None and bmd is None and section.bmd is None:
        hint = "Give it in g/cm2, or state the BMD."
        notebook.fault(
            where, "precision.no_bmd", section.precision_error, "a percentage of a stated BMD", hint
        )
    return bmd, None if share is None or bmd is None else share * bmd


def _read_marker(section: MarkerSection, place: Place, notebook: Notebook) -> MarkerReading | None:
    where, marker = (*place, "value"), section.marker
    if marker is None or section.value is None:
        return None
    value = _read_amount(section.value, _MARKER_UNITS[marker], where, notebook)
    if value is None:
        return None
    return notebook.attempt(
        where,
        lambda: MarkerReading(
            marker=marker,
            value=value,
            date=section.date,
            assay=section.assay,
            fasting_morning=section.fasting_morning,
        ),
    )


def _read_injection(section: InjectionSection, place: Place, notebook: Notebook) -> Injection | None:
    drug = _read_drug(section, (*place, "drug"), notebook)
    where, text = (*place, "amount"), section.amount
    amount = text and notebook.attempt(where, lambda: parse_quantity(text.translate(_TYPOGRAPHY)))
    if drug is None or not amount:
        return None
    day = section.date or _ANY_DAY
    given = notebook.attempt(
        where, lambda: Injection(drug=drug, amount=amount.value, unit=amount.unit, date=day)
    )
    return None if section.date is None else given


_ANY_DAY: Final = dt.date.max


def _read_drug(section: InjectionSection, place: Place, notebook: Notebook) -> Drug | None:
    """Find the drug, and refuse here one that is never injected at once, whatever its amount."""
    text = section.drug
    drug = None if text is None else notebook.attempt(place, lambda: _find_drug(text))
    if drug is None:
        return None
    usual = describe_drug(drug).standard_dose
    unit = usual.unit.value
    known = notebook.attempt(
        place, lambda: Injection(drug=drug, amount=usual.amount, unit=unit, date=_ANY_DAY)
    )
    return None if known is None else drug


def _find_drug(text: str) -> Drug:
    """Find a drug by its own name or a synonym; a brand name only points to it."""
    facts = {drug: describe_drug(drug) for drug in list_drugs()}
    own = {name.lower(): drug for drug, one in facts.items() for name in (drug.value, *one.synonyms)}
    brands = {name.lower(): drug for drug, one in facts.items() for name in one.brand_names}
    word = " ".join(text.lower().split())
    if word not in own:
        brand = f"{text} is a brand name: write {brands[word]}." if word in brands else ""
        hint = brand or suggest(word, own) or "Write a drug by its non-proprietary name."
        raise state("therapy.unknown_drug", repr(text), "one of " + ", ".join(facts), hint)
    return own[word]


def _read_history(text: str, notebook: Notebook) -> Sequence | None:
    """Read the treatment before; where it cannot be read, every regimen that is wrong is named."""
    try:
        return parse_sequence(text)
    except BadInputError as whole:
        faults = tuple(_list_regimen_faults(text)) or (whole,)
    for fault in faults:
        notebook.fault(("history",), fault.code, fault.got, fault.expected, fault.hint)
    return None


def _list_regimen_faults(text: str) -> Iterator[BadInputError]:
    for piece in _BETWEEN_REGIMENS.split(text):
        try:
            parse_sequence(piece.strip())
        except BadInputError as fault:
            yield fault


def _read_context(file: PatientFile, notebook: Notebook) -> PatientContext | None:
    stated = file.answers
    egfr, vitamin_d = stated.pop("egfr", None), stated.pop("vitamin_d_25oh", None)
    known = {field.name for field in fields(PatientContext)}
    good = {
        key: value for key, value in stated.items() if key in known and _try_context(key, stated, notebook)
    }
    good["renal_clearance_ml_min"] = _read_clearance(egfr, good.get("renal_clearance_ml_min"), notebook)
    good["vitamin_d_deficiency"] = _read_vitamin_d(vitamin_d, good.get("vitamin_d_deficiency"), notebook)
    good["hip_or_vertebral_fracture"] = _read_fractures(file, good.get("hip_or_vertebral_fracture"), notebook)
    return notebook.attempt(("context",), lambda: PatientContext(**good))


def _try_context(key: str, stated: Mapping[str, Any], notebook: Notebook) -> bool:
    event = key.removeprefix("months_since_")
    probe = {key: stated[key]} | ({event: stated[event]} if event != key else {})
    return notebook.attempt(("context", key), lambda: PatientContext(**probe)) is not None


def _read_clearance(egfr: str | None, stated: float | None, notebook: Notebook) -> float | None:
    """Return the lower of an eGFR and a stated clearance: a label's limit is passed when either is below it."""
    if egfr is None:
        return stated
    place = ("context", "egfr")
    plain = _PER_BODY_SURFACE.sub("", egfr.translate(_TYPOGRAPHY))
    value = _read_amount(plain, "mL/min", place, notebook)
    low, high = read_patient_limits().clearance_ml_min
    if value is not None and not low <= value <= high:
        hint = "Give the eGFR itself, not the creatinine."
        notebook.fault(place, "context.out_of_range", egfr, f"{low:g} to {high:g} mL/min", hint)
        return stated
    return min((number for number in (value, stated) if number is not None), default=None)


def _read_vitamin_d(text: str | None, stated: bool | None, notebook: Notebook) -> bool | None:  # noqa: FBT001
    """Say whether a 25(OH)D is deficient; both usual units have their own limit, so that none is converted."""
    place = ("context", "vitamin_d_25oh")
    if text is None:
        return stated
    limits = read_patient_limits()
    match = re.fullmatch(r"\s*(\d+\.?\d*|\.\d+)\s*(\S+)\s*", text)
    ranges = limits.vitamin_d
    if match is None or match[2] not in ranges:
        expected = f"a number with {' or '.join(ranges)}"
        notebook.fault(
            place, "context.not_a_quantity", repr(text), expected, 'Such as "62 nmol/L" or "25 ng/mL".'
        )
        return stated
    value, unit = float(match[1]), match[2]
    low, high = ranges[unit]
    if not low <= value <= high:
        expected = f"{low:g} to {high:g} {unit}"
        notebook.fault(place, "context.out_of_range", text, expected, "Check the unit and the decimal point.")
        return stated
    deficient = value < limits.vitamin_d_deficiency[unit]
    if stated is not None and stated is not deficient:
        got = f"{text} beside vitamin_d_deficiency = {str(stated).lower()}"
        expected = f"deficiency below {limits.vitamin_d_deficiency[unit]:g} {unit} and not above"
        notebook.warn(place, "context.contradicts", got, expected, "The stated yes or no was used.")
        return stated
    return deficient


def _read_fractures(file: PatientFile, stated: bool | None, notebook: Notebook) -> bool | None:  # noqa: FBT001
    seen = any(one.site in _SEEN_BY_THERAPY and one.fragility is not False for one in file.fractures)
    if seen and stated is False:
        got = "false beside a hip or vertebral fracture under [[fractures]]"
        place = ("context", "hip_or_vertebral_fracture")
        notebook.fault(place, "context.contradicts", got, "true, or no such fracture", "Take the line out.")
    return True if seen else stated


def is_male(person: Person | None) -> bool:
    """Whether the person is known to be a man."""
    return person is not None and person.sex is Sex.MALE
