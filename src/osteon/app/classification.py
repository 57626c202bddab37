"""The use case `classify`: what scans say, of one patient or of a whole file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteon.densitometry import classify_scans
from osteon.errors import AbstainedError, BadInputError, OsteonError
from osteon.interop import CohortRow, PatientRow, read_cohort_csv, read_patient_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from osteon.densitometry import Classification, Person, Scan

__all__ = ["ClassifiedCohort", "ClassifiedRow", "classify", "classify_file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifiedRow:
    """One patient's classification, or the fault that stands in its place.

    `row_number` is the line of a cohort file, None for a patient by itself.
    """

    row_number: int | None
    patient_id: str
    outcome: Classification | OsteonError

    @property
    def label(self) -> str:
        """The class in words, or what became of the row."""
        if isinstance(self.outcome, AbstainedError):
            return "cannot say"
        return "not readable" if isinstance(self.outcome, OsteonError) else self.outcome.label


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifiedCohort:
    """Every row of a file, in its order; `counts` tells how many got each label."""

    rows: tuple[ClassifiedRow, ...]
    counts: dict[str, int]
    sources: tuple[str, ...]

    @property
    def answered(self) -> int:
        """How many rows got an answer."""
        return sum(not isinstance(row.outcome, OsteonError) for row in self.rows)


def classify(scans: Iterable[Scan], person: Person) -> Classification:
    """Classify the newest visit of each site.

    Raises what `osteon.densitometry.classify_scans` raises.

    >>> from osteon.densitometry import Person, Scan, Sex, Site
    >>> hip = Scan(site=Site.TOTAL_HIP, reported_t_score=-2.1)
    >>> classify([hip], Person(sex=Sex.MALE, age_years=71)).label
    'low bone mass (osteopenia)'
    """
    given = tuple(scans)
    newest = {scan.site: max(_day(other) for other in given if other.site is scan.site) for scan in given}
    return classify_scans(tuple(scan for scan in given if _day(scan) == newest[scan.site]), person)


def _day(scan: Scan) -> int:
    return scan.date.toordinal() if scan.date else 0


def classify_file(path: Path, *, progress: Callable[[int], None] | None = None) -> ClassifiedCohort:
    """Classify a patient file (TOML, JSON) or a cohort (CSV); a faulty row stands beside the others.

    `progress` is told how many rows are done. Raises what cannot be a row's fault: a file that
    cannot be read, and for a patient file any fault at all.
    """
    if path.suffix.lower() == ".csv":
        return _join_rows(_classify_cohort(path, progress))
    patient = read_patient_file(path)
    outcome = classify(patient.scans, patient.person)
    return _join_rows((ClassifiedRow(row_number=None, patient_id=patient.patient_id, outcome=outcome),))


def _classify_cohort(path: Path, progress: Callable[[int], None] | None) -> tuple[ClassifiedRow, ...]:
    rows = []
    for row in read_cohort_csv(path):
        rows.append(_classify_row(row))
        if progress is not None:
            progress(len(rows))
    if not rows:
        raise BadInputError(
            code="cohort.no_rows",
            field=path.name,
            got="a header and nothing below it",
            expected="one row or more",
            hint="Write one visit of one patient per row.",
        )
    return tuple(rows)


def _classify_row(row: CohortRow) -> ClassifiedRow:
    outcome: Classification | OsteonError
    try:
        outcome = _classify_visit(row.outcome)
    except OsteonError as fault:
        outcome = fault
    return ClassifiedRow(row_number=row.row_number, patient_id=row.patient_id, outcome=outcome)


def _classify_visit(visit: PatientRow | OsteonError) -> Classification:
    if isinstance(visit, OsteonError):
        raise visit
    return classify_scans(visit.scans, visit.person)


def _join_rows(rows: tuple[ClassifiedRow, ...]) -> ClassifiedCohort:
    cited = (key for row in rows if not isinstance(row.outcome, OsteonError) for key in row.outcome.sources)
    return ClassifiedCohort(
        rows=rows,
        counts=dict(Counter(row.label for row in rows).most_common()),
        sources=tuple(sorted(set(cited))),
    )
