"""Virtual patients run through one patient's past, beside what was measured of the patient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from osteon.inference.posterior_markers import read_turnover
from osteon.population import (
    DEPARTURES,
    VirtualPatients,
    address_stream,
    join_virtual_patients,
    make_virtual_patients,
    simulate_timetable,
)
from osteon.remodeling import Outcomes
from osteon.therapy import draw_course_stop_days, list_dose_courses
from osteon.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from osteon.inference.past import Past
    from osteon.inference.posterior_markers import MarkerEvidence
    from osteon.inference.posterior_proposal import Proposal
    from osteon.inference.posterior_scans import SiteEvidence
    from osteon.remodeling import Covariates, Lane, ParameterSet, Timetable
    from osteon.therapy import Sequence as Therapy

__all__ = [
    "Cloud",
    "Question",
    "count_dimensions",
    "find_stop_months",
    "find_typical",
    "join_clouds",
    "read_at",
    "respond",
    "simulate_cloud",
]

_LEAST = 10.0**-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """One patient's past and data: ``table`` is the past, ``before`` its months.

    ``lines`` (draws, fitted) are the parameter draws, ``count`` the virtual patients that the bank is to hold.
    """

    patient_id: str
    person: Covariates
    parameters: ParameterSet
    lines: NDArray[np.float64]
    count: int
    seed: int
    past: Past
    table: Timetable
    before: int
    sites: tuple[SiteEvidence, ...]
    markers: tuple[MarkerEvidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cloud:
    """Virtual patients (N) and what each would have been measured as.

    ``normals`` (N, D) made them. ``site_courses`` holds per site the BMD at each scan relative to the start
    (K, N), ``marker_courses`` per marker the log of each expected result (K, N). Moments (sites, N) are of the BMD
    at the forecast, ``first_mean`` of that at the first scan.
    """

    virtual: VirtualPatients
    normals: NDArray[np.float64]
    pauses: NDArray[np.float64] | None
    log_likelihood: NDArray[np.float64]
    site_courses: tuple[NDArray[np.float64], ...]
    marker_courses: tuple[NDArray[np.float64], ...]
    start_mean: NDArray[np.float64]
    start_sd: NDArray[np.float64]
    first_mean: NDArray[np.float64]


def simulate_cloud(question: Question, proposal: Proposal, number: int) -> Cloud:
    """Draw round ``number`` of virtual patients from a proposal, run them through the past and weigh them."""
    own = "" if number == 0 else f" round {number}"
    stream = address_stream(question.seed, question.patient_id, f"between_subject_variability{own}")
    normals = proposal.draw(stream)
    count = len(normals)
    doses = address_stream(question.seed, question.patient_id, f"doses{own}")
    virtual = make_virtual_patients(
        question.parameters,
        question.person,
        lines=question.lines,
        draw=np.repeat(np.arange(len(question.lines)), count // len(question.lines)),
        normals=normals[:, : len(DEPARTURES)],
        keys=doses.integers(0, 2**32, count, dtype=np.uint32),
    )
    pauses = _place_pauses(question, normals[:, len(DEPARTURES) :])
    outcomes = np.ones((1, len(Outcomes._fields), count))
    if question.before:
        outcomes = simulate_timetable(virtual, question.table, pause_months=pauses)
    return _compare(question, virtual, normals, pauses, outcomes)


def count_dimensions(past: Past) -> int:
    """Return how many standard normal numbers make one virtual patient with that past.

    Beside the departures there is one for each regimen of a history whose end is uncertain; dated injections were
    given, whatever the history says of persistence.
    """
    history = past.sequence
    if history is None or past.injections or all(one.persistence is None for one in history.regimens):
        return len(DEPARTURES)
    return len(DEPARTURES) + len(history.regimens)


def _place_pauses(question: Question, normals: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return from when until when (2, N) each took nothing more of the history."""
    history = question.past.sequence
    if history is None or not normals.shape[1]:
        return None
    # scipy takes a moment to import, and only this needs it.
    from scipy.special import ndtr

    stops = find_stop_months(history, np.clip(ndtr(normals), _LEAST, 1))
    return np.stack([question.before - question.past.months + stops, np.full(len(stops), question.before)])


def find_stop_months(sequence: Therapy, uniforms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the month at which each stops taking anything of a sequence, infinite for who does not.

    ``uniforms`` (N, regimens) lie above 0 and at most at 1.
    """
    days = draw_course_stop_days(sequence, uniforms)
    ends = np.array([course.stop_day for course in list_dose_courses(sequence)])
    return np.asarray(np.where(days < ends, days, np.inf).min(axis=1) / DAYS_PER_MONTH)


def read_at(course: NDArray[np.float64], months: NDArray[np.float64]) -> NDArray[np.float64]:
    """Read monthly values (months + 1, N) at ``months`` (K,), linear between; outside, at the nearer end."""
    placed = np.clip(months, 0, len(course) - 1)
    below = np.minimum(placed.astype(int), max(len(course) - 2, 0))
    above = np.minimum(below + 1, len(course) - 1)
    share = (placed - below)[:, None]
    return np.asarray((1 - share) * course[below] + share * course[above], dtype=float)


def respond(course: NDArray[np.float64], response: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return BMD relative to the start where the person's site responds more or less than the envelopes."""
    return np.asarray(1 + (course - 1) * response, dtype=float)


def _compare(
    question: Question,
    virtual: VirtualPatients,
    normals: NDArray[np.float64],
    pauses: NDArray[np.float64] | None,
    outcomes: NDArray[np.float64],
) -> Cloud:
    turnover = read_turnover(virtual, find_typical(question))
    likelihood, courses, marker_courses = np.zeros(len(normals)), [], []
    starts, firsts = [], []
    for site in question.sites:
        row = Outcomes._fields.index(site.site.site)
        months = question.before - np.array([scan.months_before for scan in site.scans])
        course = respond(outcomes[:, row], virtual.site_response[row])
        relative = read_at(course, months)
        weight, mean, sd = site.weigh(relative)
        since = course[-1] / relative[0]
        likelihood += weight
        courses.append(relative)
        starts.append((mean * since, sd * since))
        firsts.append(mean)
    for marker in question.markers:
        row = Outcomes._fields.index(marker.marker)
        relative = read_at(outcomes[:, row], question.before - marker.months_before)
        likelihood += marker.weigh(relative, turnover)
        marker_courses.append(marker.predict(relative, turnover))
    return Cloud(
        virtual=virtual,
        normals=normals,
        pauses=pauses,
        log_likelihood=likelihood,
        site_courses=tuple(courses),
        marker_courses=tuple(marker_courses),
        start_mean=np.array([mean for mean, _ in starts]),
        start_sd=np.array([sd for _, sd in starts]),
        first_mean=np.array(firsts),
    )


def find_typical(question: Question) -> Lane:
    """Return the typical person at the osteoporosis line, under each parameter draw."""
    draws = len(question.lines)
    return make_virtual_patients(
        replace(question.parameters, variability={}),
        replace(question.person, spine_bmd_ratio=1.0, hip_bmd_ratio=1.0),
        lines=question.lines,
        draw=np.arange(draws),
        normals=np.zeros((draws, len(DEPARTURES))),
        keys=np.zeros(draws, dtype=np.uint32),
    ).lane


def join_clouds(clouds: Sequence[Cloud]) -> Cloud:
    """Return several clouds of one question as one, in their order."""
    columns = ("log_likelihood", "start_mean", "start_sd", "first_mean")
    joined = {name: np.concatenate([getattr(one, name) for one in clouds], axis=-1) for name in columns}
    pauses = [one.pauses for one in clouds if one.pauses is not None]
    return Cloud(
        virtual=join_virtual_patients([one.virtual for one in clouds]),
        normals=np.concatenate([one.normals for one in clouds]),
        pauses=np.concatenate(pauses, axis=1) if pauses else None,
        site_courses=_join_rows([one.site_courses for one in clouds]),
        marker_courses=_join_rows([one.marker_courses for one in clouds]),
        **joined,
    )


def _join_rows(rows: Sequence[tuple[NDArray[np.float64], ...]]) -> tuple[NDArray[np.float64], ...]:
    return tuple(np.concatenate(parts, axis=1) for parts in zip(*rows, strict=True))
