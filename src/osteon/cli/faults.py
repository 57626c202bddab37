"""What went wrong: one clear line each, or one JSON document, and a stable exit code."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from osteon.cli.screen import open_screen, print_json
from osteon.errors import AbstainedError, BadInputError, OsteonError

__all__ = ["ABSTAINED", "BAD_INPUT", "UsageProblem", "find_exit_code", "report_fault", "report_usage"]

BAD_INPUT: Literal[2] = 2
ABSTAINED: Literal[3] = 3


@runtime_checkable
class UsageProblem(Protocol):
    """A command line that cannot be understood, as the parser raises it."""

    exit_code: int

    def format_message(self) -> str:
        """Say what is wrong."""
        ...


def find_exit_code(fault: OsteonError) -> Literal[2, 3]:
    """Return the exit code of a fault."""
    return ABSTAINED if isinstance(fault, AbstainedError) else BAD_INPUT


def report_fault(fault: OsteonError, *, as_json: bool) -> int:
    """Report a fault, or each of several, and return the exit code."""
    code = find_exit_code(fault)
    faults: tuple[OsteonError, ...] = getattr(fault, "faults", ()) or (fault,)
    if as_json:
        from osteon.app import write_problem

        print_json(write_problem(faults, code))
        return code
    screen = open_screen(to_errors=True)
    for one in faults:
        code_words, _, rest = str(one).partition("] ")
        screen.print(f"{code_words}]", style="fault", end=" ", soft_wrap=True)
        screen.print(rest, soft_wrap=True)
    return code


def report_usage(problem: UsageProblem, *, as_json: bool) -> int:
    """Report a command line that cannot be understood as bad input."""
    context = getattr(problem, "ctx", None)
    command = context.command_path if context is not None else "osteon"
    got = problem.format_message().rstrip(".").replace("\n", " ")
    fault = BadInputError(
        code="cli.usage",
        field=command,
        got=f'"{got}"',
        expected=f"a command line that `{command} --help` describes",
        hint="Nothing was computed.",
    )
    return report_fault(fault, as_json=as_json)
