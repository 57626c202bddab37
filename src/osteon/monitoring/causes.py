"""Why a follow-up falls short: every cause predicts the data in its own way, and the data weigh the causes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from osteon.densitometry import Sex
from osteon.evidence import find_fact, select_facts
from osteon.inference import Marker
from osteon.monitoring.data import chance_above_line, predict_block, weigh_block
from osteon.monitoring.timeline import Omission, list_undocumented, simulate_history
from osteon.population import address_stream
from osteon.therapy import Drug, Route
from osteon.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from osteon.densitometry import Site
    from osteon.inference import Patient, PatientBank
    from osteon.monitoring.data import Block, Prediction
    from osteon.monitoring.timeline import Timeline
    from osteon.population import Executor

__all__ = ["Cause", "CauseName", "CauseQuestion", "CauseRanking", "rank_causes"]

_TABLE = "monitoring_causes"
_PERCENT = 100
_SELF_INJECTED = frozenset({Drug.TERIPARATIDE, Drug.ABALOPARATIDE})


class CauseName(StrEnum):
    """What can stand behind a result that falls short."""

    TREATMENT_GAP = "treatment_gap"
    NOISE = "noise"
    ADHERENCE = "adherence"
    SCANNER_OR_REGION = "scanner_or_region"
    SECONDARY_CAUSE = "secondary_cause"
    CEILING = "ceiling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause with its probability before and after the data, from 0 to 1, and the cheapest check of it.

    The causes are taken to exclude one another, so the probabilities add up to 1. `log_evidence` is the logarithm of
    the probability (density) of all follow-up data under this cause.
    """

    name: CauseName
    prior: float
    weight: float
    log_evidence: float
    cheapest_check: str
    extraction: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseQuestion:
    """Everything the comparison of causes needs: who, what was taken when, and what was found.

    `onset_days` are the days from which something may have gone wrong: the start, and the visit before the newest.
    `has_gap` is whether a gap in the treatment as stated is known; `described` whether both scans of each site say
    by what and how they were made; `lines` are the BMD at the osteoporosis line, by site.
    """

    bank: PatientBank
    timeline: Timeline
    blocks: tuple[Block, ...]
    onset_days: tuple[int, ...]
    has_gap: bool
    described: bool
    lines: Mapping[Site | Marker, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseRanking:
    """The causes, the likeliest first, and the chance of being above the line now averaged over all of them.

    `chance_above` is by site, for sites with follow-up scans only; `all_sites` is for those sites together.
    """

    causes: tuple[Cause, ...]
    chance_above: Mapping[Site, float]
    all_sites: float | None


@dataclass(frozen=True, slots=True)
class _Account:
    """One way in which one cause may have acted, with its odds, its log evidence and what would then be true now.

    `chances` are those of each site being above the line, the last of all of them together.
    """

    name: CauseName
    odds: float
    log_evidence: float
    chances: np.ndarray


def rank_causes(question: CauseQuestion, executor: Executor | None = None) -> CauseRanking:
    """Rank the causes by their probability given the data, the likeliest first; none without data.

    Bayes' rule over causes that exclude one another: prior odds from the table `monitoring_causes` times the marginal
    likelihood of every follow-up scan and marker, averaged over the virtual patients that this patient could have
    been at the baseline.
    """
    if not question.blocks:
        return CauseRanking(causes=(), chance_above={}, all_sites=None)
    stated = simulate_history(question.bank, question.timeline, executor=executor)
    predictions = [predict_block(block, question.bank, stated) for block in question.blocks]
    accounts = [
        *_judge_stated(question, predictions),
        *_judge_adherence(question, executor),
        *_judge_offset(question, predictions),
        *_judge_disease(question, predictions),
    ]
    sites = [block.outcome for block in question.blocks if not isinstance(block.outcome, Marker)]
    chances = _average_chances(accounts)
    return CauseRanking(
        causes=_weigh(accounts),
        chance_above=dict(zip(sites, chances[:-1].tolist(), strict=True)),
        all_sites=float(chances[-1]) if sites else None,
    )


def _find_masses(accounts: list[_Account]) -> list[float]:
    highest = max(account.log_evidence for account in accounts)
    masses = [account.odds * math.exp(account.log_evidence - highest) for account in accounts]
    return [mass / sum(masses) for mass in masses]


def _average_chances(accounts: list[_Account]) -> np.ndarray:
    pairs = zip(_find_masses(accounts), accounts, strict=True)
    return np.asarray(sum(mass * account.chances for mass, account in pairs))


def _weigh(accounts: list[_Account]) -> tuple[Cause, ...]:
    masses, total = _find_masses(accounts), sum(account.odds for account in accounts)
    causes = []
    for name in dict.fromkeys(account.name for account in accounts):
        own = [
            (mass, account) for mass, account in zip(masses, accounts, strict=True) if account.name is name
        ]
        odds = sum(account.odds for _, account in own)
        evidence = np.logaddexp.reduce(
            [math.log(account.odds / odds) + account.log_evidence for _, account in own]
        )
        causes.append(_name_cause(name, odds / total, sum(mass for mass, _ in own), float(evidence)))
    return tuple(sorted(causes, key=lambda cause: -cause.weight))


def _name_cause(name: CauseName, prior: float, weight: float, log_evidence: float) -> Cause:
    check = find_fact(_TABLE, quantity="cheapest_check", cause=name.value)
    facts = select_facts(_TABLE, cause=name.value)
    return Cause(
        name=name,
        prior=prior,
        weight=weight,
        log_evidence=log_evidence,
        cheapest_check=str(check.value),
        extraction=str(check.extraction),
        sources=tuple(dict.fromkeys(fact.source for fact in facts)),
    )


def _read_share(cause: CauseName, about: str, quantity: str) -> float:
    return find_fact(_TABLE, quantity=quantity, cause=cause.value, about=about).number / _PERCENT


def _settle(
    name: CauseName,
    odds: float,
    question: CauseQuestion,
    predictions: list[Prediction],
    *,
    extra: list[np.ndarray] | None = None,
    among: np.ndarray | None = None,
) -> _Account:
    """Weigh one account of the data, over all virtual patients or those `among` them (N,)."""
    added = extra or [np.zeros(len(block.values)) for block in question.blocks]
    triples = list(zip(question.blocks, predictions, added, strict=True))
    log_weights = np.sum([weigh_block(block, predicted, sd) for block, predicted, sd in triples], axis=0)
    kept = np.ones(len(log_weights), dtype=bool) if among is None else among
    highest = float(log_weights[kept].max())
    weight = np.where(kept, np.exp(log_weights - highest), 0)
    above = [
        chance_above_line(block, predicted, sd, question.lines[block.outcome])
        for block, predicted, sd in triples
        if not isinstance(block.outcome, Marker)
    ]
    everywhere = np.prod(above, axis=0) if above else np.zeros(len(weight))
    return _Account(
        name=name,
        odds=odds,
        log_evidence=highest + math.log(float(weight[kept].mean())),
        chances=np.array([(weight * row).sum() / weight.sum() for row in (*above, everywhere)]),
    )


def _judge_stated(question: CauseQuestion, predictions: list[Prediction]) -> Iterator[_Account]:
    """Weigh the course as stated: ordinary responders and noise, or the fifth that responds least.

    With a gap in treatment the gap is the course as stated, and nobody is called a poor responder for it.
    """
    if question.has_gap:
        yield _settle(CauseName.TREATMENT_GAP, 1.0, question, predictions)
        return
    share = _read_share(CauseName.CEILING, "any", "share_of_responders")
    response = _measure_response(question.blocks, predictions)
    least = response <= np.quantile(response, share)
    yield _settle(CauseName.NOISE, 1 - share, question, predictions, among=~least)
    yield _settle(CauseName.CEILING, share, question, predictions, among=least)


def _measure_response(blocks: tuple[Block, ...], predictions: list[Prediction]) -> np.ndarray:
    """Return how much each virtual patient responds by the newest data (N,): gain of BMD, else move of markers."""
    pairs = list(zip(blocks, predictions, strict=True))
    gains = [predicted.slope[-1] for block, predicted in pairs if not isinstance(block.outcome, Marker)]
    if gains:
        return np.asarray(np.mean(gains, axis=0))
    moves = [predicted.mean[-1] - block.level_mean for block, predicted in pairs]
    return np.asarray(np.mean([move * np.sign(move.mean()) for move in moves], axis=0))


def _judge_adherence(question: CauseQuestion, executor: Executor | None) -> Iterator[_Account]:
    """Weigh histories in which few or no doses were taken, from the start or since the visit before."""
    handling = _find_handling(question.timeline)
    days = [day for day in question.onset_days if _has_doses_after(question.timeline, day)]
    if handling is None or not days:
        return
    nothing = _read_share(CauseName.ADHERENCE, handling, "share_taking_almost_nothing")
    part = _read_share(CauseName.ADHERENCE, handling, "share_taking_part")
    for kind, share in (("almost_nothing", nothing), ("part", part)):
        taken = _read_share(CauseName.ADHERENCE, kind, "share_of_doses_taken")
        for day in days:
            course = simulate_history(
                question.bank, question.timeline, Omission(from_day=day, share=taken), executor
            )
            predictions = [predict_block(block, question.bank, course) for block in question.blocks]
            odds = share / (1 - nothing - part) / len(days)
            yield _settle(CauseName.ADHERENCE, odds, question, predictions)


def _find_handling(timeline: Timeline) -> str | None:
    """Say who handles the doses that could have been left out: the last such course decides."""
    open_courses = list_undocumented(timeline)
    if not open_courses:
        return None
    last = max(open_courses, key=lambda course: course.stop_day)
    if last.route is Route.ORAL:
        return "oral"
    return "self_injected" if last.drug in _SELF_INJECTED else "clinic"


def _has_doses_after(timeline: Timeline, day: int) -> bool:
    return any(course.stop_day > day for course in list_undocumented(timeline))


def _judge_offset(question: CauseQuestion, predictions: list[Prediction]) -> Iterator[_Account]:
    """Weigh an offset of the newest scans, apart at each site: another position, region, vertebra or scanner."""
    if all(isinstance(block.outcome, Marker) for block in question.blocks):
        return
    share = _read_share(
        CauseName.SCANNER_OR_REGION, "described" if question.described else "undescribed", "share_present"
    )
    extra = [_spread_offset(block) for block in question.blocks]
    yield _settle(CauseName.SCANNER_OR_REGION, share / (1 - share), question, predictions, extra=extra)


def _spread_offset(block: Block) -> np.ndarray:
    if isinstance(block.outcome, Marker):
        return np.zeros(len(block.values))
    share = _read_share(CauseName.SCANNER_OR_REGION, block.outcome.value, "offset")
    return np.asarray(share * block.values * block.newest)


def _judge_disease(question: CauseQuestion, predictions: list[Prediction]) -> Iterator[_Account]:
    """Weigh bone loss on top of the course as stated, with the turnover that drives it."""
    about = _describe_disease(question.bank.patient)
    share = _read_share(CauseName.SECONDARY_CAUSE, about, "share_present")
    loss, rise = _draw_disease(question.bank)
    for onset in question.onset_days:
        changed = [
            _add_disease(block, predicted, onset, loss, rise)
            for block, predicted in zip(question.blocks, predictions, strict=True)
        ]
        odds = share / (1 - share) / len(question.onset_days)
        yield _settle(CauseName.SECONDARY_CAUSE, odds, question, changed)


def _describe_disease(patient: Patient) -> str:
    context = patient.context
    if context.glucocorticoids or context.vitamin_d_deficiency or context.metabolic_bone_disease:
        return "stated"
    return "male" if patient.person.sex is Sex.MALE else "female"


def _draw_disease(bank: PatientBank) -> tuple[np.ndarray, np.ndarray]:
    """Draw for each virtual patient the extra loss per year (share of BMD) and the rise of markers (log scale)."""
    rate = find_fact(_TABLE, quantity="extra_loss_per_year", cause=CauseName.SECONDARY_CAUSE.value)
    ratio = find_fact(_TABLE, quantity="marker_ratio", cause=CauseName.SECONDARY_CAUSE.value)
    stream = address_stream(bank.settings.seed, bank.patient.patient_id, "secondary cause")
    count = len(bank.virtual.keys)
    loss = stream.exponential(rate.number / _PERCENT, count)
    rise = math.log(ratio.number) + (ratio.spread or 0) * stream.standard_normal(count)
    return loss, rise


def _add_disease(
    block: Block, predicted: Prediction, onset: int, loss: np.ndarray, rise: np.ndarray
) -> Prediction:
    days = np.maximum(np.array(block.days) - onset, 0)[:, None]
    if isinstance(block.outcome, Marker):
        return type(predicted)(mean=predicted.mean + rise * (days > 0), slope=predicted.slope)
    begun = np.maximum(block.first_day - onset, 0)
    left = np.exp(-loss * (days - begun) / DAYS_PER_YEAR)
    return type(predicted)(mean=predicted.mean * left, slope=predicted.slope * left)
