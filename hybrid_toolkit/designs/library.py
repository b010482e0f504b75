"""Every design by its id."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hybrid_toolkit.designs import (
    composition,
    linear,
    mediated,
    multilevel,
    outcomes,
    random_intercepts,
    retention,
    rollout,
    series,
    weighted,
)
from hybrid_toolkit.designs.base import Design

FAMILIES = (
    linear,
    multilevel,
    weighted,
    mediated,
    outcomes,
    random_intercepts,
    retention,
    composition,
    rollout,
    series,
)
"""Modules that hold designs, each with a tuple ``ALL``."""

DESIGNS: Mapping[str, Design] = MappingProxyType({d.id: d for family in FAMILIES for d in family.ALL})
"""Designs by id."""
