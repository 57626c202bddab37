import subprocess
import sys

import numpy as np
import pytest

from osteon.errors import BadInputError
from osteon.registry import LonelyPsu, SurveyDesign, estimate_mean, estimate_share, estimate_total

RNG = np.random.default_rng(20260)
STRATA = np.repeat(np.arange(5), 40)
PSUS = RNG.integers(1, 4, 200)
WEIGHTS = RNG.uniform(1, 9, 200)
DESIGN = SurveyDesign(weights=WEIGHTS, strata=STRATA, psus=PSUS)
OUTCOME = RNG.normal(1.0, 0.2, 200) + 0.05 * PSUS
DOMAIN = RNG.random(200) < 0.4


def sum_variance(contributions, strata=STRATA, psus=PSUS):
    """Variance of a total, written out: sampling units drawn with replacement in each stratum."""
    variance = 0.0
    for stratum in np.unique(strata):
        inside = strata == stratum
        totals = [contributions[inside & (psus == psu)].sum() for psu in np.unique(psus[inside])]
        deviations = np.array(totals) - np.mean(totals)
        variance += len(totals) / (len(totals) - 1) * (deviations**2).sum()
    return variance


def linearize_mean(outcome, domain):
    weight = (WEIGHTS * domain).sum()
    mean = (WEIGHTS * domain * outcome).sum() / weight
    return mean, np.sqrt(sum_variance(WEIGHTS * domain * (outcome - mean) / weight))


def jackknife(statistic):
    """Leave out one sampling unit at a time and raise the weights of its stratum."""
    whole, variance = statistic(WEIGHTS), 0.0
    for stratum in np.unique(STRATA):
        inside = stratum == STRATA
        units = np.unique(PSUS[inside])
        for unit in units:
            kept = np.where(inside & (unit == PSUS), 0.0, WEIGHTS)
            kept = np.where(inside, kept * len(units) / (len(units) - 1), kept)
            variance += (len(units) - 1) / len(units) * (statistic(kept) - whole) ** 2
    return np.sqrt(variance)


@pytest.mark.parametrize("domain", [None, DOMAIN])
def test_a_mean_is_the_written_out_formula(domain):
    found = estimate_mean(DESIGN, OUTCOME, domain=domain)
    value, error = linearize_mean(OUTCOME, np.ones(200, dtype=bool) if domain is None else domain)
    assert found.value == pytest.approx(value, rel=1e-12)
    assert found.standard_error == pytest.approx(error, rel=1e-9)
    assert found.degrees_of_freedom == 15 - 5
    assert found.n == (200 if domain is None else domain.sum())


@pytest.mark.parametrize("domain", [None, DOMAIN])
def test_a_share_is_the_mean_of_an_indicator(domain):
    has = OUTCOME > 1.1
    found = estimate_share(DESIGN, has, domain=domain)
    value, error = linearize_mean(has.astype(float), np.ones(200, dtype=bool) if domain is None else domain)
    assert found.value == pytest.approx(value, rel=1e-12)
    assert found.standard_error == pytest.approx(error, rel=1e-9)
    assert 0 < found.low < found.value < found.high < 1


def test_a_total_is_the_written_out_formula_and_the_jackknife():
    found = estimate_total(DESIGN, OUTCOME, domain=DOMAIN)
    contributions = WEIGHTS * DOMAIN * OUTCOME
    assert found.value == pytest.approx(contributions.sum(), rel=1e-12)
    assert found.standard_error == pytest.approx(np.sqrt(sum_variance(contributions)), rel=1e-9)
    # For a total, which is linear in the weights, the jackknife is the same number.
    by_jackknife = jackknife(lambda weights: (weights * DOMAIN * OUTCOME).sum())
    assert found.standard_error == pytest.approx(by_jackknife, rel=1e-9)


def test_the_error_of_a_mean_agrees_with_the_jackknife():
    found = estimate_mean(DESIGN, OUTCOME, domain=DOMAIN)

    def mean(weights):
        return (weights * DOMAIN * OUTCOME).sum() / (weights * DOMAIN).sum()

    # They differ by the curvature of a ratio, of order 1 / units.
    assert found.standard_error == pytest.approx(jackknife(mean), rel=1 / 15)


def test_ignoring_the_design_would_give_another_error():
    units_raise = OUTCOME + 0.5 * PSUS
    found = estimate_mean(DESIGN, units_raise)
    naive = np.std(units_raise, ddof=1) / np.sqrt(200)
    assert found.standard_error > 2 * naive


def test_a_domain_keeps_the_units_that_hold_none_of_it():
    design = SurveyDesign(
        weights=np.array([1.0, 1, 2, 2, 1, 1, 3, 2]),
        strata=np.array([1, 1, 1, 1, 2, 2, 2, 2]),
        psus=np.array([1, 1, 2, 2, 1, 1, 2, 2]),
    )
    outcome = np.array([1.0, 2, 3, 4, 5, 6, 7, 9])
    domain = np.array([True] * 6 + [False] * 2)
    found = estimate_mean(design, outcome, domain=domain)
    contributions = design.weights * domain * (outcome - 3.5) / 8
    error = np.sqrt(sum_variance(contributions, design.strata, design.psus))
    assert (found.value, found.n) == (3.5, 6)
    assert found.standard_error == pytest.approx(error, rel=1e-12)


def test_what_is_not_known_leaves_the_domain():
    gaps = np.where(DOMAIN, OUTCOME, np.nan)
    assert estimate_mean(DESIGN, gaps) == estimate_mean(DESIGN, OUTCOME, domain=DOMAIN)


@pytest.mark.parametrize(("has", "share"), [(False, 0.0), (True, 1.0)])
def test_a_share_of_nobody_or_everybody_still_has_an_interval(has, share):
    found = estimate_share(DESIGN, np.full(200, has))
    assert (found.value, found.standard_error) == (share, 0.0)
    assert found.high - found.low > 0
    assert found.low <= share <= found.high


def test_scaling_the_weights_scales_totals_only():
    doubled = SurveyDesign(weights=2 * WEIGHTS, strata=STRATA, psus=PSUS)
    once, twice = estimate_mean(DESIGN, OUTCOME), estimate_mean(doubled, OUTCOME)
    assert twice.value == pytest.approx(once.value)
    assert twice.standard_error == pytest.approx(once.standard_error)
    assert estimate_total(doubled, OUTCOME).value == pytest.approx(2 * estimate_total(DESIGN, OUTCOME).value)


def test_more_confidence_is_a_wider_interval():
    narrow, wide = (estimate_mean(DESIGN, OUTCOME, confidence=level) for level in (0.8, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high
    assert wide.confidence == 0.99


LONELY = {
    "weights": np.array([1.0, 1, 2, 2, 1, 1, 3]),
    "strata": np.array([1, 1, 1, 1, 2, 2, 2]),
    "psus": np.array([1, 1, 2, 2, 1, 1, 1]),
}
LONELY_OUTCOME = np.arange(1.0, 8.0)


def test_a_lonely_unit_is_refused_unless_a_rule_is_chosen():
    with pytest.raises(BadInputError, match=r"survey\.lonely_psu.*stratum 2"):
        SurveyDesign(**LONELY)
    skipped = estimate_mean(SurveyDesign(**LONELY, lonely_psu=LonelyPsu.SKIP), LONELY_OUTCOME)
    centered = estimate_mean(SurveyDesign(**LONELY, lonely_psu=LonelyPsu.CENTER), LONELY_OUTCOME)
    assert skipped.value == centered.value
    mean = skipped.value
    contributions = LONELY["weights"] * (LONELY_OUTCOME - mean) / LONELY["weights"].sum()
    first, second = contributions[:2].sum(), contributions[2:4].sum()
    within = (first - second) ** 2
    assert skipped.standard_error == pytest.approx(np.sqrt(within))
    # The lonely unit's total against the mean of all units, which is 0 for a mean.
    assert centered.standard_error == pytest.approx(np.sqrt(within + contributions[4:].sum() ** 2))


@pytest.mark.parametrize(
    "weights", [[1.0, -1, 1, 1], [1.0, np.nan, 1, 1], [0.0, 0, 0, 0], [1.0, np.inf, 1, 1]]
)
def test_weights_that_cannot_be_are_refused(weights):
    with pytest.raises(BadInputError, match=r"survey\.bad_weight"):
        SurveyDesign(weights=np.array(weights), strata=np.array([1, 1, 2, 2]), psus=np.array([1, 2, 1, 2]))


def test_rows_must_match():
    with pytest.raises(BadInputError, match=r"survey\.lengths_differ"):
        SurveyDesign(weights=np.ones(3), strata=np.ones(2, dtype=int), psus=np.ones(3, dtype=int))
    with pytest.raises(BadInputError, match=r"survey\.lengths_differ"):
        estimate_mean(DESIGN, np.ones(3))
    with pytest.raises(BadInputError, match=r"survey\.lengths_differ"):
        estimate_mean(DESIGN, OUTCOME, domain=np.ones(3, dtype=bool))


def test_an_empty_domain_has_no_estimate():
    for estimate in (estimate_mean, estimate_share, estimate_total):
        with pytest.raises(BadInputError, match=r"survey\.empty_domain"):
            estimate(DESIGN, OUTCOME > 1, domain=np.zeros(200, dtype=bool))
    with pytest.raises(BadInputError, match=r"survey\.empty_domain"):
        estimate_mean(DESIGN, np.full(200, np.nan))


def test_importing_the_room_loads_no_survey_library():
    code = "import sys, osteon.registry; print({'svy', 'polars'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"


def test_without_the_library_the_hint_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "svy", None)
    with pytest.raises(BadInputError, match=r"survey\.library_missing.*osteon\[registry\]"):
        estimate_mean(DESIGN, OUTCOME)
