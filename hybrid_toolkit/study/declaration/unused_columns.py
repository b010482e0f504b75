"""Columns that a study wants held or used and that its design leaves aside: refused, since nothing would be held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hybrid_toolkit.designs import DESIGNS
from hybrid_toolkit.errors import StudyError

if TYPE_CHECKING:
    from hybrid_toolkit.study.declaration.study_fields import StudyFields

SERIES = ("interrupted-series", "controlled-series", "interrupted-counts", "synthetic-control", "synthetic-did")
ROLLOUTS = (
    *("two-by-two", "staggered-rollout", "sun-abraham", "imputation", "two-way-rollout", "dose"),
    *("stepped-wedge", "random-order"),
)
TAKING_INSTRUMENTS = ("cross-sectional", "within-worker", "adjusted-interaction", "two-way-panel")
LEFT_ASIDE: Mapping[str, tuple[str, ...]] = {
    "confounders": (*SERIES, "sun-abraham", "imputation", "two-way-rollout", "dose", "random-order"),
    "fixed_effects": (*SERIES, *ROLLOUTS, "decomposition"),
    "instruments": tuple(d for d in DESIGNS if d not in TAKING_INSTRUMENTS),
}
"""Field of a study -> designs whose estimate does not change with it; a test tries each."""
_WHY: Mapping[str, str] = {
    "confounders": "holds no confounders constant",
    "fixed_effects": "takes no fixed effects of a study's own",
    "instruments": "uses no instruments",
}


def check_used(study: StudyFields) -> None:
    """What a study names to be held or used, its design holds or uses.

    Raises
    ------
    StudyError : ``STUDY-UNUSED``, the design would leave the columns aside.
    """
    for field, designs in LEFT_ASIDE.items():
        columns = getattr(study, field)
        if columns and study.design in designs:
            others = [d for d in DESIGNS if d not in designs and study.kind in DESIGNS[d].identifies]
            instead = f", or use a design that does: {', '.join(others)}" if others else ""
            raise StudyError(
                f"design '{study.design}' {_WHY[field]}, and study '{study.id}' names {len(columns)} in {field}: "
                f"{', '.join(columns)}.",
                fix=f"Leave {field} empty{instead}.",
                code="STUDY-UNUSED",
            )
