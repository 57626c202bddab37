"""A real patient: who, which scans, which treatment before, and what bears on the choice of a drug."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from osteon.densitometry import (
    CENTRAL_SITES,
    Maker,
    ScoreBasis,
    ScoreKind,
    Sex,
    Site,
    classify_scans,
    compute_areal_bmd,
    compute_t_score,
    default_precision_error,
    find_age_reference,
    find_reference_curve,
)
from osteon.errors import AbstainedError
from osteon.inference.arm_batch import compare_to_line
from osteon.remodeling import Covariates
from osteon.therapy import PatientContext

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from osteon.densitometry import Classification, Person, ReferenceCurve, Scan, SiteResult
    from osteon.inference.readings import Injection, MarkerReading
    from osteon.therapy import Sequence

__all__ = [
    "Baseline",
    "Patient",
    "SiteBaseline",
    "describe_group",
    "name_context",
    "read_baseline",
    "read_covariates",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is known of one patient at the day the forecast starts, ``as_of``: by default that of the newest scan.

    ``history`` is the treatment before that day, oldest first, ending on that day; with ``history_start`` it runs
    from there instead, and what is left until ``as_of`` is without a drug. ``injections`` are the doses really
    given; they replace the regular dose days of their drug in the history. All scans are kept, of any site and day.
    """

    patient_id: str
    person: Person
    scans: tuple[Scan, ...]
    history: Sequence | None = None
    history_start: date | None = None
    markers: tuple[MarkerReading, ...] = ()
    injections: tuple[Injection, ...] = ()
    as_of: date | None = None
    context: PatientContext = field(default_factory=PatientContext)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteBaseline:
    """Where a site starts: measured T-score and BMD (g/cm2), and the true BMD given that measurement.

    ``true_mean`` and ``true_sd`` (g/cm2) combine the scan with the spread of BMD among people of the same sex
    and age, so that a low reading regresses to the mean as far as its precision error allows.
    """

    site: Site
    t_score: float
    areal_bmd_g_cm2: float
    precision_error_g_cm2: float
    true_mean_g_cm2: float
    true_sd_g_cm2: float
    young_mean_g_cm2: float
    young_sd_g_cm2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The start of a forecast: every valid diagnostic site, the person's covariates and the classification.

    ``scans`` are those that the sites were read from, in their order.
    """

    sites: tuple[SiteBaseline, ...]
    scans: tuple[Scan, ...]
    person: Covariates
    classification: Classification
    sources: tuple[str, ...]


def read_baseline(patient: Patient, scale: Mapping[str, float]) -> Baseline:
    """Read the newest scan of each diagnostic site.

    Raises ``AbstainedError`` (``forecast.outside_domain``) for premenopausal women and men under 50, and
    ``forecast.no_site`` when no diagnostic site has a T-score.
    """
    scans = _keep_newest(patient.scans)
    classification = classify_scans(scans, patient.person)
    if classification.score_kind is not ScoreKind.T_SCORE:
        raise AbstainedError(
            code="forecast.outside_domain",
            field="Patient.person",
            got=f"{patient.person.sex}, {patient.person.age_years:g} years, read by Z-scores",
            expected="a postmenopausal woman, or a man of 50 or more",
            hint="No forecast is made where T-scores do not apply; look for secondary causes instead.",
        )
    by_place = {(scan.site, scan.side): scan for scan in scans}
    lowest = _keep_lowest(classification)
    chosen = tuple(by_place[result.site, result.side] for result in lowest)
    sites = tuple(
        _read_site(scan, result, patient.person) for scan, result in zip(chosen, lowest, strict=True)
    )
    if not sites:
        raise AbstainedError(
            code="forecast.no_site",
            field="Patient.scans",
            got=", ".join(scan.site for scan in scans) or "none",
            expected="a T-score at the lumbar spine, total hip or femoral neck",
            hint="The forearm is not forecast: it responds unlike the hip and spine.",
        )
    return Baseline(
        sites=sites,
        scans=chosen,
        person=read_covariates(patient.person, sites, scale),
        classification=classification,
        sources=classification.sources,
    )


def _keep_lowest(classification: Classification) -> tuple[SiteResult, ...]:
    """Keep the lower side of each diagnostic site that has a T-score."""
    lowest: dict[Site, SiteResult] = {}
    for result in classification.sites:
        known = lowest.get(result.site)
        if result.score is None or result.site not in CENTRAL_SITES:
            continue
        if known is None or known.score is None or result.score < known.score:
            lowest[result.site] = result
    return tuple(lowest[site] for site in CENTRAL_SITES if site in lowest)


def _keep_newest(scans: Iterable[Scan]) -> tuple[Scan, ...]:
    """Keep every scan of the newest visit at each site (an undated scan counts as oldest)."""
    kept = tuple(scans)
    newest = {site: max(_day(scan) for scan in kept if scan.site is site) for site in {s.site for s in kept}}
    return tuple(scan for scan in kept if _day(scan) == newest[scan.site])


def _day(scan: Scan) -> int:
    return scan.date.toordinal() if scan.date else 0


def _read_site(scan: Scan, result: SiteResult, person: Person) -> SiteBaseline:
    maker = scan.maker if scan.maker in {Maker.HOLOGIC, Maker.GE_LUNAR} else Maker.HOLOGIC
    curve = find_reference_curve(maker, scan.site)
    t_score = 0.0 if result.score is None else result.score
    usable = result.basis is ScoreBasis.COMPUTED and scan.maker is maker
    measured = scan.areal_bmd_g_cm2 if usable else None
    bmd = compute_areal_bmd(t_score, curve) if measured is None else measured
    error = scan.precision_error_g_cm2 or default_precision_error(scan.site).fraction * bmd
    mean, sd = _shrink(bmd, error, scan.site, person, curve)
    return SiteBaseline(
        site=scan.site,
        t_score=t_score,
        areal_bmd_g_cm2=bmd,
        precision_error_g_cm2=error,
        true_mean_g_cm2=mean,
        true_sd_g_cm2=sd,
        young_mean_g_cm2=curve.young_mean_g_cm2,
        young_sd_g_cm2=curve.young_sd_g_cm2,
    )


def _shrink(
    bmd: float, error: float, site: Site, person: Person, curve: ReferenceCurve
) -> tuple[float, float]:
    """Combine a measurement with the age group, in T-score units so that every maker can use the one reference."""
    hologic = find_reference_curve(Maker.HOLOGIC, site)
    group = find_age_reference(Maker.HOLOGIC, site, person.sex, person.age_years)
    group_t = compute_t_score(group.mean_g_cm2, hologic)
    group_sd, error_t = group.sd_g_cm2 / hologic.young_sd_g_cm2, error / curve.young_sd_g_cm2
    weight = group_sd**2 / (group_sd**2 + error_t**2)
    true_t = weight * compute_t_score(bmd, curve) + (1 - weight) * group_t
    return compute_areal_bmd(true_t, curve), float(np.sqrt(weight)) * error


def describe_group(site: SiteBaseline, sex: Sex, age_years: float) -> tuple[float, float]:
    """Return mean and SD of BMD (g/cm2) among people of that sex and age, on the scale of a site's scanner."""
    hologic = find_reference_curve(Maker.HOLOGIC, site.site)
    group = find_age_reference(Maker.HOLOGIC, site.site, sex, age_years)
    mean = site.young_mean_g_cm2 + compute_t_score(group.mean_g_cm2, hologic) * site.young_sd_g_cm2
    return mean, group.sd_g_cm2 / hologic.young_sd_g_cm2 * site.young_sd_g_cm2


def read_covariates(
    person: Person, sites: tuple[SiteBaseline, ...], scale: Mapping[str, float]
) -> Covariates:
    """Age, years since menopause (men and unstated: counted from the usual age), spine BMD against the -2.5 line."""
    assumed = max(person.age_years - scale["menopause_age_years"], 1)
    stated = person.years_since_menopause
    years = assumed if stated is None else stated
    t_scores = {s.site: (s.true_mean_g_cm2 - s.young_mean_g_cm2) / s.young_sd_g_cm2 for s in sites}
    return Covariates(
        age_years=person.age_years,
        years_since_menopause=years if person.sex is Sex.FEMALE else max(years, scale["menopause_age_years"]),
        spine_bmd_ratio=_compare(t_scores, (Site.LUMBAR_SPINE,), scale["nominal_t_score_spine"]),
        hip_bmd_ratio=_compare(t_scores, (Site.TOTAL_HIP, Site.FEMORAL_NECK), scale["nominal_t_score_hip"]),
    )


def _compare(t_scores: Mapping[Site, float], sites: tuple[Site, ...], usual: float) -> float:
    """Compare the first measured of ``sites`` with the osteoporosis line; the usual T-score when none was."""
    t_score = next((t_scores[site] for site in sites if site in t_scores), usual)
    return compare_to_line(sites[0], t_score)


def name_context(patient: Patient) -> PatientContext:
    """Return the therapy context with what the patient record already says filled in."""
    context = patient.context
    return replace(
        context,
        age_years=patient.person.age_years if context.age_years is None else context.age_years,
        male=patient.person.sex is Sex.MALE if context.male is None else context.male,
        history=patient.history if context.history is None else context.history,
    )
