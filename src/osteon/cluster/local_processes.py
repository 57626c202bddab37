"""Chunks on processes of this machine; one that dies is replaced, and its chunk is run again."""

from __future__ import annotations

import multiprocessing as mp
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import wait
from typing import TypeVar

from osteon.cluster.losses import ignore_loss, refuse_deadly_item

__all__ = ["ProcessExecutor"]

_AHEAD = 4
_MOST_DEATHS = 3

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessExecutor:
    """A number of worker processes; ``tell_loss`` is called with a sentence whenever one was lost.

    Results come in the order of the items. Items in the hands of a worker that died are run again, so the
    function must give the same answer twice. The main file of a script needs ``if __name__ == "__main__":``.
    """

    workers: int
    tell_loss: Callable[[str], None] = ignore_loss

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield ``function(item)`` for each item, in order.

        Raises ``OsteonError`` (``cluster.worker_keeps_dying``) when workers die over the same item again and again.
        """
        waiting = iter(items)
        held: deque[Item] = deque(islice(waiting, self.workers * _AHEAD))
        deaths = 0
        while held:
            with _open_pool(self.workers) as pool:
                futures = deque(pool.submit(function, item) for item in held)
                try:
                    while futures:
                        result = futures[0].result()
                        futures.popleft()
                        held.popleft()
                        deaths = 0
                        yield result
                        _take_next(pool, function, waiting, held, futures)
                except BrokenProcessPool:
                    deaths += 1
            if held:
                self.tell_loss("A worker process was lost; what it held was run again.")
                refuse_deadly_item(held[0], deaths, most=_MOST_DEATHS)


def _take_next(
    pool: ProcessPoolExecutor,
    function: Callable[[Item], Result],
    waiting: Iterator[Item],
    held: deque[Item],
    futures: deque[Future[Result]],
) -> None:
    for item in islice(waiting, 1):
        held.append(item)
        futures.append(pool.submit(function, item))


def _open_pool(workers: int) -> ProcessPoolExecutor:
    # Never forked: the array library has threads, and a fork would copy their locks and not them.
    return ProcessPoolExecutor(workers, mp_context=mp.get_context("spawn"), initializer=_leave_with_parent)


def _leave_with_parent() -> None:
    """End this worker when its parent ends, however that ends."""
    parent = mp.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
