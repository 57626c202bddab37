"""Is it happening? True change or noise, expected against observed, markers, verdict, cause and the next check."""

from osteon.monitoring.causes import Cause, CauseName, CauseRanking
from osteon.monitoring.changes import MONITORED_SITES, SiteChanges
from osteon.monitoring.clock import DenosumabClock, TreatmentGap
from osteon.monitoring.course import ForetoldCourse
from osteon.monitoring.expected import Expected
from osteon.monitoring.followup import FollowUp, judge_followup, read_chance
from osteon.monitoring.markers import MarkerFollowUp
from osteon.monitoring.rules import MonitoringRules, read_monitoring_rules, state_sentence
from osteon.monitoring.schedule import NextMarker, NextScan
from osteon.monitoring.sites import SiteFollowUp
from osteon.monitoring.states import ReversalState, SiteStanding
from osteon.monitoring.timeline import Timeline
from osteon.monitoring.verdict import Objection, ObjectionKind, Verdict
from osteon.monitoring.visits import ScoredScan, SiteSeries

__all__ = [
    "MONITORED_SITES",
    "Cause",
    "CauseName",
    "CauseRanking",
    "DenosumabClock",
    "Expected",
    "FollowUp",
    "ForetoldCourse",
    "MarkerFollowUp",
    "MonitoringRules",
    "NextMarker",
    "NextScan",
    "Objection",
    "ObjectionKind",
    "ReversalState",
    "ScoredScan",
    "SiteChanges",
    "SiteFollowUp",
    "SiteSeries",
    "SiteStanding",
    "Timeline",
    "TreatmentGap",
    "Verdict",
    "judge_followup",
    "read_chance",
    "read_monitoring_rules",
    "state_sentence",
]
