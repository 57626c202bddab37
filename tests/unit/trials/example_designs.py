"""Designs small enough for a test."""

from __future__ import annotations

from osteon.densitometry import Site
from osteon.therapy import parse_sequence
from osteon.trials import (
    ChangeEndpoint,
    DesignArm,
    Dropout,
    EnrolledBaseline,
    Inclusion,
    Limits,
    ShareEndpoint,
    Spread,
    TimeEndpoint,
    TrialDesign,
)

HIP = (Site.TOTAL_HIP,)
CHANGE = ChangeEndpoint(name="hip", site=Site.TOTAL_HIP, month=6)
SHARE = ShareEndpoint(name="above", sites=HIP, target_t_score=-2.5, month=6)
TIME = TimeEndpoint(name="time", sites=HIP, target_t_score=-2.5)


def make_arm(name, text="no drug for 6 months", **changes):
    return DesignArm(name=name, sequence=parse_sequence(text), **changes)


def make_design(**changes):
    """Two arms, two visits, a screened hip, some who leave."""
    stated = {
        "name": "small",
        "title": "A small trial",
        "arms": (make_arm("placebo"), make_arm("drug", "zoledronate 5 mg once, observed for 6 months")),
        "control": "placebo",
        "subjects": 400,
        "visits": (3, 6),
        "endpoints": (CHANGE, SHARE, TIME),
        "primary": "hip",
        "baseline": EnrolledBaseline(
            age_years=Spread(mean=70, sd=6), t_score={Site.TOTAL_HIP: Spread(mean=-2.6, sd=0.5)}
        ),
        "inclusion": Inclusion(
            age_years=Limits(low=60, high=80), t_score_all={Site.TOTAL_HIP: Limits(low=-4, high=-1.8)}
        ),
        "dropout": Dropout(share=0.3, by_month=6),
    }
    return TrialDesign(**(stated | changes))
