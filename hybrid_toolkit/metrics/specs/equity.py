"""Equity of arrangements: MG1 to MG4."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.constructs.arrangements import adjustments, arrangement_holders, latest_spells
from hybrid_toolkit.metrics.intervals.interval import MeanOf
from hybrid_toolkit.metrics.intervals.statistics import RatioOf
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec, Statistic, UnitFrame
from hybrid_toolkit.metrics.unit_frames import require

SPELL = ("spell_id", "worker_id", "start_date")


def eligible_spells(data: EvaluationData) -> pd.DataFrame:
    """``latest_spells`` of the workers in roles for which hybrid working could be agreed."""
    out = latest_spells(data)
    return out[out["eligible"]].reset_index(drop=True)


def requested_adjustments(data: EvaluationData) -> pd.DataFrame:
    """``adjustments`` of the spells in which one was requested."""
    asked = require(data, "arrangement_spell", "ra_requested_date")["ra_requested_date"].notna().to_numpy()
    return adjustments(data)[asked].reset_index(drop=True)


def _one(
    id: str,
    code: str,
    name: str,
    question: str,
    columns: Mapping[str, tuple[str, ...]],
    formula: str,
    statistic: Statistic,
    frame: UnitFrame,
    *,
    high: float | None = 1,
    direction: str = "higher",
    unit: str = "worker",
    caveats: tuple[str, ...] = (),
) -> MetricSpec:
    return MetricSpec(
        id=id,
        code=code,
        name=name,
        question=question,
        unit=unit,
        columns=columns,
        formula=formula,
        low=0,
        high=high,
        direction=direction,
        min_n=20,
        value_unit="share",
        caveats=("Need that was never asked for cannot be seen.", "30 or more a group before publication.", *caveats),
        source="This project",
        frame=frame,
        statistic=statistic,
    )


SPECS: tuple[MetricSpec, ...] = (
    _one(
        "hybrid_access_share",
        "MG1",
        "Hybrid working agreed, in eligible roles",
        "Who gets a hybrid arrangement?",
        {"arrangement_spell": (*SPELL, "approved_rs"), "worker": ("worker_id", "role")},
        "workers in roles 4 to 6 whose latest spell agrees a share above zero / workers in those roles, a worker "
        "without a spell counted as without an arrangement; between groups see measure_differences, raw and adjusted",
        MeanOf("hybrid"),
        arrangement_holders,
        direction="none",
        caveats=(
            "Right only where the register holds every arrangement: an unwritten one counts as none.",
            "Great Britain, early 2025: 28% hybrid; disabled 24%, not disabled 29% (ONS), all sectors.",
        ),
    ),
    _one(
        "approval_ratio",
        "MG2",
        "Agreed share of what was asked for",
        "Do people get the remote share they ask for?",
        {"arrangement_spell": (*SPELL, "approved_rs", "requested_rs"), "worker": ("worker_id", "role")},
        "sum of shares agreed / sum of shares asked for, in latest spells",
        RatioOf("approved_rs", "requested_rs"),
        eligible_spells,
        high=None,
    ),
    _one(
        "home_wanted_share",
        "MG2",
        "Workers who would choose to work at home at times",
        "Who would like to do some of the desk work at home?",
        {"arrangement_spell": (*SPELL, "preferred_rs"), "worker": ("worker_id", "role")},
        "workers in roles 4 to 6 whose latest spell has a preferred share above zero / those whose preference is known",
        MeanOf("wants_home"),
        eligible_spells,
        direction="none",
        caveats=(
            "Only who has a spell on the register has a preference there: a survey of everyone would say more.",
            "A wish is not an arrangement, and neither is better: read it beside hybrid_access_share.",
        ),
    ),
    _one(
        "preference_gap",
        "MG2",
        "Gap between remote share worked and preferred",
        "Do people work where they would choose to?",
        {
            "arrangement_spell": (*SPELL, "preferred_rs"),
            "worker": ("worker_id", "role"),
            "worker_month": ("worker_id", "month", "h_home", "h_office"),
        },
        "mean of |remote share of desk hours since the spell began - preferred share|",
        MeanOf("preference_gap"),
        eligible_spells,
        direction="lower",
    ),
    _one(
        "adjustment_in_time_share",
        "MG3",
        "Requested adjustments in place within 90 days",
        "Are reasonable adjustments made, and in time?",
        {"arrangement_spell": (*SPELL, "ra_requested_date", "ra_considered_date", "ra_implemented_date")},
        "requested adjustments in place within 90 days / requested adjustments in place or whose 90 days are over",
        MeanOf("in_time"),
        requested_adjustments,
        unit="arrangement spell",
        caveats=("Requests whose days are not over and that are not in place yet count as missing.",),
    ),
    _one(
        "adjustment_considered_share",
        "MG3",
        "Spells in which adjustments were considered",
        "Is the question of adjustments asked?",
        {"arrangement_spell": (*SPELL, "ra_requested_date", "ra_considered_date", "ra_implemented_date")},
        "spells with a date on which adjustments were considered / spells",
        MeanOf("considered"),
        adjustments,
        unit="arrangement spell",
    ),
    MetricSpec(
        id="access_decomposition",
        code="MG4",
        name="Decomposition of a gap in access",
        question="Is a gap between groups a matter of who is in which role, or of how they are treated?",
        unit="worker",
        columns={},
        formula="Kitagawa or Oaxaca-Blinder: composition and rate parts of the gap between two groups",
        low=None,
        high=None,
        direction="none",
        min_n=20,
        value_unit="difference of shares",
        caveats=("Not causal; depends on the reference group, which is varied.",),
        source="Kitagawa 1955; Oaxaca 1973; Blinder 1973",
        elsewhere="hybrid_toolkit.metrics.inequality.decomposition.",
    ),
)
