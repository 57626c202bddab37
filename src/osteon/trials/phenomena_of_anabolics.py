"""How anabolics build: alone, after and with an antiresorptive, and with nothing to follow."""

from __future__ import annotations

from osteon.trials.phenomenon_specs import (
    CTX,
    EARLY,
    HIP,
    P1NP,
    SINCE_SWITCH,
    SPINE,
    YEAR,
    CurveSpec,
    Find,
    PanelSpec,
    PhenomenonSpec,
    find_peak,
    find_peak_month,
    read_after,
)

__all__ = ["AFTER_ANABOLIC", "BLUNTING", "COMBINATION", "HIP_DIP", "ROMOSOZUMAB_BURST", "TERIPARATIDE_DELAY"]


_ROMOSOZUMAB_COURSE = (
    CurveSpec(label="then nothing", study="Romosozumab phase 2", arm="romosozumab then off"),
)
_ROMOSOZUMAB_YEARS = (
    CurveSpec(label="on drug", study="Romosozumab phase 2", arm="romosozumab 210 mg", end_month=2 * YEAR),
)
_ROMOSOZUMAB_TRIALS = (
    CurveSpec(label="FRAME", study="FRAME", arm="romosozumab then denosumab", end_month=YEAR),
    CurveSpec(label="ARCH", study="ARCH", arm="romosozumab then alendronate", end_month=YEAR),
)
_YEAR_AND_OFF = "romosozumab for 12 months, then no drug for 12 months"

ROMOSOZUMAB_BURST = PhenomenonSpec(
    key="romosozumab_burst",
    title="Romosozumab: an early burst, a fade, an undershoot",
    text=(
        "Formation peaks in the first month and is back at its start by month 9 to 12 while the drug is given. After "
        "the last dose formation falls below, and resorption rises above, where they began."
    ),
    panels=(
        PanelSpec(title="P1NP, first year", outcome=P1NP, curves=_ROMOSOZUMAB_TRIALS),
        PanelSpec(
            title="P1NP, two years, then nothing",
            outcome=P1NP,
            curves=_ROMOSOZUMAB_YEARS + _ROMOSOZUMAB_COURSE,
        ),
        PanelSpec(
            title="CTX, two years, then nothing", outcome=CTX, curves=_ROMOSOZUMAB_YEARS + _ROMOSOZUMAB_COURSE
        ),
        PanelSpec(
            title="P1NP, one year, then nothing",
            outcome=P1NP,
            curves=(CurveSpec(label="then nothing", sequence=_YEAR_AND_OFF),),
        ),
    ),
    claims=(
        (
            "P1NP is highest within the first two months.",
            lambda find: find_peak_month(find(0, "FRAME")) <= EARLY,
        ),
        ("P1NP is below its start by month 12.", lambda find: find(0, "FRAME").read(YEAR) < 0),
        (
            "After a year of romosozumab P1NP falls further when it is stopped.",
            lambda find: min(read_after(find(3, "then nothing"), YEAR)) < find(3, "then nothing").read(YEAR),
        ),
        (
            "CTX rises above its start after the last dose.",
            lambda find: find_peak(find(2, "then nothing"), 2 * YEAR) > 0,
        ),
    ),
)

_TERIPARATIDE = CurveSpec(
    label="teriparatide", study="DATA", arm="teriparatide then denosumab", end_month=2 * YEAR
)

TERIPARATIDE_DELAY = PhenomenonSpec(
    key="teriparatide_delay",
    title="Teriparatide: the spine at once, the cortical hip late",
    text=(
        "Formation leads resorption, which opens the anabolic window. The spine gains from the start; at the hip "
        "cortical porosity holds the gain back in the first year."
    ),
    panels=(
        PanelSpec(title="Lumbar spine", outcome=SPINE, curves=(_TERIPARATIDE,)),
        PanelSpec(title="Total hip", outcome=HIP, curves=(_TERIPARATIDE,)),
        PanelSpec(title="P1NP", outcome=P1NP, curves=(_TERIPARATIDE,)),
        PanelSpec(title="CTX", outcome=CTX, curves=(_TERIPARATIDE,)),
    ),
    claims=(
        (
            "At six months the hip has gained less than half of what the spine has.",
            lambda find: find(1, "teriparatide").read(YEAR / 2) < find(0, "teriparatide").read(YEAR / 2) / 2,
        ),
        (
            "The hip gains more in the second year than in the first half year.",
            lambda find: (
                find(1, "teriparatide").read(2 * YEAR) - find(1, "teriparatide").read(YEAR)
                > find(1, "teriparatide").read(YEAR / 2)
            ),
        ),
        (
            "P1NP peaks before CTX.",
            lambda find: find_peak_month(find(2, "teriparatide")) < find_peak_month(find(3, "teriparatide")),
        ),
    ),
)

_SWITCHED = CurveSpec(label="denosumab first", study="DATA", arm="denosumab then teriparatide")

HIP_DIP = PhenomenonSpec(
    key="hip_dip",
    title="The hip dips when denosumab gives way to teriparatide",
    text=(
        "The rebound of resorption meets the porosity of teriparatide: the hip loses for a year after the switch. In "
        "the other order every site goes on gaining."
    ),
    panels=(
        PanelSpec(
            title="Total hip",
            outcome=HIP,
            curves=(
                _SWITCHED,
                CurveSpec(label="teriparatide first", study="DATA", arm="teriparatide then denosumab"),
            ),
        ),
        PanelSpec(
            title="Lumbar spine",
            outcome=SPINE,
            curves=(
                _SWITCHED,
                CurveSpec(label="teriparatide first", study="DATA", arm="teriparatide then denosumab"),
            ),
        ),
        PanelSpec(title="CTX", outcome=CTX, curves=(_SWITCHED,)),
    ),
    claims=(
        (
            "The hip falls below its level at the switch.",
            lambda find: (
                min(read_after(find(0, "denosumab first"), 2 * YEAR))
                < find(0, "denosumab first").read(2 * YEAR)
            ),
        ),
        (
            "The spine ends above its level at the switch.",
            lambda find: find(1, "denosumab first").simulated[-1] > find(1, "denosumab first").read(2 * YEAR),
        ),
        (
            "The hip ends higher when teriparatide comes first.",
            lambda find: (
                find(0, "teriparatide first").simulated[-1] > find(0, "denosumab first").simulated[-1]
            ),
        ),
    ),
)


def _list_blunted(outcome: str, title: str) -> PanelSpec:
    return PanelSpec(
        title=title,
        outcome=outcome,
        month_label=SINCE_SWITCH,
        curves=(
            CurveSpec(
                label="no drug before", study="Romosozumab phase 2", arm="romosozumab 210 mg", end_month=YEAR
            ),
            CurveSpec(label="after a bisphosphonate", study="STRUCTURE", arm="romosozumab", end_month=YEAR),
            CurveSpec(
                label="after denosumab",
                study="Romosozumab phase 2",
                arm="denosumab then romosozumab",
                baseline_month=YEAR,
                zero_month=YEAR,
            ),
        ),
    )


def _list_blunted_teriparatide(outcome: str, title: str) -> PanelSpec:
    return PanelSpec(
        title=title,
        outcome=outcome,
        month_label=SINCE_SWITCH,
        curves=(
            CurveSpec(
                label="no drug before", study="Romosozumab phase 2", arm="teriparatide", end_month=YEAR
            ),
            CurveSpec(label="after a bisphosphonate", study="STRUCTURE", arm="teriparatide", end_month=YEAR),
        ),
    )


def _is_blunted(find: Find, panel: int, label: str) -> bool:
    return find(panel, label).simulated[-1] < find(panel, "no drug before").simulated[-1]


BLUNTING = PhenomenonSpec(
    key="blunting",
    title="An antiresorptive before an anabolic blunts it",
    text=(
        "After years of a bisphosphonate, or after denosumab, romosozumab and teriparatide gain less than in women "
        "who took nothing before, most of all at the hip."
    ),
    panels=(
        _list_blunted(SPINE, "Romosozumab, lumbar spine"),
        _list_blunted(HIP, "Romosozumab, total hip"),
        _list_blunted_teriparatide(SPINE, "Teriparatide, lumbar spine"),
        _list_blunted_teriparatide(HIP, "Teriparatide, total hip"),
    ),
    claims=(
        (
            "Romosozumab gains less after a bisphosphonate, at spine and hip.",
            lambda find: all(_is_blunted(find, panel, "after a bisphosphonate") for panel in (0, 1)),
        ),
        (
            "Romosozumab gains less after denosumab, at spine and hip.",
            lambda find: all(_is_blunted(find, panel, "after denosumab") for panel in (0, 1)),
        ),
        (
            "Teriparatide gains less after a bisphosphonate, at spine and hip.",
            lambda find: all(_is_blunted(find, panel, "after a bisphosphonate") for panel in (2, 3)),
        ),
        (
            "Both still gain at the spine after a bisphosphonate.",
            lambda find: all(find(panel, "after a bisphosphonate").simulated[-1] > 0 for panel in (0, 2)),
        ),
    ),
)

_ARMS_OF_DATA = {
    "both": "combination then denosumab",
    "teriparatide": "teriparatide then denosumab",
    "denosumab": "denosumab then teriparatide",
}


def _list_combination(outcome: str, title: str) -> PanelSpec:
    curves = (
        CurveSpec(label=label, study="DATA", arm=arm, end_month=2 * YEAR)
        for label, arm in _ARMS_OF_DATA.items()
    )
    return PanelSpec(title=title, outcome=outcome, curves=tuple(curves))


def _beats_both(find: Find, panel: int) -> bool:
    both, *single = (find(panel, label).simulated[-1] for label in _ARMS_OF_DATA)
    return both > max(single)


COMBINATION = PhenomenonSpec(
    key="combination",
    title="Teriparatide with denosumab adds",
    text="Together they gain more than either alone at every site, while the markers stay as low as with denosumab.",
    panels=(
        _list_combination(SPINE, "Lumbar spine"),
        _list_combination(HIP, "Total hip"),
        _list_combination(P1NP, "P1NP"),
    ),
    claims=(
        ("Both together gain more than either at the spine.", lambda find: _beats_both(find, 0)),
        ("Both together gain more than either at the hip.", lambda find: _beats_both(find, 1)),
        (
            "Under both together P1NP stays below its start.",
            lambda find: find(2, "both").simulated[-1] < 0,
        ),
    ),
)


def _follow_anabolic(drug: str, months: int) -> PanelSpec:
    label = f"{drug.capitalize()} {months} months, lumbar spine"
    curves = tuple(
        CurveSpec(label=next_drug, sequence=f"{drug} for {months} months, then {next_drug} for 24 months")
        for next_drug in ("alendronate", "no drug")
    )
    return PanelSpec(title=label, outcome=SPINE, curves=curves)


def _is_lost(find: Find, panel: int, months: int) -> bool:
    course = find(panel, "no drug")
    return course.simulated[-1] < course.read(months)


AFTER_ANABOLIC = PhenomenonSpec(
    key="after_anabolic",
    title="What an anabolic built is lost when nothing follows",
    text="An antiresorptive after an anabolic keeps the gain and adds to it; with nothing after it the gain fades.",
    panels=(
        _follow_anabolic("teriparatide", 24),
        _follow_anabolic("romosozumab", 12),
        PanelSpec(
            title="Trial: teriparatide 12 months, then nothing",
            outcome=SPINE,
            curves=(CurveSpec(label="then nothing", study="EUROFORS stop arm", arm="teriparatide then off"),),
        ),
        PanelSpec(
            title="Trial: total hip after romosozumab 24 months",
            outcome=HIP,
            month_label="months, change since month 24",
            curves=(
                CurveSpec(
                    label="then denosumab",
                    study="Romosozumab phase 2",
                    arm="romosozumab then denosumab",
                    baseline_month=2 * YEAR,
                ),
                CurveSpec(
                    label="then nothing",
                    study="Romosozumab phase 2",
                    arm="romosozumab then off",
                    baseline_month=2 * YEAR,
                ),
            ),
        ),
    ),
    claims=(
        ("Teriparatide followed by nothing is lost in part.", lambda find: _is_lost(find, 0, 2 * YEAR)),
        ("Romosozumab followed by nothing is lost in part.", lambda find: _is_lost(find, 1, YEAR)),
        (
            "Followed by alendronate each ends higher than it was.",
            lambda find: all(
                find(panel, "alendronate").simulated[-1] > find(panel, "alendronate").read(months)
                for panel, months in ((0, 2 * YEAR), (1, YEAR))
            ),
        ),
    ),
)
