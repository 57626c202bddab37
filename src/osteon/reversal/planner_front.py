"""Which options no other one beats, and which are beaten beyond the luck of a sample of virtual patients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["find_dominators", "find_front", "find_surely_beaten"]

_CERTAIN_Z = 4
_ADDED_PAIRS = (_CERTAIN_Z / 2) ** 2


def find_front(points: NDArray[np.float64], ties: NDArray[np.float64] | None = None) -> NDArray[np.bool_]:
    """Say which points (n, measures), larger being better, no other point dominates.

    A point dominates another when it is no worse on any measure and better on one. Of equal points the one with the
    larger of `ties` (n,) dominates; without them equal points stay together.

    >>> find_front(np.array([[2.0, 1.0], [1.0, 2.0], [1.0, 1.0], [2.0, 1.0]])).tolist()
    [True, True, False, True]
    >>> find_front(np.array([[2.0, 1.0], [2.0, 1.0]]), ties=np.array([-12.0, -14.0])).tolist()
    [True, False]
    """
    return np.asarray(~_dominate(points, ties).any(axis=0))


def find_dominators(
    points: NDArray[np.float64], index: int, ties: NDArray[np.float64] | None = None
) -> tuple[int, ...]:
    """Return the points that dominate one of them.

    >>> find_dominators(np.array([[2.0, 1.0], [1.0, 1.0]]), 1)
    (0,)
    """
    return tuple(np.flatnonzero(_dominate(points, ties)[:, index]).tolist())


def _dominate(points: NDArray[np.float64], ties: NDArray[np.float64] | None) -> NDArray[np.bool_]:
    """Return (n, n): whether each point dominates each other one."""
    no_worse = (points[:, None] >= points[None]).all(axis=2)
    better = (points[:, None] > points[None]).any(axis=2)
    if ties is not None:
        better |= no_worse.T & (ties[:, None] > ties[None])
    return np.asarray(no_worse & better)


def find_surely_beaten(
    met: NDArray[np.bool_], costs: NDArray[np.float64], *, people: int, resolution: float
) -> NDArray[np.bool_]:
    """Say which options would be dominated whoever of the bank is still to be simulated.

    `met` (2, options, lanes) says who meets the target at the month asked about and who at the later one, the
    same virtual patients in the same order for every option; `costs` (options, measures), smaller being better,
    are certain. `people` is the size of the whole bank: the differences between options are those of a sample
    without replacement, so nothing is left to chance once everybody was simulated.
    """
    low = np.array([_bound_differences(one, people) for one in met])
    no_dearer = (costs[:, None] <= costs[None]).all(axis=2)
    cheaper = (costs[:, None] < costs[None]).any(axis=2)
    better = cheaper | (low >= resolution).any(axis=0)
    return np.asarray((no_dearer & better & (low >= 0).all(axis=0)).any(axis=0))


def _bound_differences(met: NDArray[np.bool_], people: int) -> NDArray[np.float64]:
    """Return (options, options): the least by which the share of the first may exceed that of the second.

    Pairs are added to those that differ, so that a sample in which nobody differs is no certainty: half of eleven
    people who differ being seen, none of them is in one case of two thousand.
    """
    lanes = met.shape[1]
    held = met.astype(float)
    wins = held @ (1 - held).T
    apart = (wins - wins.T) / lanes
    unseen = max(1 - lanes / people, 0)
    variance = np.maximum((wins + wins.T + _ADDED_PAIRS) / lanes - apart**2, 0) / lanes * unseen
    return np.asarray(apart - _CERTAIN_Z * np.sqrt(variance))
