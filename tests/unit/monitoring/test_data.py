"""How likely the data are under each virtual patient, checked against the written-out Gaussian."""

from datetime import date

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from osteon.inference import Marker, predict_marker, prepare_patient
from osteon.monitoring.data import (
    Block,
    Prediction,
    block_markers,
    chance_above_line,
    predict_block,
    weigh_block,
)
from osteon.monitoring.expected import expect_newest
from osteon.monitoring.timeline import lay_timeline, simulate_history
from tests.unit.monitoring.people import BEFORE, HIP, SMALL, patient, reading, visit

SHARES = (0.05, 0.5, 0.95)


def block(values=(0.66, 0.68, 0.65), newest=(False, False, True)):
    return Block(
        outcome=HIP,
        days=tuple(range(100, 100 + len(values))),
        values=np.array(values),
        noise_sd=np.full(len(values), 0.012),
        level_mean=0.64,
        level_sd=0.01,
        first_day=0,
        newest=np.array(newest),
    )


def predict(factors):
    slope = np.array(factors, dtype=float)[:, None] * np.ones((1, 4))
    return Prediction(mean=0.64 * slope, slope=slope)


FACTORS = (1.02, 1.05, 1.06)


def covariance(extra=0.0):
    slope = np.array(FACTORS)
    noise = np.full(3, 0.012**2)
    noise[-1] += extra**2
    return 0.01**2 * np.outer(slope, slope) + np.diag(noise)


@pytest.mark.parametrize("extra", [0.0, 0.02])
def test_a_block_weighs_as_its_written_out_gaussian(extra):
    added = np.array([0, 0, extra])
    law = multivariate_normal(mean=0.64 * np.array(FACTORS), cov=covariance(extra))
    found = weigh_block(block(), predict(FACTORS), added)
    np.testing.assert_allclose(found, law.logpdf([0.66, 0.68, 0.65]), rtol=1e-9)


def test_what_is_expected_is_the_conditional_gaussian():
    whole, mean = covariance(), 0.64 * np.array(FACTORS)
    gain = whole[2, :2] @ np.linalg.inv(whole[:2, :2])
    center = mean[2] + gain @ (np.array([0.66, 0.68]) - mean[:2])
    sd = np.sqrt(whole[2, 2] - gain @ whole[:2, 2])
    (found,) = expect_newest((block(),), [predict(FACTORS)], SHARES)
    assert found.percentile == pytest.approx(norm.cdf(0.65, center, sd))
    assert (found.low_90, found.median, found.high_90) == pytest.approx(norm.ppf(SHARES, center, sd))


def test_the_chance_above_a_line_is_that_of_the_level_given_the_scans():
    slope, precision = np.array(FACTORS), 1 / 0.012**2
    known = 1 / 0.01**2 + precision * (slope**2).sum()
    level = (0.64 / 0.01**2 + precision * (slope * np.array([0.66, 0.68, 0.65])).sum()) / known
    expected = norm.sf(0.67, slope[2] * level, slope[2] / np.sqrt(known))
    found = chance_above_line(block(), predict(FACTORS), np.zeros(3), 0.67)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_with_nothing_older_the_level_alone_foretells():
    only = block(values=(0.65,), newest=(True,))
    (found,) = expect_newest((only,), [predict((1.0,))], SHARES)
    assert found.median == pytest.approx(0.64)


@pytest.fixture(scope="module")
def bank():
    return prepare_patient(patient(*visit(None, spine=-2.8, hip=-2.7), history=None), settings=SMALL)


def gather(*readings, day=date(2025, 3, 2)):
    followed = patient(*visit(BEFORE, hip=-2.7), history="alendronate for 6 months", markers=readings)
    timeline = lay_timeline(followed, day, (BEFORE,))
    return timeline, tuple(block_markers(readings, timeline))


def test_two_laboratories_never_share_a_level():
    readings = (reading("ctx", 500, BEFORE), reading("ctx", 200, date(2025, 3, 1), assay="IDS"))
    _, blocks = gather(*readings)
    assert [len(one.values) for one in blocks] == [1, 1]


def test_a_sample_not_drawn_fasting_says_less():
    days = (date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1))
    kinds = (True, None, False)
    readings = [reading("ctx", 300, day, fasting_morning=kind) for day, kind in zip(days, kinds, strict=True)]
    _, (found,) = gather(*readings)
    assert list(found.noise_sd) == sorted(found.noise_sd)
    assert found.noise_sd[0] < found.noise_sd[2]


def test_a_marker_is_expected_where_inference_expects_it(bank):
    """The two ways to foretell a marker were written apart; they differ by the luck of 128 virtual patients."""
    readings = (reading("ctx", 500, BEFORE), reading("ctx", 220, date(2025, 3, 2)))
    timeline, blocks = gather(*readings)
    outcomes = simulate_history(bank, timeline)
    (found,) = expect_newest(blocks, [predict_block(one, bank, outcomes) for one in blocks], SHARES)
    told = prepare_patient(
        patient(
            *visit(BEFORE, spine=-2.8, hip=-2.7), history="alendronate for 6 months", as_of=date(2025, 3, 2)
        ),
        settings=SMALL,
    )
    beside = predict_marker(told, Marker.CTX, date(2025, 3, 2))
    assert found.median / 500 == pytest.approx(float(beside.quantiles[2]), rel=0.2)
