"""The use case `forecast`, with the sequence taken otherwise beside it."""

import json

import pytest

from osteon import app
from osteon.inference import BankSettings
from osteon.interop import read_patient_file
from osteon.reversal import AlternativeKind

SEQUENCE = "romosozumab for 12 months, then denosumab for 24 months"


@pytest.fixture(scope="module")
def answer(root):
    patient = read_patient_file(root / "examples" / "patient.toml")
    settings = BankSettings(draws=4, per_draw=32)
    return app.forecast(patient, SEQUENCE, settings=settings, with_alternatives=True)


@pytest.fixture(scope="module")
def chances(answer):
    return {other.kind: other.forecast.all_sites[36].value for other in answer.alternatives}


def test_every_way_is_there_and_the_first_is_the_forecast_itself(answer, chances):
    assert list(chances) == list(AlternativeKind)
    assert chances[AlternativeKind.EVERY_DOSE] == answer.forecast.all_sites[36].value


def test_fewer_and_later_doses_reach_less_and_no_drug_least(chances):
    full = chances[AlternativeKind.EVERY_DOSE]
    assert full > chances[AlternativeKind.ADHERENCE_GOOD] > chances[AlternativeKind.ADHERENCE_HALF]
    assert full > chances[AlternativeKind.DENOSUMAB_LATE]
    assert full > chances[AlternativeKind.USUAL_CARE]
    assert chances[AlternativeKind.NO_DRUG] == min(chances.values())
    assert chances[AlternativeKind.WITH_EXERCISE] >= full


def test_a_plain_forecast_has_no_other_ways_and_the_document_holds_them_when_asked(answer, root):
    document = json.loads(app.write_document(answer))
    plain = app.forecast(answer.patient, SEQUENCE, settings=BankSettings(draws=2, per_draw=16))
    assert [one["name"] for one in document["alternatives"]] == [kind.value for kind in AlternativeKind]
    assert plain.alternatives == ()
    assert json.loads(app.write_document(plain))["alternatives"] == []
