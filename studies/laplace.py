"""Does Laplace's Gaussian describe the posterior of the fit? `python -m studies.laplace`.

Chains walk the exact posterior of all parameters and trial effects; the means and spreads of the fitted parameters
are set beside those of the Gaussian that is stored with the parameter set.
"""

from __future__ import annotations

import argparse

import numpy as np

from osteon.inference import check_laplace
from osteon.population import load_engine
from osteon.trials import prepare_refits

_SHOWN = 10


def main() -> None:
    """Walk the chains and print how far samples and Gaussian are apart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chains", type=int, default=8)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--stride", type=float, default=0.2, help="share of a proposal that is new, 0 to 1")
    given = parser.parse_args()
    load_engine()
    refits = prepare_refits()
    found = check_laplace(
        refits.problem, refits.start, chains=given.chains, steps=given.steps, stride=given.stride
    )
    print(f"{found.chains} chains, {found.draws} samples kept, {found.accepted:.0%} of proposals taken")
    print(
        f"mean less mode, in SDs: median size {np.median(np.abs(found.shift)):.2f}, Monte Carlo error of one about"
    )
    print(f"{np.median(found.error):.2f}; SD over the Gaussian's: median {np.median(found.spread):.2f}")
    print(f"{'parameter':30} {'shift':>6} {'error':>6} {'spread':>6}")
    for index in np.argsort(-np.abs(found.shift))[:_SHOWN]:
        numbers = f"{found.shift[index]:6.2f} {found.error[index]:6.2f} {found.spread[index]:6.2f}"
        print(f"{found.names[index]:30} {numbers}")


if __name__ == "__main__":
    main()
