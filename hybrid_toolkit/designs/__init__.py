"""Designs: what each estimates, what it assumes, what checks it."""

from hybrid_toolkit.designs.base import Design
from hybrid_toolkit.designs.library import DESIGNS
from hybrid_toolkit.designs.model_columns import (
    ESTIMAND_KINDS,
    GRADES,
    RATIO_KINDS,
    DesignFit,
    Fitted,
    ModelColumns,
    Setting,
)

__all__ = [
    "DESIGNS",
    "ESTIMAND_KINDS",
    "GRADES",
    "RATIO_KINDS",
    "Design",
    "DesignFit",
    "Fitted",
    "ModelColumns",
    "Setting",
]


def __dir__() -> list[str]:
    return sorted(__all__)
