"""The report of a virtual trial: baseline, courses, endpoints, power, and the surrogate of the hip at two years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from osteon.densitometry import Site
from osteon.errors import AbstainedError
from osteon.evidence import Role, select_facts
from osteon.inference import TrialArm, read_fit_settings
from osteon.population import load_engine
from osteon.trials.cohort import Change, CohortSettings, draw_cohort, follow_cohort
from osteon.trials.design import (
    TRIAL_SITES,
    ChangeEndpoint,
    DesignArm,
    Endpoint,
    ShareEndpoint,
    TimeEndpoint,
    TrialDesign,
)
from osteon.trials.fracture_relation import GroupFractureEvidence, relate_fracture_risk
from osteon.trials.virtual_trial import TrialPlan
from osteon.trials.virtual_trial_estimates import (
    Contrast,
    Interval,
    TimeCourse,
    compare_means,
    compare_shares,
    describe_times,
    estimate_mean,
    estimate_share,
    find_pairing,
)
from osteon.trials.virtual_trial_power import PowerRow, Sample, tabulate_power
from osteon.trials.virtual_trial_sums import ChunkSums

__all__ = [
    "ArmBaseline",
    "ArmEndpoint",
    "ArmPower",
    "SurrogateReading",
    "VirtualTrial",
    "VisitCourse",
    "report_trial",
]

_SURROGATE_MONTHS = 24
_MODEL_TRIALS = 64
_SAME_VISIT_MONTHS = 1 / 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmBaseline:
    """Who was enrolled into an arm: mean and SD of age, years since menopause and scanned T-scores."""

    arm: str
    subjects: int
    screened: int
    means: dict[str, float]
    sds: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCourse:
    """Percent change at one site of one arm, at each visit, among those seen then."""

    arm: str
    site: Site
    months: tuple[int, ...]
    change: tuple[Interval | None, ...]
    published: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmEndpoint:
    """One endpoint in one arm: an estimate or a time course, its contrast with the control, what was published."""

    arm: str
    endpoint: Endpoint
    estimate: Interval | None = None
    times: TimeCourse | None = None
    contrast: Contrast | None = None
    published: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmPower:
    """Power of the primary endpoint, one arm against the control, by subjects in the two arms together."""

    arm: str
    rows: tuple[PowerRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurrogateReading:
    """The total hip at 24 months against the control, beside what trials say of such a difference.

    ``fractures`` is evidence about groups, never about one person. It is None where the control took a drug by
    then, for the published relation is against placebo, and beyond the differences it was published for;
    ``silence`` then says why.
    """

    arm: str
    contrast: Contrast
    fractures: GroupFractureEvidence | None
    silence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualTrial:
    """Everything a virtual trial says, and on which set and evidence it rests."""

    design: TrialDesign
    baselines: tuple[ArmBaseline, ...]
    courses: tuple[VisitCourse, ...]
    endpoints: tuple[ArmEndpoint, ...]
    power: tuple[ArmPower, ...]
    surrogate: tuple[SurrogateReading, ...]
    seen_at_end: dict[str, float]
    parameter_set: str
    evidence_hash: str
    run_hash: str
    sources: tuple[str, ...]


def report_trial(plan: TrialPlan, arms: Sequence[ChunkSums]) -> VirtualTrial:
    """Make the report of a trial from the sums of its arms, in the order of the design."""
    design = plan.design
    wanted = _list_wanted_changes(design)
    unknown = _simulate_unknown(plan, wanted)
    surrogate = tuple(_read_surrogate(plan, arms, unknown)) if _has_surrogate(design) else ()
    return VirtualTrial(
        design=design,
        baselines=tuple(_describe_baseline(a, s) for a, s in zip(design.arms, arms, strict=True)),
        courses=tuple(
            _describe_course(design, arm, sums, index)
            for arm, sums in zip(design.arms, arms, strict=True)
            for index in range(len(TRIAL_SITES))
        ),
        endpoints=tuple(_list_endpoints(plan, arms, unknown)),
        power=tuple(_list_power(plan, arms, unknown)),
        surrogate=surrogate,
        seen_at_end={
            arm.name: float(sums.change[0, -1, 0] / sums.subjects)
            for arm, sums in zip(design.arms, arms, strict=True)
        },
        parameter_set=plan.parameters.name,
        evidence_hash=plan.evidence,
        run_hash=plan.run_hash,
        sources=_gather_sources(plan, surrogate),
    )


def _gather_sources(plan: TrialPlan, surrogate: Sequence[SurrogateReading]) -> tuple[str, ...]:
    keys = [*plan.parameters.sources, *(fact.source for fact in plan.design.facts)]
    keys += [key for reading in surrogate if reading.fractures for key in reading.fractures.sources]
    return tuple(dict.fromkeys(keys))


def _describe_baseline(arm: DesignArm, sums: ChunkSums) -> ArmBaseline:
    names = ("age_years", "years_since_menopause", *(site.value for site in TRIAL_SITES))
    count, total, squares = sums.baseline.T
    variance = np.maximum(squares - total**2 / count, 0) / np.maximum(count - 1, 1)
    return ArmBaseline(
        arm=arm.name,
        subjects=sums.subjects,
        screened=sums.screened,
        means=dict(zip(names, (total / count).tolist(), strict=True)),
        sds=dict(zip(names, (variance ** (1 / 2)).tolist(), strict=True)),
    )


def _describe_course(design: TrialDesign, arm: DesignArm, sums: ChunkSums, index: int) -> VisitCourse:
    site = TRIAL_SITES[index]
    return VisitCourse(
        arm=arm.name,
        site=site,
        months=(0, *design.visits),
        change=tuple(estimate_mean(moments) for moments in sums.change[index]),
        published=_find_published(design, arm, site),
    )


def _find_published(design: TrialDesign, arm: DesignArm, site: Site) -> tuple[tuple[float, float], ...]:
    """Return what the mirrored trial printed for this arm and site: month and percent change from month 0."""
    if design.study is None or arm.published_arm is None:
        return ()
    facts = select_facts(
        "trial_outcomes",
        quantity="percent_change_from_baseline",
        study=design.study,
        arm=arm.published_arm,
        outcome=site.value,
    )
    points = {
        float(fact.keys["month"]): float(fact.value)
        for fact in facts
        if fact.role is not Role.CONTEXT
        and not float(fact.keys["baseline_month"] or 0)
        and not fact.keys["comparator"]
    }
    return tuple(sorted((month, value) for month, value in points.items() if month <= design.months))


def _read_published(design: TrialDesign, arm: DesignArm, endpoint: ChangeEndpoint) -> float | None:
    """Return the printed change nearest to a visit, none more than a few days away."""
    points = _find_published(design, arm, endpoint.site)
    near = [(abs(month - endpoint.month), value) for month, value in points]
    away, value = min(near, default=(_SAME_VISIT_MONTHS, 0.0))
    return value if away < _SAME_VISIT_MONTHS else None


Wanted = tuple[Site, int]


def _list_wanted_changes(design: TrialDesign) -> tuple[Wanted, ...]:
    wanted = [(one.site, one.month) for one in design.endpoints if isinstance(one, ChangeEndpoint)]
    if _has_surrogate(design):
        wanted.append((Site.TOTAL_HIP, _SURROGATE_MONTHS))
    return tuple(dict.fromkeys(wanted))


def _has_surrogate(design: TrialDesign) -> bool:
    return _SURROGATE_MONTHS in design.visits


Unknown = dict[tuple[str, Wanted], float]


def _simulate_unknown(plan: TrialPlan, wanted: Sequence[Wanted]) -> Unknown:
    """Return, by arm and change, the SD of what the model does not know of the difference from the control.

    Whole trials are drawn around the arm's mean woman, each with its own parameters and trial effects; the arms
    of one trial share them. The floor of the fit, what the structure misses, is added.
    """
    if not wanted:
        return {}
    load_engine()
    runs = [_follow_trials(plan, arm, wanted) for arm in plan.design.arms]
    control = runs[plan.design.control_index]
    floors = read_fit_settings().residual_sd
    found = {}
    for arm, run in zip(plan.design.arms, runs, strict=True):
        for place, own, other in zip(wanted, run, control, strict=True):
            spread = float((own.trials - other.trials).std(ddof=1))
            found[arm.name, place] = float(np.hypot(spread, floors[place[0].value]))
    return found


def _follow_trials(plan: TrialPlan, arm: DesignArm, wanted: Sequence[Wanted]) -> tuple[Change, ...]:
    design, drawn = plan.design, plan.candidates
    baseline = design.baseline
    t_scores = {
        site.value: baseline.t_score[site].mean
        if site in baseline.t_score and baseline.t_score[site].mean is not None
        else float(drawn.t_mean[index])
        for index, site in enumerate(TRIAL_SITES)
    }
    age = drawn.age_mean if baseline.age_years.mean is None else baseline.age_years.mean
    mean_woman = TrialArm(
        study=design.name,
        arm=arm.name,
        sequence=arm.sequence,
        history=baseline.history,
        population="postmenopausal",
        age_years=age,
        years_since_menopause=max(age - drawn.menopause_age_years, 0),
        baseline_t_scores={site: float(value) for site, value in t_scores.items() if value is not None},
        n=None,
    )
    settings = CohortSettings(subjects=1, trials=_MODEL_TRIALS, seed=design.seed)
    cohort = draw_cohort(mean_woman, plan.parameters, settings)
    return follow_cohort(cohort, [(site.value, month, 0) for site, month in wanted])


def _list_endpoints(plan: TrialPlan, arms: Sequence[ChunkSums], unknown: Unknown) -> list[ArmEndpoint]:
    return [
        _estimate_endpoint(plan, arms, unknown, index, arm_index)
        for index in range(len(plan.design.endpoints))
        for arm_index in range(len(arms))
    ]


def _estimate_endpoint(
    plan: TrialPlan, arms: Sequence[ChunkSums], unknown: Unknown, index: int, arm_index: int
) -> ArmEndpoint:
    design = plan.design
    arm, endpoint = design.arms[arm_index], design.endpoints[index]
    own, control = arms[arm_index], arms[design.control_index]
    compared = arm.name != design.control
    found = ArmEndpoint(arm=arm.name, endpoint=endpoint)
    if isinstance(endpoint, TimeEndpoint):
        return replace(found, times=describe_times(own.times[index], design.visits))
    if isinstance(endpoint, ShareEndpoint):
        contrast = compare_shares(own.values[index], control.values[index]) if compared else None
        return replace(found, estimate=estimate_share(own.values[index]), contrast=contrast)
    contrast = compare_means(
        own.values[index],
        control.values[index],
        pairing=find_pairing(own, control, index) if design.paired else 0,
        model_sd=unknown[arm.name, (endpoint.site, endpoint.month)],
    )
    return replace(
        found,
        estimate=estimate_mean(own.values[index]),
        contrast=contrast if compared else None,
        published=_read_published(design, arm, endpoint),
    )


def _list_power(plan: TrialPlan, arms: Sequence[ChunkSums], unknown: Unknown) -> list[ArmPower]:
    design = plan.design
    endpoint = design.primary_endpoint
    if isinstance(endpoint, TimeEndpoint):
        return []
    found = []
    for arm_index, arm in enumerate(design.arms):
        if arm.name != design.control:
            sample = _make_sample(plan, arms, unknown, endpoint, arm_index)
            planned = plan.arm_subjects[arm_index] + plan.arm_subjects[design.control_index]
            if sample is not None:
                rows = tabulate_power(sample, planned, seed=design.seed)
                found.append(ArmPower(arm=arm.name, rows=rows))
    return found


def _make_sample(
    plan: TrialPlan,
    arms: Sequence[ChunkSums],
    unknown: Unknown,
    endpoint: ChangeEndpoint | ShareEndpoint,
    arm_index: int,
) -> Sample | None:
    design, index = plan.design, plan.design.endpoints.index(endpoint)
    own, control = arms[arm_index].pool[index], arms[design.control_index].pool[index]
    if not (_has_spread(own) and _has_spread(control)):
        return None
    ratios = design.arms[arm_index].ratio, design.arms[design.control_index].ratio
    model_sd = 0.0
    if isinstance(endpoint, ChangeEndpoint):
        model_sd = unknown[design.arms[arm_index].name, (endpoint.site, endpoint.month)]
    return Sample(
        own=own,
        control=control,
        own_part=ratios[0] / sum(ratios),
        is_share=isinstance(endpoint, ShareEndpoint),
        model_sd=model_sd,
    )


def _has_spread(values: np.ndarray) -> bool:
    """Tell whether a sample holds two values or more, so that it has an SD."""
    return bool(np.isfinite(values).sum() > 1)


def _read_surrogate(plan: TrialPlan, arms: Sequence[ChunkSums], unknown: Unknown) -> list[SurrogateReading]:
    design = plan.design
    hip, visit = TRIAL_SITES.index(Site.TOTAL_HIP), 1 + design.visits.index(_SURROGATE_MONTHS)
    control = arms[design.control_index].change[hip, visit]
    found = []
    for arm, sums in zip(design.arms, arms, strict=True):
        model_sd = unknown[arm.name, (Site.TOTAL_HIP, _SURROGATE_MONTHS)]
        contrast = compare_means(sums.change[hip, visit], control, model_sd=model_sd)
        if arm.name != design.control and contrast is not None:
            found.append(_relate_fractures(design, arm, contrast))
    return found


def _relate_fractures(design: TrialDesign, arm: DesignArm, contrast: Contrast) -> SurrogateReading:
    if _is_treated(design.arms[design.control_index], _SURROGATE_MONTHS):
        silence = "The control took a drug by then; the published relation is against placebo."
        return SurrogateReading(arm=arm.name, contrast=contrast, fractures=None, silence=silence)
    try:
        return SurrogateReading(
            arm=arm.name, contrast=contrast, fractures=relate_fracture_risk(contrast.value)
        )
    except AbstainedError as outside:
        silence = f"The relation was published for differences of {outside.expected}. {outside.hint}"
        return SurrogateReading(arm=arm.name, contrast=contrast, fractures=None, silence=silence)


def _is_treated(arm: DesignArm, month: float) -> bool:
    """Tell whether an arm is given any drug before a month."""
    starts = accumulate((regimen.duration_months for regimen in arm.sequence.regimens), initial=0.0)
    pairs = zip(arm.sequence.regimens, starts, strict=False)
    return any(regimen.prescriptions and start < month for regimen, start in pairs)
