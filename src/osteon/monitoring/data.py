"""The data of a follow-up as blocks that share one unknown level, and how likely each virtual patient makes them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from osteon.densitometry import check_comparability, default_precision_error
from osteon.evidence import find_fact
from osteon.inference import Marker
from osteon.monitoring.timeline import read_at
from osteon.remodeling import Outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from osteon.densitometry import Scan, Site
    from osteon.inference import MarkerReading, PatientBank
    from osteon.monitoring.timeline import Timeline
    from osteon.monitoring.visits import SiteSeries

__all__ = [
    "Block",
    "Prediction",
    "block_markers",
    "block_scans",
    "chance_above_line",
    "find_normal_share",
    "predict_block",
    "weigh_block",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Data that share one unknown level: the true BMD of a site at its first scan, or a marker before treatment.

    `values` (k,) are g/cm2, or logarithms (`is_log`) for a marker; `noise_sd` (k,) and the level likewise.
    `newest` marks what the newest visit brought.
    """

    outcome: Site | Marker
    days: tuple[int, ...]
    values: np.ndarray
    noise_sd: np.ndarray
    level_mean: float
    level_sd: float
    first_day: int
    newest: np.ndarray
    is_log: bool = False


@dataclass(frozen=True, slots=True)
class Prediction:
    """What N virtual patients make of a block: `mean` (k, N) at the usual level, and its `slope` in the level."""

    mean: np.ndarray
    slope: np.ndarray


def block_scans(
    bank: PatientBank,
    series: Iterable[SiteSeries],
    timeline: Timeline,
    precision_errors: Mapping[Site, float],
) -> Iterator[Block]:
    """Gather the scans of each site that can be compared with its first one; the first gives the level."""
    starts = {site.site: site for site in bank.baseline.sites}
    for one in series:
        first = one.baseline.scan
        later = [scored.scan for scored in one.scans[1:] if _can_compare(first, scored.scan)]
        if not later or one.site not in starts or first.date is None:
            continue
        start = starts[one.site]
        days = tuple(timeline.count_days(scan.date) for scan in later if scan.date is not None)
        yield Block(
            outcome=one.site,
            days=days,
            values=np.array([scan.areal_bmd_g_cm2 for scan in later]),
            noise_sd=np.array(
                [_measure_noise(bank, scan, precision_errors.get(scan.site)) for scan in later]
            ),
            level_mean=start.true_mean_g_cm2,
            level_sd=start.true_sd_g_cm2,
            first_day=timeline.count_days(first.date),
            newest=np.array([one.rescanned and scan is one.newest.scan for scan in later]),
        )


def _can_compare(first: Scan, later: Scan) -> bool:
    return not any(found.blocks for found in check_comparability(first, later))


def _measure_noise(bank: PatientBank, scan: Scan, precision: float | None) -> float:
    """Join short-term precision with the drift of one person's scans over years (g/cm2)."""
    bmd = scan.areal_bmd_g_cm2 or 0.0
    error = precision or scan.precision_error_g_cm2 or default_precision_error(scan.site).fraction * bmd
    return math.hypot(error, bank.parameters.variability.get(f"long_term_{scan.site}", 0) * bmd)


def block_markers(markers: Iterable[MarkerReading], timeline: Timeline) -> Iterator[Block]:
    """Gather the readings of each marker and laboratory; two laboratories never share a level."""
    dated = [one for one in markers if one.date is not None and one.date <= timeline.as_of]
    for marker, assay in dict.fromkeys((one.marker, one.assay) for one in dated):
        readings = sorted(
            (one for one in dated if (one.marker, one.assay) == (marker, assay)),
            key=lambda one: str(one.date),
        )
        days = tuple(timeline.count_days(one.date) for one in readings if one.date is not None)
        level = find_fact(
            "marker_levels",
            quantity="untreated_level",
            statistic="median",
            marker=marker.value,
            condition="postmenopausal women with osteoporosis",
        )
        between = find_fact("marker_levels", quantity="log_sd_between_women", marker=marker.value)
        yield Block(
            outcome=marker,
            days=days,
            values=np.log([one.value for one in readings]),
            noise_sd=np.array([sample_noise(one) for one in readings]),
            level_mean=math.log(level.number),
            level_sd=between.number,
            first_day=0,
            newest=np.array([day == days[-1] for day in days]),
            is_log=True,
        )


def sample_noise(reading: MarkerReading) -> float:
    """Return the noise of one sample on the log scale, more where it was not a fasting morning one."""
    noise = find_fact("marker_levels", quantity="log_sd_of_a_sample", marker=reading.marker.value).number
    if reading.marker is not Marker.CTX or reading.fasting_morning:
        return noise
    condition = (
        "draw time unknown" if reading.fasting_morning is None else "not fasting or not in the morning"
    )
    added = find_fact("marker_levels", quantity="log_sd_added", marker="ctx", condition=condition).number
    return math.hypot(noise, added)


def predict_block(block: Block, bank: PatientBank, outcomes: np.ndarray) -> Prediction:
    """Let every virtual patient of the bank predict a block from its course, (months + 1, 5, N)."""
    row = Outcomes._fields.index(block.outcome.value)
    then = np.array([read_at(outcomes, day)[row] for day in block.days])
    if isinstance(block.outcome, Marker):
        return Prediction(mean=block.level_mean + np.log(then), slope=np.ones_like(then))
    change = then / read_at(outcomes, block.first_day)[row] - 1
    factor = 1 + change * bank.virtual.site_response[row]
    return Prediction(mean=block.level_mean * factor, slope=factor)


def weigh_block(block: Block, predicted: Prediction, extra_sd: np.ndarray | None = None) -> np.ndarray:
    """Return the log likelihood (N,) of a block, its unknown level integrated out.

    With noise D and level variance s2 the covariance is D + s2 u u', so its inverse and determinant are closed
    (Sherman and Morrison). `extra_sd` (k,) adds to the noise.
    """
    variance = block.noise_sd**2 + (0 if extra_sd is None else extra_sd**2)
    weight = 1 / variance[:, None]
    residual = block.values[:, None] - predicted.mean
    along = (weight * predicted.slope * residual).sum(axis=0)
    spread = 1 + block.level_sd**2 * (weight * predicted.slope**2).sum(axis=0)
    square = (weight * residual**2).sum(axis=0) - block.level_sd**2 * along**2 / spread
    constant = len(block.values) * math.log(2 * math.pi) + np.log(variance).sum()
    return np.asarray(-(square + np.log(spread) + constant) / 2)


def chance_above_line(block: Block, predicted: Prediction, extra_sd: np.ndarray, line: float) -> np.ndarray:
    """Return the chance (N,) that the true BMD at the newest scan is above `line` (g/cm2).

    The level is learned from all scans of the block, and the true BMD is a straight line in it.
    """
    precision = 1 / (block.noise_sd**2 + extra_sd**2)[:, None]
    residual = block.values[:, None] - predicted.mean
    known = 1 / block.level_sd**2 + (precision * predicted.slope**2).sum(axis=0)
    shift = (precision * predicted.slope * residual).sum(axis=0) / known
    mean = predicted.mean[-1] + predicted.slope[-1] * shift
    return find_normal_share((mean - line) / (predicted.slope[-1] / np.sqrt(known)))


def find_normal_share(distance: np.ndarray) -> np.ndarray:
    """Return the standard normal distribution function."""
    return np.asarray((1 + _erf(distance / math.sqrt(2))) / 2)


_erf = np.vectorize(math.erf, otypes=[float])
