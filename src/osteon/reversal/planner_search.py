"""The search: every candidate on some virtual patients, the near ones on all, all by the same luck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from osteon.inference import lay_out_bank, read_courses
from osteon.population import CHUNK_LANES, read_branch, simulate_branches, take_lanes
from osteon.reversal.forecast import choose_horizon, durability_months, find_end, meet_everywhere
from osteon.reversal.planner_front import find_surely_beaten
from osteon.reversal.planner_measures import Measures, count_burden, list_costs, read_resolution

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from osteon.inference import PatientBank, SiteCourses
    from osteon.population import BranchedOutcomes, Executor
    from osteon.reversal.planner_measures import Burden, Goal
    from osteon.therapy import Sequence as TherapySequence

__all__ = ["Contender", "SearchRound", "measure_contender", "read_contender", "search_candidates"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRound:
    """One round of the search: virtual patients simulated so far, candidates that entered it, and that were left."""

    virtual_patients: int
    candidates: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A candidate that no other one surely beats, with what became of the whole bank under it.

    `parts` holds, for each round, the lanes simulated, the branches, and this candidate's place among them.
    """

    sequence: TherapySequence
    burden: Burden
    months: int
    start: int
    parts: tuple[tuple[np.ndarray, BranchedOutcomes, int], ...] = ()


def search_candidates(
    bank: PatientBank,
    sequences: Sequence[TherapySequence],
    goal: Goal,
    *,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[tuple[Contender, ...], tuple[SearchRound, ...]]:
    """Simulate candidates round by round, and leave out whoever is surely beaten after each.

    A round is every R-th virtual patient of the bank, so that each holds its share of every parameter draw; who
    is left after the last was simulated for the whole bank.
    """
    people = len(bank.virtual.keys)
    rounds = -(-people // CHUNK_LANES)
    left = tuple(_enter(bank, sequence, goal) for sequence in sequences)
    told: list[SearchRound] = []
    for number in range(rounds):
        entered = left
        lanes = np.arange(number, people, rounds)
        left = _run_round(bank, left, lanes, executor)
        known = sum(len(part[0]) for part in left[0].parts) if left else people
        left = _drop_beaten(bank, left, goal) if number + 1 < rounds else left
        told.append(SearchRound(virtual_patients=known, candidates=len(entered), left=len(left)))
        if progress is not None:
            progress(number + 1, rounds)
    return left, tuple(told)


def read_contender(bank: PatientBank, contender: Contender) -> SiteCourses:
    """Return the T-scores of a contender, as `simulate_sites` would."""
    rows = np.arange(contender.start, contender.start + contender.months + 1)
    return read_courses(bank, contender.sequence, _gather(bank, contender, rows))


def measure_contender(bank: PatientBank, contender: Contender, goal: Goal) -> Measures:
    """Measure a contender on the virtual patients simulated so far."""
    chance, lasting = _meet_twice(bank, contender, goal).mean(axis=1)
    return Measures(chance=float(chance), lasting=float(lasting), burden=contender.burden)


def _enter(bank: PatientBank, sequence: TherapySequence, goal: Goal) -> Contender:
    months = choose_months(sequence, goal.month)
    return Contender(
        sequence=sequence,
        burden=count_burden(sequence),
        months=months,
        start=lay_out_bank(bank, sequence, months)[1],
    )


def choose_months(sequence: TherapySequence, month: int) -> int:
    """Return how long a sequence is simulated: long enough to answer for `month` and for durability."""
    length = sequence.duration_months
    return choose_horizon(sequence) if month <= length else round(max(month, length + durability_months()))


def _run_round(
    bank: PatientBank, contenders: tuple[Contender, ...], lanes: np.ndarray, executor: Executor | None
) -> tuple[Contender, ...]:
    if not contenders:
        return ()
    tables = [lay_out_bank(bank, one.sequence, one.months)[0] for one in contenders]
    pauses = None if bank.pauses is None else bank.pauses[:, lanes]
    ran = simulate_branches(take_lanes(bank.virtual, lanes), tables, pause_months=pauses, executor=executor)
    return tuple(
        Contender(
            sequence=one.sequence,
            burden=one.burden,
            months=one.months,
            start=one.start,
            parts=(*one.parts, (lanes, ran, place)),
        )
        for place, one in enumerate(contenders)
    )


def _drop_beaten(bank: PatientBank, contenders: tuple[Contender, ...], goal: Goal) -> tuple[Contender, ...]:
    if not contenders:
        return ()
    met = np.stack([_meet_twice(bank, one, goal) for one in contenders], axis=1)
    beaten = find_surely_beaten(
        met,
        list_costs(tuple(one.burden for one in contenders)),
        people=len(bank.virtual.keys),
        resolution=read_resolution(),
    )
    return tuple(one for one, is_beaten in zip(contenders, beaten, strict=True) if not is_beaten)


def _meet_twice(bank: PatientBank, contender: Contender, goal: Goal) -> np.ndarray:
    """Return (2, lanes so far): who meets the target at the month asked about, and who at the later one."""
    later = round(find_end(contender.sequence) + durability_months())
    rows = contender.start + np.array([0, goal.month, later])
    courses = read_courses(bank, contender.sequence, _gather(bank, contender, rows))
    known = np.concatenate([lanes for lanes, _, _ in contender.parts])
    return meet_everywhere(bank, courses, goal.definition)[1:, known]


def _gather(bank: PatientBank, contender: Contender, rows: np.ndarray) -> np.ndarray:
    """Put the rounds together, (rows, 5, N); whoever was not simulated stays at the start."""
    parts = [(lanes, read_branch(ran, place)[rows]) for lanes, ran, place in contender.parts]
    first = parts[0][1]
    outcomes = np.ones((*first.shape[:2], len(bank.virtual.keys)), dtype=first.dtype)
    for lanes, part in parts:
        outcomes[..., lanes] = part
    return outcomes
