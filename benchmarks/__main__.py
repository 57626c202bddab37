"""Time osteon on this machine: `python -m benchmarks`."""

from __future__ import annotations

import argparse
import json
import os
import platform
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from benchmarks.commands import time_commands
from benchmarks.peers import time_engine_and_peer
from benchmarks.planner import time_planner
from benchmarks.posterior import time_posterior
from benchmarks.timing import Timing
from osteon import __version__


def main() -> None:
    """Print a table of timings, then the same as one line of JSON."""
    options = _read_options()
    timings = [
        *time_commands(options.repeats),
        *time_planner(options.repeats),
        *time_posterior(options.repeats),
        *time_engine_and_peer(options.repeats),
    ]
    _print_table(timings)
    print(json.dumps(_describe_machine() | {"timings": [asdict(timing) for timing in timings]}))


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="how often each is timed (default 5)")
    return parser.parse_args()


def _describe_machine() -> dict[str, str | int | None]:
    return {
        "osteon": __version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }


def _print_table(timings: list[Timing]) -> None:
    table = Table("What", "Best", "Median", "Unit", "Beside the crowd", box=None, pad_edge=False)
    for timing in timings:
        ratio = "" if timing.ratio_to_engine is None else f"{timing.ratio_to_engine:.0f} times"
        table.add_row(timing.name, f"{timing.best:.4g}", f"{timing.median:.4g}", timing.unit, ratio)
        if timing.note:
            table.add_row(f"  {timing.note}", style="dim")
    Console(width=None if os.environ.get("COLUMNS") else 110).print(table)


if __name__ == "__main__":
    main()
