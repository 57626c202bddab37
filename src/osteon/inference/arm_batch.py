"""Many trial arms at once: their timetables on one grid, and where each published number is read."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from osteon.densitometry import Maker, Site, compute_areal_bmd, find_reference_curve, read_rules
from osteon.population import Taking, make_solver, start_progress
from osteon.remodeling import Covariates, Effects, Outcomes, make_lane, tabulate_courses
from osteon.therapy import list_dose_courses
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from osteon.inference.trial_arms import ArmObservation, TrialArm

__all__ = [
    "ArmBatch",
    "ReadPlan",
    "compare_to_line",
    "describe_person",
    "make_arm_batches",
    "plan_reads",
    "predict_changes",
]

_BLOCKS_PER_MONTH = 10
_STEPS_PER_BLOCK = 3
_STEPS_PER_MONTH = _BLOCKS_PER_MONTH * _STEPS_PER_BLOCK
_BUCKET_MONTHS = (14, 26, 50, 90, 150, 400)
_NO_STOP = 10**8


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmBatch:
    """Arms of similar length: ``schedule`` (blocks, steps, channels, N), ``start_block`` (N,) of month 0."""

    arms: tuple[TrialArm, ...]
    schedule: np.ndarray
    adherence: np.ndarray
    start_block: np.ndarray
    person: Covariates


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPlan:
    """Flat positions of each number and its reference in the stacked outcomes; linear between blocks.

    ``index`` (4, M): the number before and after, its reference before and after; ``weight`` (2, M). The
    comparator's rows follow the same layout, ``has_comparator`` (M,).
    """

    index: np.ndarray
    weight: np.ndarray
    comparator_index: np.ndarray
    comparator_weight: np.ndarray
    has_comparator: np.ndarray


def make_arm_batches(
    arms: Sequence[TrialArm], months: Mapping[tuple[str, str], float], scale: Mapping[str, float]
) -> tuple[ArmBatch, ...]:
    """Group arms by length; ``months`` is the last month needed of each (study, arm) after month 0."""
    buckets: dict[int, list[TrialArm]] = {}
    for arm in arms:
        total = arm.history_months + months[arm.study, arm.arm]
        bucket = next(limit for limit in _BUCKET_MONTHS if total <= limit)
        buckets.setdefault(bucket, []).append(arm)
    return tuple(_make_batch(members, months, scale) for _, members in sorted(buckets.items()))


def _make_batch(
    arms: Sequence[TrialArm], months: Mapping[tuple[str, str], float], scale: Mapping[str, float]
) -> ArmBatch:
    longest = int(np.ceil(max(a.history_months + months[a.study, a.arm] for a in arms)))
    tables = [_tabulate_arm(arm, longest, scale) for arm in arms]
    blocks = longest * _BLOCKS_PER_MONTH
    schedule = np.stack([t.channels.reshape(blocks, _STEPS_PER_BLOCK, -1) for t in tables], axis=-1)
    adherence = np.stack([t.adherence.reshape(blocks, _STEPS_PER_BLOCK) for t in tables], axis=-1)
    return ArmBatch(
        arms=tuple(arms),
        schedule=schedule,
        adherence=adherence,
        start_block=np.array([round(a.history_months * _BLOCKS_PER_MONTH) for a in arms]),
        person=_gather_covariates(arms, scale),
    )


def _tabulate_arm(arm: TrialArm, months: int, scale: Mapping[str, float]) -> Any:
    history_days = arm.history_months * DAYS_PER_MONTH
    courses = [*(list_dose_courses(arm.history) if arm.history else ())]
    courses += list_dose_courses(arm.sequence, start_day=round(history_days))
    return tabulate_courses(
        courses,
        months=months,
        steps_per_month=_STEPS_PER_MONTH,
        scale=scale,
        calcium_from_day=0 if courses else history_days,
    )


def _gather_covariates(arms: Sequence[TrialArm], scale: Mapping[str, float]) -> Covariates:
    persons = [describe_person(arm, scale) for arm in arms]
    names = (f.name for f in fields(Covariates))
    return Covariates(**{name: np.array([getattr(p, name) for p in persons]) for name in names})


def describe_person(arm: TrialArm, scale: Mapping[str, float]) -> Covariates:
    """Return the arm's mean subject at the start of the history; what is not published is taken as usual."""
    age = arm.age_years or scale["nominal_age_years"]
    assumed = max(age - scale["menopause_age_years"], 1)
    since = assumed if arm.years_since_menopause is None else arm.years_since_menopause
    years = arm.history_months / 12
    spine = arm.baseline_t_scores.get(Site.LUMBAR_SPINE, scale["nominal_t_score_spine"])
    hip = arm.baseline_t_scores.get(Site.TOTAL_HIP, scale["nominal_t_score_hip"])
    return Covariates(
        age_years=age - years,
        years_since_menopause=max(since - years, 0),
        spine_bmd_ratio=compare_to_line(Site.LUMBAR_SPINE, spine),
        hip_bmd_ratio=compare_to_line(Site.TOTAL_HIP, hip),
    )


def compare_to_line(site: Site, t_score: float) -> float:
    """Return BMD at a T-score relative to BMD at the osteoporosis line, on a Hologic scanner."""
    curve = find_reference_curve(Maker.HOLOGIC, site)
    return compute_areal_bmd(t_score, curve) / compute_areal_bmd(read_rules().osteoporosis_t_score, curve)


def plan_reads(batches: Sequence[ArmBatch], observations: Sequence[ArmObservation]) -> ReadPlan:
    """Find where each observation is read in the outcomes that ``predict_changes`` stacks."""
    places = _list_places(batches)
    own = [_place(places[o.study, o.arm], o) for o in observations]
    other = [_place(places[o.study, o.comparator or o.arm], o) for o in observations]
    return ReadPlan(
        index=np.array([p[0] for p in own]).T,
        weight=np.array([p[1] for p in own]).T,
        comparator_index=np.array([p[0] for p in other]).T,
        comparator_weight=np.array([p[1] for p in other]).T,
        has_comparator=np.array([bool(o.comparator) for o in observations]),
    )


def _list_places(batches: Sequence[ArmBatch]) -> dict[tuple[str, str], tuple[int, int, int, int, int]]:
    """Per arm: offset of its batch in the stack, blocks, lanes, lane, block of month 0."""
    places, offset = {}, 0
    for batch in batches:
        blocks, lanes = batch.schedule.shape[0] + 1, len(batch.arms)
        for lane, arm in enumerate(batch.arms):
            places[arm.study, arm.arm] = (offset, blocks, lanes, lane, int(batch.start_block[lane]))
        offset += blocks * len(Outcomes._fields) * lanes
    return places


def _place(
    place: tuple[int, int, int, int, int], observation: ArmObservation
) -> tuple[tuple[int, int, int, int], tuple[float, float]]:
    offset, blocks, lanes, lane, start = place
    row = Outcomes._fields.index(observation.outcome)

    def flat(block: int) -> int:
        return offset + (min(block, blocks - 1) * len(Outcomes._fields) + row) * lanes + lane

    positions, weights = [], []
    for month in (observation.month, observation.baseline_month):
        exact = start + month * _BLOCKS_PER_MONTH
        before = int(np.floor(exact))
        positions += [flat(before), flat(before + 1)]
        weights.append(exact - before)
    return (positions[0], positions[1], positions[2], positions[3]), (weights[0], weights[1])


def predict_changes(
    batches: Sequence[ArmBatch], plan: ReadPlan, *, effect_names: Sequence[str]
) -> Callable[[Mapping[str, Any], Sequence[Any]], Any]:
    """Return ``predict(values, effects) -> (M,)`` percent changes (differences where there is a comparator).

    ``effects`` holds one array (len(effect_names), N) per batch: departures of each arm from the typical person.
    """
    import jax.numpy as jnp

    solve = make_solver(step_days=DAYS_PER_MONTH / _STEPS_PER_MONTH, random_doses=False)

    def run_batch(batch: ArmBatch, values: Mapping[str, Any], effects: Any) -> Any:
        own = Effects(**dict(zip(effect_names, effects, strict=True)))
        lane, menopause = make_lane(values, batch.person, own, jnp)
        lanes = len(batch.arms)
        taking = Taking(jnp.zeros(lanes, jnp.uint32), jnp.full(lanes, _NO_STOP, jnp.int32))
        progress = start_progress(lane, menopause, jnp)
        _, outcomes = solve(progress, lane, jnp.asarray(batch.schedule), jnp.asarray(batch.adherence), taking)
        start = jnp.ones((1, len(Outcomes._fields), lanes))
        return jnp.concatenate([start, outcomes]).reshape(-1)

    def read(stack: Any, index: np.ndarray, weight: np.ndarray) -> Any:
        now = stack[index[0]] * (1 - weight[0]) + stack[index[1]] * weight[0]
        then = stack[index[2]] * (1 - weight[1]) + stack[index[3]] * weight[1]
        return 100 * (now / then - 1)

    def predict(values: Mapping[str, Any], effects: Sequence[Any]) -> Any:
        stack = jnp.concatenate([run_batch(b, values, e) for b, e in zip(batches, effects, strict=True)])
        own = read(stack, plan.index, plan.weight)
        other = read(stack, plan.comparator_index, plan.comparator_weight)
        return own - jnp.where(plan.has_comparator, other, 0)

    return predict
