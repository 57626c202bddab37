"""The use case `monitor`: is it happening, and if not, why, and what is the cheapest next check?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from osteon.interop import read_patient_file
from osteon.monitoring import FollowUp, judge_followup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from osteon.densitometry import Site
    from osteon.inference import BankSettings, Patient

__all__ = ["FollowUp", "monitor"]


def monitor(
    patient: Patient | Path,
    *,
    precision_errors: Mapping[Site, float] | None = None,
    new_fracture: bool = False,
    settings: BankSettings | None = None,
) -> FollowUp:
    """Judge the newest visit of a patient, or of a patient file, against everything before it.

    `precision_errors` (g/cm2) are the facility's own, by site; a `new_fracture` since the baseline keeps the state
    from `reversal`. Raises `monitoring.outside_domain` or `monitoring.undated`, and what reading the file raises.
    """
    known = read_patient_file(patient) if isinstance(patient, Path) else patient
    return judge_followup(
        known, precision_errors=precision_errors, new_fracture=new_fracture, settings=settings
    )
