"""One patient with a record: everything measured taken in, and a forecast read off it."""

from __future__ import annotations

from datetime import date

from benchmarks.timing import Timing, repeat_timing
from osteon.densitometry import Maker, Person, Scan, Sex, Site
from osteon.inference import Marker, MarkerReading, Patient, prepare_patient
from osteon.reversal import forecast_sequence
from osteon.therapy import parse_sequence

YEARS = (2023, 2024, 2025, 2026)
HIP = {"as expected": (0.600, 0.615, 0.622, 0.626), "unlike the rest": (0.600, 0.590, 0.600, 0.590)}
PLAN = "denosumab for 36 months, then zoledronate for 12 months"


def time_posterior(repeats: int) -> list[Timing]:
    """Time posterior and forecast of a patient with four scans and two markers: an easy one, and one to refine."""
    return [_time_one(name, bmd, repeats) for name, bmd in HIP.items()]


def _time_one(name: str, bmd: tuple[float, ...], repeats: int) -> Timing:
    patient, plan = _describe_patient(bmd), parse_sequence(PLAN)

    def answer() -> None:
        forecast_sequence(prepare_patient(patient), plan)

    answer()
    return repeat_timing(f"posterior and forecast, 4 scans, 2 markers, {name}", answer, repeats=repeats)


def _describe_patient(bmd: tuple[float, ...]) -> Patient:
    scans = tuple(
        Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=value, maker=Maker.HOLOGIC, date=date(year, 11, 2))
        for year, value in zip(YEARS, bmd, strict=True)
    )
    markers = tuple(
        MarkerReading(marker=Marker.CTX, value=value, date=day, fasting_morning=True)
        for day, value in ((date(2023, 11, 2), 480.0), (date(2024, 2, 2), 150.0))
    )
    return Patient(
        patient_id="benchmark",
        person=Person(sex=Sex.FEMALE, age_years=69, years_since_menopause=18),
        scans=scans,
        markers=markers,
        history=parse_sequence("denosumab for 36 months"),
    )
