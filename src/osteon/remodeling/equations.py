r"""The whole model on one page: bone under osteoporosis drugs, as ordinary differential equations.

Time is in days. Cell states are relative to the untreated start (1 = before any drug). Two envelopes,
trabecular ``t`` and cortical ``c``, each hold young (still mineralizing) bone ``y`` and mature bone ``m``;
the three DXA sites are mixtures of the two envelopes.

Drug levels
    dAd = -ka_d Ad                           denosumab depot (mg)
    dXd = ka_d Ad/V_d - kel_d Xd - Vm_d Xd/(Km_d + Xd)             denosumab in serum (ug/mL)
    dAr = -ka_r Ar ;  dXr = ka_r Ar/V_r - kel_r Xr                 romosozumab likewise
    dS  = -kS S + kD D (+ potency x dose) ;  dD = f kS S - kD D     each bisphosphonate, on surface and buried
Signals
    free = f_d + (1 - f_d)/(1 + (Xd/K_D)^h)  osteoclast support left by denosumab, of which f_d needs no RANKL
    E    = Xr/(Xr + EC_R) ; dZ = (E - Z)/tau_Z                      sclerostin blocked, and its counter-regulation
    Wf   = E - th_F Z ;  Wr = E - th_R Z     what is left of it for formation and for resorption
    u    = u_T + u_A - u_T u_A               PTH-receptor drive of teriparatide and abaloparatide
    dT   = kT (u - T) ;  pth = u - th_T T    tolerance, and its undershoot after the drug
    dL   = kL (1 - L) - kU u L               lining reserve that PTH analogs can recruit
    dH   = kH (1 - H) - kV E H               lining reserve that sclerostin inhibition can recruit
    drho = [(r_T u_T + r_A u_A)(1 - th_T T) - rho]/tau_rho          RANKL induced by PTH analogs
    Lam  = (1 + rho)(1 - a_R Wr)(1 - a_X u_X) free   osteoclastogenic signal
Cells
    calm = min(Lam, 1)                       the pools fill while the signal is low; a high one does not empty them
    dP   = kP_d (1 - P) + kP_f (1 - calm P/(1 + m_P S))   slow re-activable capacity, bounded by 1 + kP_f/kP_d
    dM   = kM_d (1 - M) + kM_f (1 - calm M)  fast osteomorph pool, bounded by 1 + kM_f/kM_d
    dCe  = kC [Lam P M (1 + n (P - 1)) - (1 + chi_e S) Ce]          active osteoclasts
    Je   = Ce (1 - a_Ca u_Ca)(1 + kJ) free/(free + kJ)   resorptive activity: calcium, and loss of RANKL, still it
    dQe  = (Je - Qe)/tau_Q ; dBe = (Qe - Be)/tau_B                  formation coupled to resorption, delayed
    G    = g_R max(Wf, 0)(h_R + (1 - h_R) H) + (g_T u_T + g_A u_A) L (c_pl + (1 - c_pl) Qt)
Bone, ve = ye + me
    form_e = (1 - phi_e) Be (1 + oR_e Wf + oT_e pth) + phi_e (1 - a_Ca u_Ca)/(1 + m_b S) + w_e G   w_t = 1, w_c = gm_c
    reso_e = (1 + dlt_e + dltm_e N) Je (1 + xi_e max(pth, 0))                  xi_t = 0
    dN   = -N/tau_N                           what is left of the menopausal imbalance
    fe   = Ke form_e/sigma_e ;  re = Ke reso_e sigma_e               sigma_e = ve^zeta in its first Pade form,
                                              (2 + (1 + zeta)(ve - 1))/(2 + (1 - zeta)(ve - 1))
    dye  = fe - ks ye - re ye/ve ;  dme = ks ye - re me/ve
    dW   = d_W                                wear of the spine that a DXA scan reads as bone
Read-outs
    beta_e = (alpha ye + me)/(alpha ye0 + me0) ;  BMD_site = w_site beta_t + (1 - w_site) beta_c (+ W at the spine)
    CTX  = c_f + (1 - c_f)(s_t reso_t' + (1 - s_t) reso_c')^c_q    reso' without the imbalance factor
    P1NP = p_f + (1 - p_f)(s_t form_t' + (1 - s_t) form_c')^p_e   form' with p_q Qe + (1 - p_q) Be for Be, p_g G for G

Mass balance: d(ye + me)/dt = fe - re exactly. The untreated start is closed form: every cell state 1, every
drug 0, ``ye = Ke/(ks + Ke)``, ``me = 1 - ye``. A prior therapy is run, not assumed.

What it does not describe: calcium and phosphate homeostasis, fracture, bone size, growth, pregnancy, microdamage,
the hours after a dose (daily and weekly drugs are continuous drives), and any drug not named above.

The functions use only ``+ - * / **`` and ``abs`` on whatever number type they are given: Python floats,
NumPy or JAX arrays. Sources: the cell pools follow the idea of jorg2022; the changes and the reason for each
are in ``docs/model.md``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = [
    "Bolus",
    "Drive",
    "Lane",
    "Outcomes",
    "State",
    "add_doses",
    "differentiate_state",
    "list_fast_losses",
    "read_outcomes",
    "start_state",
]

Number = Any
"""A float, a NumPy array or a JAX array: the equations do not care."""


class State(NamedTuple):
    """Everything that changes: one number (or array over lanes) per state, in the order of integration."""

    denosumab_depot_mg: Number
    denosumab_ug_ml: Number
    romosozumab_depot_mg: Number
    romosozumab_ug_ml: Number
    alendronate_surface: Number
    alendronate_buried: Number
    risedronate_surface: Number
    risedronate_buried: Number
    ibandronate_surface: Number
    ibandronate_buried: Number
    zoledronate_surface: Number
    zoledronate_buried: Number
    capacity: Number
    osteomorphs: Number
    osteoclasts_t: Number
    osteoclasts_c: Number
    recruited_t: Number
    recruited_c: Number
    osteoblasts_t: Number
    osteoblasts_c: Number
    induced_rankl: Number
    counter_regulation: Number
    lining_pth: Number
    lining_sclerostin: Number
    tolerance: Number
    menopause: Number
    young_t: Number
    mature_t: Number
    young_c: Number
    mature_c: Number
    spine_wear: Number


class Drive(NamedTuple):
    """What is given continuously during one step: bisphosphonates in mg/day, others 1 at the usual dose."""

    alendronate_mg_day: Number
    risedronate_mg_day: Number
    ibandronate_mg_day: Number
    zoledronate_mg_day: Number
    teriparatide: Number
    abaloparatide: Number
    raloxifene: Number
    calcium: Number


class Bolus(NamedTuple):
    """What is given at one moment, mg; ibandronate and other bisphosphonates as the amount that is absorbed."""

    denosumab_mg: Number
    romosozumab_mg: Number
    alendronate_mg: Number
    risedronate_mg: Number
    ibandronate_mg: Number
    zoledronate_mg: Number


class Outcomes(NamedTuple):
    """BMD at three sites and two markers, each relative to the model's own untreated start (1 = start)."""

    lumbar_spine: Number
    total_hip: Number
    femoral_neck: Number
    ctx: Number
    p1np: Number


class Lane(NamedTuple):
    """The parameters of one virtual patient; per-day rates, mg, ug/mL; the rest are ratios."""

    denosumab_ka: Number
    denosumab_volume_l: Number
    denosumab_kel: Number
    denosumab_vmax: Number
    denosumab_km: Number
    denosumab_kd: Number
    denosumab_hill: Number
    denosumab_escape: Number
    romosozumab_ka: Number
    romosozumab_volume_l: Number
    romosozumab_kel: Number
    romosozumab_ec50: Number
    alendronate_ks: Number
    risedronate_ks: Number
    ibandronate_ks: Number
    zoledronate_ks: Number
    alendronate_kd: Number
    risedronate_kd: Number
    ibandronate_kd: Number
    zoledronate_kd: Number
    alendronate_potency: Number
    risedronate_potency: Number
    ibandronate_potency: Number
    zoledronate_potency: Number
    buried_share: Number
    capacity_decay: Number
    capacity_flow: Number
    osteomorph_decay: Number
    osteomorph_flow: Number
    release: Number
    osteoclast_rate: Number
    activity_half: Number
    bp_access_c: Number
    bp_modeling: Number
    bp_capacity: Number
    recruit_days: Number
    osteoblast_days: Number
    counter_days: Number
    counter_formation: Number
    counter_resorption: Number
    romosozumab_resorption: Number
    romosozumab_formation: Number
    romosozumab_gain_t: Number
    romosozumab_gain_c: Number
    lining_sclerostin_recovery: Number
    lining_sclerostin_use: Number
    lining_sclerostin_floor: Number
    rankl_days: Number
    teriparatide_rankl: Number
    abaloparatide_rankl: Number
    teriparatide_formation: Number
    abaloparatide_formation: Number
    pth_gain_t: Number
    pth_gain_c: Number
    pth_porosity_c: Number
    tolerance_rate: Number
    tolerance_size: Number
    lining_pth_recovery: Number
    lining_pth_use: Number
    resorption_independent: Number
    raloxifene_block: Number
    calcium_block: Number
    turnover_t: Number
    turnover_c: Number
    modeling_t: Number
    modeling_c: Number
    induced_c: Number
    imbalance_t: Number
    imbalance_c: Number
    menopause_imbalance_t: Number
    menopause_imbalance_c: Number
    menopause_days: Number
    mineralization_rate: Number
    young_mineral: Number
    volume_feedback: Number
    weight_lumbar_spine: Number
    weight_total_hip: Number
    weight_femoral_neck: Number
    ctx_floor: Number
    p1np_floor: Number
    p1np_early: Number
    p1np_induced: Number
    marker_share_t: Number
    ctx_exponent: Number
    p1np_exponent: Number
    spine_wear_rate: Number


def start_state(lane: Lane, menopause: Number) -> State:
    """Return the closed-form untreated start; ``menopause`` is exp(-years since menopause/tau), 0 to 1."""
    zero = lane.turnover_t * 0
    one = zero + 1
    young_t = lane.turnover_t / (lane.mineralization_rate + lane.turnover_t)
    young_c = lane.turnover_c / (lane.mineralization_rate + lane.turnover_c)
    drugs = (zero,) * 12
    cells = (one,) * 8
    signals = (zero, zero, one, one, zero, zero + menopause)
    return State(*drugs, *cells, *signals, young_t, 1 - young_t, young_c, 1 - young_c, zero)


_TRACE = 10.0**-36


class _Signals(NamedTuple):
    free: Number
    block_formation: Number
    block_resorption: Number
    sclerostin_blocked: Number
    pth: Number
    pth_tolerated: Number
    osteoclastogenic: Number
    surface: Number


def _read_signals(s: State, p: Lane, u: Drive) -> _Signals:
    positive_denosumab = (abs(s.denosumab_ug_ml) + s.denosumab_ug_ml) / 2 + _TRACE
    bound = (positive_denosumab / p.denosumab_kd) ** p.denosumab_hill
    free = p.denosumab_escape + (1 - p.denosumab_escape) / (1 + bound)
    blocked = s.romosozumab_ug_ml / (s.romosozumab_ug_ml + p.romosozumab_ec50)
    block_formation = blocked - p.counter_formation * s.counter_regulation
    block_resorption = blocked - p.counter_resorption * s.counter_regulation
    pth = u.teriparatide + u.abaloparatide - u.teriparatide * u.abaloparatide
    signal = (
        (1 + s.induced_rankl)
        * (1 - p.romosozumab_resorption * block_resorption)
        * (1 - p.raloxifene_block * u.raloxifene)
        * free
    )
    surface = s.alendronate_surface + s.risedronate_surface + s.ibandronate_surface + s.zoledronate_surface
    tolerated = pth - p.tolerance_size * s.tolerance
    return _Signals(free, block_formation, block_resorption, blocked, pth, tolerated, signal, surface)


class _Fluxes(NamedTuple):
    resorption_t: Number
    resorption_c: Number
    coupled_gain_t: Number
    coupled_gain_c: Number
    modeling_t: Number
    modeling_c: Number
    induced: Number
    activity_t: Number
    activity_c: Number


def _read_fluxes(s: State, p: Lane, u: Drive, z: _Signals) -> _Fluxes:
    """Formation and resorption relative to the untreated turnover, before volume feedback and imbalance."""
    calmed = 1 - p.calcium_block * u.calcium
    active = calmed * (1 + p.activity_half) * z.free / (z.free + p.activity_half)
    activity_t, activity_c = s.osteoclasts_t * active, s.osteoclasts_c * active
    positive_block = (z.block_formation + abs(z.block_formation)) / 2
    reserve = p.lining_sclerostin_floor + (1 - p.lining_sclerostin_floor) * s.lining_sclerostin
    coupled = p.resorption_independent + (1 - p.resorption_independent) * s.recruited_t
    induced = p.romosozumab_formation * positive_block * reserve + (
        (p.teriparatide_formation * u.teriparatide + p.abaloparatide_formation * u.abaloparatide)
        * s.lining_pth
        * coupled
    )
    spared = calmed / (1 + p.bp_modeling * z.surface)
    gain_t = 1 + p.romosozumab_gain_t * z.block_formation + p.pth_gain_t * z.pth_tolerated
    gain_c = 1 + p.romosozumab_gain_c * z.block_formation + p.pth_gain_c * z.pth_tolerated
    return _Fluxes(
        resorption_t=activity_t,
        resorption_c=activity_c * (1 + p.pth_porosity_c * (z.pth_tolerated + abs(z.pth_tolerated)) / 2),
        coupled_gain_t=(1 - p.modeling_t) * gain_t,
        coupled_gain_c=(1 - p.modeling_c) * gain_c,
        modeling_t=p.modeling_t * spared,
        modeling_c=p.modeling_c * spared,
        induced=induced,
        activity_t=activity_t,
        activity_c=activity_c,
    )


def _differentiate_antibodies(s: State, p: Lane) -> tuple[Number, ...]:
    absorbed_d = p.denosumab_ka * s.denosumab_depot_mg
    cleared_d = p.denosumab_kel + p.denosumab_vmax / (p.denosumab_km + s.denosumab_ug_ml)
    absorbed_r = p.romosozumab_ka * s.romosozumab_depot_mg
    return (
        -absorbed_d,
        absorbed_d / p.denosumab_volume_l - cleared_d * s.denosumab_ug_ml,
        -absorbed_r,
        absorbed_r / p.romosozumab_volume_l - p.romosozumab_kel * s.romosozumab_ug_ml,
    )


def _differentiate_bisphosphonates(s: State, p: Lane, u: Drive) -> tuple[Number, ...]:
    aln = p.alendronate_ks * s.alendronate_surface, p.alendronate_kd * s.alendronate_buried
    ris = p.risedronate_ks * s.risedronate_surface, p.risedronate_kd * s.risedronate_buried
    ibn = p.ibandronate_ks * s.ibandronate_surface, p.ibandronate_kd * s.ibandronate_buried
    zol = p.zoledronate_ks * s.zoledronate_surface, p.zoledronate_kd * s.zoledronate_buried
    return (
        p.alendronate_potency * u.alendronate_mg_day - aln[0] + aln[1],
        p.buried_share * aln[0] - aln[1],
        p.risedronate_potency * u.risedronate_mg_day - ris[0] + ris[1],
        p.buried_share * ris[0] - ris[1],
        p.ibandronate_potency * u.ibandronate_mg_day - ibn[0] + ibn[1],
        p.buried_share * ibn[0] - ibn[1],
        p.zoledronate_potency * u.zoledronate_mg_day - zol[0] + zol[1],
        p.buried_share * zol[0] - zol[1],
    )


def add_doses(s: State, p: Lane, b: Bolus) -> State:
    """Return the state just after the doses of one moment were given."""
    return s._replace(
        denosumab_depot_mg=s.denosumab_depot_mg + b.denosumab_mg,
        romosozumab_depot_mg=s.romosozumab_depot_mg + b.romosozumab_mg,
        alendronate_surface=s.alendronate_surface + p.alendronate_potency * b.alendronate_mg,
        risedronate_surface=s.risedronate_surface + p.risedronate_potency * b.risedronate_mg,
        ibandronate_surface=s.ibandronate_surface + p.ibandronate_potency * b.ibandronate_mg,
        zoledronate_surface=s.zoledronate_surface + p.zoledronate_potency * b.zoledronate_mg,
    )


def _differentiate_cells(s: State, p: Lane, z: _Signals, x: _Fluxes) -> tuple[Number, ...]:
    drive = z.osteoclastogenic * s.capacity * s.osteomorphs * (1 + p.release * (s.capacity - 1))
    calm = (1 + z.osteoclastogenic - abs(1 - z.osteoclastogenic)) / 2
    return (
        p.capacity_decay * (1 - s.capacity)
        + p.capacity_flow * (1 - calm * s.capacity / (1 + p.bp_capacity * z.surface)),
        p.osteomorph_decay * (1 - s.osteomorphs) + p.osteomorph_flow * (1 - calm * s.osteomorphs),
        p.osteoclast_rate * (drive - (1 + z.surface) * s.osteoclasts_t),
        p.osteoclast_rate * (drive - (1 + p.bp_access_c * z.surface) * s.osteoclasts_c),
        (x.activity_t - s.recruited_t) / p.recruit_days,
        (x.activity_c - s.recruited_c) / p.recruit_days,
        (s.recruited_t - s.osteoblasts_t) / p.osteoblast_days,
        (s.recruited_c - s.osteoblasts_c) / p.osteoblast_days,
    )


def _differentiate_signals(s: State, p: Lane, u: Drive, z: _Signals) -> tuple[Number, ...]:
    rankl = p.teriparatide_rankl * u.teriparatide + p.abaloparatide_rankl * u.abaloparatide
    return (
        (rankl * (1 - p.tolerance_size * s.tolerance) - s.induced_rankl) / p.rankl_days,
        (z.sclerostin_blocked - s.counter_regulation) / p.counter_days,
        p.lining_pth_recovery * (1 - s.lining_pth) - p.lining_pth_use * z.pth * s.lining_pth,
        p.lining_sclerostin_recovery * (1 - s.lining_sclerostin)
        - p.lining_sclerostin_use * z.sclerostin_blocked * s.lining_sclerostin,
        p.tolerance_rate * (z.pth - s.tolerance),
        -s.menopause / p.menopause_days,
    )


def _differentiate_bone(
    young: Number,
    mature: Number,
    formation: Number,
    resorption: Number,
    mineralized: Number,
    feedback: Number,
) -> tuple[Number, Number]:
    volume = young + mature
    grown = volume - 1
    stretch = (2 + (1 + feedback) * grown) / (2 + (1 - feedback) * grown)
    formed = formation / stretch
    resorbed_share = resorption * stretch / volume
    return formed - (mineralized + resorbed_share) * young, mineralized * young - resorbed_share * mature


def differentiate_state(s: State, p: Lane, u: Drive) -> State:
    """Return d(state)/dt per day; the order of work is the order of the module docstring."""
    z = _read_signals(s, p, u)
    x = _read_fluxes(s, p, u, z)
    imbalance_t = 1 + p.imbalance_t + p.menopause_imbalance_t * s.menopause
    imbalance_c = 1 + p.imbalance_c + p.menopause_imbalance_c * s.menopause
    bone_t = _differentiate_bone(
        s.young_t,
        s.mature_t,
        p.turnover_t * (x.coupled_gain_t * s.osteoblasts_t + x.modeling_t + x.induced),
        p.turnover_t * imbalance_t * x.resorption_t,
        p.mineralization_rate,
        p.volume_feedback,
    )
    bone_c = _differentiate_bone(
        s.young_c,
        s.mature_c,
        p.turnover_c * (x.coupled_gain_c * s.osteoblasts_c + x.modeling_c + p.induced_c * x.induced),
        p.turnover_c * imbalance_c * x.resorption_c,
        p.mineralization_rate,
        p.volume_feedback,
    )
    return State._make(
        (
            *_differentiate_antibodies(s, p),
            *_differentiate_bisphosphonates(s, p, u),
            *_differentiate_cells(s, p, z, x),
            *_differentiate_signals(s, p, u, z),
            *bone_t,
            *bone_c,
            p.spine_wear_rate,
        )
    )


_NO_FAST_LOSS = State(*(0,) * len(State._fields))


def list_fast_losses(s: State, p: Lane) -> State:
    """Return the rate (1/day) at which each state empties by itself where that can be fast, else 0.

    Only osteoclasts under a bisphosphonate turn over faster than a day; a solver that treats these linear losses
    exactly stays stable whatever the dose.
    """
    surface = s.alendronate_surface + s.risedronate_surface + s.ibandronate_surface + s.zoledronate_surface
    return _NO_FAST_LOSS._replace(
        osteoclasts_t=p.osteoclast_rate * (1 + surface),
        osteoclasts_c=p.osteoclast_rate * (1 + p.bp_access_c * surface),
    )


def _raise(level: Number, exponent: Number) -> Number:
    return ((level + abs(level)) / 2 + _TRACE) ** exponent


def read_outcomes(s: State, p: Lane, u: Drive) -> Outcomes:
    """Return BMD per site and both markers relative to the untreated start."""
    x = _read_fluxes(s, p, u, _read_signals(s, p, u))
    start = start_state(p, p.turnover_t * 0)
    mineral_t = (p.young_mineral * s.young_t + s.mature_t) / (
        p.young_mineral * start.young_t + start.mature_t
    )
    mineral_c = (p.young_mineral * s.young_c + s.mature_c) / (
        p.young_mineral * start.young_c + start.mature_c
    )
    resorption = p.marker_share_t * x.resorption_t + (1 - p.marker_share_t) * x.resorption_c
    early, late, induced = p.p1np_early, 1 - p.p1np_early, p.p1np_induced * x.induced
    collagen_t = x.coupled_gain_t * (early * s.recruited_t + late * s.osteoblasts_t) + x.modeling_t + induced
    collagen_c = (
        x.coupled_gain_c * (early * s.recruited_c + late * s.osteoblasts_c)
        + x.modeling_c
        + p.induced_c * induced
    )
    collagen = p.marker_share_t * collagen_t + (1 - p.marker_share_t) * collagen_c
    return Outcomes(
        lumbar_spine=p.weight_lumbar_spine * mineral_t
        + (1 - p.weight_lumbar_spine) * mineral_c
        + s.spine_wear,
        total_hip=p.weight_total_hip * mineral_t + (1 - p.weight_total_hip) * mineral_c,
        femoral_neck=p.weight_femoral_neck * mineral_t + (1 - p.weight_femoral_neck) * mineral_c,
        ctx=p.ctx_floor + (1 - p.ctx_floor) * _raise(resorption, p.ctx_exponent),
        p1np=p.p1np_floor + (1 - p.p1np_floor) * _raise(collagen, p.p1np_exponent),
    )
