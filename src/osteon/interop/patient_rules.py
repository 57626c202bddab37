"""What two or more lines of a patient file say together: contradictions are faults, doubts are warnings."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any, Final

from osteon.densitometry import (
    CENTRAL_SITES,
    VERTEBRAE,
    Scan,
    ScoreKind,
    Site,
    choose_diagnostic_domain,
    compute_t_score,
    find_reference_curve,
    round_t_score,
)
from osteon.errors import AbstainedError
from osteon.inference import Injection, Marker
from osteon.interop.file_lines import Place
from osteon.interop.patient_limits import read_patient_limits
from osteon.interop.patient_problems import Notebook
from osteon.interop.patient_sections import PatientFile, find_first_day
from osteon.interop.patient_shape import ShapedFile
from osteon.interop.patient_values import PatientValues, Read, is_male
from osteon.therapy import Drug, Sequence, describe_drug
from osteon.units import DAYS_PER_MONTH

Rule = Callable[[ShapedFile, PatientValues, Notebook], None]


def check_rules(shaped: ShapedFile, values: PatientValues, notebook: Notebook) -> None:
    """Apply every rule, in the order of the file."""
    for rule in _RULES:
        rule(shaped, values, notebook)


def _check_person(shaped: ShapedFile, values: PatientValues, notebook: Notebook) -> None:
    """A person must be readable by T- or Z-scores, and a forecast needs the former."""
    person = values.person
    if person is None:
        return
    domain = notebook.attempt(("menopausal",), lambda: choose_diagnostic_domain(person))
    if domain is not None and domain.score_kind is ScoreKind.Z_SCORE:
        got = f"{person.sex}, {person.age_years:g} years, read by Z-scores"
        expected = "a postmenopausal woman, or a man of 50 or more"
        hint = "`osteon classify` reads this file; forecast and plan abstain."
        notebook.warn(("sex",), "forecast.outside_domain", got, expected, hint)
    if shaped.file.fragility_fracture is False and any(one.fragility for one in shaped.file.fractures):
        got = "false beside a fragility fracture under [[fractures]]"
        notebook.fault(
            ("fragility_fracture",), "person.contradicts", got, "true", "The line may be left out."
        )


def _check_days(shaped: ShapedFile, values: PatientValues, notebook: Notebook) -> None:
    """Nothing in the file is later than the day it speaks of, or older than the first scanners."""
    limit = values.as_of
    if limit is None and (values.injections or any(read.value.date for read in values.markers)):
        hint = "State as_of, or date the scans."
        notebook.fault(("as_of",), "patient.no_day", "nothing, and no scan has a date", "as_of", hint)
    first = dt.date(read_patient_limits().earliest_scan_year, 1, 1)
    for place, day in _list_days(shaped):
        if limit is not None and day > limit:
            hint = "Correct the year, or move as_of to the day of the visit."
            if shaped.file.as_of is None:
                hint = "as_of is not stated, so it is the day of the newest scan: state it."
            notebook.fault(place, "patient.after_as_of", f"{day}", f"a day up to as_of, {limit}", hint)
        if day < first and place[0] != "fractures":
            notebook.fault(place, "patient.day_too_early", f"{day}", f"{first} or later", "Check the year.")


def _list_days(shaped: ShapedFile) -> Iterator[tuple[Place, dt.date]]:
    for name in ("scans", "markers", "injections", "fractures"):
        for number, section in zip(shaped.numbers.get(name, ()), getattr(shaped.file, name), strict=True):
            day = section.date
            if day is not None:
                yield (name, number, "date"), find_first_day(day) if isinstance(day, str) else day


def _check_history(shaped: ShapedFile, values: PatientValues, notebook: Notebook) -> None:
    """A dated history ends by `as_of`."""
    start, place = shaped.file.history_start, ("history_start",)
    if start is None:
        return
    if shaped.file.history is None:
        hint = "Write what was given from then on as history."
        notebook.fault(place, "patient.start_without_history", f"{start}", "a history that starts then", hint)
    elif values.as_of is None:
        hint = "State as_of, or date the scans."
        notebook.fault(place, "patient.history_without_date", "no as_of and no dated scan", "as_of", hint)
    elif values.history is not None:
        _check_history_end(values.history, start, values.as_of, notebook)


def _check_history_end(history: Sequence, start: dt.date, as_of: dt.date, notebook: Notebook) -> None:
    days = round(history.duration_months * DAYS_PER_MONTH)
    past = (start - as_of).days + days
    if past > read_patient_limits().history_end_days or start > as_of:
        got = f"{history.duration_months:g} months from {start}, to {start + dt.timedelta(days=days)}"
        hint = "What is still to come is not history: shorten the last regimen, or correct the start."
        notebook.fault(("history_start",), "patient.history_runs_on", got, f"an end by as_of, {as_of}", hint)


def _check_scans(_: ShapedFile, values: PatientValues, notebook: Notebook) -> None:
    """Each scan agrees with itself and no two of one day and place disagree."""
    for read in values.scans:
        _check_t_score(read, notebook)
        _check_use(read, values, notebook)
    for group in _group(values.scans, lambda scan: (scan.site, scan.side, scan.date)):
        for earlier, later in pairwise(group):
            _compare_scans(earlier, later, notebook)
    sites = {read.value.site for read in values.scans}
    if sites and not sites & set(CENTRAL_SITES):
        expected = ", ".join(CENTRAL_SITES)
        hint = "`osteon classify` reads this file; forecast and plan abstain."
        notebook.warn(("scans",), "forecast.no_site", ", ".join(sorted(sites)), expected, hint)


def _group(reads: Iterable[Read], key: Callable[[Any], object]) -> list[list[Read]]:
    groups: dict[object, list[Read]] = defaultdict(list)
    for read in reads:
        groups[key(read.value)].append(read)
    return list(groups.values())


def _compare_scans(earlier: Read, later: Read, notebook: Notebook) -> None:
    first, second = earlier.value, later.value
    day = first.date or "an unstated day"
    side = f", {first.side}" if first.side else ""
    where = f"{_name_site(first.site)}{side}, on {day}"
    if first == second:
        hint = "It is the same scan twice: take one out."
        notebook.warn(later.place, "scan.repeated", f"the {where}, again", "each scan once", hint)
        return
    got = f"{_describe_scan(earlier)} and {_describe_scan(later)} at the {where}"
    hint = "Keep the result that the report rests on, or state the side or the day that tells them apart."
    notebook.fault(later.place, "scan.conflict", got, "one result of a site and side on a day", hint)


def _describe_scan(read: Read) -> str:
    section = read.section
    return section.bmd or (f"T {section.t_score:g}" if section.t_score is not None else "a scan")


def _name_site(site: Site) -> str:
    return site.replace("_", " ")


def _check_t_score(read: Read, notebook: Notebook) -> None:
    """A BMD and the T-score beside it may differ by the reference, but not by a unit or a maker."""
    scan, computed = read.value, _compute_t_score(read.value)
    reported = scan.reported_t_score
    if computed is None or reported is None or round_t_score(reported) == round_t_score(computed):
        return
    got = f"T {reported:g} beside {read.section.bmd}"
    expected = f"about T {computed:.1f} on a {_MAKER_NAMES[scan.maker]} scanner"
    if abs(reported - computed) > read_patient_limits().t_score_disagreement:
        hint = "Check both numbers, the maker, and whether the vertebrae or the side are those of the report."
        notebook.fault((*read.place, "t_score"), "scan.t_score_disagrees", got, expected, hint)
    else:
        hint = "The report may count against another reference; the BMD decides here."
        notebook.warn((*read.place, "t_score"), "scan.t_score_differs", got, expected, hint)


_MAKER_NAMES: Final = {"hologic": "Hologic", "ge_lunar": "GE-Lunar", "norland": "Norland"}


def _compute_t_score(scan: Scan) -> float | None:
    """Count the T-score of a scan where there is a reference for it, else return None."""
    if scan.areal_bmd_g_cm2 is None or scan.maker is None or scan.vertebrae not in {None, VERTEBRAE}:
        return None
    try:
        return compute_t_score(scan.areal_bmd_g_cm2, find_reference_curve(scan.maker, scan.site))
    except AbstainedError:
        return None


def _check_use(read: Read, values: PatientValues, notebook: Notebook) -> None:
    scan = read.value
    if scan.reported_t_score is None and scan.reported_z_score is None and _compute_t_score(scan) is None:
        if scan.maker is None:
            hint = "Add the maker of the scanner, or the T-score that the report prints."
        else:
            hint = "Add the T-score that the report prints."
        notebook.warn(read.place, "scan.no_score", "a BMD alone", "a way to its T-score", hint)
    dated = [
        other.value
        for other in values.scans
        if other.value.date is not None and other.value.site is scan.site
    ]
    if scan.date is None and dated:
        hint = "It counts as older than every dated scan of the site."
        notebook.warn(read.place, "scan.undated", "no date", "the day of the scan", hint)


def _check_markers(_: ShapedFile, values: PatientValues, notebook: Notebook) -> None:
    """No two results of one marker and day disagree; what makes one hard to compare is said."""
    for read in values.markers:
        if read.value.marker is Marker.CTX and read.value.fasting_morning is False:
            hint = "CTX swings with meals and the hour; it counts for less."
            notebook.warn(
                (*read.place, "fasting_morning"),
                "marker.not_fasting",
                "false",
                "a fasting morning sample",
                hint,
            )
    for group in _group(values.markers, lambda reading: (reading.marker, reading.date)):
        for earlier, later in pairwise(group):
            got = f"{earlier.section.value} and {later.section.value} of {_name_marker(later)} on one day"
            hint = "Keep the one of the assay that later results will come from."
            notebook.fault(later.place, "marker.conflict", got, "one result of a marker on a day", hint)
    for group in _group(values.markers, lambda reading: reading.marker):
        assays = sorted({read.value.assay for read in group if read.value.assay})
        if len(assays) > 1:
            hint = "Results of different assays are not compared."
            got = f"{_name_marker(group[0])} by {' and '.join(assays)}"
            notebook.warn((*group[-1].place, "assay"), "marker.assay_changes", got, "one assay", hint)


def _name_marker(read: Read) -> str:
    return str(read.value.marker).upper()


def _check_injections(_: ShapedFile, values: PatientValues, notebook: Notebook) -> None:
    """Doses of one drug lie apart as doses do, and belong to the history."""
    for read in values.injections:
        _check_amount(read, notebook)
    for group in _group(values.injections, lambda injection: injection.drug):
        in_time = sorted(group, key=lambda read: read.value.date)
        for earlier, later in pairwise(in_time):
            _compare_injections(earlier, later, notebook)
        _check_in_history(in_time[0], values.history, notebook)


def _check_amount(read: Read, notebook: Notebook) -> None:
    given = read.value
    labeled = [dose.amount for dose in describe_drug(given.drug).labeled_doses]
    if given.amount not in labeled:
        expected = " or ".join(f"{amount:g} {given.unit}" for amount in labeled)
        got = f"{given.drug} {given.amount:g} {given.unit}"
        hint = "An unusual dose is kept as it is."
        notebook.warn((*read.place, "amount"), "injection.unusual_amount", got, expected, hint)


def _compare_injections(earlier: Read, later: Read, notebook: Notebook) -> None:
    first, second = earlier.value, later.value
    days = (second.date - first.date).days
    place = (*later.place, "date")
    if days == 0:
        got = f"{first.drug} twice on {first.date}"
        hint = "Write the parts of one dose as their sum."
        notebook.fault(place, "injection.repeated", got, "one dose of a drug on a day", hint)
        return
    interval = _find_interval(second)
    if days < read_patient_limits().early_injection_share * interval:
        got = f"{days} days after the dose of {first.date}"
        expected = f"about {interval:.0f} days between doses of {first.drug}"
        notebook.warn(place, "injection.early", got, expected, "Check both dates.")


def _find_interval(given: Injection) -> float:
    """Return the labeled interval of a dose in days; of an unusual dose, the drug's usual one."""
    facts = describe_drug(given.drug)
    same = [dose.interval_days for dose in facts.labeled_doses if dose.amount == given.amount]
    return same[0] if same else facts.standard_dose.interval_days


def _check_in_history(read: Read, history: Sequence | None, notebook: Notebook) -> None:
    drug: Drug = read.value.drug
    if history is None:
        return
    if all(one.drug is not drug for regimen in history.regimens for one in regimen.prescriptions):
        got = f"{drug}, which the history does not name"
        hint = "Name the drug in history, so that its length and what came after are known too."
        notebook.warn((*read.place, "drug"), "injection.not_in_history", got, f"{drug} in history", hint)


def _check_context(shaped: ShapedFile, values: PatientValues, notebook: Notebook) -> None:
    """What cannot be true of one patient at once."""
    context = values.context
    if context is None:
        return
    if is_male(values.person) and context.pregnancy:
        notebook.fault(
            ("context", "pregnancy"), "context.contradicts", "true of a man", "false", "Check the sex."
        )
    if context.hypocalcemia and context.hypercalcemia:
        got = "true beside hypocalcemia = true"
        hint = "Serum calcium is low, or high, or neither."
        notebook.fault(("context", "hypercalcemia"), "context.contradicts", got, "one of the two", hint)
    _check_renal(shaped.file, notebook)


def _check_renal(file: PatientFile, notebook: Notebook) -> None:
    egfr, clearance = file.answers.get("egfr"), file.answers.get("renal_clearance_ml_min")
    if egfr is not None and clearance is not None and not notebook.has_fault_at(("context", "egfr")):
        got = f"{egfr} beside renal_clearance_ml_min = {clearance:g}"
        hint = "The lower of the two was used: a label's limit is passed when either is below it."
        notebook.warn(("context", "egfr"), "context.two_clearances", got, "one of the two", hint)


_RULES: Final[tuple[Rule, ...]] = (
    _check_person,
    _check_history,
    _check_days,
    _check_scans,
    _check_markers,
    _check_injections,
    _check_context,
)
