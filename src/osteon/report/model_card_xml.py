"""The model card as XML: the CHAI applied model card, schema v0.2."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final

from osteon.report.model_card import CardMetric, ModelCard

__all__ = ["CHAI_NAMESPACE", "render_card_xml"]

CHAI_NAMESPACE: Final = "https://mc.chai.org/v0.2/schema.xsd"
DEVELOPER: Final = "the osteon project"

Sections = Sequence[str]
Element = tuple[str, "str | Sequence[Element]"]

# What no XML 1.0 document may hold, escaped or not.
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

# Each element of the schema, in its order, and the sections of the card that answer it.
_GROUPS: Final[Mapping[str, Mapping[str, Sections]]] = {
    "UsesAndDirections": {
        "IntendedUseAndWorkflow": ("intended_use", "context_of_use"),
        "PrimaryIntendedUsers": ("users",),
        "HowToUse": ("how_to_use",),
        "TargetedPatientPopulation": ("population", "domain"),
        "CautionedOutOfScopeSettings": ("out_of_scope", "abstentions"),
    },
    "Warnings": {
        "KnownRisksAndLimitations": ("risks", "misfits", "model_risk"),
        "KnownBiasesOrEthicalConsiderations": ("biases",),
        "ClinicalRiskLevel": ("risk_level",),
    },
}
_SYSTEM: Final[Mapping[str, Sections]] = {
    "OutcomesAndOutputs": ("outputs", "question_of_interest"),
    "ModelType": ("model",),
    "InputDataSource": ("inputs",),
    "OutputAndInputDataTypes": ("outputs", "inputs"),
    "DevelopmentDataCharacterization": ("evidence",),
    "BiasMitigationApproaches": ("bias_mitigation",),
    "OngoingMaintenance": ("updates",),
    "Security": ("security",),
    "Transparency": ("transparency", "verification", "uncertainty", "applicability", "adequacy"),
}
_ORIGINS: Final[Mapping[str, Sections]] = {
    "FundingSource": ("funding",),
    "ThirdPartyInformation": ("third_parties",),
    "StakeholdersConsulted": ("stakeholders",),
}
_RESOURCES: Final[Mapping[str, Sections]] = {
    "EvaluationReferences": ("validation", "credibility_goals", "accuracy"),
    "PeerReviewedPublications": ("publications",),
    "PatientConsentOrDisclosure": ("consent",),
}
_METRICS: Final = {
    "usefulness": "UsefulnessUsabilityEfficacy",
    "fairness": "FairnessEquity",
    "safety": "SafetyReliability",
}


def render_card_xml(card: ModelCard, *, version: str, release_date: str, keywords: Sequence[str]) -> str:
    """Write the card as an XML document; sections are running text, tables are sentences."""
    body = _list_elements(card, version, release_date, keywords)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<AppliedModelCard xmlns="{CHAI_NAMESPACE}">',
        *(line for element in body for line in _write(element, "  ")),
        "</AppliedModelCard>",
    ]
    return "\n".join(lines) + "\n"


def _list_elements(
    card: ModelCard, version: str, release_date: str, keywords: Sequence[str]
) -> list[Element]:
    keyword_elements: list[Element] = [("Keyword", word) for word in keywords]
    basic: list[Element] = [
        ("ModelName", card.title),
        ("ModelDeveloper", DEVELOPER),
        ("DeveloperContact", f"{DEVELOPER}, by an issue in its repository"),
    ]
    release: list[Element] = [
        ("ReleaseStage", _say(card, ("stage",))),
        ("ReleaseDate", release_date),
        ("ReleaseVersion", version),
        ("GlobalAvailability", _say(card, ("availability", "release"))),
        ("RegulatoryApproval", _say(card, ("regulatory",))),
    ]
    summary: list[Element] = [
        ("Summary", f"{card.notice}\n{_say(card, ('summary',))}"),
        ("Keywords", keyword_elements),
    ]
    return [
        ("BasicInfo", basic),
        ("ReleaseInfo", release),
        ("ModelSummary", summary),
        *((name, _list_group(card, group)) for name, group in _GROUPS.items()),
        (
            "TrustIngredients",
            [
                ("AISystemFacts", _list_group(card, _SYSTEM)),
                ("TransparencyInformation", _list_group(card, _ORIGINS)),
            ],
        ),
        ("KeyMetrics", [_make_metric(metric) for metric in card.metrics]),
        ("Resources", _list_group(card, _RESOURCES)),
        ("Bibliography", _say(card, ("bibliography",))),
    ]


def _list_group(card: ModelCard, group: Mapping[str, Sections]) -> list[Element]:
    return [(name, _say(card, keys)) for name, keys in group.items()]


def _say(card: ModelCard, keys: Sections) -> str:
    return "\n".join(card.find_section(key).text for key in keys)


def _make_metric(metric: CardMetric) -> Element:
    results: list[Element] = [
        ("MetricResult", [("Label", label), ("ValueJson", value)]) for label, value in metric.results
    ]
    return (
        _METRICS[metric.kind],
        [
            ("MetricGoal", metric.goal),
            ("Results", results),
            ("Interpretation", metric.interpretation),
            ("TestType", metric.test_type),
            ("TestingDataDescription", metric.data),
            ("ValidationProcessAndJustification", metric.process),
        ],
    )


def _write(element: Element, indent: str) -> Iterator[str]:
    name, content = element
    if isinstance(content, str):
        yield f"{indent}<{name}>{escape(_FORBIDDEN.sub('', content), quote=False)}</{name}>"
        return
    yield f"{indent}<{name}>"
    for child in content:
        yield from _write(child, indent + "  ")
    yield f"{indent}</{name}>"
