"""The same truth with its effect made larger or smaller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.synth.truth import Truth

_DOSES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "practice_rs_within": {"practice_rs": 0.0},
        "exclusion_penalty": {"exclusion_penalty": 0.0},
        "preference_rs_within": {"practice_rs": 0.0},
        "panel_agency_turnover": {"panel_agency_turnover": 0.0},
        "panel_caseload_turnover": {"panel_caseload_turnover": 0.0},
        "stage_gap_learning": {"learning_asye": 1.0, "learning_early": 1.0},
        "stage_gap_wellbeing": {"wb_asye": 0.0, "wb_early": 0.0},
        "assessed_gap_learning": {"learning_asye": 1.0, "learning_early": 1.0},
        "assessed_gap_wellbeing": {"wb_asye": 0.0, "wb_early": 0.0},
    }
)
"""Estimand -> the parameters that make it, each with its value where there is none of it."""


def dosed(truth: Truth, estimand_id: str, dose: float) -> Truth:
    """The truth with what makes an estimand multiplied by ``dose``: 0 takes it away, 1 leaves it, 2 doubles it.

    Parameters
    ----------
    truth : Truth
        The parameters at dose 1.
    estimand_id : str
        An estimand of ``true_value``. A stage gap is a projection of several paths, so that its true value follows the
        dose closely but not exactly; ask ``true_value`` of the result.
    dose : float
        The multiplier, from 0.

    Raises
    ------
    UsageError
        An estimand without a dose, a dose below 0, or one that the truth cannot hold (``TRUTH-RANGE``).

    Examples
    --------
    >>> dosed(Truth(), "practice_rs_within", 0.5).practice_rs, dosed(Truth(), "stage_gap_learning", 0).learning_asye
    (-0.04, 1.0)
    """
    if estimand_id not in _DOSES:
        raise UsageError(
            "there is no dose for an estimand of that id.", fix=f"Choose one of: {', '.join(_DOSES)}.", code="NO-DOSE"
        )
    if not dose >= 0:
        raise UsageError("a dose is a number from 0.", fix="Use 0 or more.", code="DOSE")
    changed = {n: none + dose * (getattr(truth, n) - none) for n, none in _DOSES[estimand_id].items()}
    return replace(truth, **changed)
