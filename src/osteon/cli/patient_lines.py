"""Who the patient is and where each site starts, in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from osteon.app import describe_patient, label_site
from osteon.cli.screen import print_words
from osteon.densitometry import round_t_score, who_class

if TYPE_CHECKING:
    from rich.console import Console

    from osteon.inference import Baseline, Patient

__all__ = ["print_patient"]


def print_patient(screen: Console, patient: Patient, baseline: Baseline) -> None:
    """Print the patient and the baseline, one line for each site."""
    print_words(screen, (patient.patient_id, "name"), f"  {describe_patient(patient)}")
    table = Table.grid(padding=(0, 2, 0, 0))
    for site in baseline.sites:
        table.add_row(
            f"  {label_site(site.site)}",
            f"T-score {round_t_score(site.t_score):.1f}",
            Text(f"unrounded {site.t_score:.2f}", style="muted"),
            Text(f"{site.areal_bmd_g_cm2:.3f} g/cm2", style="muted"),
            who_class(site.t_score).label,
        )
    screen.print(table)
    found = baseline.classification
    lowest = label_site(found.lowest_site).lower()
    print_words(screen, f"  WHO class by the lowest site ({lowest}): ", (found.label, "heading"))
    for finding in (*found.findings, *(one for site in found.sites for one in site.findings)):
        screen.print(f"  {finding.message}", style="muted")
