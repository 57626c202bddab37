"""Where to draw the next virtual patients: near those that the data favor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from osteon.inference.posterior_cloud import Cloud, Question

__all__ = ["Proposal", "measure_density", "propose_next"]

_WIDEN = 1 + 1 / 2
_RIDGE = 10.0**-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Proposal:
    """A Gaussian of ``count`` draws: ``mean`` (D,) and the lower root of its covariance (D, D)."""

    mean: NDArray[np.float64]
    root: NDArray[np.float64]
    count: int

    @classmethod
    def make_prior(cls, dimensions: int, count: int) -> Self:
        """Return the standard normal that departures are drawn from."""
        return cls(mean=np.zeros(dimensions), root=np.eye(dimensions), count=count)

    def draw(self, stream: np.random.Generator) -> NDArray[np.float64]:
        """Draw (count, D) from a random stream."""
        normals = stream.standard_normal((self.count, len(self.mean)))
        return np.asarray(self.mean + normals @ self.root.T)

    def measure(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log density at ``points`` (N, D), but for the constant that all Gaussians share."""
        scaled = np.linalg.solve(self.root, (points - self.mean).T)
        return np.asarray(-(scaled**2).sum(axis=0) / 2 - np.log(np.diag(self.root)).sum())


def measure_density(proposals: Sequence[Proposal], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log density (N,) of the mixture of proposals, each in proportion to its count."""
    total = sum(one.count for one in proposals)
    terms = np.array([one.measure(points) + np.log(one.count / total) for one in proposals])
    return np.asarray(np.logaddexp.reduce(terms, axis=0))


def propose_next(question: Question, cloud: Cloud, weights: NDArray[np.float64], count: int) -> Proposal:
    """Solve the problem as if what is measured were linear in the departures, and widen the answer a little.

    The map is a least-squares fit over the virtual patients so far; what it leaves unexplained, parameter draws
    among it, counts as noise.
    """
    expected, wanted, noise = _stack(question, cloud, weights)
    design = np.column_stack([np.ones(len(weights)), cloud.normals])
    map_ = np.linalg.solve(design.T @ design, design.T @ expected.T)
    left = expected.T - design @ map_
    noise = noise + left.T @ left / len(left)
    slope = map_[1:].T
    pressed = np.linalg.solve(noise, slope)
    precision = np.eye(slope.shape[1]) + slope.T @ pressed
    mean = np.linalg.solve(precision, pressed.T @ (wanted - map_[0]))
    root = np.linalg.cholesky(np.linalg.inv(precision) * _WIDEN + np.eye(len(mean)) * _RIDGE)
    return Proposal(mean=np.asarray(mean, dtype=float), root=np.asarray(root, dtype=float), count=count)


def _stack(
    question: Question, cloud: Cloud, weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return what each would be measured as (K, N), what was measured (K,) and the covariance between (K, K)."""
    expected, wanted, blocks = [], [], []
    for site, relative, first in zip(question.sites, cloud.site_courses, cloud.first_mean, strict=True):
        rho = relative / relative[0]
        center, level = rho @ weights, float(first @ weights)
        expected.append(level * rho)
        wanted.append(site.values - (site.prior_mean - level) * center)
        blocks.append(site.make_covariance() + site.prior_var * np.outer(center, center))
    for marker, course in zip(question.markers, cloud.marker_courses, strict=True):
        expected.append(course)
        wanted.append(marker.values)
        blocks.append(marker.make_covariance())
    return np.concatenate(expected), np.concatenate(wanted), _join_blocks(blocks)


def _join_blocks(blocks: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    size = sum(len(block) for block in blocks)
    joined, start = np.zeros((size, size)), 0
    for block in blocks:
        joined[start : start + len(block), start : start + len(block)] = block
        start += len(block)
    return joined
