"""Something to look at: charts that print in gray, read aloud and never change between runs.

Views are plain values that the rooms below fill in; `draw_*` turns a view into a figure, and
`write_figure`, `render_svg` and `render_png` turn a figure into a file. Nothing is plotted, and
the plotting library is not loaded, until a `draw_*` is called.
"""

from osteon.report.description import describe_fit, describe_forecast, describe_plan, describe_survey
from osteon.report.fit import draw_fit, split_fit
from osteon.report.forecast import draw_forecast
from osteon.report.output import describe_figure, render_png, render_svg, write_figure
from osteon.report.plan import draw_plan
from osteon.report.survey import draw_survey
from osteon.report.values import (
    BarFamily,
    ClassLimits,
    Estimate,
    MeasuredPoint,
    ProbabilityMark,
    ReferenceMarker,
    Stamp,
    TherapyBar,
)
from osteon.report.views import (
    MOST_ROWS,
    MOST_SITES,
    PANELS_PER_PAGE,
    FitPanel,
    FitView,
    ForecastView,
    ObservedPoint,
    PlanRow,
    PlanView,
    SiteForecast,
    SurveyRow,
    SurveyView,
)

__all__ = [
    "MOST_ROWS",
    "MOST_SITES",
    "PANELS_PER_PAGE",
    "BarFamily",
    "ClassLimits",
    "Estimate",
    "FitPanel",
    "FitView",
    "ForecastView",
    "MeasuredPoint",
    "ObservedPoint",
    "PlanRow",
    "PlanView",
    "ProbabilityMark",
    "ReferenceMarker",
    "SiteForecast",
    "Stamp",
    "SurveyRow",
    "SurveyView",
    "TherapyBar",
    "describe_figure",
    "describe_fit",
    "describe_forecast",
    "describe_plan",
    "describe_survey",
    "draw_fit",
    "draw_forecast",
    "draw_plan",
    "draw_survey",
    "render_png",
    "render_svg",
    "split_fit",
    "write_figure",
]
