"""A timing, and how it is taken."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Best and median of several runs; `ratio_to_engine` sets a peer beside the engine."""

    name: str
    best: float
    median: float
    unit: str
    note: str = ""
    ratio_to_engine: float | None = None


def repeat_timing(
    name: str, run: Callable[[], object], *, repeats: int, scale: float = 1, unit: str = "s"
) -> Timing:
    """Time something several times; seconds are multiplied by `scale`."""
    seconds = sorted(_time_once(run) * scale for _ in range(repeats))
    return Timing(name=name, best=seconds[0], median=median(seconds), unit=unit)


def _time_once(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start
