"""The bibliography and its strict reader."""

import pytest

from osteon.errors import OsteonError
from osteon.evidence.bibliography import parse_bibliography

GOOD = """\
% a comment
@article{gray2018,
  title = {A trial},
  author = {Gray, Ann and Green, Bo},
  year = {2018},
  doi = {10.1000/xyz},
  note = {details recalled},
}
"""


def test_an_entry_is_read():
    reference = parse_bibliography(GOOD)["gray2018"]
    assert reference.authors == ("Gray, Ann", "Green, Bo")
    assert (reference.year, reference.doi, reference.journal) == (2018, "10.1000/xyz", "")
    assert reference.is_recalled


def test_an_unknown_year_is_none_and_no_author_is_nobody():
    reference = parse_bibliography("@misc{x,\n  title = {T},\n  note = {no DOI},\n}")["x"]
    assert reference.year is None
    assert reference.authors == ()
    assert not reference.is_recalled


FAULTS = {
    "unknown kind": ("@article", "@journal"),
    "unknown field": ("year =", "date ="),
    "field twice": ("year =", "doi ="),
    "no title": ("  title = {A trial},\n", ""),
    "year of two digits": ("{2018}", "{18}"),
    "a DOI with its address": ("{10.1000", "{https://doi.org/10.1000"),
    "nothing to find it by": ("  doi = {10.1000/xyz},\n  note = {details recalled},\n", ""),
    "brace in a value": ("{A trial}", "{A {trial}}"),
    "words between entries": ("% a comment", "a comment"),
    "entry without end": ("\n}\n", "\n"),
    "entry twice": ("% a comment", GOOD.partition("\n")[2]),
}


@pytest.mark.parametrize(("good", "bad"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_refused(good, bad):
    assert good in GOOD
    with pytest.raises(OsteonError) as caught:
        parse_bibliography(GOOD.replace(good, bad, 1))
    assert caught.value.code == "evidence.bad_reference"
    assert caught.value.field.startswith("references.bib ")
