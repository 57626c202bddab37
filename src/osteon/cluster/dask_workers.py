"""Chunks on the workers of a Dask cluster, wherever its scheduler says they are."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from osteon.cluster.losses import ignore_loss
from osteon.errors import BadInputError, OsteonError

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["DaskExecutor"]

_AHEAD = 64
_AHEAD_PER_THREAD = 4
_CONNECT_S = 20
_LOOK_S = 1.0

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class DaskExecutor:
    """The cluster whose scheduler listens at ``address``, such as ``tcp://10.0.0.1:8786``.

    A name that ends in ``.json`` is the file that ``dask scheduler --scheduler-file`` writes.
    ``tell_loss`` is called with a sentence whenever a worker was lost. Results come in the order of the items;
    what a lost worker held is run again, so the function must give the same answer twice.
    """

    address: str
    tell_loss: Callable[[str], None] = ignore_loss

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield ``function(item)`` for each item, in order; the cluster holds a few for each of its threads.

        Raises ``BadInputError`` (``cluster.no_dask``, ``cluster.unreachable``) and ``OsteonError``
        (``cluster.worker_keeps_dying``) when the cluster gives up on an item.
        """
        client = _connect(self.address)
        watch = _LossWatch(client, self.tell_loss)
        try:
            # As a task and not as data: if every worker that holds it dies, it is made again.
            shared = client.submit(_hold, function, pure=False)
            waiting = iter(items)
            first = islice(waiting, _count_ahead(client))
            futures = deque(client.submit(_apply, shared, item, pure=False) for item in first)
            while futures:
                yield _await_result(futures.popleft())
                watch.look()
                futures.extend(client.submit(_apply, shared, item, pure=False) for item in islice(waiting, 1))
            watch.look(now=True)
        finally:
            client.close()


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as problem:
        raise BadInputError(
            code="cluster.no_dask",
            field="--cluster",
            got="no Dask on this machine",
            expected="the extra `cluster` of osteon",
            hint="Install osteon[cluster], here and on every worker.",
        ) from problem
    try:
        place = {"scheduler_file": address} if address.endswith(".json") else {"address": address}
        return Client(**place, timeout=_CONNECT_S, set_as_default=False, name="osteon")
    except (OSError, ValueError) as problem:
        raise BadInputError(
            code="cluster.unreachable",
            field="--cluster",
            got=address,
            expected="the address of a Dask scheduler, such as tcp://10.0.0.1:8786, or its scheduler file",
            hint=f"Is it running, and can this machine reach it? ({type(problem).__name__})",
        ) from problem


def _count_ahead(client: Client) -> int:
    """Return how many items to hand over before the first is back."""
    threads: Any = client.nthreads()
    return max(_AHEAD, _AHEAD_PER_THREAD * int(sum(threads.values())))


def _hold(function: Callable[[Item], Result]) -> Callable[[Item], Result]:
    return function


def _apply(function: Callable[[Item], Result], item: Item) -> Result:
    return function(item)


def _await_result(future: Any) -> Any:  # noqa: ANN401 - whatever the function returns
    from distributed import KilledWorker

    try:
        return future.result()
    except KilledWorker as problem:
        raise OsteonError(
            code="cluster.worker_keeps_dying",
            field="--cluster",
            got="a chunk over which several workers have died",
            expected="workers that live through one chunk",
            hint="Give each worker more memory, or look at its log. What is finished is kept.",
        ) from problem


class _LossWatch:
    """Reads the scheduler's own record of workers that left without saying so."""

    def __init__(self, client: Client, tell_loss: Callable[[str], None]) -> None:
        self.client, self.tell_loss = client, tell_loss
        self.told = self._count()
        self.looked = time.monotonic()

    def _count(self) -> int:
        record: Any = self.client.get_events("all")
        events = (event for _, event in record)
        return sum(event.get("action") == "remove-worker" and not event.get("expected") for event in events)

    def look(self, *, now: bool = False) -> None:
        """Tell of each worker lost since the last look, not more often than once a second."""
        if now or time.monotonic() - self.looked > _LOOK_S:
            count, self.looked = self._count(), time.monotonic()
            for _ in range(count - self.told):
                self.tell_loss("A worker of the cluster was lost; what it held was run again.")
            self.told = max(count, self.told)
