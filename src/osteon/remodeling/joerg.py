r"""The model of Jörg and colleagues (jorg2022) in our own code: total hip and turnover markers, nine states.

Time is in days. Precursors flow in at one a day, so cells are counted in days of inflow. U(x) = x/(1 + x) and
D(x) = 1/(1 + x); e is estrogen relative to the years before menopause.

Drug levels, in multiples of the level of half effect: ``a`` alendronate, ``d`` denosumab, ``h`` teriparatide,
``m`` an antibody against sclerostin (the fit saw blosozumab; romosozumab is taken to be its equal)
    dz   = E dose - (ln 2/T) z                 each, without absorption and with one half-life
Cells
    Phi  = w_q D(e/e_q) U(s/s_q) (1 - b_d U(d)) (1 + b_q U(h)) q
    dp   = 1 - w_p D(s/s_p) p                                                 pre-osteoblasts
    dB   = w_p D(s/s_p) p - n_B (1 - b_B U(h)) B - w_B B                      osteoblasts
    dY   = w_B B - n_Y Y                                                      osteocytes
    dq   = 1 - Phi                                                            pre-osteoclasts
    dC   = Phi - n_C (1 + v_C U(e/e_C) U(C/r_C)) C - n_bp U(a) C              osteoclasts
    ds   = D(e/e_s) Y - k s - k m s + l x ;  dx = k m s - l x - k x           sclerostin, free and bound
Bone
    F    = L_B D(s/s_F) (1 + v_F U(C/r_F)) B ;  R = L_C C                     formation, resorption
    db   = F - R ;  dc = g (c_0 + b_c U(d) - c)                               density, mineral share
Read-outs
    BMD of the total hip = b c ;  CTX = R^q_C ;  P1NP = F^q_P                 each relative to the start

Menopause: e = 1 up to 50 years, then 1/(1 + years since/tau_e). A course starts before menopause in the steady
state of every cell; only ``b`` has none, and changes by F - R.

What it does not describe: spine and femoral neck, any other drug, adherence, absorption, saturable clearance,
retention of bisphosphonate in bone, a loss of pre-osteoclasts other than by maturing, variability between persons,
and the age at menopause of one person.

Like the project's own equations these run on floats, NumPy or JAX arrays. Values: evidence table
``joerg_parameters``.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from osteon.evidence import load_facts

__all__ = [
    "JoergDose",
    "JoergOutcomes",
    "JoergParameters",
    "JoergState",
    "add_joerg_dose",
    "differentiate_joerg",
    "load_joerg_parameters",
    "read_estrogen",
    "read_joerg_outcomes",
    "rest_joerg",
]

Number = Any
_LOG_2 = 0.6931471805599453


class JoergParameters(NamedTuple):
    """The published values; per-day rates, years where the name says age or decline, the rest are ratios."""

    preosteoblast_rate: Number
    preosteoblast_sclerostin: Number
    osteoblast_death: Number
    osteoblast_burial: Number
    osteocyte_death: Number
    preosteoclast_rate: Number
    preosteoclast_estrogen: Number
    preosteoclast_sclerostin: Number
    osteoclast_death: Number
    osteoclast_crowding: Number
    osteoclast_estrogen: Number
    osteoclast_half: Number
    sclerostin_estrogen: Number
    sclerostin_loss: Number
    sclerostin_release: Number
    formation_rate: Number
    formation_sclerostin: Number
    formation_coupling: Number
    formation_half: Number
    resorption_rate: Number
    mineral_rate: Number
    mineral_share: Number
    denosumab_mineral: Number
    denosumab_block: Number
    bisphosphonate_kill: Number
    pth_osteoclasts: Number
    pth_osteoblasts: Number
    alendronate_potency: Number
    denosumab_potency: Number
    antibody_potency: Number
    teriparatide_potency: Number
    alendronate_half_life: Number
    denosumab_half_life: Number
    antibody_half_life: Number
    teriparatide_half_life: Number
    menopause_age: Number
    estrogen_decline: Number
    ctx_exponent: Number
    p1np_exponent: Number


class JoergState(NamedTuple):
    """Cells in days of inflow, sclerostin in the model's units, density, mineral share, and drug levels."""

    preosteoblasts: Number
    osteoblasts: Number
    osteocytes: Number
    preosteoclasts: Number
    osteoclasts: Number
    sclerostin: Number
    bound_sclerostin: Number
    density: Number
    mineral: Number
    alendronate: Number
    denosumab: Number
    teriparatide: Number
    antibody: Number


class JoergDose(NamedTuple):
    """What is given at one moment, or per day."""

    alendronate_mg: Number = 0.0
    denosumab_mg: Number = 0.0
    teriparatide_ug: Number = 0.0
    antibody_mg: Number = 0.0


class JoergOutcomes(NamedTuple):
    """Total hip BMD (1 = an unmineralized unit of bone) and both markers, on scales of their own."""

    total_hip: Number
    ctx: Number
    p1np: Number


@cache
def load_joerg_parameters() -> JoergParameters:
    """Load the published fit from the evidence table ``joerg_parameters``.

    >>> load_joerg_parameters().menopause_age
    50.0
    """
    values = {fact.keys["parameter"]: fact.number for fact in load_facts("joerg_parameters")}
    return JoergParameters(**values)


def _rise(x: Number) -> Number:
    return x / (1 + x)


def _fall(x: Number) -> Number:
    return 1 / (1 + x)


def read_estrogen(age_years: Number, p: JoergParameters) -> Number:
    """Return estrogen relative to before menopause."""
    past = age_years - p.menopause_age
    return _fall((past + abs(past)) / 2 / p.estrogen_decline)


def rest_joerg(p: JoergParameters) -> JoergState:
    """Return the steady state before menopause, in closed form: no drug, and density 1."""
    osteoblasts = 1 / (p.osteoblast_death + p.osteoblast_burial)
    osteocytes = p.osteoblast_burial * osteoblasts / p.osteocyte_death
    sclerostin = _fall(1 / p.sclerostin_estrogen) * osteocytes / p.sclerostin_loss
    mature = _fall(1 / p.preosteoclast_estrogen) * _rise(sclerostin / p.preosteoclast_sclerostin)
    zero = osteoblasts * 0
    return JoergState(
        preosteoblasts=1 / (p.preosteoblast_rate * _fall(sclerostin / p.preosteoblast_sclerostin)),
        osteoblasts=osteoblasts,
        osteocytes=osteocytes,
        preosteoclasts=1 / (p.preosteoclast_rate * mature),
        osteoclasts=_rest_osteoclasts(p),
        sclerostin=sclerostin,
        bound_sclerostin=zero,
        density=zero + 1,
        mineral=zero + p.mineral_share,
        alendronate=zero,
        denosumab=zero,
        teriparatide=zero,
        antibody=zero,
    )


def _rest_osteoclasts(p: JoergParameters) -> Number:
    """Solve 1 = n_C (1 + v C/(r + C)) C for C, with v the crowding at full estrogen."""
    crowding = p.osteoclast_crowding * _rise(1 / p.osteoclast_estrogen)
    lifetime = 1 / p.osteoclast_death
    linear = lifetime - p.osteoclast_half
    root = (linear**2 + 2**2 * (1 + crowding) * lifetime * p.osteoclast_half) ** (1 / 2)
    return (linear + root) / (2 * (1 + crowding))


def add_joerg_dose(s: JoergState, p: JoergParameters, dose: JoergDose) -> JoergState:
    """Return the state just after a dose."""
    alendronate, denosumab, teriparatide, antibody = _scale_dose(p, dose)
    return s._replace(
        alendronate=s.alendronate + alendronate,
        denosumab=s.denosumab + denosumab,
        teriparatide=s.teriparatide + teriparatide,
        antibody=s.antibody + antibody,
    )


def _scale_dose(p: JoergParameters, dose: JoergDose) -> tuple[Number, ...]:
    return (
        p.alendronate_potency * dose.alendronate_mg,
        p.denosumab_potency * dose.denosumab_mg,
        p.teriparatide_potency * dose.teriparatide_ug,
        p.antibody_potency * dose.antibody_mg,
    )


def _differentiate_levels(s: JoergState, p: JoergParameters, rate: JoergDose) -> tuple[Number, ...]:
    alendronate, denosumab, teriparatide, antibody = _scale_dose(p, rate)
    return (
        alendronate - _LOG_2 / p.alendronate_half_life * s.alendronate,
        denosumab - _LOG_2 / p.denosumab_half_life * s.denosumab,
        teriparatide - _LOG_2 / p.teriparatide_half_life * s.teriparatide,
        antibody - _LOG_2 / p.antibody_half_life * s.antibody,
    )


def _read_fluxes(s: JoergState, p: JoergParameters) -> tuple[Number, Number]:
    """Return formation and resorption, per day."""
    coupled = 1 + p.formation_coupling * _rise(s.osteoclasts / p.formation_half)
    formation = p.formation_rate * _fall(s.sclerostin / p.formation_sclerostin) * coupled * s.osteoblasts
    return formation, p.resorption_rate * s.osteoclasts


def _differentiate_cells(s: JoergState, p: JoergParameters, estrogen: Number) -> tuple[Number, ...]:
    """Return the slopes of the five kinds of cells."""
    born = p.preosteoblast_rate * _fall(s.sclerostin / p.preosteoblast_sclerostin) * s.preosteoblasts
    spared = 1 - p.pth_osteoblasts * _rise(s.teriparatide)
    matured = (
        p.preosteoclast_rate
        * _fall(estrogen / p.preosteoclast_estrogen)
        * _rise(s.sclerostin / p.preosteoclast_sclerostin)
        * (1 - p.denosumab_block * _rise(s.denosumab))
        * (1 + p.pth_osteoclasts * _rise(s.teriparatide))
        * s.preosteoclasts
    )
    crowding = _rise(estrogen / p.osteoclast_estrogen) * _rise(s.osteoclasts / p.osteoclast_half)
    death = p.osteoclast_death * (1 + p.osteoclast_crowding * crowding)
    death = death + p.bisphosphonate_kill * _rise(s.alendronate)
    return (
        1 - born,
        born - (p.osteoblast_death * spared + p.osteoblast_burial) * s.osteoblasts,
        p.osteoblast_burial * s.osteoblasts - p.osteocyte_death * s.osteocytes,
        1 - matured,
        matured - death * s.osteoclasts,
    )


def differentiate_joerg(s: JoergState, p: JoergParameters, rate: JoergDose, estrogen: Number) -> JoergState:
    """Return d(state)/dt per day while ``rate`` is given per day."""
    bound = p.sclerostin_loss * s.antibody * s.sclerostin
    released = p.sclerostin_release * s.bound_sclerostin
    made = _fall(estrogen / p.sclerostin_estrogen) * s.osteocytes
    formation, resorption = _read_fluxes(s, p)
    mineral = p.mineral_share + p.denosumab_mineral * _rise(s.denosumab)
    return JoergState._make(
        (
            *_differentiate_cells(s, p, estrogen),
            made - p.sclerostin_loss * s.sclerostin - bound + released,
            bound - released - p.sclerostin_loss * s.bound_sclerostin,
            formation - resorption,
            p.mineral_rate * (mineral - s.mineral),
            *_differentiate_levels(s, p, rate),
        )
    )


def read_joerg_outcomes(s: JoergState, p: JoergParameters) -> JoergOutcomes:
    """Return the read-outs; only their ratio to another moment of the same course has a meaning."""
    formation, resorption = _read_fluxes(s, p)
    return JoergOutcomes(
        total_hip=s.density * s.mineral,
        ctx=resorption**p.ctx_exponent,
        p1np=formation**p.p1np_exponent,
    )
