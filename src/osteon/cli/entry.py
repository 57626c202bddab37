"""From the words typed to an exit code."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import typer

from osteon import __version__
from osteon.cli.faults import UsageProblem, report_fault, report_usage
from osteon.errors import OsteonError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "run"]

_INTERRUPTED = 130
_BROKEN_PIPE = 141


def main() -> None:
    """Run the command line of this process and leave with its exit code.

    Everything is written by then, so the process leaves at once: the array library would take half a second more
    to put its threads away.
    """
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 an answer, 2 bad input, 3 abstained."""
    if list(arguments) == ["--version"]:
        sys.stdout.write(f"osteon {__version__}\n")
        return 0
    return _run_program(list(arguments) or ["--help"])


def _run_program(arguments: list[str]) -> int:
    from osteon.cli.program import program

    as_json = "--json" in arguments
    try:
        code = program(arguments, prog_name="osteon", standalone_mode=False)
        sys.stdout.flush()
    except OsteonError as fault:
        return report_fault(fault, as_json=as_json)
    except (typer.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has gone; what is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except Exception as problem:
        # Typer keeps the class of its usage errors private, so they are known by what they can do.
        if isinstance(problem, UsageProblem):
            return report_usage(problem, as_json=as_json)
        raise
    return code if isinstance(code, int) else 0
