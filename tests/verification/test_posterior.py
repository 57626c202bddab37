"""Is the posterior's mathematics right? Closed forms against integrals, and refinement against brute force."""

from datetime import date, timedelta

import numpy as np
import pytest
from scipy import integrate, stats

from osteon.densitometry import Maker, Person, Scan, Sex, Site
from osteon.inference import BankSettings, Marker, MarkerReading, Patient, read_baseline
from osteon.inference.past import lay_out_past
from osteon.inference.posterior import infer_posterior, pose_question
from osteon.inference.posterior_cloud import simulate_cloud
from osteon.inference.posterior_proposal import Proposal, measure_density
from osteon.population import DEPARTURES
from osteon.remodeling import load_parameter_set
from osteon.therapy import parse_sequence

TODAY = date(2026, 11, 1)
MANY = 16384


def before(years):
    return TODAY - timedelta(days=round(365.25 * years))


def describe(*hip, maker_first=Maker.HOLOGIC, markers=()):
    """A patient on denosumab with a hip scan a year, the newest last."""
    makers = [maker_first, *[Maker.HOLOGIC] * (len(hip) - 1)]
    scans = tuple(
        Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=bmd, maker=maker, date=before(len(hip) - 1 - index))
        for index, (bmd, maker) in enumerate(zip(hip, makers, strict=True))
    )
    return Patient(
        patient_id="ann",
        person=Person(sex=Sex.FEMALE, age_years=70, years_since_menopause=20),
        scans=scans,
        markers=tuple(
            MarkerReading(
                marker=Marker.CTX, value=value, date=before(years), assay=assay, fasting_morning=True
            )
            for years, value, assay in markers
        ),
        history=parse_sequence("denosumab for 24 months"),
    )


def pose(patient, settings):
    parameters = load_parameter_set()
    baseline, past = read_baseline(patient, parameters.values), lay_out_past(patient)
    return pose_question(patient, baseline, past, parameters, settings, [])


def infer(patient, settings):
    parameters = load_parameter_set()
    baseline, past = read_baseline(patient, parameters.values), lay_out_past(patient)
    return infer_posterior(patient, baseline, past, parameters, settings)


@pytest.mark.parametrize("maker_first", [Maker.HOLOGIC, Maker.GE_LUNAR])
def test_the_scans_of_a_known_course_are_weighed_as_the_integral_over_bmd(maker_first):
    (site,) = pose(
        describe(0.60, 0.63, 0.62, maker_first=maker_first), BankSettings(draws=1, per_draw=1)
    ).sites
    rho = np.array([1.0, 1.04, 1.05])
    weight, mean, sd = (float(found[0]) for found in site.weigh(rho[:, None]))
    scatter = stats.multivariate_normal(np.zeros(3), site.make_covariance())
    prior = stats.norm(site.prior_mean, site.prior_var**0.5)

    def density(bmd, power=0):
        return bmd**power * prior.pdf(bmd) * scatter.pdf(site.values - bmd * rho)

    moments = [
        integrate.quad(density, mean - 12 * sd, mean + 12 * sd, args=(power,))[0] for power in range(3)
    ]
    assert weight == pytest.approx(np.log(moments[0]), abs=1e-7)
    assert mean == pytest.approx(moments[1] / moments[0], rel=1e-7)
    assert sd == pytest.approx((moments[2] / moments[0] - mean**2) ** 0.5, rel=1e-5)


def test_markers_are_weighed_as_the_integral_over_the_own_level():
    patient = describe(0.60, 0.62, markers=((1, 520.0, "a"), (0.7, 140.0, "a"), (0, 180.0, "b")))
    (marker,) = pose(patient, BankSettings(draws=1, per_draw=1)).markers
    relative, turnover = np.array([1.0, 0.3, 0.35]), np.array([1.2])
    scatter = stats.multivariate_normal(np.zeros(3), marker.noise)
    level = stats.norm(marker.center + np.log(1.2), marker.level_var**0.5)
    whole, _ = integrate.quad(
        lambda own: level.pdf(own) * scatter.pdf(marker.values - own - np.log(relative)),
        level.mean() - 10 * level.std(),
        level.mean() + 10 * level.std(),
    )
    assert marker.weigh(relative[:, None], turnover)[0] == pytest.approx(np.log(whole), abs=1e-7)


def test_the_density_of_a_mixture_is_that_of_its_parts():
    root = np.linalg.cholesky(np.array([[1.0, 0.3], [0.3, 0.5]]))
    parts = [Proposal.make_prior(2, 300), Proposal(mean=np.array([1.0, -1.0]), root=root, count=100)]
    points = np.random.default_rng(1).standard_normal((50, 2))
    expected = 0.75 * stats.multivariate_normal(np.zeros(2)).pdf(points)
    expected += 0.25 * stats.multivariate_normal(parts[1].mean, root @ root.T).pdf(points)
    # The constant that all Gaussians of two dimensions share is left out.
    assert measure_density(parts, points) == pytest.approx(np.log(expected * 2 * np.pi))
    drawn = parts[1].draw(np.random.default_rng(2))
    assert drawn.shape == (100, 2)
    # A hundred draws: four standard errors.
    assert drawn.mean(axis=0) == pytest.approx(parts[1].mean, abs=0.4)


@pytest.mark.parametrize("hip", [(0.60, 0.575, 0.555), (0.60, 0.66, 0.72)])
def test_refinement_gives_what_brute_force_gives(hip):
    """A patient whom few virtual patients resemble: a small refined bank against many draws of the prior."""
    patient = describe(*hip)
    virtual, posterior = infer(patient, BankSettings(draws=16, per_draw=32))
    assert posterior.rounds > 0
    settings = BankSettings(draws=16, per_draw=MANY // 16)
    cloud = simulate_cloud(pose(patient, settings), Proposal.make_prior(len(DEPARTURES), MANY), 0)
    weights = np.exp(cloud.log_likelihood - cloud.log_likelihood.max())
    size = weights.sum() ** 2 / (weights**2).sum()
    weights /= weights.sum()
    assert size > 50
    spread = 4 * (1 / size + 1 / posterior.effective_sample_size) ** 0.5
    for column, own in (
        (cloud.start_mean[0], posterior.start_mean[0]),
        (cloud.virtual.site_response[1], virtual.site_response[1]),
    ):
        mean = column @ weights
        sd = ((column - mean) ** 2 @ weights) ** 0.5
        assert own.mean() == pytest.approx(mean, abs=spread * sd)
        # The SD of a Gaussian is known to half the relative error of its mean's variance.
        assert own.std() == pytest.approx(sd, rel=spread)
    log_evidence = cloud.log_likelihood.max() + np.log(
        np.exp(cloud.log_likelihood - cloud.log_likelihood.max()).mean()
    )
    assert posterior.log_evidence == pytest.approx(log_evidence, abs=spread)
