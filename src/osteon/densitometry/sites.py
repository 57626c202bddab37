"""The words of densitometry: where, by whose scanner, of whom, and which class."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Site(StrEnum):
    """A skeletal site that a diagnosis may rest on."""

    LUMBAR_SPINE = "lumbar_spine"
    TOTAL_HIP = "total_hip"
    FEMORAL_NECK = "femoral_neck"
    ONE_THIRD_RADIUS = "one_third_radius"


class Sex(StrEnum):
    """The sex that a reference population or a person has."""

    FEMALE = "female"
    MALE = "male"


class Maker(StrEnum):
    """The maker of a DXA scanner; values of two makers are never compared for one patient."""

    HOLOGIC = "hologic"
    GE_LUNAR = "ge_lunar"
    NORLAND = "norland"


class Side(StrEnum):
    """The body side of a hip or forearm scan."""

    LEFT = "left"
    RIGHT = "right"


class WhoClass(StrEnum):
    """The WHO class of a T-score, mildest first."""

    NORMAL = "normal"
    OSTEOPENIA = "osteopenia"
    OSTEOPOROSIS = "osteoporosis"
    SEVERE_OSTEOPOROSIS = "severe_osteoporosis"

    @property
    def label(self) -> str:
        """The words shown to people.

        >>> WhoClass.OSTEOPENIA.label
        'low bone mass (osteopenia)'
        """
        words = self.value.replace("_", " ")
        return f"low bone mass ({words})" if self is WhoClass.OSTEOPENIA else words


class ScoreKind(StrEnum):
    """The score that a person's scans are read by."""

    T_SCORE = "t_score"
    Z_SCORE = "z_score"

    @property
    def label(self) -> str:
        """The words shown to people.

        >>> ScoreKind.T_SCORE.label
        'T-score'
        """
        return self.value.replace("_", "-").capitalize()


class ScoreBasis(StrEnum):
    """Whether a score was counted from BMD or taken from the report."""

    COMPUTED = "computed"
    REPORTED = "reported"


WHO_CLASSES: Final = tuple(WhoClass)
NOT_CLASSIFIED: Final = -1
VERTEBRAE: Final = ("L1", "L2", "L3", "L4")
CENTRAL_SITES: Final = (Site.LUMBAR_SPINE, Site.TOTAL_HIP, Site.FEMORAL_NECK)
