"""Stretches of a sequence during which a drug, or one of several, is given."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby, takewhile

from osteon.therapy.doses import list_course_days, list_dose_courses
from osteon.therapy.drugs import Drug, DrugFamily
from osteon.therapy.facts import describe_drug, list_drugs
from osteon.therapy.sequence import Regimen, Sequence
from osteon.units import DAYS_PER_MONTH

__all__ = [
    "BISPHOSPHONATES",
    "PTH_ANALOGS",
    "Run",
    "count_covered_months",
    "count_doses",
    "list_given",
    "list_runs",
    "name_family",
]

BISPHOSPHONATES = frozenset({Drug.ALENDRONATE, Drug.RISEDRONATE, Drug.IBANDRONATE, Drug.ZOLEDRONATE})
PTH_ANALOGS = frozenset({Drug.TERIPARATIDE, Drug.ABALOPARATIDE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Neighboring regimens that all give one of `drugs`, what comes next, and for how long.

    `after` is None at the end of the sequence; `quiet_months` counts the regimens without any
    drug that follow at once, `next_drugs` are given after those.
    """

    drugs: tuple[Drug, ...]
    regimens: tuple[Regimen, ...]
    after: Regimen | None
    quiet_months: float
    next_drugs: tuple[Drug, ...]

    @property
    def last_drug(self) -> Drug:
        """The drug of interest that is given last."""
        return next(drug for drug in reversed(self.drugs) if drug in list_given(self.regimens[-1]))


def list_given(regimen: Regimen | None) -> tuple[Drug, ...]:
    """List the drugs of a regimen, none for no regimen."""
    return () if regimen is None else tuple(one.drug for one in regimen.prescriptions)


def name_family(family: DrugFamily) -> frozenset[Drug]:
    """Name every drug of a family."""
    return frozenset(drug for drug in list_drugs() if describe_drug(drug).family is family)


def list_runs(sequence: Sequence, drugs: Collection[Drug]) -> tuple[Run, ...]:
    """List the stretches during which one of these drugs is given, in order."""

    def gives(regimen: Regimen) -> bool:
        return any(drug in drugs for drug in list_given(regimen))

    runs, position = [], 0
    for wanted, group in groupby(sequence.regimens, key=gives):
        regimens = tuple(group)
        position += len(regimens)
        if wanted:
            runs.append(_make_run(regimens, sequence.regimens[position:], drugs))
    return tuple(runs)


def _make_run(regimens: tuple[Regimen, ...], later: tuple[Regimen, ...], drugs: Collection[Drug]) -> Run:
    given = (drug for regimen in regimens for drug in list_given(regimen) if drug in drugs)
    quiet = tuple(takewhile(lambda regimen: not regimen.prescriptions, later))
    following = later[len(quiet) :]
    return Run(
        drugs=tuple(dict.fromkeys(given)),
        regimens=regimens,
        after=later[0] if later else None,
        quiet_months=sum(regimen.duration_months for regimen in quiet),
        next_drugs=list_given(following[0]) if following else (),
    )


def count_covered_months(regimens: tuple[Regimen, ...], drug: Drug) -> float:
    """Count the months a drug is given for; a single dose covers its labeled interval."""
    labeled = describe_drug(drug).standard_dose.interval_days / DAYS_PER_MONTH
    return sum(
        regimen.duration_months
        if prescription.interval_days is not None
        else min(regimen.duration_months, labeled)
        for regimen in regimens
        for prescription in regimen.prescriptions
        if prescription.drug is drug
    )


def count_doses(regimens: tuple[Regimen, ...], drug: Drug) -> int:
    """Count the doses of a drug that are due."""
    courses = list_dose_courses(Sequence(regimens=regimens))
    return sum(len(list_course_days(course)) for course in courses if course.drug is drug)
