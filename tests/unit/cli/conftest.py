"""Commands run in this process, on few virtual patients."""

from dataclasses import dataclass

import pytest

from osteon import app
from osteon.app import plans
from osteon.cli import run
from osteon.inference import BankSettings

WIDTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def few(monkeypatch):
    """Let every command ask fewer virtual patients, with the seed that was given."""

    def prepare(patient, *, settings):
        from osteon.inference import prepare_patient

        return prepare_patient(patient, settings=BankSettings(draws=2, per_draw=64, seed=settings.seed))

    monkeypatch.setattr(plans, "prepare_patient", prepare)
    monkeypatch.setattr("osteon.app.forecasts.prepare_patient", prepare)
    return app


@pytest.fixture
def osteon(capsys, monkeypatch, few):
    """Run a command line; returns its exit code and what it printed."""
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    monkeypatch.setenv("NO_COLOR", "1")

    def call(*arguments):
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(code=code, out=captured.out, err=captured.err)

    return call


@pytest.fixture
def patient_path(root):
    return root / "examples" / "patient.toml"
