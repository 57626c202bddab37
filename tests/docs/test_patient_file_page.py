"""The page on the patient file names every key there is, and its examples run."""

import re
from pathlib import Path

import pytest

from osteon.interop import PatientFile, check_patient_text, fill_patient_template

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "patient-file.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL))
def test_an_example_has_nothing_wrong(text):
    assert check_patient_text(text, ".toml").problems == ()


def test_there_is_an_example():
    assert "```toml" in PAGE


def test_every_key_is_explained():
    record = check_patient_text(fill_patient_template(), ".toml").file
    sections = (record.scans, record.markers, record.injections, record.fractures)
    keys = {
        *PatientFile.model_fields,
        *(key for section in sections for key in type(section[0]).model_fields),
    }
    words = set(re.findall(r"\w+", PAGE))
    assert keys - words == set()


def test_the_python_example_runs(tmp_path, monkeypatch):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(code, "patient-file.md", "exec"), names)  # noqa: S102 - the page's own lines
    assert (
        check_patient_text((tmp_path / "copy.json").read_text(encoding="utf-8"), ".json").patient
        == names["patient"]
    )
