"""Phenomena: every curve is of an arm that exists, points lie on their own curve, and a claim can fail."""

import dataclasses
import json

import pytest

from osteon.evidence import load_references, open_calibration_facts
from osteon.inference import read_observations, read_trial_arm
from osteon.remodeling import Outcomes, load_parameter_set
from osteon.therapy import parse_sequence
from osteon.trials import CohortSettings, describe_phenomenon, simulate_phenomena
from osteon.trials.phenomenon_list import PHENOMENA
from osteon.trials.reproduction import reproduce_observations

SMALL = CohortSettings(subjects=16, trials=8)
ASKED_FOR = {
    "denosumab_gain",
    "denosumab_offset",
    "bisphosphonate_offset",
    "romosozumab_burst",
    "teriparatide_delay",
    "hip_dip",
    "blunting",
    "combination",
    "after_anabolic",
}
CURVES = [(one.key, panel, curve) for one in PHENOMENA for panel in one.panels for curve in panel.curves]


@pytest.fixture(scope="module")
def found():
    named = {(curve.study, curve.arm) for _, _, curve in CURVES}
    seen = read_observations(open_calibration_facts, frozenset(Outcomes._fields))
    asked = [o for o in seen if (o.study, o.arm) in named and o.month > 0 and not o.comparator]
    return simulate_phenomena(
        reproduce_observations(asked, load_parameter_set(), settings=SMALL), settings=SMALL
    )


def test_what_was_asked_for_is_in_the_list():
    assert {one.key for one in PHENOMENA} == ASKED_FOR
    assert all(one.panels and one.claims and one.text for one in PHENOMENA)


@pytest.mark.parametrize(("key", "panel", "curve"), CURVES, ids=lambda value: getattr(value, "label", None))
def test_a_curve_is_of_an_arm_of_the_evidence_or_of_a_sequence(key, panel, curve):
    if curve.study:
        assert read_trial_arm(curve.study, curve.arm) is not None
    else:
        assert parse_sequence(curve.sequence).duration_months > 0


def test_names_are_told_apart_within_a_panel():
    for one in PHENOMENA:
        for panel in one.panels:
            labels = [curve.label for curve in panel.curves]
            assert len(set(labels)) == len(labels)
            assert len(labels) <= 4, "the picture has four inks"


def test_a_course_starts_at_nothing_and_its_band_holds_it(found):
    for phenomenon in found:
        for panel in phenomenon.panels:
            for curve in panel.curves:
                course = curve.course
                assert course.months[0] == course.baseline_month
                assert course.simulated[0] == pytest.approx(0, abs=1e-4)
                assert all(low <= x + 1e-4 for low, x in zip(course.low, course.simulated, strict=True))
                assert all(x <= high + 1e-4 for x, high in zip(course.simulated, course.high, strict=True))


def test_published_points_belong_to_their_curve(found):
    shown = 0
    for phenomenon in found:
        for panel in phenomenon.panels:
            for curve in panel.curves:
                for row in curve.rows:
                    o = row.observation
                    assert (o.study, o.arm) == (curve.course.arm.study, curve.course.arm.arm)
                    assert (o.outcome, o.comparator) == (panel.outcome, "")
                    shown += 1
    assert shown > 50
    keys = {key for phenomenon in found for key in phenomenon.sources}
    assert keys <= set(load_references())


def test_every_phenomenon_but_none_has_a_published_anchor(found):
    assert [one.key for one in found if not one.sources] == []


def test_a_claim_can_fail():
    def flat(place, label):
        return dataclasses.replace(
            FLAT, arm=read_trial_arm("FREEDOM", "denosumab"), outcome=f"{place} {label}"
        )

    seen = [text for one in PHENOMENA for text, holds in one.claims if holds(flat)]
    assert seen == []


def test_it_is_written_as_json(found):
    told = json.loads(json.dumps([describe_phenomenon(one) for one in found]))
    assert {one["key"] for one in told} == ASKED_FOR
    curve = told[0]["panels"][0]["curves"][0]
    assert len(curve["months"]) == len(curve["simulated"]) == len(curve["low"])
    assert {claim["seen"] for one in told for claim in one["claims"]} <= {True, False}


@dataclasses.dataclass(frozen=True)
class Flat:
    """A course on which nothing ever happens."""

    arm: object
    outcome: str = ""
    months: tuple[float, ...] = tuple(float(month) for month in range(0, 121, 6))
    simulated: tuple[float, ...] = (0.0,) * 21

    def read(self, month):
        """Nothing, at any month."""
        return 0.0


FLAT = Flat(arm=None)
