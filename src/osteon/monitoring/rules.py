"""What a follow-up is judged by, read from the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from osteon.evidence import Fact, find_fact
from osteon.units import convert

__all__ = ["MonitoringRules", "find_monitoring_fact", "read_monitoring_rules", "state_sentence"]

_TABLE: Final = "monitoring_rules"
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringRules:
    """Limits of a follow-up; days in days, months in months, shares from 0 to 1, gains in percent."""

    one_visit_days: float
    baseline_days: float
    off_track_percentile: float
    shortest_interval_months: float
    longest_interval_months: float
    follow_on_months: float
    strong_response_from: float
    strong_response_to: float


def find_monitoring_fact(rule: str, quantity: str, statistic: str | None = None) -> Fact:
    """Find one row of the table `monitoring_rules`.

    >>> find_monitoring_fact("marker_oral_bisphosphonate", "months").number
    3.0
    """
    return find_fact(_TABLE, quantity=quantity, statistic=statistic, rule=rule)


def state_sentence(rule: str) -> str:
    """Return the words of a rule that is a sentence."""
    return str(find_monitoring_fact(rule, "statement").value)


@cache
def read_monitoring_rules() -> MonitoringRules:
    """Return the limits, read once.

    >>> read_monitoring_rules().off_track_percentile
    0.05
    """
    gain = "percent_change_from_baseline"
    return MonitoringRules(
        one_visit_days=_read_days("one_visit"),
        baseline_days=_read_days("baseline_scan"),
        off_track_percentile=find_monitoring_fact("off_track", "percentile").number / _PERCENT,
        shortest_interval_months=find_monitoring_fact("next_scan", "months", "lower_limit").number,
        longest_interval_months=find_monitoring_fact("next_scan", "months", "upper_limit").number,
        follow_on_months=find_monitoring_fact("follow_on", "months").number,
        strong_response_from=find_monitoring_fact("strong_response", gain, "lower_limit").number,
        strong_response_to=find_monitoring_fact("strong_response", gain, "upper_limit").number,
    )


def _read_days(rule: str) -> float:
    fact = find_monitoring_fact(rule, "days")
    return convert(fact.number, fact.unit, "d")
