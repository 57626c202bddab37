"""Between-subject variability, simulated as trials publish it."""

import numpy as np
import pytest

from osteon.evidence import open_calibration_facts
from osteon.inference.variability import (
    find_precision_percent,
    fit_variability,
    read_published_spreads,
    read_variability_priors,
    simulate_spreads,
)
from osteon.population import load_engine
from osteon.remodeling import load_parameter_set


@pytest.fixture(scope="module")
def stored():
    load_engine()
    return load_parameter_set()


@pytest.fixture(scope="module")
def spreads():
    """The published SDs of one arm in its first year, so that a fit stays quick."""
    found = read_published_spreads(open_calibration_facts)
    return tuple(s for s in found if s.month <= 12 and s.arm.arm == "combination then denosumab")


def test_published_spreads_are_read_from_arms_in_the_domain():
    found = read_published_spreads(open_calibration_facts)
    assert len(found) > 10
    for spread in found:
        assert 0 < spread.sd_percent < 20
        assert spread.arm.population == "postmenopausal"
        assert spread.month > 0


def test_every_effect_has_a_prior_and_the_stored_set_an_sd(stored):
    priors = read_variability_priors()
    assert set(priors) == set(stored.variability)
    assert all(sd > 0 and width >= 0 for sd, width in priors.values())
    fixed = {name for name, (_, width) in priors.items() if not width}
    assert fixed
    assert all(stored.variability[name] == priors[name][0] for name in fixed)


def test_without_biology_only_the_scans_are_left(stored, spreads):
    nobody = dict.fromkeys(stored.variability, 0.0)
    found = simulate_spreads(stored, spreads, nobody)
    expected = [2**0.5 * find_precision_percent(spread.outcome) for spread in spreads]
    # Single precision of a change of a few percent.
    assert found == pytest.approx(expected, rel=1e-3)


def test_more_biology_is_more_spread(stored, spreads):
    less, more = (
        simulate_spreads(stored, spreads, {name: factor * sd for name, sd in stored.variability.items()})
        for factor in (0.7, 1.3)
    )
    assert np.all(more > less)


def test_the_stored_spread_is_near_the_published(stored):
    spreads = read_published_spreads(open_calibration_facts)
    ratio = simulate_spreads(stored, spreads, stored.variability) / [s.sd_percent for s in spreads]
    # The published SDs themselves disagree by a factor of 1.7 between trials at one site.
    assert 0.8 < np.exp(np.log(ratio).mean()) < 1.2
    assert ratio.min() > 0.5
    assert ratio.max() < 2


def test_the_fit_keeps_to_what_is_fixed_and_moves_toward_the_published(stored, spreads):
    priors = read_variability_priors()
    fitted = fit_variability(stored, spreads, priors)
    assert all(fitted[name] == sd for name, (sd, width) in priors.items() if not width)
    target = np.log([spread.sd_percent for spread in spreads])

    def measure(variability):
        return np.abs(np.log(simulate_spreads(stored, spreads, variability)) - target).mean()

    assert measure(fitted) < measure({name: sd for name, (sd, _) in priors.items()})
