"""From a result to its sources."""

from dataclasses import dataclass

import pytest

from osteon.errors import OsteonError
from osteon.evidence import cite, find_fact, find_reference, format_reference, load_references
from osteon.evidence.bibliography import parse_bibliography


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    sources: tuple[str, ...]


def test_a_result_is_cited_by_its_sources_in_stable_order(capsys):
    keys = ("looker1998", "cosman2016frame", "looker1998", "bone2011defend")
    references = cite(Forecast(sources=keys))
    assert [reference.key for reference in references] == ["bone2011defend", "cosman2016frame", "looker1998"]
    assert cite(reversed(keys)) == references
    assert capsys.readouterr().out == ""


def test_a_fact_can_be_cited():
    fact = find_fact("variability", study="ARCH", arm="alendronate")
    assert cite(fact) == (find_reference("saag2017arch"),)


def test_no_sources_is_no_reference():
    assert cite(()) == ()


def test_an_unknown_key_is_an_error():
    with pytest.raises(OsteonError) as caught:
        cite(["looker1998", "nobody1900"])
    assert caught.value.code == "evidence.unknown_reference"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            "author = {Gray, Ann},\n year = {2018},\n journal = {J},\n volume = {1},\n doi = {10.1000/x},",
            "Gray (2018). A trial. J 1. doi:10.1000/x",
        ),
        ("author = {Gray, Ann and Green, Bo},\n  pmid = {7},", "Gray and Green (no date). A trial. PMID:7"),
        (
            "author = {Gray, A and Green, B and Blue, C},\n  pmcid = {PMC7},",
            "Gray et al. (no date). A trial. PMC7",
        ),
        ("author = {Gray, Ann and others},\n  note = {no DOI},", "Gray et al. (no date). A trial. [no DOI]"),
    ],
)
def test_one_line_says_who_when_what_where_and_how_to_find_it(fields, expected):
    reference = parse_bibliography(f"@misc{{x,\n  title = {{A trial}},\n  {fields}\n}}")["x"]
    assert format_reference(reference) == expected


def test_every_reference_fits_on_a_line_and_ends_with_an_identifier():
    for reference in load_references().values():
        line = format_reference(reference)
        assert "\n" not in line
        assert reference.title in line
        assert not line.endswith((".", " "))
        assert reference.doi in line
