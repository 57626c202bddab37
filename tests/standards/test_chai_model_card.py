"""The XML of the model card against the schema of the Coalition for Health AI, v0.2."""

import pytest
import xmlschema

from osteon.app import make_card, write_card_xml
from tests.unit.app.example_accuracy import make_accuracy


@pytest.fixture(scope="module")
def schema(shared):
    # Local files only: the schema of signatures, which it imports, comes with the validator.
    return xmlschema.XMLSchema(
        shared / "interop_samples" / "chai-model-card" / "schema-v0.2.xsd", allow="local"
    )


def test_the_card_is_valid(schema):
    schema.validate(write_card_xml(make_card(make_accuracy())))


@pytest.mark.parametrize("name", ["ModelName", "ClinicalRiskLevel", "MetricGoal", "Bibliography"])
def test_a_card_without_an_element_is_not(schema, name):
    text = write_card_xml(make_card(make_accuracy()))
    start, end = text.index(f"<{name}>"), text.index(f"</{name}>") + len(f"</{name}>")
    assert not schema.is_valid(text[:start] + text[end:])
