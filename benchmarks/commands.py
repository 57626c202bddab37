"""Whole commands, each in a process of its own, as somebody types them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.timing import Timing, repeat_timing

PATIENT = Path(__file__).parents[1] / "examples" / "patient.toml"
SEQUENCE = "romosozumab for 12 months, then denosumab for 24 months"


def time_commands(repeats: int) -> list[Timing]:
    """Time a plan on a machine that has never run one, then the usual commands."""
    with TemporaryDirectory() as folder:
        cache = {"OSTEON_CACHE": folder}
        first = repeat_timing("osteon plan, first run ever", lambda: _run(cache, "plan", PATIENT), repeats=1)
        note = "the compile cache was empty"
        return [
            replace(first, note=note),
            _time_warm("osteon plan", cache, repeats, "plan", PATIENT),
            _time_warm("osteon forecast", cache, repeats, "forecast", PATIENT, "--sequence", SEQUENCE),
            _time_warm("osteon classify", cache, repeats, "classify", PATIENT),
            _time_warm("osteon --help", cache, repeats, "--help"),
        ]


def _time_warm(name: str, cache: dict[str, str], repeats: int, *words: str | Path) -> Timing:
    _run(cache, *words)
    return repeat_timing(f"{name}, warm", lambda: _run(cache, *words), repeats=repeats)


def _run(environment: dict[str, str], *words: str | Path) -> None:
    command = [sys.executable, "-m", "osteon", *map(str, words)]
    subprocess.run(command, env=os.environ | environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
