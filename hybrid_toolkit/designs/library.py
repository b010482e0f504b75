"""Every design by its id."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hybrid_toolkit.designs.base import Design
from hybrid_toolkit.designs.multilevel import multilevel, random_intercepts
from hybrid_toolkit.designs.regression import decomposition as composition
from hybrid_toolkit.designs.regression import linear, mediated, outcomes, retention, weighted
from hybrid_toolkit.designs.rollout import rollout
from hybrid_toolkit.designs.series import series

DESIGN_FAMILIES = (
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

DESIGNS: Mapping[str, Design] = MappingProxyType({d.id: d for family in DESIGN_FAMILIES for d in family.ALL})
"""Designs by id."""
SERIES = tuple(d.id for d in series.ALL)
"""Ids of the designs that follow one series over time."""
ROLLOUTS = tuple(d.id for d in rollout.ALL)
"""Ids of the designs in which units start at times of their own."""
