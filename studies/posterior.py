"""Is the posterior of one patient calibrated, and what do scans and markers add? `python -m studies.posterior`.

Truths are drawn from the model's own prior and measured as a clinic would; the posterior is then asked for what it
cannot see. A calibrated posterior gives the truth a uniform rank, covers it as often as it says, and its chances
come true as often as they say. Finished chunks are kept in the output folder, so that a run can be taken up again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osteon.densitometry import read_rules
from osteon.inference import BankSettings, PatientBank, prepare_patient, simulate_sites
from osteon.remodeling import ParameterSet, load_parameter_set
from studies.scores import Coverage, count_inside, draw_curve, judge_calibration, judge_ranks, score_brier
from studies.simulated import SITES, Schedule, Truth, look_at, simulate_truth, slice_sequence

HORIZON = 36
FOLLOW_UPS = (0, 1, 2, 3, 4)
CHUNK = 25
SEED = 20261122
MARKER_MONTHS = (0, 3)
VALUE_MONTHS = {
    "baseline scan": 0,
    "and markers at 0 and 3 months": 3,
    "and a scan at 12 months": 12,
    "and both": 12,
}
_VALUE_SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One forecast beside its truth, by site: the ranks of the T-scores now, later, and of a later scan.

    ``chance`` is that all sites are above the line later, ``above`` whether they were.
    """

    group: str
    rank_now: tuple[float, ...]
    rank_later: tuple[float, ...]
    rank_scan: tuple[float, ...]
    sd_later: tuple[float, ...]
    miss_later: tuple[float, ...]
    chance: float
    above: bool
    effective_sample_size: float
    rounds: int


def main() -> None:
    """Run both parts, print a table and write the numbers as JSON."""
    options = _read_options()
    folder = Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    parameters = load_parameter_set()
    calibration = run_chunks(folder, "calibration", options.patients, parameters)
    value = run_chunks(folder, "value", options.value_patients, parameters)
    summary = {
        "parameter_set": parameters.name,
        "fingerprint": fingerprint(parameters),
        "patients": options.patients,
        "calibration": summarize(calibration),
        "value": [summarize_value(name, value) for name in VALUE_MONTHS],
    }
    (folder / "posterior.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    print_summary(summary)


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m studies.posterior", description=__doc__)
    parser.add_argument(
        "--patients", type=int, default=1000, help="simulated patients of the calibration part"
    )
    parser.add_argument("--value-patients", type=int, default=250, help="of the part on what data add")
    parser.add_argument("--out", default="out/studies/posterior", help="folder of chunks and of the result")
    return parser.parse_args()


def fingerprint(parameters: ParameterSet) -> str:
    """Return what a chunk depends on, so that a refit starts anew."""
    parts = (
        sorted(parameters.values.items()),
        sorted(parameters.variability.items()),
        parameters.covariance.tolist(),
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def run_chunks(folder: Path, part: str, count: int, parameters: ParameterSet) -> list[Outcome]:
    """Run one part chunk by chunk, reading those that a run before has finished."""
    found: list[Outcome] = []
    for start in range(0, count, CHUNK):
        stop = min(start + CHUNK, count)
        path = folder / f"{part}-{start:05d}-{stop:05d}-{fingerprint(parameters)}.json"
        if not path.exists():
            runs = {"calibration": run_calibration, "value": run_value}[part]
            outcomes = [asdict(one) for number in range(start, stop) for one in runs(number, parameters)]
            path.write_text(json.dumps(outcomes), encoding="utf-8")
            print(f"{part}: {stop} of {count}", flush=True)
        found += [Outcome(**one) for one in json.loads(path.read_text(encoding="utf-8"))]
    return found


def run_calibration(
    number: int, parameters: ParameterSet, settings: BankSettings | None = None
) -> list[Outcome]:
    """Forecast one simulated patient: follow-ups go round from 0 to 4, markers are there for every other five."""
    follow_ups, with_markers = FOLLOW_UPS[number % 5], bool(number // 5 % 2)
    month = 12 * follow_ups
    drawn = tuple(one for one in MARKER_MONTHS if one <= month) if with_markers else ()
    schedule = Schedule(scans=tuple(range(0, month + 1, 12)), markers=drawn, wander=follow_ups > 0)
    truth = simulate_truth(number, schedule, parameters, seed=SEED)
    bank = prepare_patient(look_at(truth, month), parameters=parameters, settings=settings)
    name = f"{follow_ups} follow-ups, {'markers' if with_markers else 'no markers'}"
    return [compare(name, truth, bank, month, month + HORIZON)]


def run_value(number: int, parameters: ParameterSet) -> list[Outcome]:
    """Forecast month 36 of one simulated patient from less and more of what was measured of her."""
    schedule = Schedule(scans=(0, 12), markers=MARKER_MONTHS)
    truth = simulate_truth(number, schedule, parameters, seed=SEED + _VALUE_SEED)
    drawn = {"baseline scan": (), "and a scan at 12 months": ()}
    outcomes = []
    for name, month in VALUE_MONTHS.items():
        patient = look_at(truth, month, markers=drawn.get(name))
        outcomes.append(compare(name, truth, prepare_patient(patient, parameters=parameters), month, HORIZON))
    return outcomes


def compare(group: str, truth: Truth, bank: PatientBank, month: int, later: int) -> Outcome:
    """Forecast the true T-scores of month ``later`` from ``month`` on, and set them beside the truth."""
    courses = simulate_sites(bank, slice_sequence(truth.plan, month, later), months=later - month)
    line = read_rules().osteoporosis_t_score
    own = np.random.default_rng((SEED, truth.number))
    scanned = truth.true_t[:, later] + truth.scan_sd * own.standard_normal(len(SITES))
    expected = courses.true_t[:, -1]
    posterior = bank.posterior
    return Outcome(
        group=group,
        rank_now=_rank(courses.true_t[:, 0], truth.true_t[:, month]),
        rank_later=_rank(expected, truth.true_t[:, later]),
        rank_scan=_rank(courses.measured_t[:, -1], scanned),
        sd_later=tuple(expected.std(axis=1).tolist()),
        miss_later=tuple((expected.mean(axis=1) - truth.true_t[:, later]).tolist()),
        chance=float((expected > line).all(axis=0).mean()),
        above=bool((truth.true_t[:, later] > line).all()),
        effective_sample_size=posterior.effective_sample_size if posterior else float(expected.shape[1]),
        rounds=posterior.rounds if posterior else 0,
    )


def _rank(drawn: NDArray[np.float64], true: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple((drawn < true[:, None]).mean(axis=1).tolist())


def summarize(outcomes: list[Outcome]) -> dict[str, Any]:
    """Summarize all forecasts, and those of each group."""
    groups = sorted({one.group for one in outcomes})
    return {
        "all": summarize_group(outcomes),
        "groups": {name: summarize_group([one for one in outcomes if one.group == name]) for name in groups},
    }


def summarize_group(outcomes: list[Outcome]) -> dict[str, Any]:
    """Return rank tests, coverage, Brier score and calibration of some forecasts."""
    chance = np.array([one.chance for one in outcomes])
    above = np.array([one.above for one in outcomes])
    size = np.array([one.effective_sample_size for one in outcomes])
    return {
        "count": len(outcomes),
        "ranks": {name: _summarize_ranks(outcomes, name) for name in ("rank_now", "rank_later", "rank_scan")},
        "brier": score_brier(chance, above),
        "brier_of_the_share": score_brier(np.full(len(above), above.mean()), above),
        "calibration_p": judge_calibration(chance, above),
        "curve": [asdict(point) for point in draw_curve(chance, above)],
        "effective_sample_size_median": float(np.median(size)),
        "effective_sample_size_least": float(size.min()),
        "refined_share": float(np.mean([one.rounds > 0 for one in outcomes])),
    }


def _summarize_ranks(outcomes: list[Outcome], name: str) -> dict[str, Any]:
    ranks = np.array([getattr(one, name) for one in outcomes])
    found: dict[str, Any] = {}
    for column, site in enumerate(SITES):
        covered: list[Coverage] = [count_inside(ranks[:, column], level) for level in (0.5, 0.9)]
        found[site.value] = {"p": judge_ranks(ranks[:, column]), "coverage": [asdict(one) for one in covered]}
    return found


def summarize_value(name: str, outcomes: list[Outcome]) -> dict[str, Any]:
    """Return how sharp and how right the forecasts of month 36 are with one set of data."""
    chosen = [one for one in outcomes if one.group == name]
    chance, above = np.array([one.chance for one in chosen]), np.array([one.above for one in chosen])
    miss, sd = np.array([one.miss_later for one in chosen]), np.array([one.sd_later for one in chosen])
    return {
        "data": name,
        "count": len(chosen),
        "brier": score_brier(chance, above),
        "root_mean_square_miss": dict(zip(SITES, np.sqrt((miss**2).mean(axis=0)).tolist(), strict=True)),
        "mean_sd": dict(zip(SITES, sd.mean(axis=0).tolist(), strict=True)),
    }


def print_summary(summary: dict[str, Any]) -> None:
    """Print the numbers that the documentation quotes."""
    print(
        f"parameter set {summary['parameter_set']} ({summary['fingerprint']}), {summary['patients']} patients"
    )
    _print_group("all", summary["calibration"]["all"])
    for name, group in summary["calibration"]["groups"].items():
        _print_group(name, group)
    print("calibration curve (forecast, observed, n):")
    for point in summary["calibration"]["all"]["curve"]:
        print(f"  {point['forecast']:.2f}  {point['observed']:.2f}  {point['count']}")
    for row in summary["value"]:
        spread = "  ".join(
            f"{site} miss {row['root_mean_square_miss'][site]:.3f} sd {row['mean_sd'][site]:.3f}"
            for site in SITES
        )
        print(f"{row['data']}: Brier {row['brier']:.3f}  {spread}  (n {row['count']})")


def _print_group(name: str, group: dict[str, Any]) -> None:
    parts = [
        f"{kind.removeprefix('rank_')} {site.split('_')[1]} p {one['p']:.3f} "
        + " ".join(f"{100 * cover['share']:.0f}" for cover in one["coverage"])
        for kind, sites in group["ranks"].items()
        for site, one in sites.items()
    ]
    print(
        f"{name} (n {group['count']}): {'; '.join(parts)}; Brier {group['brier']:.3f} "
        f"(share alone {group['brier_of_the_share']:.3f}), calibration p {group['calibration_p']:.3f}, "
        f"ESS median {group['effective_sample_size_median']:.0f} least {group['effective_sample_size_least']:.0f}, "
        f"refined {100 * group['refined_share']:.0f} %"
    )


if __name__ == "__main__":
    main()
