"""What README shows is what a reader gets.

A block fenced as `console` is a session: each `$ osteon ...` is run, and what stands under it must be
printed, line for line. A line `...` stands for any lines. The commands of one block share a folder from
which the checkout's own files can be reached. A block whose commands are meant to fail is fenced
`console exit=2`. Other commands (git, make, cd) are not run, but a `make` target must exist.
"""

import doctest
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"

FENCE = re.compile(
    r"^```(?P<kind>[\w-]+)(?: +exit=(?P<status>\d+))? *\n(?P<body>.*?)^``` *$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
ELISION = "..."
NUMBER = re.compile(r"(\d+(?:\.\d+)?)")
PAGE = {"COLUMNS": "100", "LINES": "50", "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    command: str
    shown: tuple[str, ...]
    status: int


def find_blocks(text: str, kind: str) -> list[re.Match[str]]:
    return [fence for fence in FENCE.finditer(text) if fence["kind"] == kind]


def split_steps(body: str, status: int) -> list[Step]:
    """The commands of a session, each with the lines shown under it."""
    chunks = re.split(r"^\$ ", body.replace("\\\n", " "), flags=re.MULTILINE)[1:]
    lines = [chunk.rstrip("\n").split("\n") for chunk in chunks]
    return [
        Step(command=first.strip(), shown=tuple(line.rstrip() for line in rest), status=status)
        for first, *rest in lines
    ]


def list_sessions(text: str) -> list[list[Step]]:
    blocks = find_blocks(text, "console")
    sessions = [split_steps(block["body"], int(block["status"] or 0)) for block in blocks]
    return [steps for steps in sessions if any(step.command.startswith("osteon") for step in steps)]


def lines_agree(shown: tuple[str, ...], printed: tuple[str, ...]) -> bool:
    """Compare line by line; a number may differ by one in its last printed digit.

    Another processor rounds single precision otherwise, and one virtual patient more or less above a line can
    turn 66 % into 67 %. Runs of spaces count as one, as a column may shift with such a digit.
    """
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == ELISION else make_pattern(line) + r"\n" for line in shown
    )
    found = re.fullmatch(pattern, "".join(squeeze(line) + "\n" for line in printed))
    numbers = [text for line in shown if line.strip() != ELISION for text in NUMBER.findall(squeeze(line))]
    return found is not None and all(map(numbers_agree, numbers, found.groups()))


def squeeze(line: str) -> str:
    return re.sub(r" +", " ", line)


def make_pattern(line: str) -> str:
    return NUMBER.pattern.join(re.escape(part) for part in NUMBER.split(squeeze(line))[::2])


def numbers_agree(shown: str, printed: str) -> bool:
    digits = len(shown.partition(".")[2])
    same_form = len(printed.partition(".")[2]) == digits
    return same_form and abs(float(shown) - float(printed)) < 1.5 * 10**-digits


def run_command(command: str, folder: Path) -> tuple[int, tuple[str, ...]]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(  # noqa: S602 - README shows what is typed into a shell
        command,
        shell=True,
        cwd=folder,
        env=os.environ | PAGE | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, tuple(
        line.rstrip() for line in done.stdout.rstrip("\n").split("\n") if done.stdout
    )


def reach_checkout(folder: Path) -> None:
    """Let commands name the checkout's files, while what they write stays in the folder."""
    for entry in ROOT.iterdir():
        if not entry.name.startswith("."):
            (folder / entry.name).symlink_to(entry)


def read_readme() -> str:
    return README.read_text(encoding="utf-8") if README.exists() else ""


def check_step(step: Step, folder: Path) -> None:
    status, printed = run_command(step.command, folder)
    told = "\n".join([f"$ {step.command}", "README shows:", *step.shown, f"it prints ({status}):", *printed])
    assert status == step.status, told
    assert lines_agree(step.shown, printed), told


@pytest.mark.parametrize(
    ("shown", "printed", "agree"),
    [
        (("a", "b"), ("a", "b"), True),
        (("a", "b"), ("a", "c"), False),
        (("a",), ("a", "b"), False),
        (("a", "...", "d"), ("a", "b", "c", "d"), True),
        (("a", "..."), ("a",), True),
        (("...", "x"), ("a", "b"), False),
        ((), (), True),
        ((), ("a",), False),
        (("66 % of 2.40",), ("67 % of  2.41",), True),
        (("66 %",), ("68 %",), False),
        (("2.40",), ("2.4",), False),
        (("-3.1 (a.b)", "...", "9 %"), ("-3.1 (a.b)", "x 5", "10 %"), True),
        (("66 %",), ("-66 %",), False),
    ],
)
def test_lines_are_compared_whole(shown, printed, agree):
    assert lines_agree(shown, printed) is agree


def test_a_session_is_split_into_its_commands():
    text = "```console exit=2\n$ git clone x\n$ osteon plan \\\n    --age 70\nfirst\n\nthird\n```\n"
    (steps,) = list_sessions(text)
    assert [step.command for step in steps] == ["git clone x", "osteon plan      --age 70"]
    assert (steps[1].shown, steps[1].status) == (("first", "", "third"), 2)


def test_a_wrong_line_and_a_wrong_status_are_seen(tmp_path):
    with pytest.raises(AssertionError, match="README shows"):
        check_step(Step(command="echo one", shown=("two",), status=0), tmp_path)
    with pytest.raises(AssertionError, match="README shows"):
        check_step(Step(command="exit 3", shown=(), status=0), tmp_path)
    check_step(Step(command="echo one; exit 3", shown=("one",), status=3), tmp_path)


def test_readme_shows_a_session():
    assert list_sessions(read_readme()), (
        "README.md must show at least one ```console session that runs osteon"
    )


@pytest.mark.parametrize("steps", list_sessions(read_readme()))
def test_a_session_prints_what_readme_shows(steps, tmp_path):
    reach_checkout(tmp_path)
    for step in steps:
        if step.command.startswith("osteon"):
            check_step(step, tmp_path)


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    asked = {
        name
        for block in FENCE.finditer(read_readme())
        for name in re.findall(r"\bmake ([a-z]+)", block["body"])
    }
    assert asked, "README.md must say how to set osteon up with make"
    assert {name for name in asked if not re.search(rf"^{name}:", makefile, re.MULTILINE)} == set()


def check_python(source: str) -> None:
    """Lines behind `>>>` are compared with what follows; a block without them must just run."""
    if ">>>" not in source:
        exec(compile(source, str(README), "exec"), {})  # noqa: S102 - our own README
        return
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    test = doctest.DocTestParser().get_doctest(source, {}, "README", str(README), 0)
    assert doctest.DocTestRunner(optionflags=flags).run(test).failed == 0


def test_a_python_example_can_fail():
    check_python(">>> 1 + 1\n2\n")
    with pytest.raises(AssertionError):
        check_python(">>> 1 + 1\n3\n")
    with pytest.raises(NameError):
        check_python("undefined_name\n")


def test_python_blocks_run():
    for block in find_blocks(read_readme(), "python"):
        check_python(block["body"])


def test_links_lead_somewhere():
    pages = list(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))
    dead = [
        f"{page.name}: {link}"
        for page in pages
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert dead == []
