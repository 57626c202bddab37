"""Will the line be crossed? Definition, probability, time, durability and the plan."""

from osteon.reversal.cells import PublishedCell, find_published_cells
from osteon.reversal.chance import Chance, estimate_chance, estimate_share
from osteon.reversal.definition import ReversalDefinition, standard_reversal
from osteon.reversal.forecast import (
    Durability,
    Forecast,
    SitePath,
    forecast_sequence,
)

__all__ = [
    "Chance",
    "Durability",
    "Forecast",
    "PublishedCell",
    "ReversalDefinition",
    "SitePath",
    "estimate_chance",
    "estimate_share",
    "find_published_cells",
    "forecast_sequence",
    "standard_reversal",
]
