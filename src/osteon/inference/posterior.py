"""Which virtual patients one patient could be, given everything measured: weighed, refined and drawn again.

Virtual patients are drawn from the prior, run through the patient's own past and weighed by how well they explain
the scans and markers. Where too few carry the weight, more are drawn near those that do: a linear map from the
departures of a person to what is measured gives the next proposal, and every virtual patient is weighed against the
mixture of all proposals made, so that the answer stays that of the prior and the data.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from osteon.evidence import find_fact
from osteon.inference.layout import lay_out_therapy
from osteon.inference.past import read_near_months
from osteon.inference.patient import describe_group, read_covariates
from osteon.inference.posterior_cloud import Cloud, Question, count_dimensions, join_clouds, simulate_cloud
from osteon.inference.posterior_markers import gather_marker_evidence, list_marker_sources
from osteon.inference.posterior_proposal import Proposal, measure_density, propose_next
from osteon.inference.posterior_scans import gather_site_evidence, list_usable_scans
from osteon.population import VirtualPatients, address_stream, draw_parameters, take_lanes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from osteon.densitometry import Scan
    from osteon.inference.bank import BankSettings
    from osteon.inference.past import Past
    from osteon.inference.patient import Baseline, Patient, SiteBaseline
    from osteon.inference.posterior_scans import SiteEvidence
    from osteon.remodeling import Covariates, ParameterSet

__all__ = ["Posterior", "infer_posterior", "needs_posterior", "pose_question"]

_ROUND_SIZE = 2
_SHARE_WANTED = 2 / 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posterior:
    """How the bank was made from the data.

    ``effective_sample_size`` is that of the weighted virtual patients before they were drawn again with equal
    weight; ``rounds`` counts refinements; ``log_evidence`` is the log density of the data under the model.
    ``start_mean`` and ``start_sd`` (sites, N) are of the BMD that each virtual patient starts the forecast from
    (g/cm2). ``pauses`` (2, N) are the months of the clock in which each took nothing of the history.
    """

    effective_sample_size: float
    rounds: int
    scans_used: int
    markers_used: int
    log_evidence: float
    notes: tuple[str, ...]
    start_mean: NDArray[np.float64]
    start_sd: NDArray[np.float64]
    pauses: NDArray[np.float64] | None
    sources: tuple[str, ...] = ()


def needs_posterior(patient: Patient, baseline: Baseline, past: Past) -> bool:
    """Tell whether there is more than one visit's scans: an earlier scan, or a marker."""
    newest = {scan.site: scan for scan in baseline.scans}
    near = read_near_months()
    earlier = (
        scan.date != newest[scan.site].date or past.count_months(scan.date) > near
        for scan in patient.scans
        if scan.site in newest
    )
    return bool(patient.markers) or any(earlier)


def infer_posterior(
    patient: Patient, baseline: Baseline, past: Past, parameters: ParameterSet, settings: BankSettings
) -> tuple[VirtualPatients, Posterior]:
    """Return the equally weighted virtual patients that this patient could be, and how they were found."""
    notes: list[str] = []
    question = pose_question(patient, baseline, past, parameters, settings, notes)
    proposals = [Proposal.make_prior(count_dimensions(past), settings.draws * settings.per_draw)]
    cloud = simulate_cloud(question, proposals[0], 0)
    weights, evidence = _weigh(cloud, proposals)
    wanted = _read_wanted(settings)
    while (size := _count_effective(weights)) < wanted and len(proposals) <= _read_rounds():
        count = _ROUND_SIZE * settings.draws * settings.per_draw
        proposals.append(propose_next(question, cloud, weights, count))
        fresh = simulate_cloud(question, proposals[-1], len(proposals) - 1)
        cloud = join_clouds((cloud, fresh))
        weights, evidence = _weigh(cloud, proposals)
    if size < wanted:
        notes.append(
            f"The data are unlike what the model expects: the answer rests on {size:.0f} effective virtual "
            f"patients where {wanted:.0f} were wanted, and its chances are rough."
        )
    kept = _draw_again(weights, cloud.virtual.draw, question)
    posterior = Posterior(
        effective_sample_size=size,
        rounds=len(proposals) - 1,
        scans_used=sum(len(site.scans) for site in question.sites),
        markers_used=sum(len(marker.values) for marker in question.markers),
        log_evidence=evidence,
        notes=tuple(notes),
        start_mean=cloud.start_mean[:, kept],
        start_sd=cloud.start_sd[:, kept],
        pauses=None if cloud.pauses is None else cloud.pauses[:, kept],
        sources=list_marker_sources(question.markers),
    )
    # Blocks of neighbors stand for the parameter draws: equal in size, as the interval of a chance needs them.
    blocks = np.repeat(np.arange(settings.draws), settings.per_draw)
    return replace(take_lanes(cloud.virtual, kept), draw=blocks), posterior


@cache
def _read_rounds() -> int:
    return int(find_fact("posterior_rules", quantity="rounds", rule="most_rounds").number)


def _read_wanted(settings: BankSettings) -> float:
    """Return the effective number of virtual patients wanted; a small bank cannot hold as many."""
    wanted = find_fact("posterior_rules", quantity="effective_sample_size", rule="refine_below").number
    return min(wanted, _SHARE_WANTED * settings.draws * settings.per_draw)


def pose_question(
    patient: Patient,
    baseline: Baseline,
    past: Past,
    parameters: ParameterSet,
    settings: BankSettings,
    notes: list[str],
) -> Question:
    """Lay everything known of a patient out as one question; what had to be left out is added to ``notes``."""
    sites = []
    for site, newest in zip(baseline.sites, baseline.scans, strict=True):
        scans, unused = list_usable_scans(patient.scans, newest, patient.person)
        found = gather_site_evidence(
            site, newest, scans, person=patient.person, past=past, parameters=parameters
        )
        sites.append(found)
        notes += _remark_scans(found, unused)
    markers = gather_marker_evidence(
        patient.markers, past=past, context=patient.context, parameters=parameters
    )
    deficient = patient.context.vitamin_d_deficiency is True
    table, before = lay_out_therapy(parameters, past, None, 0, deficient=deficient)
    return Question(
        patient_id=patient.patient_id,
        person=_describe_start(patient, tuple(sites), past, parameters),
        parameters=parameters,
        lines=draw_parameters(parameters, draws=settings.draws, seed=settings.seed),
        count=settings.draws * settings.per_draw,
        seed=settings.seed,
        past=past,
        table=table,
        before=before,
        sites=tuple(sites),
        markers=markers,
    )


def _remark_scans(found: SiteEvidence, unused: tuple[Scan, ...]) -> list[str]:
    name = found.site.site.replace("_", " ")
    notes = []
    if unused:
        notes.append(f"Scans of the {name} left out for want of a date or a usable score: {len(unused)}.")
    others = sum(scan.group > 0 for scan in found.scans)
    if others:
        notes.append(
            f"Scans of the {name} that cannot be compared with the newest one: {others}. "
            "They say little about change."
        )
    return notes


def _describe_start(
    patient: Patient, sites: tuple[SiteEvidence, ...], past: Past, parameters: ParameterSet
) -> Covariates:
    """Return the person's covariates when the clock starts, with the BMD of each site's first scan."""
    first = tuple(_shrink_first(site, patient, past) for site in sites)
    person = read_covariates(patient.person, first, parameters.values)
    years = past.months / 12
    return replace(
        person,
        age_years=person.age_years - years,
        years_since_menopause=max(person.years_since_menopause - years, 0),
    )


def _shrink_first(site: SiteEvidence, patient: Patient, past: Past) -> SiteBaseline:
    scan = site.scans[0]
    age = patient.person.age_years - past.count_months(scan.scan.date) / 12
    mean, sd = describe_group(site.site, patient.person.sex, age)
    weight = sd**2 / (sd**2 + scan.error**2 + scan.offset_sd**2 + site.wander_var)
    return replace(site.site, true_mean_g_cm2=weight * scan.bmd + (1 - weight) * mean)


def _weigh(cloud: Cloud, proposals: list[Proposal]) -> tuple[NDArray[np.float64], float]:
    """Return weights that sum to 1, against the mixture of all proposals, and the log evidence."""
    prior = Proposal.make_prior(cloud.normals.shape[1], 1)
    log_weight = (
        cloud.log_likelihood
        + measure_density([prior], cloud.normals)
        - measure_density(proposals, cloud.normals)
    )
    most = float(log_weight.max())
    weights = np.exp(log_weight - most)
    return weights / weights.sum(), most + float(np.log(weights.mean()))


def _count_effective(weights: NDArray[np.float64]) -> float:
    return float(1 / (weights**2).sum())


def _draw_again(weights: NDArray[np.float64], draw: NDArray[np.int_], question: Question) -> NDArray[np.int_]:
    """Draw lanes in proportion to their weight, systematically, in the order of their parameter draw."""
    order = np.argsort(draw, kind="stable")
    count = question.count
    stream = address_stream(question.seed, question.patient_id, "resampling")
    ladder = np.cumsum(weights[order])
    rungs = (np.arange(count) + stream.random()) / count * ladder[-1]
    return np.asarray(order[np.minimum(np.searchsorted(ladder, rungs), len(order) - 1)])
