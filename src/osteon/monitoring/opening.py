"""The patient as of the baseline scans: the virtual patients that the follow-up is judged against."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from osteon.densitometry import ScoreKind, Sex, choose_diagnostic_domain, read_rules
from osteon.errors import AbstainedError
from osteon.inference import Patient, prepare_patient
from osteon.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from osteon.densitometry import Person
    from osteon.inference import BankSettings, PatientBank
    from osteon.monitoring.timeline import Timeline
    from osteon.monitoring.visits import SiteSeries
    from osteon.remodeling import ParameterSet

__all__ = ["open_baseline", "refuse_outside_domain"]


def refuse_outside_domain(patient: Patient) -> None:
    """Raise `monitoring.outside_domain` for premenopausal women and men under 50, whose scans have no T-score."""
    if choose_diagnostic_domain(patient.person).score_kind is ScoreKind.T_SCORE:
        return
    raise AbstainedError(
        code="monitoring.outside_domain",
        field="Patient.person",
        got=f"{patient.person.sex}, {patient.person.age_years:g} years, read by Z-scores",
        expected="a postmenopausal woman, or a man of 50 or more",
        hint="Neither state nor verdict is given where T-scores do not apply; secondary causes come first.",
    )


def open_baseline(
    patient: Patient,
    series: tuple[SiteSeries, ...],
    timeline: Timeline,
    settings: BankSettings,
    parameters: ParameterSet | None,
) -> PatientBank:
    """Draw who the patient could have been when the timeline began, knowing the baseline scans only."""
    years = (timeline.as_of - timeline.start).days / DAYS_PER_YEAR
    then = Patient(
        patient_id=patient.patient_id,
        person=_make_younger(patient.person, years),
        scans=tuple(
            replace(one.baseline.scan, date=None) for one in series if one.baseline.t_score is not None
        ),
        context=replace(patient.context, history=None),
    )
    return prepare_patient(then, settings=settings, parameters=parameters)


def _make_younger(person: Person, years: float) -> Person:
    """Return the person some years ago, still read by T-scores as today."""
    rules = read_rules()
    youngest = rules.t_score_age_men if person.sex is Sex.MALE else rules.adult_age
    since = person.years_since_menopause
    return replace(
        person,
        age_years=max(person.age_years - years, youngest),
        menopausal=None if person.sex is Sex.MALE else True,
        years_since_menopause=None if since is None else max(since - years, 0),
    )
