import pytest

from osteon.app import NOTICE, describe_patient, format_chance, name_sequence
from osteon.densitometry import Person, Sex
from osteon.inference import Patient
from osteon.reversal import Chance
from osteon.therapy import format_sequence, parse_sequence, standard_sequences


def make_patient(**person):
    return Patient(patient_id="a", person=Person(**person), scans=())


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ({"sex": Sex.FEMALE, "age_years": 64.0, "menopausal": True}, "Woman, 64 years, postmenopausal"),
        ({"sex": Sex.FEMALE, "age_years": 64.5}, "Woman, 64.5 years"),
        (
            {"sex": Sex.FEMALE, "age_years": 64, "years_since_menopause": 12},
            "Woman, 64 years, 12 years after menopause",
        ),
        (
            {"sex": Sex.MALE, "age_years": 80, "fragility_fracture": True},
            "Man, 80 years, with a fragility fracture",
        ),
    ],
)
def test_a_patient_is_said_in_a_line(person, said):
    assert describe_patient(make_patient(**person)) == f"{said}, no drug before today"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("alendronate for 36 months", "alendronate 36 mo"),
        ("alendronate 35 mg weekly for 36 months", "alendronate 35 mg weekly 36 mo"),
        ("romosozumab for 1 year, then denosumab for 2 years", "romosozumab 12 mo, then denosumab 24 mo"),
        ("denosumab for 36 months at 80% adherence", "denosumab 36 mo at 80% adherence"),
        (
            "denosumab for 36 months with real-world persistence",
            "denosumab 36 mo with real-world persistence",
        ),
        ("teriparatide and exercise for 12 months", "teriparatide + exercise 12 mo"),
        ("no drug for 6 months", "no drug 6 mo"),
    ],
)
def test_a_short_name_leaves_out_only_what_goes_without_saying(words, name):
    assert name_sequence(parse_sequence(words)) == name


def test_the_standard_sequences_have_different_short_names():
    names = [name_sequence(one.sequence) for one in standard_sequences()]
    assert len(set(names)) == len(names)
    assert all(
        len(name) < len(format_sequence(one.sequence))
        for name, one in zip(names, standard_sequences(), strict=True)
        if one.name != "no_drug"
    )


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (Chance(0.664, 0.571, 0.738), "66 % (57-74)"),
        (Chance(0.0, 0.0, 0.0), "<1 %"),
        (Chance(0.0, 0.0, 0.02), "<1 % (0-2)"),
        (Chance(0.998, 0.996, 0.999), ">99 %"),
        (Chance(0.995, 0.98, 0.999), ">99 % (98-100)"),
    ],
)
def test_nothing_is_ever_said_to_be_certain(chance, said):
    assert format_chance(chance) == said


def test_the_notice_says_what_osteon_is_not():
    assert "not a medical device" in NOTICE
    assert "not directives" in NOTICE
