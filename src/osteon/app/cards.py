"""The use case `model-card`: what osteon is for, how near it is to the trials, and what it cannot do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from osteon import __version__
from osteon.app.accuracy import AGE_SPAN, MONTH_SPAN, find_accuracy
from osteon.app.card_tables import make_tables, name_goal
from osteon.app.wording import NOTICE, label_site
from osteon.evidence import evidence_hash, hash_fit_evidence, list_tables, load_facts, load_references
from osteon.remodeling import ParameterSet, load_parameter_set
from osteon.report import build_card, render_card_html, render_card_xml
from osteon.therapy import list_drugs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from osteon.app.accuracy import Accuracy, Goal, GroupScore
    from osteon.report import ModelCard

__all__ = ["ModelCardAnswer", "describe_model", "make_card", "write_card_html", "write_card_xml"]

_TITLE: Final = "osteon, a simulation of bone under sequences of osteoporosis drugs"
_KEYWORDS: Final = (
    "osteoporosis",
    "bone mineral density",
    "T-score",
    "DXA",
    "treat to target",
    "sequential therapy",
    "quantitative systems pharmacology",
)
_UNKNOWN: Final = ("unknown", "unknown")
_SUBGROUPS: Final = ("age", "baseline hip", "earlier therapy")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCardAnswer:
    """The card, the accuracy it was made from, and the bib keys of the parameter set."""

    card: ModelCard
    accuracy: Accuracy
    created: str
    sources: tuple[str, ...]


def describe_model(
    accuracy: Path | None = None, *, progress: Callable[[int, int], None] | None = None
) -> ModelCardAnswer:
    """Make the model card of the current parameter set.

    ``accuracy`` is the JSON of a card or of an accuracy made earlier. Without it the accuracy is taken from the
    user's cache or measured, which takes minutes. Raises `card.unreadable` or `card.stale`.
    """
    return make_card(find_accuracy(accuracy, progress=progress))


def make_card(accuracy: Accuracy) -> ModelCardAnswer:
    """Set an accuracy of the current parameter set into a card."""
    parameters = load_parameter_set()
    card = build_card(
        title=_TITLE,
        notice=NOTICE,
        stamp=_list_stamp(parameters),
        facts=_list_facts(parameters, accuracy),
        tables=make_tables(accuracy, parameters.sources),
        results=_list_results(accuracy),
    )
    return ModelCardAnswer(
        card=card, accuracy=accuracy, created=parameters.created, sources=tuple(parameters.sources)
    )


def write_card_html(answer: ModelCardAnswer) -> str:
    """Write a card as one HTML page."""
    return render_card_html(answer.card)


def write_card_xml(answer: ModelCardAnswer) -> str:
    """Write a card as XML, the CHAI applied model card v0.2."""
    return render_card_xml(answer.card, version=__version__, release_date=answer.created, keywords=_KEYWORDS)


def _list_stamp(parameters: ParameterSet) -> tuple[tuple[str, str], ...]:
    return (
        ("Version", __version__),
        ("Parameter set", parameters.name),
        ("Created", parameters.created),
        ("Evidence, SHA-256", evidence_hash()),
        ("License", "Apache-2.0"),
        ("Contact", "the osteon project"),
    )


def _list_facts(parameters: ParameterSet, accuracy: Accuracy) -> dict[str, str]:
    return _describe_parameters(parameters) | _describe_evidence(parameters) | _describe_accuracy(accuracy)


def _describe_parameters(parameters: ParameterSet) -> dict[str, str]:
    drugs = [str(drug) for drug in list_drugs()]
    return {
        "version": __version__,
        "parameter_set": parameters.name,
        "created": parameters.created,
        "objective": f"{parameters.fit['objective'][-1]:.1f}",
        "fitted": str(len(parameters.fitted)),
        "values": str(len(parameters.values)),
        "observations": str(parameters.fit["observations"]),
        "studies": str(len(parameters.fit["studies"])),
        "drugs": f"{', '.join(drugs[:-1])} and {drugs[-1]}",
    }


def _describe_evidence(parameters: ParameterSet) -> dict[str, str]:
    current = evidence_hash()
    same = parameters.evidence_hash == hash_fit_evidence()
    return {
        "facts": f"{sum(len(load_facts(table)) for table in list_tables())}",
        "tables": str(len(list_tables())),
        "references": str(len(load_references())),
        "evidence_hash": current,
        "fitted_to": "this state" if same else f"an earlier state, {parameters.evidence_hash}",
    }


def _describe_accuracy(accuracy: Accuracy) -> dict[str, str]:
    met = [goal for goal in accuracy.goals if goal.met]
    spans = {span.quantity: (f"{span.low:g}", f"{span.high:g}") for span in accuracy.spans}
    age_low, age_high = spans.get(AGE_SPAN, _UNKNOWN)
    return {
        "misfit_count": str(accuracy.misfit_count),
        "number_count": str(accuracy.number_count),
        "validated_studies": str(accuracy.studies),
        "claims": str(accuracy.claims),
        "claims_seen": str(accuracy.claims_seen),
        "goals": str(len(accuracy.goals)),
        "goals_met": str(len(met)),
        "goals_unmet_text": _say_unmet([goal for goal in accuracy.goals if not goal.met]),
        "age_low": age_low,
        "age_high": age_high,
        "month_high": spans.get(MONTH_SPAN, _UNKNOWN)[1],
    }


def _say_unmet(goals: Sequence[Goal]) -> str:
    if not goals:
        return "Every target that was set is met."
    names = "; ".join(f"{name_goal(goal)} ({goal.basis})" for goal in goals)
    return (
        f"By its own targets adequacy is not shown for: {names}. An answer that leans on one of these deserves "
        "less trust."
    )


def _list_results(accuracy: Accuracy) -> Mapping[str, Sequence[tuple[str, str]]]:
    overall = [score for score in accuracy.scores if score.grouping == "all"]
    groups = [score for score in accuracy.scores if score.grouping in _SUBGROUPS]
    outside = {"numbers": accuracy.number_count, "outside_two_sd": accuracy.misfit_count}
    return {
        "usefulness": [_write_result("", score, ("n", "rmse", "mean_error")) for score in overall],
        "fairness": [
            _write_result(f"{score.group}, ", score, ("n", "rmse", "mean_error")) for score in groups
        ],
        "safety": [
            *(_write_result("", score, ("n", "inside_50", "inside_90")) for score in overall),
            ("Numbers more than two stated SDs from the simulation", json.dumps(outside)),
        ],
    }


def _write_result(prefix: str, score: GroupScore, names: Sequence[str]) -> tuple[str, str]:
    label = f"{prefix}{label_site(score.outcome)}, {score.basis}"
    return label, json.dumps({name: getattr(score, name) for name in names})
