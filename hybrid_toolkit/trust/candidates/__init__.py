"""Every estimator shipped, as the trust table tries it; a module a family."""

from __future__ import annotations

from hybrid_toolkit.trust.candidate import Contender
from hybrid_toolkit.trust.candidates import linear, regression, retention, rollout, series, trials

__all__ = ["CONTENDERS"]

FAMILIES: tuple[tuple[Contender, ...], ...] = (
    linear.ALL,
    trials.ALL,
    regression.ALL,
    retention.ALL,
    rollout.ALL,
    series.ALL,
)
"""The contenders of each module of this folder, its tuple ``ALL``."""

CONTENDERS: tuple[Contender, ...] = tuple(c for family in FAMILIES for c in family)
