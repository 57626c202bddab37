"""The use cases: the one place that wires the rooms together. Every face calls these.

A use case loads when it is first named, so that a command pays only for the rooms that it enters.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from osteon.app.cards import (
        ModelCardAnswer,
        describe_model,
        make_card,
        write_card_html,
        write_card_xml,
    )
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
    from osteon.app.monitoring import FollowUp, monitor
    from osteon.app.monitoring_charts import write_followup_chart
    from osteon.app.monitoring_wording import (
        format_percentile,
        label_cause,
        label_change,
        label_state,
        label_verdict,
        say_clock,
        say_next_marker,
        say_next_scan,
        say_objections,
        say_overall_state,
        say_verdict,
    )
    from osteon.app.patient_files import CheckedPatients, check_patient_files, write_patient_template
    from osteon.app.plans import Listing, Plan, PlanOption, PlanSearch, plan
    from osteon.app.surveys import SurveyAnswer, SurveyOption, SurveyShare, forecast_survey, read_respondent
    from osteon.app.trial_charts import make_trial_view, write_trial_chart, write_trial_results
    from osteon.app.trials import TrialAnswer, TrialList, find_design, list_trials, simulate_trial
    from osteon.app.validation import (
        LeftOutTrials,
        PeerComparison,
        ValidatedEvidence,
        validate,
        validate_cells,
        validate_table,
    )
    from osteon.app.validation_report import make_validation_view, write_validation_report
    from osteon.app.versions import VersionFacts, read_version_facts
    from osteon.app.wording import (
        NOTICE,
        describe_patient,
        format_chance,
        format_percent,
        format_target,
        label_site,
        name_sequence,
        say_target,
    )

__all__ = [
    "NOTICE",
    "CheckedPatients",
    "ClassifiedCohort",
    "ClassifiedRow",
    "Demo",
    "DrugSheet",
    "Fit",
    "FollowUp",
    "ForecastAnswer",
    "LeftOutTrials",
    "Listing",
    "Literature",
    "ModelCardAnswer",
    "PeerComparison",
    "Plan",
    "PlanOption",
    "PlanSearch",
    "SurveyAnswer",
    "SurveyOption",
    "SurveyShare",
    "TrialAnswer",
    "TrialList",
    "ValidatedEvidence",
    "VersionFacts",
    "calibrate",
    "check_patient_files",
    "choose_example",
    "cite_file",
    "cite_keys",
    "classify",
    "classify_file",
    "describe_drugs",
    "describe_model",
    "describe_patient",
    "describe_schema",
    "find_design",
    "find_drug",
    "forecast",
    "forecast_survey",
    "format_chance",
    "format_percent",
    "format_percentile",
    "format_target",
    "label_cause",
    "label_change",
    "label_site",
    "label_state",
    "label_verdict",
    "list_schemas",
    "list_trials",
    "make_card",
    "make_trial_view",
    "make_validation_view",
    "monitor",
    "name_sequence",
    "plan",
    "read_respondent",
    "read_version_facts",
    "run_demo",
    "say_clock",
    "say_next_marker",
    "say_next_scan",
    "say_objections",
    "say_overall_state",
    "say_target",
    "say_verdict",
    "simulate_trial",
    "store_fit",
    "validate",
    "validate_cells",
    "validate_table",
    "write_card_html",
    "write_card_xml",
    "write_document",
    "write_fit",
    "write_fit_charts",
    "write_followup_chart",
    "write_forecast_chart",
    "write_patient_template",
    "write_plan_chart",
    "write_problem",
    "write_survey_chart",
    "write_trial_chart",
    "write_trial_results",
    "write_validation_report",
]

_HOMES = {
    "cards": ("ModelCardAnswer", "describe_model", "make_card", "write_card_html", "write_card_xml"),
    "charts": ("write_fit_charts", "write_forecast_chart", "write_plan_chart", "write_survey_chart"),
    "classification": ("ClassifiedCohort", "ClassifiedRow", "classify", "classify_file"),
    "demos": ("Demo", "choose_example", "run_demo"),
    "documents": ("describe_schema", "list_schemas", "write_document", "write_problem"),
    "fits": ("Fit", "calibrate", "store_fit", "write_fit"),
    "forecasts": ("ForecastAnswer", "forecast"),
    "literature": ("DrugSheet", "Literature", "cite_file", "cite_keys", "describe_drugs", "find_drug"),
    "monitoring": ("FollowUp", "monitor"),
    "monitoring_charts": ("write_followup_chart",),
    "monitoring_wording": (
        "format_percentile",
        "label_cause",
        "label_change",
        "label_state",
        "label_verdict",
        "say_clock",
        "say_next_marker",
        "say_next_scan",
        "say_objections",
        "say_overall_state",
        "say_verdict",
    ),
    "patient_files": ("CheckedPatients", "check_patient_files", "write_patient_template"),
    "plans": ("Listing", "Plan", "PlanOption", "PlanSearch", "plan"),
    "surveys": ("SurveyAnswer", "SurveyOption", "SurveyShare", "forecast_survey", "read_respondent"),
    "validation": (
        "LeftOutTrials",
        "PeerComparison",
        "ValidatedEvidence",
        "validate",
        "validate_cells",
        "validate_table",
    ),
    "validation_report": ("make_validation_view", "write_validation_report"),
    "trial_charts": ("make_trial_view", "write_trial_chart", "write_trial_results"),
    "trials": ("TrialAnswer", "TrialList", "find_design", "list_trials", "simulate_trial"),
    "versions": ("VersionFacts", "read_version_facts"),
    "wording": (
        "NOTICE",
        "describe_patient",
        "format_chance",
        "format_percent",
        "format_target",
        "label_site",
        "name_sequence",
        "say_target",
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
