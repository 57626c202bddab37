"""Reading a folder of tables, and every fault a row can have."""

import pickle

import pytest

from osteon.errors import OsteonError
from osteon.evidence import Extraction, Role, SpreadKind, Statistic
from osteon.evidence.bibliography import read_references
from osteon.evidence.tables import check_tables, hash_folder, name_tables, read_facts

GOOD = "GRAY,total_hip,t_score,-2.5,{T-score},mean,0.5,sd,100,gray2018,table 1,read,calibration,,"


def read(folder):
    return read_facts(folder.path, "probe", read_references(folder.path))


def test_a_sound_folder_has_no_fault(folder):
    assert check_tables(folder.path) == ()
    assert name_tables(folder.path) == ("probe",)


def test_a_row_becomes_a_fact(folder):
    fact = read(folder)[0]
    assert fact.table == "probe"
    assert dict(fact.keys) == {"study": "GRAY", "site": "total_hip"}
    assert (fact.quantity, fact.value, fact.unit) == ("t_score", -2.5, "{T-score}")
    assert (fact.statistic, fact.spread, fact.spread_kind) == (Statistic.MEAN, 0.5, SpreadKind.SD)
    assert (fact.n, fact.extraction, fact.role) == (100.0, Extraction.READ, Role.CALIBRATION)
    assert fact.sources == ("gray2018",)
    assert fact.fact_id == "probe:GRAY|total_hip|t_score|mean"
    assert fact.number == -2.5


def test_empty_cells_become_none(folder):
    fact = read(folder)[1]
    assert (fact.spread, fact.spread_kind, fact.n) == (None, None, None)
    assert fact.locator == "figure 1, left"


def test_a_text_fact_is_no_number(folder):
    fact = read(folder)[2]
    assert fact.value == "stop"
    with pytest.raises(TypeError, match="is a text fact"):
        _ = fact.number


def test_a_fact_can_be_hashed_pickled_and_not_changed(folder):
    fact = read(folder)[0]
    assert pickle.loads(pickle.dumps(fact)) == fact  # noqa: S301 - our own bytes
    assert len({fact, *read(folder)}) == 3
    with pytest.raises(AttributeError):
        fact.value = 0.0
    with pytest.raises(TypeError):
        fact.keys["site"] = "femoral_neck"
    with pytest.raises(KeyError):
        _ = fact.keys["month"]


FAULTS = {
    "unknown word in a key": ("total_hip", "hip", "unknown_word", "site"),
    "unknown quantity": ("t_score", "z_score", "unknown_quantity", "quantity"),
    "unknown unit": ("{T-score}", "points", "unknown_unit", "unit"),
    "unit of another quantity": ("{T-score}", "%", "unit_not_allowed", "unit"),
    "no number": ("-2.5", "about -2.5", "not_a_number", "value"),
    "a number with an underscore": ("-2.5", "-2_5", "not_a_number", "value"),
    "not a number at all": ("-2.5", "nan", "not_a_number", "value"),
    "out of range": ("-2.5", "25", "out_of_range", "value"),
    "unknown statistic": ("mean", "average", "unknown_word", "statistic"),
    "negative spread": (",0.5,", ",-0.5,", "not_a_number", "spread"),
    "spread without kind": ("0.5,sd", "0.5,", "spread_without_kind", "spread_kind"),
    "kind without spread": ("0.5,sd", ",sd", "spread_without_kind", "spread_kind"),
    "unknown kind of spread": (",sd,", ",sem,", "unknown_word", "spread_kind"),
    "negative n": ("100", "-100", "not_a_number", "n"),
    "unknown source": ("gray2018", "grey2018", "unknown_source", "source"),
    "no locator": ("table 1", "", "no_locator", "locator"),
    "unknown extraction": (",read,", ",seen,", "unknown_word", "extraction"),
    "unknown role": ("calibration", "training", "unknown_word", "role"),
    "conflict group that is no name": (
        "calibration,,",
        "calibration,Spine gain,",
        "unknown_word",
        "conflict_group",
    ),
    "stray space": ("table 1", "table 1 ", "stray_space", "locator"),
}


@pytest.mark.parametrize(("good", "bad", "code", "column"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_named_with_table_line_and_column(folder, good, bad, code, column):
    assert GOOD.count(good) == 1, "the fault must be put in one place"
    folder.write_rows(GOOD.replace("total_hip", "lumbar_spine"), GOOD.replace(good, bad))
    (fault,) = check_tables(folder.path)
    assert fault.code == f"evidence.{code}"
    assert fault.field == f"probe.csv line 3, {column}"
    assert all(fault.as_problem().values())
    with pytest.raises(OsteonError) as caught:
        read(folder)
    assert caught.value.as_problem() == fault.as_problem()


def test_a_text_outside_its_words_is_a_fault(folder):
    folder.write_rows("LABEL,total_hip,advice,wait,text,rule,,,,label_us,,recalled,context,,")
    (fault,) = check_tables(folder.path)
    assert (fault.code, fault.expected) == ("evidence.unknown_word", "one of give, stop")


def test_all_faults_are_collected(folder):
    folder.write_rows(GOOD.replace("mean", "average").replace("100", "-1"), GOOD.replace("-2.5", "x"))
    codes = [fault.code for fault in check_tables(folder.path)]
    assert codes == ["evidence.not_a_number", "evidence.unknown_word", "evidence.not_a_number"]


class TestRepeatedFacts:
    def test_a_repeated_fact_is_a_fault(self, folder):
        folder.write_rows(GOOD, GOOD.replace("-2.5", "-2.6"))
        (fault,) = check_tables(folder.path)
        assert fault.code == "evidence.duplicate"
        assert "line 2" in fault.expected

    def test_one_conflict_group_may_hold_both(self, folder):
        rows = [
            GOOD.replace("calibration,,", "calibration,hip_gain,"),
            GOOD.replace("calibration,,", "context,hip_gain,").replace("table 1", "table 2"),
        ]
        folder.write_rows(*rows)
        assert check_tables(folder.path) == ()
        assert len({fact.fact_id for fact in read(folder)}) == 2

    def test_the_group_must_be_the_same(self, folder):
        folder.write_rows(
            GOOD.replace("calibration,,", "calibration,one,"),
            GOOD.replace("calibration,,", "calibration,two,").replace("table 1", "table 2"),
        )
        assert [fault.code for fault in check_tables(folder.path)] == ["evidence.duplicate"]

    def test_the_same_place_twice_is_a_fault_even_in_a_group(self, folder):
        row = GOOD.replace("calibration,,", "calibration,hip_gain,")
        folder.write_rows(row, row.replace("-2.5", "-2.6"))
        assert [fault.code for fault in check_tables(folder.path)] == ["evidence.duplicate"]

    def test_another_statistic_is_another_fact(self, folder):
        folder.write_rows(GOOD, GOOD.replace("mean", "median"))
        assert check_tables(folder.path) == ()


class TestFiles:
    def test_a_wrong_header_is_one_fault(self, folder):
        folder.write_rows(GOOD, header="study,place,quantity")
        (fault,) = check_tables(folder.path)
        assert (fault.code, fault.field) == ("evidence.bad_layout", "probe.csv line 1")

    def test_a_line_with_a_cell_too_many(self, folder):
        folder.write_rows(GOOD, GOOD + ",")
        (fault,) = check_tables(folder.path)
        assert (fault.code, fault.field, fault.got) == ("evidence.bad_layout", "probe.csv line 3", "16 cells")

    def test_a_table_without_schema(self, folder):
        (folder.path / "probe.toml").unlink()
        assert [fault.code for fault in check_tables(folder.path)] == ["evidence.unknown_table"]

    def test_a_schema_without_table(self, folder):
        (folder.path / "probe.csv").unlink()
        assert [fault.code for fault in check_tables(folder.path)] == ["evidence.bad_layout"]

    def test_a_bad_bibliography_is_reported_like_any_fault(self, folder):
        folder.write("references.bib", "@article{x}")
        assert [fault.code for fault in check_tables(folder.path)] == ["evidence.bad_reference"]

    def test_the_hash_sees_every_byte_of_the_evidence_and_nothing_else(self, folder):
        before = hash_folder(folder.path)
        folder.write("README.md", "words")
        assert hash_folder(folder.path) == before
        folder.write_rows(GOOD)
        assert hash_folder(folder.path) != before
