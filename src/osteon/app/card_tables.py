"""The tables of the model card: what was measured, in words that fit a column."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from osteon.app.wording import label_site
from osteon.evidence import Role, cite, format_reference, list_tables, load_facts
from osteon.inference import read_fit_settings
from osteon.remodeling import Outcomes
from osteon.report import CardTable
from osteon.trials import Basis

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from osteon.app.accuracy import Accuracy, Goal, GroupScore

__all__ = ["list_biased", "make_tables", "name_goal"]

_MARKERS: Final = frozenset({"ctx", "p1np"})
_BIASED_FROM, _MOST_BIASED = 5, 12
_LABELS: Final = tuple(label_site(name) for name in Outcomes._fields)


def make_tables(accuracy: Accuracy, sources: Sequence[str]) -> Mapping[str, CardTable]:
    """Make every table that the words of the card ask for."""
    fitted, held_back = Basis.FITTED.value, Basis.HELD_BACK.value
    return {
        "roles": _tabulate_roles(),
        "drugs": _tabulate_drugs(accuracy),
        "accuracy_all": _tabulate_outcomes(accuracy),
        "accuracy_drug_fitted": _tabulate_groups(
            accuracy, "By drug at the time, fitted", ("drug",), (fitted,)
        ),
        "accuracy_drug_held_back": _tabulate_groups(
            accuracy, "By drug at the time, held back", ("drug",), (held_back,)
        ),
        "accuracy_duration": _tabulate_groups(
            accuracy, "By duration and earlier therapy", ("duration", "earlier therapy"), (fitted, held_back)
        ),
        "accuracy_subgroup": _tabulate_groups(
            accuracy, "By age and baseline of the arm", ("age", "baseline hip"), (fitted, held_back)
        ),
        "peers": _tabulate_peers(accuracy),
        "misfits": _tabulate_misfits(accuracy),
        "biased_groups": _tabulate_biased(accuracy),
        "spans": _tabulate_spans(accuracy),
        "goals": _tabulate_goals(accuracy.goals),
        "bibliography": _tabulate_sources(sources),
    }


def _tabulate_roles() -> CardTable:
    facts = [fact for table in list_tables() for fact in load_facts(table)]
    words = {
        Role.CALIBRATION: "open to a fit",
        Role.VALIDATION: "held back from every fit",
        Role.CONTEXT: "rules, references, priors and background",
    }
    ways = ("read", "digitized", "computed", "recalled")
    rows = []
    for role, meaning in words.items():
        own = [fact for fact in facts if fact.role is role]
        counts = (str(sum(fact.extraction.value == way for fact in own)) for way in ways)
        rows.append((f"{role.value}: {meaning}", str(len(own)), *counts))
    head = ("Role", "Facts", *(way.capitalize() for way in ways))
    return CardTable(caption="Facts by role, and how they were obtained", head=head, rows=tuple(rows))


def _tabulate_drugs(accuracy: Accuracy) -> CardTable:
    rows = tuple(
        (one.drug, str(one.fitted_arms), str(one.fitted_numbers), str(one.held_back_numbers))
        for one in accuracy.drugs
    )
    return CardTable(
        caption="Published arms that hold a drug, alone or in a sequence",
        head=("Drug", "Arms fitted", "Numbers fitted", "Numbers held back"),
        rows=rows,
    )


def _tabulate_outcomes(accuracy: Accuracy) -> CardTable:
    rows = tuple(
        (
            f"{label_site(score.outcome)}, {score.basis}",
            str(score.n),
            f"{score.rmse:.2f}",
            f"{score.mean_error:+.2f}",
            _say_share(score.inside_50),
            _say_share(score.inside_90),
            _name_unit(score.outcome),
        )
        for score in accuracy.scores
        if score.grouping == "all"
    )
    return CardTable(
        caption="By outcome",
        head=("Outcome", "Numbers", "RMSE", "Mean error", "Inside 50 %", "Inside 90 %", "Unit"),
        rows=rows,
    )


def _say_share(share: float) -> str:
    """Write a share that was counted: all of them is 100 %."""
    return f"{100 * share:.0f} %"


def _name_unit(outcome: str) -> str:
    return "log units" if outcome in _MARKERS else "points"


def _tabulate_groups(
    accuracy: Accuracy, caption: str, groupings: Sequence[str], bases: Sequence[str]
) -> CardTable:
    rows = [
        _write_group(group if len(bases) == 1 else f"{group}, {basis}", list(scores))
        for grouping in groupings
        for basis in bases
        for group, scores in groupby(
            [s for s in accuracy.scores if (s.grouping, s.basis) == (grouping, basis)],
            key=lambda score: score.group,
        )
    ]
    head = ("Group", *_LABELS)
    return CardTable(caption=f"{caption}: RMSE (numbers)", head=head, rows=tuple(rows))


def _write_group(name: str, scores: Sequence[GroupScore]) -> tuple[str, ...]:
    known = {score.outcome: f"{score.rmse:.2f} ({score.n})" for score in scores}
    return (name, *(known.get(outcome, "-") for outcome in Outcomes._fields))


def _tabulate_peers(accuracy: Accuracy) -> CardTable:
    rows = tuple(
        (
            f"{line.peer}, {line.basis}",
            label_site(line.outcome),
            str(line.n),
            f"{line.rmse:.2f}",
            f"{line.peer_rmse:.2f}",
            f"{line.ratio:.2f}",
        )
        for line in accuracy.peers
    )
    return CardTable(
        caption="Other models on the numbers that each can answer; a ratio below 1 means osteon is nearer",
        head=("Peer", "Outcome", "Numbers", "RMSE of osteon", "RMSE of peer", "Ratio"),
        rows=rows,
    )


def _tabulate_misfits(accuracy: Accuracy) -> CardTable:
    rows = tuple(
        (
            f"{one.study}, {one.arm}",
            f"{label_site(one.outcome)}, month {one.month:g}",
            f"{one.observed:+.1f} %",
            f"{one.simulated:+.1f} %",
            f"{one.deviation_sd:+.1f}",
            one.basis,
        )
        for one in accuracy.misfits
    )
    return CardTable(
        caption="The published numbers farthest from the simulation, in stated SDs",
        head=("Arm", "Number", "Published", "Simulated", "SDs", "Basis"),
        rows=rows,
    )


def list_biased(scores: Iterable[GroupScore]) -> list[GroupScore]:
    """List the drug groups whose mean error is over twice its standard error, the largest first."""
    groups = [score for score in scores if score.grouping == "drug" and score.n >= _BIASED_FROM]
    biased = [score for score in groups if score.mean_error**2 > 2**2 * _measure_variance(score) / score.n]
    return sorted(biased, key=lambda score: -abs(score.mean_error) / _read_scale(score))[:_MOST_BIASED]


def _measure_variance(score: GroupScore) -> float:
    return max(score.rmse**2 - score.mean_error**2, 0)


def _read_scale(score: GroupScore) -> float:
    """Return what the fit takes to be the floor of an error, so that markers and BMD can stand in one list."""
    return read_fit_settings().residual_sd[score.outcome]


def _tabulate_biased(accuracy: Accuracy) -> CardTable:
    rows = tuple(
        (
            f"{score.group}, {score.basis}",
            label_site(score.outcome),
            str(score.n),
            f"{score.mean_error:+.2f}",
            "simulated too high" if score.mean_error > 0 else "simulated too low",
        )
        for score in list_biased(accuracy.scores)
    )
    return CardTable(
        caption=(
            "Drugs and outcomes that are missed to one side: mean error over twice its standard error, "
            "numbers taken as independent"
        ),
        head=("Drug at the time", "Outcome", "Numbers", "Mean error", "Direction"),
        rows=rows,
    )


def _tabulate_spans(accuracy: Accuracy) -> CardTable:
    rows = tuple((one.quantity, f"{one.low:g}", f"{one.high:g}", str(one.arms)) for one in accuracy.spans)
    return CardTable(
        caption="From where to where the arms reach", head=("Quantity", "From", "To", "Arms"), rows=rows
    )


def _tabulate_goals(goals: Iterable[Goal]) -> CardTable:
    rows = tuple(
        (
            name_goal(goal),
            goal.basis,
            f"{goal.value:.2f}",
            _say_target(goal),
            goal.unit,
            "met" if goal.met else "not met",
        )
        for goal in goals
    )
    return CardTable(
        caption="Targets fixed before the fit",
        head=("Quantity", "Basis", "Reached", "Target", "Unit", "Result"),
        rows=rows,
    )


_QUANTITIES: Final = {
    "rmse": "RMSE",
    "inside_90": "inside 90 % interval",
    "mean_error": "mean error of chances",
    "error": "worst error of a chance",
    "relative_error": "worst error of an SD",
}


def name_goal(goal: Goal) -> str:
    """Name a goal: the quantity, and the outcome where it has one."""
    quantity = _QUANTITIES.get(goal.quantity, goal.quantity)
    return f"{quantity}, {label_site(goal.outcome)}" if goal.outcome else quantity


def _say_target(goal: Goal) -> str:
    if goal.low is None or goal.high is None:
        return f"at most {goal.high:g}" if goal.high is not None else f"at least {goal.low:g}"
    return f"{goal.low:g} to {goal.high:g}"


def _tabulate_sources(sources: Sequence[str]) -> CardTable:
    rows = tuple(
        (reference.key, format_reference(reference), "details recalled" if reference.is_recalled else "")
        for reference in cite(sources)
    )
    return CardTable(caption="Papers, labels and data sets", head=("Key", "Reference", "Note"), rows=rows)
