"""The bundled survey: US adults of 40 or more of 2013-2014 with hip and spine DXA."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from osteon.densitometry import read_rules
from osteon.registry.survey import SurveyDesign

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_FILE: Final = "nhanes_2013_2014_adults.csv.gz"
_SOURCE: Final = "nhanes20132014"
_Kind = TypeVar("_Kind", bound=np.generic)
_VERTEBRAE: Final = ("l1_g_cm2", "l2_g_cm2", "l3_g_cm2", "l4_g_cm2")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NhanesAdults:
    """2,869 people as columns; BMD in g/cm2, NaN where not measured, ages of 80 or more as 80.

    Answers (`told_osteoporosis` and the fractures) are 1, 0 or NaN. The data note beside the
    file says where every column comes from.
    """

    seqn: NDArray[np.int64]
    age_years: NDArray[np.float64]
    female: NDArray[np.bool_]
    race_code: NDArray[np.int64]
    height_cm: NDArray[np.float64]
    weight_kg: NDArray[np.float64]
    hip_fracture: NDArray[np.float64]
    wrist_fracture: NDArray[np.float64]
    spine_fracture: NDArray[np.float64]
    told_osteoporosis: NDArray[np.float64]
    glucocorticoid_ever_daily: NDArray[np.float64]
    femoral_neck_g_cm2: NDArray[np.float64]
    total_hip_g_cm2: NDArray[np.float64]
    l1_l4_g_cm2: NDArray[np.float64]
    vertebrae_g_cm2: NDArray[np.float64]
    link_score: NDArray[np.int64]
    design: SurveyDesign
    sources: tuple[str, ...] = (_SOURCE,)


def _read_cells() -> dict[str, list[str]]:
    packed = (files("osteon.registry") / "data" / _FILE).read_bytes()
    header, *rows = csv.reader(gzip.decompress(packed).decode("ascii").splitlines())
    return {name: [row[place] for row in rows] for place, name in enumerate(header)}


def _lock(column: NDArray[_Kind]) -> NDArray[_Kind]:
    # The loader is cached, so what one caller changed another would read.
    column.flags.writeable = False
    return column


def _read_numbers(cells: list[str]) -> NDArray[np.float64]:
    return _lock(np.array([float(cell) if cell else np.nan for cell in cells]))


def _read_codes(cells: list[str]) -> NDArray[np.int64]:
    return _lock(np.array(cells, dtype=np.int64))


def _read_design(cells: Mapping[str, list[str]]) -> SurveyDesign:
    return SurveyDesign(
        weights=_read_numbers(cells["exam_weight"]),
        strata=_read_codes(cells["stratum"]),
        psus=_read_codes(cells["psu"]),
        sources=(_SOURCE,),
    )


@cache
def load_nhanes_adults() -> NhanesAdults:
    """Return the bundled survey, read once.

    >>> adults = load_nhanes_adults()
    >>> len(adults.seqn), int(adults.female.sum())
    (2869, 1500)
    """
    cells = _read_cells()
    vertebrae = _lock(np.stack([_read_numbers(cells[name]) for name in _VERTEBRAE], axis=1))
    return NhanesAdults(
        seqn=_read_codes(cells["seqn"]),
        age_years=_read_numbers(cells["age_years"]),
        female=_lock(np.array([cell == "female" for cell in cells["sex"]])),
        race_code=_read_codes(cells["race_code"]),
        height_cm=_read_numbers(cells["height_cm"]),
        weight_kg=_read_numbers(cells["weight_kg"]),
        hip_fracture=_read_numbers(cells["hip_fracture"]),
        wrist_fracture=_read_numbers(cells["wrist_fracture"]),
        spine_fracture=_read_numbers(cells["spine_fracture"]),
        told_osteoporosis=_read_numbers(cells["told_osteoporosis"]),
        glucocorticoid_ever_daily=_read_numbers(cells["glucocorticoid_ever_daily"]),
        femoral_neck_g_cm2=_read_numbers(cells["femoral_neck_g_cm2"]),
        total_hip_g_cm2=_read_numbers(cells["total_hip_g_cm2"]),
        l1_l4_g_cm2=_read_numbers(cells["l1_l4_g_cm2"]),
        vertebrae_g_cm2=vertebrae,
        link_score=_read_codes(cells["link_score"]),
        design=_read_design(cells),
    )


def choose_spine_bmd(adults: NhanesAdults) -> NDArray[np.float64]:
    """Return each person's spine BMD: L1-L4, else the plain mean of two or three vertebrae.

    NaN where neither is there. Four vertebrae without a total are left out: one of the four is
    then probably an imputed value (see the data note). One vertebra is never used.

    >>> int(np.isfinite(choose_spine_bmd(load_nhanes_adults())).sum())
    2652
    """
    measured = np.isfinite(adults.vertebrae_g_cm2)
    count = measured.sum(axis=1)
    total = np.where(measured, adults.vertebrae_g_cm2, 0.0).sum(axis=1)
    several = (count >= read_rules().least_vertebrae) & (count < measured.shape[1])
    mean = np.where(several, total / np.maximum(count, 1), np.nan)
    return np.where(np.isfinite(adults.l1_l4_g_cm2), adults.l1_l4_g_cm2, mean)
