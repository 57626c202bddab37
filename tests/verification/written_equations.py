"""The page of equations at the head of the model, written a second time and with nothing shared but the names.

One function per line of that page, on plain floats. Whatever the package computes must agree with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from osteon.remodeling import Drive, Lane, State

DRUGS = ("alendronate", "risedronate", "ibandronate", "zoledronate")


@dataclass(frozen=True, kw_only=True)
class Signals:
    free: float
    blocked: float
    for_formation: float
    for_resorption: float
    pth: float
    after_tolerance: float
    osteoclastogenic: float
    surface: float


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One envelope: relative formation and resorption, and the absolute fluxes per day."""

    activity: float
    resorption: float
    formation: float
    collagen: float
    formed_per_day: float
    resorbed_per_day: float


def read_signals(s: State, p: Lane, u: Drive) -> Signals:
    occupancy = (s.denosumab_ug_ml / p.denosumab_kd) ** p.denosumab_hill
    free = p.denosumab_escape + (1 - p.denosumab_escape) / (1 + occupancy)
    blocked = s.romosozumab_ug_ml / (s.romosozumab_ug_ml + p.romosozumab_ec50)
    for_resorption = blocked - p.counter_resorption * s.counter_regulation
    pth = u.teriparatide + u.abaloparatide - u.teriparatide * u.abaloparatide
    signal = (1 + s.induced_rankl) * (1 - p.romosozumab_resorption * for_resorption)
    return Signals(
        free=free,
        blocked=blocked,
        for_formation=blocked - p.counter_formation * s.counter_regulation,
        for_resorption=for_resorption,
        pth=pth,
        after_tolerance=pth - p.tolerance_size * s.tolerance,
        osteoclastogenic=signal * (1 - p.raloxifene_block * u.raloxifene) * free,
        surface=sum(getattr(s, f"{drug}_surface") for drug in DRUGS),
    )


def read_induced(s: State, p: Lane, u: Drive, z: Signals) -> float:
    reserve = p.lining_sclerostin_floor + (1 - p.lining_sclerostin_floor) * s.lining_sclerostin
    by_romosozumab = p.romosozumab_formation * max(z.for_formation, 0) * reserve
    analogs = p.teriparatide_formation * u.teriparatide + p.abaloparatide_formation * u.abaloparatide
    coupled = p.resorption_independent + (1 - p.resorption_independent) * s.recruited_t
    return by_romosozumab + analogs * s.lining_pth * coupled


def read_envelope(s: State, p: Lane, u: Drive, name: str) -> Envelope:
    z = read_signals(s, p, u)

    def own(stem: str) -> float:
        key = f"{stem}_{name}"
        return getattr(s, key) if key in State._fields else getattr(p, key, 0.0)

    calm = 1 - p.calcium_block * u.calcium
    activity = own("osteoclasts") * calm * (1 + p.activity_half) * z.free / (z.free + p.activity_half)
    porosity = 1 + own("pth_porosity") * max(z.after_tolerance, 0)
    induced = read_induced(s, p, u, z) * (1 if name == "t" else p.induced_c)
    gain = (1 - own("modeling")) * (
        1 + own("romosozumab_gain") * z.for_formation + own("pth_gain") * z.after_tolerance
    )
    modeling = own("modeling") * calm / (1 + p.bp_modeling * z.surface)
    imbalance = 1 + own("imbalance") + own("menopause_imbalance") * s.menopause
    formation = gain * own("osteoblasts") + modeling + induced
    collagen = (
        gain * (p.p1np_early * own("recruited") + (1 - p.p1np_early) * own("osteoblasts"))
        + modeling
        + p.p1np_induced * induced
    )
    grown = own("young") + own("mature") - 1
    stretch = (2 + (1 + p.volume_feedback) * grown) / (2 + (1 - p.volume_feedback) * grown)
    return Envelope(
        activity=activity,
        resorption=activity * porosity,
        formation=formation,
        collagen=collagen,
        formed_per_day=own("turnover") * formation / stretch,
        resorbed_per_day=own("turnover") * imbalance * activity * porosity * stretch,
    )


def differentiate_drugs(s: State, p: Lane, u: Drive) -> dict[str, float]:
    x, absorbed = s.denosumab_ug_ml, p.denosumab_ka * s.denosumab_depot_mg
    entering = p.romosozumab_ka * s.romosozumab_depot_mg
    found = {
        "denosumab_depot_mg": -absorbed,
        "denosumab_ug_ml": absorbed / p.denosumab_volume_l
        - p.denosumab_kel * x
        - p.denosumab_vmax * x / (p.denosumab_km + x),
        "romosozumab_depot_mg": -entering,
        "romosozumab_ug_ml": entering / p.romosozumab_volume_l - p.romosozumab_kel * s.romosozumab_ug_ml,
    }
    for drug in DRUGS:
        leaving = getattr(p, f"{drug}_ks") * getattr(s, f"{drug}_surface")
        returning = getattr(p, f"{drug}_kd") * getattr(s, f"{drug}_buried")
        taken_up = getattr(p, f"{drug}_potency") * getattr(u, f"{drug}_mg_day")
        found[f"{drug}_surface"] = taken_up - leaving + returning
        found[f"{drug}_buried"] = p.buried_share * leaving - returning
    return found


def differentiate_cells(s: State, p: Lane, u: Drive) -> dict[str, float]:
    z = read_signals(s, p, u)
    lam = z.osteoclastogenic
    calm = min(lam, 1.0)
    kept_from_bone = 1 + p.bp_capacity * z.surface
    birth = lam * s.capacity * s.osteomorphs * (1 + p.release * (s.capacity - 1))
    found = {
        "capacity": p.capacity_decay * (1 - s.capacity)
        + p.capacity_flow * (1 - calm * s.capacity / kept_from_bone),
        "osteomorphs": p.osteomorph_decay * (1 - s.osteomorphs)
        + p.osteomorph_flow * (1 - calm * s.osteomorphs),
        "osteoclasts_t": p.osteoclast_rate * (birth - (1 + z.surface) * s.osteoclasts_t),
        "osteoclasts_c": p.osteoclast_rate * (birth - (1 + p.bp_access_c * z.surface) * s.osteoclasts_c),
    }
    for name in ("t", "c"):
        recruited = getattr(s, f"recruited_{name}")
        found[f"recruited_{name}"] = (read_envelope(s, p, u, name).activity - recruited) / p.recruit_days
        found[f"osteoblasts_{name}"] = (recruited - getattr(s, f"osteoblasts_{name}")) / p.osteoblast_days
    return found


def differentiate_signals(s: State, p: Lane, u: Drive) -> dict[str, float]:
    z = read_signals(s, p, u)
    rankl = p.teriparatide_rankl * u.teriparatide + p.abaloparatide_rankl * u.abaloparatide
    return {
        "induced_rankl": (rankl * (1 - p.tolerance_size * s.tolerance) - s.induced_rankl) / p.rankl_days,
        "counter_regulation": (z.blocked - s.counter_regulation) / p.counter_days,
        "lining_pth": p.lining_pth_recovery * (1 - s.lining_pth) - p.lining_pth_use * z.pth * s.lining_pth,
        "lining_sclerostin": p.lining_sclerostin_recovery * (1 - s.lining_sclerostin)
        - p.lining_sclerostin_use * z.blocked * s.lining_sclerostin,
        "tolerance": p.tolerance_rate * (z.pth - s.tolerance),
        "menopause": -s.menopause / p.menopause_days,
    }


def differentiate_bone(s: State, p: Lane, u: Drive) -> dict[str, float]:
    found = {}
    for name in ("t", "c"):
        envelope = read_envelope(s, p, u, name)
        young, mature = getattr(s, f"young_{name}"), getattr(s, f"mature_{name}")
        share = young / (young + mature)
        aging = p.mineralization_rate * young
        found[f"young_{name}"] = envelope.formed_per_day - aging - envelope.resorbed_per_day * share
        found[f"mature_{name}"] = aging - envelope.resorbed_per_day * (1 - share)
    return found


def differentiate_as_written(s: State, p: Lane, u: Drive) -> State:
    return State(
        **differentiate_drugs(s, p, u),
        **differentiate_cells(s, p, u),
        **differentiate_signals(s, p, u),
        **differentiate_bone(s, p, u),
        spine_wear=p.spine_wear_rate,
    )


def read_out_as_written(s: State, p: Lane, u: Drive) -> dict[str, float]:
    mineral = {}
    for name in ("t", "c"):
        turnover = getattr(p, f"turnover_{name}")
        young_at_start = turnover / (p.mineralization_rate + turnover)
        start = p.young_mineral * young_at_start + 1 - young_at_start
        now = p.young_mineral * getattr(s, f"young_{name}") + getattr(s, f"mature_{name}")
        mineral[name] = now / start
    found = {}
    for site in ("lumbar_spine", "total_hip", "femoral_neck"):
        weight = getattr(p, f"weight_{site}")
        found[site] = weight * mineral["t"] + (1 - weight) * mineral["c"]
    found["lumbar_spine"] += s.spine_wear
    t, c = read_envelope(s, p, u, "t"), read_envelope(s, p, u, "c")
    share = p.marker_share_t
    resorption = share * t.resorption + (1 - share) * c.resorption
    collagen = share * t.collagen + (1 - share) * c.collagen
    found["ctx"] = p.ctx_floor + (1 - p.ctx_floor) * max(resorption, 0) ** p.ctx_exponent
    found["p1np"] = p.p1np_floor + (1 - p.p1np_floor) * max(collagen, 0) ** p.p1np_exponent
    return found
