"""The use cases: the one place that wires the rooms together. Every face calls these.

A use case loads when it is first named, so that a command pays only for the rooms that it enters.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from osteon.app.charts import (
        write_fit_charts,
        write_forecast_chart,
        write_plan_chart,
        write_survey_chart,
    )
    from osteon.app.classification import ClassifiedCohort, ClassifiedRow, classify, classify_file
    from osteon.app.demos import Demo, choose_example, run_demo
    from osteon.app.documents import describe_schema, list_schemas, write_document, write_problem
    from osteon.app.fits import Fit, calibrate, store_fit, write_fit
    from osteon.app.forecasts import ForecastAnswer, forecast
    from osteon.app.literature import DrugSheet, Literature, cite_file, cite_keys, describe_drugs, find_drug
    from osteon.app.plans import Plan, PlanOption, plan
    from osteon.app.surveys import SurveyAnswer, SurveyOption, SurveyShare, forecast_survey, read_respondent
    from osteon.app.validation import ValidatedEvidence, validate, validate_cells, validate_table
    from osteon.app.versions import VersionFacts, read_version_facts
    from osteon.app.wording import (
        NOTICE,
        describe_patient,
        format_chance,
        format_percent,
        format_target,
        label_site,
        name_sequence,
    )

__all__ = [
    "NOTICE",
    "ClassifiedCohort",
    "ClassifiedRow",
    "Demo",
    "DrugSheet",
    "Fit",
    "ForecastAnswer",
    "Literature",
    "Plan",
    "PlanOption",
    "SurveyAnswer",
    "SurveyOption",
    "SurveyShare",
    "ValidatedEvidence",
    "VersionFacts",
    "calibrate",
    "choose_example",
    "cite_file",
    "cite_keys",
    "classify",
    "classify_file",
    "describe_drugs",
    "describe_patient",
    "describe_schema",
    "find_drug",
    "forecast",
    "forecast_survey",
    "format_chance",
    "format_percent",
    "format_target",
    "label_site",
    "list_schemas",
    "name_sequence",
    "plan",
    "read_respondent",
    "read_version_facts",
    "run_demo",
    "store_fit",
    "validate",
    "validate_cells",
    "validate_table",
    "write_document",
    "write_fit",
    "write_fit_charts",
    "write_forecast_chart",
    "write_plan_chart",
    "write_problem",
    "write_survey_chart",
]

_HOMES = {
    "charts": ("write_fit_charts", "write_forecast_chart", "write_plan_chart", "write_survey_chart"),
    "classification": ("ClassifiedCohort", "ClassifiedRow", "classify", "classify_file"),
    "demos": ("Demo", "choose_example", "run_demo"),
    "documents": ("describe_schema", "list_schemas", "write_document", "write_problem"),
    "fits": ("Fit", "calibrate", "store_fit", "write_fit"),
    "forecasts": ("ForecastAnswer", "forecast"),
    "literature": ("DrugSheet", "Literature", "cite_file", "cite_keys", "describe_drugs", "find_drug"),
    "plans": ("Plan", "PlanOption", "plan"),
    "surveys": ("SurveyAnswer", "SurveyOption", "SurveyShare", "forecast_survey", "read_respondent"),
    "validation": ("ValidatedEvidence", "validate", "validate_cells", "validate_table"),
    "versions": ("VersionFacts", "read_version_facts"),
    "wording": (
        "NOTICE",
        "describe_patient",
        "format_chance",
        "format_percent",
        "format_target",
        "label_site",
        "name_sequence",
    ),
}
_HOME_BY_NAME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Load the module of a use case when it is first asked for."""
    home = _HOME_BY_NAME.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{home}"), name)
