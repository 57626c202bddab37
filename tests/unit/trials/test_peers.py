"""The other ways to answer: what they can say, what they cannot, and what they were fitted to."""

import pytest

from osteon.evidence import Role, record_openings
from osteon.inference import TrialArm
from osteon.therapy import parse_sequence
from osteon.trials import ClassAverage, Curve, NoChange, fit_class_average, read_openbonemin

FOREVER = 10.0**9


def make_arm(sequence, history=None):
    return TrialArm(
        study="A",
        arm="x",
        sequence=parse_sequence(sequence),
        history=parse_sequence(history) if history else None,
        population="postmenopausal",
        age_years=None,
        years_since_menopause=None,
        baseline_t_scores={},
        n=None,
    )


@pytest.fixture
def curves():
    rise = {("denosumab", "total_hip"): 4, ("romosozumab", "total_hip"): 6, ("no drug", "total_hip"): -2}
    marker = {("denosumab", "ctx"): -1.5, ("romosozumab", "ctx"): -0.5}
    return ClassAverage(
        curves={key: Curve(plateau=plateau, months=1) for key, plateau in (rise | marker).items()},
        half_lives={("denosumab", "total_hip"): 12, ("denosumab", "ctx"): 1},
    )


DENOSUMAB = "denosumab 60 mg every 6 months for 24 months"
THEN = "romosozumab 210 mg monthly for 24 months, then denosumab 60 mg every 6 months for 24 months"


def test_nothing_changes_under_no_change():
    assert NoChange().predict_change(make_arm(DENOSUMAB), "total_hip", 12, 0) == 0


def test_a_curve_starts_at_nothing_and_ends_at_its_plateau():
    curve = Curve(plateau=4, months=10)
    assert (curve.read(0), curve.read(FOREVER)) == (0, 4)


@pytest.mark.parametrize(
    ("sequence", "month", "baseline_month", "expected"),
    [
        (DENOSUMAB, 24, 0, 4),
        (THEN, 24, 0, 6),
        (THEN, 48, 0, 10),
        (THEN, 48, 24, 100 * (110 / 106 - 1)),
        (f"{DENOSUMAB}, then no drug for 12 months", 36, 0, 2),
        ("no drug for 24 months", 24, 0, -2),
    ],
)
def test_drugs_add_up_and_a_stop_halves(curves, sequence, month, baseline_month, expected):
    found = curves.predict_change(make_arm(sequence), "total_hip", month, baseline_month)
    assert found == pytest.approx(expected, abs=10**-6)


def test_what_was_taken_before_month_zero_counts(curves):
    arm = make_arm("no drug for 12 months", history=DENOSUMAB)
    assert curves.predict_change(arm, "total_hip", 12, 0) == pytest.approx(100 * (102 / 104 - 1))


def test_a_marker_goes_to_the_plateau_of_the_drug_at_hand(curves):
    alone = curves.predict_change(make_arm(DENOSUMAB), "ctx", 24, 0)
    after = curves.predict_change(make_arm(THEN), "ctx", 48, 0)
    assert after == pytest.approx(alone, abs=10**-3)


@pytest.mark.parametrize("sequence", ["alendronate for 24 months", THEN + ", then alendronate for 1 year"])
def test_a_drug_without_a_curve_has_no_answer(curves, sequence):
    assert curves.predict_change(make_arm(sequence), "total_hip", 60, 0) is None


def test_the_curves_are_fitted_to_calibration_rows_only():
    with record_openings() as log:
        fitted = fit_class_average()
    seen = {fact.role for fact in log.facts if fact.table == "trial_outcomes"}
    assert seen == {Role.CALIBRATION}
    assert fitted.curves["denosumab", "lumbar_spine"].plateau > 0
    assert fitted.half_lives["denosumab", "total_hip"] < fitted.half_lives["bisphosphonate", "total_hip"]


@pytest.mark.parametrize(
    ("sequence", "history", "outcome", "month", "answers"),
    [
        (DENOSUMAB, None, "lumbar_spine", 24, True),
        (DENOSUMAB, None, "total_hip", 24, False),
        (DENOSUMAB, "alendronate for 24 months", "lumbar_spine", 24, False),
        (f"{DENOSUMAB}, then no drug for 12 months", None, "lumbar_spine", 24, True),
        (f"{DENOSUMAB}, then no drug for 12 months", None, "lumbar_spine", 30, False),
        ("denosumab 60 mg every 6 months for 3 years, then no drug for 1 year", None, "ctx", 40, True),
        ("teriparatide 20 ug daily for 24 months", None, "femoral_neck", 18, True),
        ("teriparatide 40 ug daily for 24 months", None, "femoral_neck", 18, False),
    ],
)
def test_openbonemin_answers_for_its_own_courses(sequence, history, outcome, month, answers):
    found = read_openbonemin().predict_change(make_arm(sequence, history), outcome, month, 0)
    assert (found is not None) == answers


def test_openbonemin_is_read_at_the_month():
    arm = make_arm("denosumab 60 mg every 6 months for 120 months")
    assert read_openbonemin().predict_change(arm, "lumbar_spine", 12, 0) == pytest.approx(5.1, abs=0.05)
    assert read_openbonemin().predict_change(arm, "lumbar_spine", 120, 0) == pytest.approx(13.1, abs=0.05)
