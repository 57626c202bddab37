"""The use case `simulate_trial`: a design run chunk by chunk, wherever there are workers, and its report."""

from __future__ import annotations

import hashlib
import platform
import tempfile
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from osteon.cluster import (
    DaskExecutor,
    FinishedPart,
    PartTask,
    ProcessExecutor,
    RunFolder,
    open_run_folder,
    run_parts,
)
from osteon.errors import BadInputError
from osteon.interop import list_trial_designs, load_trial_design, read_trial_design
from osteon.population import ThreadExecutor
from osteon.trials import (
    ChunkSums,
    TrialChunk,
    TrialPlan,
    add_up_chunk,
    describe_design,
    hash_design,
    join_sums,
    list_chunks,
    plan_trial,
    report_trial,
    simulate_chunk,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from osteon.population import Executor
    from osteon.remodeling import ParameterSet
    from osteon.trials import TrialDesign, VirtualTrial

__all__ = [
    "MANIFEST_FORMAT",
    "TrialAnswer",
    "TrialList",
    "TrialRun",
    "find_design",
    "list_trials",
    "simulate_trial",
]

MANIFEST_FORMAT: Final = "osteon-trial-manifest/1"
_MOST_WORKERS: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRun:
    """How a trial was run: chunks and rows in all, chunks that an earlier run had finished, workers lost.

    ``content_hash`` is a digest of every row of every chunk: two runs of one ``run_hash`` have the same.
    """

    chunks: int
    rows: int
    found: int
    losses: tuple[str, ...]
    workers: str
    content_hash: str
    seconds: float
    folder: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialAnswer:
    """A virtual trial and how it was run."""

    trial: VirtualTrial
    run: TrialRun

    @property
    def sources(self) -> tuple[str, ...]:
        """The bib keys behind it, as `osteon.evidence.cite` reads them."""
        return self.trial.sources


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialList:
    """The designs that come with osteon, by the name they are called by."""

    designs: dict[str, TrialDesign]

    @property
    def sources(self) -> tuple[str, ...]:
        """The papers that the designs mirror."""
        return tuple(dict.fromkeys(fact.source for design in self.designs.values() for fact in design.facts))


def list_trials() -> TrialList:
    """List the designs that come with osteon.

    >>> "arch" in list_trials().designs
    True
    """
    return TrialList(designs={name: load_trial_design(name) for name in list_trial_designs()})


def find_design(name: str) -> TrialDesign:
    """Read a design from a file, or load the one of this name that comes with osteon."""
    path = Path(name)
    return read_trial_design(path) if path.suffix.lower() == ".toml" else load_trial_design(name)


def simulate_trial(
    design: TrialDesign,
    *,
    folder: Path | None = None,
    subjects: int | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    parameters: ParameterSet | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> TrialAnswer:
    """Run a virtual trial and report it.

    Runs on threads of this process, on a number of ``workers`` (processes), or on the Dask cluster at an address;
    the result is the same to the last bit. With a ``folder`` every chunk is kept there as Parquet, beside a
    manifest, and a run that was killed goes on from what it had finished. ``subjects`` replaces the design's
    number of randomized.

    Raises ``trial.``, ``cluster.`` and ``therapy.`` errors.
    """
    sized = design if subjects is None else replace(design, subjects=subjects)
    if cluster is not None and folder is None:
        raise BadInputError(
            code="trial.no_shared_folder",
            field="--out",
            got="nothing, with --cluster",
            expected="a folder that every worker sees at the same path",
            hint="Workers write their chunks there.",
        )
    losses: list[str] = []
    executor = _choose_executor(workers, cluster, losses.append)
    plan = plan_trial(sized, parameters)
    with tempfile.TemporaryDirectory() as scratch:
        place = open_run_folder(Path(scratch) if folder is None else folder, plan.run_hash)
        started = monotonic()
        manifest = _describe_plan(plan)
        place.write_manifest(manifest | {"finished": False})
        done, sums = _run_chunks(plan, place, executor, progress or _say_nothing)
        run = TrialRun(
            chunks=len(done),
            rows=sum(part.rows for part in done),
            found=sum(part.found for part in done),
            losses=tuple(losses),
            workers=_name_workers(workers, cluster),
            content_hash=_hash_parts(done),
            seconds=monotonic() - started,
            folder=folder,
        )
        place.write_manifest(manifest | _describe_run(plan, run, done))
    return TrialAnswer(trial=report_trial(plan, sums), run=run)


def _say_nothing(done: int, total: int) -> None:
    del done, total


def _choose_executor(workers: int | None, cluster: str | None, tell_loss: Callable[[str], None]) -> Executor:
    if cluster is not None:
        return DaskExecutor(address=cluster, tell_loss=tell_loss)
    if workers is None:
        return ThreadExecutor()
    if not 1 <= workers <= _MOST_WORKERS:
        raise BadInputError(
            code="trial.workers_out_of_range",
            field="--workers",
            got=str(workers),
            expected=f"1 to {_MOST_WORKERS}",
            hint="As many as there are cores; without it, the threads of one process are used.",
        )
    return (
        ThreadExecutor(threads=1) if workers == 1 else ProcessExecutor(workers=workers, tell_loss=tell_loss)
    )


def _name_workers(workers: int | None, cluster: str | None) -> str:
    if cluster is not None:
        return f"cluster {cluster}"
    if workers is None:
        return "one process"
    return "one process, one thread" if workers == 1 else f"{workers} processes"


def _run_chunks(
    plan: TrialPlan, folder: RunFolder, executor: Executor, progress: Callable[[int, int], None]
) -> tuple[list[FinishedPart[None]], tuple[ChunkSums, ...]]:
    """Run every chunk; keep what each says of itself, and the sums of each arm."""
    chunks = list(list_chunks(plan))
    tasks = (PartTask(name=chunk.name, work=chunk) for chunk in chunks)
    compute, summarize = partial(simulate_chunk, plan), partial(add_up_chunk, plan)
    done: list[FinishedPart[None]] = []
    arms: dict[int, ChunkSums] = {}
    progress(0, len(chunks))
    finished = run_parts(folder, tasks, compute, summarize, executor=executor)
    for chunk, part in zip(chunks, finished, strict=True):
        arms[chunk.arm] = join_sums([arms[chunk.arm], part.summary]) if chunk.arm in arms else part.summary
        kept = FinishedPart(
            name=part.name, rows=part.rows, content_hash=part.content_hash, found=part.found, summary=None
        )
        done.append(kept)
        progress(len(done), len(chunks))
    return done, tuple(arms[index] for index in range(len(plan.design.arms)))


def _hash_parts(done: Sequence[FinishedPart[None]]) -> str:
    lines = "".join(f"{part.name} {part.content_hash}\n" for part in done)
    return hashlib.sha256(lines.encode()).hexdigest()


def _describe_plan(plan: TrialPlan) -> dict[str, Any]:
    return {
        "format": MANIFEST_FORMAT,
        "finished": False,
        "design_hash": hash_design(plan.design),
        "parameter_set": plan.parameters.name,
        "evidence_hash": plan.evidence,
        "seed": plan.design.seed,
        "versions": dict(plan.versions),
        "design": describe_design(plan.design),
    }


def _describe_run(plan: TrialPlan, run: TrialRun, done: Sequence[FinishedPart[None]]) -> dict[str, Any]:
    return {
        "finished": True,
        "content_hash": run.content_hash,
        "rows": run.rows,
        "run": {
            "workers": run.workers,
            "seconds": round(run.seconds, 1),
            "chunks_found_finished": run.found,
            "workers_lost": len(run.losses),
            "python": platform.python_version(),
            "machine": platform.machine(),
        },
        "chunks": [
            _describe_chunk(plan, chunk, part) for chunk, part in zip(list_chunks(plan), done, strict=True)
        ],
    }


def _describe_chunk(plan: TrialPlan, chunk: TrialChunk, part: FinishedPart[None]) -> dict[str, Any]:
    return {
        "name": part.name,
        "arm": plan.design.arms[chunk.arm].name,
        "first_subject": chunk.first,
        "subjects": chunk.stop - chunk.first,
        "rows": part.rows,
        "content_hash": part.content_hash,
    }
