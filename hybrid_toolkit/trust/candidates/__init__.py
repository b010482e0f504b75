"""Every estimator shipped, as the trust table tries it; a module a family."""

from __future__ import annotations

from hybrid_toolkit.trust.candidate import Candidate
from hybrid_toolkit.trust.candidates import (
    crossed_visits,
    linear,
    regression,
    retention,
    rollout,
    series,
    surveys,
    trials,
)

__all__ = ["CANDIDATES"]

_FAMILIES: tuple[tuple[Candidate, ...], ...] = (
    linear.ALL,
    trials.ALL,
    regression.ALL,
    retention.ALL,
    rollout.ALL,
    series.ALL,
    surveys.ALL,
    crossed_visits.ALL,
)
"""The contenders of each module of this folder, its tuple ``ALL``."""

CANDIDATES: tuple[Candidate, ...] = tuple(c for family in _FAMILIES for c in family)
"""Every estimator that the trust table tests, in the order of the families."""
