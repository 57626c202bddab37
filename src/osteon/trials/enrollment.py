"""Who is screened and who gets in: candidates whose enrolled mean is the one that a trial publishes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from osteon.densitometry import Maker, Sex, Site, compute_t_score, find_age_reference, find_reference_curve
from osteon.errors import BadInputError
from osteon.evidence import find_fact
from osteon.inference import find_precision_percent
from osteon.population import address_stream
from osteon.remodeling import ParameterSet
from osteon.trials.design import TRIAL_SITES, EnrolledBaseline, Inclusion, Limits, TrialDesign
from osteon.trials.women import find_correlation

__all__ = ["Candidates", "Subjects", "match_candidates", "screen_subjects"]

_POOL = 20_000
_ROUNDS = 40
_MOST_TURNS = 10_000
_AT_ONCE = 8
_SHOCKS = 1 + 2 * len(TRIAL_SITES)
_FEW = 20
_NEAR = 10**-1
_FARTHEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Whom a trial screens: age (years) and true T-scores by site, (3,), before any limit is applied.

    ``root`` (3, 3) correlates the sites; ``noise`` (3,) is the relative noise of one scan; ``young_mean`` and
    ``young_sd`` (g/cm2) make T-scores of BMD; ``menopause_age_years`` is when years since menopause begin.
    ``accepted`` is the share of candidates who get in.
    """

    age_mean: float
    age_sd: float
    menopause_age_years: float
    t_mean: np.ndarray
    t_sd: np.ndarray
    root: np.ndarray
    noise: np.ndarray
    young_mean: np.ndarray
    young_sd: np.ndarray
    accepted: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """N enrolled women: age and years since menopause (N,), true and scanned BMD in g/cm2 (3, N).

    ``screened`` (N,) counts the candidates seen to find each, her included.
    """

    age_years: np.ndarray
    years_since_menopause: np.ndarray
    true_bmd: np.ndarray
    scanned_bmd: np.ndarray
    screened: np.ndarray


def match_candidates(design: TrialDesign, parameters: ParameterSet) -> Candidates:
    """Find candidates whose enrolled means and SDs are those stated, by repeated screening of one pool.

    Raises ``BadInputError``: ``trial.nobody_enrolled`` when no one in a pool of many gets in,
    ``trial.baseline_out_of_reach`` when the limits keep the stated mean from being reached.
    """
    shocks = address_stream(design.seed, design.name, "screening pool").standard_normal((_SHOCKS, _POOL))
    stated = _read_stated(design.baseline)
    found = _start_candidates(design.baseline, parameters)
    seen, let_in = _screen(found, shocks, design.inclusion)
    _require_enrolled(let_in)
    for _ in range(_ROUNDS):
        moved = _shift_candidates(found, stated, seen, let_in)
        next_seen, next_in = _screen(moved, shocks, design.inclusion)
        if next_in.sum() < _FEW:
            break
        found, seen, let_in = moved, next_seen, next_in
    _require_reached(stated[0], _list_traits(found, seen)[:, let_in])
    return replace(found, accepted=float(let_in.mean()))


def _read_stated(baseline: EnrolledBaseline) -> tuple[np.ndarray, np.ndarray]:
    """Return the stated means and SDs of age and the three sites, NaN where nothing is stated."""
    spreads = [baseline.age_years, *(baseline.t_score.get(site) for site in TRIAL_SITES)]
    means = [np.nan if one is None or one.mean is None else one.mean for one in spreads]
    sds = [np.nan if one is None or one.sd is None else one.sd for one in spreads]
    return np.array(means, dtype=float), np.array(sds, dtype=float)


def _start_candidates(baseline: EnrolledBaseline, parameters: ParameterSet) -> Candidates:
    usual = find_fact("trial_cohorts", quantity="usual_mean", item="age_years").number
    age = usual if baseline.age_years.mean is None else baseline.age_years.mean
    since = baseline.years_since_menopause
    norms = np.array([_describe_norm(site, age) for site in TRIAL_SITES]).T
    t_mean, t_sd = _fill_sites(_read_stated(baseline), norms)
    between = np.array([[find_correlation(one, other) for other in TRIAL_SITES] for one in TRIAL_SITES])
    curves = [find_reference_curve(Maker.HOLOGIC, site) for site in TRIAL_SITES]
    return Candidates(
        age_mean=age,
        age_sd=baseline.age_years.sd or _read_spread("age_years"),
        menopause_age_years=parameters.values["menopause_age_years"] if since is None else age - since,
        t_mean=t_mean,
        t_sd=t_sd,
        root=np.linalg.cholesky(between),
        noise=np.array([_find_noise(site, parameters) for site in TRIAL_SITES]),
        young_mean=np.array([curve.young_mean_g_cm2 for curve in curves]),
        young_sd=np.array([curve.young_sd_g_cm2 for curve in curves]),
    )


def _find_noise(site: Site, parameters: ParameterSet) -> float:
    """Return the relative noise of one scan: precision, and the drift of a person's scans over years."""
    drift = parameters.variability.get(f"long_term_{site.value}", 0)
    return float(np.hypot(find_precision_percent(site.value) / 100, drift))


def _read_spread(item: str) -> float:
    return find_fact("trial_cohorts", quantity="spread_among_subjects", item=item).number


def _describe_norm(site: Site, age_years: float) -> tuple[float, float]:
    """Return mean and SD of the T-scores of women of an age."""
    curve = find_reference_curve(Maker.HOLOGIC, site)
    group = find_age_reference(Maker.HOLOGIC, site, Sex.FEMALE, age_years)
    return compute_t_score(group.mean_g_cm2, curve), group.sd_g_cm2 / curve.young_sd_g_cm2


def _fill_sites(stated: tuple[np.ndarray, np.ndarray], norms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take what is stated; a site left out follows the nearest site that is stated, else women of that age."""
    means, sds = stated[0][1:], stated[1][1:]
    known = [index for index, mean in enumerate(means) if np.isfinite(mean)]
    filled_mean, filled_sd = norms[0].copy(), norms[1].copy()
    for index, site in enumerate(TRIAL_SITES):
        if index in known:
            filled_mean[index] = means[index]
            filled_sd[index] = sds[index] if np.isfinite(sds[index]) else _read_spread(site.value)
        elif known:
            nearest = max(known, key=lambda other: find_correlation(site, TRIAL_SITES[other]))
            with_it = find_correlation(site, TRIAL_SITES[nearest])
            z = (means[nearest] - norms[0, nearest]) / norms[1, nearest]
            filled_mean[index] = norms[0, index] + norms[1, index] * with_it * z
            filled_sd[index] = _read_spread(site.value)
    return filled_mean, filled_sd


def _screen(candidates: Candidates, shocks: np.ndarray, inclusion: Inclusion) -> tuple[Subjects, np.ndarray]:
    """Turn standard normal ``shocks`` (7, N) into candidates, and tell who gets in."""
    age = candidates.age_mean + candidates.age_sd * shocks[0]
    scan_t = candidates.noise * (candidates.young_mean + candidates.t_mean * candidates.young_sd)
    own_sd = np.sqrt(np.maximum(candidates.t_sd**2 - (scan_t / candidates.young_sd) ** 2, 0))
    # Sums in a fixed order: a matrix product may take another kernel on another machine.
    together = np.array(
        [sum(w * s for w, s in zip(row, shocks[1:4], strict=True)) for row in candidates.root]
    )
    true_t = candidates.t_mean[:, None] + own_sd[:, None] * together
    true_bmd = candidates.young_mean[:, None] + true_t * candidates.young_sd[:, None]
    seen = Subjects(
        age_years=age,
        years_since_menopause=np.maximum(age - candidates.menopause_age_years, 0),
        true_bmd=true_bmd,
        scanned_bmd=true_bmd * (1 + candidates.noise[:, None] * shocks[4:]),
        screened=np.ones(len(age), dtype=np.int64),
    )
    return seen, _let_in(seen, _score(candidates, seen.scanned_bmd), inclusion)


def _score(candidates: Candidates, bmd: np.ndarray) -> np.ndarray:
    return np.asarray((bmd - candidates.young_mean[:, None]) / candidates.young_sd[:, None])


def _let_in(seen: Subjects, t_scores: np.ndarray, inclusion: Inclusion) -> np.ndarray:
    fits = _is_within(seen.age_years, inclusion.age_years)
    fits &= _is_within(seen.years_since_menopause, inclusion.years_since_menopause)
    for site, limits in inclusion.t_score_all.items():
        fits &= _is_within(t_scores[TRIAL_SITES.index(site)], limits)
    if inclusion.t_score_any:
        fits &= np.any(
            [
                _is_within(t_scores[TRIAL_SITES.index(s)], limits)
                for s, limits in inclusion.t_score_any.items()
            ],
            axis=0,
        )
    return fits


def _is_within(values: np.ndarray, limits: Limits | None) -> np.ndarray:
    if limits is None:
        return np.ones(len(values), dtype=bool)
    return np.asarray((values >= limits.low) & (values <= limits.high))


def _list_traits(candidates: Candidates, seen: Subjects) -> np.ndarray:
    """Return age and the scanned T-scores, (4, N)."""
    return np.vstack([seen.age_years, _score(candidates, seen.scanned_bmd)])


def _shift_candidates(
    candidates: Candidates, stated: tuple[np.ndarray, np.ndarray], seen: Subjects, let_in: np.ndarray
) -> Candidates:
    """Move each stated mean by what is missing, and each stated SD by the ratio missing, within bounds."""
    enrolled = _list_traits(candidates, seen)[:, let_in]
    means, sds = stated
    missing = np.where(np.isfinite(means), means - enrolled.mean(axis=1), 0)
    ratio = np.where(np.isfinite(sds), sds / enrolled.std(axis=1), 1)
    now_mean = np.array([candidates.age_mean, *candidates.t_mean])
    now_sd = np.array([candidates.age_sd, *candidates.t_sd])
    widest = np.where(np.isfinite(sds), 2 * sds, now_sd)
    new_sd = np.minimum(now_sd * np.clip(ratio, 1 / 2, 2), widest)
    center = np.where(np.isfinite(means), means, now_mean)
    away = _FARTHEST * new_sd
    new_mean = np.clip(now_mean + missing, center - away, center + away)
    return replace(
        candidates, age_mean=float(new_mean[0]), age_sd=float(new_sd[0]), t_mean=new_mean[1:], t_sd=new_sd[1:]
    )


def _require_enrolled(let_in: np.ndarray) -> None:
    if let_in.sum() < _FEW:
        raise BadInputError(
            code="trial.nobody_enrolled",
            field="inclusion",
            got=f"{int(let_in.sum())} of {len(let_in)} screened",
            expected=f"{_FEW} or more",
            hint="Widen the limits, or state a baseline that lies within them.",
        )


def _require_reached(means: np.ndarray, enrolled: np.ndarray) -> None:
    """Refuse limits that keep the enrolled further than a tenth of an SD from what is stated of them."""
    far = np.abs(means - enrolled.mean(axis=1)) > _NEAR * enrolled.std(axis=1)
    if far.any():
        index = int(np.flatnonzero(far)[0])
        names = ("age_years", *(f"t_score.{site.value}" for site in TRIAL_SITES))
        raise BadInputError(
            code="trial.baseline_out_of_reach",
            field=f"baseline.{names[index]}, mean",
            got=f"{means[index]:g}, with limits that enroll a mean of {enrolled[index].mean():.2f}",
            expected="a mean that the limits of inclusion let through",
            hint="The stated mean is that of the enrolled. Move it, or widen the limits.",
        )


def screen_subjects(
    candidates: Candidates, inclusion: Inclusion, *, seed: int, address: str, count: int
) -> Subjects:
    """Screen candidates for ``count`` places at once, each place with its own candidates, until all are filled.

    Who takes a place depends on (seed, address, place) and on no other place.
    """
    found = np.empty((2 + 2 * len(TRIAL_SITES), count))
    screened, is_open = np.zeros(count, dtype=np.int64), np.ones(count, dtype=bool)
    for turn in range(_MOST_TURNS):
        stream = address_stream(seed, address, f"screening {turn}")
        shocks = stream.standard_normal((_SHOCKS, _AT_ONCE * count))
        seen, let_in = _screen(candidates, shocks, inclusion)
        let_in = let_in.reshape(_AT_ONCE, count)
        first, filled = let_in.argmax(axis=0), is_open & let_in.any(axis=0)
        traits = np.vstack([seen.age_years, seen.years_since_menopause, seen.true_bmd, seen.scanned_bmd])
        found[:, filled] = traits.reshape(-1, _AT_ONCE, count)[:, first[filled], np.flatnonzero(filled)]
        screened += np.where(filled, first + 1, np.where(is_open, _AT_ONCE, 0))
        is_open &= ~filled
        if not is_open.any():
            break
    _require_filled(is_open)
    age, since, true_bmd, scanned_bmd = np.split(found, (1, 2, 2 + len(TRIAL_SITES)))
    return Subjects(
        age_years=age[0],
        years_since_menopause=since[0],
        true_bmd=true_bmd,
        scanned_bmd=scanned_bmd,
        screened=screened,
    )


def _require_filled(is_open: np.ndarray) -> None:
    if is_open.any():
        raise BadInputError(
            code="trial.nobody_enrolled",
            field="inclusion",
            got=f"{_MOST_TURNS * _AT_ONCE} screened for one place",
            expected="someone who gets in",
            hint="Widen the limits: hardly anyone meets them.",
        )
