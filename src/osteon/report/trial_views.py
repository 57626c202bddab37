"""What the picture of a virtual trial shows, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from osteon.report.checks import (
    check_count,
    check_finite,
    check_order,
    check_rising,
    check_same_length,
    check_text,
)
from osteon.report.values import Stamp

MOST_ARMS: Final = 6
MOST_TRIAL_PANELS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCurve:
    """One arm in one panel: values with their interval, and marks beside them (across, up).

    `stepped` draws a course that changes at visits only.
    """

    arm: int
    across: tuple[float, ...]
    up: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    marks: tuple[tuple[float, float], ...] = ()
    stepped: bool = False

    def __post_init__(self) -> None:
        check_rising("TrialCurve.across", self.across)
        check_finite("TrialCurve.up", *self.up)
        check_same_length("TrialCurve", len(self.across), self.up)
        if self.low or self.high:
            check_same_length("TrialCurve", len(self.across), self.low, self.high)
            for low, value, high in zip(self.low, self.up, self.high, strict=True):
                check_order("TrialCurve", low, value, high)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialPanel:
    """One panel: what is counted upward and across; `is_share` is a scale from 0 to 100 %, `is_log` across.

    `marks_label` says what its marks are.
    """

    title: str
    up_label: str
    across_label: str
    curves: tuple[TrialCurve, ...]
    is_share: bool = False
    is_log: bool = False
    marks_label: str = "published"

    def __post_init__(self) -> None:
        for text in (self.title, self.up_label, self.across_label):
            check_text("TrialPanel", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialView:
    """A virtual trial: courses by site, times to a target, and power."""

    title: str
    subtitle: str
    arms: tuple[str, ...]
    panels: tuple[TrialPanel, ...]
    stamp: Stamp

    def __post_init__(self) -> None:
        for text in (self.title, self.subtitle, *self.arms):
            check_text("TrialView", text)
        check_count("TrialView.arms", len(self.arms), least=1, most=MOST_ARMS)
        check_count("TrialView.panels", len(self.panels), least=1, most=MOST_TRIAL_PANELS)
