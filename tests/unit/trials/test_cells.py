"""Chances for women of one measured baseline: order, bounds, and rows that cannot be read."""

import numpy as np
import pytest

from osteon.densitometry import Site
from osteon.errors import OsteonError
from osteon.evidence import Role, record_openings
from osteon.remodeling import load_parameter_set
from osteon.trials import (
    CellSettings,
    describe_cell_table,
    list_published_cells,
    read_cell_table,
    simulate_cells,
)
from osteon.trials.women import draw_covariates, find_correlation, read_measured_baseline

HEADER = "study,sequence,month,site,baseline_t_score,target_t_score,probability"
DENOSUMAB = "denosumab 60 mg every 6 months for 36 months"
SMALL = CellSettings(draws=8, per_draw=32)


def read_rows(tmp_path, *lines):
    path = tmp_path / "cells.csv"
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return read_cell_table(path)


def simulate(tmp_path, *lines):
    return describe_cell_table(simulate_cells(read_rows(tmp_path, *lines), settings=SMALL))["rows"]


@pytest.mark.parametrize("site", ["lumbar_spine", "total_hip", "femoral_neck"])
def test_a_lower_baseline_and_a_stricter_target_are_less_likely(tmp_path, site):
    places = [(-2.6, -2.5), (-2.8, -2.5), (-3.2, -2.5), (-3.2, -2.0)]
    told = simulate(tmp_path, *(f"A,{DENOSUMAB},36,{site},{t},{goal},0.5" for t, goal in places))
    chances = [row["simulated"] for row in told]
    assert chances == sorted(chances, reverse=True)
    assert all(0 <= r["simulated_low"] <= r["simulated"] <= r["simulated_high"] <= 1 for r in told)


def test_a_drug_beats_none(tmp_path):
    none, drug = simulate(
        tmp_path,
        "A,no drug for 36 months,36,total_hip,-2.7,-2.5,0",
        f"A,{DENOSUMAB},36,total_hip,-2.7,-2.5,0.7",
    )
    assert none["simulated"] < drug["simulated"]


def test_at_month_zero_a_second_scan_is_as_often_above_the_regressed_mean_as_below(tmp_path):
    start = read_measured_baseline(Site.TOTAL_HIP, -2.8, 72, load_parameter_set())
    mean_t = (start.true_mean_g_cm2 - start.curve.young_mean_g_cm2) / start.curve.young_sd_g_cm2
    (row,) = simulate(tmp_path, f"A,{DENOSUMAB},0,total_hip,-2.8,{mean_t!r},0.5")
    assert row["simulated"] == pytest.approx(0.5, abs=10**-3)


def test_a_low_reading_regresses_to_women_of_that_age_and_a_high_one_down():
    parameters = load_parameter_set()
    low, high = (read_measured_baseline(Site.LUMBAR_SPINE, t_score, 72, parameters) for t_score in (-3.5, 2))
    assert low.true_mean_g_cm2 > low.find_bmd(-3.5)
    assert high.true_mean_g_cm2 < high.find_bmd(2)
    assert low.true_sd_g_cm2 < low.noise_g_cm2


def test_what_a_row_says_does_not_depend_on_the_other_rows(tmp_path):
    lines = [f"A,{DENOSUMAB},36,total_hip,{t},-2.5,0.5" for t in (-2.7, -3.0)]
    together = simulate(tmp_path, *lines)
    alone = [simulate(tmp_path, line)[0] for line in lines]
    assert [row["simulated"] for row in together] == [row["simulated"] for row in alone]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (f"A,{DENOSUMAB},36,wrist,-3,-2.5,0.5", "site"),
        (f"A,{DENOSUMAB},36,total_hip,-30,-2.5,0.5", "baseline_t_score"),
        (f"A,{DENOSUMAB},36,total_hip,-3,-2.5,61", "probability"),
        (f"A,{DENOSUMAB},36,total_hip,-3,-2.5,61%", ""),
        ("A,denosumab with real-world persistence,36,total_hip,-3,-2.5,0.5", "sequence"),
    ],
)
def test_a_bad_row_is_a_value_and_a_percent_sign_is_understood(tmp_path, line, column):
    (row,) = read_rows(tmp_path, line)
    if column:
        assert isinstance(row.content, OsteonError)
        assert column in row.content.field
    else:
        assert row.content.probability == 0.61


def test_a_bad_row_stays_beside_the_good_ones(tmp_path):
    bad, good = simulate(tmp_path, f"A,{DENOSUMAB},36,x,-3,-2.5,1", f"A,{DENOSUMAB},36,total_hip,-3,-2.5,1")
    assert "simulated" not in bad
    assert bad["error"]["code"] == "trials.bad_cell"
    assert 0 < good["simulated"] < 1


def test_the_other_sites_are_drawn_as_they_go_with_this_one():
    parameters = load_parameter_set()
    drawn = draw_covariates(Site.FEMORAL_NECK, -3, 72, parameters, count=4000, seed=1)
    given = [find_correlation(Site.FEMORAL_NECK, s) for s in (Site.LUMBAR_SPINE, Site.TOTAL_HIP)]
    between = find_correlation(Site.LUMBAR_SPINE, Site.TOTAL_HIP)
    partial = (between - given[0] * given[1]) / np.sqrt((1 - given[0] ** 2) * (1 - given[1] ** 2))
    seen = np.corrcoef(drawn.spine_bmd_ratio, drawn.hip_bmd_ratio)[0, 1]
    assert seen == pytest.approx(partial, abs=4 / np.sqrt(4000))


def test_at_its_own_site_every_woman_has_the_measured_baseline():
    drawn = draw_covariates(Site.TOTAL_HIP, -2.5, 72, load_parameter_set(), count=50, seed=1)
    assert drawn.hip_bmd_ratio == pytest.approx(np.ones(50))
    assert np.std(drawn.spine_bmd_ratio) > 0


def test_every_exact_published_chance_is_listed_and_none_is_for_a_fit():
    with record_openings() as log:
        rows = list_published_cells()
    assert not [row for row in rows if isinstance(row.content, OsteonError)]
    assert {fact.role for fact in log.facts if fact.table == "probability_cells"} == {Role.VALIDATION}
    assert len(rows) == 12
