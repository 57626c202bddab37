"""A model of remodeling in place of an arm: what is asked of it, what it may refuse, and what is kept."""

import numpy as np
import pytest

from osteon.errors import AbstainedError
from osteon.inference import TrialArm
from osteon.remodeling import Covariates, JoergModel, RemodelingModel
from osteon.therapy import Drug, list_drugs, parse_sequence
from osteon.trials import ModelPredictor, TypicalModel, list_peers, read_joerg

WOMAN = Covariates(age_years=68.0, years_since_menopause=18.0)
DESCRIBED = {Drug.ALENDRONATE, Drug.TERIPARATIDE, Drug.DENOSUMAB, Drug.ROMOSOZUMAB}


def make_arm(sequence, history=None, age=68.0):
    return TrialArm(
        study="A",
        arm="x",
        sequence=parse_sequence(sequence),
        history=parse_sequence(history) if history else None,
        population="postmenopausal",
        age_years=age,
        years_since_menopause=None,
        baseline_t_scores={},
        n=None,
    )


class Line:
    """A hip that gains 1 % a month, and counts how often it is asked."""

    name, outcomes, sources = "line", frozenset({"total_hip"}), ()

    def __init__(self):
        self.asked = []

    def simulate_outcomes(self, sequence, history, person, months):
        self.asked.append((sequence, history, person))
        if any(one.drug is Drug.RALOXIFENE for regimen in sequence.regimens for one in regimen.prescriptions):
            raise AbstainedError(code="model.not_described", field="x", got="x", expected="y", hint="z")
        return {"total_hip": 1 + months / 100}


def test_a_change_is_read_between_two_months():
    predictor = ModelPredictor(model=Line(), usual={**usual()})
    arm = make_arm("denosumab for 36 months")
    assert predictor.predict_change(arm, "total_hip", 12, 0) == pytest.approx(12)
    assert predictor.predict_change(arm, "total_hip", 24.5, 12) == pytest.approx(100 * (1.245 / 1.12 - 1))


def usual():
    return {
        "nominal_age_years": 66.0,
        "menopause_age_years": 50.0,
        "nominal_t_score_spine": -2.5,
        "nominal_t_score_hip": -2.0,
    }


def test_an_arm_is_simulated_once():
    line = Line()
    predictor = ModelPredictor(model=line, usual=usual())
    for month in (6, 12, 36):
        predictor.predict_change(make_arm("denosumab for 36 months"), "total_hip", month, 0)
    assert len(line.asked) == 1
    predictor.predict_change(make_arm("denosumab for 36 months"), "total_hip", 48, 0)
    assert len(line.asked) == 2


def test_the_woman_is_described_at_the_start_of_her_history():
    line = Line()
    predictor = ModelPredictor(model=line, usual=usual())
    predictor.predict_change(make_arm("no drug for 12 months", "denosumab for 24 months"), "total_hip", 12, 0)
    assert line.asked[0][2].age_years == 66
    predictor.predict_change(make_arm("no drug for 12 months", age=None), "total_hip", 12, 0)
    assert line.asked[1][2].age_years == usual()["nominal_age_years"]


def test_no_answer_for_another_outcome_or_what_the_model_refuses():
    line = Line()
    predictor = ModelPredictor(model=line, usual=usual())
    assert predictor.predict_change(make_arm("denosumab for 36 months"), "ctx", 12, 0) is None
    assert line.asked == []
    for _ in range(2):
        assert predictor.predict_change(make_arm("raloxifene for 36 months"), "total_hip", 12, 0) is None
    assert len(line.asked) == 1


@pytest.mark.parametrize("drug", list_drugs())
def test_joerg_answers_for_four_drugs(drug):
    found = read_joerg().predict_change(make_arm(f"{drug} for 12 months"), "total_hip", 12, 0)
    assert (found is not None) == (drug in DESCRIBED)


@pytest.mark.parametrize(
    "sequence",
    ["alendronate for 12 months at 80% adherence", "denosumab for 12 months, then zoledronate 5 mg once"],
)
def test_joerg_refuses_doses_left_out_and_other_drugs_later(sequence):
    text = sequence if "adherence" in sequence else f"{sequence}, observed for 12 months"
    with pytest.raises(AbstainedError) as caught:
        JoergModel().simulate_outcomes(parse_sequence(text), None, WOMAN, np.array([12.0]))
    assert caught.value.code == "model.not_described"


@pytest.mark.parametrize("outcome", ["lumbar_spine", "femoral_neck"])
def test_joerg_has_one_site(outcome):
    assert read_joerg().predict_change(make_arm("denosumab for 12 months"), outcome, 12, 0) is None


def test_the_peers_have_names_of_their_own_and_joerg_is_one():
    names = [peer.name for peer in list_peers()]
    assert len(set(names)) == len(names)
    assert JoergModel().name in names


def test_both_models_are_remodeling_models():
    models: list[RemodelingModel] = [TypicalModel(), JoergModel()]
    assert [model.sources[-1] for model in models if "jorg2022" in model.sources]
    assert JoergModel().outcomes < TypicalModel().outcomes
