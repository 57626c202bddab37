"""Forecast whether osteoporosis (T-score at or below -2.5) can be reversed to osteopenia."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from osteon.app import calibrate, classify, forecast, forecast_survey, plan, write_document
    from osteon.densitometry import Maker, Person, Scan, Sex, Side, Site
    from osteon.errors import AbstainedError, BadInputError, OsteonError
    from osteon.evidence import cite
    from osteon.inference import BankSettings, Patient
    from osteon.interop import read_patient_file
    from osteon.therapy import PatientContext

__all__ = [
    "AbstainedError",
    "BadInputError",
    "BankSettings",
    "Maker",
    "OsteonError",
    "Patient",
    "PatientContext",
    "Person",
    "Scan",
    "Sex",
    "Side",
    "Site",
    "calibrate",
    "cite",
    "classify",
    "forecast",
    "forecast_survey",
    "plan",
    "read_patient_file",
    "write_document",
]

__version__ = "0.1.0.dev0"

_ROOMS = {
    "app": ("calibrate", "classify", "forecast", "forecast_survey", "plan", "write_document"),
    "densitometry": ("Maker", "Person", "Scan", "Sex", "Side", "Site"),
    "errors": ("AbstainedError", "BadInputError", "OsteonError"),
    "evidence": ("cite",),
    "inference": ("BankSettings", "Patient"),
    "interop": ("read_patient_file",),
    "therapy": ("PatientContext",),
}
_ROOM_BY_NAME = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> object:
    """Load a room when the first of its names is asked for."""
    room = _ROOM_BY_NAME.get(name)
    if room is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{room}"), name)


def __dir__() -> list[str]:
    """List what can be asked for."""
    return [*__all__, "__version__"]
