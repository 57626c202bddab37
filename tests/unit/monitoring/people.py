"""One woman, scanned and treated as each test asks."""

from datetime import date

from osteon.densitometry import Maker, Person, Scan, Sex, Side, Site, compute_areal_bmd, find_reference_curve
from osteon.inference import BankSettings, Injection, Marker, MarkerReading, Patient
from osteon.therapy import Drug, parse_sequence

SMALL = BankSettings(draws=8, per_draw=16)
WOMAN = Person(sex=Sex.FEMALE, age_years=69, years_since_menopause=19)
BEFORE, AFTER = date(2024, 9, 2), date(2026, 9, 2)
SPINE, HIP, NECK = Site.LUMBAR_SPINE, Site.TOTAL_HIP, Site.FEMORAL_NECK
ALENDRONATE = "alendronate 70 mg weekly for 24 months"


def scan(site, t_score, day, *, maker=Maker.HOLOGIC, model="Horizon A", software="13.6", **more):
    bmd = compute_areal_bmd(t_score, find_reference_curve(maker, site))
    side = None if site is SPINE else more.pop("side", Side.LEFT)
    vertebrae = ("L1", "L2", "L3", "L4") if site is SPINE else None
    return Scan(
        site=site,
        areal_bmd_g_cm2=bmd,
        date=day,
        maker=maker,
        model=model,
        software=software,
        side=side,
        vertebrae=vertebrae,
        **more,
    )


def visit(day, spine=None, hip=None, neck=None, **more):
    scores = ((SPINE, spine), (HIP, hip), (NECK, neck))
    return tuple(scan(site, t_score, day, **more) for site, t_score in scores if t_score is not None)


def patient(*scans, history=ALENDRONATE, person=WOMAN, **more):
    return Patient(
        patient_id="ann",
        person=person,
        scans=tuple(scans),
        history=None if history is None else parse_sequence(history),
        **more,
    )


def reading(marker, value, day, *, assay="Elecsys", fasting_morning=True):
    return MarkerReading(
        marker=Marker(marker), value=value, date=day, assay=assay, fasting_morning=fasting_morning
    )


def denosumab(*days):
    return tuple(Injection(drug=Drug.DENOSUMAB, amount=60, unit="mg", date=day) for day in days)
