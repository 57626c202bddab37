"""The published probability beside the forecast, where one matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteon.evidence import find_fact, select_facts
from osteon.therapy import format_sequence

if TYPE_CHECKING:
    from osteon.inference import Baseline
    from osteon.reversal.definition import ReversalDefinition
    from osteon.therapy import Sequence

__all__ = ["PublishedCell", "find_published_cells"]

_SLACK = 10**-6


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCell:
    """A published probability (0..1) for women with a measured baseline T-score, at one site and month."""

    study: str
    site: str
    month: float
    baseline_t_score: float
    target_t_score: float
    probability: float
    source: str


def find_published_cells(
    sequence: Sequence, baseline: Baseline, definition: ReversalDefinition
) -> tuple[PublishedCell, ...]:
    """Find the exact cells of this sequence and target whose baseline is within 0.15 of the patient's."""
    text = format_sequence(sequence)
    near = float(find_fact("forecast_rules", quantity="nearest_t_score", rule="matching_cell").value)
    wanted = {site.site.value: site.t_score for site in baseline.sites}
    found = []
    for fact in select_facts("probability_cells", quantity="probability_above_target", sequence=text):
        keys = fact.keys
        matches = keys["site"] in wanted and keys["baseline_t_score"] and fact.statistic == "estimate"
        if not matches or float(keys["target_t_score"]) != definition.target_t_score:
            continue
        if abs(float(keys["baseline_t_score"]) - wanted[keys["site"]]) <= near + _SLACK:
            found.append(
                PublishedCell(
                    study=keys["study"],
                    site=keys["site"],
                    month=float(keys["month"]),
                    baseline_t_score=float(keys["baseline_t_score"]),
                    target_t_score=float(keys["target_t_score"]),
                    probability=float(fact.value) / 100,
                    source=fact.source,
                )
            )
    return tuple(found)
