"""Small worlds of known truth, by their id: what the trust table tries every estimator on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hybrid_toolkit.synth import stepped_wedge as wedge
from hybrid_toolkit.synth.dgp import DGP
from hybrid_toolkit.trust.dgps import (
    answers,
    crossed_visits,
    linear,
    regression,
    retention,
    rollout,
    series,
    stepped,
    surveys,
    trials,
)

__all__ = ["DGP", "DGPS"]

_FAMILIES: tuple[tuple[DGP, ...], ...] = (
    rollout.ALL,
    stepped.ALL,
    series.ALL,
    regression.ALL,
    answers.ALL,
    retention.ALL,
    linear.ALL,
    wedge.ALL,
    trials.ALL,
    surveys.ALL,
    crossed_visits.ALL,
)
"""The worlds of each module of this folder, its tuple ``ALL``."""

DGPS: Mapping[str, DGP] = MappingProxyType({w.id: w for family in _FAMILIES for w in family})
"""World id -> world."""
