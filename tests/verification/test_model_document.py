"""The page that explains the model is read by a machine, too."""

import re
from dataclasses import fields

import pytest

from osteon.evidence import list_tables, load_references
from osteon.population import STEPS_PER_MONTH
from osteon.remodeling import Covariates, Lane, Outcomes, State, load_parameter_set

STEPS_IN_WORDS = {30: "Thirty steps a month"}


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "model.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def quoted(page):
    return set(re.findall(r"`([^`\n]+)`", page))


@pytest.mark.parametrize("kind", [State, Lane, Outcomes])
def test_every_field_is_named(quoted, kind):
    assert set(kind._fields) - quoted == set()


def test_every_quoted_name_exists(root, quoted):
    known = {*State._fields, *Lane._fields, *Outcomes._fields, *load_parameter_set().values, *list_tables()}
    known |= {"State", "Lane", *(f.name for f in fields(Covariates))}
    unknown = {name for name in quoted if name not in known and not (root / name).exists()}
    assert unknown == set()


def test_every_source_is_in_the_bibliography(page):
    keys = set(re.findall(r"\b(?:[a-z]+(?:19|20)\d\d[a-z0-9]*|label_\w+|\w+_software)\b", page))
    assert len(keys) > 25
    assert keys - set(load_references()) == set()


@pytest.mark.parametrize("outcome", Outcomes._fields)
def test_the_fit_is_reported_as_it_stands(page, outcome):
    score = load_parameter_set().fit["score"][outcome]
    row = f"| {outcome} | {score['n']} | {score['rmse']:.2f} | {score['median_absolute_error']:.2f} |"
    assert row in page


def test_the_step_is_the_one_that_is_used(page):
    assert STEPS_IN_WORDS[STEPS_PER_MONTH] in page
