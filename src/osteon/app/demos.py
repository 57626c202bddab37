"""The use case `demo`: a plan for one surveyed person, and the same question for everybody like her."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from osteon.app.plans import Listing, plan
from osteon.app.surveys import forecast_survey, read_respondent
from osteon.densitometry import Maker, Site, classify_cohort
from osteon.registry import choose_spine_bmd, load_nhanes_adults
from osteon.reversal import standard_reversal

if TYPE_CHECKING:
    from collections.abc import Callable

    from osteon.app.plans import Plan
    from osteon.app.surveys import SurveyAnswer
    from osteon.inference import BankSettings, Patient

__all__ = ["Demo", "choose_example", "run_demo"]

_AGES = (60, 75)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A plan for one respondent of the bundled survey, and the survey's answer for all."""

    plan: Plan
    survey: SurveyAnswer

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind both, as `osteon.evidence.cite` reads them."""
        return tuple(dict.fromkeys((*self.plan.sources, *self.survey.sources)))


def choose_example() -> Patient:
    """Return the first woman of 60 to 75 in the survey with osteoporosis at the spine and both hip sites.

    >>> choose_example().person.sex.value
    'female'
    """
    adults = load_nhanes_adults()
    columns = {
        Site.LUMBAR_SPINE: choose_spine_bmd(adults),
        Site.TOTAL_HIP: adults.total_hip_g_cm2,
        Site.FEMORAL_NECK: adults.femoral_neck_g_cm2,
    }
    scores = classify_cohort(columns, maker=Maker.HOLOGIC).t_scores
    low = np.all(np.nan_to_num(scores, nan=np.inf) <= standard_reversal().target_t_score, axis=0)
    first, last = _AGES
    fitting = adults.female & (adults.age_years >= first) & (adults.age_years <= last) & low
    return read_respondent(adults, int(np.flatnonzero(fitting)[0]))


def run_demo(
    *,
    plan_settings: BankSettings | None = None,
    survey_settings: BankSettings | None = None,
    most_respondents: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Demo:
    """Answer for one person, then for the survey; `progress(done, total)` counts the answers of both."""

    def count(done: int, total: int) -> None:
        if progress is not None:
            progress(done, 2 * total)

    return Demo(
        plan=plan(choose_example(), listing=Listing.STANDARD, settings=plan_settings, progress=count),
        survey=forecast_survey(
            settings=survey_settings,
            most_respondents=most_respondents,
            progress=lambda done, total: count(total + done, total),
        ),
    )
