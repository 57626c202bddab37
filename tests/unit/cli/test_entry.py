"""Exit codes, JSON and nothing else, and what may not be loaded to print help."""

import json
import re
import subprocess
import sys

import jsonschema
import pytest

from osteon.app import describe_schema
from osteon.cli import entry, program
from osteon.errors import BadInputError

OWN = ("--only-own", "--sequence", "denosumab for 12 months")
HEAVY = ("jax", "matplotlib", "numpy", "polars", "pydantic", "scipy", "svy")
CHILD = """
format = "osteon-patient/1"
patient_id = "a"
sex = "female"
age_years = 9
[[scans]]
site = "total_hip"
t_score = -1.0
"""
YOUNG = CHILD.replace("age_years = 9", "age_years = 41\nmenopausal = false").replace("t_score", "z_score")


def check(name, text):
    document = json.loads(text)
    jsonschema.Draft202012Validator(json.loads(describe_schema(name))).validate(document)
    return document


def put(folder, text, name="patient.toml"):
    path = folder / name
    path.write_text(text)
    return path


# Typer itself checks a command's own parameters with pydantic.
@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [(["--help"], []), (["--version"], []), ([], []), (["plan", "--help"], ["pydantic"])],
)
def test_help_loads_nothing_heavy(arguments, allowed):
    look = f"""
import sys
from osteon.cli import run
code = run({arguments!r})
print(code, [name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == f"0 {allowed}"
    assert done.stdout.strip()


def test_it_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "osteon", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("osteon ")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("classify", ("classify", "examples/cohort.csv")),
        ("classify", ("classify", "examples/patient.toml")),
        ("forecast", ("forecast", "examples/patient.toml", "--sequence", "alendronate for 12 months")),
        ("plan", ("plan", "examples/treated.toml", *OWN)),
        ("drugs", ("drugs",)),
        ("drugs", ("drugs", "Evenity")),
        ("cite", ("cite",)),
        ("version", ("version",)),
    ],
)
def test_with_json_an_answer_is_one_document_of_its_schema(osteon, root, monkeypatch, name, arguments):
    monkeypatch.chdir(root)
    ran = osteon(*arguments, "--json")
    assert (ran.code, ran.err) == (0, "")
    check(name, ran.out)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("plan", "none.toml"), "patient.unreadable"),
        (("plan", "PATIENT", "--target", "9"), "reversal.target_out_of_range"),
        (("plan", "PATIENT", "--month", "500"), "forecast.month_out_of_range"),
        (("plan", "PATIENT", "--sequence", "alendronat"), "therapy.unknown_drug"),
        (("forecast", "PATIENT", "--sequence", "alendronate"), "therapy.duration_missing"),
        (
            ("forecast", "PATIENT", "--sequence", "no drug for 12 months", "--chart", "x.pdf"),
            "report.unknown_suffix",
        ),
        (("plan", "PATIENT", *OWN, "--out", "none/x.json"), "cli.not_writable"),
        (("classify", "none.csv"), "cohort.unreadable"),
        (("drugs", "aspirin"), "drug.unknown"),
        (("cite", "none.json"), "cite.unreadable"),
        (("schema", "none"), "schema.unknown"),
        (("plan",), "cli.usage"),
        (("plan", "PATIENT", "--seed", "x"), "cli.usage"),
        (("plan", "PATIENT", "--targt", "1"), "cli.usage"),
        (("pln",), "cli.usage"),
    ],
)
def test_bad_input_is_code_2_in_words_and_in_json(
    osteon, patient_path, tmp_path, monkeypatch, arguments, code
):
    monkeypatch.chdir(tmp_path)
    given = [patient_path if word == "PATIENT" else word for word in arguments]
    plain, written = osteon(*given), osteon(*given, "--json")
    assert (plain.code, written.code) == (2, 2)
    assert plain.out == ""
    assert plain.err.startswith(f"[{code}] ")
    document = json.loads(written.out)
    if arguments[0] != "schema" and code != "cli.usage":
        assert written.err == ""
        assert [problem["code"] for problem in document["problems"]] == [code]
    assert document["exit_code"] == 2
    check("error", written.out)


@pytest.mark.parametrize(("text", "code"), [(CHILD, "person.not_adult"), (YOUNG, "forecast.outside_domain")])
@pytest.mark.parametrize("command", [("plan",), ("forecast", "--sequence", "no drug for 12 months")])
def test_outside_the_domain_is_code_3(osteon, tmp_path, text, code, command):
    path = put(tmp_path, text)
    plain = osteon(command[0], path, *command[1:])
    written = osteon(command[0], path, *command[1:], "--json")
    assert (plain.code, plain.out, written.code, written.err) == (3, "", 3, "")
    assert plain.err.startswith(f"[{code}] ")
    assert check("error", written.out)["exit_code"] == 3


def test_every_fault_of_a_file_is_its_own_line(osteon, tmp_path):
    path = put(tmp_path, CHILD.replace("female", "femal").replace("9", "'nine'"))
    plain, written = osteon("classify", path), osteon("classify", path, "--json")
    assert [line.partition("]")[0] for line in plain.err.splitlines()] == [
        "[patient.unknown_word",
        "[patient.wrong_kind",
    ]
    assert len(check("error", written.out)["problems"]) == 2


def test_a_cohort_nobody_of_which_can_be_read_is_bad_input(osteon, tmp_path):
    path = put(tmp_path, "patient_id,sex,age_years,total_hip_t_score\na,f,67,x\nb,f,12,-1\n", "cohort.csv")
    ran = osteon("classify", path)
    assert ran.code == 2
    assert "not readable 1" in ran.out


def test_a_cohort_wholly_outside_the_domain_is_code_3(osteon, tmp_path):
    path = put(tmp_path, "patient_id,sex,age_years,total_hip_t_score\na,f,11,-1\nb,f,12,-1\n", "cohort.csv")
    assert osteon("classify", path).code == 3


def test_one_row_answered_is_an_answer(osteon, root):
    assert osteon("classify", root / "examples" / "cohort.csv").code == 0


def test_the_seed_is_the_only_luck(osteon, patient_path):
    def ask(*more):
        return osteon("plan", patient_path, *OWN, "--json", *more).out

    assert ask() == ask("--seed", "1")
    assert ask() != ask("--seed", "2")
    assert json.loads(ask("--seed", "2"))["provenance"]["seed"] == 2


def test_out_writes_what_json_prints(osteon, patient_path, tmp_path):
    path = tmp_path / "plan.json"
    printed = osteon("plan", patient_path, *OWN, "--json").out
    ran = osteon("plan", patient_path, *OWN, "--out", path, "--chart", tmp_path / "plan.svg")
    assert path.read_text() == printed
    assert "Options to discuss" in ran.out
    assert [line.partition(":")[0] for line in ran.err.splitlines()] == ["Written", "Written"]
    assert osteon("cite", path).code == 0


def test_a_negative_target_is_a_number_and_not_an_option(osteon, patient_path):
    ran = osteon("plan", patient_path, *OWN, "--target", "-2.0", "--json")
    assert json.loads(ran.out)["definition"]["target_t_score"] == -2.0


def test_schema_names_are_listed(osteon):
    names = osteon("schema").out.split()
    assert {"classify", "forecast", "plan", "error", "patient"} <= set(names)
    for name in names:
        identity = json.loads(osteon("schema", name).out)["$id"]
        assert re.fullmatch(rf"urn:osteon:{name.removesuffix('-1')}:\d+", identity)


def test_an_interrupted_run_says_so_with_its_code(monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "program", interrupt)
    assert entry.run(["plan"]) == 130


def test_a_bug_is_not_dressed_up_as_bad_input(monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(program, "program", fail)
    with pytest.raises(ZeroDivisionError):
        entry.run(["plan"])


def test_a_reader_that_leaves_early_is_no_error(patient_path):
    command = f"{sys.executable} -m osteon cite | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)  # noqa: S602
    assert (done.stderr, len(done.stdout.splitlines())) == ("", 1)


def test_a_fault_is_an_osteon_error_and_keeps_its_brackets(osteon, monkeypatch):
    def fail(*_, **__):
        raise BadInputError(code="a.b", field="[x]", got="[/y]", expected="[bold]", hint="h")

    monkeypatch.setattr(program, "program", fail)
    assert osteon("plan").err == "[a.b] [x]: got [/y]; expected [bold]. h\n"
