"""`osteon model-card`: four formats from one accuracy, and a refusal of one that is stale."""

import json

import jsonschema
import pytest

from osteon.app import describe_schema
from tests.unit.app.example_accuracy import make_accuracy


@pytest.fixture
def kept(tmp_path):
    path = tmp_path / "accuracy.json"
    path.write_text(make_accuracy().model_dump_json(), encoding="utf-8")
    return path


def test_the_page_says_what_it_is_for_and_fits(osteon, kept):
    result = osteon("model-card", "--accuracy", kept)
    assert result.code == 0
    assert "not a medical device" in result.out
    assert "1. Question of interest" in result.out
    assert "osteon cite prints them" in result.out
    assert max(map(len, result.out.splitlines())) <= 100


@pytest.mark.parametrize("arguments", [("--json",), ("--format", "json")])
def test_the_json_keeps_to_its_schema(osteon, kept, arguments):
    result = osteon("model-card", "--accuracy", kept, *arguments)
    document = json.loads(result.out)
    jsonschema.validate(document, json.loads(describe_schema("model-card")))
    assert document["accuracy"] == json.loads(kept.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("form", "start"),
    [("xml", "<?xml"), ("html", "<!DOCTYPE html>"), ("json", "{"), ("text", "Model card:")],
)
def test_every_format_goes_into_a_file(osteon, kept, tmp_path, form, start):
    path = tmp_path / f"card.{form}"
    result = osteon("model-card", "--accuracy", kept, "--format", form, "--out", path)
    assert (result.code, result.out) == (0, "")
    text = path.read_text(encoding="utf-8")
    assert text.startswith(start)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_the_file_of_the_card_serves_for_the_next_format(osteon, kept, tmp_path):
    first = tmp_path / "card.json"
    osteon("model-card", "--accuracy", kept, "--format", "json", "--out", first)
    one = osteon("model-card", "--accuracy", first, "--format", "xml")
    other = osteon("model-card", "--accuracy", kept, "--format", "xml")
    assert one.out == other.out != ""


def test_a_stale_accuracy_is_refused(osteon, tmp_path):
    accuracy = make_accuracy()
    stale = accuracy.model_copy(update={"stamp": accuracy.stamp.model_copy(update={"parameter_set": "old"})})
    path = tmp_path / "accuracy.json"
    path.write_text(stale.model_dump_json(), encoding="utf-8")
    result = osteon("model-card", "--accuracy", path)
    assert result.code == 2
    assert "card.stale" in result.err
