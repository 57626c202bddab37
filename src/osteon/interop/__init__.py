"""Standards in, standards out: how other systems' data are read and written."""

from osteon.interop.patient_file import (
    CheckedPatient,
    check_patient_file,
    check_patient_text,
    read_patient_file,
    read_patient_record,
)
from osteon.interop.patient_problems import PatientFileError, PatientProblem, ProblemSeverity
from osteon.interop.patient_sections import PATIENT_FORMAT, PATIENT_FORMAT_1, PatientFile, PatientFile1
from osteon.interop.patient_template import fill_patient_template, read_patient_template
from osteon.interop.patient_text import format_patient, record_patient, write_patient_file
from osteon.interop.tabular import COHORT_COLUMNS, CohortRow, PatientRow, read_cohort_csv
from osteon.interop.trial_design_file import (
    TrialDesignError,
    TrialDesignFile,
    list_trial_designs,
    load_trial_design,
    read_trial_design,
)

__all__ = [
    "COHORT_COLUMNS",
    "PATIENT_FORMAT",
    "PATIENT_FORMAT_1",
    "CheckedPatient",
    "CohortRow",
    "PatientFile",
    "PatientFile1",
    "PatientFileError",
    "PatientProblem",
    "PatientRow",
    "ProblemSeverity",
    "TrialDesignError",
    "TrialDesignFile",
    "check_patient_file",
    "check_patient_text",
    "fill_patient_template",
    "format_patient",
    "list_trial_designs",
    "load_trial_design",
    "read_cohort_csv",
    "read_patient_file",
    "read_patient_record",
    "read_patient_template",
    "read_trial_design",
    "record_patient",
    "write_patient_file",
]
