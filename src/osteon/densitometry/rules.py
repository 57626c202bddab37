"""The cut-offs, domains and plausible ranges of densitometry, read from the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from osteon.evidence import find_fact

_TABLE: Final = "densitometry_rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class DensitometryRules:
    """Every limit that reading a scan needs; ages in years, densities in g/cm2."""

    osteoporosis_t_score: float
    normal_t_score: float
    below_expected_z_score: float
    t_score_age_men: float
    t_score_age_women: float
    adult_age: float
    oldest_age: float
    lowest_areal_bmd: float
    highest_areal_bmd: float
    lowest_score: float
    highest_score: float
    highest_precision_error: float
    least_vertebrae: int
    printed_decimals: int
    confidence: float
    precision_degrees_of_freedom: int
    precision_confidence: float


def _read_number(rule: str, quantity: str, statistic: str | None = None) -> float:
    return find_fact(_TABLE, quantity=quantity, statistic=statistic, rule=rule).number


@cache
def read_rules() -> DensitometryRules:
    """Return the limits, read once from the table `densitometry_rules`.

    >>> read_rules().osteoporosis_t_score
    -2.5
    """
    return DensitometryRules(
        osteoporosis_t_score=_read_number("osteoporosis", "t_score"),
        normal_t_score=_read_number("normal", "t_score"),
        below_expected_z_score=_read_number("below_expected_for_age", "z_score"),
        t_score_age_men=_read_number("t_score_domain_men", "age"),
        t_score_age_women=_read_number("t_score_domain_women_of_unstated_menopause", "age"),
        adult_age=_read_number("adult", "age"),
        oldest_age=_read_number("human", "age"),
        lowest_areal_bmd=_read_number("plausible_scan", "areal_bmd", "lower_limit"),
        highest_areal_bmd=_read_number("plausible_scan", "areal_bmd", "upper_limit"),
        lowest_score=_read_number("plausible_score", "t_score", "lower_limit"),
        highest_score=_read_number("plausible_score", "t_score", "upper_limit"),
        highest_precision_error=_read_number("plausible_precision_error", "areal_bmd"),
        least_vertebrae=int(_read_number("least_vertebrae", "count")),
        printed_decimals=int(_read_number("printed_decimals", "count")),
        confidence=_read_number("least_significant_change", "confidence"),
        precision_degrees_of_freedom=int(_read_number("precision_study", "degrees_of_freedom")),
        precision_confidence=_read_number("precision_limit", "confidence"),
    )


@cache
def find_rule_source(rule: str) -> str:
    """Return the bib key behind one rule.

    >>> find_rule_source("osteoporosis")
    'who1994'
    """
    return find_fact(_TABLE, rule=rule).source
