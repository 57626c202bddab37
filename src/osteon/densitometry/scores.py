"""T- and Z-scores, both ways, and the WHO class of a T-score."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final, overload

import numpy as np

from osteon.densitometry.ranges import require_areal_bmd, require_score
from osteon.densitometry.rules import read_rules
from osteon.densitometry.sites import NOT_CLASSIFIED, WHO_CLASSES, WhoClass
from osteon.errors import BadInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from osteon.densitometry.references import AgeReference, ReferenceCurve

# Binary noise of (BMD - mean) / SD: without this 0.772 g/cm2 at the spine misses -2.5 by 4e-16.
_NOISE_DECIMALS: Final = 10


def _count_deviations(values: NDArray[np.float64] | float, mean: float, sd: float) -> NDArray[np.float64]:
    return np.round((np.asarray(values, dtype=np.float64) - mean) / sd, _NOISE_DECIMALS)


def find_implausible_bmd(areal_bmd_g_cm2: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the values of an array that cannot be a BMD in g/cm2; NaN means not measured.

    >>> find_implausible_bmd(np.array([0.86, 860.0, np.nan])).tolist()
    [False, True, False]
    """
    rules = read_rules()
    plausible = (areal_bmd_g_cm2 >= rules.lowest_areal_bmd) & (areal_bmd_g_cm2 <= rules.highest_areal_bmd)
    return ~plausible & ~np.isnan(areal_bmd_g_cm2)


def _require_plausible(values: NDArray[np.float64]) -> None:
    faults = np.flatnonzero(find_implausible_bmd(values))
    if faults.size:
        first = int(faults[0])
        require_areal_bmd(float(values.flat[first]), f"areal_bmd_g_cm2[{first}]")


@overload
def compute_t_score(areal_bmd_g_cm2: float, curve: ReferenceCurve) -> float: ...
@overload
def compute_t_score(areal_bmd_g_cm2: NDArray[np.float64], curve: ReferenceCurve) -> NDArray[np.float64]: ...
def compute_t_score(
    areal_bmd_g_cm2: float | NDArray[np.float64], curve: ReferenceCurve
) -> float | NDArray[np.float64]:
    """Count a T-score from BMD in g/cm2, for one value or a whole array.

    T = (BMD - young mean) / young SD, free of binary noise, so that three-decimal BMD on a
    line gives a T-score on that line. NaN in an array stays NaN; a single value must be a
    number. Raises `bmd.out_of_range`.

    >>> from osteon.densitometry import Maker, Site, find_reference_curve
    >>> compute_t_score(0.558, find_reference_curve(Maker.HOLOGIC, Site.FEMORAL_NECK))
    -2.5
    """
    mean, sd = curve.young_mean_g_cm2, curve.young_sd_g_cm2
    if isinstance(areal_bmd_g_cm2, np.ndarray):
        _require_plausible(areal_bmd_g_cm2)
        return _count_deviations(areal_bmd_g_cm2, mean, sd)
    require_areal_bmd(areal_bmd_g_cm2, f"areal_bmd_g_cm2 ({curve.site})")
    return float(_count_deviations(areal_bmd_g_cm2, mean, sd))


@overload
def compute_areal_bmd(t_score: float, curve: ReferenceCurve) -> float: ...
@overload
def compute_areal_bmd(t_score: NDArray[np.float64], curve: ReferenceCurve) -> NDArray[np.float64]: ...
def compute_areal_bmd(
    t_score: float | NDArray[np.float64], curve: ReferenceCurve
) -> float | NDArray[np.float64]:
    """Return the BMD in g/cm2 that has a T-score: the inverse of `compute_t_score`.

    NaN in an array stays NaN. Raises `score.out_of_range` for a single value.

    >>> from osteon.densitometry import Maker, Site, find_reference_curve
    >>> compute_areal_bmd(-2.5, find_reference_curve(Maker.HOLOGIC, Site.LUMBAR_SPINE))
    0.772
    """
    if not isinstance(t_score, np.ndarray):
        require_score(t_score, f"t_score ({curve.site})")
    density = np.round(curve.young_mean_g_cm2 + curve.young_sd_g_cm2 * t_score, _NOISE_DECIMALS)
    return density if isinstance(t_score, np.ndarray) else float(density)


def compute_z_score(areal_bmd_g_cm2: float, reference: AgeReference) -> float:
    """Count a Z-score from BMD in g/cm2: deviations from people of the same age and sex.

    Raises `bmd.out_of_range`.

    >>> from osteon.densitometry import Maker, Sex, Site, find_age_reference
    >>> peers = find_age_reference(Maker.HOLOGIC, Site.TOTAL_HIP, Sex.FEMALE, 63)
    >>> round(compute_z_score(0.73, peers), 2)
    -1.0
    """
    require_areal_bmd(areal_bmd_g_cm2, f"areal_bmd_g_cm2 ({reference.site})")
    return float(_count_deviations(areal_bmd_g_cm2, reference.mean_g_cm2, reference.sd_g_cm2))


def classify_t_scores(
    t_scores: NDArray[np.float64], fragility_fracture: NDArray[np.bool_] | None = None
) -> NDArray[np.int8]:
    """Return the WHO class of each T-score as its place in `WHO_CLASSES`.

    Where the T-score is not finite the answer is `NOT_CLASSIFIED`. The shape is kept.

    >>> classify_t_scores(np.array([-2.546, -2.46, -1.0, np.nan])).tolist()
    [2, 1, 0, -1]
    """
    rules = read_rules()
    scores = np.round(t_scores, _NOISE_DECIMALS)
    low, normal = scores <= rules.osteoporosis_t_score, scores >= rules.normal_t_score
    severe = low if fragility_fracture is None else low & fragility_fracture
    codes = np.full(scores.shape, WHO_CLASSES.index(WhoClass.OSTEOPENIA), dtype=np.int8)
    codes[normal] = WHO_CLASSES.index(WhoClass.NORMAL)
    codes[low] = WHO_CLASSES.index(WhoClass.OSTEOPOROSIS)
    if fragility_fracture is not None:
        codes[severe] = WHO_CLASSES.index(WhoClass.SEVERE_OSTEOPOROSIS)
    codes[~np.isfinite(scores)] = NOT_CLASSIFIED
    return codes


def who_class(t_score: float, *, fragility_fracture: bool = False) -> WhoClass:
    """Return the WHO class of one T-score, unrounded.

    Osteoporosis is -2.5 or below, osteopenia above -2.5 and below -1.0, normal -1.0 or above;
    osteoporosis with a fragility fracture is severe. Source: who1994. Raises
    `score.out_of_range`. `is_rounding_sensitive` tells whether one decimal would change it.

    >>> who_class(-2.546).value, who_class(-2.46).value, who_class(-1.0).value
    ('osteoporosis', 'osteopenia', 'normal')
    """
    require_score(t_score, "t_score")
    codes = classify_t_scores(np.array([t_score]), np.array([fragility_fracture]))
    return WHO_CLASSES[int(codes[0])]


def _quantum() -> Decimal:
    return Decimal(1).scaleb(-read_rules().printed_decimals)


def round_t_score(t_score: float) -> float:
    """Round a T- or Z-score to the decimal that reports print, half away from zero.

    The decimal digits as written are rounded, not the binary number behind them.

    >>> round_t_score(-2.45), round_t_score(-2.546), round_t_score(0.25)
    (-2.5, -2.5, 0.3)
    """
    if not math.isfinite(t_score):
        raise BadInputError(
            code="score.out_of_range",
            field="t_score",
            got=f"{t_score:g}",
            expected="a finite number",
            hint="Leave the score out when it was not measured.",
        )
    written = Decimal(repr(float(t_score)))
    return float(written.quantize(_quantum(), rounding=ROUND_HALF_UP)) + 0.0


def is_rounding_sensitive(t_score: float, *, reported: bool = False) -> bool:
    """Tell whether printing one decimal can change the WHO class.

    For a T-score counted from BMD: whether its printed value is of another class. For a
    `reported` one that is already rounded: whether the unrounded values it may stand for are
    of two classes, which happens on the lines themselves.

    >>> is_rounding_sensitive(-2.46), is_rounding_sensitive(-2.546), is_rounding_sensitive(-0.96)
    (True, False, False)
    >>> is_rounding_sensitive(-2.5, reported=True)
    True
    """
    printed = round_t_score(t_score)
    if reported and printed == t_score:
        half = float(_quantum()) / 2
        return who_class(t_score - half) is not who_class(t_score + half)
    return who_class(printed) is not who_class(t_score)


def find_rounding_sensitive(t_scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the T-scores of an array whose printed value is of another WHO class.

    >>> find_rounding_sensitive(np.array([-2.46, -2.546, -1.04, np.nan])).tolist()
    [True, False, True, False]
    """
    steps = np.round(np.abs(t_scores) / float(_quantum()), _NOISE_DECIMALS)
    printed = np.sign(t_scores) * np.floor(steps + 1 / 2) * float(_quantum())
    sensitive: NDArray[np.bool_] = classify_t_scores(printed) != classify_t_scores(t_scores)
    return sensitive
