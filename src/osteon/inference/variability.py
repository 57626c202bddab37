"""Between-subject variability, fitted to the published SDs of individual percent change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from osteon.evidence import find_fact, load_facts
from osteon.inference.arm_batch import describe_person
from osteon.inference.bank import lay_out_sequence
from osteon.inference.trial_arms import TrialArm, read_trial_arm
from osteon.population import draw_virtual_patients, simulate_timetable
from osteon.remodeling import Outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from osteon.evidence import Fact
    from osteon.remodeling import ParameterSet

__all__ = [
    "PublishedSpread",
    "fit_variability",
    "measure_trial_noise",
    "read_published_spreads",
    "read_variability_priors",
    "simulate_spreads",
]

_PERSONS = 512
_ROUNDS = 6
_NOISE = ("long_term_", "multicenter_")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSpread:
    """One published SD of individual percent change (%), in one arm at one site and month."""

    arm: TrialArm
    outcome: str
    month: int
    sd_percent: float
    recalled: bool


def read_published_spreads(opener: Callable[[str], Sequence[Fact]]) -> tuple[PublishedSpread, ...]:
    """Read the SDs that ``opener`` may see, of arms in the domain."""
    found = []
    for fact in opener("variability"):
        arm = read_trial_arm(fact.keys["study"], fact.keys["arm"])
        if fact.quantity == "sd_of_percent_change" and arm is not None:
            spread = PublishedSpread(
                arm=arm,
                outcome=fact.keys["outcome"],
                month=round(float(fact.keys["month"])),
                sd_percent=float(fact.value),
                recalled=fact.extraction == "recalled",
            )
            found.append(spread)
    return tuple(found)


def read_variability_priors() -> dict[str, tuple[float, float]]:
    """Return, by effect, the prior SD of the effect and the log-width of that prior."""
    facts = load_facts("variability_priors")
    medians = {f.keys["effect"]: float(f.value) for f in facts if f.quantity == "prior_sd"}
    widths = {f.keys["effect"]: float(f.value) for f in facts if f.quantity == "prior_width"}
    return {name: (medians[name], widths.get(name, 0.0)) for name in medians}


def simulate_spreads(
    parameters: ParameterSet, spreads: Sequence[PublishedSpread], variability: Mapping[str, float]
) -> np.ndarray:
    """Simulate each published SD (%): biology of ``_PERSONS`` subjects and two scans' noise."""
    return _read_spreads(parameters, spreads, variability, _simulate_arms(parameters, spreads, variability))


_Runs = dict[tuple[str, str], np.ndarray]


def _simulate_arms(
    parameters: ParameterSet, spreads: Sequence[PublishedSpread], variability: Mapping[str, float]
) -> _Runs:
    own = replace(parameters, variability=dict(variability))
    arms = {(s.arm.study, s.arm.arm): s.arm for s in spreads}
    last = {key: max(s.month for s in spreads if (s.arm.study, s.arm.arm) == key) for key in arms}
    return {key: _simulate_arm(own, arm, last[key]) for key, arm in arms.items()}


def _read_spreads(
    parameters: ParameterSet,
    spreads: Sequence[PublishedSpread],
    variability: Mapping[str, float],
    runs: _Runs,
) -> np.ndarray:
    own = replace(parameters, variability=dict(variability))
    return np.array([_read_spread(own, s, runs[s.arm.study, s.arm.arm]) for s in spreads])


def _simulate_arm(parameters: ParameterSet, arm: TrialArm, months: int) -> np.ndarray:
    person = describe_person(arm, parameters.values)
    subjects = draw_virtual_patients(
        replace(parameters, covariance=parameters.covariance * 0),
        person,
        draws=1,
        per_draw=_PERSONS,
        seed=1,
        patient="subjects",
    )
    table, before = lay_out_sequence(parameters, arm.sequence, arm.history, months)
    outcomes = simulate_timetable(subjects, table)[before:]
    change = outcomes[:, :3] / outcomes[0, :3] - 1
    return np.asarray(100 * change * subjects.site_response)


def _read_spread(parameters: ParameterSet, spread: PublishedSpread, change: np.ndarray) -> float:
    row = Outcomes._fields.index(spread.outcome)
    biology = float(change[spread.month, row].std())
    scan = measure_trial_noise(parameters, spread.outcome, spread.arm.study)
    return float(np.sqrt(biology**2 + 2 * scan**2))


def measure_trial_noise(parameters: ParameterSet, site: str, study: str = "") -> float:
    """Return the SD of one scan in a trial (% of BMD): precision, drift over years, and what many centers add.

    A trial counts as one of many centers unless the table ``variability_priors`` names it as one of a single center.
    """
    drift = 100 * parameters.variability[f"long_term_{site}"]
    centers = (
        0 if study in _list_single_centers() else 100 * parameters.variability.get(f"multicenter_{site}", 0)
    )
    return float(np.sqrt(drift**2 + centers**2 + find_precision_percent(site) ** 2))


@cache
def _list_single_centers() -> frozenset[str]:
    facts = load_facts("variability_priors")
    return frozenset(fact.keys["effect"] for fact in facts if fact.quantity == "single_center")


def find_precision_percent(site: str) -> float:
    """Return the literature's average precision error of a Hologic scanner, in percent of BMD."""
    if site == "total_hip":
        return float(find_fact("variability_priors", quantity="trial_precision", effect=site).value)
    fact = find_fact(
        "precision_limits", quantity="precision_error", basis="literature_average", maker="hologic", site=site
    )
    return float(fact.value)


def _read_weight(quantity: str) -> float:
    return find_fact("variability_priors", quantity=quantity, effect="").number


def fit_variability(
    parameters: ParameterSet, spreads: Sequence[PublishedSpread], priors: Mapping[str, tuple[float, float]]
) -> dict[str, float]:
    """Fit the log of each free SD by damped Gauss-Newton on log SDs, penalized by its prior."""
    names = [name for name, (_, width) in priors.items() if width > 0]
    center = np.log([priors[name][0] for name in names])
    width = np.array([priors[name][1] for name in names])
    target = np.log([s.sd_percent for s in spreads])
    log_sd, recalled = (_read_weight(name) for name in ("residual_log_sd", "recalled_factor"))
    weight = np.array([1 / (log_sd * (recalled if s.recalled else 1)) for s in spreads])

    def expand(line: np.ndarray) -> dict[str, float]:
        return {n: m for n, (m, _) in priors.items()} | dict(zip(names, np.exp(line).tolist(), strict=True))

    noise = np.array([name.startswith(_NOISE) for name in names])
    kept: dict[bytes, _Runs] = {}

    def residual(line: np.ndarray) -> np.ndarray:
        biology = line[~noise].tobytes()
        if biology not in kept:
            kept[biology] = _simulate_arms(parameters, spreads, expand(line))
        simulated = np.log(_read_spreads(parameters, spreads, expand(line), kept[biology]))
        return np.concatenate([(simulated - target) * weight, (line - center) / width])

    line = center.copy()
    for _ in range(_ROUNDS):
        now = residual(line)
        slope = np.array([(residual(line + step) - now) / 0.1 for step in np.eye(len(line)) * 0.1]).T
        change = np.linalg.solve(slope.T @ slope + np.eye(len(line)) / 10, -slope.T @ now)
        line = line + np.clip(change, -1 / 2, 1 / 2)
    return expand(line)
