"""Something to look at: charts that print in gray, read aloud and never change between runs.

Views are plain values that the rooms below fill in; `draw_*` turns a view into a figure, and
`write_figure`, `render_svg` and `render_png` turn a figure into a file. Nothing is plotted, and
the plotting library is not loaded, until a `draw_*` is called.
"""

from osteon.report.description import describe_fit, describe_forecast, describe_plan, describe_survey
from osteon.report.fit import draw_fit, split_fit
from osteon.report.forecast import draw_forecast
from osteon.report.model_card import (
    CardMetric,
    CardSection,
    CardTable,
    ModelCard,
    build_card,
    list_card_facts,
)
from osteon.report.model_card_html import render_card_html
from osteon.report.model_card_xml import CHAI_NAMESPACE, render_card_xml
from osteon.report.output import describe_figure, render_png, render_svg, write_figure
from osteon.report.panel import Span
from osteon.report.plan import draw_plan
from osteon.report.plot_values import Ink, Plot, PlotCurve, PlotGrid, PlotPoint
from osteon.report.plots import draw_plots, span_values
from osteon.report.survey import draw_survey
from osteon.report.trial import describe_trial, draw_trial
from osteon.report.trial_views import TrialCurve, TrialPanel, TrialView
from osteon.report.validation import check_validation_path, render_validation, write_validation
from osteon.report.validation_views import (
    ArmGroupView,
    ArmView,
    Block,
    ClaimsView,
    Entry,
    FigureView,
    HeadingView,
    SectionView,
    TableView,
    Tone,
    ValidationView,
)
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
    "CHAI_NAMESPACE",
    "MOST_ROWS",
    "MOST_SITES",
    "PANELS_PER_PAGE",
    "ArmGroupView",
    "ArmView",
    "BarFamily",
    "Block",
    "CardMetric",
    "CardSection",
    "CardTable",
    "ClaimsView",
    "ClassLimits",
    "Entry",
    "Estimate",
    "FigureView",
    "FitPanel",
    "FitView",
    "ForecastView",
    "HeadingView",
    "Ink",
    "MeasuredPoint",
    "ModelCard",
    "ObservedPoint",
    "PlanRow",
    "PlanView",
    "Plot",
    "PlotCurve",
    "PlotGrid",
    "PlotPoint",
    "ProbabilityMark",
    "ReferenceMarker",
    "SectionView",
    "SiteForecast",
    "Span",
    "Stamp",
    "SurveyRow",
    "SurveyView",
    "TableView",
    "TherapyBar",
    "Tone",
    "TrialCurve",
    "TrialPanel",
    "TrialView",
    "ValidationView",
    "build_card",
    "check_validation_path",
    "describe_figure",
    "describe_fit",
    "describe_forecast",
    "describe_plan",
    "describe_survey",
    "describe_trial",
    "draw_fit",
    "draw_forecast",
    "draw_plan",
    "draw_plots",
    "draw_survey",
    "draw_trial",
    "list_card_facts",
    "render_card_html",
    "render_card_xml",
    "render_png",
    "render_svg",
    "render_validation",
    "span_values",
    "split_fit",
    "write_figure",
    "write_validation",
]
