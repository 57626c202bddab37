"""A run that can be killed: each part is finished once, kept in a folder, and found there by the next run."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from osteon.cluster.parts import read_part, write_part
from osteon.errors import BadInputError, OsteonError
from osteon.population import Executor

__all__ = ["FinishedPart", "PartTask", "RunFolder", "open_run_folder", "run_parts"]

_MANIFEST = "manifest.json"
_PATIENCE_S = 10.0
_PAUSE_S = 0.1

Work = TypeVar("Work")
Summary = TypeVar("Summary")
Columns = Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTask(Generic[Work]):
    """One part still to be made, or found: its name and what it is made of."""

    name: str
    work: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedPart(Generic[Summary]):
    """One part in the folder: rows, content hash, what it adds up to, and whether an earlier run had left it."""

    name: str
    rows: int
    content_hash: str
    found: bool
    summary: Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolder:
    """Where a run keeps its parts and its manifest; ``run_hash`` is what all of it belongs to."""

    path: Path
    run_hash: str

    @property
    def parts(self) -> Path:
        """The folder of the parts."""
        return self.path / "parts"

    def clear_unfinished(self) -> None:
        """Remove what a killed worker or driver left half-written."""
        for left in self.parts.glob(".*.unfinished"):
            left.unlink(missing_ok=True)

    def write_manifest(self, manifest: Mapping[str, Any]) -> Path:
        """Write the manifest, whole or not at all."""
        target, unfinished = self.path / _MANIFEST, self.path / f".{_MANIFEST}.unfinished"
        unfinished.write_text(
            json.dumps(dict(manifest) | {"run_hash": self.run_hash}, indent=1) + "\n", encoding="utf-8"
        )
        unfinished.replace(target)
        return target


def open_run_folder(path: Path, run_hash: str) -> RunFolder:
    """Open a folder for a run, new or begun; what an interrupted write left behind is removed.

    Raises ``BadInputError``: ``cluster.other_run`` where the folder holds another run, ``cluster.not_writable``.
    """
    folder = RunFolder(path=path, run_hash=run_hash)
    try:
        folder.parts.mkdir(parents=True, exist_ok=True)
        _require_same_run(path / _MANIFEST, run_hash)
        folder.clear_unfinished()
    except OSError as problem:
        raise BadInputError(
            code="cluster.not_writable",
            field="--out",
            got=f"{path} ({problem.strerror or type(problem).__name__})",
            expected="a folder that can be written",
            hint="Check the path and its rights.",
        ) from problem
    return folder


def _require_same_run(manifest: Path, run_hash: str) -> None:
    try:
        found = json.loads(manifest.read_text(encoding="utf-8")).get("run_hash")
    except FileNotFoundError:
        return
    except ValueError:
        found = "a manifest that cannot be read"
    if found != run_hash:
        raise BadInputError(
            code="cluster.other_run",
            field="--out",
            got=f"{manifest.parent}, which holds run {str(found)[:12]}",
            expected=f"an empty folder, or one of run {run_hash[:12]}",
            hint="The design, the parameters, the evidence or the number of subjects differ. Choose another folder.",
        )


def run_parts(
    folder: RunFolder,
    tasks: Iterable[PartTask[Work]],
    compute: Callable[[Work], Columns],
    summarize: Callable[[Work, Columns], Summary],
    *,
    executor: Executor,
) -> Iterator[FinishedPart[Summary]]:
    """Finish every part, wherever the executor runs, and yield them in order.

    A part that is in the folder, whole and of this run, is read instead of made. ``compute`` must be a function
    of its work alone: a part made twice is the same part. Both functions travel to the workers, so they stand at
    the top of a module. Raises ``OsteonError`` (``cluster.folder_not_shared``) where a worker wrote what cannot be
    seen from here.
    """
    finish = partial(_finish_part, str(folder.parts), folder.run_hash, compute, summarize)
    for done in executor.map(finish, tasks):
        _require_seen(folder.parts / _name_file(done.name))
        yield done
    folder.clear_unfinished()


def _name_file(name: str) -> str:
    return f"{name}.parquet"


def _finish_part(
    parts: str,
    run_hash: str,
    compute: Callable[[Work], Columns],
    summarize: Callable[[Work, Columns], Summary],
    task: PartTask[Work],
) -> FinishedPart[Summary]:
    path, labels = Path(parts) / _name_file(task.name), {"run_hash": run_hash, "part": task.name}
    stored = read_part(path, labels)
    if stored is None:
        columns = compute(task.work)
        content_hash = write_part(path, columns, labels)
    else:
        columns, content_hash = stored
    return FinishedPart(
        name=task.name,
        rows=len(next(iter(columns.values()))),
        content_hash=content_hash,
        found=stored is not None,
        summary=summarize(task.work, columns),
    )


def _require_seen(path: Path) -> None:
    """Wait a little for a shared disk to show what another machine wrote."""
    waited = 0.0
    while not path.exists():
        if waited >= _PATIENCE_S:
            raise OsteonError(
                code="cluster.folder_not_shared",
                field="--out",
                got=f"no {path.name} in {path.parent}",
                expected="a folder that this machine and every worker see as one",
                hint="Use a disk that all workers share, at the same path.",
            )
        time.sleep(_PAUSE_S)
        waited += _PAUSE_S
