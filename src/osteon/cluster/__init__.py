"""Same call, more machines: where chunks run, and a folder of results that a killed run takes up again."""

from osteon.cluster.dask_workers import DaskExecutor
from osteon.cluster.local_processes import ProcessExecutor
from osteon.cluster.parts import hash_columns, read_part, write_part
from osteon.cluster.run_folder import FinishedPart, PartTask, RunFolder, open_run_folder, run_parts

__all__ = [
    "DaskExecutor",
    "FinishedPart",
    "PartTask",
    "ProcessExecutor",
    "RunFolder",
    "hash_columns",
    "open_run_folder",
    "read_part",
    "run_parts",
    "write_part",
]
