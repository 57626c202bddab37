"""Every peer that the model is set beside."""

from __future__ import annotations

from osteon.trials.class_average import fit_class_average
from osteon.trials.joerg import read_joerg
from osteon.trials.openbonemin import read_openbonemin
from osteon.trials.peers import ArmPredictor, NoChange

__all__ = ["list_peers"]


def list_peers() -> tuple[ArmPredictor, ...]:
    """Return the peers: no change, the class-average curve (fitted now), OpenBoneMin, Jörg 2022."""
    return NoChange(), fit_class_average(), read_openbonemin(), read_joerg()
