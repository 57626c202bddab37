"""What lies before the day of the forecast, laid on one clock of months."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from osteon.errors import BadInputError
from osteon.evidence import find_fact
from osteon.therapy import Regimen, Route, Sequence
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from osteon.inference.patient import Patient
    from osteon.inference.readings import Injection
    from osteon.therapy import DoseCourse

__all__ = ["Past", "find_as_of", "lay_out_past", "read_near_months", "rewind_patient"]

_SHORTEST_MONTHS = 10.0**-2


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The months before the forecast: what was prescribed, and every injection by its days before it.

    ``sequence`` begins with ``untreated_months`` in which nothing had been given yet; ``None`` without a past.
    """

    as_of: date | None = None
    sequence: Sequence | None = None
    untreated_months: float = 0.0
    injections: tuple[tuple[int, Injection], ...] = ()

    @property
    def months(self) -> float:
        """How far back the past reaches."""
        return self.sequence.duration_months if self.sequence else 0.0

    @property
    def treated(self) -> bool:
        """Whether the past holds anything but waiting."""
        return self.untreated_months < self.months

    def count_months(self, day: date | None) -> float:
        """Return how many months before the forecast a day lies; one without a date lies at the forecast."""
        if day is None or self.as_of is None:
            return 0.0
        return (self.as_of - day).days / DAYS_PER_MONTH

    def keeps(self, course: DoseCourse) -> bool:
        """Tell whether a course of the history was given as prescribed, and not by the dated injections."""
        by_needle = {given.drug for _, given in self.injections}
        return course.drug not in by_needle or course.route is Route.ORAL


@cache
def read_near_months() -> float:
    """Return how many months from the forecast still count as its day."""
    return find_fact("posterior_rules", quantity="months_apart", rule="same_visit").number


def find_as_of(patient: Patient) -> date | None:
    """Return the day that the forecast starts: as stated, else that of the newest scan, else None."""
    days = [scan.date for scan in patient.scans if scan.date]
    return patient.as_of or max(days, default=None)


def lay_out_past(patient: Patient) -> Past:
    """Lay history, injections and what was measured on one clock that ends at the forecast.

    The clock begins at the first treatment or the first measurement, whichever is earlier: before any drug the
    patient is untreated. Raises ``patient.after_as_of``, ``patient.history_without_date`` or
    ``patient.history_runs_on``.
    """
    as_of = find_as_of(patient)
    _refuse_later(patient, as_of)
    treated = _place_history(patient, as_of)
    ages = [(as_of - day).days / DAYS_PER_MONTH for day in _list_days(patient)] if as_of else []
    known = treated.duration_months if treated else 0.0
    lead = max([0.0, *ages]) - known
    near = _SHORTEST_MONTHS if patient.injections else read_near_months()
    untreated = lead if lead >= near else 0.0
    regimens = (
        *((Regimen(duration_months=untreated),) if untreated else ()),
        *(treated.regimens if treated else ()),
    )
    return Past(
        as_of=as_of,
        sequence=Sequence(regimens=regimens) if regimens else None,
        untreated_months=_find_first_treatment(patient, as_of, untreated),
        injections=tuple(((as_of - given.date).days, given) for given in patient.injections) if as_of else (),
    )


def _find_first_treatment(patient: Patient, as_of: date | None, untreated: float) -> float:
    """Return the months before anything was given: an injection may come before the history that is told."""
    if not untreated or as_of is None or not patient.injections:
        return untreated
    start = max([0.0, *((as_of - day).days / DAYS_PER_MONTH for day in _list_days(patient))])
    first = max((as_of - given.date).days / DAYS_PER_MONTH for given in patient.injections)
    return min(untreated, max(start - first, 0.0))


def _list_days(patient: Patient) -> Iterator[date]:
    measured = (*(scan.date for scan in patient.scans), *(one.date for one in patient.markers))
    yield from (day for day in measured if day is not None)
    yield from (given.date for given in patient.injections)


def _refuse_later(patient: Patient, as_of: date | None) -> None:
    later = [day for day in _list_days(patient) if as_of is not None and day > as_of]
    if later or (as_of is None and (patient.injections or any(m.date for m in patient.markers))):
        raise BadInputError(
            code="patient.after_as_of",
            field="Patient.as_of",
            got=f"{as_of or 'no date'}, and something of {max(later) if later else 'a stated day'}",
            expected="a day on or after everything measured or given",
            hint="State as_of, the day the forecast starts; by default it is that of the newest scan.",
        )


def _place_history(patient: Patient, as_of: date | None) -> Sequence | None:
    """Return the history as a sequence that ends at the forecast."""
    history, start = patient.history, patient.history_start
    if history is None or start is None:
        return history
    if as_of is None:
        raise BadInputError(
            code="patient.history_without_date",
            field="Patient.history_start",
            got=f"{start} and no date of a scan",
            expected="a day of the forecast",
            hint="State as_of, or date the scans.",
        )
    gap = (as_of - start).days / DAYS_PER_MONTH - history.duration_months
    if gap < -read_near_months():
        raise BadInputError(
            code="patient.history_runs_on",
            field="Patient.history",
            got=f"{history.duration_months:g} months from {start}",
            expected=f"a history that ends by {as_of}",
            hint="Write what is still to come as the sequence to forecast.",
        )
    if abs(gap) < _SHORTEST_MONTHS:
        return history
    if gap > 0:
        return Sequence(regimens=(*history.regimens, Regimen(duration_months=gap)))
    return _shorten(history, -gap)


def _shorten(history: Sequence, months: float) -> Sequence:
    """Take less than a month from the end, as far as the last regimen is that long."""
    *before, last = history.regimens
    kept = max(last.duration_months - months, _SHORTEST_MONTHS)
    return Sequence(regimens=(*before, replace(last, duration_months=kept)))


def rewind_patient(patient: Patient, day: date) -> Patient:
    """Return the patient as known just before a day: nothing measured on it or later, and no treatment after it.

    Raises ``patient.after_as_of`` for a day after the forecast's own.
    """
    as_of = find_as_of(patient)
    if as_of is None or day > as_of:
        raise BadInputError(
            code="patient.after_as_of",
            field="day",
            got=str(day),
            expected=f"a day up to {as_of or 'the day of the forecast'}",
            hint="State as_of on the patient, the day up to which the record speaks.",
        )
    months = (as_of - day).days / DAYS_PER_MONTH
    person, years = patient.person, months / 12
    since = person.years_since_menopause
    kept = (patient.history.duration_months - months) if patient.history else 0.0
    if patient.history and patient.history_start:
        kept = min((day - patient.history_start).days / DAYS_PER_MONTH, patient.history.duration_months)
    return replace(
        patient,
        person=replace(
            person,
            age_years=person.age_years - years,
            years_since_menopause=None if since is None else max(since - years, 0),
        ),
        scans=tuple(scan for scan in patient.scans if scan.date is None or scan.date < day),
        markers=tuple(one for one in patient.markers if one.date is None or one.date < day),
        injections=tuple(one for one in patient.injections if one.date < day),
        history=_keep_first(patient.history, kept) if patient.history else None,
        history_start=patient.history_start if kept >= _SHORTEST_MONTHS else None,
        as_of=day,
    )


def _keep_first(history: Sequence, months: float) -> Sequence | None:
    """Keep the first months of a history; None where nothing is left."""
    kept, left = [], months
    for regimen in history.regimens:
        if left >= _SHORTEST_MONTHS:
            kept.append(replace(regimen, duration_months=min(regimen.duration_months, left)))
        left -= regimen.duration_months
    return Sequence(regimens=tuple(kept)) if kept else None
