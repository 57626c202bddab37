"""How much, how long and what together: rules on doses, courses and combinations."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from osteon.therapy.drugs import Drug
from osteon.therapy.facts import LabeledDose, describe_drug, list_drugs
from osteon.therapy.findings import Finding, find_rule_limit, state_rule
from osteon.therapy.quantity_words import format_number, format_rhythm
from osteon.therapy.restrictions import DrugLimit, LabelRegion, LimitKind, find_limits
from osteon.therapy.runs import (
    BISPHOSPHONATES,
    PTH_ANALOGS,
    count_covered_months,
    count_doses,
    list_given,
    list_runs,
)
from osteon.therapy.sequence import Prescription, Sequence
from osteon.therapy.wording import format_prescription

__all__ = ["COURSE_RULES", "check_label_limits"]


def check_label_limits(sequence: Sequence, region: LabelRegion | None) -> Iterator[Finding]:
    """Yield a finding for each label limit on a course that the whole sequence exceeds."""
    for drug in list_drugs():
        months = count_covered_months(sequence.regimens, drug)
        over = tuple(_list_over(drug, LimitKind.COURSE_LIMIT, months, region))
        yield from (_report_course(limit, f"{months:g} months", "months") for limit in over)
        doses = count_doses(sequence.regimens, drug)
        if not over:
            many = _list_over(drug, LimitKind.COURSE_DOSES, doses, region)
            yield from (_report_course(limit, f"{doses} doses", "doses") for limit in many)
    yield from _check_pth_analogs(sequence, region)


def _list_over(drug: Drug, kind: LimitKind, given: float, region: LabelRegion | None) -> Iterator[DrugLimit]:
    for limit in find_limits(drug, kind):
        if given > limit.value and region in {None, limit.region}:
            yield limit


def _report_course(limit: DrugLimit, given: str, unit: str) -> Finding:
    stated = state_rule(
        "course_over_label",
        drug=limit.drug,
        given=given,
        region=limit.region.upper(),
        limit=f"{limit.value:g} {unit}",
    )
    return replace(stated, source=limit.source, extraction=limit.extraction)


def _check_pth_analogs(sequence: Sequence, region: LabelRegion | None) -> Iterator[Finding]:
    months = [count_covered_months(sequence.regimens, drug) for drug in sorted(PTH_ANALOGS)]
    for limit in find_limits(Drug.ABALOPARATIDE, LimitKind.COURSE_LIMIT):
        cumulative = limit.region is LabelRegion.US and region in {None, LabelRegion.US}
        if cumulative and all(months) and sum(months) > limit.value:
            yield state_rule("pth_analogs_over_label", months=f"{sum(months):g}", limit=f"{limit.value:g}")


def _check_second_romosozumab(sequence: Sequence) -> Iterator[Finding]:
    courses = len(list_runs(sequence, {Drug.ROMOSOZUMAB}))
    if courses > 1:
        yield state_rule("second_romosozumab_course", courses=courses)


def _check_bisphosphonate_length(sequence: Sequence) -> Iterator[Finding]:
    for run in list_runs(sequence, BISPHOSPHONATES):
        drug = run.last_drug
        months = sum(count_covered_months(run.regimens, one) for one in run.drugs)
        (review,) = find_limits(drug, LimitKind.REVIEW_AFTER)
        (longest,) = find_limits(drug, LimitKind.EXTENDED_LIMIT)
        values = {"drug": drug, "months": f"{months:g}"}
        if months > longest.value:
            yield state_rule("bisphosphonate_beyond_evidence", limit=f"{longest.value:g}", **values)
        elif months > review.value:
            yield state_rule("bisphosphonate_review", limit=f"{review.value:g}", **values)
        if run.quiet_months:
            (recheck,) = find_limits(drug, LimitKind.PAUSE_RECHECK_AFTER)
            quiet = f"{run.quiet_months:g}"
            limit = f"{recheck.value:g}"
            yield state_rule("bisphosphonate_pause", drug=drug, months=quiet, limit=limit)


def _check_combinations(sequence: Sequence) -> Iterator[Finding]:
    pairs = dict.fromkeys(
        pair
        for regimen in sequence.regimens
        for pair in combinations(sorted(list_given(regimen), key=list(Drug).index), 2)
    )
    return (_report_pair(*pair) for pair in pairs)


def _report_pair(first: Drug, second: Drug) -> Finding:
    if {first, second} == {Drug.TERIPARATIDE, Drug.DENOSUMAB}:
        return state_rule("combination_studied")
    drugs = f"{first} and {second}"
    if first in BISPHOSPHONATES and second in PTH_ANALOGS:
        return state_rule("combination_without_gain", drugs=drugs)
    return state_rule("combination_not_labeled", drugs=drugs)


def _check_doses(sequence: Sequence) -> Iterator[Finding]:
    written = dict.fromkeys(
        prescription for regimen in sequence.regimens for prescription in regimen.prescriptions
    )
    for prescription in written:
        yield from _check_dose(prescription)


def _check_dose(written: Prescription) -> Iterator[Finding]:
    doses = tuple(dose for dose in describe_drug(written.drug).labeled_doses if dose.route is written.route)
    if any(_is_dose(written, dose) for dose in doses):
        return
    labeled = " or ".join(map(_format_dose, doses))
    ratio = _compare_rate(written, doses[0])
    values = {"written": format_prescription(written), "labeled": labeled}
    highest = find_rule_limit("dose_rate_far", "highest_ratio")
    if ratio is not None and not 1 / highest < ratio < highest:
        yield state_rule("dose_rate_far", ratio=f"{ratio:.2g}", **values)
    else:
        yield state_rule("dose_not_labeled", **values)


def _is_dose(written: Prescription, dose: LabeledDose) -> bool:
    return (written.amount, written.interval_days) == (dose.amount, dose.interval_days)


def _compare_rate(written: Prescription, dose: LabeledDose) -> float | None:
    if written.interval_days is None:
        return None
    return (written.amount / written.interval_days) / (dose.amount / dose.interval_days)


def _format_dose(dose: LabeledDose) -> str:
    return f"{format_number(dose.amount)} {dose.unit} {format_rhythm(dose.interval_days)}"


COURSE_RULES = (
    _check_second_romosozumab,
    _check_bisphosphonate_length,
    _check_combinations,
    _check_doses,
)
