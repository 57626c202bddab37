"""The use case: an answer with its picture and its document, and what it refuses."""

import json
from dataclasses import replace

import jsonschema
import pytest

from osteon.app import (
    describe_schema,
    list_trials,
    make_trial_view,
    simulate_trial,
    write_document,
    write_trial_results,
)
from osteon.densitometry import Site
from osteon.errors import BadInputError
from osteon.evidence import cite
from osteon.report import describe_figure, draw_trial
from osteon.trials import ChangeEndpoint
from tests.unit.trials.example_designs import CHANGE, SHARE, TIME, make_arm, make_design


@pytest.fixture(scope="module")
def answer():
    return simulate_trial(make_design(), workers=1)


def check(name, text):
    document = json.loads(text)
    jsonschema.Draft202012Validator(json.loads(describe_schema(name))).validate(document)
    return document


def test_an_answer_is_a_document_of_its_schema(answer):
    document = check("trial", write_document(answer))
    assert {one["endpoint"] for one in document["endpoints"]} == {"hip", "above", "time"}
    assert document["run"]["content_hash"] == answer.run.content_hash
    check("trial-design", json.dumps(document["design"]))
    check("trial-list", write_document(list_trials()))


def test_its_sources_can_be_cited(answer):
    assert cite(answer)
    assert cite(list_trials())


def test_an_arm_that_gains_is_told_from_one_that_does_not(answer):
    hip = {one.arm: one for one in answer.trial.endpoints if one.endpoint == CHANGE}
    assert hip["placebo"].contrast is None
    contrast = hip["drug"].contrast
    assert contrast.low > 0
    assert contrast.p_value < 0.001
    assert contrast.predicted[0] < contrast.low < contrast.high < contrast.predicted[1]
    shares = {one.arm: one.estimate.value for one in answer.trial.endpoints if one.endpoint == SHARE}
    assert shares["drug"] > shares["placebo"]
    times = {one.arm: one.times for one in answer.trial.endpoints if one.endpoint == TIME}
    assert times["drug"].not_reached[-1] < times["placebo"].not_reached[-1]


def test_progress_runs_from_nothing_to_all():
    seen = []
    simulate_trial(
        make_design(subjects=600), workers=1, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(done, 4) for done in range(5)]


def test_fewer_or_more_can_be_randomized():
    small = simulate_trial(make_design(), workers=1, subjects=40)
    assert small.trial.design.subjects == 40
    assert [one.subjects for one in small.trial.baselines] == [20, 20]


def test_everything_is_written_beside_the_rows(answer, tmp_path):
    kept = simulate_trial(make_design(), workers=1, folder=tmp_path)
    paths = write_trial_results(kept, tmp_path)
    assert {path.name for path in paths} == {"manifest.json", "result.json", "trial.png", "trial.svg"}
    assert all(path.stat().st_size > 500 for path in paths)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["finished"]
    assert manifest["content_hash"] == answer.run.content_hash
    for name in ("design_hash", "run_hash", "evidence_hash", "parameter_set", "seed", "versions", "design"):
        assert manifest[name], name
    assert [chunk["subjects"] for chunk in manifest["chunks"]] == [200, 200]


def test_the_picture_says_what_it_shows(answer):
    view = make_trial_view(answer)
    assert [panel.title for panel in view.panels[:3]] == ["Lumbar spine", "Total hip", "Femoral neck"]
    title, words = describe_figure(draw_trial(view))
    assert title == "small: A small trial"
    assert "Total hip above -2.5" in words.replace("\u2212", "-")


def test_twins_have_narrower_intervals():
    stated = make_design(dropout=None, subjects=800)
    apart, paired = (
        simulate_trial(replace(stated, paired=twins), workers=1).trial for twins in (False, True)
    )
    widths = []
    for trial in (apart, paired):
        (contrast,) = [o.contrast for o in trial.endpoints if o.endpoint == CHANGE and o.contrast]
        widths.append(contrast.high - contrast.low)
    assert widths[1] < widths[0]


def test_the_surrogate_needs_placebo_and_two_years():
    hip = ChangeEndpoint(name="hip", site=Site.TOTAL_HIP, month=24)
    arms = (make_arm("placebo", "no drug for 24 months"), make_arm("drug", "denosumab for 24 months"))
    stated = {"visits": (12, 24), "endpoints": (hip,), "subjects": 200, "dropout": None}
    (reading,) = simulate_trial(make_design(arms=arms, **stated), workers=1).trial.surrogate
    assert reading.fractures is not None or "published for" in reading.silence
    swapped = make_design(arms=arms, **stated, control="drug")
    (reading,) = simulate_trial(swapped, workers=1).trial.surrogate
    assert reading.fractures is None
    assert "against placebo" in reading.silence


def test_without_two_years_there_is_no_surrogate(answer):
    assert answer.trial.surrogate == ()


def test_a_time_as_primary_has_no_power(answer):
    assert [one.arm for one in answer.trial.power] == ["drug"]
    assert simulate_trial(make_design(primary="time"), workers=1).trial.power == ()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"workers": 0}, "trial.workers_out_of_range"),
        ({"cluster": "tcp://127.0.0.1:9"}, "trial.no_shared_folder"),
        ({"subjects": 1}, "trial.subjects_out_of_range"),
    ],
)
def test_what_cannot_be_run_is_refused(options, code):
    with pytest.raises(BadInputError) as fault:
        simulate_trial(make_design(), **options)
    assert fault.value.code == code
