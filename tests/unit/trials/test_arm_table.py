"""A user's table of arm means: what is read, what is refused, and what a row may depend on."""

import pytest

from osteon.errors import AbstainedError, BadInputError, OsteonError
from osteon.inference import ArmObservation, make_arm_batches, plan_reads, predict_changes
from osteon.population import load_engine
from osteon.remodeling import load_parameter_set
from osteon.trials import (
    CohortSettings,
    describe_arm_table,
    draw_cohort,
    follow_cohort,
    read_arm_table,
    simulate_arm_table,
)

HEADER = "study,arm,sequence,outcome,month,value,statistic,baseline_ref"
ROMO = '"romosozumab 210 mg monthly for 12 months, then denosumab 60 mg every 6 months for 24 months"'
DENOSUMAB = "denosumab 60 mg every 6 months for 24 months"
SMALL = CohortSettings(subjects=64, trials=16)


def read_rows(tmp_path, *lines, header=HEADER):
    path = tmp_path / "arms.csv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return read_arm_table(path)


def read_one(tmp_path, line, header=HEADER):
    (row,) = read_rows(tmp_path, line, header=header)
    return row.content


def test_a_row_is_read(tmp_path):
    row = read_one(tmp_path, f"A,den,{DENOSUMAB},Total_Hip,12,3.2,mean,original")
    assert (row.outcome, row.reading_month, row.baseline_month) == ("total_hip", 12, 0)
    assert (row.value, row.arm.n, row.arm.baseline_t_scores) == (3.2, None, {})


def test_the_order_of_columns_is_free_and_others_are_kept(tmp_path):
    header = "doi,n,value,month,outcome,sequence,arm,study,baseline_ref,statistic"
    (row,) = read_rows(tmp_path, f"10.1/x,50,3.2,12,total_hip,{DENOSUMAB},den,A,original,mean", header=header)
    assert row.content.arm.n == 50
    assert row.line.cells["doi"] == "10.1/x"


def test_a_missing_column_is_an_error_of_the_file(tmp_path):
    with pytest.raises(BadInputError, match="baseline_ref") as caught:
        read_rows(tmp_path, header=HEADER.removesuffix(",baseline_ref"))
    assert caught.value.code == "trials.missing_column"


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(BadInputError) as caught:
        read_arm_table(tmp_path / "nothing.csv")
    assert caught.value.code == "trials.unreadable"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"A,den,{DENOSUMAB},hip,12,3,mean,original", "trials.bad_cell"),
        (f"A,den,{DENOSUMAB},total_hip,a year,3,mean,original", "trials.bad_cell"),
        (f"A,den,{DENOSUMAB},total_hip,-1,3,mean,original", "trials.bad_cell"),
        (f"A,den,{DENOSUMAB},total_hip,nan,3,mean,original", "trials.bad_cell"),
        (f"A,den,{DENOSUMAB},total_hip,12,,mean,original", "trials.bad_cell"),
        (f"A,den,{DENOSUMAB},total_hip,12,3,mode,original", "trials.bad_cell"),
        (f"A,den,{DENOSUMAB},total_hip,12,3,mean,start", "trials.bad_cell"),
        (f",den,{DENOSUMAB},total_hip,12,3,mean,original", "trials.bad_cell"),
        ("A,x,strontium for 24 months,total_hip,12,3,mean,original", "therapy.unknown_drug"),
        ("A,x,alendronate for 1 year, then nothing,total_hip,12,3,mean,original", "trials.too_many_cells"),
        (f"A,den,{DENOSUMAB} and exercise for 2 years,total_hip,12,3,mean,original", "therapy.left_over"),
        ("A,x,exercise for 24 months,total_hip,12,3,mean,original", "trials.not_simulated"),
    ],
)
def test_a_bad_row_is_a_value_that_names_its_line(tmp_path, line, code):
    good = f"A,den,{DENOSUMAB},total_hip,12,3,mean,original"
    before, bad, after = read_rows(tmp_path, good, line, good)
    assert isinstance(bad.content, OsteonError)
    assert (bad.content.code, bad.content.field[:6]) == (code, "line 3")
    assert before.content == after.content


def test_women_who_may_be_premenopausal_are_not_simulated(tmp_path):
    header = f"{HEADER},age_years,years_since_menopause"
    line = f"A,den,{DENOSUMAB},total_hip,12,3,mean,original,45"
    assert isinstance(read_one(tmp_path, f"{line},", header), AbstainedError)
    assert read_one(tmp_path, f"{line},2", header).arm.years_since_menopause == 2


@pytest.mark.parametrize(
    ("ref", "month", "expected"),
    [("original", 30, (30, 0)), ("switch", 12, (24, 12)), ("switch", 24, (36, 12)), ("switch", 0, (12, 12))],
)
def test_a_switch_row_counts_from_the_start_of_the_last_regimen(tmp_path, ref, month, expected):
    row = read_one(tmp_path, f"A,x,{ROMO},total_hip,{month},3,mean,{ref}")
    assert ((row.reading_month, row.baseline_month), row.note) == (expected, "")


def test_a_switch_month_with_two_readings_is_refused_and_the_other_is_named(tmp_path):
    fault = read_one(tmp_path, f"A,x,{ROMO},total_hip,30,3,mean,switch")
    assert fault.code == "trials.ambiguous_month"
    assert "write 18" in fault.hint


def test_a_month_past_the_end_is_simulated_without_a_drug_and_says_so(tmp_path):
    row = read_one(tmp_path, f"A,den,{DENOSUMAB},total_hip,30,3,mean,original")
    assert row.note.startswith("6 months after the end")


def simulate(rows, **settings):
    chosen = CohortSettings(**{"subjects": 64, "trials": 16} | settings)
    return describe_arm_table(simulate_arm_table(rows, settings=chosen))


@pytest.fixture(scope="module")
def lines():
    return (
        f"A,den,{DENOSUMAB},total_hip,24,5,mean,original",
        f"A,den,{DENOSUMAB},ctx,0.5,-80,median,original",
        f"B,rom,{ROMO},lumbar_spine,12,3,mean,switch",
        "B,none,no drug for 24 months,lumbar_spine,24,-1,mean,original",
    )


def test_what_a_row_says_does_not_depend_on_the_other_rows(tmp_path, lines):
    together = simulate(read_rows(tmp_path, *lines))["rows"]
    for line, row in zip(lines, together, strict=True):
        (alone,) = simulate(read_rows(tmp_path, line))["rows"]
        assert alone["simulated"] == row["simulated"]
        assert alone["simulated_low"] == row["simulated_low"]


def test_a_row_that_cannot_be_simulated_stays_without_a_number(tmp_path, lines):
    bad = "A,x,strontium for 24 months,total_hip,12,3,mean,original"
    told = simulate(read_rows(tmp_path, lines[0], bad))
    assert set(told["rows"][1]["error"]) == {"code", "field", "got", "expected", "hint"}
    assert "simulated" not in told["rows"][1]
    assert told["rows"][1]["value"] == 3
    assert set(told["rmse"]) == {"total_hip"}


def test_intervals_enclose_the_simulated_number_and_markers_stay_above_nothing(tmp_path, lines):
    for row in simulate(read_rows(tmp_path, *lines))["rows"]:
        assert -100 < row["simulated_low"] < row["simulated"] < row["simulated_high"]


def test_a_smaller_arm_has_a_wider_interval(tmp_path):
    rows = [f"A,den,{DENOSUMAB},total_hip,24,5,mean,original,{n}" for n in (10, 100, 1000)]
    told = simulate(read_rows(tmp_path, *rows, header=f"{HEADER},n"))["rows"]
    widths = [row["simulated_high"] - row["simulated_low"] for row in told]
    assert widths == sorted(widths, reverse=True)
    assert len(set(widths)) == 3


def test_the_rmse_of_one_row_is_its_error(tmp_path, lines):
    told = simulate(read_rows(tmp_path, lines[0]))
    row = told["rows"][0]
    assert told["rmse"] == {"total_hip": pytest.approx(abs(row["simulated"] - row["value"]))}


def test_an_untreated_arm_loses_bone_and_a_treated_one_gains(tmp_path, lines):
    told = simulate(read_rows(tmp_path, *lines))["rows"]
    assert told[3]["simulated"] < 0 < told[0]["simulated"]


@pytest.mark.parametrize(
    ("outcome", "month", "ref"),
    [
        ("lumbar_spine", 12, "original"),
        ("total_hip", 36, "original"),
        ("femoral_neck", 24, "switch"),
        ("p1np", 0.5, "original"),
        ("ctx", 7.3, "original"),
    ],
)
def test_without_variability_an_arm_is_the_typical_subject_of_the_fit(tmp_path, outcome, month, ref):
    row = read_one(tmp_path, f"A,x,{ROMO},{outcome},{month},3,mean,{ref}")
    parameters = load_parameter_set()
    cohort = draw_cohort(row.arm, parameters, CohortSettings(subjects=2, trials=2, typical=True))
    (change,) = follow_cohort(cohort, [(outcome, row.reading_month, row.baseline_month)])
    observation = ArmObservation(
        study="A",
        arm="x",
        comparator="",
        outcome=outcome,
        month=row.reading_month,
        baseline_month=row.baseline_month,
        value=0,
        standard_error=None,
        fact=None,
    )
    load_engine()
    batches = make_arm_batches([row.arm], {("A", "x"): row.reading_month}, parameters.values)
    predict = predict_changes(batches, plan_reads(batches, [observation]), effect_names=())
    (expected,) = predict(parameters.values, [()])
    # The cohort runs in single precision, the fit in double.
    assert change.subjects == pytest.approx([float(expected)] * 2, abs=10**-2)
    assert change.trials == pytest.approx(change.subjects)
