"""A small folder of evidence that a test may spoil."""

import pytest

BIBLIOGRAPHY = """\
% a comment
@article{gray2018,
  title = {A trial},
  author = {Gray, Ann and Green, Bo},
  year = {2018},
  journal = {J Bone},
  volume = {1},
  pages = {2-3},
  doi = {10.1000/xyz},
}

@misc{label_us,
  title = {A label},
  note = {details recalled; no DOI},
}
"""
SCHEMA = """\
description = "A probe."
keys = ["study", "site"]

[key_values]
site = ["total_hip", "lumbar_spine"]

[quantities.t_score]
unit = "{T-score}"
low = -8
high = 8

[quantities.advice]
unit = "text"
values = ["give", "stop"]
"""
HEADER = (
    "study,site,quantity,value,unit,statistic,spread,spread_kind,n,source,locator,extraction,role,"
    "conflict_group,note"
)
GOOD_ROWS = (
    "GRAY,total_hip,t_score,-2.5,{T-score},mean,0.5,sd,100,gray2018,table 1,read,calibration,,",
    'GRAY,lumbar_spine,t_score,-3,{T-score},mean,,,,gray2018,"figure 1, left",digitized,validation,,a note',
    "LABEL,total_hip,advice,stop,text,rule,,,,label_us,,recalled,context,,",
)


class EvidenceFolder:
    """A folder with a bibliography and one table, `probe`, written as text."""

    def __init__(self, path):
        self.path = path
        self.write("references.bib", BIBLIOGRAPHY)
        self.write("probe.toml", SCHEMA)
        self.write_rows(*GOOD_ROWS)

    def write(self, name, text):
        (self.path / name).write_text(text, encoding="utf-8")

    def write_rows(self, *rows, header=HEADER):
        self.write("probe.csv", "\n".join((header, *rows)) + "\n")


@pytest.fixture
def folder(tmp_path):
    return EvidenceFolder(tmp_path)
