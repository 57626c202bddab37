"""A turnover marker against its least significant change and against the course that the drug should take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteon.evidence import find_fact, select_facts
from osteon.inference import Marker
from osteon.monitoring.rules import read_monitoring_rules
from osteon.therapy import Drug, DrugFamily, Route, describe_drug, list_course_days
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from osteon.inference import MarkerReading
    from osteon.monitoring.expected import Expected
    from osteon.monitoring.timeline import Timeline
    from osteon.therapy import DoseCourse

__all__ = ["MarkerDirection", "MarkerFollowUp", "compare_markers", "find_cover", "find_current_drugs"]

_TABLE = "marker_limits"
_PERCENT = 100
_DAYS_PER_WEEK = 7
_ORAL = "oral bisphosphonate, 3 months"
_CONSENSUS = "consensus 2009"
_BISPHOSPHONATES = frozenset({Drug.ALENDRONATE, Drug.RISEDRONATE, Drug.IBANDRONATE, Drug.ZOLEDRONATE})

MarkerDirection = int
"""-1 where the drug should lower a marker, 1 where it should raise it, 0 where nothing was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerFollowUp:
    """The newest reading of a marker beside the one before treatment, of the same laboratory.

    `fraction` is the newest over the first; both it and `beyond_limit` are None without a comparable first reading.
    `limit` is the least significant change as a share, `expected` what the data before it foretold. `suppressed` is
    whether the newest lies below the target that counts when nothing was measured before, None for a drug that should
    raise the marker.
    """

    marker: Marker
    newest: MarkerReading
    baseline: MarkerReading | None
    fraction: float | None
    limit: float
    beyond_limit: bool | None
    direction: MarkerDirection
    suppressed: bool | None
    weeks_on_drug: float | None
    expected: Expected | None
    sources: tuple[str, ...]

    @property
    def has_answered(self) -> bool:
        """Whether the drug has moved the marker: beyond noise, or below the target without a baseline."""
        if self.fraction is None:
            return self.suppressed is True
        if self.direction < 0:
            return self.fraction <= 1 - self.limit
        return self.fraction >= 1 / (1 - self.limit)

    @property
    def has_not_moved(self) -> bool:
        """Whether the marker stays where the drug should have moved it: within noise, and beside its forecast."""
        if not self.direction or self.expected is None or self.has_answered:
            return False
        share = self.expected.percentile if self.direction > 0 else 1 - self.expected.percentile
        return share < read_monitoring_rules().off_track_percentile


def find_current_drugs(timeline: Timeline, day: date) -> frozenset[Drug]:
    """Return the drugs whose last dose still covers a day, within a month, and that no later drug has replaced."""
    at = timeline.count_days(day)
    covering = [
        course for course in timeline.courses if course.start_day <= at <= find_cover(course) + DAYS_PER_MONTH
    ]
    return frozenset(
        course.drug
        for course in covering
        if not any(later.drug is not course.drug and _replaces(later, course) for later in covering)
    )


def find_cover(course: DoseCourse) -> float:
    """Return the day up to which the last dose of a course acts, by the interval that its label gives it."""
    usual = describe_drug(course.drug).standard_dose.interval_days or 0
    return _find_last_dose(course) + usual


def _replaces(later: DoseCourse, course: DoseCourse) -> bool:
    return later.start_day > _find_last_dose(course)


def _find_last_dose(course: DoseCourse) -> int:
    return max(list_course_days(course), default=course.start_day)


def compare_markers(
    markers: Iterable[MarkerReading],
    timeline: Timeline,
    treated: date | None,
    expected: Mapping[Marker, Expected],
) -> tuple[MarkerFollowUp, ...]:
    """Compare the newest reading of each marker with the last one before treatment, within one laboratory."""
    dated = sorted((one for one in markers if one.date is not None), key=lambda one: str(one.date))
    changes = []
    for marker in Marker:
        readings = [one for one in dated if one.marker is marker]
        if readings:
            changes.append(_compare(readings, timeline, treated, expected.get(marker)))
    return tuple(changes)


def _compare(
    readings: list[MarkerReading], timeline: Timeline, treated: date | None, expected: Expected | None
) -> MarkerFollowUp:
    newest = readings[-1]
    assert newest.date is not None  # noqa: S101 - the caller keeps dated readings only
    drugs = find_current_drugs(timeline, newest.date)
    direction = _expect_direction(newest.marker, drugs)
    same = [one for one in readings[:-1] if one.assay == newest.assay]
    before = [one for one in same if treated is None or (one.date is not None and one.date <= treated)]
    baseline = next(iter([*before[-1:], *same[:1]]), None)
    fraction = None if baseline is None else newest.value / baseline.value
    limit, source = _find_limit(newest.marker, drugs)
    target = find_fact(_TABLE, quantity="suppression_target", marker=newest.marker.value)
    return MarkerFollowUp(
        marker=newest.marker,
        newest=newest,
        baseline=baseline,
        fraction=fraction,
        limit=limit,
        beyond_limit=None if fraction is None else _is_beyond(fraction, limit),
        direction=direction,
        suppressed=newest.value < target.number if direction < 0 else None,
        weeks_on_drug=None if treated is None else (newest.date - treated).days / _DAYS_PER_WEEK,
        expected=expected,
        sources=(source, target.source),
    )


def _is_beyond(fraction: float, limit: float) -> bool:
    """Tell whether a change is beyond noise: a fall by the limit, or the rise that undoes such a fall."""
    return fraction <= 1 - limit or fraction >= 1 / (1 - limit)


def _expect_direction(marker: Marker, drugs: frozenset[Drug]) -> MarkerDirection:
    """Return where the drugs push the marker; romosozumab and mixed courses give no lasting direction."""
    families = {describe_drug(drug).family for drug in drugs}
    if families == {DrugFamily.ANTIRESORPTIVE}:
        return -1
    pth = drugs <= {Drug.TERIPARATIDE, Drug.ABALOPARATIDE}
    return 1 if drugs and pth and marker is Marker.P1NP else 0


def _find_limit(marker: Marker, drugs: frozenset[Drug]) -> tuple[float, str]:
    oral = any(
        drug in _BISPHOSPHONATES and Route.ORAL in describe_drug(drug).routes and drug is not Drug.ZOLEDRONATE
        for drug in drugs
    )
    group = _ORAL if oral else _CONSENSUS
    (fact,) = select_facts(_TABLE, quantity="significant_relative_change", marker=marker.value, group=group)
    return fact.number / _PERCENT, fact.source
