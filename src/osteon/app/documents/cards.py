"""The JSON of `model-card`: what the page says, and the accuracy it was made from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from pydantic import JsonValue

from osteon.app.accuracy import Accuracy
from osteon.app.documents.shapes import Document, Shape, SourceShape, shape_sources

if TYPE_CHECKING:
    from osteon.app.cards import ModelCardAnswer
    from osteon.report import CardMetric, CardSection


class CardTableShape(Shape):
    """A table: each row has one word for each column of the head."""

    caption: str
    head: list[str]
    rows: list[list[str]]


class CardSectionShape(Shape):
    """A section: paragraphs, points, tables."""

    key: str
    part: str
    heading: str
    paragraphs: list[str]
    points: list[str]
    tables: list[CardTableShape]


class CardResultShape(Shape):
    """One labeled result."""

    label: str
    value: dict[str, JsonValue]


class CardMetricShape(Shape):
    """A kind of metric: usefulness, fairness or safety."""

    kind: str
    goal: str
    interpretation: str
    test_type: str
    data: str
    process: str
    results: list[CardResultShape]


class ModelCardDocument(Document):
    """The model card; `accuracy` can be given to `osteon model-card --accuracy` for another format."""

    format: Literal["osteon-model-card/1"] = "osteon-model-card/1"
    title: str
    stamp: dict[str, str]
    sections: list[CardSectionShape]
    metrics: list[CardMetricShape]
    accuracy: Accuracy
    sources: list[SourceShape]


def write_model_card(answer: ModelCardAnswer) -> ModelCardDocument:
    """Write a model card."""
    return ModelCardDocument(
        title=answer.card.title,
        stamp=dict(answer.card.stamp),
        sections=[_shape_section(section) for section in answer.card.sections],
        metrics=[_shape_metric(metric) for metric in answer.card.metrics],
        accuracy=answer.accuracy,
        sources=shape_sources(answer.sources),
    )


def _shape_section(section: CardSection) -> CardSectionShape:
    return CardSectionShape(
        key=section.key,
        part=section.part,
        heading=section.heading,
        paragraphs=list(section.paragraphs),
        points=list(section.points),
        tables=[
            CardTableShape(
                caption=table.caption, head=list(table.head), rows=[list(row) for row in table.rows]
            )
            for table in section.tables
        ],
    )


def _shape_metric(metric: CardMetric) -> CardMetricShape:
    return CardMetricShape(
        kind=metric.kind,
        goal=metric.goal,
        interpretation=metric.interpretation,
        test_type=metric.test_type,
        data=metric.data,
        process=metric.process,
        results=[CardResultShape(label=label, value=json.loads(value)) for label, value in metric.results],
    )
