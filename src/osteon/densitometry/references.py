"""The reference populations that T- and Z-scores are counted against."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from osteon.densitometry.sites import Maker, Sex, Site
from osteon.errors import AbstainedError
from osteon.evidence import select_facts

if TYPE_CHECKING:
    from osteon.evidence import Extraction, Fact

_USE_BY_SEX: Final = {Sex.FEMALE: "t_score", Sex.MALE: "male_only_context"}


class ReferenceGroup(StrEnum):
    """The population that a Z-score compares with; T-scores have one for everybody."""

    ALL = "all"
    WHITE = "white"
    NON_HISPANIC_WHITE = "non_hispanic_white"
    NON_HISPANIC_BLACK = "non_hispanic_black"
    NON_HISPANIC_ASIAN = "non_hispanic_asian"
    MEXICAN_AMERICAN = "mexican_american"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceCurve:
    """Young-adult mean and SD of one maker's BMD at one site, in g/cm2."""

    reference: str
    maker: Maker
    site: Site
    sex: Sex
    young_mean_g_cm2: float
    young_sd_g_cm2: float
    source: str
    extraction: Extraction

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib key of the reference, as `osteon.evidence.cite` reads it."""
        return (self.source,)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeReference:
    """Mean and SD of BMD in an age band of one sex and group, in g/cm2; ages in whole years."""

    reference: str
    maker: Maker
    site: Site
    sex: Sex
    group: ReferenceGroup
    age_low: int
    age_high: int
    mean_g_cm2: float
    sd_g_cm2: float
    source: str

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib key of the reference, as `osteon.evidence.cite` reads it."""
        return (self.source,)


def _require_spread(fact: Fact) -> float:
    if fact.spread is None:
        message = f"{fact.fact_id} has no spread"
        raise TypeError(message)
    return fact.spread


def _build_curve(fact: Fact, sex: Sex) -> ReferenceCurve:
    return ReferenceCurve(
        reference=fact.keys["reference"],
        maker=Maker(fact.keys["maker"]),
        site=Site(fact.keys["site"]),
        sex=sex,
        young_mean_g_cm2=fact.number,
        young_sd_g_cm2=_require_spread(fact),
        source=fact.source,
        extraction=fact.extraction,
    )


@cache
def find_reference_curve(maker: Maker, site: Site, sex: Sex = Sex.FEMALE) -> ReferenceCurve:
    """Return the reference that T-scores of everybody are counted against.

    The male curve is there to be looked at; no T-score and no class in this package uses it.
    Raises `reference.none` where no curve is known (Norland, one-third radius).

    >>> find_reference_curve(Maker.HOLOGIC, Site.FEMORAL_NECK).young_mean_g_cm2
    0.858
    """
    facts = select_facts("reference_curves", maker=maker, site=site, sex=sex, use=_USE_BY_SEX[sex])
    if not facts:
        raise AbstainedError(
            code="reference.none",
            field=f"reference curve ({maker}, {site})",
            got="no young-adult reference",
            expected="a Hologic or GE-Lunar scan of the lumbar spine, total hip or femoral neck",
            hint="Give the T-score that the report prints.",
        )
    return _build_curve(facts[0], sex)


def _build_age_reference(fact: Fact) -> AgeReference:
    return AgeReference(
        reference=fact.keys["reference"],
        maker=Maker(fact.keys["maker"]),
        site=Site(fact.keys["site"]),
        sex=Sex(fact.keys["sex"]),
        group=ReferenceGroup(fact.keys["group"]),
        age_low=int(fact.keys["age_low"]),
        age_high=int(fact.keys["age_high"]),
        mean_g_cm2=fact.number,
        sd_g_cm2=_require_spread(fact),
        source=fact.source,
    )


@cache
def _list_age_references(maker: Maker, site: Site, sex: Sex) -> tuple[AgeReference, ...]:
    facts = select_facts("age_reference", maker=maker, site=site, sex=sex)
    references = map(_build_age_reference, facts)
    return tuple(sorted(references, key=lambda found: found.reference, reverse=True))


def find_age_reference(
    maker: Maker,
    site: Site,
    sex: Sex,
    age_years: float,
    group: ReferenceGroup = ReferenceGroup.ALL,
) -> AgeReference:
    """Return the reference that a Z-score is counted against, the newest survey first.

    Below 40 the only reference is of white people; it answers for the group `ALL` too, and
    says so in its `group`. Raises `reference.none` where no band covers the age.

    >>> find_age_reference(Maker.HOLOGIC, Site.FEMORAL_NECK, Sex.MALE, 44).mean_g_cm2
    0.85
    """
    groups = (group, ReferenceGroup.WHITE) if group is ReferenceGroup.ALL else (group,)
    for reference in _list_age_references(maker, site, sex):
        covers = reference.age_low <= int(age_years) <= reference.age_high
        if covers and reference.group in groups:
            return reference
    raise AbstainedError(
        code="reference.none",
        field=f"age reference ({maker}, {site}, {sex}, {group})",
        got=f"age {age_years:g}",
        expected="an age, maker and group with a reference table",
        hint="Give the Z-score that the report prints.",
    )
