"""`osteon patient new` never overwrites unasked; `osteon patient check` says everything and means its exit code."""

import json

import pytest

from osteon.interop import fill_patient_template, read_patient_template

CHILD = 'format = "osteon-patient/2"\npatient_id = "c"\nsex = "female"\nage_years = 9\n'
CHILD += '[[scans]]\nsite = "total_hip"\nt_score = -1.0\n'


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_new_writes_the_template_and_says_what_comes_next(osteon, folder):
    ran = osteon("patient", "new")
    assert (ran.code, ran.err) == (0, "")
    assert "osteon patient check patient.toml" in ran.out
    assert (folder / "patient.toml").read_text(encoding="utf-8") == read_patient_template()


def test_new_never_overwrites_unasked(osteon, folder):
    path = folder / "mine.toml"
    path.write_text("precious", encoding="utf-8")
    ran = osteon("patient", "new", "mine.toml")
    assert ran.code == 2
    assert ran.err.startswith("[patient.file_exists] mine.toml")
    assert path.read_text(encoding="utf-8") == "precious"
    assert osteon("patient", "new", "mine.toml", "--force").code == 0
    assert path.read_text(encoding="utf-8") == read_patient_template()


@pytest.mark.parametrize(
    ("name", "code"), [("p.json", "patient.unknown_suffix"), ("none/p.toml", "patient.not_writable")]
)
def test_new_refuses_a_place_it_cannot_write_to(osteon, folder, name, code):
    ran = osteon("patient", "new", name)
    assert ran.code == 2
    assert ran.err.startswith(f"[{code}] ")
    assert list(folder.iterdir()) == []


def test_a_good_file_is_shown_as_it_was_understood(osteon, folder):
    (folder / "p.toml").write_text(fill_patient_template(), encoding="utf-8")
    ran = osteon("patient", "check", "p.toml")
    assert (ran.code, ran.err) == (0, "")
    for words in (
        "can be used",
        "Woman, 69 years",
        "Total hip, left",
        "0.624 g/cm2",
        "210 ng/L",
        "Denosumab",
    ):
        assert words in ran.out, words
    assert "fault" not in ran.out


def test_every_file_is_told_and_the_gravest_decides_the_exit_code(osteon, folder):
    (folder / "child.toml").write_text(CHILD, encoding="utf-8")
    (folder / "good.toml").write_text(CHILD.replace("9", "69"), encoding="utf-8")
    (folder / "bad.toml").write_text(CHILD.replace("female", "femal"), encoding="utf-8")
    assert osteon("patient", "check", "good.toml").code == 0
    ran = osteon("patient", "check", "child.toml", "good.toml")
    assert ran.code == 3
    assert "1 of 2 files can be used." in ran.out
    assert "1 reason to abstain" in ran.out
    ran = osteon("patient", "check", "child.toml", "bad.toml", "none.toml", "--json")
    assert ran.code == 2
    files = json.loads(ran.out)["files"]
    told = [(one["file"], one["usable"], one["problems"][0]["severity"]) for one in files]
    assert told == [
        ("child.toml", False, "outside"),
        ("bad.toml", False, "fault"),
        ("none.toml", False, "fault"),
    ]


def test_a_warning_alone_leaves_the_file_usable(osteon, folder):
    (folder / "p.toml").write_text("ward = 7\n" + CHILD.replace("9", "69"), encoding="utf-8")
    ran = osteon("patient", "check", "p.toml")
    assert ran.code == 0
    assert "p.toml  can be used: 1 warning" in ran.out
    assert "line 1  ward  warning  [patient.unknown_key]" in ran.out


def test_the_other_commands_name_the_line_of_a_fault(osteon, folder):
    (folder / "p.toml").write_text(CHILD.replace("female", "femal"), encoding="utf-8")
    assert osteon("classify", "p.toml").err.startswith("[patient.unknown_word] line 3, sex: ")
