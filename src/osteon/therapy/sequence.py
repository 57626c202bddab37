"""Who takes what, for how long, and how faithfully: the values of the therapy room."""

import math
from dataclasses import dataclass

from osteon.errors import BadInputError
from osteon.therapy.drugs import AmountUnit, Drug, Lifestyle, Route
from osteon.therapy.facts import describe_drug

__all__ = [
    "LONGEST_MONTHS",
    "SHORTEST_MONTHS",
    "Persistence",
    "Prescription",
    "RealWorldPersistence",
    "Regimen",
    "Sequence",
    "StatedPersistence",
    "join_sequences",
]

SHORTEST_MONTHS = 10.0**-2
LONGEST_MONTHS = 10.0**3
_LONGEST_INTERVAL_DAYS = 10.0**5
_UNIT_SLIP = 10.0


def _require(*, holds: bool, code: str, field: str, got: object, expected: str, hint: str) -> None:
    if not holds:
        raise BadInputError(code=f"therapy.{code}", field=field, got=str(got), expected=expected, hint=hint)


def _require_months(months: float, field: str) -> None:
    _require(
        holds=SHORTEST_MONTHS <= months <= LONGEST_MONTHS,
        code="duration_out_of_range",
        field=field,
        got=months,
        expected=f"{SHORTEST_MONTHS:g} to {LONGEST_MONTHS:g} months",
        hint="Write the length in months.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """One drug as written: how much, how often, by which route.

    `interval_days` is None for a single dose. An amount ten times below or above every
    labeled dose of the drug is taken for a slip of the unit and refused (BadInputError);
    a dose that is merely unusual is kept, and named by `check_sequence`.

    >>> Prescription(
    ...     drug=Drug.ALENDRONATE,
    ...     amount=70.0,
    ...     unit=AmountUnit.MG,
    ...     interval_days=7.0,
    ...     route=Route.ORAL,
    ... ).amount
    70.0
    """

    drug: Drug
    amount: float
    unit: AmountUnit
    interval_days: float | None
    route: Route

    def __post_init__(self) -> None:
        """Refuse what cannot be a dose of this drug."""
        facts = describe_drug(self.drug)
        _require_form(self, facts.unit, facts.routes)
        _require_amount(self, facts.lowest_amount, facts.highest_amount)


def _require_form(written: Prescription, unit: AmountUnit, routes: tuple[Route, ...]) -> None:
    _require(
        holds=written.unit is unit,
        code="wrong_unit",
        field="Prescription.unit",
        got=written.unit,
        expected=str(unit),
        hint=f"{written.drug} is written in {unit}.",
    )
    _require(
        holds=written.route in routes,
        code="wrong_route",
        field="Prescription.route",
        got=written.route,
        expected=" or ".join(routes),
        hint=f"No {written.route} form of {written.drug} is known here.",
    )
    _require(
        holds=written.interval_days is None or 1 <= written.interval_days <= _LONGEST_INTERVAL_DAYS,
        code="interval_out_of_range",
        field="Prescription.interval_days",
        got=written.interval_days,
        expected=f"1 to {_LONGEST_INTERVAL_DAYS:g} days, or None for a single dose",
        hint="Doses closer than a day apart are not described.",
    )


def _require_amount(written: Prescription, lowest: float, highest: float) -> None:
    low, high = lowest / _UNIT_SLIP, highest * _UNIT_SLIP
    _require(
        holds=low <= written.amount <= high,
        code="amount_out_of_range",
        field="Prescription.amount",
        got=f"{written.drug} {written.amount:g} {written.unit}",
        expected=f"{low:g} to {high:g} {written.unit}",
        hint="Check the unit: 1 mg is 1000 ug.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RealWorldPersistence:
    """Patients stay on the drug as long as they did in published cohorts of usual care."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPersistence:
    """A stated share is still on the drug after a stated time; stopping has a constant hazard.

    `share` lies in 0..1, above 0.
    """

    share: float
    at_months: float

    def __post_init__(self) -> None:
        """Refuse a share outside 0..1 and a time that is not positive."""
        _require_months(self.at_months, "StatedPersistence.at_months")
        _require(
            holds=0 < self.share <= 1,
            code="persistence_out_of_range",
            field="StatedPersistence.share",
            got=self.share,
            expected="more than 0 and at most 1",
            hint="Write a share, not a percentage.",
        )


Persistence = RealWorldPersistence | StatedPersistence


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimen:
    """What is taken together for one stretch of time; no prescription means no drug.

    `adherence` is the share of doses taken (0..1) while the patient is on the drug;
    `persistence` says how long patients stay on it (None: to the end).
    """

    prescriptions: tuple[Prescription, ...] = ()
    lifestyle: tuple[Lifestyle, ...] = ()
    duration_months: float
    adherence: float = 1.0
    persistence: Persistence | None = None

    def __post_init__(self) -> None:
        """Refuse impossible lengths and shares, and a drug or measure named twice."""
        _require_months(self.duration_months, "Regimen.duration_months")
        _require(
            holds=0 <= self.adherence <= 1,
            code="adherence_out_of_range",
            field="Regimen.adherence",
            got=self.adherence,
            expected="0 to 1",
            hint="Write a share, not a percentage.",
        )
        _require_taken_once(tuple(str(p.drug) for p in self.prescriptions))
        _require_taken_once(tuple(str(measure) for measure in self.lifestyle))
        _require(
            holds=bool(self.prescriptions) or (self.adherence == 1 and self.persistence is None),
            code="nothing_to_adhere_to",
            field="Regimen.adherence",
            got="adherence or persistence without a drug",
            expected="a drug",
            hint="Leave both out where no drug is given.",
        )


def _require_taken_once(names: tuple[str, ...]) -> None:
    _require(
        holds=len(set(names)) == len(names),
        code="named_twice",
        field="Regimen.prescriptions",
        got=" and ".join(names),
        expected="each drug or measure once",
        hint="Write two doses of one drug as two regimens, one after the other.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """Several regimens in order, each beginning when the one before it ends."""

    regimens: tuple[Regimen, ...]

    def __post_init__(self) -> None:
        """Refuse a sequence of nothing."""
        _require(
            holds=bool(self.regimens),
            code="empty_sequence",
            field="Sequence.regimens",
            got="no regimen",
            expected="one regimen or more",
            hint='Write "no drug for 12 months" where nothing is given.',
        )

    @property
    def duration_months(self) -> float:
        """The length of the whole sequence in months."""
        return math.fsum(regimen.duration_months for regimen in self.regimens)


def join_sequences(first: Sequence, second: Sequence) -> Sequence:
    """Put one sequence after another.

    >>> from osteon.therapy.grammar import parse_sequence
    >>> past = parse_sequence("teriparatide for 24 months")
    >>> join_sequences(past, parse_sequence("denosumab for 3 years")).duration_months
    60.0
    """
    return Sequence(regimens=first.regimens + second.regimens)
