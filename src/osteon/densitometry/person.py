"""Whom a scan is of, and by which score it is read."""

from __future__ import annotations

from dataclasses import dataclass

from osteon.densitometry.findings import FindingCode, ScanFinding
from osteon.densitometry.rules import find_rule_source, read_rules
from osteon.densitometry.sites import ScoreKind, Sex
from osteon.errors import AbstainedError, BadInputError


def _check_age(age_years: float) -> None:
    rules = read_rules()
    if not 0 <= age_years <= rules.oldest_age:
        raise BadInputError(
            code="person.age_out_of_range",
            field="Person.age_years",
            got=f"{age_years:g}",
            expected=f"0 to {rules.oldest_age:g} years",
            hint="Give the age at the scan in years, not the year of birth.",
        )
    if age_years < rules.adult_age:
        raise AbstainedError(
            code="person.not_adult",
            field="Person.age_years",
            got=f"{age_years:g}",
            expected=f"{rules.adult_age:g} years or more",
            hint="Bone density of children is read against pediatric references.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom a scan is of, at the day of the scan.

    `menopausal` is whether menopause has been reached (a woman in the transition may be given
    as True), None when unknown. Raises `person.age_out_of_range`, `person.not_adult` or
    `person.menopause_contradicts`.

    >>> Person(sex=Sex.FEMALE, age_years=67, menopausal=True).fragility_fracture
    False
    """

    sex: Sex
    age_years: float
    menopausal: bool | None = None
    years_since_menopause: float | None = None
    fragility_fracture: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be true of one person."""
        _check_age(self.age_years)
        years = self.years_since_menopause
        if years is not None and not 0 <= years <= self.age_years:
            raise self._contradiction("Person.years_since_menopause", f"{years:g}")
        if years is not None and self.menopausal is False:
            raise self._contradiction("Person.menopausal", "False with years since menopause")
        if self.sex is Sex.MALE and (years is not None or self.menopausal):
            raise self._contradiction("Person.menopausal", "menopause of a man")

    def _contradiction(self, field: str, got: str) -> BadInputError:
        return BadInputError(
            code="person.menopause_contradicts",
            field=field,
            got=got,
            expected=f"0 to {self.age_years:g} years since menopause, for a postmenopausal woman",
            hint="Leave menopause out for a man.",
        )

    @property
    def postmenopausal(self) -> bool | None:
        """Whether menopause has been reached, None when nothing was said about it."""
        return True if self.years_since_menopause is not None else self.menopausal


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticDomain:
    """The score a person's scans are read by, and what had to be assumed to say so."""

    score_kind: ScoreKind
    findings: tuple[ScanFinding, ...]
    sources: tuple[str, ...]


def _assume_menopause(person: Person) -> DiagnosticDomain:
    rule, age = "t_score_domain_women_of_unstated_menopause", read_rules().t_score_age_women
    if person.age_years < age:
        raise BadInputError(
            code="person.menopause_unknown",
            field="Person.menopausal",
            got="None",
            expected=f"True or False for a woman under {age:g}",
            hint="T-scores are for postmenopausal women; say whether menopause has been reached.",
        )
    source = find_rule_source(rule)
    message = f"Menopause was not stated; at {age:g} or more it was taken as reached."
    finding = ScanFinding(code=FindingCode.MENOPAUSE_ASSUMED, message=message, source=source)
    return DiagnosticDomain(score_kind=ScoreKind.T_SCORE, findings=(finding,), sources=(source,))


def choose_diagnostic_domain(person: Person) -> DiagnosticDomain:
    """Choose T-scores for postmenopausal women and men of 50 or more, else Z-scores.

    A woman of 50 or more whose menopause is unstated gets T-scores with a finding that says
    so; a younger one raises `person.menopause_unknown`.

    >>> choose_diagnostic_domain(Person(sex=Sex.MALE, age_years=44)).score_kind
    <ScoreKind.Z_SCORE: 'z_score'>
    """
    if person.sex is Sex.FEMALE and person.postmenopausal is None:
        return _assume_menopause(person)
    if person.sex is Sex.FEMALE:
        by_t_score = bool(person.postmenopausal)
    else:
        by_t_score = person.age_years >= read_rules().t_score_age_men
    kind = ScoreKind.T_SCORE if by_t_score else ScoreKind.Z_SCORE
    source = find_rule_source("t_score_domain_men")
    return DiagnosticDomain(score_kind=kind, findings=(), sources=(source,))
