"""The patient file that a clinician starts from: every key with an example, none of them in force."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Final

_EXAMPLE: Final = re.compile(r"^#(?=\[|\w+ = )", re.MULTILINE)


def read_patient_template() -> str:
    """Return the empty template: a line in force only where every patient has the same."""
    return (files("osteon.interop") / "patient_template.toml").read_text(encoding="utf-8")


def fill_patient_template() -> str:
    """Return the template with every example in force: a whole patient, to read and to test with.

    >>> from osteon.interop import check_patient_text
    >>> check_patient_text(fill_patient_template(), ".toml").problems
    ()
    """
    return _EXAMPLE.sub("", read_patient_template())
