"""What the pages on trials and clusters show is read by the reader it is written for, and its sums add up."""

import re
import textwrap
from pathlib import Path

import pytest

from osteon.app import list_schemas
from osteon.interop import list_trial_designs, read_trial_design
from osteon.trials import list_chunks, plan_trial, simulate_chunk

ROOT = Path(__file__).parents[2]
TRIALS, CLUSTER = (ROOT / "docs" / name for name in ("virtual-trials.md", "cluster.md"))


def read_block(text, start):
    """The indented block whose first line begins so."""
    lines = text.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(f"    {start}"))
    block = []
    for line in lines[first:]:
        if line and not line.startswith("    "):
            break
        block.append(line)
    return textwrap.dedent("\n".join(block))


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    path = tmp_path_factory.mktemp("shown") / "shown.toml"
    path.write_text(read_block(TRIALS.read_text(encoding="utf-8"), "format ="), encoding="utf-8")
    return read_trial_design(path)


def test_the_design_that_is_shown_can_be_run(shown):
    assert [arm.ratio for arm in shown.arms] == [1, 2]
    plan = plan_trial(shown)
    rows = simulate_chunk(plan, next(iter(list_chunks(plan))))
    text = TRIALS.read_text(encoding="utf-8")
    columns = {
        name.replace("total_hip", "<site>") for name in rows if "lumbar" not in name and "neck" not in name
    }
    assert {name for name in columns if f"`{name}`" not in text} == set()


def test_the_designs_and_schemas_that_are_named_exist():
    text = TRIALS.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in list_trial_designs())
    named = re.findall(r"osteon schema ([\w-]+)", text)
    assert named
    assert set(named) <= set(list_schemas())


def read_number(pattern):
    (found,) = set(re.findall(pattern, CLUSTER.read_text(encoding="utf-8")))
    return float(found.replace(" ", ""))


def test_the_sums_of_a_billion_add_up():
    parts = [
        read_number(rf"\| {name} \| (\d+) \|")
        for name in ("simulated, rows laid out", "written as Parquet", "added up")
    ]
    each = read_number(r"\| together \| (\d+) \|")
    assert sum(parts) == each
    core_hours = read_number(r"us / 3600 \| (\d+) core hours")
    assert core_hours == round(1e9 * each * 1e-6 / 3600)
    assert read_number(r"\| 82 x 0\.05 \| \$(\d+) \|") == round(core_hours * 0.05)
    chunks = read_number(r"16 384 \| (61 036) \|")
    assert chunks == -(-(10**9) // 16384)
    size = read_number(r"11 rows take (\d+) bytes")
    disk_s = read_number(r"548 / 2 = (\d+) s")
    assert disk_s == round(1e9 * size / 2e9)
    total_s = 1e9 * each * 1e-6
    assert read_number(r"295 000 / 274 = (\d+)") == pytest.approx(total_s / disk_s, rel=0.01)
    assert read_number(r"tasks are (\d+) s") == round(chunks * 1.75e-3)
    assert read_number(r"295 000 / 107 = (\d+)") == pytest.approx(total_s / 107, rel=0.01)
