"""A virtual trial, one chunk at a time: who is enrolled, what each visit sees, and what that adds up to.

A chunk is a pure function of the plan, the arm and its own number. It is worked in blocks of 256 places, and a
block draws all its random numbers at the address (seed, trial, arm, block, purpose): the result does not depend
on how blocks are grouped into chunks, in what order chunks are run, or where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from typing import TypeVar

import numpy as np

from osteon.errors import OsteonError
from osteon.evidence import evidence_hash
from osteon.inference import compare_to_line, lay_out_sequence
from osteon.population import address_stream, draw_virtual_patients, simulate_timetable
from osteon.remodeling import Covariates, ParameterSet, load_parameter_set
from osteon.therapy import Sequence, draw_course_stop_days, list_dose_courses
from osteon.trials.design import TRIAL_SITES, DesignArm, TrialDesign
from osteon.trials.design_words import describe_design, hash_values
from osteon.trials.enrollment import Candidates, Subjects, match_candidates, screen_subjects
from osteon.units import DAYS_PER_MONTH

__all__ = ["BLOCK_SUBJECTS", "TrialChunk", "TrialPlan", "list_chunks", "plan_trial", "simulate_chunk"]

BLOCK_SUBJECTS = 256
_USUAL_CHUNKS = 1000
_MOST_BLOCKS = 64

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialPlan:
    """Everything a chunk needs: design, candidates, parameters, subjects of each arm, blocks of a chunk.

    ``run_hash`` is a digest of all that decides the numbers; two runs of one hash have the same results.
    """

    design: TrialDesign
    candidates: Candidates
    parameters: ParameterSet
    arm_subjects: tuple[int, ...]
    chunk_blocks: int
    evidence: str
    versions: Mapping[str, str]
    run_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialChunk:
    """A piece of one arm: its subjects from ``first`` up to, not including, ``stop``."""

    arm: int
    index: int
    first: int
    stop: int

    @property
    def name(self) -> str:
        """What its results are filed under."""
        return f"arm-{self.arm:02}-chunk-{self.index:06}"


def plan_trial(
    design: TrialDesign, parameters: ParameterSet | None = None, *, chunk_blocks: int | None = None
) -> TrialPlan:
    """Match the candidates to the design and divide the subjects among arms and chunks.

    Raises ``BadInputError`` when the design enrolls nobody, or not those whom it states.
    """
    # The report of the fit travels nowhere: no number of a trial rests on it.
    chosen = replace(parameters or load_parameter_set(), fit={})
    candidates = match_candidates(design, chosen)
    arm_subjects = _divide_subjects(design)
    blocks = sum(-(-count // BLOCK_SUBJECTS) for count in arm_subjects)
    size = chunk_blocks or max(1, min(_MOST_BLOCKS, blocks // _USUAL_CHUNKS))
    return TrialPlan(
        design=design,
        candidates=candidates,
        parameters=chosen,
        arm_subjects=arm_subjects,
        chunk_blocks=size,
        evidence=_read_evidence(),
        versions=_read_versions(),
        run_hash=_hash_run(design, candidates, chosen, size),
    )


def _divide_subjects(design: TrialDesign) -> tuple[int, ...]:
    """Divide subjects by the randomization ratio, the largest remainders rounded up."""
    total = sum(arm.ratio for arm in design.arms)
    exact = [design.subjects * arm.ratio / total for arm in design.arms]
    counts = [max(int(share), 1) for share in exact]
    by_remainder = sorted(range(len(counts)), key=lambda index: counts[index] - exact[index])
    for index in by_remainder[: max(design.subjects - sum(counts), 0)]:
        counts[index] += 1
    return tuple(counts)


def _hash_run(
    design: TrialDesign, candidates: Candidates, parameters: ParameterSet, chunk_blocks: int
) -> str:
    described = describe_design(design)
    described.pop("facts", None)
    drawn = {name: np.asarray(getattr(candidates, name)).tolist() for name in Candidates.__slots__}
    fitted = {
        "values": dict(parameters.values),
        "fitted": list(parameters.fitted),
        "covariance": parameters.covariance.tolist(),
        "variability": dict(parameters.variability),
    }
    return hash_values(
        {
            "design": described,
            "candidates": drawn,
            "parameters": fitted,
            "evidence": _read_evidence(),
            "versions": _read_versions(),
            "chunk_blocks": chunk_blocks,
        }
    )


def list_chunks(plan: TrialPlan) -> Iterator[TrialChunk]:
    """List every chunk, arm after arm."""
    size = plan.chunk_blocks * BLOCK_SUBJECTS
    for arm, count in enumerate(plan.arm_subjects):
        for index, first in enumerate(range(0, count, size)):
            yield TrialChunk(arm=arm, index=index, first=first, stop=min(first + size, count))


def simulate_chunk(plan: TrialPlan, chunk: TrialChunk) -> dict[str, np.ndarray]:
    """Simulate a chunk; one row for each subject and each visit she came to, month 0 included.

    Columns: ``arm``, ``subject`` (from 0 within the arm), ``month``, ``age_years``, ``years_since_menopause``,
    ``screened``, ``persistent`` (has not stopped what is given), and for each site ``<site>_t_score`` and
    ``<site>_percent_change`` as scanned, and ``<site>_true_t_score``.

    Raises ``OsteonError`` (``trial.other_version``) where the evidence tables or the versions of osteon, jax and
    numpy are not those of the plan: the numbers would not be the same.
    """
    _require_same_versions(plan)
    firsts = range(chunk.first, chunk.stop, BLOCK_SUBJECTS)
    arm = plan.design.arms[chunk.arm]
    blocks = [_simulate_block(_open_block(plan, arm, first)) for first in firsts]
    joined = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    inside = joined["subject"] < chunk.stop
    return {name: column[inside] for name, column in joined.items()}


def _require_same_versions(plan: TrialPlan) -> None:
    here, planned = (_read_versions(), _read_evidence()), (plan.versions, plan.evidence)
    if here != planned:
        raise OsteonError(
            code="trial.other_version",
            field="worker",
            got=_name_versions(*here),
            expected=_name_versions(*planned),
            hint="Install the same versions of osteon and its libraries on every worker.",
        )


def _name_versions(versions: Mapping[str, str], evidence: str) -> str:
    names = [f"{name} {number}" for name, number in versions.items()]
    return ", ".join([*names, f"evidence {evidence[:12]}"])


@cache
def _read_versions() -> Mapping[str, str]:
    return {name: version(name) for name in ("osteon", "jax", "numpy")}


@cache
def _read_evidence() -> str:
    return evidence_hash()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """256 places of one arm: where its visits lie, and where its random numbers are found.

    ``own`` addresses what belongs to the arm, ``twins`` what paired arms share.
    """

    plan: TrialPlan
    arm: DesignArm
    first: int
    own: str
    twins: str
    visits: np.ndarray

    def stream(self, purpose: str) -> np.random.Generator:
        """Return the random numbers of this block for one purpose."""
        return address_stream(self.plan.design.seed, self.own, purpose)


def _open_block(plan: TrialPlan, arm: DesignArm, first: int) -> _Block:
    number = f"block {first // BLOCK_SUBJECTS}"
    own = f"{plan.design.name}, {arm.name}, {number}"
    return _Block(
        plan=plan,
        arm=arm,
        first=first,
        own=own,
        twins=f"{plan.design.name}, {number}" if plan.design.paired else own,
        visits=np.array([0, *plan.design.visits]),
    )


def _simulate_block(block: _Block) -> dict[str, np.ndarray]:
    plan = block.plan
    subjects = screen_subjects(
        plan.candidates,
        plan.design.inclusion,
        seed=plan.design.seed,
        address=block.twins,
        count=BLOCK_SUBJECTS,
    )
    true_bmd, persistent = _follow(block, subjects)
    scanned = _scan(block, subjects, true_bmd)
    columns = {"persistent": persistent} | _describe_sites(plan.candidates, true_bmd, scanned)
    return _lay_out_rows(block, subjects, columns, seen=block.visits[:, None] < _draw_leaving(block))


def _follow(block: _Block, subjects: Subjects) -> tuple[np.ndarray, np.ndarray]:
    """Return true BMD in g/cm2 (visits + 1, 3, N) and whether anything is still taken (visits + 1, N)."""
    plan, sites = block.plan, len(TRIAL_SITES)
    women = draw_virtual_patients(
        _fix_parameters(plan.parameters),
        _describe_start(plan.candidates, subjects, plan.design.baseline.history),
        draws=1,
        per_draw=BLOCK_SUBJECTS,
        seed=plan.design.seed,
        patient=block.twins,
    )
    table, before = lay_out_sequence(
        plan.parameters, block.arm.sequence, plan.design.baseline.history, plan.design.months
    )
    stops = _draw_stops(block)
    course = simulate_timetable(women, table, stop_months=before + stops, executor=_Here()).astype(float)
    relative = course[before + block.visits, :sites] / course[before, :sites] - 1
    true_bmd = subjects.true_bmd * (1 + relative * women.site_response)
    return true_bmd, block.visits[:, None] < stops


class _Here:
    """The executor of a single block: where it is called, without a thread of its own."""

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield ``function(item)`` for each item, in order."""
        return map(function, items)


def _fix_parameters(parameters: ParameterSet) -> ParameterSet:
    """Return a set with nothing left to draw: the subjects of a trial have the fitted values."""
    return replace(parameters, fitted=(), covariance=np.zeros((0, 0)))


def _describe_start(candidates: Candidates, subjects: Subjects, history: Sequence | None) -> Covariates:
    """Return the covariates when the history began: BMD as it is at month 0, ages as they were then."""
    years = history.duration_months / 12 if history else 0
    t_scores = (subjects.true_bmd - candidates.young_mean[:, None]) / candidates.young_sd[:, None]
    spine, hip = (_compare(index, t_scores[index]) for index in (0, 1))
    return Covariates(
        age_years=subjects.age_years - years,
        years_since_menopause=np.maximum(subjects.years_since_menopause - years, 0),
        spine_bmd_ratio=spine,
        hip_bmd_ratio=hip,
    )


def _compare(index: int, t_scores: np.ndarray) -> np.ndarray:
    """Apply ``compare_to_line``, which is linear in the T-score, to many."""
    at_zero, at_one = (compare_to_line(TRIAL_SITES[index], t_score) for t_score in (0, 1))
    return np.asarray(at_zero + (at_one - at_zero) * t_scores)


def _draw_stops(block: _Block) -> np.ndarray:
    """Draw the month at which each subject stops what is given, infinite for who takes it to the end."""
    sequence = block.arm.sequence
    if all(regimen.persistence is None for regimen in sequence.regimens):
        return np.full(BLOCK_SUBJECTS, np.inf)
    uniforms = 1 - block.stream("persistence").random((BLOCK_SUBJECTS, len(sequence.regimens)))
    days = draw_course_stop_days(sequence, uniforms)
    ends = np.array([course.stop_day for course in list_dose_courses(sequence)])
    return np.asarray(np.where(days < ends, days, np.inf).min(axis=1) / DAYS_PER_MONTH)


def _scan(block: _Block, subjects: Subjects, true_bmd: np.ndarray) -> np.ndarray:
    """Scan every visit; the baseline scan is the one that she was let in by."""
    noise = block.plan.candidates.noise[None, :, None]
    scanned = np.asarray(true_bmd * (1 + noise * block.stream("scans").standard_normal(true_bmd.shape)))
    scanned[0] = subjects.scanned_bmd
    return scanned


def _draw_leaving(block: _Block) -> np.ndarray:
    """Draw the month in which each subject leaves the trial, infinite where nobody does."""
    dropout = block.arm.dropout or block.plan.design.dropout
    if dropout is None or dropout.share == 0:
        return np.full(BLOCK_SUBJECTS, np.inf)
    return block.stream("dropout").standard_exponential(BLOCK_SUBJECTS) / dropout.hazard_per_month


def _describe_sites(
    candidates: Candidates, true_bmd: np.ndarray, scanned: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the columns of each site, (visits + 1, N) each."""
    columns = {}
    for index, site in enumerate(TRIAL_SITES):
        mean, sd = candidates.young_mean[index], candidates.young_sd[index]
        measured = scanned[:, index]
        columns[f"{site.value}_t_score"] = (measured - mean) / sd
        columns[f"{site.value}_percent_change"] = 100 * (measured / measured[0] - 1)
        columns[f"{site.value}_true_t_score"] = (true_bmd[:, index] - mean) / sd
    return columns


def _lay_out_rows(
    block: _Block, subjects: Subjects, columns: Mapping[str, np.ndarray], *, seen: np.ndarray
) -> dict[str, np.ndarray]:
    """Lay (visits + 1, N) out as rows, subject by subject, without the visits that she did not come to."""
    kept = seen.T.ravel()
    number = block.first + np.arange(BLOCK_SUBJECTS)
    per_subject: dict[str, np.ndarray] = {
        "subject": number.astype(np.int64),
        "age_years": subjects.age_years.astype(np.float32),
        "years_since_menopause": subjects.years_since_menopause.astype(np.float32),
        "screened": subjects.screened.astype(np.int32),
    }
    rows = {name: np.repeat(column, len(block.visits))[kept] for name, column in per_subject.items()}
    rows["arm"] = np.full(len(rows["subject"]), block.arm.name)
    rows["month"] = np.tile(block.visits.astype(np.int16), BLOCK_SUBJECTS)[kept]
    for name, column in columns.items():
        kind = bool if column.dtype == bool else np.float32
        rows[name] = column.T.ravel()[kept].astype(kind)
    return rows
