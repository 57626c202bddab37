"""What the scans of one visit say together: score, class, lowest site, and remarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteon.densitometry.findings import FindingCode, ScanFinding, gather_sources
from osteon.densitometry.person import choose_diagnostic_domain
from osteon.densitometry.rules import find_rule_source, read_rules
from osteon.densitometry.scores import who_class
from osteon.densitometry.site_reading import SiteResult, read_site
from osteon.densitometry.sites import CENTRAL_SITES, ScoreKind
from osteon.errors import AbstainedError, BadInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from osteon.densitometry.person import DiagnosticDomain, Person
    from osteon.densitometry.scan import Scan
    from osteon.densitometry.sites import Site, WhoClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What the scans of one visit say together.

    With T-scores `who_class` is set and `below_expected_for_age` is None; with Z-scores the
    other way round. `lowest_score` is that of `lowest_site`, unrounded where BMD is known.
    """

    score_kind: ScoreKind
    sites: tuple[SiteResult, ...]
    lowest_site: Site
    lowest_score: float
    who_class: WhoClass | None
    below_expected_for_age: bool | None
    findings: tuple[ScanFinding, ...]
    sources: tuple[str, ...]

    @property
    def label(self) -> str:
        """The words shown to people."""
        if self.who_class is not None:
            return self.who_class.label
        where = "below" if self.below_expected_for_age else "within"
        return f"{where} the expected range for age"


def _refuse_unusable(scans: Sequence[Scan]) -> None:
    if not scans:
        raise BadInputError(
            code="scan.missing",
            field="scans",
            got="no scan",
            expected="a scan of the lumbar spine, total hip or femoral neck",
            hint="Give at least one site.",
        )
    places = [(scan.site, scan.side) for scan in scans]
    repeated = sorted({f"{site}" for site, side in places if places.count((site, side)) > 1})
    if repeated:
        raise BadInputError(
            code="scan.duplicate",
            field="scans",
            got=f"more than one scan of {', '.join(repeated)}",
            expected="one scan of each site and side",
            hint="Classify one visit at a time, and say which side each hip is.",
        )


def _refuse_unscored(results: Sequence[SiteResult], kind: ScoreKind) -> None:
    if any(result.is_valid for result in results):
        return
    reasons = " ".join(found.message for result in results for found in result.findings)
    raise AbstainedError(
        code=f"{kind}.unavailable",
        field="scans",
        got=f"no usable {kind.label}",
        expected="BMD with the maker of the scanner, or the score that the report prints",
        hint=f"{reasons} Add the maker, the printed score or another site.".strip(),
    )


def _remark_missing_sites(scans: Sequence[Scan]) -> tuple[ScanFinding, ...]:
    measured = {scan.site for scan in scans}
    missing = [site.replace("_", " ") for site in CENTRAL_SITES if site not in measured]
    if not missing:
        return ()
    source = find_rule_source("diagnostic_sites")
    message = f"Not measured: {', '.join(missing)}. The lowest site may be among them."
    return (ScanFinding(code=FindingCode.SITES_MISSING, message=message, source=source),)


def _remark_fracture(person: Person, t_score: float) -> tuple[ScanFinding, ...]:
    if not person.fragility_fracture or t_score <= read_rules().osteoporosis_t_score:
        return ()
    source = find_rule_source("clinical_diagnosis")
    message = "With a fragility fracture, osteoporosis may be diagnosed whatever the T-score."
    code = FindingCode.CLINICAL_DIAGNOSIS_POSSIBLE
    return (ScanFinding(code=code, message=message, source=source),)


def _name_rules(kind: ScoreKind) -> tuple[str, ...]:
    if kind is ScoreKind.Z_SCORE:
        rules: tuple[str, ...] = ("below_expected_for_age",)
    else:
        rules = ("osteoporosis", "normal", "reference_population", "diagnostic_sites")
    return tuple(find_rule_source(rule) for rule in rules)


def _join_results(
    person: Person,
    scans: Sequence[Scan],
    domain: DiagnosticDomain,
    results: tuple[SiteResult, ...],
) -> Classification:
    kind = domain.score_kind
    lowest, score = min(
        ((result, result.score) for result in results if result.score is not None),
        key=lambda pair: pair[1],
    )
    by_t_score = kind is ScoreKind.T_SCORE
    limit = read_rules().below_expected_z_score
    findings = (*domain.findings, *_remark_missing_sites(scans))
    if by_t_score:
        findings = (*findings, *_remark_fracture(person, score))
    used = (result.sources for result in results)
    remarks = (found.source for found in findings)
    return Classification(
        score_kind=kind,
        sites=results,
        lowest_site=lowest.site,
        lowest_score=score,
        who_class=who_class(score, fragility_fracture=person.fragility_fracture) if by_t_score else None,
        below_expected_for_age=None if by_t_score else score <= limit,
        findings=findings,
        sources=gather_sources(domain.sources, _name_rules(kind), remarks, *used),
    )


def classify_scans(scans: Sequence[Scan], person: Person) -> Classification:
    """Classify the scans of one visit by the lowest valid site.

    Postmenopausal women and men of 50 or more get T-scores against the white female reference
    and a WHO class; everybody else gets Z-scores and no class. A site without a usable score
    stays in the result with a finding that says why, and the others decide. Raises
    `scan.missing`, `scan.duplicate`, `person.menopause_unknown`, `t_score.unavailable` or
    `z_score.unavailable`.

    >>> from osteon.densitometry import Maker, Person, Scan, Sex, Site
    >>> woman = Person(sex=Sex.FEMALE, age_years=67, menopausal=True)
    >>> neck = Scan(site=Site.FEMORAL_NECK, areal_bmd_g_cm2=0.552, maker=Maker.HOLOGIC)
    >>> classify_scans([neck], woman).label
    'osteoporosis'
    """
    _refuse_unusable(scans)
    domain = choose_diagnostic_domain(person)
    results = tuple(read_site(scan, person, domain.score_kind) for scan in scans)
    _refuse_unscored(results, domain.score_kind)
    return _join_results(person, scans, domain, results)
