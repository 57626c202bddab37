"""The report of the evidence: every arm is in it, its numbers are those of the JSON, and it fetches nothing."""

import datetime as dt
import json
import re
from html.parser import HTMLParser

import pytest

from osteon.app import LeftOutTrials, ValidatedEvidence, make_validation_view, write_document
from osteon.app.validation import PeerComparison
from osteon.errors import BadInputError
from osteon.evidence import Role
from osteon.report import render_validation, write_validation
from osteon.trials import (
    CellSettings,
    CohortSettings,
    LeftOutRow,
    NoChange,
    compare_with_peer,
    list_published_cells,
    simulate_cells,
    simulate_phenomena,
    validate_evidence,
)

pytestmark = pytest.mark.slow
SMALL = CohortSettings(subjects=16, trials=8)
VOID = {"meta", "input"}


class Page(HTMLParser):
    """A strict reader: every element is closed, and tables, arms and links are kept."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.requests = [], [], [], []
        self.tables, self.arms, self.charts, self.words = {}, [], 0, []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found["href"])
        elif "href" in found or "src" in found:
            self.requests.append(found.get("href", found.get("src")))
        if tag == "table":
            self.numbers = self.tables.setdefault(found["data-key"], [])
        if tag == "tr" and "tbody" in self.open:
            self.numbers.append([])
        if tag == "data":
            self.numbers[-1].append(float(found["value"]))
        if tag == "article":
            self.arms.append(found["data-search"])
        self.charts += tag == "svg"

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "script"}:
            self.words.append(data)


def make_left_out():
    interval = {"low_50": 1, "high_50": 2, "low_90": 0, "high_90": 3}
    where = {"arm": "x", "comparator": "", "outcome": "total_hip", "month": 12, "baseline_month": 0}
    row = LeftOutRow(study="Trial <A> & B", value=2.5, simulated=1.5, **where, **interval)
    return LeftOutTrials(rows=(row,), answered=(row.study,), studies=(row.study, "Trial B"))


@pytest.fixture(scope="module")
def evidence():
    found = tuple(validate_evidence(role, settings=SMALL) for role in (Role.CALIBRATION, Role.VALIDATION))
    rows = [row for one in found for row in one.rows]
    return ValidatedEvidence(
        reproductions=found,
        cells=simulate_cells(list_published_cells(), settings=CellSettings(draws=4, per_draw=8)),
        peers=tuple(
            PeerComparison(role=one.role, scores=compare_with_peer(one.rows, NoChange())) for one in found
        ),
        phenomena=simulate_phenomena(rows, settings=SMALL),
        left_out=make_left_out(),
        evidence_hash="0123456789abcdef",
        fitted_to="0123456789abcdef",
    )


@pytest.fixture(scope="module")
def text(evidence):
    return render_validation(make_validation_view(evidence, made_on=dt.date(2026, 11, 22)))


@pytest.fixture(scope="module")
def page(text):
    parsed = Page()
    parsed.feed(text)
    parsed.close()
    assert parsed.open == []
    return parsed


@pytest.fixture(scope="module")
def document(evidence):
    return json.loads(write_document(evidence))


def test_every_arm_has_its_plots(evidence, page):
    wanted = {
        (
            row.observation.study,
            row.observation.arm,
            row.observation.comparator,
            row.observation.baseline_month,
        )
        for one in evidence.reproductions
        for row in one.rows
    }
    assert len(page.arms) == len(wanted)
    for study, arm, comparator, _ in wanted:
        name = f"{study} {arm} less {comparator}" if comparator else f"{study} {arm}"
        assert any(found.startswith(name.lower()) for found in page.arms)
    assert page.charts >= len(wanted) + len(evidence.phenomena)


def test_every_published_number_stands_in_the_page_as_in_the_json(page, document):
    rows = [row for one in document["reproductions"] for row in one["rows"]]
    wanted = sorted(
        [
            row[name]
            for name in ("month", "value", "simulated", "simulated_low", "simulated_high", "deviation_sd")
        ]
        for row in rows
    )
    assert sorted(page.tables["arm"]) == wanted


def test_the_summary_is_that_of_the_json(page, document):
    told = {(one["basis"], one["outcome"], one["quantity"]): one for one in document["judgments"]}
    bases = ("fitted", "held back", "one trial left out")
    outcomes = ("lumbar_spine", "total_hip", "femoral_neck", "ctx", "p1np", "")
    for row, outcome in zip(page.tables["summary"], outcomes, strict=True):
        expected = []
        for basis in bases:
            found = [told.get((basis, outcome, name)) for name in ("rmse", "inside_50", "inside_90")]
            expected += [float(found[1]["n"])] if found[1] else []
            expected += [one["value"] for one in found if one]
        assert row == expected


def test_the_other_tables_are_those_of_the_json(page, document):
    assert sorted(row[-1] for row in page.tables["peers"]) == sorted(
        one["ratio"] for one in document["peers"]
    )
    assert [row[3] for row in page.tables["chances"]] == [r["simulated"] for r in document["cells"]["rows"]]
    assert [row[1:7] for row in page.tables["misfits"]] == [
        [row[name] for name in ("value", "simulated", "simulated_low", "simulated_high", "deviation_sd")]
        for row in document["misfits"]
    ]
    spreads = [row for one in document["reproductions"] for row in one["spreads"]]
    assert [row[1:3] for row in page.tables["spreads"]] == [[s["published"], s["simulated"]] for s in spreads]
    assert sum(row[1] for row in page.tables["visits"]) == len(document["visits"])
    assert page.tables["left-out"][0][0] == len(document["left_out"]["rows"])


def test_every_claim_is_told_as_the_json_has_it(page, document):
    words = " ".join(page.words)
    claims = [claim for one in document["phenomena"] for claim in one["claims"]]
    for claim in claims:
        assert claim["text"] in words
    seen = sum(claim["seen"] for claim in claims)
    assert f"{seen} of {len(claims)} claims are seen" in words


def test_it_fetches_nothing_and_names_no_place_of_this_machine(text, page, root):
    assert page.requests == [link for link in page.requests if link.startswith("#")]
    assert all(link.startswith(("#", "https://doi.org/")) for link in page.links)
    assert "default-src 'none'" in text
    assert re.findall(r"url\((?!#)", text) == []
    assert "@import" not in text
    assert str(root) not in text
    assert re.findall(r"(?<![\w.])/(?:home|usr|var|opt)/", text) == []


def test_links_within_the_page_lead_somewhere(page):
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_a_name_cannot_break_the_page(text, page):
    assert "Trial &lt;A&gt; &amp; B" in text
    assert "Trial <A> & B" in " ".join(page.words)


def test_the_same_evidence_gives_the_same_view(evidence):
    day = dt.date(2026, 11, 22)
    assert make_validation_view(evidence, made_on=day) == make_validation_view(evidence, made_on=day)


def test_the_plain_words_of_the_summary_count_what_is_met(page, document):
    judged = [one for one in document["judgments"] if one["met"] is not None]
    met = sum(one["met"] for one in judged)
    assert f"{met} of {len(judged)} targets are met" in " ".join(page.words)


def test_another_suffix_and_a_missing_folder_are_refused(tmp_path, evidence):
    view = make_validation_view(evidence)
    for name, code in (("report.pdf", "report.unknown_suffix"), ("no/report.html", "report.no_folder")):
        with pytest.raises(BadInputError) as caught:
            write_validation(view, tmp_path / name)
        assert caught.value.code == code
