"""The follow-up as a use case: its words, its document and its picture."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from osteon import app
from osteon.app import describe_patient, describe_schema, write_document
from osteon.app.monitoring_charts import make_followup_view
from osteon.app.monitoring_wording import (
    label_change,
    label_state,
    say_overall_state,
    say_verdict,
)
from osteon.densitometry import Maker
from osteon.monitoring import Verdict
from tests.unit.monitoring.people import AFTER, BEFORE, SMALL, denosumab, patient, reading, visit

BASELINE = visit(BEFORE, spine=-2.8, hip=-2.6)
NEVER = re.compile(r"\bcured?\b|reversed|\byou\b|improved|no longer", re.IGNORECASE)


def monitor(*later, **more):
    return app.monitor(patient(*BASELINE, *later, **more), settings=SMALL)


@pytest.fixture(scope="module")
def off_track():
    markers = (reading("ctx", 520, BEFORE), reading("ctx", 500, AFTER))
    return monitor(*visit(AFTER, spine=-3.3, hip=-3.0), markers=markers)


@pytest.fixture(scope="module")
def reached():
    return monitor(*visit(AFTER, spine=-2.2, hip=-2.2))


@pytest.fixture(scope="module")
def incomparable():
    return monitor(*visit(AFTER, spine=-2.2, hip=-2.2, maker=Maker.GE_LUNAR, model="iDXA"))


def list_words(found):
    return [say_verdict(found), say_overall_state(found), *map(label_state, found.sites)]


def test_the_words_keep_to_the_wording_and_name_each_site(off_track, reached, incomparable):
    for found in (off_track, reached, incomparable):
        for words in list_words(found):
            assert not NEVER.search(words), words
    assert "lumbar spine" in say_overall_state(reached)
    assert "total hip" in say_verdict(off_track)
    assert "CTX has not moved" in say_verdict(off_track)


def test_scans_that_cannot_be_compared_say_why_and_no_percent(incomparable):
    (spine, hip) = (one.changes.since_baseline for one in incomparable.sites)
    assert label_change(spine) == label_change(hip) == "cannot compare: different makers"
    document = json.loads(write_document(incomparable))
    for site in document["sites"]:
        assert site["since_baseline"]["percent"] is None
        assert site["since_baseline"]["absolute_g_cm2"] is None
        assert site["expected"] is None


def test_the_document_holds_its_schema(off_track, reached, incomparable):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(describe_schema("monitor"))
    for found in (off_track, reached, incomparable):
        jsonschema.validate(json.loads(write_document(found)), schema)


def test_the_document_says_what_the_answer_says(off_track):
    document = json.loads(write_document(off_track))
    assert document["verdict"] == off_track.verdict.value == "off_track"
    assert document["diagnosis_persists"] is True
    assert [cause["cause"] for cause in document["causes"]] == [
        cause.name.value for cause in off_track.causes
    ]
    assert document["next_scan"]["date"] == off_track.next_scan.date.isoformat()


def test_a_patient_treated_by_dated_injections_was_not_untreated():
    given = patient(*BASELINE, history=None, injections=denosumab(date(2025, 1, 5)))
    assert "denosumab" in describe_patient(given)
    assert "no drug" not in describe_patient(given)
    assert "no drug" in describe_patient(replace(given, injections=()))


def test_the_picture_shows_every_scan_once(off_track, incomparable):
    for found in (off_track, incomparable):
        view = make_followup_view(found)
        for site, one in zip(view.sites, found.sites, strict=True):
            assert len(site.measured) + len(site.markers) == len(one.series.scans)
    assert [len(site.markers) for site in make_followup_view(incomparable).sites] == [1, 1]


def test_injections_make_one_bar_while_each_covers_the_next():
    days = [date(2024, 9, 10), date(2025, 3, 10), date(2025, 9, 10)]
    found = monitor(*visit(AFTER, spine=-2.7, hip=-2.5), history=None, injections=denosumab(*days))
    (bar,) = make_followup_view(found).therapy
    assert bar.label == "denosumab"
    # Six months from the last dose, and the months before this visit without any.
    assert 17 < bar.stop_month - bar.start_month < 19


def test_the_picture_is_written(off_track, tmp_path):
    for name in ("a.svg", "a.png"):
        path = app.write_followup_chart(off_track, tmp_path / name)
        assert path.stat().st_size > 10**4
    assert "off track" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_a_verdict_has_words():
    for verdict in Verdict:
        assert "_" not in app.label_verdict(verdict)
