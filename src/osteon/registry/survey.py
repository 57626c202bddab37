"""Population shares, means and totals from a survey sample, with design-based errors.

Variances are Taylor-linearized over whole primary sampling units within strata, drawn as if with
replacement, and a domain is estimated within the full design. The library `svy` computes them
(extra `registry`); it is loaded when an estimate is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from osteon.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import svy
    from numpy.typing import NDArray

_USUAL_CONFIDENCE: Final = 0.95
_WHERE: Final = {"chosen": True}


class LonelyPsu(StrEnum):
    """What to do with a stratum that has one sampling unit, so that its variance is unknown.

    Refuse it, center the unit on the mean of the whole sample (cautious), or let the stratum
    add nothing (only for a unit that was certain to be drawn).
    """

    REFUSE = "refuse"
    CENTER = "center"
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurveyDesign:
    """How a sample was drawn: one weight, stratum and primary sampling unit per person.

    `psus` need be distinct only within their stratum. Raises `survey.lengths_differ`,
    `survey.bad_weight` or `survey.lonely_psu`.

    >>> design = SurveyDesign(weights=np.ones(4), strata=np.array([1, 1, 2, 2]), psus=np.array([1, 2, 1, 2]))
    >>> len(design.weights)
    4
    """

    weights: NDArray[np.float64]
    strata: NDArray[np.int64]
    psus: NDArray[np.int64]
    lonely_psu: LonelyPsu = LonelyPsu.REFUSE
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a design that no variance can be computed for."""
        _require_rows("strata, psus", len(self.weights), len(self.strata), len(self.psus))
        faulty = np.flatnonzero(~(np.isfinite(self.weights) & (self.weights >= 0)))
        if faulty.size or not np.any(self.weights > 0):
            place = f"weights[{faulty[0]}]" if faulty.size else "weights"
            raise BadInputError(
                code="survey.bad_weight",
                field=f"SurveyDesign.{place}",
                got=f"{self.weights[faulty[0]]:g}" if faulty.size else "no weight above 0",
                expected="finite weights of 0 or more, some above 0",
                hint="Leave out people whom the survey did not examine.",
            )
        if self.lonely_psu is LonelyPsu.REFUSE:
            _refuse_lonely(self.strata, self.psus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A population value with its design-based standard error and two-sided interval.

    `n` counts the people in the domain with a known outcome and a weight above 0;
    `degrees_of_freedom` are sampling units less strata among those that hold any of them.
    """

    value: float
    standard_error: float
    degrees_of_freedom: int
    low: float
    high: float
    confidence: float
    n: int
    sources: tuple[str, ...]


def _require_rows(field: str, expected: int, *lengths: int) -> None:
    if expected == 0 or set(lengths) - {expected}:
        raise BadInputError(
            code="survey.lengths_differ",
            field=field,
            got=f"{', '.join(map(str, lengths))} rows",
            expected=f"{expected} rows, as the weights have, and more than none",
            hint="Give one value per person, in one order.",
        )


def _refuse_lonely(strata: NDArray[np.int64], psus: NDArray[np.int64]) -> None:
    drawn = np.unique(np.stack([strata, psus]), axis=1)
    names, counts = np.unique(drawn[0], return_counts=True)
    lonely = names[counts == 1]
    if lonely.size:
        raise BadInputError(
            code="survey.lonely_psu",
            field="SurveyDesign.psus",
            got=f"one sampling unit in stratum {', '.join(map(str, lonely.tolist()))}",
            expected="two or more sampling units in every stratum",
            hint="Keep the whole sample and give a domain; or choose another rule for lonely units.",
        )


def _require_library() -> None:
    try:
        import svy  # noqa: F401, PLC0415
    except ImportError as problem:
        raise BadInputError(
            code="survey.library_missing",
            field="svy",
            got="not installed",
            expected="the survey library of the extra `registry`",
            hint='Install it with: pip install "osteon[registry]".',
        ) from problem


def _build_sample(
    design: SurveyDesign, outcome: NDArray[np.generic], chosen: NDArray[np.bool_]
) -> svy.Sample:
    _require_library()
    # The survey library and its tables load when an estimate is asked for.
    import polars as pl  # noqa: PLC0415
    import svy  # noqa: PLC0415

    table = pl.DataFrame(
        {
            "outcome": outcome,
            "chosen": chosen,
            "weight": design.weights,
            "stratum": design.strata,
            "psu": design.psus,
        }
    )
    methods = {LonelyPsu.CENTER: svy.SingletonMethod.CENTER, LonelyPsu.SKIP: svy.SingletonMethod.SKIP}
    method = methods.get(design.lonely_psu)
    rule = None if method is None else svy.Singleton(method)
    return svy.Sample(table, svy.Design(stratum="stratum", psu="psu", wgt="weight", singleton=rule))


def _choose_domain(
    design: SurveyDesign, outcome: NDArray[np.float64], domain: NDArray[np.bool_] | None
) -> NDArray[np.bool_]:
    asked = np.ones(len(outcome), dtype=bool) if domain is None else np.asarray(domain, dtype=bool)
    _require_rows("outcome, domain", len(design.weights), len(outcome), len(asked))
    chosen: NDArray[np.bool_] = asked & np.isfinite(outcome)
    if not np.any(chosen & (design.weights > 0)):
        raise BadInputError(
            code="survey.empty_domain",
            field="domain",
            got="nobody with a known outcome",
            expected="one or more people",
            hint="Check the condition that selects the domain.",
        )
    return chosen


def _list_rows(found: svy.Estimate | list[svy.Estimate]) -> list[dict[str, float]]:
    # One outcome was asked for, so a list holds one estimate.
    estimate = found[0] if isinstance(found, list) else found
    return estimate.to_polars().rows(named=True)


def _read_row(row: Mapping[str, float], design: SurveyDesign, confidence: float) -> Estimate:
    return Estimate(
        value=row["est"],
        standard_error=row["se"],
        degrees_of_freedom=int(row["df"]),
        low=row["lci"],
        high=row["uci"],
        confidence=confidence,
        n=int(row["n"]),
        sources=design.sources,
    )


def _mirror_share(row: Mapping[str, float]) -> dict[str, float]:
    mirrored = {"est": 1 - row["est"], "lci": 1 - row["uci"], "uci": 1 - row["lci"]}
    return {**row, **mirrored}


def estimate_share(
    design: SurveyDesign,
    outcome: NDArray[np.bool_],
    *,
    domain: NDArray[np.bool_] | None = None,
    confidence: float = _USUAL_CONFIDENCE,
) -> Estimate:
    """Estimate the share (0 to 1) of a population, or of a domain of it, that has an outcome.

    The interval is that of Korn and Graubard, which stays within 0 and 1 and is there even
    when nobody has the outcome. People whose outcome is not known must be outside the domain.
    Raises `survey.lengths_differ`, `survey.empty_domain` or `survey.library_missing`.

    >>> design = SurveyDesign(
    ...     weights=np.array([1.0, 3.0, 2.0, 2.0]),
    ...     strata=np.array([1, 1, 2, 2]),
    ...     psus=np.array([1, 2, 1, 2]),
    ... )
    >>> estimate_share(design, np.array([True, False, True, True])).value
    0.625
    """
    numbers = np.asarray(outcome, dtype=np.float64)
    chosen = _choose_domain(design, numbers, domain)
    sample = _build_sample(design, (chosen & np.asarray(outcome, dtype=bool)).astype(np.int64), chosen)
    found = sample.estimation.prop("outcome", where=_WHERE, ci_method="korn-graubard", alpha=1 - confidence)
    rows = {row["outcome"]: row for row in _list_rows(found)}
    return _read_row(rows.get(1) or _mirror_share(rows[0]), design, confidence)


def estimate_mean(
    design: SurveyDesign,
    outcome: NDArray[np.float64],
    *,
    domain: NDArray[np.bool_] | None = None,
    confidence: float = _USUAL_CONFIDENCE,
) -> Estimate:
    """Estimate the mean of a quantity in a population, or in a domain of it.

    NaN is not known and leaves the domain. Raises what `estimate_share` raises.

    >>> design = SurveyDesign(
    ...     weights=np.array([1.0, 3.0, 2.0, 2.0]),
    ...     strata=np.array([1, 1, 2, 2]),
    ...     psus=np.array([1, 2, 1, 2]),
    ... )
    >>> estimate_mean(design, np.array([8.0, 4.0, 2.0, 2.0])).value
    3.5
    """
    chosen = _choose_domain(design, outcome, domain)
    sample = _build_sample(design, np.where(chosen, outcome, 0.0), chosen)
    found = sample.estimation.mean("outcome", where=_WHERE, alpha=1 - confidence)
    return _read_row(_list_rows(found)[0], design, confidence)


def estimate_total(
    design: SurveyDesign,
    outcome: NDArray[np.float64],
    *,
    domain: NDArray[np.bool_] | None = None,
    confidence: float = _USUAL_CONFIDENCE,
) -> Estimate:
    """Estimate the total of a quantity over a population, or over a domain of it.

    With an outcome of 1 for everybody it is the number of people. NaN is not known and leaves
    the domain. Raises what `estimate_share` raises.

    >>> design = SurveyDesign(
    ...     weights=np.array([1.0, 3.0, 2.0, 2.0]),
    ...     strata=np.array([1, 1, 2, 2]),
    ...     psus=np.array([1, 2, 1, 2]),
    ... )
    >>> estimate_total(design, np.ones(4)).value
    8.0
    """
    chosen = _choose_domain(design, outcome, domain)
    sample = _build_sample(design, np.where(chosen, outcome, 0.0), chosen)
    found = sample.estimation.total("outcome", where=_WHERE, alpha=1 - confidence)
    return _read_row(_list_rows(found)[0], design, confidence)
