"""What do data say about parameters? Calibration to trials, and which virtual patients a patient could be."""

from osteon.inference.bank import (
    BankSettings,
    PatientBank,
    SiteCourses,
    lay_out_sequence,
    prepare_patient,
    read_courses,
    simulate_sites,
)
from osteon.inference.calibration import (
    Calibration,
    FitProblem,
    FitSettings,
    Prior,
    calibrate,
    make_problem,
    predict_observations,
)
from osteon.inference.fit_run import FitRow, list_fit_rows, run_calibration, score_fit
from osteon.inference.patient import Baseline, Patient, SiteBaseline, name_context, read_baseline
from osteon.inference.trial_arms import ArmObservation, TrialArm, read_observations, read_trial_arm

__all__ = [
    "ArmObservation",
    "BankSettings",
    "Baseline",
    "Calibration",
    "FitProblem",
    "FitRow",
    "FitSettings",
    "Patient",
    "PatientBank",
    "Prior",
    "SiteBaseline",
    "SiteCourses",
    "TrialArm",
    "calibrate",
    "lay_out_sequence",
    "list_fit_rows",
    "make_problem",
    "name_context",
    "predict_observations",
    "prepare_patient",
    "read_baseline",
    "read_courses",
    "read_observations",
    "read_trial_arm",
    "run_calibration",
    "score_fit",
    "simulate_sites",
]
