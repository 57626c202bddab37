"""The model card: words that ask for facts, and two files that others must be able to read."""

import json
import re
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import pytest

from osteon.errors import OsteonError
from osteon.report import (
    CHAI_NAMESPACE,
    CardTable,
    build_card,
    list_card_facts,
    render_card_html,
    render_card_xml,
)

SOURCE = Path(str(resources.files("osteon")))
WORDS = (SOURCE / "report" / "data" / "model_card.toml").read_text(encoding="utf-8")
TABLES = sorted(
    {name for line in re.findall(r"tables = \[([^\]]*)\]", WORDS) for name in re.findall(r"\w+", line)}
)
NASTY = '5 < 6 & "x"'

# The order of the schema, written from its text: every element that must be there.
REQUIRED = [
    "BasicInfo",
    "ModelName",
    "ModelDeveloper",
    "DeveloperContact",
    "ReleaseInfo",
    "ReleaseStage",
    "ReleaseDate",
    "ReleaseVersion",
    "GlobalAvailability",
    "ModelSummary",
    "Summary",
    "Keywords",
    "UsesAndDirections",
    "IntendedUseAndWorkflow",
    "PrimaryIntendedUsers",
    "HowToUse",
    "TargetedPatientPopulation",
    "CautionedOutOfScopeSettings",
    "Warnings",
    "KnownRisksAndLimitations",
    "KnownBiasesOrEthicalConsiderations",
    "ClinicalRiskLevel",
    "TrustIngredients",
    "AISystemFacts",
    "OutcomesAndOutputs",
    "ModelType",
    "InputDataSource",
    "OutputAndInputDataTypes",
    "DevelopmentDataCharacterization",
    "BiasMitigationApproaches",
    "OngoingMaintenance",
    "TransparencyInformation",
    "FundingSource",
    "StakeholdersConsulted",
    "KeyMetrics",
    "UsefulnessUsabilityEfficacy",
    "FairnessEquity",
    "SafetyReliability",
    "Resources",
    "PeerReviewedPublications",
    "PatientConsentOrDisclosure",
    "Bibliography",
]
METRIC = [
    "MetricGoal",
    "Results",
    "Interpretation",
    "TestType",
    "TestingDataDescription",
    "ValidationProcessAndJustification",
]


def make(**changed):
    table = CardTable(caption="Odd", head=("What", "How much"), rows=((NASTY, "1.5"),))
    parts = {
        "title": "a model",
        "notice": "Research use only",
        "stamp": (("Version", "1"),),
        "facts": dict.fromkeys(list_card_facts(), NASTY),
        "tables": dict.fromkeys(TABLES, table),
        "results": {kind: ((NASTY, json.dumps({"n": 1})),) for kind in ("usefulness", "fairness", "safety")},
    }
    return build_card(**parts | changed)


@pytest.fixture(scope="module")
def xml():
    return render_card_xml(make(), version="1.2", release_date="2026-11-22", keywords=("bone", "a & b"))


@pytest.fixture(scope="module")
def html():
    return render_card_html(make())


@pytest.mark.parametrize("part", ["facts", "tables", "results"])
def test_what_is_asked_for_and_what_is_given_must_be_the_same(part):
    given = {
        "facts": dict.fromkeys(list_card_facts(), ""),
        "tables": dict.fromkeys(TABLES, CardTable(caption="", head=("",), rows=())),
        "results": dict.fromkeys(("usefulness", "fairness", "safety"), ()),
    }[part]
    more = given | {"nobody_asked": next(iter(given.values()))}
    less = dict(list(given.items())[1:])
    for wrong in (more, less):
        with pytest.raises(OsteonError, match="Not on both sides"):
            make(**{part: wrong})


def test_every_section_says_something_once():
    card = make()
    keys = [section.key for section in card.sections]
    assert len(set(keys)) == len(keys)
    for section in card.sections:
        assert section.paragraphs or section.points or section.tables, section.key
        assert card.find_section(section.key) is section
    with pytest.raises(OsteonError, match=r"card\.no_section"):
        card.find_section("nobody")


def test_credibility_stands_in_the_order_of_the_standard():
    headings = [s.heading for s in make().sections if s.part.startswith("Credibility")]
    assert [text.split(".")[0] for text in headings] == [str(n) for n in range(1, 10)]
    names = [text.split(". ")[1].split()[0] for text in headings]
    assert names == [
        "Question",
        "Context",
        "Model",
        "Credibility",
        "Verification",
        "Validation",
        "Uncertainty",
        "Applicability",
        "Adequacy",
    ]


def test_no_accuracy_is_written_into_the_words():
    decimals = set(re.findall(r"\d+\.\d+", WORDS))
    # The line between osteoporosis and osteopenia, the version of a license, and what a log unit is worth.
    assert decimals <= {"2.5", "2.0", "0.1"}


@pytest.mark.parametrize("word", ["cured", "cure", "you will", "guarantee", "must take", "best"])
def test_the_words_promise_nothing(word):
    assert not re.search(rf"\b{word}\b", WORDS, re.IGNORECASE)


def test_it_says_what_it_is_not():
    text = " ".join(section.text for section in make().sections)
    assert "not a medical device" in text
    assert "diagnosis of osteoporosis persists" in text
    assert "the osteon project" in text


def read_raised_codes(*rooms):
    """The codes of every abstention raised in these rooms."""
    texts = [path.read_text(encoding="utf-8") for room in rooms for path in (SOURCE / room).rglob("*.py")]
    return {code for text in texts for code in re.findall(r'AbstainedError\(\s*code="([\w.]+)"', text)}


def test_every_code_on_the_card_is_raised_and_no_abstention_of_a_forecast_is_missing():
    (table,) = make().find_section("abstentions").tables
    codes = {code for _, code in table.rows}
    everywhere = read_raised_codes(*(path.name for path in SOURCE.iterdir() if path.is_dir()))
    assert codes <= everywhere
    assert read_raised_codes("inference", "reversal") <= codes


def list_tags(xml):
    return re.findall(r"<(\w+)(?: xmlns=\"[^\"]*\")?>", xml)


def test_the_elements_of_the_schema_stand_in_its_order(xml):
    tags = list_tags(xml)
    places = [tags.index(name) for name in REQUIRED]
    assert places == sorted(places)
    assert f'<AppliedModelCard xmlns="{CHAI_NAMESPACE}">' in xml
    assert tags.count("Keyword") == 2


def test_each_metric_has_its_parts_and_results(xml):
    for name in ("UsefulnessUsabilityEfficacy", "FairnessEquity", "SafetyReliability"):
        body = xml.split(f"<{name}>")[1].split(f"</{name}>")[0]
        places = [body.index(f"<{part}>") for part in METRIC]
        assert places == sorted(places)
        (value,) = re.findall(r"<ValueJson>(.*?)</ValueJson>", body)
        assert json.loads(value) == {"n": 1}


def test_every_element_is_closed_and_every_word_escaped(xml):
    stack = []
    for close, name in re.findall(r"<(/?)(\w+)[^>?]*>", xml):
        assert not close or stack.pop() == name
        stack += [] if close else [name]
    assert stack == []
    assert NASTY not in xml
    assert "5 &lt; 6 &amp; " in xml
    assert "a &amp; b" in xml


def test_what_xml_cannot_hold_is_left_out():
    card = make(title="a\x00b\x1fc")
    text = render_card_xml(card, version="1", release_date="2026-11-22", keywords=())
    assert "<ModelName>abc</ModelName>" in text


class Outline(HTMLParser):
    """What a page is made of: open tags, ids, links, and what would be fetched."""

    def __init__(self):
        super().__init__()
        self.stack, self.ids, self.links, self.fetched, self.tags = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.stack += [] if tag == "meta" else [tag]
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if "href" in given else []
        self.fetched += [given["src"]] if "src" in given else []

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag


@pytest.fixture(scope="module")
def outline(html):
    page = Outline()
    page.feed(html)
    assert page.stack == []
    return page


def test_the_page_is_whole_and_its_contents_lead_somewhere(outline):
    assert len(set(outline.ids)) == len(outline.ids)
    assert outline.links == [f"#{name}" for name in outline.ids]
    assert outline.tags.count("h1") == 1


def test_the_page_fetches_nothing_and_runs_nothing(outline, html):
    assert outline.fetched == []
    assert "script" not in outline.tags
    assert "url(" not in html
    assert NASTY not in html


def test_every_table_of_the_page_has_a_caption_and_heads(outline):
    assert outline.tags.count("table") == outline.tags.count("caption") == len(TABLES) + 1
    assert outline.tags.count("thead") == outline.tags.count("table")
