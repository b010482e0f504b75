"""Designs: what each estimates, what it assumes, what checks it."""

from hybrid_toolkit.designs.base import Design
from hybrid_toolkit.designs.library import DESIGNS
from hybrid_toolkit.designs.plan import GRADES, DesignFit, Plan

__all__ = ["DESIGNS", "GRADES", "Design", "DesignFit", "Plan"]
