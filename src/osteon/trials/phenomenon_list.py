"""The phenomena, in the order in which they are told."""

from __future__ import annotations

from typing import Final

from osteon.trials.phenomena_of_anabolics import (
    AFTER_ANABOLIC,
    BLUNTING,
    COMBINATION,
    HIP_DIP,
    ROMOSOZUMAB_BURST,
    TERIPARATIDE_DELAY,
)
from osteon.trials.phenomena_of_antiresorptives import (
    BISPHOSPHONATE_OFFSET,
    DENOSUMAB_GAIN,
    DENOSUMAB_OFFSET,
)

__all__ = ["PHENOMENA"]

PHENOMENA: Final = (
    DENOSUMAB_GAIN,
    DENOSUMAB_OFFSET,
    BISPHOSPHONATE_OFFSET,
    ROMOSOZUMAB_BURST,
    TERIPARATIDE_DELAY,
    HIP_DIP,
    BLUNTING,
    COMBINATION,
    AFTER_ANABOLIC,
)
