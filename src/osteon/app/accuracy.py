"""How near the model is to the published trials: measured once for a parameter set, kept, refused when stale."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from osteon import __version__
from osteon.app.validation import validate
from osteon.densitometry import Site, read_rules
from osteon.errors import BadInputError
from osteon.evidence import Role, evidence_hash
from osteon.remodeling import load_parameter_set
from osteon.therapy import list_drugs
from osteon.trials import Basis, score_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from osteon.app.validation import ValidatedEvidence
    from osteon.trials import ReproducedRow

__all__ = [
    "AGE_SPAN",
    "MONTH_SPAN",
    "Accuracy",
    "AccuracyStamp",
    "DrugCount",
    "Goal",
    "GroupScore",
    "Misfit",
    "PeerLine",
    "SpanOfEvidence",
    "find_accuracy",
    "measure_accuracy",
    "read_accuracy",
    "stamp_accuracy",
]

AGE_SPAN: Final = "mean age, years"
MONTH_SPAN: Final = "months after the start"
_COMPUTING: Final = ("densitometry", "inference", "population", "remodeling", "therapy", "trials", "units")
_DECIMALS: Final = 6
_MOST_MISFITS: Final = 12
_AGES: Final = ((65, "mean age below 65"), (75, "mean age 65 to 74"))
_OLDEST: Final = "mean age 75 and over"
_IN_TIME: Final = (
    *(name for _, name in _AGES),
    _OLDEST,
    "up to 12 months",
    "13 to 36 months",
    "later",
    "first drug",
    "after another drug",
)
_BASES: Final = {Role.CALIBRATION: Basis.FITTED, Role.VALIDATION: Basis.HELD_BACK}


def _trim(number: float) -> float:
    return round(number, _DECIMALS)


Number = Annotated[float, AfterValidator(_trim)]


class KeptShape(BaseModel):
    """Anything that is kept as JSON and read again: no unknown names, nothing infinite, nothing that changes."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        json_schema_serialization_defaults_required=True,
    )


class AccuracyStamp(KeptShape):
    """What the numbers belong to: another of any of these, and they are stale; hashes are SHA-256."""

    osteon_version: str
    parameter_set: str
    objective: Number
    evidence_hash: str
    code_hash: str


class GroupScore(KeptShape):
    """Errors of ``n`` published numbers of one group: percentage points for BMD, log units for markers."""

    basis: str
    grouping: str
    group: str
    outcome: str
    n: int
    rmse: Number
    mean_error: Number
    inside_50: Number
    inside_90: Number


class Goal(KeptShape):
    """A quantity beside the target that was fixed for it before the fit."""

    quantity: str
    basis: str
    outcome: str
    n: int
    value: Number
    low: Number | None
    high: Number | None
    unit: str
    met: bool


class Misfit(KeptShape):
    """A published number (percent change) more than two stated SDs from the simulation."""

    study: str
    arm: str
    phase: str
    outcome: str
    month: Number
    basis: str
    observed: Number
    simulated: Number
    deviation_sd: Number


class PeerLine(KeptShape):
    """The error of osteon and of a peer on the numbers that the peer can answer."""

    basis: str
    peer: str
    outcome: str
    n: int
    rmse: Number
    peer_rmse: Number
    ratio: Number


class SpanOfEvidence(KeptShape):
    """From where to where the arms with a published number reach."""

    quantity: str
    low: Number
    high: Number
    arms: int


class DrugCount(KeptShape):
    """How much is known of a drug: arms and numbers of the fit, and numbers held back."""

    drug: str
    fitted_arms: int
    fitted_numbers: int
    held_back_numbers: int


class Accuracy(KeptShape):
    """Everything of a validation that the model card says, and what it belongs to."""

    format: Literal["osteon-accuracy/1"] = "osteon-accuracy/1"
    stamp: AccuracyStamp
    scores: list[GroupScore]
    goals: list[Goal]
    misfit_count: int
    number_count: int
    misfits: list[Misfit]
    peers: list[PeerLine]
    spans: list[SpanOfEvidence]
    drugs: list[DrugCount]
    outside_domain: int
    studies: int
    claims: int
    claims_seen: int


def stamp_accuracy() -> AccuracyStamp:
    """Stamp what would be measured now."""
    parameters = load_parameter_set()
    return AccuracyStamp(
        osteon_version=__version__,
        parameter_set=parameters.name,
        objective=float(parameters.fit["objective"][-1]),
        evidence_hash=evidence_hash(),
        code_hash=_hash_code(),
    )


@cache
def _hash_code() -> str:
    """Return the SHA-256 of every module that the numbers pass through: a version may cover many states of it."""
    package = Path(__file__).parents[1]
    paths = [path for room in _COMPUTING for path in (package / room).rglob("*.py")]
    digest = sha256()
    for path in [*sorted(paths), Path(__file__)]:
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def measure_accuracy(found: ValidatedEvidence) -> Accuracy:
    """Reduce a validation to what the card says."""
    by_basis = {_BASES[one.role]: one.rows for one in found.reproductions}
    rows = list(chain(*by_basis.values()))
    claims = [claim for one in found.phenomena for claim in one.claims]
    return Accuracy(
        stamp=stamp_accuracy(),
        scores=[score for basis, own in by_basis.items() for score in _score_groups(basis, own)],
        goals=list(_list_goals(found)),
        misfit_count=len(found.misfits),
        number_count=len(rows),
        misfits=[_write_misfit(row) for row in found.misfits[:_MOST_MISFITS]],
        peers=list(_list_peers(found)),
        spans=list(_list_spans(rows)),
        drugs=[_count_drug(drug, by_basis) for drug in map(str, list_drugs())],
        outside_domain=sum(one.outside for one in found.reproductions),
        studies=len({row.arm.study for row in rows}),
        claims=len(claims),
        claims_seen=sum(claim.seen for claim in claims),
    )


_GROUPINGS: Final[dict[str, Callable[[ReproducedRow], str]]] = {
    "all": lambda _: "all",
    "drug": lambda row: row.phase,
    "duration": lambda row: row.duration,
    "earlier therapy": lambda row: row.prior,
    "age": lambda row: _name_age(row.arm.age_years),
    "baseline hip": lambda row: _name_baseline(row.arm.baseline_t_scores.get(Site.TOTAL_HIP)),
}


def _name_age(age_years: float | None) -> str:
    if age_years is None:
        return "mean age not published"
    return next((name for limit, name in _AGES if age_years < limit), _OLDEST)


def _name_baseline(t_score: float | None) -> str:
    if t_score is None:
        return "mean hip T-score not published"
    line = read_rules().osteoporosis_t_score
    return f"mean hip T-score {'at or below' if t_score <= line else 'above'} {line:g}"


def _rank_group(name: str) -> tuple[int, str]:
    """Put what has an order in time before what has none, and that in the order of the alphabet."""
    return (_IN_TIME.index(name) if name in _IN_TIME else len(_IN_TIME), name)


def _score_groups(basis: Basis, rows: Iterable[ReproducedRow]) -> Iterator[GroupScore]:
    kept = tuple(rows)
    for grouping, name_group in _GROUPINGS.items():
        groups: dict[str, list[ReproducedRow]] = defaultdict(list)
        for row in kept:
            groups[name_group(row)].append(row)
        for group in sorted(groups, key=_rank_group):
            for outcome, score in score_rows(groups[group]).items():
                yield GroupScore(
                    basis=basis.value,
                    grouping=grouping,
                    group=group,
                    outcome=outcome,
                    n=score.n,
                    rmse=score.rmse,
                    mean_error=score.mean_error,
                    inside_50=score.inside_50,
                    inside_90=score.inside_90,
                )


def _list_goals(found: ValidatedEvidence) -> Iterator[Goal]:
    for one in found.judgments:
        if one.met is not None:
            yield Goal(**{name: getattr(one, name) for name in Goal.model_fields})


def _write_misfit(row: ReproducedRow) -> Misfit:
    o = row.observation
    return Misfit(
        study=o.study,
        arm=o.arm if not o.comparator else f"{o.arm} less {o.comparator}",
        phase=row.phase,
        outcome=o.outcome,
        month=o.month,
        basis=_BASES[o.fact.role].value,
        observed=o.value,
        simulated=row.estimate.simulated,
        deviation_sd=row.deviation,
    )


def _list_peers(found: ValidatedEvidence) -> Iterator[PeerLine]:
    for comparison in found.peers:
        for score in comparison.scores:
            yield PeerLine(
                basis=_BASES[comparison.role].value,
                peer=score.peer,
                outcome=score.outcome,
                n=score.n,
                rmse=score.rmse,
                peer_rmse=score.peer_rmse,
                ratio=score.ratio,
            )


def _list_spans(rows: Iterable[ReproducedRow]) -> Iterator[SpanOfEvidence]:
    """List how far the arms reach: their means, and the months of their numbers."""
    kept = tuple(rows)
    arms = {(row.arm.study, row.arm.arm): row.arm for row in kept}.values()
    values: dict[str, list[float]] = {
        AGE_SPAN: [arm.age_years for arm in arms if arm.age_years],
        "mean years since menopause": [
            arm.years_since_menopause for arm in arms if arm.years_since_menopause is not None
        ],
    }
    for site in (Site.LUMBAR_SPINE, Site.TOTAL_HIP, Site.FEMORAL_NECK):
        name = f"mean T-score, {site.replace('_', ' ')}"
        values[name] = [arm.baseline_t_scores[site] for arm in arms if site in arm.baseline_t_scores]
    for name, known in values.items():
        if known:
            yield SpanOfEvidence(quantity=name, low=min(known), high=max(known), arms=len(known))
    months = [row.observation.month for row in kept]
    if months:
        yield SpanOfEvidence(quantity=MONTH_SPAN, low=min(months), high=max(months), arms=len(arms))


def _count_drug(drug: str, by_basis: dict[Basis, tuple[ReproducedRow, ...]]) -> DrugCount:
    own = {basis: [row for row in rows if drug in _list_taken(row)] for basis, rows in by_basis.items()}
    fitted = own.get(Basis.FITTED, [])
    return DrugCount(
        drug=drug,
        fitted_arms=len({(row.arm.study, row.arm.arm) for row in fitted}),
        fitted_numbers=len(fitted),
        held_back_numbers=len(own.get(Basis.HELD_BACK, [])),
    )


def _list_taken(row: ReproducedRow) -> set[str]:
    """Name every drug of the history and of the sequence of an arm."""
    sequences = (row.arm.history, row.arm.sequence)
    return {
        str(one.drug)
        for sequence in sequences
        if sequence
        for regimen in sequence.regimens
        for one in regimen.prescriptions
    }


def find_accuracy(
    path: Path | None = None, *, progress: Callable[[int, int], None] | None = None
) -> Accuracy:
    """Return the accuracy of the current parameter set on the current evidence.

    Read from ``path`` when it is given (raises as `read_accuracy`). Otherwise taken from the cache folder of the
    user (`OSTEON_CACHE`) if it was kept there for the same stamp, else measured, which takes minutes, and kept.
    """
    if path is not None:
        return read_accuracy(path)
    kept = _find_cache(stamp_accuracy())
    if kept.is_file():
        return read_accuracy(kept)
    measured = measure_accuracy(validate(progress=progress))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(measured.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return measured


def _find_cache(stamp: AccuracyStamp) -> Path:
    """Name the file by the stamp, so that nothing stale is ever found."""
    folder = os.environ.get("OSTEON_CACHE", str(Path.home() / ".cache" / "osteon"))
    digest = sha256(stamp.model_dump_json().encode()).hexdigest()[:16]
    return Path(folder) / f"accuracy-{digest}.json"


def read_accuracy(path: Path) -> Accuracy:
    """Read an accuracy that was stored, by itself or in the JSON of a model card.

    Raises `card.unreadable` for anything else, and `card.stale` when it belongs to another release, parameter
    set or state of the evidence.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        own = content.get("accuracy", content)
        accuracy = Accuracy.model_validate(own)
    except (OSError, ValueError, AttributeError, ValidationError) as problem:
        raise BadInputError(
            code="card.unreadable",
            field=path.name,
            got=type(problem).__name__,
            expected="the JSON of a model card",
            hint="Write one with: osteon model-card --format json --out card.json",
        ) from problem
    _require_current(path, accuracy.stamp)
    return accuracy


def _require_current(path: Path, stamp: AccuracyStamp) -> None:
    then, now = _list_marks(stamp), _list_marks(stamp_accuracy())
    if then != now:
        raise BadInputError(
            code="card.stale",
            field=path.name,
            got=", ".join(mark for mark in then if mark not in now),
            expected=", ".join(mark for mark in now if mark not in then),
            hint="The accuracy of another release says nothing of this one: leave --accuracy out to measure anew.",
        )


def _list_marks(stamp: AccuracyStamp) -> list[str]:
    """Name every part of a stamp, a hash by its first digits."""
    return [f"{name.replace('_', ' ')} {str(value)[:12]}" for name, value in stamp.model_dump().items()]
