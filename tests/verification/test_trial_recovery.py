"""A run of a hundred chunks gives the same answer whatever happens to it: killed workers, a killed driver.

Answers are compared to the last bit, by the digest of every row and by every estimate.
"""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from osteon.app import find_design, simulate_trial, write_document

pytestmark = pytest.mark.slow

CHUNKS = 100
KILL_AFTER = 20
DESIGN = """
format = "osteon-trial-design/1"
name = "tiny"
title = "A hundred chunks"
subjects = 25600
visits_months = [3]
control = "placebo"
primary = "hip"
dropout = { share = 0.1, by_month = 3 }
[[arms]]
name = "placebo"
sequence = "no drug for 3 months"
[[arms]]
name = "drug"
sequence = "denosumab for 3 months"
[[endpoints]]
name = "hip"
kind = "percent_change"
site = "total_hip"
month = 3
[[endpoints]]
name = "time"
kind = "time_to_target"
sites = ["total_hip"]
target_t_score = -1.0
"""


@pytest.fixture(scope="module")
def design_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("design") / "tiny.toml"
    path.write_text(DESIGN)
    return path


@pytest.fixture(scope="module")
def design(design_path):
    return find_design(str(design_path))


@pytest.fixture(scope="module")
def undisturbed(design):
    """One process, one thread, nobody killed."""
    answer = simulate_trial(design, workers=1)
    assert answer.run.chunks == CHUNKS
    return answer


def assert_same_answer(answer, undisturbed):
    assert answer.run.content_hash == undisturbed.run.content_hash
    assert answer.run.rows == undisturbed.run.rows
    assert answer.trial == undisturbed.trial


def assert_complete(folder, answer):
    """Every subject once, nothing half-written."""
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["finished"]
    assert sum(chunk["rows"] for chunk in manifest["chunks"]) == manifest["rows"] == answer.run.rows
    parts = sorted((folder / "parts").iterdir())
    assert [part.name for part in parts] == [f"{chunk['name']}.parquet" for chunk in manifest["chunks"]]
    table = pq.read_table(parts, columns=["arm", "subject", "month"])
    at_start = table.filter(pq.filters_to_expression([("month", "=", 0)]))
    pairs = set(zip(at_start["arm"].to_pylist(), at_start["subject"].to_pylist(), strict=True))
    assert len(pairs) == at_start.num_rows == 25600


class KillOnce:
    """A progress callback that kills somebody when enough chunks are done."""

    def __init__(self, find_pid):
        self.find_pid, self.killed = find_pid, None

    def __call__(self, done, total):
        if self.killed is None and done >= KILL_AFTER:
            self.killed = self.find_pid()
            os.kill(self.killed, signal.SIGKILL)


def test_two_processes_are_one(design, undisturbed):
    answer = simulate_trial(design, workers=2)
    assert answer.run.losses == ()
    assert_same_answer(answer, undisturbed)


def test_a_killed_worker_changes_nothing(design, undisturbed, tmp_path):
    kill = KillOnce(lambda: active_children()[0].pid)
    answer = simulate_trial(design, workers=2, folder=tmp_path, progress=kill)
    assert kill.killed is not None
    assert len(answer.run.losses) == 1
    assert json.loads((tmp_path / "manifest.json").read_text())["run"]["workers_lost"] == 1
    assert_same_answer(answer, undisturbed)
    assert_complete(tmp_path, answer)


def test_a_killed_driver_goes_on_where_it_was(design_path, design, undisturbed, tmp_path):
    folder = tmp_path / "run"
    command = [
        sys.executable,
        "-m",
        "osteon",
        "trial",
        str(design_path),
        "--workers",
        "2",
        "--out",
        str(folder),
    ]
    driver = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    kept = wait_for_parts(folder / "parts", driver, KILL_AFTER)
    os.kill(driver.pid, signal.SIGKILL)
    assert driver.wait() == -signal.SIGKILL
    assert not json.loads((folder / "manifest.json").read_text())["finished"]
    wait_until_quiet(folder / "parts")
    written = {path: path.stat().st_mtime_ns for path in kept}
    answer = simulate_trial(design, workers=1, folder=folder)
    assert KILL_AFTER <= answer.run.found < CHUNKS
    assert {path: path.stat().st_mtime_ns for path in kept} == written
    assert_same_answer(answer, undisturbed)
    assert_complete(folder, answer)


def wait_for_parts(parts: Path, driver: subprocess.Popen, count: int) -> list[Path]:
    while driver.poll() is None:
        found = sorted(parts.glob("*.parquet")) if parts.is_dir() else []
        if len(found) >= count:
            return found
        time.sleep(0.02)
    pytest.fail(f"the driver left with {driver.returncode} before it could be killed")


def wait_until_quiet(parts: Path) -> None:
    """Wait for the orphaned workers to end, which they do when their parent has."""
    before = -1
    while before != (now := len(list(parts.iterdir()))):
        before = now
        time.sleep(1)


def test_the_command_says_that_it_went_on(design_path, undisturbed, tmp_path):
    from osteon.cli import run

    folder = tmp_path / "run"
    small = ["trial", str(design_path), "--subjects", "600", "--out", str(folder)]
    assert run([*small, "--workers", "1"]) == 0
    first = json.loads((folder / "result.json").read_text())
    assert run(small) == 0
    second = json.loads((folder / "result.json").read_text())
    assert (first["run"].pop("chunks_found_finished"), second["run"].pop("chunks_found_finished")) == (0, 4)
    assert first == second


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as started:
        yield started


def test_the_cluster_is_one_process(design, undisturbed, cluster, tmp_path):
    answer = simulate_trial(design, cluster=cluster.scheduler_address, folder=tmp_path)
    assert_same_answer(answer, undisturbed)
    assert_complete(tmp_path, answer)
    assert write_document(answer) == write_document(undisturbed)


def test_a_killed_worker_of_the_cluster_changes_nothing(design, undisturbed, cluster, tmp_path):
    kill = KillOnce(lambda: next(iter(cluster.workers.values())).pid)
    answer = simulate_trial(design, cluster=cluster.scheduler_address, folder=tmp_path, progress=kill)
    assert kill.killed is not None
    assert len(answer.run.losses) == 1
    assert_same_answer(answer, undisturbed)
    assert_complete(tmp_path, answer)


def test_another_design_is_refused_in_the_folder_of_this_one(design, tmp_path):
    from osteon.errors import BadInputError

    small = replace(design, subjects=10)
    simulate_trial(small, folder=tmp_path, workers=1)
    with pytest.raises(BadInputError, match=r"cluster\.other_run"):
        simulate_trial(replace(small, seed=2), folder=tmp_path, workers=1)
