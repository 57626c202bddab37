"""What a picture shows, as plain values: the rooms that compute know nothing of drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from osteon.report.checks import (
    check_count,
    check_finite,
    check_half_width,
    check_order,
    check_rising,
    check_same_length,
    check_text,
)
from osteon.report.values import (
    ClassLimits,
    Estimate,
    MeasuredPoint,
    ProbabilityMark,
    ReferenceMarker,
    Stamp,
    TherapyBar,
)
from osteon.report.wording import format_limit

MOST_SITES: Final = 4
MOST_ROWS: Final = 40
PANELS_PER_PAGE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteForecast:
    """The forecast at one site: T-score quantiles over months, scans, markers and chances.

    The five curves hold one T-score for each of `months`; `notes` are short sentences set
    beside the panel.
    """

    site_label: str
    months: tuple[float, ...]
    median: tuple[float, ...]
    low_50: tuple[float, ...]
    high_50: tuple[float, ...]
    low_90: tuple[float, ...]
    high_90: tuple[float, ...]
    measured: tuple[MeasuredPoint, ...] = ()
    markers: tuple[ReferenceMarker, ...] = ()
    probabilities: tuple[ProbabilityMark, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_text("SiteForecast.site_label", self.site_label)
        check_rising("SiteForecast.months", self.months)
        curves = (self.low_90, self.low_50, self.median, self.high_50, self.high_90)
        check_same_length(f"SiteForecast ({self.site_label})", len(self.months), *curves)
        for quantiles in zip(*curves, strict=True):
            check_order(f"SiteForecast ({self.site_label})", *quantiles)
        for note in self.notes:
            check_text("SiteForecast.notes", note)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastView:
    """One patient under one sequence: a panel for each site above a shared time axis.

    `interval_label` names what the intervals of the chances are, such as "90% interval".
    """

    title: str
    patient_label: str
    sites: tuple[SiteForecast, ...]
    goal_t_score: float
    class_limits: ClassLimits
    therapy: tuple[TherapyBar, ...]
    stamp: Stamp
    interval_label: str
    start_date: date | None = None

    def __post_init__(self) -> None:
        check_text("ForecastView.title", self.title)
        check_text("ForecastView.patient_label", self.patient_label)
        check_text("ForecastView.interval_label", self.interval_label)
        check_count("ForecastView.sites", len(self.sites), least=1, most=MOST_SITES)
        check_finite("ForecastView.goal_t_score", self.goal_t_score)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One sequence of a comparison; an estimate that is None was not given and says so.

    `therapy` draws the sequence as a strip under its name, on one scale for all rows.
    """

    sequence_label: str
    sites: tuple[Estimate | None, ...]
    all_sites: Estimate | None
    durability: Estimate | None
    note: str | None = None
    therapy: tuple[TherapyBar, ...] = ()

    def __post_init__(self) -> None:
        check_text("PlanRow.sequence_label", self.sequence_label)
        if self.note is not None:
            check_text("PlanRow.note", self.note)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """Sequences side by side, in the order given: nothing is ranked.

    The goal itself counts as met where `goal_included`.
    """

    title: str
    patient_label: str
    goal_t_score: float
    target_month: float
    interval_label: str
    site_labels: tuple[str, ...]
    durability_label: str
    rows: tuple[PlanRow, ...]
    stamp: Stamp
    goal_included: bool = False

    def __post_init__(self) -> None:
        check_text("PlanView.title", self.title)
        check_text("PlanView.patient_label", self.patient_label)
        check_text("PlanView.interval_label", self.interval_label)
        check_text("PlanView.durability_label", self.durability_label)
        check_finite("PlanView", self.goal_t_score, self.target_month)
        check_count("PlanView.site_labels", len(self.site_labels), least=1, most=MOST_SITES)
        check_count("PlanView.rows", len(self.rows), least=1, most=MOST_ROWS)
        sites = len(self.site_labels)
        for row in self.rows:
            check_count(f"PlanRow.sites ({row.sequence_label})", len(row.sites), least=sites, most=sites)

    @property
    def goal_words(self) -> str:
        """The goal as a place on the scale."""
        return f"{'at or above' if self.goal_included else 'above'} {format_limit(self.goal_t_score)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRow:
    """One sequence in a surveyed population: shares under full and under real-world persistence."""

    sequence_label: str
    full_persistence: Estimate | None
    real_world_persistence: Estimate | None

    def __post_init__(self) -> None:
        check_text("SurveyRow.sequence_label", self.sequence_label)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyView:
    """The share of a surveyed population expected above the goal at every site."""

    title: str
    population_label: str
    goal_t_score: float
    target_month: float
    interval_label: str
    rows: tuple[SurveyRow, ...]
    stamp: Stamp

    def __post_init__(self) -> None:
        check_text("SurveyView.title", self.title)
        check_text("SurveyView.population_label", self.population_label)
        check_text("SurveyView.interval_label", self.interval_label)
        check_finite("SurveyView", self.goal_t_score, self.target_month)
        check_count("SurveyView.rows", len(self.rows), least=1, most=MOST_ROWS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedPoint:
    """A published value with its half-width; `fitted` is False where the fit never saw it."""

    month: float
    value: float
    half_width: float | None = None
    fitted: bool = True

    def __post_init__(self) -> None:
        check_finite("ObservedPoint", self.month, self.value)
        check_half_width("ObservedPoint.half_width", self.half_width)


@dataclass(frozen=True, slots=True, kw_only=True)
class FitPanel:
    """One arm and one outcome: published points against the simulated curve.

    `low` and `high` bound the simulated curve, and are both empty where no band is known.
    """

    study: str
    arm: str
    outcome: str
    observed: tuple[ObservedPoint, ...]
    months: tuple[float, ...]
    simulated: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for field, text in (("study", self.study), ("arm", self.arm), ("outcome", self.outcome)):
            check_text(f"FitPanel.{field}", text)
        check_rising("FitPanel.months", self.months)
        check_same_length(f"FitPanel ({self.study})", len(self.months), self.simulated)
        check_finite(f"FitPanel ({self.study})", *self.simulated)
        if self.low or self.high:
            check_same_length(f"FitPanel ({self.study})", len(self.months), self.low, self.high)
            for low, high in zip(self.low, self.high, strict=True):
                check_order(f"FitPanel ({self.study})", low, high)


@dataclass(frozen=True, slots=True, kw_only=True)
class FitView:
    """Small multiples of a calibration; `split_fit` cuts a long one into pages."""

    title: str
    subtitle: str
    panels: tuple[FitPanel, ...]
    interval_label: str
    stamp: Stamp
    page: int = 1
    pages: int = 1

    def __post_init__(self) -> None:
        check_text("FitView.title", self.title)
        check_text("FitView.subtitle", self.subtitle)
        check_text("FitView.interval_label", self.interval_label)
        check_order("FitView.page", 1, self.page, self.pages)
