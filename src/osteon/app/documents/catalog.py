"""Which document belongs to which result, and the schema that is published for each."""

from __future__ import annotations

import json
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from osteon.app.cards import ModelCardAnswer
from osteon.app.classification import ClassifiedCohort
from osteon.app.demos import Demo
from osteon.app.documents.cards import ModelCardDocument, write_model_card
from osteon.app.documents.classification import ClassifyDocument, write_classified
from osteon.app.documents.literature import CiteDocument, DrugsDocument, write_drugs, write_literature
from osteon.app.documents.monitoring import MonitorDocument, write_followup
from osteon.app.documents.outlook import ForecastDocument, write_forecast
from osteon.app.documents.patient_check import PatientCheckDocument, write_checked_patients
from osteon.app.documents.plan import PlanDocument, write_plan
from osteon.app.documents.population import (
    CalibrateDocument,
    DemoDocument,
    SurveyDocument,
    write_demo,
    write_fit,
    write_survey,
)
from osteon.app.documents.problems import ErrorDocument, VersionDocument, write_versions
from osteon.app.documents.trial import (
    TrialDocument,
    TrialListDocument,
    write_trial,
    write_trial_list,
)
from osteon.app.documents.validation import (
    ValidateCellsDocument,
    ValidateDocument,
    ValidateTableDocument,
    write_validated_arms,
    write_validated_cells,
    write_validated_evidence,
)
from osteon.app.fits import Fit
from osteon.app.forecasts import ForecastAnswer
from osteon.app.literature import DrugSheet, Literature
from osteon.app.patient_files import CheckedPatients
from osteon.app.plans import Plan
from osteon.app.surveys import SurveyAnswer
from osteon.app.trials import TrialAnswer, TrialList
from osteon.app.validation import ValidatedEvidence
from osteon.app.versions import VersionFacts
from osteon.errors import BadInputError
from osteon.interop import PatientFile, PatientFile1, TrialDesignFile
from osteon.monitoring import FollowUp
from osteon.trials import ArmTable, CellTable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import BaseModel

Result: TypeAlias = (
    ArmTable
    | CellTable
    | CheckedPatients
    | ClassifiedCohort
    | Demo
    | DrugSheet
    | Fit
    | FollowUp
    | ForecastAnswer
    | Literature
    | ModelCardAnswer
    | Plan
    | SurveyAnswer
    | TrialAnswer
    | TrialList
    | ValidatedEvidence
    | VersionFacts
)

_WRITERS: Final[Mapping[type, Callable[[Any], BaseModel]]] = MappingProxyType(
    {
        ArmTable: write_validated_arms,
        CellTable: write_validated_cells,
        CheckedPatients: write_checked_patients,
        ClassifiedCohort: write_classified,
        Demo: write_demo,
        DrugSheet: write_drugs,
        Fit: write_fit,
        FollowUp: write_followup,
        ForecastAnswer: write_forecast,
        Literature: write_literature,
        ModelCardAnswer: write_model_card,
        Plan: write_plan,
        SurveyAnswer: write_survey,
        TrialAnswer: write_trial,
        TrialList: write_trial_list,
        ValidatedEvidence: write_validated_evidence,
        VersionFacts: write_versions,
    }
)
_SHAPES: Final[Mapping[str, type[BaseModel]]] = MappingProxyType(
    {
        "calibrate": CalibrateDocument,
        "cite": CiteDocument,
        "classify": ClassifyDocument,
        "demo": DemoDocument,
        "drugs": DrugsDocument,
        "error": ErrorDocument,
        "forecast": ForecastDocument,
        "monitor": MonitorDocument,
        "model-card": ModelCardDocument,
        "patient": PatientFile,
        "patient-1": PatientFile1,
        "patient-check": PatientCheckDocument,
        "plan": PlanDocument,
        "survey": SurveyDocument,
        "trial": TrialDocument,
        "trial-design": TrialDesignFile,
        "trial-list": TrialListDocument,
        "validate": ValidateDocument,
        "validate-cells": ValidateCellsDocument,
        "validate-table": ValidateTableDocument,
        "version": VersionDocument,
    }
)


_READ: Final = MappingProxyType({PatientFile: 2, PatientFile1: 1, TrialDesignFile: 1})


def write_document(result: Result) -> str:
    """Write a result as JSON text.

    >>> from osteon.app import cite_keys
    >>> write_document(cite_keys(["looker1998"])).splitlines()[-2:]
    ['  ]', '}']
    """
    return _WRITERS[type(result)](result).model_dump_json(indent=2)


def list_schemas() -> tuple[str, ...]:
    """Name every published schema; `patient` and its version 1 are read, the others are written.

    >>> "plan" in list_schemas()
    True
    """
    return tuple(_SHAPES)


def describe_schema(name: str) -> str:
    """Return a JSON Schema (draft 2020-12) as text.

    Raises `schema.unknown`.

    >>> json.loads(describe_schema("plan"))["title"]
    'PlanDocument'
    """
    shape = _SHAPES.get(name)
    if shape is None:
        close = get_close_matches(name, list_schemas(), n=1)
        raise BadInputError(
            code="schema.unknown",
            field="schema name",
            got=repr(name),
            expected=f"one of {', '.join(list_schemas())}",
            hint=f"Did you mean {close[0]}?" if close else "Each command has the schema of its name.",
        )
    schema = shape.model_json_schema(mode="validation" if shape in _READ else "serialization")
    number, family = _READ.get(shape) or _read_version(shape), name.removesuffix("-1")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:osteon:{family}:{number}"}
    return json.dumps(head | schema, indent=2)


def _read_version(shape: type[BaseModel]) -> int:
    """Read the version of a written document off the name of its format."""
    return int(str(shape.model_fields["format"].default).rpartition("/")[2])
