"""What a clinician reads of a patient file with everything wrong, word for word, at 80 columns.

The listing is a snapshot; beside it stands what must hold of any listing: each fault once, in the order of the
lines, at the line that really holds it, and no line wider than the screen.
"""

import json
import os
import subprocess
import sys

import pytest

WIDTH = 80


@pytest.fixture(scope="module")
def run(root):
    def call(*options):
        command = [sys.executable, "-m", "osteon", "patient", "check", "patient_faults.toml", *options]
        environment = os.environ | {"COLUMNS": str(WIDTH), "NO_COLOR": "1", "PYTHONPATH": str(root / "src")}
        done = subprocess.run(
            command,
            cwd=root / "tests" / "golden",
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (2, "")
        return done.stdout

    return call


def test_the_listing_word_for_word(run, root):
    expected = (root / "tests" / "golden" / "patient_faults.txt").read_text(encoding="utf-8")
    assert run() == expected
    assert max(map(len, expected.splitlines())) <= WIDTH


def test_the_listing_is_of_the_file(run, root):
    rows = (root / "tests" / "golden" / "patient_faults.toml").read_text(encoding="utf-8").splitlines()
    (checked,) = json.loads(run("--json"))["files"]
    problems = checked["problems"]
    lines = [problem["line"] for problem in problems]
    assert lines == sorted(lines)
    assert len({(one["line"], one["field"], one["code"], one["got"]) for one in problems}) == len(problems)
    assert (checked["usable"], checked["patient_id"]) == (False, None)
    for problem in problems:
        row, key = rows[problem["line"] - 1], problem["field"].partition(" ")[0].rpartition(".")[2]
        missing = problem["code"] == "patient.missing_key"
        assert missing or row.startswith("[[") or key in row or problem["field"] == f"line {problem['line']}"
