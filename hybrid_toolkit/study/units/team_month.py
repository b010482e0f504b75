"""One row a team and month: every team in every month of the period, whether or not it did anything then.

Columns beside those of ``months``: ``month_index`` counts months from 1, the first month of the rows;
``policy_start`` is the month index of the team's policy, missing where it has none (0 or below where the policy was
there before the first month); ``under_policy`` is 1 from that month on.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.unit_frames import require
from hybrid_toolkit.study.units.calendar import POLICY, months_since, with_policy
from hybrid_toolkit.study.units.months import month_parts, span
from hybrid_toolkit.study.units.unit_definition import ColumnSource, Unit, same

TEAM = ("service", "est_months", "hotdesk", "cover_policy")


def _rows(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    teams = require(data, "team", "team_id").drop_duplicates("team_id")
    months = span(data, wanted)
    known = ["team_id", *(c for c in ("la_id", *TEAM) if c in teams)]
    rows = teams[known].merge(pd.DataFrame({"month": months}), how="cross")
    rows["month_index"] = months_since(rows["month"], months.min()) if len(months) else 0.0
    return with_policy(rows, data) if "rollout_month" in teams and len(rows) else rows


UNIT = Unit(
    "team and month",
    "teams' months",
    (
        ColumnSource(
            {
                "team_id": ("team.team_id",),
                "month": (),
                "month_index": (),
                "la_id": ("team.la_id",),
                "policy_start": POLICY,
                "under_policy": POLICY,
                **same(TEAM, "team"),
            },
            ("team_id", "month"),
            _rows,
        ),
        *month_parts("team_id"),
    ),
    ("team.team_id",),
)
