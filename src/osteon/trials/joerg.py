"""The model of Jörg and colleagues as a peer: total hip, CTX and P1NP under four drugs and their sequences."""

from __future__ import annotations

from osteon.remodeling import JoergModel
from osteon.trials.model_arm import ModelPredictor

__all__ = ["read_joerg"]


def read_joerg() -> ModelPredictor:
    """Read the published fit; it answers for arms of alendronate, teriparatide, denosumab and romosozumab only.

    Its authors fitted it to nine of these arms, total hip and markers, and never to romosozumab. Its error is that
    of one woman of the mean age of an arm.

    >>> read_joerg().name
    'Jörg 2022'
    """
    return ModelPredictor(model=JoergModel())
