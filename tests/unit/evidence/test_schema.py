"""The schema file beside a table."""

import pytest

from osteon.errors import OsteonError
from osteon.evidence.schema import FIXED_COLUMNS, parse_schema

GOOD = """\
description = "A probe."
keys = ["study"]
[quantities.t_score]
unit = ["{T-score}", "1"]
low = -8
high = 8
[quantities.advice]
unit = "text"
values = ["give"]
"""


def test_a_schema_is_read():
    schema = parse_schema("probe", GOOD)
    assert schema.columns == ("study", *FIXED_COLUMNS)
    assert schema.identity == ("study", "quantity", "statistic")
    assert schema.quantities["t_score"].units == ("{T-score}", "1")
    assert schema.quantities["t_score"].low_high == (-8, 8)
    assert schema.quantities["advice"].low_high is None
    assert schema.quantities["advice"].values == frozenset({"give"})


FAULTS = {
    "no toml": ("description =", "description"),
    "unknown field": ("keys =", "columns ="),
    "no key": ('["study"]', "[]"),
    "a key that is a fixed column": ('["study"]', '["source"]'),
    "keys that are no words": ('["study"]', "[1]"),
    "no description": ('description = "A probe."', ""),
    "unknown unit": ('"1"]', '"points"]'),
    "unknown field of a quantity": ("low =", "least ="),
    "range upside down": ("low = -8", "low = 9"),
    "number without range": ("low = -8\nhigh = 8", ""),
    "text with a range": ('unit = "text"', 'unit = "text"\nlow = 1\nhigh = 2'),
    "words that are none": ('["give"]', '"give"'),
    "words for a key there is not": (
        "[quantities.t_score]",
        '[key_values]\nsite = ["hip"]\n[quantities.t_score]',
    ),
    "key words that are none": ("[quantities.t_score]", "[key_values]\nstudy = 1\n[quantities.t_score]"),
    "key words that are no table": ('keys = ["study"]', 'keys = ["study"]\nkey_values = 1'),
    "a quantity that is no table": ('keys = ["study"]', 'keys = ["study"]\nquantities.gain = 1'),
}


@pytest.mark.parametrize(("good", "bad"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_refused(good, bad):
    assert good in GOOD
    with pytest.raises(OsteonError) as caught:
        parse_schema("probe", GOOD.replace(good, bad, 1))
    assert caught.value.code == "evidence.bad_schema"
    assert caught.value.field.startswith("probe.toml")
