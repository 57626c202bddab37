"""Does the typical woman do what trials have seen women do? Direction and rough size, not the fit.

Every comment names where the phenomenon was published (keys of the bibliography). What the present parameter set
does not reproduce stands here as an expected failure with the number it gives; it must be taken out when it passes.
"""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from osteon.densitometry import Maker, Person, Scan, Sex, Site
from osteon.evidence import load_references
from osteon.inference import BankSettings, Patient, prepare_patient, simulate_sites
from osteon.population import draw_virtual_patients, simulate_timetable
from osteon.remodeling import Covariates, load_parameter_set
from osteon.therapy import parse_sequence
from tests.verification.runs import SITES, follow_percent, lay_sequence

SPINE, HIP = "lumbar_spine", "total_hip"


@cache
def follow(sequence, months, *, calcium=True):
    return follow_percent(sequence, months, calcium=calcium)


def change(sequence, outcome, start, end):
    """Percent change of an outcome between two months."""
    course = follow(sequence, end)[outcome]
    return 100 * ((100 + course[end]) / (100 + course[start]) - 1)


def find_half_peak(course):
    """The first month at which half of the highest level is reached."""
    return int(np.argmax(course >= course.max() / 2))


@pytest.mark.parametrize("site", [SPINE, HIP])
def test_denosumab_gains_in_every_one_of_ten_years(site):
    # bone2017freedom: no plateau over ten years, 21.7 % at the spine and 9.2 % at the hip.
    yearly = np.diff(follow("denosumab for 120 months", 120)[site][::12])
    assert np.all(yearly > 0)
    assert yearly[5:].mean() > 0.1 * yearly[0]


def test_denosumab_suppresses_within_days_and_lets_go_before_the_next_dose():
    # bone2011defend, label_prolia_us: CTX down by 85 % in days, attenuated at the end of the interval.
    ctx = follow("denosumab for 24 months", 24)["ctx"]
    assert ctx[1] < -75
    assert ctx[1] < ctx[6] < -45


def test_p1np_follows_ctx_down_with_a_lag_under_an_antiresorptive():
    # cummings2009freedom, saag2017arch: formation falls months after resorption.
    for drug in ("denosumab", "alendronate", "zoledronate"):
        course = follow(f"{drug} for 12 months", 12)
        assert course["ctx"][1] < course["p1np"][1] < 0
        assert course["p1np"][6] < course["p1np"][1]


@pytest.mark.parametrize("years", [2, 8])
def test_resorption_overshoots_after_denosumab(years):
    # bone2011defend, mcclung2017denosumab: CTX above its start within months of the missed dose.
    end = 12 * years
    ctx = follow(f"denosumab for {end} months, then no drug for 24 months", end + 24)["ctx"]
    assert ctx[end] < 0
    assert ctx[end + 3 : end + 13].max() > 10


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("years", [2, 8])
def test_most_of_what_denosumab_gave_is_lost_within_two_years_of_stopping(site, years):
    # bone2011defend, mcclung2017denosumab.
    end = 12 * years
    course = follow(f"denosumab for {end} months, then no drug for 24 months", end + 24)[site]
    assert course[end + 24] < course[end] / 2


def test_the_overshoot_and_the_loss_are_worse_after_longer_use():
    # mcclung2017denosumab against bone2011defend.
    found = {}
    for end in (6, 24, 96):
        text = f"denosumab for {end} months, then no drug for 24 months"
        course = follow(text, end + 24)
        found[end] = course["ctx"][end:].max(), -change(text, SPINE, end, end + 12)
    assert found[6] < found[24] < found[96]
    assert found[6][1] < found[24][1] < found[96][1]


@pytest.mark.parametrize("drug", ["alendronate", "zoledronate"])
def test_a_bisphosphonate_keeps_most_of_what_denosumab_gave(drug):
    # kendler2020daps, anastasilakis2019: a year of consolidation.
    text = f"denosumab for 24 months, then {drug} for 12 months"
    course = follow(text, 36)[SPINE]
    alone = follow("denosumab for 24 months, then no drug for 24 months", 48)[SPINE]
    assert course[36] > 0.75 * course[24]
    assert course[36] > alone[36] + 3


def measure_kept_suppression(drug):
    """The share of CTX suppression left 12 months after three years of treatment."""
    ctx = follow(f"{drug} for 36 months, then no drug for 24 months", 60)["ctx"]
    return ctx[48] / ctx[36]


def test_a_bisphosphonate_lets_go_slowly_and_zoledronate_most_slowly():
    # black2006flex, black2012horizon; risedronate resolves within a year (recalled).
    kept = {drug: measure_kept_suppression(drug) for drug in ("risedronate", "alendronate", "zoledronate")}
    assert 0 < kept["risedronate"] < kept["alendronate"] < kept["zoledronate"] < 1
    assert kept["alendronate"] > 0.4


def test_alendronate_holds_the_spine_for_years_after_stopping_and_the_hip_less():
    # black2006flex: five years after stopping the spine has lost nothing to speak of, the hip most of its gain.
    course = follow("alendronate for 60 months, then no drug for 60 months", 120)
    assert course[SPINE][120] > course[SPINE][60] - 3
    assert course[HIP][120] < course[HIP][60] - 1


def test_one_infusion_of_zoledronate_lasts_for_years():
    # mcclung2009zoledronate: one dose was enough for two years; the suppression fades.
    course = follow("zoledronate 5 mg once, observed for 36 months", 36)
    untreated = follow("no drug for 36 months", 36)
    assert course[SPINE][24] - untreated[SPINE][24] > 2
    assert course["ctx"][1] < course["ctx"][12] < course["ctx"][24] < course["ctx"][36] < -15


def test_raloxifene_gains_little_and_lets_go_at_once():
    # ettinger1999more: 2 to 3 % at the spine.
    course = follow("raloxifene for 36 months, then no drug for 12 months", 48)
    assert 1 < course[SPINE][36] < 4
    assert course[SPINE][48] < 1


def test_romosozumab_bursts_fades_and_undershoots():
    # cosman2016frame, mcclung2014romosozumab: P1NP high in month 1, back by month 9 to 12, then below.
    p1np = follow("romosozumab for 12 months, then no drug for 12 months", 24)["p1np"]
    assert p1np[1] == p1np[:13].max() > 30
    assert np.all(np.diff(p1np[1:13]) < 0)
    assert p1np[9] < 10
    assert p1np[13:25].min() < p1np[12]
    assert p1np[15] < -10


def test_romosozumab_lowers_resorption_and_stopping_lifts_it_above_its_start():
    # cosman2016frame, mcclung2018romosozumab.
    ctx = follow("romosozumab for 12 months, then no drug for 12 months", 24)["ctx"]
    assert np.all(ctx[1:13] < -10)
    assert ctx[13:25].max() > 0


def test_romosozumab_gains_fastest_in_its_first_half_year():
    # cosman2016frame: 9.7 % of 13.3 % by month 6.
    spine = follow("romosozumab for 12 months", 12)[SPINE]
    assert 9 < spine[12] < 16
    assert spine[6] > 0.6 * spine[12]


def test_formation_leads_resorption_under_teriparatide():
    # mcclung2005teriparatide, tsai2013data: the anabolic window.
    course = follow("teriparatide for 24 months", 24)
    assert find_half_peak(course["p1np"]) < find_half_peak(course["ctx"])
    assert course["p1np"][1] > 2 * course["ctx"][1] > 0
    assert np.argmax(course["p1np"]) < np.argmax(course["ctx"])
    assert course["p1np"][24] < course["p1np"].max() / 2


def test_teriparatide_builds_the_spine_and_hardly_the_hip_at_first():
    # neer2001fpt, tsai2013data.
    course = follow("teriparatide for 24 months", 24)
    assert 8 < course[SPINE][24] < 15
    assert course[HIP][6] < course[SPINE][6] / 3
    assert course[HIP][24] > course[HIP][6]


def test_abaloparatide_resorbs_less_than_teriparatide():
    # miller2016active.
    abaloparatide, teriparatide = (
        follow(f"{drug} for 18 months", 18) for drug in ("abaloparatide", "teriparatide")
    )
    assert abaloparatide["ctx"].max() < teriparatide["ctx"].max()
    assert abaloparatide[HIP][6] > teriparatide[HIP][6]


@pytest.mark.parametrize(
    ("drug", "months"), [("teriparatide", 24), ("abaloparatide", 18), ("romosozumab", 12)]
)
@pytest.mark.parametrize("site", [SPINE, HIP])
def test_an_anabolic_followed_by_nothing_is_lost_and_by_an_antiresorptive_kept(drug, months, site):
    # eastell2009eurofors, leder2015dataswitch, mcclung2018romosozumab.
    end = months + 24
    lost = follow(f"{drug} for {months} months, then no drug for 24 months", end)[site]
    kept = follow(f"{drug} for {months} months, then alendronate for 24 months", end)[site]
    assert lost[end] < lost[months] - 0.5
    assert kept[end] > kept[months] - 0.5
    assert kept[end] > lost[end] + 1


@pytest.mark.parametrize(("drug", "months"), [("teriparatide", 18), ("romosozumab", 12)])
@pytest.mark.parametrize("site", [SPINE, HIP])
def test_a_bisphosphonate_before_an_anabolic_blunts_it(drug, months, site):
    # langdahl2017structure, mcclung2018romosozumab.
    before = f"alendronate for 36 months, then {drug} for {months} months"
    naive = follow(f"{drug} for {months} months", months)[site][months]
    assert 0 < change(before, site, 36, 36 + months) < naive


def test_the_hip_loses_when_denosumab_gives_way_to_teriparatide():
    # leder2015dataswitch: a dip of more than a percent within a year, the spine less.
    text = "denosumab for 24 months, then teriparatide for 24 months"
    assert change(text, HIP, 24, 30) < -1
    assert follow(text, 48)[SPINE][48] > follow(text, 48)[SPINE][24]


@pytest.mark.parametrize("site", [SPINE, HIP])
def test_teriparatide_with_denosumab_beats_either(site):
    # tsai2013data, leder2014data.
    both = follow("teriparatide and denosumab for 24 months", 24)[site][24]
    assert both > follow("teriparatide for 24 months", 24)[site][24]
    assert both > follow("denosumab for 24 months", 24)[site][24]


@pytest.mark.parametrize(
    ("better", "worse", "months"),
    [
        ("denosumab", "alendronate", 12),  # brown2009decide
        ("romosozumab", "alendronate", 12),  # saag2017arch
        ("alendronate", "risedronate", 12),  # bonnick2006fact
        ("alendronate", "raloxifene", 12),
        ("denosumab", "zoledronate", 12),
    ],
)
@pytest.mark.parametrize("site", SITES)
def test_what_trials_ranked_is_ranked_so(better, worse, months, site):
    assert (
        follow(f"{better} for {months} months", months)[site][months]
        > (follow(f"{worse} for {months} months", months)[site][months])
    )


def measure_calcium_gain(site, month):
    taken = follow("no drug for 120 months", 120)[site][month]
    without = follow("no drug for 120 months", 120, calcium=False)[site][month]
    return 100 * ((100 + taken) / (100 + without) - 1)


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("month", [12, 24, 36, 60])
def test_calcium_gains_a_little_over_none(site, month):
    # tai2015calcium: pooled effects of 0.7 to 1.8 % over one to five years; 0.3 allows for their intervals.
    assert 0.3 < measure_calcium_gain(site, month) < 1.8


@pytest.mark.parametrize("site", SITES)
def test_the_gain_of_calcium_ends_with_the_first_years(site):
    # tai2015calcium: no more after the first year (recalled).
    assert measure_calcium_gain(site, 60) - measure_calcium_gain(site, 12) < 0.3


def test_ctx_rises_on_teriparatide_by_more_than_half():
    # tsai2013data: +83 % at month 6.
    assert 50 < follow("teriparatide for 24 months", 24)["ctx"].max() < 120


def test_calcium_alone_never_reverses():
    # From a T-score of -2.6 the line is 1.4 % of spine BMD away, and twice as far as calcium takes anybody.
    for site in SITES:
        assert follow("no drug for 120 months", 120)[site].max() < 0.7


def make_patient():
    scans = (
        Scan(site=Site.LUMBAR_SPINE, areal_bmd_g_cm2=0.75, maker=Maker.HOLOGIC),
        Scan(site=Site.TOTAL_HIP, areal_bmd_g_cm2=0.63, maker=Maker.HOLOGIC),
    )
    return Patient(
        patient_id="exercise",
        person=Person(sex=Sex.FEMALE, age_years=68, years_since_menopause=18),
        scans=scans,
    )


def test_exercise_adds_one_to_three_percent_at_the_spine_and_less_at_the_hip():
    # watson2018liftmor and meta-analyses (recalled).
    bank = prepare_patient(make_patient(), settings=BankSettings(draws=1, per_draw=32))
    moving, still = (
        simulate_sites(bank, parse_sequence(f"{text} for 24 months"), months=24)
        for text in ("exercise", "no drug")
    )
    gained_g_cm2 = (moving.true_t - still.true_t)[:, 24].mean(axis=1) * [
        site.young_sd_g_cm2 for site in bank.baseline.sites
    ]
    percent = 100 * gained_g_cm2 / [site.true_mean_g_cm2 for site in bank.baseline.sites]
    assert 1 < percent[0] < 3
    assert 0 < percent[1] < 2


def test_the_untreated_lose_slowly():
    # looker1998: the hip 0.3 to 0.8 % a year late in life. A scan of an old spine reads wear as bone: women of about
    # 70 on placebo kept or gained (reginster2000vertmn, chesnut2004bone, cummings1998fit), younger ones lost.
    late = follow("no drug for 120 months", 120, calcium=False)
    assert -8 < late[HIP][120] < -3
    assert -6 < late[SPINE][120] < 1


def test_bone_is_lost_fastest_just_after_menopause():
    # nelson2026.
    lost = []
    for years in (1.0, 8.0, 20.0):
        woman = Covariates(age_years=52.0, years_since_menopause=years)
        person = draw_virtual_patients(
            load_parameter_set(), woman, draws=1, per_draw=1, seed=1, patient="early", typical=True
        )
        table = lay_sequence("no drug for 24 months", 24, calcium=False)
        lost.append(1 - simulate_timetable(person, table, precision=np.float64)[24, 0, 0])
    assert lost[0] > 2 * lost[2] > 0
    assert lost[0] > lost[1] > lost[2]


# What the trials saw and the present set does not reach. Each is a number of a calibration arm, so that a better fit
# will show here first.
MISFITS = {
    "the spine loses 1.5 % or more in the year after teriparatide": (
        lambda: change("teriparatide for 24 months, then no drug for 12 months", SPINE, 24, 36) < -1.5,
        "eastell2009eurofors: -2.5 %; simulated -1.4 %",
    ),
    "ctx rises by 50 % or more after two years of denosumab": (
        lambda: follow(AFTER_TWO_YEARS, 48)["ctx"].max() > 50,
        "bone2011defend: +62 % six months after the effect ends; simulated +49 %",
    ),
    "the hip is below its start a year after eight years of denosumab": (
        lambda: follow("denosumab for 96 months, then no drug for 24 months", 120)[HIP][108] < 0,
        "mcclung2017denosumab: -1.0 %; simulated +1.9 %",
    ),
    "ctx rises by 40 % or more after two years of romosozumab": (
        lambda: follow(AFTER_ROMOSOZUMAB, 36)["ctx"].max() > 40,
        "mcclung2018romosozumab: +76 % at month 30; simulated +25 %",
    ),
    "p1np is back at its start a year after two years of romosozumab": (
        lambda: abs(follow(AFTER_ROMOSOZUMAB, 36)["p1np"][36]) < 10,
        "mcclung2018romosozumab: +1 % at month 36; simulated -23 %",
    ),
    "p1np rises by 70 % or more in the first month of romosozumab": (
        lambda: follow("romosozumab for 12 months", 12)["p1np"][1] > 70,
        "saag2017arch, mcclung2014romosozumab: +85 to +96 %; simulated +52 %",
    ),
    "ctx is near its start five years after five years of alendronate": (
        lambda: follow("alendronate for 60 months, then no drug for 60 months", 120)["ctx"][120] > -20,
        "black2006flex: -1 to -7 %; simulated -30 %",
    ),
    "the hip loses in the first half year of teriparatide after a bisphosphonate": (
        lambda: change("alendronate for 36 months, then teriparatide for 18 months", HIP, 36, 42) < -0.5,
        "langdahl2017structure: -0.8 % (recalled); simulated 0.0 %",
    ),
}
AFTER_TWO_YEARS = "denosumab for 24 months, then no drug for 24 months"
AFTER_ROMOSOZUMAB = "romosozumab for 24 months, then no drug for 12 months"


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(
            seen, id=name, marks=pytest.mark.xfail(reason=reason, strict=True, raises=AssertionError)
        )
        for name, (seen, reason) in MISFITS.items()
    ],
)
def test_a_known_misfit_is_still_one(seen):
    assert seen()


def test_every_source_named_here_is_in_the_bibliography():
    keys = set(re.findall(r"\b[a-z]+(?:19|20)\d\d[a-z]*\b", Path(__file__).read_text(encoding="utf-8")))
    assert len(keys) > 20
    assert keys <= set(load_references())
