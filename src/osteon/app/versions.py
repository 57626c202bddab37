"""The use case `version`: what would have to be the same for the numbers to be the same."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import version

from osteon import __version__
from osteon.evidence import evidence_hash, hash_fit_evidence
from osteon.remodeling import load_parameter_set

__all__ = ["VersionFacts", "read_version_facts"]

_LIBRARIES = ("jax", "numpy", "scipy")


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """The package, its parameter set, the evidence it holds, and that of a fit: as it is, and as the set saw it."""

    osteon: str
    parameter_set: str
    evidence_hash: str
    fit_evidence_hash: str
    fitted_to: str
    python: str
    libraries: dict[str, str]
    sources: tuple[str, ...] = ()

    @property
    def fitted_to_this_evidence(self) -> bool:
        """Whether the tables that a fit reads have stayed the same since the fit."""
        return self.fit_evidence_hash == self.fitted_to


def read_version_facts() -> VersionFacts:
    """Read the versions without loading the array engine.

    >>> read_version_facts().osteon == __version__
    True
    """
    parameters = load_parameter_set()
    return VersionFacts(
        osteon=__version__,
        parameter_set=parameters.name,
        evidence_hash=evidence_hash(),
        fit_evidence_hash=hash_fit_evidence(),
        fitted_to=parameters.evidence_hash,
        python=platform.python_version(),
        libraries={name: version(name) for name in _LIBRARIES},
    )
