"""How long patients stay on a drug in usual care, and when a virtual patient stops.

Adherence is the share of doses taken while on the drug; persistence is the time on it. A patient
who stops keeps the doses had before and takes none after.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from osteon.errors import BadInputError
from osteon.evidence import find_fact, select_facts
from osteon.therapy.doses import DoseCourse, list_dose_courses, round_day
from osteon.therapy.drugs import Drug
from osteon.therapy.sequence import Regimen, Sequence, StatedPersistence
from osteon.units import DAYS_PER_MONTH

__all__ = [
    "AfterStop",
    "PersistenceCurve",
    "draw_course_stop_days",
    "draw_stop_month",
    "find_persistence_curve",
    "load_persistence_curve",
    "persistence_share",
]

_Floats: TypeAlias = npt.NDArray[np.float64]
_Days: TypeAlias = npt.NDArray[np.int64]


class AfterStop(StrEnum):
    """What a patient who stops a regimen early does about the later ones."""

    NOTHING_FURTHER = "nothing_further"
    NEXT_AS_PLANNED = "next_as_planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersistenceCurve:
    """The share of starters still on a drug at some months.

    Between the points the hazard of stopping is constant, so the share falls log-linearly;
    after the last it stays that of the last stretch. `is_proxy` marks a curve of other drugs.
    """

    name: str
    cohort: str
    months: tuple[float, ...]
    shares: tuple[float, ...]
    is_proxy: bool
    note: str
    sources: tuple[str, ...]
    extraction: str


@cache
def load_persistence_curve(name: str) -> PersistenceCurve:
    """Load a published curve by its name in the table `persistence`.

    >>> load_persistence_curve("cprd_denosumab").shares
    (0.64,)
    """
    facts = select_facts("persistence", quantity="share_persistent", curve=name)
    points = sorted((float(fact.keys["month"]), fact.number / 10**2) for fact in facts)
    cohort = find_fact("persistence", quantity="cohort", curve=name)
    return PersistenceCurve(
        name=name,
        cohort=str(cohort.value),
        months=tuple(month for month, _ in points),
        shares=tuple(share for _, share in points),
        is_proxy=False,
        note=facts[0].note,
        sources=(cohort.source,),
        extraction=facts[0].extraction,
    )


@cache
def find_persistence_curve(drug: Drug) -> PersistenceCurve:
    """Find the curve that stands for a drug in usual care, its own or a proxy.

    >>> find_persistence_curve(Drug.DENOSUMAB).shares
    (0.73, 0.5, 0.38)
    """
    named = find_fact("drugs", quantity="persistence_curve", drug=drug.value)
    fit = find_fact("drugs", quantity="persistence_fit", drug=drug.value)
    curve = load_persistence_curve(str(named.value))
    return PersistenceCurve(
        name=curve.name,
        cohort=curve.cohort,
        months=curve.months,
        shares=curve.shares,
        is_proxy=fit.value == "proxy",
        note=named.note,
        sources=curve.sources,
        extraction=curve.extraction,
    )


def persistence_share(drug: Drug, months: npt.ArrayLike) -> _Floats:
    """Compute the share still on a drug after some months of usual care.

    `months` may have any shape and is zero or more; the answer has its shape and lies in 0..1.

    >>> persistence_share(Drug.DENOSUMAB, [0, 12, 18]).round(3).tolist()
    [1.0, 0.73, 0.604]
    """
    curve = find_persistence_curve(drug)
    times, hazards = _list_knots(curve.months, curve.shares)
    asked = np.asarray(months, dtype=np.float64)
    beyond = np.maximum(asked - times[-1], 0) * _find_last_rate(times, hazards)
    share: _Floats = np.exp(-(np.interp(asked, times, hazards) + beyond))
    return share


def draw_stop_month(uniforms: npt.ArrayLike, drug: Drug, regimen_months: float = np.inf) -> _Floats:
    """Turn uniform numbers into the month a patient stops a drug in usual care.

    The inverse of the persistence curve: numbers in (0, 1], of any shape; a small number stops
    late. A stop at `regimen_months` means the patient stayed to the end.

    >>> draw_stop_month([0.9, 0.73, 0.2], Drug.DENOSUMAB, 36).round(1).tolist()
    [4.0, 12.0, 36.0]
    """
    drawn = _require_uniforms(np.asarray(uniforms, dtype=np.float64), "any shape", shape_fits=True)
    curve = find_persistence_curve(drug)
    return np.minimum(_invert_curve(drawn, curve.months, curve.shares), regimen_months)


def draw_course_stop_days(
    sequence: Sequence,
    uniforms: npt.ArrayLike,
    start_day: int = 0,
    after_stop: AfterStop = AfterStop.NOTHING_FURTHER,
) -> _Days:
    """Draw the day each patient stops each course, in the order of `list_dose_courses`.

    `uniforms` is (patients, regimens), in (0, 1]; the answer (patients, courses). A patient
    takes the doses due before that day, and the first dose of every course begun. A course not
    begun stops on its start day. Drugs of one regimen are stopped together, at the earliest of
    their stops from one number; each regimen starts its own clock. A regimen without
    persistence is kept to its end.

    Assumes by default that who stops takes nothing of the later regimens either.

    >>> from osteon.therapy.grammar import parse_sequence
    >>> plan = parse_sequence("denosumab for 36 months with real-world persistence")
    >>> draw_course_stop_days(plan, [[0.73], [0.1]]).tolist()
    [[365], [1096]]
    """
    given, regimens = np.asarray(uniforms, dtype=np.float64), len(sequence.regimens)
    drawn = _require_uniforms(
        given, f"(patients, {regimens})", shape_fits=given.shape == (len(given), regimens)
    )
    pairs = enumerate(sequence.regimens)
    stops = np.stack([_draw_regimen(one, drawn[:, i]) for i, one in pairs], axis=1)
    begun = np.ones(drawn.shape, dtype=bool)
    if after_stop is AfterStop.NOTHING_FURTHER:
        lengths = [regimen.duration_months for regimen in sequence.regimens]
        begun[:, 1:] = np.logical_and.accumulate(stops >= lengths, axis=1)[:, :-1]
    columns = [
        _find_stop_days(course, stops[:, course.regimen_index], begun[:, course.regimen_index])
        for course in list_dose_courses(sequence, start_day)
    ]
    return np.array(columns, dtype=np.int64).reshape(len(columns), len(drawn)).T


def _require_uniforms(uniforms: _Floats, expected_shape: str, *, shape_fits: bool) -> _Floats:
    if not shape_fits or not np.all((uniforms > 0) & (uniforms <= 1)):
        raise BadInputError(
            code="therapy.uniforms",
            field="uniforms",
            got=f"shape {uniforms.shape}, from {uniforms.min(initial=1)} to {uniforms.max(initial=0)}",
            expected=f"{expected_shape} of numbers above 0 and at most 1",
            hint="Draw one number for each patient and regimen.",
        )
    return uniforms


def _draw_regimen(regimen: Regimen, uniforms: _Floats) -> _Floats:
    stops = np.full(uniforms.shape, np.inf)
    if isinstance(regimen.persistence, StatedPersistence):
        stated = regimen.persistence
        stops = _invert_curve(uniforms, (stated.at_months,), (stated.share,))
    elif regimen.persistence is not None:
        drugs = (prescription.drug for prescription in regimen.prescriptions)
        stops = np.min([draw_stop_month(uniforms, drug) for drug in drugs], axis=0)
    kept: _Floats = np.minimum(stops, regimen.duration_months)
    return kept


def _find_stop_days(course: DoseCourse, months: _Floats, begun: npt.NDArray[np.bool_]) -> _Days:
    days = round_day(course.exact_start_days + months * DAYS_PER_MONTH)
    taken = np.clip(days, min(course.start_day + 1, course.stop_day), course.stop_day)
    stops: _Days = np.where(begun, taken, course.start_day).astype(np.int64)
    return stops


def _list_knots(months: tuple[float, ...], shares: tuple[float, ...]) -> tuple[_Floats, _Floats]:
    """List times and cumulative hazards, from zero."""
    return np.array([0.0, *months]), -np.log(np.array([1.0, *shares]))


def _find_last_rate(times: _Floats, hazards: _Floats) -> float:
    return float((hazards[-1] - hazards[-2]) / (times[-1] - times[-2]))


def _invert_curve(uniforms: _Floats, months: tuple[float, ...], shares: tuple[float, ...]) -> _Floats:
    times, hazards = _list_knots(months, shares)
    rate = _find_last_rate(times, hazards)
    drawn = -np.log(uniforms)
    past = np.maximum(drawn - hazards[-1], 0)
    later = past / rate if rate else np.where(drawn >= hazards[-1], np.inf, 0.0)
    stops: _Floats = np.interp(drawn, hazards, times) + later
    return stops
