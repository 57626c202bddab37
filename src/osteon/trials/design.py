"""A trial as it is planned: arms, who may enter, who leaves, when scans are taken, what is estimated."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from osteon.densitometry import Site
from osteon.errors import AbstainedError, BadInputError
from osteon.therapy import Lifestyle, Sequence

__all__ = [
    "TRIAL_SITES",
    "ChangeEndpoint",
    "DesignArm",
    "DesignFact",
    "Dropout",
    "Endpoint",
    "EnrolledBaseline",
    "Inclusion",
    "Limits",
    "ShareEndpoint",
    "Spread",
    "TimeEndpoint",
    "TrialDesign",
]

TRIAL_SITES = (Site.LUMBAR_SPINE, Site.TOTAL_HIP, Site.FEMORAL_NECK)
_LONGEST_MONTHS = 120
_MOST_SUBJECTS = 10**10


def _require(*, holds: bool, code: str, field: str, got: object, expected: str, hint: str) -> None:
    if not holds:
        raise BadInputError(code=f"trial.{code}", field=field, got=str(got), expected=expected, hint=hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Mean and SD of the enrolled; None where nothing is stated."""

    mean: float | None = None
    sd: float | None = None

    def __post_init__(self) -> None:
        """Refuse an SD that is not above zero."""
        _require(
            holds=self.sd is None or self.sd > 0,
            code="sd_not_positive",
            field="sd",
            got=self.sd,
            expected="a number above 0",
            hint="Leave the SD out to take that of published trials.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """A closed range of what may enter a trial."""

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse a range that holds nothing."""
        _require(
            holds=self.low < self.high,
            code="limits_reversed",
            field="inclusion",
            got=f"[{self.low:g}, {self.high:g}]",
            expected="the lower limit first",
            hint="A T-score of -3.5 is lower than -2.5: write [-3.5, -2.5].",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """Who may enter: every range stated, the T-scores of ``t_score_all``, and one or more of ``t_score_any``.

    T-scores are those of the screening scan, which is also the baseline scan.
    """

    age_years: Limits | None = None
    years_since_menopause: Limits | None = None
    t_score_all: Mapping[Site, Limits] = field(default_factory=dict)
    t_score_any: Mapping[Site, Limits] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledBaseline:
    """Who the enrolled are on average, after the limits of ``Inclusion`` have done their part.

    What is not stated comes from women of that age. ``history`` is treatment before month 0, ending then.
    """

    age_years: Spread = field(default_factory=Spread)
    years_since_menopause: float | None = None
    t_score: Mapping[Site, Spread] = field(default_factory=dict)
    history: Sequence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropout:
    """A share of subjects lost by a month, at a constant hazard; who leaves has no further visit."""

    share: float
    by_month: float

    def __post_init__(self) -> None:
        """Refuse a share outside 0..1 and a time that is not positive."""
        _require(
            holds=0 <= self.share < 1 and self.by_month > 0,
            code="dropout_out_of_range",
            field="dropout",
            got=f"{self.share:g} by month {self.by_month:g}",
            expected="a share from 0 to below 1, by a month above 0",
            hint="Write a share, not a percentage.",
        )

    @property
    def hazard_per_month(self) -> float:
        """The constant hazard of leaving."""
        return -math.log1p(-self.share) / self.by_month


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignArm:
    """One arm: what is given, its part of the randomization, and its own dropout where it differs.

    ``published_arm`` names the arm of the evidence tables that it mirrors.
    """

    name: str
    sequence: Sequence
    ratio: float = 1.0
    dropout: Dropout | None = None
    published_arm: str | None = None

    def __post_init__(self) -> None:
        """Refuse a ratio that is not positive, and exercise, which no trial arm carries yet."""
        _require(
            holds=self.ratio > 0 and math.isfinite(self.ratio),
            code="ratio_not_positive",
            field=f"arms ({self.name}), ratio",
            got=self.ratio,
            expected="a number above 0",
            hint="2 beside 1 gives two subjects here for each one there.",
        )
        if any(Lifestyle.EXERCISE in regimen.lifestyle for regimen in self.sequence.regimens):
            raise AbstainedError(
                code="trial.not_simulated",
                field=f"arms ({self.name}), sequence",
                got="exercise",
                expected="drugs, doses, adherence and persistence",
                hint="Exercise is simulated for one patient, not yet for an arm.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEndpoint:
    """Percent change of BMD at one site from baseline to a visit, among those seen then."""

    name: str
    site: Site
    month: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareEndpoint:
    """Share above a T-score at every site named, at a visit, among those not above it at all of them before."""

    name: str
    sites: tuple[Site, ...]
    target_t_score: float
    month: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeEndpoint:
    """Months to the first visit above a T-score at every site named; who leaves before is censored."""

    name: str
    sites: tuple[Site, ...]
    target_t_score: float


Endpoint = ChangeEndpoint | ShareEndpoint | TimeEndpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignFact:
    """Where a number of a shipped design comes from, as the evidence tables say it."""

    what: str
    source: str
    locator: str
    extraction: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialDesign:
    """A randomized trial of postmenopausal women; ``visits`` are months after the start, month 0 understood.

    ``control`` names the arm that others are compared with, ``primary`` the endpoint that power is computed for.
    ``paired`` gives the arms the same virtual subjects (twins): no real trial can, and intervals are narrower.
    ``study`` names the trial of the evidence tables that it mirrors.
    """

    name: str
    title: str
    arms: tuple[DesignArm, ...]
    control: str
    subjects: int
    visits: tuple[int, ...]
    endpoints: tuple[Endpoint, ...]
    primary: str
    baseline: EnrolledBaseline = field(default_factory=EnrolledBaseline)
    inclusion: Inclusion = field(default_factory=Inclusion)
    dropout: Dropout | None = None
    seed: int = 1
    paired: bool = False
    study: str | None = None
    facts: tuple[DesignFact, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a design that cannot be run or read."""
        _check_names(self)
        _check_visits(self)
        _check_endpoints(self)
        least = len(self.arms)
        _require(
            holds=least <= self.subjects <= _MOST_SUBJECTS,
            code="subjects_out_of_range",
            field="subjects",
            got=self.subjects,
            expected=f"{least} to {_MOST_SUBJECTS}",
            hint="Every arm needs a subject.",
        )

    @property
    def months(self) -> int:
        """The month of the last visit."""
        return self.visits[-1]

    @property
    def control_index(self) -> int:
        """Which arm the others are compared with."""
        return [arm.name for arm in self.arms].index(self.control)

    @property
    def primary_endpoint(self) -> Endpoint:
        """The endpoint that power is computed for."""
        return next(one for one in self.endpoints if one.name == self.primary)


def _check_names(design: TrialDesign) -> None:
    for kind, names in (
        ("arms", [arm.name for arm in design.arms]),
        ("endpoints", [endpoint.name for endpoint in design.endpoints]),
    ):
        _require(
            holds=bool(names) and all(names) and len(set(names)) == len(names),
            code="names_not_unique",
            field=kind,
            got=", ".join(names) or "none",
            expected="one or more, each with its own name",
            hint="Name them apart: results are told by name.",
        )
    _require_known("control", design.control, [arm.name for arm in design.arms])
    _require_known("primary", design.primary, [endpoint.name for endpoint in design.endpoints])


def _require_known(field: str, name: str, known: list[str]) -> None:
    _require(
        holds=name in known,
        code="unknown_name",
        field=field,
        got=repr(name),
        expected=" or ".join(known),
        hint="Write a name exactly as it stands in the design.",
    )


def _check_visits(design: TrialDesign) -> None:
    visits = design.visits
    rising = all(before < after for before, after in pairwise(visits))
    _require(
        holds=bool(visits) and rising and visits[0] >= 1 and visits[-1] <= _LONGEST_MONTHS,
        code="visits_out_of_order",
        field="visits_months",
        got=", ".join(map(str, visits)) or "none",
        expected=f"rising months from 1 to {_LONGEST_MONTHS}",
        hint="Month 0 is understood. No trial that the model rests on was longer than ten years.",
    )


def _check_endpoints(design: TrialDesign) -> None:
    for endpoint in design.endpoints:
        month = None if isinstance(endpoint, TimeEndpoint) else endpoint.month
        _require(
            holds=month is None or month in design.visits,
            code="no_such_visit",
            field=f"endpoints ({endpoint.name}), month",
            got=month,
            expected=" or ".join(map(str, design.visits)),
            hint="An endpoint is read at a visit.",
        )
        sites = (endpoint.site,) if isinstance(endpoint, ChangeEndpoint) else endpoint.sites
        _require(
            holds=bool(sites) and all(site in TRIAL_SITES for site in sites),
            code="site_not_simulated",
            field=f"endpoints ({endpoint.name})",
            got=", ".join(sites) or "no site",
            expected=" or ".join(TRIAL_SITES),
            hint="The forearm is not simulated: it responds unlike hip and spine.",
        )
