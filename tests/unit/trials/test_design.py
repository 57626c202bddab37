"""What a design refuses, and that its words say all of it."""

import pytest

from osteon.densitometry import Site
from osteon.errors import AbstainedError, BadInputError
from osteon.trials import (
    ChangeEndpoint,
    Dropout,
    Limits,
    ShareEndpoint,
    Spread,
    describe_design,
    hash_design,
    label_endpoint,
)
from tests.unit.trials.example_designs import CHANGE, HIP, SHARE, make_arm, make_design


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"control": "plazebo"}, "trial.unknown_name"),
        ({"primary": "spine"}, "trial.unknown_name"),
        ({"arms": (make_arm("a"), make_arm("a")), "control": "a"}, "trial.names_not_unique"),
        ({"endpoints": (), "primary": ""}, "trial.names_not_unique"),
        ({"visits": (6, 3)}, "trial.visits_out_of_order"),
        ({"visits": (0, 6)}, "trial.visits_out_of_order"),
        ({"visits": ()}, "trial.visits_out_of_order"),
        ({"visits": (3, 240)}, "trial.visits_out_of_order"),
        ({"visits": (3, 12)}, "trial.no_such_visit"),
        ({"subjects": 1}, "trial.subjects_out_of_range"),
        (
            {"endpoints": (ChangeEndpoint(name="hip", site=Site.ONE_THIRD_RADIUS, month=6),)},
            "trial.site_not_simulated",
        ),
        (
            {"endpoints": (ShareEndpoint(name="hip", sites=(), target_t_score=-2.5, month=6),)},
            "trial.site_not_simulated",
        ),
    ],
)
def test_a_design_that_cannot_be_run_is_refused(changes, code):
    with pytest.raises(BadInputError) as fault:
        make_design(**changes)
    assert fault.value.code == code


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: Spread(sd=0.0), "trial.sd_not_positive"),
        (lambda: Limits(low=-2.5, high=-3.5), "trial.limits_reversed"),
        (lambda: Dropout(share=15, by_month=12), "trial.dropout_out_of_range"),
        (lambda: make_arm("a", ratio=0), "trial.ratio_not_positive"),
    ],
)
def test_a_value_that_cannot_be_is_refused(make, code):
    with pytest.raises(BadInputError) as fault:
        make()
    assert fault.value.code == code


def test_exercise_is_abstained_from():
    with pytest.raises(AbstainedError, match="not yet for an arm"):
        make_arm("a", "exercise for 12 months")


def test_the_hazard_of_leaving_gives_the_share_back():
    dropout = Dropout(share=0.2, by_month=24)
    assert 1 - 2.718281828459045 ** (-24 * dropout.hazard_per_month) == pytest.approx(0.2)


def test_every_part_of_a_design_changes_its_hash():
    changes = [
        {"seed": 2},
        {"subjects": 401},
        {"paired": True},
        {"visits": (3, 5, 6)},
        {"control": "drug"},
        {"primary": "above"},
        {"dropout": None},
        {"endpoints": (CHANGE, SHARE)},
        {"name": "other"},
    ]
    hashes = [hash_design(make_design(**change)) for change in [{}, *changes]]
    assert len(set(hashes)) == len(hashes)
    assert hash_design(make_design()) == hashes[0]


def test_words_leave_out_what_is_not_stated():
    words = describe_design(make_design(dropout=None))
    assert "dropout" not in words
    assert "facts" not in words
    assert words["baseline"]["t_score"] == {"total_hip": {"mean": -2.6, "sd": 0.5}}


def test_an_endpoint_names_its_sites():
    both = ShareEndpoint(name="x", sites=(*HIP, Site.LUMBAR_SPINE), target_t_score=-2.5, month=12)
    assert label_endpoint(both).startswith("share with T-score above -2.5 at the total hip and lumbar spine")
