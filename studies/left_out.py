"""How well are trials predicted that the fit never saw? `python -m studies.left_out`.

Each of the fitted trials is left out in turn, everything is refitted, and the trial is asked of that fit. Finished
trials are kept in the output folder, so that a run can be taken up again; `--store` writes where the package ships
its answers, which `osteon validate` then shows.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from osteon.trials import (
    find_stored_left_out,
    leave_one_trial_out,
    list_left_out_studies,
    prepare_refits,
    read_left_out,
    score_left_out,
)


def main() -> None:
    """Leave every trial out once and print the errors and the coverage by outcome."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=Path("out/studies/left_out"), help="where answers are kept"
    )
    parser.add_argument("--store", action="store_true", help="keep them in the package instead")
    given = parser.parse_args()
    folder = find_stored_left_out() if given.store else given.out
    refits, studies = prepare_refits(), list_left_out_studies()
    for number, study in enumerate(studies, start=1):
        leave_one_trial_out(study, folder, refits=refits)
        print(f"{number} of {len(studies)}: {study}", flush=True)
    print(f"{'outcome':14} {'n':>4} {'RMSE':>6} {'in 50 %':>8} {'in 90 %':>8}")
    for outcome, score in score_left_out(read_left_out(folder)).items():
        shares = f"{score.inside_50:8.0%} {score.inside_90:8.0%}"
        print(f"{outcome:14} {score.n:4} {score.rmse:6.2f} {shares}")


if __name__ == "__main__":
    main()
