"""What does a scan say, and what can it resolve?"""

from osteon.densitometry.change import Change, PrecisionBasis, assess_change
from osteon.densitometry.classification import Classification, classify_scans
from osteon.densitometry.cohort import CohortClassification, classify_cohort
from osteon.densitometry.comparability import check_comparability
from osteon.densitometry.findings import FindingCode, ScanFinding
from osteon.densitometry.person import DiagnosticDomain, Person, choose_diagnostic_domain
from osteon.densitometry.precision import (
    DefaultPrecisionError,
    PrecisionEstimate,
    PrecisionStudy,
    default_precision_error,
    estimate_precision_error,
    least_significant_change,
)
from osteon.densitometry.references import (
    AgeReference,
    ReferenceCurve,
    ReferenceGroup,
    find_age_reference,
    find_reference_curve,
)
from osteon.densitometry.rules import DensitometryRules, read_rules
from osteon.densitometry.scan import Scan
from osteon.densitometry.scores import (
    classify_t_scores,
    compute_areal_bmd,
    compute_t_score,
    compute_z_score,
    find_implausible_bmd,
    find_rounding_sensitive,
    is_rounding_sensitive,
    round_t_score,
    who_class,
)
from osteon.densitometry.site_reading import SiteResult
from osteon.densitometry.sites import (
    CENTRAL_SITES,
    NOT_CLASSIFIED,
    VERTEBRAE,
    WHO_CLASSES,
    Maker,
    ScoreBasis,
    ScoreKind,
    Sex,
    Side,
    Site,
    WhoClass,
)
from osteon.densitometry.standardization import StandardizedGroup, standardize_bmd

__all__ = [
    "CENTRAL_SITES",
    "NOT_CLASSIFIED",
    "VERTEBRAE",
    "WHO_CLASSES",
    "AgeReference",
    "Change",
    "Classification",
    "CohortClassification",
    "DefaultPrecisionError",
    "DensitometryRules",
    "DiagnosticDomain",
    "FindingCode",
    "Maker",
    "Person",
    "PrecisionBasis",
    "PrecisionEstimate",
    "PrecisionStudy",
    "ReferenceCurve",
    "ReferenceGroup",
    "Scan",
    "ScanFinding",
    "ScoreBasis",
    "ScoreKind",
    "Sex",
    "Side",
    "Site",
    "SiteResult",
    "StandardizedGroup",
    "WhoClass",
    "assess_change",
    "check_comparability",
    "choose_diagnostic_domain",
    "classify_cohort",
    "classify_scans",
    "classify_t_scores",
    "compute_areal_bmd",
    "compute_t_score",
    "compute_z_score",
    "default_precision_error",
    "estimate_precision_error",
    "find_age_reference",
    "find_implausible_bmd",
    "find_reference_curve",
    "find_rounding_sensitive",
    "is_rounding_sensitive",
    "least_significant_change",
    "read_rules",
    "round_t_score",
    "standardize_bmd",
    "who_class",
]
