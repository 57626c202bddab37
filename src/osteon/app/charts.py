"""Results to pictures: the views that the report room draws, and the files they become."""

from __future__ import annotations

from itertools import accumulate, groupby
from statistics import NormalDist
from typing import TYPE_CHECKING

from osteon import __version__
from osteon.app.wording import describe_patient, format_target, label_site, name_sequence, say_target
from osteon.densitometry import read_rules
from osteon.report import (
    BarFamily,
    ClassLimits,
    Estimate,
    FitPanel,
    FitView,
    ForecastView,
    MeasuredPoint,
    ObservedPoint,
    PlanRow,
    PlanView,
    ProbabilityMark,
    SiteForecast,
    Stamp,
    SurveyRow,
    SurveyView,
    TherapyBar,
    draw_fit,
    draw_forecast,
    draw_plan,
    draw_survey,
    split_fit,
    write_figure,
)
from osteon.therapy import describe_drug, format_prescription
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from osteon.app.fits import Fit
    from osteon.app.forecasts import ForecastAnswer
    from osteon.app.plans import Plan, PlanOption
    from osteon.app.surveys import SurveyAnswer, SurveyShare
    from osteon.densitometry import Scan
    from osteon.inference import FitRow, Patient, SiteBaseline
    from osteon.reversal import Chance, SitePath
    from osteon.therapy import Regimen, Sequence

__all__ = [
    "make_fit_view",
    "make_forecast_view",
    "make_plan_view",
    "make_survey_view",
    "write_fit_charts",
    "write_forecast_chart",
    "write_plan_chart",
    "write_survey_chart",
]

_INTERVAL = "90% interval"
_SURVEY_INTERVAL = "95% interval"


def write_forecast_chart(answer: ForecastAnswer, path: Path) -> Path:
    """Draw a forecast into an SVG or PNG file."""
    return write_figure(draw_forecast(make_forecast_view(answer)), path)


def write_plan_chart(plan: Plan, path: Path) -> Path:
    """Draw a plan into an SVG or PNG file."""
    return write_figure(draw_plan(make_plan_view(plan)), path)


def write_survey_chart(survey: SurveyAnswer, path: Path) -> Path:
    """Draw the survey's answer into an SVG or PNG file."""
    return write_figure(draw_survey(make_survey_view(survey)), path)


def write_fit_charts(fit: Fit, folder: Path) -> tuple[Path, ...]:
    """Draw the fit as numbered SVG pages into a folder."""
    pages = split_fit(make_fit_view(fit))
    return tuple(
        write_figure(draw_fit(page), folder / f"{fit.parameters.name}-fit-{page.page:02}.svg")
        for page in pages
    )


def _stamp(parameter_set: str) -> Stamp:
    return Stamp(parameter_set=parameter_set, version=__version__)


def _estimate(chance: Chance | SurveyShare | None) -> Estimate | None:
    return None if chance is None else Estimate(value=chance.value, low=chance.low, high=chance.high)


def make_forecast_view(answer: ForecastAnswer) -> ForecastView:
    """Turn a forecast into what the picture of it shows."""
    rules, found = read_rules(), answer.forecast
    newest = _find_start(answer.patient)
    return ForecastView(
        title=name_sequence(found.sequence).capitalize(),
        patient_label=f"{answer.patient.patient_id}: {describe_patient(answer.patient)}",
        sites=tuple(_view_site(answer, site, newest) for site in found.sites),
        goal_t_score=found.definition.target_t_score,
        class_limits=ClassLimits(
            osteoporosis_up_to=rules.osteoporosis_t_score, normal_from=rules.normal_t_score
        ),
        therapy=tuple(_list_bars(answer.patient.history, found.sequence)),
        stamp=_stamp(found.parameter_set),
        interval_label=_INTERVAL,
        start_date=newest,
    )


def _find_start(patient: Patient) -> dt.date | None:
    """Return the day of the newest scan, from which months are counted."""
    return max((scan.date for scan in patient.scans if scan.date is not None), default=None)


def _view_site(answer: ForecastAnswer, site: SitePath, start: dt.date | None) -> SiteForecast:
    low_90, low_50, median, high_50, high_90 = (tuple(map(float, curve)) for curve in site.quantiles)
    asked = sorted({answer.month, *_list_years(answer)})
    return SiteForecast(
        site_label=label_site(site.site),
        months=tuple(map(float, answer.forecast.months)),
        median=median,
        low_50=low_50,
        high_50=high_50,
        low_90=low_90,
        high_90=high_90,
        measured=tuple(_list_measured(answer.patient, site.baseline, start)),
        probabilities=tuple(
            ProbabilityMark(month=month, estimate=Estimate(value=c.value, low=c.low, high=c.high))
            for month in asked
            for c in (site.chance[month],)
        ),
        notes=tuple(_list_notes(answer, site)),
    )


def _list_years(answer: ForecastAnswer) -> range:
    return range(_YEAR, min(answer.month, len(answer.forecast.months) - 1) + 1, _YEAR)


_YEAR = 12


def _list_measured(
    patient: Patient, baseline: SiteBaseline, start: dt.date | None
) -> Iterator[MeasuredPoint]:
    """List the scans that can stand on this site's axis: those of its maker, or with a printed score."""
    half_width = NormalDist().inv_cdf((1 + read_rules().confidence) / 2) * baseline.precision_error_g_cm2
    for scan in patient.scans:
        t_score = _place_scan(scan, patient, baseline) if scan.site is baseline.site else None
        if t_score is not None:
            days = (scan.date - start).days if scan.date and start else 0
            width = half_width / baseline.young_sd_g_cm2
            yield MeasuredPoint(month=days / DAYS_PER_MONTH, t_score=t_score, half_width=width)


def _place_scan(scan: Scan, patient: Patient, baseline: SiteBaseline) -> float | None:
    makers = {other.maker for other in patient.scans if other.site is scan.site}
    if scan.areal_bmd_g_cm2 is not None and len(makers) == 1 and scan.maker is not None:
        return (scan.areal_bmd_g_cm2 - baseline.young_mean_g_cm2) / baseline.young_sd_g_cm2
    return scan.reported_t_score


def _list_notes(answer: ForecastAnswer, site: SitePath) -> Iterator[str]:
    target = format_target(answer.forecast.definition.target_t_score)
    if site.median_months_to_target is None:
        yield f"Fewer than half of such patients are above {target} within the time shown."
    elif site.median_months_to_target > 0:
        yield f"Half of such patients have been above {target} by month {site.median_months_to_target:g}."
    for cell in answer.forecast.cells:
        if cell.site == site.site:
            yield (
                f"Published for a baseline of {cell.baseline_t_score:.1f}: "
                f"{100 * cell.probability:.0f}% at month {cell.month:g} ({cell.study})."
            )


def _list_bars(history: Sequence | None, sequence: Sequence) -> Iterator[TherapyBar]:
    if history is not None:
        yield from _list_sequence_bars(history, -history.duration_months)
    yield from _list_sequence_bars(sequence, 0.0)


def _list_sequence_bars(sequence: Sequence, start: float) -> Iterator[TherapyBar]:
    ends = accumulate((regimen.duration_months for regimen in sequence.regimens), initial=start)
    for regimen, begin in zip(sequence.regimens, ends, strict=False):
        yield from _list_regimen_bars(regimen, begin)


def _list_regimen_bars(regimen: Regimen, begin: float) -> Iterator[TherapyBar]:
    stop = begin + regimen.duration_months
    for prescription in regimen.prescriptions:
        yield TherapyBar(
            label=format_prescription(prescription),
            start_month=begin,
            stop_month=stop,
            family=BarFamily(describe_drug(prescription.drug).family.value),
        )
    if not regimen.prescriptions:
        label = " and ".join(regimen.lifestyle) or "no drug"
        yield TherapyBar(label=label, start_month=begin, stop_month=stop, family=BarFamily.NONE)


def make_plan_view(plan: Plan) -> PlanView:
    """Turn a plan into what the picture of it shows."""
    return PlanView(
        title=f"Chance of a T-score {say_target(plan.definition)}",
        patient_label=f"{plan.patient.patient_id}: {describe_patient(plan.patient)}",
        goal_t_score=plan.definition.target_t_score,
        goal_included=plan.definition.inclusive,
        target_month=plan.month,
        interval_label=_INTERVAL,
        site_labels=tuple(label_site(site.site) for site in plan.baseline.sites),
        durability_label="Every site, 24 months after the last drug",
        rows=tuple(_view_option(number, option, plan.month) for number, option in enumerate(plan.options, 1)),
        stamp=_stamp(plan.options[0].forecast.parameter_set),
    )


def _view_option(number: int, option: PlanOption, month: int) -> PlanRow:
    found = option.forecast
    return PlanRow(
        sequence_label=f"{number}. {name_sequence(found.sequence)}",
        sites=tuple(_estimate(site.chance[month]) for site in found.sites),
        all_sites=_estimate(found.all_sites[month]),
        durability=_estimate(option.lasting),
        note=_say_burden(option),
        therapy=tuple(_list_sequence_bars(found.sequence, 0.0)),
    )


def _say_burden(option: PlanOption) -> str:
    words = [f"{option.burden.needles} injections or infusions"] if option.burden.needles else []
    words += [f"{option.burden.months_on_drug:g} months on a drug"]
    words += ["asked for"] if option.own else []
    return ", ".join(words)


def make_survey_view(survey: SurveyAnswer) -> SurveyView:
    """Turn the survey's answer into what the picture of it shows."""
    target = format_target(survey.definition.target_t_score)
    return SurveyView(
        title=f"Expected share above {target} at every measured site",
        population_label=(
            f"US adults of 50 or more with a T-score at or below {target} at any diagnostic site, "
            f"NHANES 2013-2014 ({survey.respondents} respondents)"
        ),
        goal_t_score=survey.definition.target_t_score,
        target_month=survey.month,
        interval_label=_SURVEY_INTERVAL,
        rows=tuple(
            SurveyRow(
                sequence_label=name_sequence(option.sequence),
                full_persistence=_estimate(option.full_persistence),
                real_world_persistence=_estimate(option.real_world_persistence),
            )
            for option in survey.options
        ),
        stamp=_stamp(survey.parameter_set),
    )


def make_fit_view(fit: Fit) -> FitView:
    """Turn a fit into small multiples, one for each arm and outcome."""
    score = fit.score
    words = ", ".join(f"{label_site(name)} {values['rmse']:.2f}" for name, values in score.items())
    return FitView(
        title=f"Calibration {fit.parameters.name}",
        subtitle=f"RMSE, percentage points (markers: log units): {words}",
        panels=tuple(_list_panels(fit.rows)),
        interval_label=_INTERVAL,
        stamp=_stamp(fit.parameters.name),
    )


def _name_panel(row: FitRow) -> tuple[str, str, str]:
    arm = f"{row.arm} less {row.comparator}" if row.comparator else row.arm
    since = f", from month {row.baseline_month:g}" if row.baseline_month else ""
    return (row.study, f"{arm}{since}", label_site(row.outcome))


def _list_panels(rows: tuple[FitRow, ...]) -> Iterator[FitPanel]:
    ordered = sorted(rows, key=lambda row: (*_name_panel(row), row.month))
    for (study, arm, outcome), group in groupby(ordered, key=_name_panel):
        members = tuple(group)
        # A change is counted from its baseline month, so the curve begins there at no change.
        by_month = {members[0].baseline_month: 0.0} | {row.month: row.simulated for row in members}
        yield FitPanel(
            study=study,
            arm=arm,
            outcome=outcome,
            observed=tuple(ObservedPoint(month=row.month, value=row.observed) for row in members),
            months=tuple(by_month),
            simulated=tuple(by_month.values()),
        )
