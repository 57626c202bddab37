"""How many fewer fractures trials had whose total hip gained more: evidence about groups, never about one person."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from osteon.errors import AbstainedError, BadInputError
from osteon.evidence import Fact, find_fact, select_facts

__all__ = [
    "GROUP_EVIDENCE_LABEL",
    "FractureKind",
    "FractureReduction",
    "GroupFractureEvidence",
    "describe_fracture_evidence",
    "relate_fracture_risk",
]

GROUP_EVIDENCE_LABEL: Final = (
    "Evidence about groups: the arms of placebo-controlled trials. It does not say what one person gains."
)
_TABLE: Final = "fracture_surrogate"
_SITE: Final = "total_hip"
_POINTS: Final = ("difference of 2 %", "difference of 6 %")


class FractureKind(StrEnum):
    """The fractures that the relation was sought for."""

    VERTEBRAL = "vertebral"
    HIP = "hip"
    NONVERTEBRAL = "nonvertebral"


@dataclass(frozen=True, slots=True, kw_only=True)
class FractureReduction:
    """Relative reduction of one kind of fracture against placebo, in percent; negative is an increase.

    All three are None where the published trials showed no clear association. `low` to `high` is where 95 of 100
    further trials would lie, computed: as wide as the surrogate threshold says, for at the threshold the interval
    just reaches no effect. `variance_explained` is the share of the variation between trials that the total hip
    accounts for, by analysis.
    """

    fracture: FractureKind
    reduction_percent: float | None
    low_percent: float | None
    high_percent: float | None
    threshold_percent: float
    above_threshold: bool
    variance_explained: tuple[tuple[str, float], ...]

    @property
    def has_association(self) -> bool:
        """Whether the published trials showed a relation at all."""
        return self.reduction_percent is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFractureEvidence:
    """What trials say of a difference in total hip BMD; `label` and `qualification` stand wherever it is shown.

    `difference_percent` and `observed_percent` (the range that the relation was printed for) are percentage
    points of change against placebo. `qualification` is what the FDA accepted the change for, and from when.
    """

    difference_percent: float
    observed_percent: tuple[float, float]
    reductions: tuple[FractureReduction, ...]
    label: str
    qualification: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Relation:
    """A line on the logarithm of the relative risk, by percentage points; None where there is no line."""

    low_percent: float
    high_percent: float
    log_risks: tuple[float, float] | None
    threshold_percent: float

    def find_log_risk(self, difference_percent: float) -> float | None:
        if self.log_risks is None:
            return None
        first, last = self.log_risks
        share = (difference_percent - self.low_percent) / (self.high_percent - self.low_percent)
        return first + share * (last - first)


def relate_fracture_risk(total_hip_difference_percent: float) -> GroupFractureEvidence:
    """Relate a trial's difference in total hip BMD to relative fracture risk, against placebo.

    `total_hip_difference_percent` is the percent change of the treated arm less that of placebo, at 24 months: the
    time of the thresholds, while the published trials measured at times of their own. The log-linear regression over
    38 published trials (bouxsein2019surrogate, abstract) is read between the two differences it was printed for; the
    thresholds are those of eastell2022sabre. Raises `AbstainedError` (`fracture.outside_evidence`) beyond them, and
    `fracture.not_a_number`.

    It does not describe one person, comparisons with an active drug, nor what follows after 24 months.

    >>> evidence = relate_fracture_risk(6)
    >>> [
    ...     reduction.reduction_percent and round(reduction.reduction_percent)
    ...     for reduction in evidence.reductions
    ... ]
    [66, 40, None]
    """
    difference = total_hip_difference_percent
    low, high = _require_observed(difference)
    facts = (*select_facts(_TABLE, bmd_site=_SITE, quantity="regulatory_status"), *_list_relation_facts())
    return GroupFractureEvidence(
        difference_percent=difference,
        observed_percent=(low, high),
        reductions=tuple(_reduce(kind, difference) for kind in FractureKind),
        label=GROUP_EVIDENCE_LABEL,
        qualification=f"{facts[0].value}; {facts[0].note}",
        sources=tuple(sorted({fact.source for fact in facts})),
    )


def _require_observed(difference: float) -> tuple[float, float]:
    low, high = _read_differences()
    if not math.isfinite(difference):
        raise BadInputError(
            code="fracture.not_a_number",
            field="total_hip_difference_percent",
            got=str(difference),
            expected="a finite number of percentage points",
            hint="Give the change of the treated arm less that of placebo.",
        )
    if not low <= difference <= high:
        raise AbstainedError(
            code="fracture.outside_evidence",
            field="total_hip_difference_percent",
            got=f"{difference:.3g} percentage points against placebo",
            expected=f"{low:g} to {high:g}, the differences that the relation was published for",
            hint="Show the difference in BMD alone; nothing is said of fractures.",
        )
    return low, high


@cache
def _read_differences() -> tuple[float, float]:
    low, high = (
        find_fact(_TABLE, quantity="bmd_difference", bmd_site=_SITE, condition=condition).number
        for condition in _POINTS
    )
    return low, high


def _list_relation_facts() -> tuple[Fact, ...]:
    quantities = ("risk_reduction", "surrogate_threshold_effect", "variance_explained")
    return tuple(fact for name in quantities for fact in select_facts(_TABLE, bmd_site=_SITE, quantity=name))


@cache
def _read_relation(kind: FractureKind) -> _Relation:
    keys = {"bmd_site": _SITE, "fracture": kind.value}
    reductions = {
        fact.keys["condition"]: fact.number
        for fact in select_facts(_TABLE, quantity="risk_reduction", **keys)
    }
    log_risks = [math.log1p(-reductions[point] / 100) for point in _POINTS if point in reductions]
    low, high = _read_differences()
    return _Relation(
        low_percent=low,
        high_percent=high,
        log_risks=(log_risks[0], log_risks[1]) if log_risks else None,
        threshold_percent=find_fact(_TABLE, quantity="surrogate_threshold_effect", **keys).number,
    )


def _reduce(kind: FractureKind, difference: float) -> FractureReduction:
    relation = _read_relation(kind)
    log_risk, at_threshold = (relation.find_log_risk(at) for at in (difference, relation.threshold_percent))
    known = None if log_risk is None or at_threshold is None else (log_risk, abs(at_threshold))
    found = select_facts(_TABLE, quantity="variance_explained", bmd_site=_SITE, fracture=kind.value)
    return FractureReduction(
        fracture=kind,
        reduction_percent=None if known is None else _count_percent(known[0]),
        low_percent=None if known is None else _count_percent(known[0] + known[1]),
        high_percent=None if known is None else _count_percent(known[0] - known[1]),
        threshold_percent=relation.threshold_percent,
        above_threshold=difference >= relation.threshold_percent,
        variance_explained=tuple((fact.source, fact.number) for fact in found),
    )


def _count_percent(log_risk: float) -> float:
    return -100 * math.expm1(log_risk)


def describe_fracture_evidence(evidence: GroupFractureEvidence) -> tuple[str, ...]:
    r"""Write the evidence in sentences, its label first and the regulator's words last.

    >>> print(*describe_fracture_evidence(relate_fracture_risk(3))[1:3], sep="\n")
    Vertebral fractures: 40 % fewer than on placebo; 95 of 100 further trials between 26 and 52 % fewer.
    Hip fractures: 23 % fewer than on placebo; 95 of 100 further trials between 2 % more and 41 % fewer. Below the ...
    """
    low, high = evidence.observed_percent
    read = (
        f"Read at a difference of {evidence.difference_percent:.1f} percentage points at the total hip after 24 "
        f"months; published for {low:g} to {high:g}. The interval is computed from the surrogate threshold."
    )
    return (
        evidence.label,
        *(_describe_reduction(one) for one in evidence.reductions),
        read,
        f"FDA: {evidence.qualification}.",
    )


def _describe_reduction(one: FractureReduction) -> str:
    name, points = f"{one.fracture.value.capitalize()} fractures", f"{one.threshold_percent:g} points"
    if one.reduction_percent is None or one.low_percent is None or one.high_percent is None:
        return (
            f"{name}: no clear association with the total hip over published trials; another analysis, of "
            f"individual data, predicts fewer from {points} on."
        )
    between = _say_between(one.low_percent, one.high_percent)
    sentence = (
        f"{name}: {_say_fewer(one.reduction_percent)} than on placebo; 95 of 100 further trials {between}."
    )
    return (
        sentence if one.above_threshold else f"{sentence} Below the {points} from which fewer are predicted."
    )


def _say_between(low: float, high: float) -> str:
    first = f"{round(low)}" if round(low) >= 0 else _say_fewer(low)
    return f"between {first} and {_say_fewer(high)}"


def _say_fewer(percent: float) -> str:
    return f"{abs(percent):.0f} % {'fewer' if percent >= 0 else 'more'}"
