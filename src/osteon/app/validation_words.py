"""The paragraphs of the validation report."""

from __future__ import annotations

from typing import Final

SUMMARY: Final = (
    "Roles are never mixed: seen by the fit says how well the model can describe, held back and left out how well it "
    "predicts. BMD errs in percentage points, markers in log units (0.1 is about 10 %)."
)
SCATTER: Final = (
    "Every published number against its simulation. Dots were seen by the fit, diamonds held back; hollow ones were "
    "recalled. On the line both are equal."
)
ARMS: Final = (
    "Percent change since the start of the trial, or since the month that is named. Arms stand under the drug that "
    "they were given first. Within a group each site has one scale; a marker has two, for arms in which it rises far "
    "and for the others. The bar above a plot shows what is given: blue antiresorptive, orange anabolic (also with "
    "another), white nothing. The line over a point is the 90 % interval of the published mean where it is known."
)
PHENOMENA: Final = (
    "They are what bone is known to do under these drugs, beyond the fit of single numbers. A curve with points is "
    "the virtual arm of that trial; one without is a cohort of the age and T-scores usual for a trial. A claim "
    "speaks of direction and order; the points say how far the size is right."
)
PEERS: Final = (
    "Each peer is scored on the numbers that it can answer, and osteon on exactly those. A ratio below 1 is in favor "
    "of osteon. The class-average curve was fitted to the calibration rows, none held back, so on those the "
    "comparison favors it; the authors of the Jörg model fitted some of the same arms."
)
CHANCES: Final = (
    "None of these was ever fitted. The women simulated all have the measured baseline T-score that is named; the "
    "chance is that of a second scan above the target. Differences are in points of percent."
)
VISITS: Final = (
    "A marker two weeks after a dose is not a trough. Each row is read at its own day; a dose due on the day of the "
    "visit counts as given after it."
)
MISFITS: Final = (
    "numbers lie more than two stated SD from the simulation, the worst first; were the SD right and errors normal, "
    "about one in twenty would. The SD joins the posterior of the parameters, differences between trials, the floor "
    "of the fit and the sampling error."
)
