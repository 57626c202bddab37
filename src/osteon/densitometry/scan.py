"""One DXA measurement of one site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from osteon.densitometry.ranges import (
    require_areal_bmd,
    require_precision_error,
    require_score,
)
from osteon.densitometry.sites import VERTEBRAE, Maker, Side, Site
from osteon.errors import BadInputError

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One DXA measurement of one site, as reported.

    BMD and precision error are in g/cm2; scores are the printed ones. `vertebrae` are the ones
    in the spine result, None when not stated. Raises `bmd.out_of_range`, `score.out_of_range`,
    `precision.out_of_range`, `scan.empty`, `scan.bad_vertebrae` or `scan.side_of_spine`.

    >>> Scan(site=Site.FEMORAL_NECK, areal_bmd_g_cm2=0.552, maker=Maker.HOLOGIC).site.value
    'femoral_neck'
    """

    site: Site
    areal_bmd_g_cm2: float | None = None
    date: date | None = None
    maker: Maker | None = None
    model: str | None = None
    software: str | None = None
    side: Side | None = None
    vertebrae: tuple[str, ...] | None = None
    precision_error_g_cm2: float | None = None
    reported_t_score: float | None = None
    reported_z_score: float | None = None

    def __post_init__(self) -> None:
        """Refuse a scan that cannot be what it claims to be."""
        self._check_numbers()
        if self.vertebrae is not None:
            self._check_vertebrae(self.vertebrae)
        if self.side is not None and self.site is Site.LUMBAR_SPINE:
            raise BadInputError(
                code="scan.side_of_spine",
                field=self._name("side"),
                got=self.side.value,
                expected="no side",
                hint="Only hips and forearms have a side.",
            )

    def _name(self, field: str) -> str:
        return f"Scan.{field} ({self.site})"

    def _check_numbers(self) -> None:
        bmd, t_score, z_score = self.areal_bmd_g_cm2, self.reported_t_score, self.reported_z_score
        if bmd is None and t_score is None and z_score is None:
            raise BadInputError(
                code="scan.empty",
                field=self._name("areal_bmd_g_cm2"),
                got="no BMD and no reported score",
                expected="a BMD in g/cm2, or the T-score that the report prints",
                hint="Leave the scan out when the site was not measured.",
            )
        if bmd is not None:
            require_areal_bmd(bmd, self._name("areal_bmd_g_cm2"))
        if t_score is not None:
            require_score(t_score, self._name("reported_t_score"))
        if z_score is not None:
            require_score(z_score, self._name("reported_z_score"))
        if self.precision_error_g_cm2 is not None:
            require_precision_error(self.precision_error_g_cm2, self._name("precision_error_g_cm2"))

    def _check_vertebrae(self, vertebrae: tuple[str, ...]) -> None:
        in_order = tuple(name for name in VERTEBRAE if name in vertebrae)
        if self.site is not Site.LUMBAR_SPINE or not vertebrae or vertebrae != in_order:
            raise BadInputError(
                code="scan.bad_vertebrae",
                field=self._name("vertebrae"),
                got=repr(vertebrae),
                expected="some of L1, L2, L3, L4, each once and in order, at the lumbar spine",
                hint="List the vertebrae that were kept in the spine result.",
            )


def has_all_vertebrae(scan: Scan) -> bool:
    """Tell whether a spine scan covers L1 to L4, as one without a list of vertebrae does.

    >>> has_all_vertebrae(Scan(site=Site.LUMBAR_SPINE, areal_bmd_g_cm2=0.9, vertebrae=("L2", "L3")))
    False
    """
    return scan.vertebrae is None or scan.vertebrae == VERTEBRAE
