"""An accuracy that nobody measured: odd numbers, every kind of row, and the stamp of the present."""

from osteon.app.accuracy import (
    AGE_SPAN,
    MONTH_SPAN,
    Accuracy,
    DrugCount,
    Goal,
    GroupScore,
    Misfit,
    PeerLine,
    SpanOfEvidence,
    stamp_accuracy,
)
from osteon.therapy import list_drugs

OUTCOMES = ("lumbar_spine", "total_hip", "femoral_neck", "ctx", "p1np")
GROUPS = (
    ("all", "all"),
    ("drug", "denosumab"),
    ("duration", "up to 12 months"),
    ("earlier therapy", "first drug"),
    ("age", "mean age 65 to 74"),
    ("baseline hip", "mean hip T-score above -2.5"),
)


def make_score(basis, grouping, group, outcome, **changed):
    numbers = {"n": 40, "rmse": 0.77, "mean_error": 0.5, "inside_50": 0.5, "inside_90": 0.9}
    return GroupScore(basis=basis, grouping=grouping, group=group, outcome=outcome, **numbers | changed)


def make_goal(quantity, *, met):
    return Goal(
        quantity=quantity,
        basis="fitted",
        outcome="total_hip",
        n=40,
        value=0.77,
        low=None,
        high=0.8 if met else 0.7,
        unit="percentage points",
        met=met,
    )


def make_accuracy(**changed):
    values = {
        "stamp": stamp_accuracy(),
        "scores": [
            make_score(basis, grouping, group, outcome)
            for basis in ("fitted", "held back")
            for grouping, group in GROUPS
            for outcome in OUTCOMES
        ],
        "goals": [make_goal("rmse", met=True), make_goal("inside_90", met=False)],
        "misfit_count": 3,
        "number_count": 400,
        "misfits": [
            Misfit(
                study="Study & <Sons>",
                arm="denosumab",
                phase="denosumab",
                outcome="ctx",
                month=1,
                basis="fitted",
                observed=-85.5,
                simulated=-44.4,
                deviation_sd=3.3,
            )
        ],
        "peers": [
            PeerLine(
                basis="fitted", peer="no change", outcome="ctx", n=40, rmse=0.2, peer_rmse=0.8, ratio=0.25
            )
        ],
        "spans": [
            SpanOfEvidence(quantity=AGE_SPAN, low=61.5, high=73.5, arms=7),
            SpanOfEvidence(quantity=MONTH_SPAN, low=0.5, high=123.5, arms=7),
        ],
        "drugs": [
            DrugCount(drug=str(drug), fitted_arms=2, fitted_numbers=20, held_back_numbers=3)
            for drug in list_drugs()
        ],
        "outside_domain": 0,
        "studies": 9,
        "claims": 5,
        "claims_seen": 4,
    }
    return Accuracy(**values | changed)
