"""A virtual trial as pictures and files: the view that the report room draws, and what a run folder holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osteon import __version__
from osteon.app.documents import write_document
from osteon.app.wording import format_target, label_site
from osteon.report import Stamp, TrialCurve, TrialPanel, TrialView, draw_trial, write_figure
from osteon.trials import TRIAL_SITES, TimeEndpoint

if TYPE_CHECKING:
    from pathlib import Path

    from osteon.app.trials import TrialAnswer
    from osteon.densitometry import Site
    from osteon.trials import ArmEndpoint, ArmPower, VirtualTrial, VisitCourse

__all__ = ["make_trial_view", "write_trial_chart", "write_trial_results"]

_INTERVAL: Final = "95% interval of sampling"
_UNCERTAIN: Final = 1 / 10
_FARTHER: Final = 4


def write_trial_results(answer: TrialAnswer, folder: Path) -> tuple[Path, ...]:
    """Write the result as JSON and the picture as SVG and PNG beside the run's manifest."""
    result = folder / "result.json"
    result.write_text(write_document(answer) + "\n", encoding="utf-8")
    pictures = (write_trial_chart(answer, folder / f"trial{suffix}") for suffix in (".svg", ".png"))
    return (folder / "manifest.json", result, *pictures)


def write_trial_chart(answer: TrialAnswer, path: Path) -> Path:
    """Draw a virtual trial into an SVG or PNG file."""
    return write_figure(draw_trial(make_trial_view(answer)), path)


def make_trial_view(answer: TrialAnswer) -> TrialView:
    """Turn a virtual trial into what the picture of it shows."""
    trial = answer.trial
    design = trial.design
    women = ", ".join(f"{one.subjects} {one.arm}" for one in trial.baselines)
    return TrialView(
        title=f"{design.name}: {design.title}",
        subtitle=f"Virtual trial; simulated women randomized: {women}. Shaded: {_INTERVAL}",
        arms=tuple(arm.name for arm in design.arms),
        panels=(*_list_courses(trial), *_list_times(trial), *_list_power(trial)),
        stamp=Stamp(parameter_set=trial.parameter_set, version=__version__),
    )


def _list_courses(trial: VirtualTrial) -> list[TrialPanel]:
    return [
        TrialPanel(
            title=label_site(site.value),
            up_label="change from baseline, %, mean",
            across_label="months",
            curves=_list_site_curves(trial, site),
        )
        for site in TRIAL_SITES
    ]


def _list_site_curves(trial: VirtualTrial, site: Site) -> tuple[TrialCurve, ...]:
    own = [course for course in trial.courses if course.site is site]
    return tuple(_draw_course(index, course) for index, course in enumerate(own))


def _draw_course(arm: int, course: VisitCourse) -> TrialCurve:
    pairs = zip(course.months, course.change, strict=True)
    known = [(float(month), change) for month, change in pairs if change is not None]
    return TrialCurve(
        arm=arm,
        across=tuple(month for month, _ in known),
        up=tuple(change.value for _, change in known),
        low=tuple(change.low for _, change in known),
        high=tuple(change.high for _, change in known),
        marks=course.published,
    )


def _list_times(trial: VirtualTrial) -> list[TrialPanel]:
    panels = []
    for endpoint in trial.design.endpoints:
        if isinstance(endpoint, TimeEndpoint):
            rows = [one for one in trial.endpoints if one.endpoint == endpoint]
            where = "all sites" if len(endpoint.sites) > 1 else label_site(endpoint.sites[0].value)
            panel = TrialPanel(
                title=f"{where.capitalize()} above {format_target(endpoint.target_t_score)}",
                up_label="share that has been there",
                across_label="months",
                curves=tuple(_draw_times(index, one) for index, one in enumerate(rows)),
                is_share=True,
            )
            panels.append(panel)
    return panels


def _draw_times(arm: int, one: ArmEndpoint) -> TrialCurve:
    times = one.times
    if times is None:
        return TrialCurve(arm=arm, across=(0.0,), up=(0.0,), stepped=True)
    return TrialCurve(
        arm=arm,
        across=(0.0, *map(float, times.months)),
        up=(0.0, *(1 - share for share in times.not_reached)),
        low=(0.0, *(1 - share for share in times.high)),
        high=(0.0, *(1 - share for share in times.low)),
        stepped=True,
    )


def _list_power(trial: VirtualTrial) -> list[TrialPanel]:
    arms = [arm.name for arm in trial.design.arms]
    curves = tuple(_draw_power(arms.index(one.arm), one) for one in trial.power if len(one.rows) > 1)
    if not curves:
        return []
    return [
        TrialPanel(
            title=f"Power: {trial.design.primary}",
            up_label="lines: closed form; symbols: resampled",
            across_label="women in both arms",
            curves=curves,
            is_share=True,
            is_log=True,
            marks_label="",
        )
    ]


def _draw_power(arm: int, power: ArmPower) -> TrialCurve:
    """Draw the sizes up to a few times the first at which the power is as good as certain."""
    certain = (row.subjects for row in power.rows if row.closed_form > 1 - _UNCERTAIN)
    last = next(certain, power.rows[-1].subjects) * _FARTHER
    rows = [row for row in power.rows if row.subjects <= last]
    return TrialCurve(
        arm=arm,
        across=tuple(float(row.subjects) for row in rows),
        up=tuple(row.closed_form for row in rows),
        marks=tuple((float(row.subjects), row.resampled) for row in rows),
    )
