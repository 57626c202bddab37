"""Named remarks that a result carries beside its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class FindingCode(StrEnum):
    """What can be remarked on a scan, a pair of scans or a precision study."""

    ROUNDING_CHANGES_CLASS = "rounding_changes_class"
    REPORTED_T_DISAGREES = "reported_t_disagrees"
    SINGLE_VERTEBRA = "single_vertebra"
    VERTEBRAE_WITHOUT_REFERENCE = "vertebrae_without_reference"
    SCORE_UNAVAILABLE = "score_unavailable"
    SITES_MISSING = "sites_missing"
    MENOPAUSE_ASSUMED = "menopause_assumed"
    CLINICAL_DIAGNOSIS_POSSIBLE = "clinical_diagnosis_possible"
    OTHER_REFERENCE_GROUP = "other_reference_group"
    BMD_MISSING = "bmd_missing"
    MAKER_DIFFERS = "maker_differs"
    MAKER_UNKNOWN = "maker_unknown"
    MODEL_DIFFERS = "model_differs"
    MODEL_UNKNOWN = "model_unknown"
    SOFTWARE_DIFFERS = "software_differs"
    SOFTWARE_UNKNOWN = "software_unknown"
    SIDE_DIFFERS = "side_differs"
    SIDE_UNKNOWN = "side_unknown"
    VERTEBRAE_DIFFER = "vertebrae_differ"
    VERTEBRAE_UNKNOWN = "vertebrae_unknown"
    VERTEBRAE_NEED_OWN_PRECISION = "vertebrae_need_own_precision"
    DATE_UNKNOWN = "date_unknown"
    SITE_NOT_FOR_MONITORING = "site_not_for_monitoring"
    DEFAULT_PRECISION_ERROR = "default_precision_error"
    PRECISION_STUDY_SMALL = "precision_study_small"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFinding:
    """One named remark; `blocks` when the number it stands beside must not be used."""

    code: FindingCode
    message: str
    source: str
    blocks: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib key of the rule behind the remark, as `osteon.evidence.cite` reads it."""
        return (self.source,)


def gather_sources(*groups: Iterable[str]) -> tuple[str, ...]:
    """Return the bib keys of several results, each once, in alphabetical order.

    >>> gather_sources(["b", "a"], ["a"])
    ('a', 'b')
    """
    return tuple(sorted({key for group in groups for key in group}))
