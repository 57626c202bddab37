"""What the time of a plan is spent on: `python -m benchmarks.planner` times its stages once, in this process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.timing import Timing

PATIENT = Path(__file__).parents[1] / "examples" / "patient.toml"
WARM = "a plan, warm"
FIRST = "a plan, first run ever"


def time_planner(repeats: int) -> list[Timing]:
    """Time the stages of a plan in processes of their own: with an empty compile cache, then with a full one."""
    with TemporaryDirectory() as folder:
        first = [_run_stages(folder)]
        warm = [_run_stages(folder) for _ in range(repeats)]
    return [*_list_timings(FIRST, first), *_list_timings(WARM, warm)]


def _list_timings(name: str, runs: list[dict[str, float]]) -> list[Timing]:
    timings = []
    for stage in runs[0]:
        seconds = sorted(run[stage] for run in runs)
        timings.append(
            Timing(name=f"{name}: {stage}", best=seconds[0], median=seconds[len(seconds) // 2], unit="s")
        )
    return timings


def _run_stages(folder: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.planner"]
    done = subprocess.run(  # noqa: S603 - our own module
        command, env=os.environ | {"OSTEON_CACHE": folder}, check=True, capture_output=True, text=True
    )
    stages: dict[str, float] = json.loads(done.stdout)
    return stages


def main() -> None:
    """Time each stage once and print the seconds as JSON."""
    started = perf_counter()
    from osteon.inference import name_context, prepare_patient  # noqa: PLC0415 - loading is timed
    from osteon.interop import read_patient_file  # noqa: PLC0415 - loading is timed
    from osteon.population import load_engine  # noqa: PLC0415 - loading is timed
    from osteon.reversal import (  # noqa: PLC0415 - loading is timed
        Goal,
        judge_sequences,
        list_candidates,
        plan_sequences,
        standard_grammar,
        standard_reversal,
    )

    times = {"loading osteon": perf_counter()}
    load_engine()
    times["loading the array library"] = perf_counter()
    bank = prepare_patient(read_patient_file(PATIENT))
    times["reading the patient, drawing virtual ones"] = perf_counter()
    judge_sequences(list_candidates(standard_grammar()), name_context(bank.patient))
    times["writing sequences down, checking each"] = perf_counter()
    goal = Goal(definition=standard_reversal(), month=36)
    rounds: list[float] = []
    found = plan_sequences(bank, goal, progress=lambda _done, _total: rounds.append(perf_counter()))
    checked = (
        times["writing sequences down, checking each"] - times["reading the patient, drawing virtual ones"]
    )
    for number, (one, ended) in enumerate(zip(found.rounds, rounds, strict=True), start=1):
        # The checks are run once more inside the plan: their time stands in a line of its own.
        times[f"round {number}: {one.candidates} candidates"] = ended - checked
    times[f"reading {len(found.options)} forecasts"] = perf_counter() - checked
    print(json.dumps(_list_stages(started, times)))


def _list_stages(started: float, times: dict[str, float]) -> dict[str, float]:
    stages, before = {}, started
    for stage, ended in times.items():
        stages[stage] = ended - before
        before = ended
    return stages | {"in all": sum(stages.values())}


if __name__ == "__main__":
    main()
