"""Every trial of the evidence run again as a virtual arm, and how far the model is from what was printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any

import numpy as np

from osteon.evidence import Fact, Role, Statistic, open_calibration_facts, select_facts
from osteon.inference import (
    ArmObservation,
    TrialArm,
    read_observations,
    read_published_spreads,
    read_trial_arm,
    simulate_spreads,
)
from osteon.population import Executor, load_engine
from osteon.remodeling import Outcomes, ParameterSet, load_parameter_set
from osteon.therapy import Regimen
from osteon.trials.cohort import CohortSettings
from osteon.trials.courses import (
    ArmCourse,
    CourseRequest,
    list_course_months,
    list_course_readings,
    make_course,
)
from osteon.trials.estimate import ArmReading, Estimate, estimate_readings, measure_error

__all__ = [
    "ReproducedRow",
    "Reproduction",
    "Score",
    "SpreadRow",
    "describe_reproduction",
    "name_phase",
    "reproduce_observations",
    "reproduce_spreads",
    "score_rows",
    "trace_observations",
    "validate_evidence",
]

_HALF, _MOST = 50 / 100, 90 / 100
_MISFIT_SD = 2
_BANDS, _LATER = ((12, "up to 12 months"), (36, "13 to 36 months")), "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReproducedRow:
    """One printed number beside the virtual arm: ``observation.value`` is what was seen (percent)."""

    observation: ArmObservation
    arm: TrialArm
    comparator: TrialArm | None
    estimate: Estimate

    @property
    def error(self) -> float:
        """Simulated less observed: percentage points for BMD, log units for markers."""
        return measure_error(self.observation.outcome, self.estimate.simulated, self.observation.value)

    @property
    def deviation(self) -> float:
        """The error in SDs of the prediction, which hold what the model says it does not know."""
        return self.error / self.estimate.spread

    @property
    def is_misfit(self) -> bool:
        """Whether the number lies more than two SDs from what is simulated."""
        return abs(self.deviation) > _MISFIT_SD

    @property
    def phase(self) -> str:
        """What is taken at the month of the number."""
        return name_phase(self.arm, self.observation.month)

    @property
    def prior(self) -> str:
        """Whether a drug was taken before what is taken at the month of the number."""
        month, drugs = self.observation.month, set[str]()
        history = self.arm.history.regimens if self.arm.history else ()
        for regimen, start in zip(self.arm.sequence.regimens, _list_starts(self.arm), strict=True):
            drugs |= {_name_drugs(regimen)} if start < month else set()
        earlier = any(regimen.prescriptions for regimen in history) or len(drugs - {""}) > 1
        return "after another drug" if earlier else "first drug"

    @property
    def duration(self) -> str:
        """How long after the start of the trial the number was taken."""
        return next((name for last, name in _BANDS if self.observation.month <= last), _LATER)

    def is_inside(self, level: float) -> bool:
        """Tell whether the number lies in the central interval of a level in 0..1."""
        low, high = self.estimate.find_interval(level)
        return low <= self.observation.value <= high


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Errors of ``n`` numbers, and the shares inside the 50 and 90 % intervals."""

    n: int
    rmse: float
    mean_error: float
    inside_50: float
    inside_90: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadRow:
    """One published SD of individual percent change beside the simulated one (%)."""

    study: str
    arm: str
    outcome: str
    month: int
    published: float
    simulated: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """Every in-domain number of one role; ``outside`` counts the numbers of arms outside the domain.

    ``courses`` holds one for each arm, comparator, outcome and baseline month among the rows.
    """

    role: Role
    rows: tuple[ReproducedRow, ...]
    outside: int
    spreads: tuple[SpreadRow, ...]
    parameter_set: str
    sources: tuple[str, ...]
    courses: tuple[ArmCourse, ...] = ()


def validate_evidence(
    role: Role,
    parameters: ParameterSet | None = None,
    *,
    settings: CohortSettings | None = None,
    executor: Executor | None = None,
) -> Reproduction:
    """Simulate every in-domain number of one role; roles are never mixed."""
    chosen = parameters or load_parameter_set()
    opener = _choose_opener(role)
    seen = [o for o in read_observations(opener, frozenset(Outcomes._fields)) if o.month > 0]
    rows, courses = trace_observations(seen, chosen, settings=settings, executor=executor)
    return Reproduction(
        role=role,
        rows=rows,
        outside=len(seen) - len(rows),
        spreads=reproduce_spreads(opener, chosen),
        parameter_set=chosen.name,
        sources=tuple(dict.fromkeys([*chosen.sources, *(r.observation.fact.source for r in rows)])),
        courses=courses,
    )


def _choose_opener(role: Role) -> Callable[[str], Sequence[Fact]]:
    if role is Role.CALIBRATION:
        return open_calibration_facts

    def open_facts(table: str) -> Sequence[Fact]:
        return select_facts(table, role=role)

    return open_facts


def reproduce_observations(
    observations: Iterable[ArmObservation],
    parameters: ParameterSet,
    *,
    settings: CohortSettings | None = None,
    executor: Executor | None = None,
) -> tuple[ReproducedRow, ...]:
    """Simulate the observations whose arms lie in the domain, in order."""
    arms, kept = _find_arms(observations)
    readings = [_make_reading(o, list(arms)) for o in kept]
    estimates = estimate_readings(
        list(arms.values()), readings, parameters, settings=settings, executor=executor
    )
    return _join_rows(arms, kept, estimates)


def trace_observations(
    observations: Iterable[ArmObservation],
    parameters: ParameterSet,
    *,
    settings: CohortSettings | None = None,
    executor: Executor | None = None,
) -> tuple[tuple[ReproducedRow, ...], tuple[ArmCourse, ...]]:
    """Simulate as `reproduce_observations`, and in the same run the courses on which the numbers lie."""
    arms, kept = _find_arms(observations)
    readings = [_make_reading(o, list(arms)) for o in kept]
    requests = _list_requests(arms, kept)
    parts = [readings, *(list_course_readings(request) for request in requests)]
    estimates = estimate_readings(
        list(arms.values()), list(chain(*parts)), parameters, settings=settings, executor=executor
    )
    ends = list(accumulate(map(len, parts)))
    courses = tuple(
        make_course(request, list(arms.values()), estimates[start:end])
        for request, start, end in zip(requests, ends, ends[1:], strict=False)
    )
    return _join_rows(arms, kept, estimates[: len(readings)]), courses


Arms = dict[tuple[str, str], TrialArm]


def _find_arms(observations: Iterable[ArmObservation]) -> tuple[Arms, tuple[ArmObservation, ...]]:
    """Return the arms in the domain by (study, arm), and the observations that need no other."""
    seen = tuple(observations)
    names = sorted({(o.study, arm) for o in seen for arm in (o.arm, o.comparator) if arm})
    arms = {name: arm for name in names if (arm := read_trial_arm(*name)) is not None}
    kept = (o for o in seen if all((o.study, arm) in arms for arm in (o.arm, o.comparator) if arm))
    return arms, tuple(kept)


def _list_requests(arms: Arms, observations: Sequence[ArmObservation]) -> list[CourseRequest]:
    order, groups = list(arms), dict[tuple[str, str, str, str, float], list[ArmObservation]]()
    for o in observations:
        groups.setdefault((o.study, o.arm, o.comparator, o.outcome, o.baseline_month), []).append(o)
    return [
        CourseRequest(
            arm=order.index((study, arm)),
            comparator=order.index((study, comparator)) if comparator else None,
            outcome=outcome,
            baseline_month=baseline,
            months=list_course_months(
                arms[study, arm],
                outcome,
                start=baseline,
                end=max(o.month for o in members),
                asked=[o.month for o in members],
            ),
            statistic=Statistic(members[-1].fact.statistic),
        )
        for (study, arm, comparator, outcome, baseline), members in groups.items()
    ]


def _join_rows(
    arms: Arms, observations: Iterable[ArmObservation], estimates: Iterable[Estimate]
) -> tuple[ReproducedRow, ...]:
    return tuple(
        ReproducedRow(
            observation=o,
            arm=arms[o.study, o.arm],
            comparator=arms[o.study, o.comparator] if o.comparator else None,
            estimate=estimate,
        )
        for o, estimate in zip(observations, estimates, strict=True)
    )


def _make_reading(observation: ArmObservation, order: list[tuple[str, str]]) -> ArmReading:
    o = observation
    return ArmReading(
        arm=order.index((o.study, o.arm)),
        outcome=o.outcome,
        month=o.month,
        baseline_month=o.baseline_month,
        comparator=order.index((o.study, o.comparator)) if o.comparator else None,
        statistic=Statistic(o.fact.statistic),
        n=o.fact.n,
        standard_error=o.standard_error,
    )


def name_phase(arm: TrialArm, month: float) -> str:
    """Name what is taken at a month: the drugs, ``no drug``, or ``off`` and the drugs taken last."""
    last, clock = _name_last(arm.history.regimens if arm.history else ()), 0.0
    for regimen in arm.sequence.regimens:
        clock += regimen.duration_months
        drugs = _name_drugs(regimen)
        if month <= clock or regimen is arm.sequence.regimens[-1]:
            return drugs or (f"off {last}" if last else "no drug")
        last = drugs or last
    return last


def _name_last(regimens: Sequence[Regimen]) -> str:
    return next((name for regimen in reversed(regimens) if (name := _name_drugs(regimen))), "")


def _name_drugs(regimen: Regimen) -> str:
    return " + ".join(sorted(one.drug.value for one in regimen.prescriptions))


def _list_starts(arm: TrialArm) -> tuple[float, ...]:
    lengths = [regimen.duration_months for regimen in arm.sequence.regimens]
    return tuple(accumulate(lengths[:-1], initial=0.0))


def score_rows(rows: Iterable[ReproducedRow]) -> dict[str, Score]:
    """Score rows by outcome; an outcome without a row is left out."""
    kept = tuple(rows)
    groups = {name: [r for r in kept if r.observation.outcome == name] for name in Outcomes._fields}
    return {name: _score(group) for name, group in groups.items() if group}


def _score(rows: Sequence[ReproducedRow]) -> Score:
    errors = np.array([row.error for row in rows])
    return Score(
        n=len(rows),
        rmse=float(np.sqrt(np.mean(errors**2))),
        mean_error=float(errors.mean()),
        inside_50=float(np.mean([row.is_inside(_HALF) for row in rows])),
        inside_90=float(np.mean([row.is_inside(_MOST) for row in rows])),
    )


def reproduce_spreads(
    opener: Callable[[str], Sequence[Fact]], parameters: ParameterSet
) -> tuple[SpreadRow, ...]:
    """Set every SD of individual change that ``opener`` may see beside the simulated one."""
    spreads = read_published_spreads(opener)
    if not spreads:
        return ()
    load_engine()
    simulated = simulate_spreads(parameters, spreads, parameters.variability)
    return tuple(
        SpreadRow(
            study=s.arm.study,
            arm=s.arm.arm,
            outcome=s.outcome,
            month=s.month,
            published=s.sd_percent,
            simulated=float(value),
        )
        for s, value in zip(spreads, simulated, strict=True)
    )


def describe_reproduction(found: Reproduction) -> dict[str, Any]:
    """Return a reproduction as JSON values: scores by outcome and by group, SDs, and every row."""
    return {
        "role": found.role.value,
        "parameter_set": found.parameter_set,
        "outside_domain": found.outside,
        "by_outcome": _describe_scores(score_rows(found.rows)),
        "by_phase": _describe_groups(found.rows, attrgetter("phase")),
        "by_prior": _describe_groups(found.rows, attrgetter("prior")),
        "by_duration": _describe_groups(found.rows, attrgetter("duration")),
        "spreads": [{name: getattr(row, name) for name in SpreadRow.__slots__} for row in found.spreads],
        "rows": [_describe_row(row) for row in found.rows],
    }


def _describe_groups(
    rows: Sequence[ReproducedRow], name_group: Callable[[ReproducedRow], str]
) -> dict[str, dict[str, dict[str, float]]]:
    names = sorted({name_group(row) for row in rows})
    return {name: _describe_scores(score_rows(r for r in rows if name_group(r) == name)) for name in names}


def _describe_scores(scores: dict[str, Score]) -> dict[str, dict[str, float]]:
    return {
        outcome: {name: getattr(score, name) for name in Score.__slots__} for outcome, score in scores.items()
    }


def _describe_row(row: ReproducedRow) -> dict[str, Any]:
    o = row.observation
    low, high = row.estimate.find_interval(_MOST)
    return {
        "study": o.study,
        "arm": o.arm,
        "comparator": o.comparator or None,
        "phase": row.phase,
        "outcome": o.outcome,
        "month": o.month,
        "baseline_month": o.baseline_month,
        "statistic": o.fact.statistic.value,
        "value": o.value,
        "standard_error": o.standard_error,
        "simulated": row.estimate.simulated,
        "simulated_low": low,
        "simulated_high": high,
        "deviation_sd": row.deviation,
        "extraction": o.fact.extraction.value,
        "source": o.fact.source,
    }
