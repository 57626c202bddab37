"""Small answers, made once: what is true of 256 virtual patients is true of any number."""

import pytest

from osteon.app import Fit, Listing, forecast, forecast_survey, plan
from osteon.inference import BankSettings, FitRow, score_fit
from osteon.interop import read_patient_file
from osteon.remodeling import Outcomes, load_parameter_set

SMALL = BankSettings(draws=4, per_draw=64)
OWN = "teriparatide and denosumab for 24 months, then zoledronate once, observed for 12 months"
STOPPED = "denosumab for 36 months, then no drug for 24 months"
SEQUENCE = "romosozumab for 12 months, then denosumab for 24 months"


@pytest.fixture(scope="session")
def small():
    return SMALL


@pytest.fixture(scope="session")
def patient(root):
    return read_patient_file(root / "examples" / "patient.toml")


@pytest.fixture(scope="session")
def small_plan(patient):
    return plan(patient, sequences=[OWN], listing=Listing.STANDARD, settings=SMALL)


@pytest.fixture(scope="session")
def small_search(patient):
    return plan(patient, sequences=[OWN, STOPPED], settings=SMALL)


@pytest.fixture(scope="session")
def small_forecast(patient):
    return forecast(patient, SEQUENCE, settings=SMALL)


@pytest.fixture(scope="session")
def small_survey():
    return forecast_survey(settings=BankSettings(draws=2, per_draw=4), most_respondents=12)


@pytest.fixture(scope="session")
def small_fit():
    rows = tuple(
        FitRow(
            study="Trial",
            arm="drug",
            comparator="placebo" if outcome == "ctx" else "",
            outcome=outcome,
            month=12.0,
            baseline_month=0.0,
            observed=3.0,
            simulated=2.5,
            extraction="read",
            source="looker1998",
        )
        for outcome in Outcomes._fields
    )
    return Fit(parameters=load_parameter_set(), rows=rows, score=score_fit(rows))
