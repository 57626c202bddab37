"""A design as plain values and back to one hash: what is written in a manifest and what a run is known by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from osteon.densitometry import Site
from osteon.therapy import format_sequence
from osteon.trials.design import (
    ChangeEndpoint,
    DesignArm,
    Dropout,
    Endpoint,
    Inclusion,
    Limits,
    ShareEndpoint,
    Spread,
    TrialDesign,
)

__all__ = ["DESIGN_FORMAT", "describe_design", "hash_design", "hash_values", "label_endpoint"]

DESIGN_FORMAT = "osteon-trial-design/1"


def describe_design(design: TrialDesign) -> dict[str, Any]:
    """Return a design as the values of its file, everything stated and nothing left to the evidence tables."""
    baseline = design.baseline
    described = {
        "format": DESIGN_FORMAT,
        "name": design.name,
        "title": design.title,
        "study": design.study,
        "subjects": design.subjects,
        "seed": design.seed,
        "paired": design.paired,
        "visits_months": list(design.visits),
        "control": design.control,
        "primary": design.primary,
        "baseline": {
            "age_years": _describe_spread(baseline.age_years),
            "years_since_menopause": baseline.years_since_menopause,
            "t_score": {site.value: _describe_spread(one) for site, one in baseline.t_score.items()},
            "history": format_sequence(baseline.history) if baseline.history else None,
        },
        "inclusion": _describe_inclusion(design.inclusion),
        "dropout": _describe_dropout(design.dropout),
        "arms": [_describe_arm(arm) for arm in design.arms],
        "endpoints": [_describe_endpoint(endpoint) for endpoint in design.endpoints],
        "facts": [
            _drop_unknown({name: getattr(fact, name) for name in fact.__slots__}) for fact in design.facts
        ],
    }
    return _drop_unknown(described)


def _drop_unknown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not stated: an empty section is no section."""
    cleaned = {
        name: _drop_unknown(value) if isinstance(value, dict) else value for name, value in values.items()
    }
    return {name: value for name, value in cleaned.items() if value not in (None, "", {}, [])}


def _describe_spread(spread: Spread) -> dict[str, float | None]:
    return {"mean": spread.mean, "sd": spread.sd}


def _describe_limits(limits: Limits | None) -> list[float] | None:
    return None if limits is None else [limits.low, limits.high]


def _describe_inclusion(inclusion: Inclusion) -> dict[str, Any]:
    def describe(sites: Mapping[Site, Limits]) -> dict[str, Any]:
        return {site.value: _describe_limits(limits) for site, limits in sites.items()}

    return {
        "age_years": _describe_limits(inclusion.age_years),
        "years_since_menopause": _describe_limits(inclusion.years_since_menopause),
        "t_score_all": describe(inclusion.t_score_all),
        "t_score_any": describe(inclusion.t_score_any),
    }


def _describe_dropout(dropout: Dropout | None) -> dict[str, float] | None:
    return None if dropout is None else {"share": dropout.share, "by_month": dropout.by_month}


def _describe_arm(arm: DesignArm) -> dict[str, Any]:
    return _drop_unknown(
        {
            "name": arm.name,
            "sequence": format_sequence(arm.sequence),
            "ratio": arm.ratio,
            "dropout": _describe_dropout(arm.dropout),
            "published_arm": arm.published_arm,
        }
    )


def _describe_endpoint(endpoint: Endpoint) -> dict[str, Any]:
    if isinstance(endpoint, ChangeEndpoint):
        own: dict[str, Any] = {"kind": "percent_change", "site": endpoint.site.value, "month": endpoint.month}
        return {"name": endpoint.name} | own
    reach = {"sites": [site.value for site in endpoint.sites], "target_t_score": endpoint.target_t_score}
    if isinstance(endpoint, ShareEndpoint):
        return {"name": endpoint.name, "kind": "share_above", **reach, "month": endpoint.month}
    return {"name": endpoint.name, "kind": "time_to_target", **reach}


def hash_design(design: TrialDesign) -> str:
    """Return a digest of everything that a design states; names of sources do not count."""
    described = describe_design(design)
    described.pop("facts", None)
    return hash_values(described)


def hash_values(values: Mapping[str, Any]) -> str:
    """Return the SHA-256 of values as JSON with sorted names: equal values, equal digest.

    >>> hash_values({"a": 1, "b": 2}) == hash_values({"b": 2, "a": 1})
    True
    """
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def label_endpoint(endpoint: Endpoint) -> str:
    """Say what an endpoint measures, in a few words.

    >>> label_endpoint(ChangeEndpoint(name="x", site=Site.TOTAL_HIP, month=24))
    'percent change at the total hip, month 24'
    """
    if isinstance(endpoint, ChangeEndpoint):
        return f"percent change at the {_name_site(endpoint.site)}, month {endpoint.month}"
    where = " and ".join(_name_site(site) for site in endpoint.sites)
    what = f"T-score above {endpoint.target_t_score:g} at the {where}"
    if isinstance(endpoint, ShareEndpoint):
        return f"share with {what}, month {endpoint.month}"
    return f"months to {what}"


def _name_site(site: Site) -> str:
    return site.value.replace("_", " ")
