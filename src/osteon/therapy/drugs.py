"""The names of what can be given: drugs, families, routes, amount units, lifestyle."""

from enum import StrEnum

__all__ = ["AmountUnit", "Drug", "DrugFamily", "Lifestyle", "Route"]


class Drug(StrEnum):
    """A drug by its international non-proprietary name."""

    ALENDRONATE = "alendronate"
    RISEDRONATE = "risedronate"
    IBANDRONATE = "ibandronate"
    ZOLEDRONATE = "zoledronate"
    DENOSUMAB = "denosumab"
    RALOXIFENE = "raloxifene"
    TERIPARATIDE = "teriparatide"
    ABALOPARATIDE = "abaloparatide"
    ROMOSOZUMAB = "romosozumab"


class DrugFamily(StrEnum):
    """What a drug chiefly does: slow resorption, or build bone."""

    ANTIRESORPTIVE = "antiresorptive"
    ANABOLIC = "anabolic"


class Route(StrEnum):
    """How a dose enters the body."""

    ORAL = "oral"
    INTRAVENOUS = "intravenous"
    SUBCUTANEOUS = "subcutaneous"


class AmountUnit(StrEnum):
    """The unit a dose amount is written in."""

    MG = "mg"
    UG = "ug"


class Lifestyle(StrEnum):
    """What is done beside drugs, without a dose."""

    CALCIUM_VITAMIN_D = "calcium and vitamin D"
    EXERCISE = "exercise"
