"""The command line: thin. It parses, calls `osteon.app`, and prints."""

from osteon.cli.entry import main, run

__all__ = ["main", "run"]
