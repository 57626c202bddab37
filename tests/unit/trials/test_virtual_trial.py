"""A chunk depends on its plan and its place, and on nothing beside it."""

from dataclasses import replace

import numpy as np
import pytest

from osteon.errors import OsteonError
from osteon.trials import (
    Dropout,
    TrialChunk,
    add_up_chunk,
    join_sums,
    list_chunks,
    plan_trial,
    simulate_chunk,
)
from tests.unit.trials.example_designs import make_arm, make_design


def run_arm(plan, arm=0):
    parts = [simulate_chunk(plan, chunk) for chunk in list_chunks(plan) if chunk.arm == arm]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def assert_same(one, other):
    assert set(one) == set(other)
    for name in one:
        assert np.array_equal(one[name], other[name]), name


@pytest.fixture(scope="module")
def plan():
    return plan_trial(make_design(subjects=1100))


@pytest.fixture(scope="module")
def rows(plan):
    return run_arm(plan, 1)


def test_chunks_cover_every_subject_once(plan):
    by_arm = {}
    for chunk in list_chunks(plan):
        by_arm.setdefault(chunk.arm, []).extend(range(chunk.first, chunk.stop))
    assert {arm: numbers == list(range(550)) for arm, numbers in by_arm.items()} == {0: True, 1: True}
    names = [chunk.name for chunk in list_chunks(plan)]
    assert len(set(names)) == len(names)


def test_how_blocks_are_grouped_changes_nothing(plan, rows):
    assert_same(rows, run_arm(plan_trial(plan.design, chunk_blocks=2), 1))


def test_more_subjects_disturb_nobody(plan, rows):
    fewer = run_arm(plan_trial(replace(plan.design, subjects=600)), 1)
    known = rows["subject"] < 300
    assert_same({name: column[known] for name, column in rows.items()}, fewer)


def test_another_arm_disturbs_nobody(plan, rows):
    arms = (*plan.design.arms, make_arm("third", "denosumab for 6 months"))
    joined = plan_trial(replace(plan.design, arms=arms, subjects=1650))
    assert_same(rows, run_arm(joined, 1))


def test_no_two_women_are_alike(rows):
    start = rows["month"] == 0
    for column in ("age_years", "total_hip_true_t_score"):
        assert len(set(rows[column][start].tolist())) > 540


def test_two_seeds_are_two_trials(plan, rows):
    other = run_arm(plan_trial(replace(plan.design, seed=2)), 1)
    assert not np.array_equal(rows["age_years"][:50], other["age_years"][:50])


def test_the_start_is_no_change_and_who_left_stays_away(rows):
    start = rows["month"] == 0
    assert start.sum() == 550
    assert np.all(rows["total_hip_percent_change"][start] == 0)
    visits = {number: rows["month"][rows["subject"] == number].tolist() for number in range(550)}
    assert {tuple(months) for months in visits.values()} == {(0,), (0, 3), (0, 3, 6)}


def test_as_many_leave_as_the_hazard_says(rows):
    stayed = (rows["month"] == 6).sum() / 550
    assert abs(stayed - 0.7) < 4 * (0.3 * 0.7 / 550) ** 0.5


def test_nobody_leaves_without_a_hazard():
    design = make_design(dropout=None, subjects=40)
    rows = run_arm(plan_trial(design))
    assert len(rows["month"]) == 20 * 3


def test_an_arm_may_lose_more_than_the_trial():
    arms = (make_arm("placebo", dropout=Dropout(share=0.9, by_month=3)), make_arm("drug"))
    plan = plan_trial(make_design(arms=arms, subjects=512))
    lost, kept = ((run_arm(plan, arm)["month"] == 3).sum() for arm in (0, 1))
    assert lost < kept / 2


def test_persistence_stops_the_drug_and_not_the_visits():
    text = "denosumab for 6 months with 50% persistence at 3 months"
    arms = (make_arm("placebo"), make_arm("drug", text))
    rows = run_arm(plan_trial(make_design(arms=arms, dropout=None, subjects=512)), 1)
    at_end = rows["month"] == 6
    assert at_end.sum() == 256
    assert 0.1 < rows["persistent"][at_end].mean() < 0.5


def test_adherence_weakens_a_drug():
    whole, half = (
        run_arm(
            plan_trial(
                make_design(
                    arms=(make_arm("placebo"), make_arm("drug", f"alendronate for 6 months{words}")),
                    paired=True,
                    dropout=None,
                )
            ),
            1,
        )
        for words in ("", " at 40% adherence")
    )
    at_end = whole["month"] == 6
    gained = whole["total_hip_true_t_score"][at_end] - half["total_hip_true_t_score"][at_end]
    assert gained.mean() > 0


def test_twins_share_their_start_and_strangers_do_not():
    def read_start(design):
        plan = plan_trial(design)
        arms = [run_arm(plan, arm) for arm in (0, 1)]
        return [arm["total_hip_true_t_score"][arm["month"] == 0] for arm in arms]

    one, other = read_start(make_design(paired=True))
    assert np.array_equal(one, other)
    one, other = read_start(make_design())
    assert not np.array_equal(one, other)


def test_subjects_are_divided_by_the_ratio():
    arms = (make_arm("placebo"), make_arm("drug", ratio=2.0))
    assert plan_trial(make_design(arms=arms, subjects=100)).arm_subjects == (33, 67)
    assert sum(plan_trial(make_design(arms=arms, subjects=101)).arm_subjects) == 101


def test_sums_join_to_those_of_the_whole(plan):
    whole = plan_trial(plan.design, chunk_blocks=3)
    (only,) = [chunk for chunk in list_chunks(whole) if chunk.arm == 1]
    together = add_up_chunk(whole, only, simulate_chunk(whole, only))
    parts = [
        add_up_chunk(plan, chunk, simulate_chunk(plan, chunk))
        for chunk in list_chunks(plan)
        if chunk.arm == 1
    ]
    joined = join_sums(parts)
    assert joined.subjects == together.subjects == 550
    assert joined.screened == together.screened
    for name in ("change", "baseline", "persistent", "values", "times"):
        np.testing.assert_allclose(getattr(joined, name), getattr(together, name), rtol=1e-12)
    np.testing.assert_array_equal(joined.pool, together.pool)


def test_sums_count_who_can_still_reach_the_target(plan):
    chunk = TrialChunk(arm=0, index=0, first=0, stop=4)
    start = {"total_hip_t_score": -2.7, "total_hip_percent_change": 0.0}
    rows = [
        # reached at 3 and fallen back; reached at 6; never; above from the start
        (0, 0, -2.7), (0, 3, -2.4), (0, 6, -2.6),
        (1, 0, -2.7), (1, 3, -2.6), (1, 6, -2.4),
        (2, 0, -2.7), (2, 3, -2.7),
        (3, 0, -2.4), (3, 3, -2.4), (3, 6, -2.4),
    ]  # fmt: skip
    columns = {name: np.zeros(len(rows)) for name in simulate_chunk(plan, replace(chunk, stop=1))}
    columns |= {name: np.full(len(rows), value) for name, value in start.items()}
    columns["subject"] = np.array([subject for subject, _, _ in rows])
    columns["month"] = np.array([month for _, month, _ in rows])
    columns["total_hip_t_score"] = np.array([score for _, _, score in rows])
    sums = add_up_chunk(plan, chunk, columns)
    change, share, time = range(3)
    assert sums.times[time].tolist() == [[3, 1], [1, 1]]
    assert sums.values[share].tolist() == [2, 1, 1]
    assert sums.values[change].tolist() == [3, 0, 0]
    assert sums.times[change].sum() == 0


def test_a_worker_of_another_version_is_refused(plan):
    chunk = next(iter(list_chunks(plan)))
    with pytest.raises(OsteonError, match="other_version") as fault:
        simulate_chunk(replace(plan, versions={"osteon": "0"}), chunk)
    assert "osteon 0" in fault.value.expected


def test_whatever_decides_a_number_is_in_the_run_hash(plan):
    values = plan.parameters.values | {"turnover_t": plan.parameters.values["turnover_t"] * 1.001}
    plans = [
        plan,
        plan_trial(replace(plan.design, seed=2)),
        plan_trial(plan.design, chunk_blocks=2),
        plan_trial(plan.design, replace(plan.parameters, values=values)),
    ]
    assert len({one.run_hash for one in plans}) == len(plans)
    assert plan_trial(plan.design).run_hash == plan.run_hash
