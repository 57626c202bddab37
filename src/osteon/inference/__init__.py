"""What do data say about parameters? Calibration to trials, and which virtual patients a patient could be."""

from osteon.inference.arm_batch import (
    compare_to_line,
    describe_person,
    make_arm_batches,
    plan_reads,
    predict_changes,
)
from osteon.inference.bank import (
    BankSettings,
    PatientBank,
    SiteCourses,
    draw_stops,
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
from osteon.inference.cohort_shift import estimate_cohort_shift
from osteon.inference.fit_run import (
    FitRow,
    list_fit_rows,
    read_fit_settings,
    read_priors,
    run_calibration,
    score_fit,
)
from osteon.inference.patient import Baseline, Patient, SiteBaseline, name_context, read_baseline
from osteon.inference.trial_arms import ArmObservation, TrialArm, read_observations, read_trial_arm
from osteon.inference.variability import (
    PublishedSpread,
    find_precision_percent,
    read_published_spreads,
    simulate_spreads,
)

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
    "PublishedSpread",
    "SiteBaseline",
    "SiteCourses",
    "TrialArm",
    "calibrate",
    "compare_to_line",
    "describe_person",
    "draw_stops",
    "estimate_cohort_shift",
    "find_precision_percent",
    "lay_out_sequence",
    "list_fit_rows",
    "make_arm_batches",
    "make_problem",
    "name_context",
    "plan_reads",
    "predict_changes",
    "predict_observations",
    "prepare_patient",
    "read_baseline",
    "read_courses",
    "read_fit_settings",
    "read_observations",
    "read_priors",
    "read_published_spreads",
    "read_trial_arm",
    "run_calibration",
    "score_fit",
    "simulate_sites",
    "simulate_spreads",
]
