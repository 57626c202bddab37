"""Many patients: population estimates from surveys, and the survey that comes with the package."""

from osteon.registry.nhanes import NhanesAdults, choose_spine_bmd, load_nhanes_adults
from osteon.registry.survey import (
    Estimate,
    LonelyPsu,
    SurveyDesign,
    estimate_mean,
    estimate_share,
    estimate_total,
)

__all__ = [
    "Estimate",
    "LonelyPsu",
    "NhanesAdults",
    "SurveyDesign",
    "choose_spine_bmd",
    "estimate_mean",
    "estimate_share",
    "estimate_total",
    "load_nhanes_adults",
]
