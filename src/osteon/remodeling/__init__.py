"""How does bone change? State, equations, drug action, read-outs and parameter sets."""

from osteon.remodeling.dosing import CHANNELS, Timetable, tabulate_courses
from osteon.remodeling.equations import (
    Bolus,
    Drive,
    Lane,
    Outcomes,
    State,
    add_doses,
    differentiate_state,
    list_fast_losses,
    read_outcomes,
    start_state,
)
from osteon.remodeling.parameters import (
    Covariates,
    Effects,
    ParameterSet,
    free_values,
    list_parameter_sets,
    load_parameter_set,
    make_lane,
    map_from_line,
    map_to_line,
    write_parameter_set,
)

__all__ = [
    "CHANNELS",
    "Bolus",
    "Covariates",
    "Drive",
    "Effects",
    "Lane",
    "Outcomes",
    "ParameterSet",
    "State",
    "Timetable",
    "add_doses",
    "differentiate_state",
    "free_values",
    "list_fast_losses",
    "list_parameter_sets",
    "load_parameter_set",
    "make_lane",
    "map_from_line",
    "map_to_line",
    "read_outcomes",
    "start_state",
    "tabulate_courses",
    "write_parameter_set",
]
