"""Nothing in the tree belongs to one machine, one mirror or one person's memory."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Spelled in pieces: these lines must not find themselves.
MACHINE_PATH = re.compile(r"(?<![\w.$}~-])/(?:" + r"work|ro" + r"ot|home/[a-z]\w*|Users/[A-Za-z]\w*)/")
SCRATCH_PATH = re.compile(r"(?<![\w.$}~-])/(?:" + r"t" + r"mp)/")
REGISTRY = re.compile(
    r"py" + r"pi\.org|python" + r"hosted\.org|ana" + r"conda\.org|npm" + r"js\.org|(?:extra-)?index" + r"-url"
)
TO_DO = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b(?!.*#\d)")


def list_tree() -> list[Path]:
    """Files that git tracks or would, so that a fault is seen before it is committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def read_text(path: Path) -> str:
    """The text of a file, empty for one that is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def find_matches(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate(read_text(path).splitlines(), start=1)
        if pattern.search(line)
    ]


@pytest.fixture(scope="module")
def tree() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: the list of files to read comes from git")
    return list_tree()


@pytest.mark.parametrize(
    ("pattern", "caught", "passed"),
    [
        (MACHINE_PATH, "open('/ho" + "me/ann/scan.csv')", "https://example.org/home/ann/scan.csv"),
        (MACHINE_PATH, "/wo" + "rk/main", "net/wo" + "rk/main"),
        (SCRATCH_PATH, "cd /t" + "mp/x", "$HOME/t" + "mp/x"),
        (REGISTRY, "--index" + "-url https://mirror", "an index of urls"),
        (TO_DO, "TO" + "DO: later", "TO" + "DO: later, see #12"),
    ],
)
def test_each_pattern_catches_and_lets_pass(pattern, caught, passed):
    assert pattern.search(caught)
    assert not pattern.search(passed)


def test_the_tree_is_read(tree):
    assert ROOT / "pyproject.toml" in tree


def test_no_path_of_one_machine(tree):
    assert find_matches(MACHINE_PATH, tree) == []


def test_no_scratch_path_outside_the_tests(tree):
    assert find_matches(SCRATCH_PATH, [path for path in tree if ROOT / "tests" not in path.parents]) == []


def test_no_package_registry_is_named(tree):
    assert find_matches(REGISTRY, tree) == []


def test_every_to_do_names_its_issue(tree):
    assert find_matches(TO_DO, tree) == []
