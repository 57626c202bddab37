import json

import pytest

from osteon.app import cite_file, cite_keys, describe_drugs, find_drug
from osteon.errors import BadInputError, OsteonError
from osteon.evidence import load_references
from osteon.therapy import Drug, list_drugs


def test_without_a_name_every_drug_is_described():
    assert tuple(facts.drug for facts in describe_drugs().drugs) == list_drugs()


@pytest.mark.parametrize("name", ["denosumab", "Denosumab", " prolia ", "PROLIA"])
def test_a_drug_is_found_by_any_of_its_names(name):
    assert find_drug(name) is Drug.DENOSUMAB
    assert [facts.drug for facts in describe_drugs(name).drugs] == [Drug.DENOSUMAB]


def test_an_unknown_drug_is_refused_and_a_brand_is_answered_by_its_own_name():
    with pytest.raises(BadInputError, match="Did you mean teriparatide") as caught:
        find_drug("fortio")
    assert caught.value.code == "drug.unknown"


def test_a_sheet_cites_every_fact_on_it():
    (facts,) = describe_drugs("romosozumab").drugs
    cited = set(describe_drugs("romosozumab").sources)
    assert {dose.source for dose in facts.labeled_doses} <= cited
    assert {limit.source for limit in facts.limits} <= cited


def test_without_keys_everything_is_cited():
    assert {reference.key for reference in cite_keys().references} == set(load_references())
    assert cite_keys(["looker1998"]).sources == ("looker1998",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "cite.unreadable"),
        ("[]", "cite.no_sources"),
        ('{"sources": []}', "cite.no_sources"),
        ('{"sources": ["looker1998"]}', "cite.no_sources"),
    ],
)
def test_a_file_that_is_no_result_is_refused(tmp_path, text, code):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(BadInputError) as caught:
        cite_file(path)
    assert (caught.value.code, caught.value.field) == (code, "x.json")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="FileNotFoundError"):
        cite_file(tmp_path / "none.json")


def test_a_key_that_nobody_knows_is_refused(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"sources": [{"key": "nobody1900"}]}))
    with pytest.raises(OsteonError, match="unknown_reference"):
        cite_file(path)
