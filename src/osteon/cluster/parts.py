"""One part of a result as a Parquet file: written whole or not at all, and known by what it holds."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from osteon.errors import OsteonError

__all__ = ["hash_columns", "read_part", "write_part"]

_LABEL = "osteon."
_HASH = "content_hash"


def hash_columns(columns: Mapping[str, np.ndarray]) -> str:
    """Return the SHA-256 of named columns: names, kinds and every bit of every value.

    >>> one, other = (hash_columns({"month": np.arange(n)}) for n in (3, 3))
    >>> one == other, one == hash_columns({"month": np.arange(4)})
    (True, False)
    """
    digest = hashlib.sha256()
    for name in sorted(columns):
        column = np.ascontiguousarray(columns[name])
        words = column.dtype.kind == "U"
        # Words by their text: how wide an array keeps them is not part of what they say.
        content = "\x1f".join(column.tolist()).encode() if words else column.tobytes()
        digest.update(f"{name}\x1f{'text' if words else column.dtype.str}\x1f{len(column)}\x1f".encode())
        digest.update(content)
    return digest.hexdigest()


def write_part(path: Path, columns: Mapping[str, np.ndarray], labels: Mapping[str, str]) -> str:
    """Write columns as Parquet under a name of its own, then rename; return the content hash.

    ``labels`` and the hash are kept in the file's metadata. Raises ``OsteonError`` (``cluster.not_writable``).
    """
    content_hash = hash_columns(columns)
    table = pa.table({name: _make_array(column) for name, column in columns.items()})
    metadata = {_LABEL + name: value for name, value in {**labels, _HASH: content_hash}.items()}
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex}.unfinished")
    try:
        with unfinished.open("wb") as file:
            pq.write_table(table.replace_schema_metadata(metadata), file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as problem:
        unfinished.unlink(missing_ok=True)
        raise OsteonError(
            code="cluster.not_writable",
            field="run folder",
            got=f"{path.parent} ({problem.strerror or type(problem).__name__})",
            expected="a folder that every worker can write to",
            hint="Use a folder on a disk that all workers share.",
        ) from problem
    return content_hash


def _make_array(column: np.ndarray) -> pa.Array:
    return pa.array(column.tolist()).dictionary_encode() if column.dtype.kind == "U" else pa.array(column)


def read_part(path: Path, labels: Mapping[str, str]) -> tuple[dict[str, np.ndarray], str] | None:
    """Read a part back, with its content hash; None where there is none, it is torn, or it is another run's.

    A part is another run's where its labels are not these.
    """
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException):
        return None
    metadata = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    if any(metadata.get(_LABEL + name) != value for name, value in labels.items()):
        return None
    columns = {name: _read_array(table.column(name)) for name in table.column_names}
    content_hash = hash_columns(columns)
    return (columns, content_hash) if metadata.get(_LABEL + _HASH) == content_hash else None


def _read_array(column: pa.ChunkedArray) -> np.ndarray:
    if pa.types.is_dictionary(column.type):
        return np.array(column.to_pylist())
    return np.asarray(column.to_numpy())
