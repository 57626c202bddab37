"""The plots of the validation report: arms, phenomena, all numbers at once, chances, and markers by visit."""

from __future__ import annotations

from itertools import accumulate
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

from osteon.app.wording import label_site
from osteon.evidence import Extraction, Role
from osteon.remodeling import Outcomes
from osteon.report import (
    BarFamily,
    Ink,
    Plot,
    PlotCurve,
    PlotGrid,
    PlotPoint,
    Span,
    TherapyBar,
    span_values,
)
from osteon.therapy import describe_drug
from osteon.trials import Cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from osteon.inference import TrialArm
    from osteon.trials import (
        ArmCourse,
        CellTable,
        DosingVisit,
        Phenomenon,
        PhenomenonCurve,
        PhenomenonPanel,
        ReproducedRow,
        Reproduction,
    )

__all__ = [
    "MARKERS",
    "OUTCOMES",
    "draw_arm",
    "draw_chances",
    "draw_phenomenon",
    "draw_scatter",
    "draw_spreads",
    "draw_visits",
    "span_outcomes",
]

OUTCOMES: Final = Outcomes._fields
MARKERS: Final = frozenset({"ctx", "p1np"})
_LEAST: Final = {"bmd": 4.0, "marker": 40.0}
_PAGE_IN, _EDGES_IN, _NAMES_IN = 12.1, 0.45, 1.25
_HALF_90: Final = NormalDist().inv_cdf(95 / 100)
_MOST_COLUMNS, _FEW_VISITS = 3, 3
_INKS: Final = (Ink.FIRST, Ink.SECOND, Ink.THIRD, Ink.FOURTH)


def span_outcomes(courses: Iterable[ArmCourse], rows: Iterable[ReproducedRow]) -> dict[str, Span]:
    """Return, by outcome, the span that holds every simulated and published number of a group of arms."""
    found: dict[str, list[float]] = {}
    for course in courses:
        found.setdefault(course.outcome, []).extend(course.simulated)
    for row in rows:
        found.setdefault(row.observation.outcome, []).append(row.observation.value)
    return {name: span_values(values, least=_find_least(name)) for name, values in found.items()}


def _find_least(outcome: str) -> float:
    return _LEAST["marker" if outcome in MARKERS else "bmd"]


def draw_arm(
    title: str, courses: Sequence[ArmCourse], rows: Sequence[ReproducedRow], spans: Mapping[str, Span]
) -> PlotGrid:
    """Lay out one arm: a plot for each outcome that was published, in the places of all outcomes."""
    by_outcome = {course.outcome: course for course in courses}
    first, last = (pick(month for c in courses for month in c.months) for pick in (min, max))
    months = Span(low=first, high=last)
    plots = tuple(
        _plot_course(
            by_outcome[name], [r for r in rows if r.observation.outcome == name], months, spans[name]
        )
        if name in by_outcome
        else None
        for name in OUTCOMES
    )
    told = [f"{label_site(name)}: {plot.corner}" for name, plot in zip(OUTCOMES, plots, strict=True) if plot]
    return PlotGrid(
        title=title,
        description=f"Published numbers on the simulated course. {'; '.join(told)}.",
        plots=plots,
        columns=len(OUTCOMES),
        plot_width_in=1.45,
        plot_height_in=0.86,
    )


def _plot_course(course: ArmCourse, rows: Sequence[ReproducedRow], months: Span, up: Span) -> Plot:
    return Plot(
        title="",
        across=months,
        up=up,
        curves=(_make_curve(course),),
        points=tuple(_make_points(rows)),
        bars=tuple(list_bars(course.arm, months)),
        corner=_measure(rows),
    )


def _measure(rows: Sequence[ReproducedRow]) -> str:
    rmse = (sum(row.error**2 for row in rows) / len(rows)) ** (1 / 2)
    return f"n {len(rows)}, RMSE {rmse:.2f}"


def _make_curve(
    course: ArmCourse, *, zero: float = 0, label: str = "", ink: Ink = Ink.FIRST, band: bool = True
) -> PlotCurve:
    return PlotCurve(
        across=tuple(month - zero for month in course.months),
        up=course.simulated,
        low=course.low if band else (),
        high=course.high if band else (),
        label=label,
        ink=ink,
    )


def _make_points(
    rows: Sequence[ReproducedRow], *, zero: float = 0, ink: Ink = Ink.FIRST
) -> Iterator[PlotPoint]:
    for row in rows:
        o = row.observation
        yield PlotPoint(
            across=o.month - zero,
            up=o.value,
            half_width=o.standard_error * _HALF_90 if o.standard_error else None,
            hollow=o.fact.extraction is Extraction.RECALLED,
            held_back=o.fact.role is Role.VALIDATION,
            far=row.is_misfit,
            ink=ink,
        )


def list_bars(arm: TrialArm, months: Span) -> Iterator[TherapyBar]:
    """List the bars of what an arm takes in some months; of a combination the anabolic is shown."""
    regimens = arm.sequence.regimens
    starts = accumulate((regimen.duration_months for regimen in regimens), initial=0.0)
    for regimen, start in zip(regimens, starts, strict=False):
        families = [BarFamily(describe_drug(one.drug).family.value) for one in regimen.prescriptions]
        family = max(families, key=lambda one: one is BarFamily.ANABOLIC, default=BarFamily.NONE)
        stop = min(start + regimen.duration_months, months.high)
        if start < stop and stop > months.low:
            label = " and ".join(one.drug.value for one in regimen.prescriptions) or "no drug"
            yield TherapyBar(label=label, start_month=start, stop_month=stop, family=family)


def draw_phenomenon(phenomenon: Phenomenon) -> PlotGrid:
    """Lay out the panels of a phenomenon side by side, each curve named at its end."""
    named = any(len(panel.curves) > 1 for panel in phenomenon.panels)
    rows = -(-len(phenomenon.panels) // _MOST_COLUMNS)
    columns = -(-len(phenomenon.panels) // rows)
    return PlotGrid(
        title=phenomenon.title,
        description=f"{phenomenon.text} Simulated courses with 90 % intervals and published numbers.",
        plots=tuple(_plot_panel(panel) for panel in phenomenon.panels),
        columns=columns,
        plot_width_in=_PAGE_IN / columns - _EDGES_IN - (_NAMES_IN if named else 0),
        plot_height_in=1.7,
        label_room_in=_NAMES_IN if named else 0,
    )


def _plot_panel(panel: PhenomenonPanel) -> Plot:
    values = [value for curve in panel.curves for value in curve.course.simulated]
    values += [row.observation.value for curve in panel.curves for row in curve.rows]
    months = [month - curve.zero_month for curve in panel.curves for month in curve.course.months]
    start = max(min(months), -2.0 * 12)
    return Plot(
        title=f"{panel.title}, % change",
        across=Span(low=start, high=max(months)),
        up=span_values(values, least=_find_least(panel.outcome)),
        curves=tuple(
            curve
            for place, one in enumerate(panel.curves)
            for curve in (_cut_curve(one, start, place, panel),)
        ),
        points=tuple(
            point
            for place, one in enumerate(panel.curves)
            for point in _make_points(one.rows, zero=one.zero_month, ink=_INKS[place])
            if point.across >= start
        ),
        across_label=panel.month_label,
    )


def _cut_curve(one: PhenomenonCurve, start: float, place: int, panel: PhenomenonPanel) -> PlotCurve:
    whole = _make_curve(
        one.course,
        zero=one.zero_month,
        label=one.label if len(panel.curves) > 1 else "",
        ink=_INKS[place],
        band=bool(one.rows) or len(panel.curves) == 1,
    )
    kept = [index for index, month in enumerate(whole.across) if month >= start]
    first = kept[0]
    return PlotCurve(
        across=whole.across[first:],
        up=whole.up[first:],
        low=whole.low[first:],
        high=whole.high[first:],
        label=whole.label,
        ink=whole.ink,
    )


def draw_scatter(reproductions: Sequence[Reproduction]) -> PlotGrid:
    """Lay out every number at once: published across, simulated up, one square for each outcome."""
    rows = [row for one in reproductions for row in one.rows]
    plots = []
    for name in OUTCOMES:
        own = [row for row in rows if row.observation.outcome == name]
        pairs = [(row.observation.value, row.estimate.simulated) for row in own]
        span = span_values([value for pair in pairs for value in pair], least=_find_least(name))
        ends = (span.low, span.high)
        points = tuple(
            PlotPoint(
                across=row.observation.value,
                up=row.estimate.simulated,
                hollow=row.observation.fact.extraction is Extraction.RECALLED,
                held_back=row.observation.fact.role is Role.VALIDATION,
            )
            for row in own
        )
        plots.append(
            Plot(
                title=label_site(name),
                across=span,
                up=span,
                curves=(PlotCurve(across=ends, up=ends, ink=Ink.RULE),),
                points=points,
                across_label="published, %",
                corner=f"n {len(own)}",
                months=False,
            )
        )
    return PlotGrid(
        title="Simulated against published",
        description=f"{len(rows)} numbers, one square for each outcome; on the diagonal the two are equal.",
        plots=tuple(plots),
        columns=len(OUTCOMES),
        plot_width_in=1.72,
        plot_height_in=1.72,
    )


def draw_spreads(reproductions: Sequence[Reproduction], most_relative_error: float) -> PlotGrid:
    """Lay out published against simulated SDs of individual change, with the wedge that the target allows."""
    rows = [(one.role, row) for one in reproductions for row in one.spreads]
    top = 1.1 * max(max(row.published, row.simulated) for _, row in rows)
    bend = top / (1 + most_relative_error)
    wedge = PlotCurve(
        across=(0.0, bend, top),
        up=(0.0, bend, top),
        low=tuple(x * (1 - most_relative_error) for x in (0.0, bend, top)),
        high=(0.0, top, top),
        ink=Ink.RULE,
    )
    plots = []
    for name in OUTCOMES:
        own = [(role, row) for role, row in rows if row.outcome == name]
        if own:
            points = tuple(
                PlotPoint(across=row.published, up=row.simulated, held_back=role is Role.VALIDATION)
                for role, row in own
            )
            span = Span(low=0, high=top)
            plot = Plot(
                title=label_site(name),
                across=span,
                up=span,
                curves=(wedge,),
                points=points,
                across_label="published SD, %",
                corner=f"n {len(own)}",
                months=False,
            )
            plots.append(plot)
    return PlotGrid(
        title="SD of individual change, simulated against published",
        description=f"{len(rows)} published SDs; the shaded wedge is what the target allows.",
        plots=tuple(plots),
        columns=max(len(plots), 1),
        plot_width_in=2.1,
        plot_height_in=1.9,
    )


def draw_chances(table: CellTable, most_error: float) -> PlotGrid:
    """Lay out published against simulated chances by site, with the band that the target allows."""
    ends = (0.0, 100 * most_error, 100 * (1 - most_error), 100.0)
    band = PlotCurve(
        across=ends,
        up=ends,
        low=tuple(max(x - 100 * most_error, 0) for x in ends),
        high=tuple(min(x + 100 * most_error, 100) for x in ends),
        ink=Ink.RULE,
    )
    points: dict[str, list[PlotPoint]] = {}
    for cell in table.rows:
        content = cell.row.content
        if isinstance(content, Cell) and cell.simulated is not None:
            point = PlotPoint(across=100 * content.probability, up=100 * cell.simulated, held_back=True)
            points.setdefault(content.site.value, []).append(point)
    span = Span(low=-2, high=102)
    plots = tuple(
        Plot(
            title=label_site(site),
            across=span,
            up=span,
            curves=(band,),
            points=tuple(own),
            across_label="published chance, %",
            corner=f"n {len(own)}",
            months=False,
        )
        for site, own in points.items()
    )
    return PlotGrid(
        title="Simulated against published chances",
        description="The shaded band is what the target allows.",
        plots=plots,
        columns=max(len(plots), 1),
        plot_width_in=2.1,
        plot_height_in=1.9,
    )


def draw_visits(visits: Sequence[DosingVisit]) -> PlotGrid | None:
    """Lay out markers by months since the last dose: published as a point, a line from it to the simulated."""
    groups: dict[tuple[str, float], dict[str, list[DosingVisit]]] = {}
    for visit in visits:
        key = (visit.drug, round(visit.interval_months))
        groups.setdefault(key, {}).setdefault(visit.row.observation.outcome, []).append(visit)
    kept = {
        key: found for key, found in sorted(groups.items()) if sum(map(len, found.values())) > _FEW_VISITS
    }
    if not kept:
        return None
    plots = tuple(
        _plot_visits(
            f"{drug.capitalize()}, every {interval:g} mo, {label_site(outcome)}", interval, found[outcome]
        )
        for (drug, interval), found in kept.items()
        for outcome in sorted(found)
    )
    return PlotGrid(
        title="Markers by months since the last dose",
        description="Published values as points, each joined to the simulated value of the same visit.",
        plots=plots,
        columns=4,
        plot_width_in=2.15,
        plot_height_in=1.5,
    )


def _plot_visits(title: str, interval: float, visits: Sequence[DosingVisit]) -> Plot:
    values = [v.row.observation.value for v in visits] + [v.row.estimate.simulated for v in visits]
    points = tuple(
        PlotPoint(
            across=visit.months_since_dose,
            up=visit.row.observation.value,
            toward=visit.row.estimate.simulated,
            hollow=visit.row.observation.fact.extraction is Extraction.RECALLED,
            held_back=visit.row.observation.fact.role is Role.VALIDATION,
            far=visit.row.is_misfit,
        )
        for visit in visits
    )
    return Plot(
        title=title,
        across=Span(low=0, high=max(interval, *(visit.months_since_dose for visit in visits))),
        up=span_values(values, least=_LEAST["marker"]),
        points=points,
        across_label="months since the last dose",
        corner=_measure([visit.row for visit in visits]),
    )
