"""Standards in, standards out: how other systems' data are read and written."""

from osteon.interop.patient_file import PATIENT_FORMAT, PatientFile, PatientFileError, read_patient_file
from osteon.interop.tabular import COHORT_COLUMNS, CohortRow, PatientRow, read_cohort_csv

__all__ = [
    "COHORT_COLUMNS",
    "PATIENT_FORMAT",
    "CohortRow",
    "PatientFile",
    "PatientFileError",
    "PatientRow",
    "read_cohort_csv",
    "read_patient_file",
]
