"""The use case `validate`: a user's own trial, published chances, or all the evidence, set beside the model."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from osteon.evidence import Role, hash_fit_evidence
from osteon.population import ThreadExecutor
from osteon.remodeling import load_parameter_set
from osteon.trials import (
    Basis,
    compare_with_peer,
    find_stored_left_out,
    judge_cells,
    judge_left_out,
    judge_reproduction,
    judge_spreads,
    list_left_out_studies,
    list_misfits,
    list_peers,
    list_published_cells,
    read_arm_table,
    read_cell_table,
    read_left_out,
    simulate_arm_table,
    simulate_cells,
    simulate_phenomena,
    validate_evidence,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from osteon.population import Executor
    from osteon.trials import (
        ArmTable,
        CellTable,
        Judgment,
        LeftOutRow,
        PeerScore,
        Phenomenon,
        ReproducedRow,
        Reproduction,
    )

__all__ = [
    "LeftOutTrials",
    "PeerComparison",
    "ValidatedEvidence",
    "validate",
    "validate_cells",
    "validate_table",
]

_STAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerComparison:
    """Every peer on the numbers of one role that it can answer, by outcome."""

    role: Role
    scores: tuple[PeerScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutTrials:
    """The answers kept of leaving one trial out: ``answered`` of all ``studies`` of the fit."""

    rows: tuple[LeftOutRow, ...]
    answered: tuple[str, ...]
    studies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidatedEvidence:
    """Every in-domain arm of the evidence, the fitted and the held-back apart, and the published chances.

    Beside them stand the peers on the same numbers, the trials left out one by one where they were kept, and the
    phenomena.
    """

    reproductions: tuple[Reproduction, ...]
    cells: CellTable
    peers: tuple[PeerComparison, ...] = ()
    phenomena: tuple[Phenomenon, ...] = ()
    left_out: LeftOutTrials | None = None
    evidence_hash: str = ""
    fitted_to: str = ""
    seconds: float = 0.0

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind it, as `osteon.evidence.cite` reads them."""
        keys = [key for one in self.reproductions for key in one.sources] + list(self.cells.sources)
        return tuple(dict.fromkeys(keys))

    @property
    def judgments(self) -> tuple[Judgment, ...]:
        """Every quantity that a reader asks for first, beside its target where there is one."""
        judged: list[Judgment] = []
        for one in self.reproductions:
            judged += judge_reproduction(one)
        judged += judge_left_out(self.left_out.rows) if self.left_out else ()
        judged += judge_cells(self.cells)
        for one in self.reproductions:
            basis = Basis.FITTED if one.role is Role.CALIBRATION else Basis.HELD_BACK
            judged += judge_spreads(one.spreads, basis)
        return tuple(judged)

    @property
    def misfits(self) -> tuple[ReproducedRow, ...]:
        """The numbers more than two stated SDs from the simulation, whatever their role, the worst first."""
        return list_misfits(row for one in self.reproductions for row in one.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _TellingExecutor:
    """Threads that tell how many arms of a stage are done."""

    tell: Callable[[float], None]

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        listed = list(items)
        for done, result in enumerate(ThreadExecutor().map(function, listed), start=1):
            self.tell(done / len(listed))
            yield result


def validate_table(path: Path) -> ArmTable:
    """Simulate the arms of a CSV file and set them beside what was seen.

    Raises `BadInputError` for a file that cannot be read; a row's own fault stays in its row.
    """
    return simulate_arm_table(read_arm_table(path))


def validate_cells(path: Path) -> CellTable:
    """Simulate the chances of a CSV file; raises as `validate_table` does."""
    return simulate_cells(read_cell_table(path))


def validate(
    *, left_out: Path | None = None, progress: Callable[[int, int], None] | None = None
) -> ValidatedEvidence:
    """Reproduce all the evidence in the domain, and set peers, chances and phenomena beside it.

    ``left_out`` is a folder in which `osteon.trials.leave_one_trial_out` kept its answers, the shipped one unless
    given; those of another parameter set or evidence release do not count.
    """
    started, parameters = monotonic(), load_parameter_set()
    stages = iter(_make_executors(progress or _say_nothing, count=4))
    fitted, held_back = (
        validate_evidence(role, parameters, executor=next(stages))
        for role in (Role.CALIBRATION, Role.VALIDATION)
    )
    phenomena = simulate_phenomena([*fitted.rows, *held_back.rows], parameters, executor=next(stages))
    cells = simulate_cells(list_published_cells(), parameters, executor=next(stages))
    return ValidatedEvidence(
        reproductions=(fitted, held_back),
        cells=cells,
        peers=_compare_with_peers((fitted, held_back)),
        phenomena=phenomena,
        left_out=_read_left_out(left_out or find_stored_left_out()),
        evidence_hash=hash_fit_evidence(),
        fitted_to=parameters.evidence_hash,
        seconds=monotonic() - started,
    )


def _make_executors(tell: Callable[[int, int], None], *, count: int) -> list[Executor]:
    def make(stage: int) -> Executor:
        return _TellingExecutor(tell=lambda share: tell(round(_STAGE * (stage + share)), _STAGE * count))

    return [make(stage) for stage in range(count)]


def _compare_with_peers(reproductions: Sequence[Reproduction]) -> tuple[PeerComparison, ...]:
    peers = list_peers()
    return tuple(
        PeerComparison(
            role=one.role,
            scores=tuple(score for peer in peers for score in compare_with_peer(one.rows, peer)),
        )
        for one in reproductions
    )


def _read_left_out(folder: Path) -> LeftOutTrials:
    rows = read_left_out(folder)
    return LeftOutTrials(
        rows=rows,
        answered=tuple(dict.fromkeys(row.study for row in rows)),
        studies=list_left_out_studies(),
    )


def _say_nothing(done: int, total: int) -> None:
    del done, total
