"""Does the model tell the truth? Virtual arms, published trials reproduced, and peers on the same arms."""

from osteon.trials.arm_table import (
    ArmRow,
    ArmTable,
    ArmTableRow,
    SimulatedArmRow,
    describe_arm_table,
    read_arm_table,
    simulate_arm_table,
)
from osteon.trials.cells import (
    Cell,
    CellSettings,
    CellTable,
    CellTableRow,
    SimulatedCell,
    describe_cell_table,
    list_published_cells,
    read_cell_table,
    simulate_cells,
)
from osteon.trials.class_average import ClassAverage, Curve, fit_class_average
from osteon.trials.cohort import Change, Cohort, CohortSettings, draw_cohort, follow_cohort
from osteon.trials.columns import Line
from osteon.trials.estimate import ArmReading, Estimate, estimate_readings, measure_error
from osteon.trials.left_out import (
    LeftOutRow,
    LeftOutScore,
    leave_one_trial_out,
    list_left_out_studies,
    read_left_out,
    score_left_out,
)
from osteon.trials.openbonemin import OpenBoneMin, read_openbonemin
from osteon.trials.peers import ArmPredictor, NoChange, PeerScore, compare_with_peer, describe_peers
from osteon.trials.reproduction import (
    ReproducedRow,
    Reproduction,
    Score,
    SpreadRow,
    describe_reproduction,
    name_phase,
    score_rows,
    validate_evidence,
)

__all__ = [
    "ArmPredictor",
    "ArmReading",
    "ArmRow",
    "ArmTable",
    "ArmTableRow",
    "Cell",
    "CellSettings",
    "CellTable",
    "CellTableRow",
    "Change",
    "ClassAverage",
    "Cohort",
    "CohortSettings",
    "Curve",
    "Estimate",
    "LeftOutRow",
    "LeftOutScore",
    "Line",
    "NoChange",
    "OpenBoneMin",
    "PeerScore",
    "ReproducedRow",
    "Reproduction",
    "Score",
    "SimulatedArmRow",
    "SimulatedCell",
    "SpreadRow",
    "compare_with_peer",
    "describe_arm_table",
    "describe_cell_table",
    "describe_peers",
    "describe_reproduction",
    "draw_cohort",
    "estimate_readings",
    "fit_class_average",
    "follow_cohort",
    "leave_one_trial_out",
    "list_left_out_studies",
    "list_published_cells",
    "measure_error",
    "name_phase",
    "read_arm_table",
    "read_cell_table",
    "read_left_out",
    "read_openbonemin",
    "score_left_out",
    "score_rows",
    "simulate_arm_table",
    "simulate_cells",
    "validate_evidence",
]
