"""What a reader sees: every site by its name, every option in its place, and no word too many."""

import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from osteon import app
from osteon.app import Demo, Fit, forecast_survey, name_sequence
from osteon.cli.fit_page import print_fit
from osteon.cli.screen import open_screen
from osteon.inference import BankSettings, FitRow, score_fit
from osteon.remodeling import Outcomes, load_parameter_set
from osteon.therapy import standard_sequences

NEVER = re.compile(
    r"\bcured?\b|no longer osteoporosis|osteoporosis reversed|\byou (?:should|must|will)\b", re.IGNORECASE
)
SITES = ("Lumbar spine", "Total hip", "Femoral neck")
CHANCE = re.compile(r"(?:<1|>99|\d{1,2}) %")
TREATED_GOAL = ("--target", "-2.0", "--month", "24")
OWN = "teriparatide and denosumab for 24 months, then zoledronate once, observed for 12 months"


@pytest.fixture
def pages(osteon, root):
    examples = root / "examples"
    sequence = ("--sequence", "romosozumab for 12 months, then denosumab for 24 months")
    return {
        "classify": osteon("classify", examples / "patient.toml").out,
        "cohort": osteon("classify", examples / "cohort.csv").out,
        "forecast": osteon("forecast", examples / "patient.toml", *sequence).out,
        "plan": osteon("plan", examples / "patient.toml", "--standard", "--sequence", OWN).out,
        "treated": osteon("plan", examples / "treated.toml", "--standard", *TREATED_GOAL).out,
        "found": osteon("plan", examples / "treated.toml", "--at-least", "-2.2", "--sequence", OWN).out,
        "drugs": osteon("drugs").out,
        "drug": osteon("drugs", "romosozumab").out,
        "cite": osteon("cite").out,
        "version": osteon("version").out,
    }


def squeeze(page):
    return " ".join(page.split())


def test_every_page_fits_keeps_to_the_wording_and_says_what_osteon_is_not(pages):
    for name, page in pages.items():
        assert page, name
        assert max(cell_len(line) for line in page.splitlines()) <= 100, name
        assert not NEVER.search(page), name
        assert "Research use only, not a medical device. Options to discuss, not directives." in squeeze(
            page
        ), name
        assert "\x1b" not in page, name


def test_a_plan_shows_every_option_in_the_standard_order(pages):
    page = squeeze(pages["plan"])
    labels = [name_sequence(one.sequence).split(", then ")[0] for one in standard_sequences()]
    table = page[page.index("Option") : page.index("Half by month:")]
    places, start = [], 0
    for label in [*labels, "teriparatide +"]:
        start = table.index(label, start)
        places.append(start)
        start += 1
    assert places == sorted(places)
    assert table.count("asked for") == 1


def test_a_plan_names_each_site_and_never_cuts_a_chance(pages):
    for site in SITES:
        assert site in pages["plan"]
        assert site.split()[0] in pages["plan"][pages["plan"].index("Chance of") :]
    rows = [line for line in pages["plan"].splitlines() if re.match(r" *\d+ +.*%.* [>\d]+\d*$", line)]
    assert len(rows) == 2 * (len(standard_sequences()) + 1)
    for row in rows:
        assert len(CHANCE.findall(row)) in {2, len(SITES)}, row
        assert row.count("(") == row.count(")"), row


def test_a_plan_sets_the_published_chances_beside_its_own(pages):
    page = pages["plan"][pages["plan"].index("Beside the published chances") :]
    assert re.search(r"denosumab 36 mo +Total hip +-2\.7 +71 % +\S+ %", page)
    assert "cosman2025" in page


def test_findings_carry_severity_code_and_source(pages):
    page = squeeze(pages["treated"])
    assert "contraindicated" in page
    assert re.search(r"contraindicated with stroke\. \[restricted_stroke; label_evenity_eu\]", page)
    assert "label_evenity_us" not in page
    assert "labels were not checked for:" in page


def test_a_letter_in_the_table_is_explained_below(pages):
    above, below = pages["treated"].split("Worth knowing")
    pointed = {
        letter
        for line in above.splitlines()
        if (found := re.match(r" *(?:contraindicated|caution|info): ([a-z, ]+?)\s*$", line))
        for letter in found[1].split(", ")
    }
    explained = set(re.findall(r"^([a-z]\d*)  (?:contraindicated|caution|info) ", below, re.MULTILINE))
    assert pointed == explained
    assert pointed


def test_a_search_says_what_it_went_through_and_marks_what_was_asked_for(pages):
    page = squeeze(pages["found"])
    assert "Chance of a T-score at or above -2.2 at month 36" in page
    assert "the order is fixed and ranks nothing" in page
    assert re.search(r"What was searched: \d+ sequences of up to 3 regimens over 60 months", page)
    assert re.search(r"left out, contraindicated: Romosozumab, EU label: .*?\[restricted_stroke;", page)
    assert re.search(r"Goal-directed rule, options [\d, -]+: .*?cosman2024goal, recalled\]", page)
    table = page[page.index("Option") : page.index("Site by site")]
    assert table.count("asked for") == 1
    assert "romosozumab" not in table
    assert "denosumab" in table
    assert not re.search(r"\b(?:best|optimal|recommended option|first choice)\b", page, re.IGNORECASE)


def test_a_wide_page_holds_all_in_one_table(osteon, root, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    page = osteon("plan", root / "examples" / "treated.toml", "--only-own", "--sequence", OWN).out
    assert "Site by site" not in page
    assert max(map(cell_len, page.splitlines())) <= 120


def test_a_missing_site_and_a_man_are_spoken_of(pages):
    page = squeeze(pages["treated"])
    assert "Not every diagnostic site was measured" in page
    assert "for a man this is an extrapolation" in page
    assert "Chance of a T-score above -2.0 at month 24" in page


def test_the_diagnosis_is_said_to_persist(pages):
    for name in ("plan", "treated", "forecast"):
        assert "The diagnosis of osteoporosis persists" in squeeze(pages[name])


def test_a_forecast_says_when_each_site_gets_there(pages):
    page = squeeze(pages["forecast"])
    for site in SITES:
        assert re.search(rf"{site}: .*?-2\.5", page)
    assert "T-score above -2.5 reached by half of such patients by month" in page
    assert (
        "romosozumab 210 mg monthly for 12 months, then denosumab 60 mg every 6 months for 24 months" in page
    )
    assert re.findall(r"^ +(\d+) +-\d", pages["forecast"], re.MULTILINE) == [
        "0",
        "12",
        "24",
        "36",
        "48",
        "60",
    ]


def test_a_class_is_said_in_the_words_for_people(pages):
    assert "WHO class by the lowest site (lumbar spine): osteoporosis" in pages["classify"]
    assert "low bone mass (osteopenia) 3" in squeeze(pages["cohort"])
    assert "8 rows:" in pages["cohort"]


def test_a_row_that_fails_shows_its_code(pages):
    page = squeeze(pages["cohort"])
    for code in ("[bmd.out_of_range]", "[person.not_adult]", "[z_score.unavailable]"):
        assert code in page


def test_a_recalled_fact_says_so(pages):
    assert "recalled" in pages["drugs"]
    assert re.search(r"label_evenity_us,\s+read", pages["drug"])
    assert "[recalled]" in pages["cite"]


def test_a_patients_name_may_hold_brackets(osteon, patient_path, tmp_path):
    path = tmp_path / "p.toml"
    path.write_text(patient_path.read_text().replace('"example-1"', '"[bold]x[/bold]"'))
    assert "[bold]x[/bold]" in osteon("classify", path).out
    assert "[bold]x[/bold]" in osteon("plan", path, "--only-own", "--sequence", "no drug for 12 months").out


def test_the_demo_prints_both_answers_and_writes_its_files(osteon, monkeypatch, tmp_path, small_demo):
    monkeypatch.setattr(app, "run_demo", lambda *, progress: small_demo)
    ran = osteon("demo", "--out", tmp_path / "a" / "b")
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == [
        "demo.json",
        "plan.svg",
        "survey.svg",
    ]
    page = squeeze(ran.out)
    assert not NEVER.search(page)
    assert "million US adults of 50 or more" in page
    assert "Contraindications, labels and preferences are ignored" in page
    assert "Men are included by extrapolation" in page
    survey = page[page.index("million US adults") :]
    for one in standard_sequences():
        assert name_sequence(one.sequence) in survey


@pytest.fixture
def small_demo(few, monkeypatch):
    from osteon.app import choose_example, plan

    survey = forecast_survey(settings=BankSettings(draws=2, per_draw=4), most_respondents=12)
    return Demo(plan=plan(choose_example(), settings=BankSettings()), survey=survey)


def make_fit():
    row = FitRow(
        study="FREEDOM",
        arm="denosumab",
        comparator="placebo",
        outcome="",
        month=36.0,
        baseline_month=12.0,
        observed=6.0,
        simulated=5.5,
        extraction="recalled",
        source="looker1998",
    )
    rows = tuple(replace(row, outcome=outcome) for outcome in Outcomes._fields)
    return Fit(parameters=load_parameter_set(), rows=rows, score=score_fit(rows))


def test_calibrate_prints_every_number_and_writes_only_where_told(osteon, monkeypatch, tmp_path):
    monkeypatch.setattr(app, "calibrate", lambda **_: make_fit())
    monkeypatch.setattr(app, "store_fit", lambda fit: tmp_path / "stored.json")
    monkeypatch.chdir(tmp_path)
    ran = osteon("calibrate")
    assert list(tmp_path.iterdir()) == []
    page = squeeze(ran.out)
    assert page.count("denosumab less placebo 12 to 36 +6.0 +5.5 -0.5 recalled") == len(Outcomes._fields)
    assert "0.50 percentage points" in page
    assert "stored.json" in osteon("calibrate", "--store").err
    osteon("calibrate", "--out", tmp_path / "fit")
    assert {path.suffix for path in (tmp_path / "fit").iterdir()} == {".json", ".csv", ".svg"}


def test_a_page_without_a_terminal_is_100_columns(monkeypatch, capsys):
    monkeypatch.delenv("COLUMNS", raising=False)
    print_fit(open_screen(), make_fit())
    assert max(cell_len(line) for line in capsys.readouterr().out.splitlines()) <= 100
