"""The command `trial`: pages at two widths, JSON and nothing else, and faults with their exit codes."""

import json

import jsonschema
import pytest

from osteon.app import describe_schema
from osteon.cli import run

DESIGN = """format = "osteon-trial-design/1"
name = "own"
title = "My own trial"
subjects = 300
visits_months = [12, 24]
control = "placebo"
primary = "Total hip"
[dropout]
share = 0.1
by_month = 12
[[arms]]
name = "placebo"
sequence = "no drug for 24 months"
[[arms]]
name = "denosumab"
sequence = "denosumab for 24 months"
[[endpoints]]
name = "Total hip"
kind = "percent_change"
site = "total_hip"
month = 24
[[endpoints]]
name = "Every site above -1.0"
kind = "share_above"
sites = ["total_hip", "lumbar_spine"]
target_t_score = -1.0
month = 24
[[endpoints]]
name = "Time to it"
kind = "time_to_target"
sites = ["total_hip", "lumbar_spine"]
target_t_score = -1.0
"""


@pytest.fixture
def design(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(DESIGN)
    return path


@pytest.mark.parametrize("width", [80, 120])
def test_a_page_fits_its_width(osteon, design, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    code = run(["trial", str(design), "--workers", "1"])
    assert code == 0


def test_the_page_says_what_it_is_and_how_sure(osteon, design):
    ran = osteon("trial", design, "--workers", "1")
    assert ran.code == 0
    for words in (
        "none of whom exists",
        "denosumab: denosumab 24 mo",
        "Less control",
        "Real trial",
        "Assurance",
        "surrogate endpoint qualified in 2025",
        "Research use only",
    ):
        assert words in ran.out, words
    assert max(map(len, ran.out.splitlines())) <= 100


def test_json_is_one_document_of_its_schema(osteon, design):
    ran = osteon("trial", design, "--workers", "1", "--json")
    assert (ran.code, ran.err) == (0, "")
    jsonschema.Draft202012Validator(json.loads(describe_schema("trial"))).validate(json.loads(ran.out))


def test_a_folder_is_filled_and_taken_up_again(osteon, design, tmp_path):
    out = tmp_path / "out"
    first = osteon("trial", design, "--workers", "1", "--out", out)
    assert "Written:" in first.err
    again = osteon("trial", design, "--workers", "1", "--out", out)
    assert "2 of 2 chunks had been finished by an earlier run." in again.out
    other = osteon("trial", design, "--workers", "1", "--subjects", "100", "--out", out)
    assert (other.code, "cluster.other_run" in other.err) == (2, True)


def test_shipped_designs_are_listed(osteon):
    ran = osteon("trial", "--list")
    for name in ("frame", "arch", "freedom", "active", "data-switch"):
        assert name in ran.out
    document = json.loads(osteon("trial", "--list", "--json").out)
    jsonschema.Draft202012Validator(json.loads(describe_schema("trial-list"))).validate(document)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), "trial.no_design"),
        (("unknown",), "trial.unknown_design"),
        (("none.toml",), "trial.unreadable"),
        (("DESIGN", "--workers", "0"), "trial.workers_out_of_range"),
        (("DESIGN", "--cluster", "tcp://127.0.0.1:9"), "trial.no_shared_folder"),
        (("DESIGN", "--subjects", "1"), "trial.subjects_out_of_range"),
    ],
)
def test_a_fault_is_bad_input(osteon, design, arguments, code):
    ran = osteon("trial", *(design if word == "DESIGN" else word for word in arguments), "--json")
    assert ran.code == 2
    assert json.loads(ran.out)["problems"][0]["code"] == code
