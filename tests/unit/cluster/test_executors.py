"""Order is kept, faults come through, and nobody waits for a cluster that is not there."""

import os
import signal
from pathlib import Path

import pytest

from osteon.cluster import DaskExecutor, ProcessExecutor
from osteon.errors import BadInputError, OsteonError


def square(number):
    return number * number


def refuse_seven(number):
    if number == 7:
        raise BadInputError(code="a.b", field="number", got="7", expected="another", hint="Not seven.")
    return number


def die_once(item):
    """Kill the worker that is first to hold this item."""
    folder, number = item
    mark = Path(folder, f"{number}.died")
    if number == 5 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_always(number):
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_results_come_in_the_order_of_the_items():
    executor = ProcessExecutor(workers=2)
    assert list(executor.map(square, range(30))) == [square(number) for number in range(30)]
    assert list(executor.map(square, [])) == []


def test_a_fault_comes_through_with_its_five_parts():
    with pytest.raises(BadInputError) as fault:
        list(ProcessExecutor(workers=2).map(refuse_seven, range(20)))
    assert fault.value.code == "a.b"


def test_a_worker_that_dies_is_replaced_and_told_of(tmp_path):
    told = []
    executor = ProcessExecutor(workers=2, tell_loss=told.append)
    items = [(str(tmp_path), number) for number in range(20)]
    assert list(executor.map(die_once, items)) == list(range(20))
    assert len(told) == 1
    assert "lost" in told[0]


def test_an_item_that_kills_every_worker_is_given_up():
    with pytest.raises(OsteonError, match=r"cluster\.worker_keeps_dying"):
        list(ProcessExecutor(workers=1).map(die_always, [1]))


def test_a_cluster_that_is_not_there_is_told(monkeypatch):
    from osteon.cluster import dask_workers

    monkeypatch.setattr(dask_workers, "_CONNECT_S", 1)
    with pytest.raises(BadInputError, match=r"cluster\.unreachable"):
        list(DaskExecutor(address="tcp://127.0.0.1:9").map(square, [1]))


def test_without_dask_the_extra_is_named(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadInputError) as fault:
        list(DaskExecutor(address="tcp://127.0.0.1:9").map(square, [1]))
    assert fault.value.code == "cluster.no_dask"
    assert "osteon[cluster]" in fault.value.hint
