"""A virtual arm: subjects around its published means, and whole trials that could have been run instead of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from osteon.densitometry import Site
from osteon.evidence import find_fact
from osteon.inference import (
    TrialArm,
    compare_to_line,
    describe_person,
    lay_out_sequence,
    read_fit_settings,
)
from osteon.population import (
    VirtualPatients,
    address_stream,
    draw_virtual_patients,
    join_virtual_patients,
)
from osteon.remodeling import Covariates, Outcomes, ParameterSet
from osteon.trials.course import BLOCKS_PER_MONTH, run_course

__all__ = [
    "MARKERS",
    "Change",
    "Cohort",
    "CohortSettings",
    "draw_cohort",
    "follow_cohort",
    "spread_covariates",
]

MARKERS = frozenset({"ctx", "p1np"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortSettings:
    """How many virtual subjects an arm has, how many whole trials its interval rests on, and the seed.

    ``typical`` switches every draw off: each subject is the typical one, for figures and tests.
    """

    subjects: int = 960
    trials: int = 64
    seed: int = 1
    typical: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """One arm with its lanes: ``settings.subjects`` subjects first, then one typical subject per virtual trial.

    The subjects have the fitted parameters; each virtual trial has its own draw of the parameters and of the
    trial effects of the fit. Two arms of a study share subjects and trials, so that a difference between arms is
    not blurred by the draw.
    """

    arm: TrialArm
    lanes: VirtualPatients
    parameters: ParameterSet
    settings: CohortSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Percent change of one outcome between two months: ``subjects`` (N,) and ``trials`` (M,)."""

    subjects: np.ndarray
    trials: np.ndarray


def draw_cohort(arm: TrialArm, parameters: ParameterSet, settings: CohortSettings) -> Cohort:
    """Draw the subjects and the virtual trials of an arm, addressed by (seed, study)."""
    mean = describe_person(arm, parameters.values)
    stream = address_stream(settings.seed, arm.study, "baseline")
    spread = 0 if settings.typical else 1
    subjects = draw_virtual_patients(
        replace(parameters, covariance=parameters.covariance * 0),
        spread_covariates(mean, spread * stream.standard_normal((3, settings.subjects))),
        draws=1,
        per_draw=settings.subjects,
        seed=settings.seed,
        patient=arm.study,
        typical=settings.typical,
    )
    trials = draw_virtual_patients(
        replace(parameters, variability=_read_trial_effects()),
        mean,
        draws=settings.trials,
        per_draw=1,
        seed=settings.seed,
        patient=f"trial {arm.study}",
        typical=settings.typical,
    )
    lanes = join_virtual_patients((subjects, trials))
    return Cohort(arm=arm, lanes=lanes, parameters=parameters, settings=settings)


@cache
def _read_trial_effects() -> Mapping[str, float]:
    """Return the trial-to-trial SD of each effect; sensitivity speaks for both families, as in the fit."""
    effects = dict(read_fit_settings().effect_sd)
    return effects | {"formation": effects["sensitivity"]}


def spread_covariates(mean: Covariates, shocks: np.ndarray) -> Covariates:
    """Spread subjects around ``mean`` by standard normal ``shocks`` (3, N): age, spine, and hip beside the spine."""
    age, spine, own = shocks
    with_spine = _read_correlation()
    hip = with_spine * spine + (1 - with_spine**2) ** (1 / 2) * own
    years = _read_spread("age_years") * age
    return Covariates(
        age_years=mean.age_years + years,
        years_since_menopause=np.maximum(mean.years_since_menopause + years, 0),
        spine_bmd_ratio=mean.spine_bmd_ratio + _measure_step(Site.LUMBAR_SPINE) * spine,
        hip_bmd_ratio=mean.hip_bmd_ratio + _measure_step(Site.TOTAL_HIP) * hip,
    )


def _measure_step(site: Site) -> float:
    """Return what one SD among subjects is worth on the scale of the BMD ratio."""
    return _read_spread(site.value) * (compare_to_line(site, 1) - compare_to_line(site, 0))


@cache
def _read_spread(item: str) -> float:
    return find_fact("trial_cohorts", quantity="spread_among_subjects", item=item).number


@cache
def _read_correlation() -> float:
    keys = {"item": "lumbar_spine", "other": "total_hip"}
    return find_fact("trial_cohorts", quantity="correlation_of_t_scores", **keys).number


def follow_cohort(cohort: Cohort, reads: Sequence[tuple[str, float, float]]) -> tuple[Change, ...]:
    """Run a cohort and return its change for each (outcome, month, month of the baseline).

    Months may be fractions: a marker is read where the visit stands between two doses.
    """
    if not reads:
        return ()
    months = int(np.ceil(max(max(month, baseline) for _, month, baseline in reads)))
    parameters, arm = cohort.parameters, cohort.arm
    table, before = lay_out_sequence(parameters, arm.sequence, arm.history, max(months, 1))
    course = run_course(cohort.lanes, table)[before * BLOCKS_PER_MONTH :]
    relative = course / course[0]
    return tuple(_read_change(cohort, relative, *read) for read in reads)


def _read_change(
    cohort: Cohort, relative: np.ndarray, outcome: str, month: float, baseline_month: float
) -> Change:
    row = Outcomes._fields.index(outcome)
    now, then = (_interpolate(relative[:, row], m) for m in (month, baseline_month))
    if outcome not in MARKERS:
        response = cohort.lanes.site_response[row]
        now, then = 1 + (now - 1) * response, 1 + (then - 1) * response
    change = 100 * (now / then - 1)
    count = cohort.settings.subjects
    return Change(subjects=change[:count], trials=change[count:])


def _interpolate(course: np.ndarray, month: float) -> np.ndarray:
    exact = month * BLOCKS_PER_MONTH
    before = min(int(np.floor(exact)), len(course) - 1)
    after = min(before + 1, len(course) - 1)
    return np.asarray(course[before] + (exact - before) * (course[after] - course[before]), dtype=float)
