"""What holds of every probability of reversal."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteon.densitometry import (
    CENTRAL_SITES,
    Maker,
    Person,
    Scan,
    Sex,
    Site,
    compute_areal_bmd,
    find_reference_curve,
)
from osteon.errors import BadInputError
from osteon.inference import BankSettings, Patient, prepare_patient
from osteon.reversal import ReversalDefinition, estimate_chance, estimate_share, forecast_sequence
from osteon.therapy import parse_sequence

SEQUENCES = (
    "no drug for 24 months",
    "alendronate for 24 months",
    "denosumab for 12 months, then no drug for 12 months",
    "romosozumab for 12 months, then denosumab for 12 months",
    "teriparatide for 24 months at 70% adherence",
    "zoledronate for 24 months with real-world persistence",
)
shapes = st.tuples(st.integers(1, 12), st.integers(1, 40))


@st.composite
def outcomes(draw, rows=3):
    draws, each = draw(shapes)
    chance = draw(st.floats(0, 1))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return generator.random((rows, draws * each)) < chance, np.repeat(np.arange(draws), each)


@given(outcomes())
def test_an_interval_holds_its_value_and_both_lie_in_range(found):
    for chance in estimate_chance(*found):
        assert 0 <= chance.low <= chance.value <= chance.high <= 1
        assert chance.low < chance.high


@given(outcomes())
def test_the_value_is_the_plain_share(found):
    above, draw = found
    assert [chance.value for chance in estimate_chance(above, draw)] == pytest.approx(
        above.mean(axis=1).tolist()
    )


@given(outcomes(rows=1))
def test_the_chance_of_the_contrary_is_the_rest(found):
    above, draw = found
    (one,), (other,) = estimate_chance(above, draw), estimate_chance(~above, draw)
    assert other.value == pytest.approx(1 - one.value)
    # The same interval, mirrored; two exponentials in double precision.
    assert (other.low, other.high) == pytest.approx((1 - one.high, 1 - one.low), abs=1e-9)


@given(outcomes(rows=2))
def test_a_share_among_some_lies_in_range_or_is_not_given(found):
    (later, among), draw = found
    share = estimate_share(later, among, draw)
    if share is None:
        assert among.mean() < 0.01
    else:
        assert 0 <= share.low <= share.value <= share.high <= 1
        assert share.value == pytest.approx((later & among).sum() / among.sum())


@given(st.floats(-20, 20))
def test_a_target_no_patient_could_mean_is_refused(target):
    if -6 <= target <= 2:
        assert ReversalDefinition(target_t_score=target).sites == CENTRAL_SITES
    else:
        with pytest.raises(BadInputError):
            ReversalDefinition(target_t_score=target)


@cache
def prepare(tenths):
    scans = tuple(
        Scan(
            site=site,
            areal_bmd_g_cm2=compute_areal_bmd(tenths / 10, find_reference_curve(Maker.HOLOGIC, site)),
            maker=Maker.HOLOGIC,
        )
        for site in (Site.LUMBAR_SPINE, Site.TOTAL_HIP)
    )
    patient = Patient(
        patient_id=f"t{tenths}", person=Person(sex=Sex.FEMALE, age_years=70, menopausal=True), scans=scans
    )
    return prepare_patient(patient, settings=BankSettings(draws=6, per_draw=12))


def forecast(tenths, text, target):
    definition = ReversalDefinition(target_t_score=target)
    return forecast_sequence(prepare(tenths), parse_sequence(text), definition=definition, horizon_months=24)


baselines = st.integers(-40, -20)
sequences = st.sampled_from(SEQUENCES)
targets = st.sampled_from([-3.0, -2.5, -2.0, -1.0])


@settings(max_examples=25)
@given(baselines, sequences, targets)
def test_probabilities_lie_in_range_and_reached_never_falls(tenths, text, target):
    found = forecast(tenths, text, target)
    for path in found.sites:
        assert np.all(np.diff(path.reached) >= 0)
        assert np.all((path.reached >= 0) & (path.reached <= 1))
        assert np.all((path.chance_measured >= 0) & (path.chance_measured <= 1))
        assert np.all(np.diff(path.quantiles, axis=0) >= 0)
        assert all(0 <= c.low <= c.value <= c.high <= 1 for c in path.chance)
        # Who is above now has been above by now.
        assert np.all([c.value <= r + 1e-12 for c, r in zip(path.chance, path.reached, strict=True)])
    assert np.all(np.diff(found.all_sites_reached) >= 0)


@settings(max_examples=25)
@given(baselines, sequences, st.tuples(targets, targets))
def test_a_stricter_target_is_never_more_likely(tenths, text, pair):
    easier, stricter = (forecast(tenths, text, target) for target in sorted(pair))
    for one, other in zip(easier.sites, stricter.sites, strict=True):
        assert np.all(other.reached <= one.reached)
        assert np.all(other.chance_measured <= one.chance_measured)
        assert all(b.value <= a.value for a, b in zip(one.chance, other.chance, strict=True))
    assert np.all(stricter.all_sites_reached <= easier.all_sites_reached)


@settings(max_examples=25)
@given(baselines, sequences, targets)
def test_all_sites_are_never_more_likely_than_each(tenths, text, target):
    found = forecast(tenths, text, target)
    for path in found.sites:
        assert all(a.value <= c.value for a, c in zip(found.all_sites, path.chance, strict=True))
        assert np.all(found.all_sites_reached <= path.reached)


@settings(max_examples=15)
@given(sequences, st.tuples(baselines, baselines))
def test_the_median_time_to_the_target_is_when_half_have_reached_it(text, pair):
    found = forecast(min(pair), text, -2.5)
    for path in found.sites:
        month = path.median_months_to_target
        if month is None:
            assert path.reached[-1] < 0.5
        else:
            assert path.reached[int(month)] >= 0.5
            assert month == 0 or path.reached[int(month) - 1] < 0.5
