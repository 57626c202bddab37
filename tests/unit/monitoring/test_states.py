"""The reversal states: what each needs, and what takes it away."""

from datetime import date

import pytest

from osteon.densitometry import Maker, Site
from osteon.monitoring.states import ReversalState, SiteStanding, join_states, trace_site
from osteon.monitoring.visits import ScoredScan, SiteSeries
from tests.unit.monitoring.people import scan

HIP = Site.TOTAL_HIP
# Above one least significant change of the hip at the usual worst precision: 0.26 T-score units (ISCD).
BEYOND, WITHIN = 0.3, 0.2


def series(*t_scores, makers=None, site=HIP):
    used = makers or [Maker.HOLOGIC] * len(t_scores)
    scans = tuple(
        ScoredScan(scan=scan(site, t, date(2020 + i, 1, 1), maker=maker), t_score=t)
        for i, (t, maker) in enumerate(zip(t_scores, used, strict=True))
    )
    return SiteSeries(site=site, scans=scans, rescanned=True)


@pytest.mark.parametrize(
    ("t_scores", "state"),
    [
        ((-2.4,), "not_applicable"),
        ((-2.4, -2.0), "not_applicable"),
        ((-2.6,), "not_reached"),
        ((-2.5,), "not_reached"),
        ((-2.9, -2.55), "not_reached"),
        ((-2.55, -2.55 + WITHIN), "crossed_unconfirmed"),
        ((-2.6, -2.6 + BEYOND), "site_reversal"),
        ((-2.4, -2.6), "not_reached"),
        ((-2.6, -2.6 + BEYOND, -2.45), "site_reversal"),
        ((-2.6, -2.2, -2.2 - WITHIN - BEYOND), "relapse"),
        ((-2.6, -2.4, -2.4 - WITHIN), "not_reached"),
        ((-2.6, -2.2, -2.8, -2.4), "site_reversal"),
        ((-2.55, -2.4, -2.9), "not_reached"),
    ],
)
def test_the_state_of_a_site_follows_its_scans(t_scores, state):
    assert trace_site(series(*t_scores)).state.value == state


def test_the_line_itself_is_still_osteoporosis():
    assert trace_site(series(-2.9, -2.5)).state is ReversalState.NOT_REACHED


def test_another_scanner_never_confirms():
    found = trace_site(series(-2.9, -2.0, makers=[Maker.HOLOGIC, Maker.GE_LUNAR]))
    assert found.state is ReversalState.CROSSED_UNCONFIRMED


def test_another_scanner_never_shows_a_relapse():
    makers = [Maker.HOLOGIC, Maker.HOLOGIC, Maker.GE_LUNAR]
    assert trace_site(series(-2.9, -2.0, -2.9, makers=makers)).state is ReversalState.NOT_REACHED


def test_a_fall_within_noise_is_named_and_is_no_relapse():
    found = trace_site(series(-2.6, -2.35, -2.52))
    assert (found.state, found.fell_back) == (ReversalState.NOT_REACHED, True)


def test_the_facility_precision_decides_what_is_beyond_noise():
    crossing = series(-2.55, -2.45)
    assert trace_site(crossing).state is ReversalState.CROSSED_UNCONFIRMED
    assert trace_site(crossing, 0.004).state is ReversalState.SITE_REVERSAL


def standing(state, *, is_above=True, rescanned=True, was_low=None):
    low = state is not ReversalState.NOT_APPLICABLE if was_low is None else was_low
    return SiteStanding(
        site=HIP, state=state, was_low=low, is_above=is_above, rescanned=rescanned, fell_back=False
    )


NOT, LOW, CROSSED, SITE, WHOLE, RELAPSE = ReversalState


@pytest.mark.parametrize(
    ("standings", "state"),
    [
        ((standing(NOT),), NOT),
        ((standing(SITE), standing(NOT)), WHOLE),
        ((standing(SITE), standing(LOW, is_above=False)), SITE),
        ((standing(SITE), standing(CROSSED)), WHOLE),
        ((standing(CROSSED), standing(NOT)), CROSSED),
        ((standing(CROSSED), standing(LOW, is_above=False)), LOW),
        ((standing(SITE), standing(RELAPSE, is_above=False)), RELAPSE),
        ((standing(SITE), standing(SITE, rescanned=False)), SITE),
    ],
)
def test_all_sites_decide_together(standings, state):
    assert join_states(standings) is state


def test_a_new_fracture_keeps_the_state_from_reversal():
    assert join_states([standing(SITE)], fractured=True) is SITE
