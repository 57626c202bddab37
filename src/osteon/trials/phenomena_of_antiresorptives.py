"""How antiresorptives gain, and how they let go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from osteon.trials.courses import ArmCourse
from osteon.trials.phenomenon_specs import (
    CTX,
    HIP,
    SINCE_STOP,
    SPINE,
    YEAR,
    CurveSpec,
    Find,
    PanelSpec,
    PhenomenonSpec,
    find_peak,
    rises,
)

__all__ = ["BISPHOSPHONATE_OFFSET", "DENOSUMAB_GAIN", "DENOSUMAB_OFFSET"]


def _gains_each_year(course: ArmCourse) -> bool:
    yearly = [course.read(month) for month in range(0, round(course.months[-1]) + 1, YEAR)]
    return rises(yearly)


_TEN_YEARS = CurveSpec(label="denosumab", study="FREEDOM", arm="denosumab")

DENOSUMAB_GAIN = PhenomenonSpec(
    key="denosumab_gain",
    title="Denosumab gains for ten years without a plateau",
    text="Ten years of the trial and its extension: BMD rose in every one of them.",
    panels=(
        PanelSpec(title="Lumbar spine", outcome=SPINE, curves=(_TEN_YEARS,)),
        PanelSpec(title="Total hip", outcome=HIP, curves=(_TEN_YEARS,)),
    ),
    claims=(
        ("The spine gains in each of ten years.", lambda find: _gains_each_year(find(0, "denosumab"))),
        ("The hip gains in each of ten years.", lambda find: _gains_each_year(find(1, "denosumab"))),
    ),
)

_LENGTHS: Final = {1: "1 year", 2: "2 years", 4: "4 years", 8: "8 years"}
_STOPPED: Final = {
    2: ("DEFEND", "denosumab then off"),
    8: ("Denosumab phase 2 long-term", "denosumab 8 years then off"),
}


def _stop_denosumab(years: int, *, published: bool) -> CurveSpec:
    end = years * YEAR
    study, arm = _STOPPED.get(years, ("", "")) if published else ("", "")
    return CurveSpec(
        label=_LENGTHS[years],
        study=study,
        arm=arm,
        sequence=f"denosumab for {end} months, then no drug for {2 * YEAR} months",
        zero_month=end,
    )


def _stop_after_each(*, published: frozenset[int]) -> tuple[CurveSpec, ...]:
    return tuple(_stop_denosumab(years, published=years in published) for years in _LENGTHS)


def _list_in_order(find: Find, panel: int, read: Callable[[ArmCourse, float], float]) -> bool:
    found = [read(find(panel, label), years * YEAR) for years, label in _LENGTHS.items()]
    return rises(found)


def _loses_half(course: ArmCourse, stop: float) -> bool:
    return course.simulated[-1] < course.read(stop) / 2


def _measure_loss(course: ArmCourse, stop: float) -> float:
    return course.read(stop) - course.read(stop + YEAR)


DENOSUMAB_OFFSET = PhenomenonSpec(
    key="denosumab_offset",
    title="Denosumab lets go with a rebound",
    text=(
        "Within months of the missed dose resorption overshoots its start, to about 160 % after two years; most of "
        "what was gained is lost in 12 to 24 months, and the longer the use the worse. Month 0 is half a year after "
        "the last injection."
    ),
    panels=(
        PanelSpec(
            title="CTX",
            outcome=CTX,
            month_label=SINCE_STOP,
            curves=_stop_after_each(published=frozenset({2})),
        ),
        PanelSpec(
            title="Total hip",
            outcome=HIP,
            month_label=SINCE_STOP,
            curves=_stop_after_each(published=frozenset(_STOPPED)),
        ),
        PanelSpec(
            title="Lumbar spine",
            outcome=SPINE,
            month_label=SINCE_STOP,
            curves=_stop_after_each(published=frozenset({2})),
        ),
    ),
    claims=(
        (
            "CTX rises above its start after any length of use.",
            lambda find: all(
                find_peak(find(0, label), years * YEAR) > 0 for years, label in _LENGTHS.items()
            ),
        ),
        (
            "The longer the use, the higher CTX rises.",
            lambda find: _list_in_order(find, 0, find_peak),
        ),
        (
            "The longer the use, the more the spine loses in the first year.",
            lambda find: _list_in_order(find, 2, _measure_loss),
        ),
        (
            "Most of the gain of two years is lost in two years, at spine and hip.",
            lambda find: all(_loses_half(find(panel, _LENGTHS[2]), 2 * YEAR) for panel in (1, 2)),
        ),
    ),
)


def _stop_bisphosphonate(drug: str) -> CurveSpec:
    text = f"{drug} for 36 months, then no drug for 36 months"
    return CurveSpec(label=drug, sequence=text, zero_month=3 * YEAR)


def _keeps_more(find: Find, first: str, second: str) -> bool:
    """Tell whether ``second`` keeps the larger share of its suppression two years after the stop."""
    less, more = (_measure_kept(find(0, drug)) for drug in (first, second))
    return 0 < less < more < 1


def _measure_kept(course: ArmCourse) -> float:
    at_stop = course.read(3 * YEAR)
    return course.read(5 * YEAR) / at_stop if at_stop else 0.0


BISPHOSPHONATE_OFFSET = PhenomenonSpec(
    key="bisphosphonate_offset",
    title="Bisphosphonates let go slowly, zoledronate most slowly",
    text=(
        "Bone keeps alendronate and zoledronate for years and pays them out again; risedronate leaves within a year. "
        "The extension trials randomized women to go on or to stop."
    ),
    panels=(
        PanelSpec(
            title="CTX after three years of each",
            outcome=CTX,
            month_label=SINCE_STOP,
            curves=tuple(
                _stop_bisphosphonate(drug) for drug in ("risedronate", "alendronate", "zoledronate")
            ),
        ),
        PanelSpec(
            title="Total hip, alendronate for six years",
            outcome=HIP,
            curves=(
                CurveSpec(label="goes on", study="FIT-FLEX", arm="alendronate continued"),
                CurveSpec(label="stops", study="FIT-FLEX", arm="alendronate then off"),
            ),
        ),
        PanelSpec(
            title="Total hip, zoledronate for three years",
            outcome=HIP,
            month_label="months, change since month 36",
            curves=(
                CurveSpec(
                    label="goes on", study="HORIZON", arm="zoledronate 6 years", baseline_month=3 * YEAR
                ),
                CurveSpec(
                    label="stops",
                    study="HORIZON",
                    arm="zoledronate 3 years then off",
                    baseline_month=3 * YEAR,
                ),
            ),
        ),
    ),
    claims=(
        (
            "Two years after the stop alendronate holds CTX down more than risedronate.",
            lambda find: _keeps_more(find, "risedronate", "alendronate"),
        ),
        (
            "Zoledronate holds it down more than alendronate.",
            lambda find: _keeps_more(find, "alendronate", "zoledronate"),
        ),
        (
            "The hip of who stops ends below that of who goes on.",
            lambda find: all(
                find(panel, "stops").simulated[-1] < find(panel, "goes on").simulated[-1] for panel in (1, 2)
            ),
        ),
    ),
)
