"""A trial design as a TOML file: strict in its words, every fault of its shape told at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from osteon.densitometry import Site
from osteon.errors import BadInputError
from osteon.inference import TrialArm, read_trial_arm
from osteon.interop.file_lines import find_line, index_toml
from osteon.interop.several_faults import SeveralFaultsError
from osteon.therapy import Sequence, parse_sequence
from osteon.trials import (
    TRIAL_SITES,
    ChangeEndpoint,
    DesignArm,
    DesignFact,
    Dropout,
    Endpoint,
    EnrolledBaseline,
    Inclusion,
    Limits,
    ShareEndpoint,
    Spread,
    TimeEndpoint,
    TrialDesign,
)

__all__ = [
    "TrialDesignError",
    "TrialDesignFile",
    "list_trial_designs",
    "load_trial_design",
    "read_trial_design",
]

_FOLDER: Final = "data/designs"
_SUFFIX: Final = ".toml"
_Site = Annotated[Site, Field(strict=False)]
_Pair = Annotated[list[float], Field(min_length=2, max_length=2)]


class TrialDesignError(SeveralFaultsError):
    """Several faults of one design; `faults` holds each with its own five parts."""

    several_code = "trial.several_faults"
    wanted = "a trial design without any"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class SpreadSection(_Section):
    """Mean and SD of the enrolled."""

    mean: float | None = None
    sd: float | None = None


class BaselineSection(_Section):
    """Who the enrolled are on average; what is left out comes from women of that age."""

    age_years: SpreadSection = SpreadSection()
    years_since_menopause: float | None = None
    t_score: dict[_Site, SpreadSection] = {}
    history: str | None = None


class InclusionSection(_Section):
    """Who may enter: `[low, high]` of each; one or more of `t_score_any`, and all of `t_score_all`."""

    age_years: _Pair | None = None
    years_since_menopause: _Pair | None = None
    t_score_all: dict[_Site, _Pair] = {}
    t_score_any: dict[_Site, _Pair] = {}


class DropoutSection(_Section):
    """A share (0 to 1) lost by a month, at a constant hazard."""

    share: float
    by_month: float


class ArmSection(_Section):
    """One arm; with `published_arm`, sequence and ratio may be left to the evidence tables."""

    name: str = Field(min_length=1)
    sequence: str | None = None
    ratio: float | None = None
    dropout: DropoutSection | None = None
    published_arm: str | None = None


class ChangeSection(_Section):
    """Percent change of BMD at one site, at a visit."""

    name: str = Field(min_length=1)
    kind: Literal["percent_change"]
    site: _Site
    month: int


class ShareSection(_Section):
    """Share above a T-score at every site named, at a visit, of those who were not before."""

    name: str = Field(min_length=1)
    kind: Literal["share_above"]
    sites: list[_Site]
    target_t_score: float
    month: int


class TimeSection(_Section):
    """Months to the first visit above a T-score at every site named."""

    name: str = Field(min_length=1)
    kind: Literal["time_to_target"]
    sites: list[_Site]
    target_t_score: float


class FactSection(_Section):
    """Where a number of the design comes from."""

    what: str
    source: str
    locator: str
    extraction: Literal["read", "digitized", "computed", "recalled"]
    note: str = ""


class TrialDesignFile(_Section):
    """A randomized trial of postmenopausal women; with `study`, what is left out is that of the published trial."""

    format: Literal["osteon-trial-design/1"]
    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    study: str | None = None
    subjects: int | None = None
    seed: int = 1
    paired: bool = False
    visits_months: list[int]
    control: str
    primary: str
    baseline: BaselineSection = BaselineSection()
    inclusion: InclusionSection = InclusionSection()
    dropout: DropoutSection | None = None
    arms: list[ArmSection] = Field(min_length=1)
    endpoints: list[Annotated[ChangeSection | ShareSection | TimeSection, Field(discriminator="kind")]] = (
        Field(min_length=1)
    )
    facts: list[FactSection] = []


@cache
def list_trial_designs() -> tuple[str, ...]:
    """Name the designs that come with osteon.

    >>> "frame" in list_trial_designs()
    True
    """
    entries = resources.files("osteon.trials").joinpath(_FOLDER).iterdir()
    return tuple(sorted(e.name.removesuffix(_SUFFIX) for e in entries if e.name.endswith(_SUFFIX)))


def load_trial_design(name: str) -> TrialDesign:
    """Load a design that comes with osteon; raises `trial.unknown_design`.

    >>> load_trial_design("frame").control
    'placebo then denosumab'
    """
    if name.lower() not in list_trial_designs():
        raise BadInputError(
            code="trial.unknown_design",
            field="design",
            got=repr(name),
            expected=f"a .toml file, or one of {', '.join(list_trial_designs())}",
            hint="`osteon trial --list` says what each of them is.",
        )
    file = f"{name.lower()}{_SUFFIX}"
    text = resources.files("osteon.trials").joinpath(_FOLDER, file).read_text(encoding="utf-8")
    return _shape_design(text, file)


def read_trial_design(path: Path) -> TrialDesign:
    """Read a design from a TOML file.

    Raises a fault by itself, or `TrialDesignError` with all of them: `trial.unreadable`, `trial.unknown_key`,
    `trial.missing_key`, `trial.wrong_kind`, `trial.unknown_arm`, and whatever the rooms below say of a value.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        raise _refuse_text(path.name, why, "a TOML file in UTF-8") from problem
    return _shape_design(text, path.name)


def _refuse_text(name: str, got: str, expected: str) -> BadInputError:
    hint = "`osteon trial --list` names designs to start from; `osteon schema trial-design` describes one."
    return BadInputError(code="trial.unreadable", field=name, got=got, expected=expected, hint=hint)


def _shape_design(text: str, name: str) -> TrialDesign:
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise _refuse_text(name, str(problem), "TOML") from problem
    try:
        return _make_design(TrialDesignFile.model_validate(parsed))
    except ValidationError as problem:
        lines = index_toml(text)
        faults = tuple(_translate_fault(error, lines) for error in problem.errors(include_url=False))
        raise faults[0] if len(faults) == 1 else TrialDesignError.gather(name, faults) from problem


def _translate_fault(error: Mapping[str, Any], lines: Mapping[tuple[str | int, ...], int]) -> BadInputError:
    """Say in five parts, with the line, what the shape check found."""
    place = tuple(part for part in error["loc"] if part not in _KINDS)
    line = find_line(lines, place)
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
    field = words if line is None else f"line {line}, {words}"
    kind = error["type"]
    code = {"extra_forbidden": "unknown_key", "missing": "missing_key"}.get(kind, "wrong_kind")
    got = "nothing" if kind == "missing" else repr(error["input"])[:60]
    expected = re.sub(r"^Input should be ", "", error["msg"])
    expected = {"unknown_key": "a key of the schema", "missing_key": "a value"}.get(code, expected)
    hint = "`osteon schema trial-design` describes every key."
    return BadInputError(code=f"trial.{code}", field=field, got=got, expected=expected, hint=hint)


_KINDS: Final = frozenset({"percent_change", "share_above", "time_to_target", "[key]"})


def _make_design(file: TrialDesignFile) -> TrialDesign:
    published = [_find_published(file, arm) for arm in file.arms]
    arms = tuple(_make_arm(arm, known) for arm, known in zip(file.arms, published, strict=True))
    first = next((known for known in published if known is not None), None)
    return TrialDesign(
        name=file.name,
        title=file.title,
        arms=arms,
        control=file.control,
        subjects=_count_subjects(file, published),
        visits=tuple(file.visits_months),
        endpoints=tuple(_make_endpoint(section) for section in file.endpoints),
        primary=file.primary,
        baseline=_make_baseline(file.baseline, first),
        inclusion=_make_inclusion(file.inclusion),
        dropout=_make_dropout(file.dropout),
        seed=file.seed,
        paired=file.paired,
        study=file.study,
        facts=tuple(DesignFact(**section.model_dump()) for section in file.facts),
    )


def _find_published(file: TrialDesignFile, arm: ArmSection) -> TrialArm | None:
    """Find the arm of the evidence tables that an arm mirrors; None where it mirrors none."""
    if arm.published_arm is None:
        return None
    known = read_trial_arm(file.study or "", arm.published_arm)
    if known is None:
        raise BadInputError(
            code="trial.unknown_arm",
            field=f"arms ({arm.name}), published_arm",
            got=f"{arm.published_arm!r} of {file.study!r}",
            expected="a study and an arm of the table trial_arms, of postmenopausal women",
            hint="Leave published_arm out and state the sequence.",
        )
    return known


def _count_subjects(file: TrialDesignFile, published: list[TrialArm | None]) -> int:
    if file.subjects is not None:
        return file.subjects
    counts = [known.n for known in published if known is not None and known.n is not None]
    if len(counts) < len(file.arms):
        raise _miss("subjects", "Say how many are randomized in all.")
    return round(sum(counts))


def _miss(field: str, hint: str) -> BadInputError:
    return BadInputError(code="trial.missing_key", field=field, got="nothing", expected="a value", hint=hint)


def _make_arm(arm: ArmSection, known: TrialArm | None) -> DesignArm:
    ratio = arm.ratio or (known.n if known is not None and known.n else 1.0)
    return DesignArm(
        name=arm.name,
        sequence=_make_sequence(arm, known),
        ratio=ratio,
        dropout=_make_dropout(arm.dropout),
        published_arm=arm.published_arm,
    )


def _make_sequence(arm: ArmSection, known: TrialArm | None) -> Sequence:
    if arm.sequence is None and known is None:
        raise _miss(f"arms ({arm.name}), sequence", 'Such as "denosumab 60 mg every 6 months for 36 months".')
    if arm.sequence is None and known is not None:
        return known.sequence
    return _parse_text(str(arm.sequence), f"arms ({arm.name}), sequence")


def _parse_text(text: str, field: str) -> Sequence:
    try:
        return parse_sequence(text)
    except BadInputError as fault:
        parts = fault.as_problem()
        raise BadInputError(**(parts | {"field": f"{field}, {parts['field']}"})) from fault


def _make_baseline(section: BaselineSection, known: TrialArm | None) -> EnrolledBaseline:
    stated = {site: Spread(mean=one.mean, sd=one.sd) for site, one in section.t_score.items()}
    printed = known.baseline_t_scores if known else {}
    for site in TRIAL_SITES:
        own = stated.get(site, Spread())
        mean = printed.get(site.value) if own.mean is None else own.mean
        if mean is not None:
            stated[site] = Spread(mean=mean, sd=own.sd)
    since = section.years_since_menopause
    history = None if section.history is None else _parse_text(section.history, "baseline.history")
    age = known.age_years if known and section.age_years.mean is None else section.age_years.mean
    return EnrolledBaseline(
        age_years=Spread(mean=age, sd=section.age_years.sd),
        years_since_menopause=known.years_since_menopause if known and since is None else since,
        t_score=stated,
        history=known.history if known and history is None else history,
    )


def _make_inclusion(section: InclusionSection) -> Inclusion:
    return Inclusion(
        age_years=_make_limits(section.age_years),
        years_since_menopause=_make_limits(section.years_since_menopause),
        t_score_all={site: Limits(low=pair[0], high=pair[1]) for site, pair in section.t_score_all.items()},
        t_score_any={site: Limits(low=pair[0], high=pair[1]) for site, pair in section.t_score_any.items()},
    )


def _make_limits(pair: list[float] | None) -> Limits | None:
    return None if pair is None else Limits(low=pair[0], high=pair[1])


def _make_dropout(section: DropoutSection | None) -> Dropout | None:
    return None if section is None else Dropout(share=section.share, by_month=section.by_month)


def _make_endpoint(section: ChangeSection | ShareSection | TimeSection) -> Endpoint:
    if isinstance(section, ChangeSection):
        return ChangeEndpoint(name=section.name, site=section.site, month=section.month)
    sites = tuple(section.sites)
    if isinstance(section, ShareSection):
        return ShareEndpoint(
            name=section.name, sites=sites, target_t_score=section.target_t_score, month=section.month
        )
    return TimeEndpoint(name=section.name, sites=sites, target_t_score=section.target_t_score)
