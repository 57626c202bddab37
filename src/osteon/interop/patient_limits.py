"""What a patient file may say before a typing or unit error is likelier, read from the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from osteon.evidence import find_fact

_TABLE = "patient_limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientLimits:
    """Limits of a patient file: clearance in mL/min, 25(OH)D by its unit, times in days."""

    clearance_ml_min: tuple[float, float]
    vitamin_d: dict[str, tuple[float, float]]
    vitamin_d_deficiency: dict[str, float]
    t_score_disagreement: float
    earliest_scan_year: int
    age_against_birth_year: float
    early_injection_share: float
    history_end_days: float


@cache
def read_patient_limits() -> PatientLimits:
    """Return the limits, read once from the table `patient_limits`.

    >>> read_patient_limits().vitamin_d_deficiency["nmol/L"]
    50.0
    """
    mass, molar = "vitamin_d_deficiency_mass", "vitamin_d_deficiency_molar"
    return PatientLimits(
        clearance_ml_min=_read_range("plausible_clearance", "renal_clearance"),
        vitamin_d={
            "ng/mL": _read_range("plausible_vitamin_d_mass", "vitamin_d_25oh"),
            "nmol/L": _read_range("plausible_vitamin_d_molar", "vitamin_d_25oh"),
        },
        vitamin_d_deficiency={
            "ng/mL": _read(mass, "deficiency_limit"),
            "nmol/L": _read(molar, "deficiency_limit"),
        },
        t_score_disagreement=_read("t_score_disagreement", "t_score"),
        earliest_scan_year=int(_read("earliest_scan", "year")),
        age_against_birth_year=_read("age_against_birth_year", "age"),
        early_injection_share=_read("early_injection", "interval_share"),
        history_end_days=_read("history_end", "time"),
    )


def _read(item: str, quantity: str) -> float:
    return find_fact(_TABLE, quantity=quantity, item=item).number


def _read_range(item: str, quantity: str) -> tuple[float, float]:
    low, high = (
        find_fact(_TABLE, quantity=quantity, statistic=statistic, item=item).number
        for statistic in ("lower_limit", "upper_limit")
    )
    return low, high
