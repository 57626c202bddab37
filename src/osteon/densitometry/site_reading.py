"""What one scan says by itself: its score, where the score came from, and its class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteon.densitometry.findings import FindingCode, ScanFinding, gather_sources
from osteon.densitometry.references import (
    ReferenceGroup,
    find_age_reference,
    find_reference_curve,
)
from osteon.densitometry.rules import find_rule_source, read_rules
from osteon.densitometry.scan import has_all_vertebrae
from osteon.densitometry.scores import (
    compute_t_score,
    compute_z_score,
    is_rounding_sensitive,
    round_t_score,
    who_class,
)
from osteon.densitometry.sites import ScoreBasis, ScoreKind
from osteon.errors import AbstainedError

if TYPE_CHECKING:
    from osteon.densitometry.person import Person
    from osteon.densitometry.scan import Scan
    from osteon.densitometry.sites import Side, Site, WhoClass


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteResult:
    """What one scan says: `score` is a T- or Z-score by `score_kind`, unrounded.

    `printed_score` is the score to one decimal. Without a usable score, `score` is None and a
    finding says why. `who_class` is the site's own, without regard to fractures, and only
    there with T-scores.
    """

    site: Site
    side: Side | None
    areal_bmd_g_cm2: float | None
    score_kind: ScoreKind
    score: float | None
    printed_score: float | None
    basis: ScoreBasis | None
    who_class: WhoClass | None
    findings: tuple[ScanFinding, ...]
    sources: tuple[str, ...]

    @property
    def is_valid(self) -> bool:
        """Whether the site may decide the classification."""
        return self.score is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    score: float | None
    basis: ScoreBasis | None
    findings: tuple[ScanFinding, ...] = ()
    sources: tuple[str, ...] = ()


def _remark(code: FindingCode, message: str, rule: str, *, blocks: bool = False) -> ScanFinding:
    return ScanFinding(code=code, message=message, source=find_rule_source(rule), blocks=blocks)


def _give_up(scan: Scan, why: str, rule: str) -> _Reading:
    message = f"{scan.site.replace('_', ' ').capitalize()}: {why}"
    finding = _remark(FindingCode.SCORE_UNAVAILABLE, message, rule, blocks=True)
    return _Reading(score=None, basis=None, findings=(finding,))


def _compare_reported(computed: float, reported: float | None) -> tuple[ScanFinding, ...]:
    if reported is None or round_t_score(reported) == round_t_score(computed):
        return ()
    message = (
        f"The report prints {round_t_score(reported):.1f}, the white female reference gives "
        f"{round_t_score(computed):.1f}: look up the reference that the report names."
    )
    return (_remark(FindingCode.REPORTED_T_DISAGREES, message, "reference_population"),)


def _remark_subset(scan: Scan) -> tuple[ScanFinding, ...]:
    if has_all_vertebrae(scan):
        return ()
    message = "The reference is of L1-L4, the scan is not; the printed T-score would be better."
    return (_remark(FindingCode.VERTEBRAE_WITHOUT_REFERENCE, message, "vertebral_subset"),)


def _compute_t(scan: Scan, bmd: float) -> _Reading | None:
    if scan.maker is None:
        return None
    try:
        curve = find_reference_curve(scan.maker, scan.site)
    except AbstainedError:
        return None
    score = compute_t_score(bmd, curve)
    findings = (*_remark_subset(scan), *_compare_reported(score, scan.reported_t_score))
    return _Reading(score=score, basis=ScoreBasis.COMPUTED, findings=findings, sources=curve.sources)


def _read_t_score(scan: Scan) -> _Reading:
    reported, bmd = scan.reported_t_score, scan.areal_bmd_g_cm2
    # The reference is of L1-L4, so for fewer vertebrae the scanner's own T-score knows better.
    if bmd is not None and (has_all_vertebrae(scan) or reported is None):
        computed = _compute_t(scan, bmd)
        if computed is not None:
            return computed
    if reported is not None:
        return _Reading(score=reported, basis=ScoreBasis.REPORTED)
    why = "no T-score was reported and none can be counted (maker or reference unknown)."
    return _give_up(scan, why, "reference_population")


def _compute_z(scan: Scan, person: Person, bmd: float) -> _Reading | None:
    if scan.maker is None or not has_all_vertebrae(scan):
        return None
    try:
        peers = find_age_reference(scan.maker, scan.site, person.sex, person.age_years)
    except AbstainedError:
        return None
    findings: tuple[ScanFinding, ...] = ()
    if peers.group is not ReferenceGroup.ALL:
        message = f"At this age the only reference is of one group: {peers.group}."
        code = FindingCode.OTHER_REFERENCE_GROUP
        findings = (ScanFinding(code=code, message=message, source=peers.source),)
    score = compute_z_score(bmd, peers)
    return _Reading(score=score, basis=ScoreBasis.COMPUTED, findings=findings, sources=peers.sources)


def _read_z_score(scan: Scan, person: Person) -> _Reading:
    if scan.reported_z_score is not None:
        return _Reading(score=scan.reported_z_score, basis=ScoreBasis.REPORTED)
    if scan.areal_bmd_g_cm2 is not None:
        computed = _compute_z(scan, person, scan.areal_bmd_g_cm2)
        if computed is not None:
            return computed
    why = "no Z-score was reported and there is no reference to count one from."
    return _give_up(scan, why, "below_expected_for_age")


def _has_single_vertebra(scan: Scan) -> bool:
    least = read_rules().least_vertebrae
    return scan.vertebrae is not None and len(scan.vertebrae) < least


def _refuse_vertebra() -> _Reading:
    message = "Lumbar spine: a single vertebra is never used for diagnosis."
    finding = _remark(FindingCode.SINGLE_VERTEBRA, message, "least_vertebrae", blocks=True)
    return _Reading(score=None, basis=None, findings=(finding,))


def _remark_t_rounding(score: float, *, reported: bool) -> tuple[ScanFinding, ...]:
    if not is_rounding_sensitive(score, reported=reported):
        return ()
    printed = f"{round_t_score(score):.1f}"
    if reported and round_t_score(score) == score:
        message = f"A printed {printed} may stand for an unrounded T-score of another class."
    else:
        message = f"The T-score is {score:.3f} and prints as {printed}, of another class."
    return (_remark(FindingCode.ROUNDING_CHANGES_CLASS, message, "osteoporosis"),)


def _remark_z_rounding(score: float) -> tuple[ScanFinding, ...]:
    limit, printed = read_rules().below_expected_z_score, round_t_score(score)
    if (score <= limit) == (printed <= limit):
        return ()
    message = f"The Z-score is {score:.3f} and prints as {printed:.1f}, on the other side of {limit:.1f}."
    return (_remark(FindingCode.ROUNDING_CHANGES_CLASS, message, "below_expected_for_age"),)


def _remark_rounding(reading: _Reading, kind: ScoreKind) -> tuple[ScanFinding, ...]:
    if reading.score is None:
        return ()
    if kind is ScoreKind.Z_SCORE:
        return _remark_z_rounding(reading.score)
    return _remark_t_rounding(reading.score, reported=reading.basis is ScoreBasis.REPORTED)


def _read_scan(scan: Scan, person: Person, kind: ScoreKind) -> _Reading:
    if _has_single_vertebra(scan):
        return _refuse_vertebra()
    return _read_t_score(scan) if kind is ScoreKind.T_SCORE else _read_z_score(scan, person)


def read_site(scan: Scan, person: Person, kind: ScoreKind) -> SiteResult:
    """Read one scan by T- or Z-score, remarking whatever weakens the reading."""
    reading = _read_scan(scan, person, kind)
    findings = (*reading.findings, *_remark_rounding(reading, kind))
    score = reading.score
    by_t_score = kind is ScoreKind.T_SCORE
    return SiteResult(
        site=scan.site,
        side=scan.side,
        areal_bmd_g_cm2=scan.areal_bmd_g_cm2,
        score_kind=kind,
        score=score,
        printed_score=None if score is None else round_t_score(score),
        basis=reading.basis,
        who_class=who_class(score) if by_t_score and score is not None else None,
        findings=findings,
        sources=gather_sources(reading.sources, (found.source for found in findings)),
    )
