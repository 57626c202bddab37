"""Views like those the package will draw; the curves are smooth inventions, not results."""

from __future__ import annotations

import math
from datetime import date

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
    ReferenceMarker,
    SiteForecast,
    Stamp,
    SurveyRow,
    SurveyView,
    TherapyBar,
)

LIMITS = ClassLimits(osteoporosis_up_to=-2.5, normal_from=-1.0)
STAMP = Stamp(parameter_set="evidence release 2026.11", version="0.1.0")

ROMO_THEN_ALENDRONATE = (
    TherapyBar(label="romosozumab 210 mg monthly", start_month=0, stop_month=12, family=BarFamily.ANABOLIC),
    TherapyBar(
        label="alendronate 70 mg weekly", start_month=12, stop_month=36, family=BarFamily.ANTIRESORPTIVE
    ),
)
COMBINED_TEN_YEARS = (
    TherapyBar(label="teriparatide 20 ug daily", start_month=0, stop_month=24, family=BarFamily.ANABOLIC),
    TherapyBar(
        label="denosumab 60 mg every 6 months", start_month=0, stop_month=60, family=BarFamily.ANTIRESORPTIVE
    ),
    TherapyBar(label="zoledronate 5 mg once", start_month=60, stop_month=72, family=BarFamily.ANTIRESORPTIVE),
    TherapyBar(label="no drug", start_month=72, stop_month=120, family=BarFamily.NONE),
)


def make_site(
    label, start, gain, *, horizon=36, measured=True, marks=(12, 24, 36), goal=-2.5, markers=(), notes=()
):
    months = tuple(float(month) for month in range(horizon + 1))
    rise = [gain * (1 - math.exp(-month / 11)) for month in months]
    spread = [0.05 + 0.055 * math.sqrt(month) for month in months]
    median = tuple(start + value for value in rise)
    return SiteForecast(
        site_label=label,
        months=months,
        median=median,
        low_50=tuple(m - 0.67 * s for m, s in zip(median, spread, strict=True)),
        high_50=tuple(m + 0.67 * s for m, s in zip(median, spread, strict=True)),
        low_90=tuple(m - 1.64 * s for m, s in zip(median, spread, strict=True)),
        high_90=tuple(m + 1.64 * s for m, s in zip(median, spread, strict=True)),
        measured=_make_scans(start, gain) if measured else (),
        markers=markers,
        probabilities=tuple(
            _make_chance(mark, start + gain * (1 - math.exp(-mark / 11)) - goal) for mark in marks
        ),
        notes=notes,
    )


def _make_scans(start, gain):
    return (
        MeasuredPoint(month=-12, t_score=start + 0.1, half_width=0.15),
        MeasuredPoint(month=0, t_score=start, half_width=0.15),
        MeasuredPoint(month=12, t_score=start + 0.75 * gain, half_width=0.15),
    )


def _make_chance(month, lead):
    value = 1 / (1 + math.exp(-4 * lead))
    return ProbabilityMark(
        month=month, estimate=Estimate(value=value, low=value**1.7, high=1 - (1 - value) ** 1.6)
    )


def make_forecast(site_count=3, **changes):
    trial = (ReferenceMarker(label="trial mean (published)", month=36, t_score=-2.52, half_width=0.08),)
    every = (
        make_site("Lumbar spine", -3.1, 0.95, notes=("Half of such patients cross by month 11",)),
        make_site("Total hip", -2.9, 0.42, markers=trial),
        make_site("Femoral neck", -2.8, 0.38),
        make_site("One-third radius", -2.6, 0.05),
    )
    view = {
        "title": "Romosozumab for 12 months, then alendronate",
        "patient_label": "Woman, 68 years, postmenopausal, no prior drug",
        "sites": every[:site_count],
        "goal_t_score": -2.5,
        "class_limits": LIMITS,
        "therapy": ROMO_THEN_ALENDRONATE,
        "stamp": STAMP,
        "interval_label": "90% interval",
        "start_date": None,
    }
    return ForecastView(**(view | changes))


def make_ten_year_forecast():
    marks = (12, 24, 36, 120)
    return make_forecast(
        title=(
            "Teriparatide 20 ug daily and denosumab 60 mg every 6 months for 24 months, then denosumab 60 mg "
            "every 6 months for 36 months, then zoledronate 5 mg once, observed for 60 months"
        ),
        sites=(
            make_site("Lumbar spine", -3.4, 1.6, horizon=120, marks=marks, goal=-2.0),
            make_site("Total hip", -2.7, 0.8, horizon=120, marks=marks, goal=-2.0),
        ),
        therapy=COMBINED_TEN_YEARS,
        goal_t_score=-2.0,
        start_date=date(2026, 11, 22),
    )


def make_short_forecast():
    return make_forecast(
        title="No drug for 6 months",
        sites=(make_site("Total hip", -2.55, -0.06, horizon=6, measured=False, marks=(6,)),),
        therapy=(TherapyBar(label="no drug", start_month=0, stop_month=6, family=BarFamily.NONE),),
    )


SEQUENCES = (
    "no drug for 36 months",
    "alendronate 70 mg weekly for 36 months",
    "zoledronate 5 mg every 12 months for 36 months",
    "denosumab 60 mg every 6 months for 36 months",
    "romosozumab 210 mg monthly for 12 months, then alendronate 70 mg weekly for 24 months",
    "romosozumab 210 mg monthly for 12 months, then denosumab 60 mg every 6 months for 24 months",
    (
        "teriparatide 20 ug daily and denosumab 60 mg every 6 months for 24 months, "
        "then zoledronate 5 mg once, observed for 12 months"
    ),
)
SHARES = (0.004, 0.31, 0.42, 0.58, 0.66, 0.79, 0.997)


def make_estimate(value, width=0.09):
    return Estimate(value=value, low=max(value - width * value, 0), high=min(value + width, 1))


def make_plan(rows=7, sites=3, **changes):
    labels = ("Lumbar spine", "Total hip", "Femoral neck", "One-third radius")[:sites]
    view = {
        "title": "Seven sequences for the same patient",
        "patient_label": "Woman, 68 years, T-score -3.1 lumbar spine, -2.9 total hip, -2.8 femoral neck",
        "goal_t_score": -2.5,
        "target_month": 36,
        "site_labels": labels,
        "durability_label": "Still above 24 months later",
        "rows": tuple(
            PlanRow(
                sequence_label=sequence,
                sites=tuple(make_estimate(share ** (1 + site / 2)) for site in range(sites)),
                all_sites=make_estimate(share**2.4),
                durability=make_estimate(share * 0.7) if share > 0.1 else None,
                note="Label limit: 12 months" if "romosozumab" in sequence else None,
            )
            for sequence, share in zip(SEQUENCES[:rows], SHARES, strict=False)
        ),
        "stamp": STAMP,
        "interval_label": "90% interval",
    }
    return PlanView(**(view | changes))


def make_survey(rows=7, **changes):
    view = {
        "title": "How many could pass the goal?",
        "population_label": (
            "Women 50 years and older with a T-score at or below -2.5 at any site, NHANES 2013-2014, weighted"
        ),
        "goal_t_score": -2.5,
        "target_month": 36,
        "rows": tuple(
            SurveyRow(
                sequence_label=sequence,
                full_persistence=make_estimate(share * 0.9),
                real_world_persistence=make_estimate(share * 0.55),
            )
            for sequence, share in zip(SEQUENCES[:rows], SHARES, strict=False)
        ),
        "stamp": STAMP,
        "interval_label": "90% interval",
    }
    return SurveyView(**(view | changes))


STUDIES = (
    ("FREEDOM 2009", "denosumab 60 mg every 6 months"),
    ("FREEDOM 2009", "placebo"),
    ("ARCH 2017", "romosozumab 210 mg monthly for 12 months, then alendronate 70 mg weekly"),
    ("STRUCTURE 2017", "teriparatide 20 ug daily"),
    ("DATA-Switch 2015", "teriparatide and denosumab, then denosumab"),
    ("FLEX 2006", "alendronate 10 mg daily, then placebo"),
    ("HORIZON 2007", "zoledronate 5 mg every 12 months"),
)
OUTCOMES = ("lumbar spine, % change", "total hip, % change", "CTX, % change", "P1NP, % change")


def make_fit_panel(index):
    study, arm = STUDIES[index % len(STUDIES)]
    outcome = OUTCOMES[index % len(OUTCOMES)]
    scale = (9.0, 5.0, -65.0, 120.0)[index % len(OUTCOMES)]
    months = tuple(float(month) for month in range(37))
    simulated = tuple(scale * (1 - math.exp(-month / (5 + index % 9))) for month in months)
    reach = abs(scale) * 0.12
    return FitPanel(
        study=study,
        arm=arm,
        outcome=outcome,
        observed=tuple(
            ObservedPoint(
                month=month,
                value=simulated[month] + scale * 0.06 * math.sin(index + month),
                half_width=reach,
                fitted=month < 30,
            )
            for month in (6, 12, 18, 24, 36)
        ),
        months=months,
        simulated=simulated,
        low=tuple(value - reach / 2 for value in simulated),
        high=tuple(value + reach / 2 for value in simulated),
    )


def make_fit(panels=12, **changes):
    view = {
        "title": "Calibration: published means and the simulated arms",
        "subtitle": "Points with 95% intervals; open points were held back from the fit",
        "panels": tuple(make_fit_panel(index) for index in range(panels)),
        "stamp": STAMP,
        "interval_label": "90% interval",
    }
    return FitView(**(view | changes))
