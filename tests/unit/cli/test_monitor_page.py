"""The page of a follow-up: its order, its width, its words."""

import re

import pytest
from rich.cells import cell_len

from osteon.cli.monitor_page import print_followup
from osteon.cli.screen import open_screen
from tests.unit.app.test_monitoring import NEVER

EXAMPLES = ("followup.toml", "followup-late.toml", "followup-off-track.toml")


@pytest.fixture(scope="module")
def found(root):
    from osteon import app
    from osteon.inference import BankSettings

    few = BankSettings(draws=4, per_draw=16)
    return {name: app.monitor(root / "examples" / name, settings=few) for name in EXAMPLES}


@pytest.fixture
def draw(found, capsys, monkeypatch):
    def draw(name, width=100):
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("NO_COLOR", "1")
        print_followup(open_screen(), found[name])
        return capsys.readouterr().out

    return draw


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_page_fits_and_keeps_to_the_wording(draw, name, width):
    page = draw(name, width)
    assert max(map(cell_len, page.splitlines())) <= width
    assert not NEVER.search(page)
    assert "Research use only" in page
    assert "persists" in page


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_order_is_that_of_the_question(draw, name):
    page = draw(name)
    heads = ["Change against", "Expected against", "Markers", "State", "Verdict", "Why, and", "Next look"]
    places = [page.index(f"\n{head}") for head in heads if f"\n{head}" in page]
    assert len(places) >= 4
    assert places == sorted(places)


def test_a_late_injection_stands_before_everything_else(draw):
    page = draw("followup-late.toml")
    assert page.index("overdue (critical)") < page.index("Change against")
    assert re.search(r"hazard\s+ratio of 3.91", page)


def test_causes_come_with_their_cheapest_check(draw):
    page = " ".join(draw("followup-off-track.toml").split())
    assert "Doses not taken or not absorbed" in page
    assert "refills" in page
    assert "OFF TRACK" in page
