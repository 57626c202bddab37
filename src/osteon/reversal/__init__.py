"""Will the line be crossed? Definition, probability, time, durability and the plan."""

from osteon.reversal.cells import PublishedCell, find_published_cells
from osteon.reversal.chance import Chance, estimate_chance, estimate_share
from osteon.reversal.definition import ReversalDefinition, standard_reversal
from osteon.reversal.forecast import (
    Durability,
    Forecast,
    SitePath,
    forecast_sequence,
    read_forecast,
)
from osteon.reversal.planner import (
    PlannedOption,
    PlanResult,
    find_goal_rule,
    find_lasting,
    judge_goal_rule,
    measure_forecast,
    plan_sequences,
)
from osteon.reversal.planner_front import find_dominators, find_front, find_surely_beaten
from osteon.reversal.planner_grammar import Course, Grammar, list_candidates, standard_grammar
from osteon.reversal.planner_measures import Burden, Goal, Measures, count_burden, list_points, list_ties
from osteon.reversal.planner_rules import ExcludedGroup, Verdict, group_excluded, judge_sequences
from osteon.reversal.planner_search import SearchRound, search_candidates
from osteon.reversal.what_if import Alternative, AlternativeKind, compare_adherence, what_if

__all__ = [
    "Alternative",
    "AlternativeKind",
    "Burden",
    "Chance",
    "Course",
    "Durability",
    "ExcludedGroup",
    "Forecast",
    "Goal",
    "Grammar",
    "Measures",
    "PlanResult",
    "PlannedOption",
    "PublishedCell",
    "ReversalDefinition",
    "SearchRound",
    "SitePath",
    "Verdict",
    "compare_adherence",
    "count_burden",
    "estimate_chance",
    "estimate_share",
    "find_dominators",
    "find_front",
    "find_goal_rule",
    "find_lasting",
    "find_published_cells",
    "find_surely_beaten",
    "forecast_sequence",
    "group_excluded",
    "judge_goal_rule",
    "judge_sequences",
    "list_candidates",
    "list_points",
    "list_ties",
    "measure_forecast",
    "plan_sequences",
    "read_forecast",
    "search_candidates",
    "standard_grammar",
    "standard_reversal",
    "what_if",
]
