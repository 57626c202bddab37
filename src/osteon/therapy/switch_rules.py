"""What follows what: rules on stopping one drug and starting another."""

from collections.abc import Iterator
from itertools import pairwise

from osteon.therapy.denosumab_clock import ClockReading, ClockState, read_denosumab_clock
from osteon.therapy.doses import list_course_days, list_dose_courses
from osteon.therapy.drugs import Drug, DrugFamily
from osteon.therapy.findings import Finding, state_rule
from osteon.therapy.runs import PTH_ANALOGS, list_given, list_runs, name_family
from osteon.therapy.sequence import Sequence
from osteon.units import convert

__all__ = ["SWITCH_RULES"]

_CLOCK_RULES = {
    ClockState.LATE: "denosumab_dose_late",
    ClockState.CRITICAL: "denosumab_dose_critical",
}


def _check_after_anabolic(sequence: Sequence) -> Iterator[Finding]:
    antiresorptives = name_family(DrugFamily.ANTIRESORPTIVE)
    for run in list_runs(sequence, name_family(DrugFamily.ANABOLIC)):
        if antiresorptives.isdisjoint(list_given(run.after)):
            yield state_rule("anabolic_without_follow_on", drug=run.last_drug)


def _check_after_denosumab(sequence: Sequence) -> Iterator[Finding]:
    for run in list_runs(sequence, {Drug.DENOSUMAB}):
        later = list_given(run.after)
        if run.after is None:
            yield state_rule("denosumab_at_end")
        elif not run.next_drugs:
            yield state_rule("denosumab_without_follow_on")
        elif later and PTH_ANALOGS.issuperset(later):
            yield state_rule("denosumab_to_pth_analog", drug=later[0])
        elif later == (Drug.ROMOSOZUMAB,):
            yield state_rule("denosumab_to_romosozumab")


def _check_denosumab_clock(sequence: Sequence) -> Iterator[Finding]:
    days = _list_clock_days(sequence)
    readings = [
        read_denosumab_clock(later - day)
        for (day, is_denosumab), (later, _) in pairwise(days)
        if is_denosumab
    ]
    for state, rule in _CLOCK_RULES.items():
        overdue = [reading for reading in readings if reading.state is state]
        if overdue:
            yield _report_delay(rule, max(overdue, key=lambda reading: reading.overdue_days))


def _list_clock_days(sequence: Sequence) -> list[tuple[int, bool]]:
    """List dose days and whether each is of denosumab; what is given beside it is left out."""
    courses = list_dose_courses(sequence)
    with_denosumab = {one.regimen_index for one in courses if one.drug is Drug.DENOSUMAB}
    return sorted(
        (day, course.drug is Drug.DENOSUMAB)
        for course in courses
        if course.drug is Drug.DENOSUMAB or course.regimen_index not in with_denosumab
        for day in list_course_days(course)
    )


def _report_delay(rule: str, reading: ClockReading) -> Finding:
    low, high = reading.vertebral_hazard_ratio_ci95 or (None, None)
    return state_rule(
        rule,
        weeks=f"{convert(reading.overdue_days, 'd', 'wk'):.0f}",
        ratio=reading.vertebral_hazard_ratio,
        low=low,
        high=high,
    )


def _check_denosumab_adherence(sequence: Sequence) -> Iterator[Finding]:
    shares = [regimen.adherence for regimen in sequence.regimens if Drug.DENOSUMAB in list_given(regimen)]
    if shares and min(shares) < 1:
        yield state_rule("denosumab_missed_doses", percent=f"{min(shares) * 10**2:g}")


def _check_after_raloxifene(sequence: Sequence) -> Iterator[Finding]:
    for run in list_runs(sequence, {Drug.RALOXIFENE}):
        if run.after is not None and not list_given(run.after):
            yield state_rule("raloxifene_stopped")


SWITCH_RULES = (
    _check_after_anabolic,
    _check_after_denosumab,
    _check_denosumab_clock,
    _check_denosumab_adherence,
    _check_after_raloxifene,
)
