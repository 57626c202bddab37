"""What must hold of every follow-up."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osteon import app
from osteon.app import write_document
from osteon.cli import run
from osteon.densitometry import CENTRAL_SITES
from osteon.inference import BankSettings
from osteon.monitoring import ReversalState, Verdict, judge_followup, read_chance
from osteon.monitoring.states import trace_site
from osteon.monitoring.visits import ScoredScan, SiteSeries
from tests.unit.monitoring.people import AFTER, BEFORE, HIP, SMALL, patient, scan, visit

T_SCORES = st.floats(-3.8, -1.2)
HISTORIES = st.sampled_from(
    [
        "alendronate for 24 months",
        "denosumab for 24 months",
        "romosozumab for 12 months, then no drug for 12 months",
    ]
)


@settings(max_examples=12)
@given(T_SCORES, T_SCORES, T_SCORES, T_SCORES, HISTORIES)
def test_a_follow_up_is_sound(spine, hip, later_spine, later_hip, history):
    scans = (*visit(BEFORE, spine=spine, hip=hip), *visit(AFTER, spine=later_spine, hip=later_hip))
    found = judge_followup(patient(*scans, history=history), settings=SMALL)
    chances = [read_chance(found), *(read_chance(found, one.site) for one in found.sites)]
    assert all(0 <= chance <= 1 for chance in chances)
    assert chances[0] <= min(chances[1:]) + 1e-9
    assert bool(found.causes) is (found.verdict is Verdict.OFF_TRACK)
    assert sum(cause.weight for cause in found.causes) == pytest.approx(1 if found.causes else 0)
    for one in found.sites:
        assert 0 <= one.expected.percentile <= 1
        assert one.expected.low_90 < one.expected.median < one.expected.high_90
    if found.state is ReversalState.REVERSAL:
        assert all(one.standing.is_above for one in found.sites)
    assert found.next_scan.months in range(12, 25)
    write_document(found)


@given(st.lists(T_SCORES, min_size=1, max_size=5))
def test_no_state_says_above_when_the_newest_scan_reads_below(t_scores):
    scans = tuple(
        ScoredScan(scan=scan(HIP, t, BEFORE.replace(year=2015 + i)), t_score=t)
        for i, t in enumerate(t_scores)
    )
    found = trace_site(SiteSeries(site=HIP, scans=scans, rescanned=True))
    above = {ReversalState.SITE_REVERSAL, ReversalState.CROSSED_UNCONFIRMED}
    assert (found.state in above) <= (t_scores[-1] > -2.5)
    assert (found.state is ReversalState.NOT_APPLICABLE) == all(t > -2.5 for t in t_scores)


@settings(max_examples=25)
@given(T_SCORES, T_SCORES, st.floats(0.001, 0.3))
def test_a_better_newest_scan_never_makes_the_state_worse(first, second, more):
    order = [ReversalState.NOT_REACHED, ReversalState.CROSSED_UNCONFIRMED, ReversalState.SITE_REVERSAL]
    low = min(first, -2.5)

    def find_state(t_score):
        scans = tuple(
            ScoredScan(scan=scan(HIP, t, day), t_score=t) for t, day in ((low, BEFORE), (t_score, AFTER))
        )
        return trace_site(SiteSeries(site=HIP, scans=scans, rescanned=True)).state

    assert order.index(find_state(second + more)) >= order.index(find_state(second))


@pytest.mark.parametrize("name", ["followup.toml", "followup-late.toml", "followup-off-track.toml"])
def test_the_command_and_python_give_the_same_numbers_to_the_last_digit(root, name, capsys):
    path = root / "examples" / name
    assert run(["monitor", str(path), "--json", "--seed", "7"]) == 0
    typed = json.loads(capsys.readouterr().out)
    called = json.loads(write_document(app.monitor(path, settings=BankSettings(seed=7))))
    assert typed == called
    assert {site["site"] for site in typed["sites"]} <= {site.value for site in CENTRAL_SITES}
