"""Any model of remodeling, set to the arms of trials: one typical woman in place of a cohort."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from osteon.errors import AbstainedError
from osteon.inference import TrialArm, describe_person, lay_out_sequence
from osteon.population import draw_virtual_patients
from osteon.remodeling import Covariates, Outcomes, ParameterSet, RemodelingModel, load_parameter_set
from osteon.therapy import Sequence
from osteon.trials.course import BLOCKS_PER_MONTH, run_course

__all__ = ["ModelPredictor", "TypicalModel"]

Course = Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypicalModel:
    """The project's own model as a `RemodelingModel`: the typical woman of a parameter set, nothing drawn."""

    parameters: ParameterSet = field(default_factory=load_parameter_set)

    @property
    def name(self) -> str:
        """What it is."""
        return f"osteon {self.parameters.name}, typical subject"

    @property
    def outcomes(self) -> frozenset[str]:
        """Everything that there is."""
        return frozenset(Outcomes._fields)

    @property
    def sources(self) -> tuple[str, ...]:
        """What the set was fitted to."""
        return self.parameters.sources

    def simulate_outcomes(
        self, sequence: Sequence, history: Sequence | None, person: Covariates, months: np.ndarray
    ) -> Course:
        """Return outcomes relative to the untreated start, as `RemodelingModel` says."""
        fixed = replace(self.parameters, covariance=self.parameters.covariance * 0)
        lane = draw_virtual_patients(fixed, person, draws=1, per_draw=1, seed=0, patient="", typical=True)
        longest = max(int(np.ceil(np.max(months))), 1)
        table, before = lay_out_sequence(self.parameters, sequence, history, longest)
        course = run_course(lane, table)[before * BLOCKS_PER_MONTH :, :, 0]
        blocks = np.arange(len(course)) / BLOCKS_PER_MONTH
        return {name: np.interp(months, blocks, course[:, row]) for row, name in enumerate(Outcomes._fields)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPredictor:
    """A remodeling model as an `ArmPredictor`: what it does not describe has no answer.

    ``usual`` holds the values taken for what an arm does not say (a parameter set's). A course is simulated once
    and kept.
    """

    model: RemodelingModel
    usual: Mapping[str, float] = field(default_factory=lambda: load_parameter_set().values)
    kept: dict[object, Course | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def name(self) -> str:
        """What it is."""
        return self.model.name

    def predict_change(
        self, arm: TrialArm, outcome: str, month: float, baseline_month: float
    ) -> float | None:
        """Return the percent change between two months, None for another outcome, drug or way of taking it."""
        if outcome not in self.model.outcomes:
            return None
        course = self._follow(arm, max(month, baseline_month))
        if course is None:
            return None
        values = course[outcome]
        now, then = np.interp((month, baseline_month), np.arange(len(values)) / BLOCKS_PER_MONTH, values)
        return 100 * float(now / then - 1)

    def _follow(self, arm: TrialArm, month: float) -> Course | None:
        """Simulate an arm at least to its end, six times a month, or return what was simulated before."""
        months = int(np.ceil(max(month, arm.sequence.duration_months)))
        person = describe_person(arm, self.usual)
        key = (arm.sequence, arm.history, person, months)
        if key not in self.kept:
            grid = np.arange(months * BLOCKS_PER_MONTH + 1) / BLOCKS_PER_MONTH
            try:
                found = self.model.simulate_outcomes(arm.sequence, arm.history, person, grid)
            except AbstainedError:
                found = None
            self.kept[key] = found
        return self.kept[key]
