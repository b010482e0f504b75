"""True values of the headline estimands."""

from __future__ import annotations

from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.synth.truth import SIZES, Size, Truth

ESTIMANDS = (
    "practice_rs_within",
    "stage_gap_learning",
    "stage_gap_wellbeing",
    "exclusion_penalty",
    "panel_agency_turnover",
    "panel_caseload_turnover",
)


def true_value(truth: Truth, estimand_id: str, *, size: Size | str = "small") -> float:
    """The true value of an estimand."""
    direct = {
        "practice_rs_within": truth.practice_rs,
        "exclusion_penalty": truth.exclusion_penalty,
        "panel_agency_turnover": truth.panel_agency_turnover,
        "panel_caseload_turnover": truth.panel_caseload_turnover,
    }
    if estimand_id in direct:
        return direct[estimand_id]
    if estimand_id not in ESTIMANDS:
        raise UsageError(
            "There is no estimand of that id.", fix=f"Choose one of: {', '.join(ESTIMANDS)}.", code="ESTIMAND-UNKNOWN"
        )
    from hybrid_toolkit.synth.projection import stage_gap

    return stage_gap(truth, estimand_id, SIZES[size] if isinstance(size, str) else size)
