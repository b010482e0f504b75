"""One row an authority and month: every authority with a team, in every month of the period.

``month_index`` counts months from 1, the first month of the rows. ``policy_start`` is the month index in which the
authority's policy started, where all of its teams that have one began it in the same month; it is missing where none
has, and where they began in different months, since there is then no one change. ``under_policy`` is 1 from it on.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.unit_frames import require
from hybrid_toolkit.study.units.calendar import POLICY, months_since
from hybrid_toolkit.study.units.months import month_parts, span
from hybrid_toolkit.study.units.unit_definition import ColumnSource, Unit


def _rows(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    areas = require(data, "team", "team_id", "la_id")[["la_id"]].dropna().drop_duplicates()
    months = span(data, wanted)
    rows = areas.merge(pd.DataFrame({"month": months}), how="cross")
    rows["month_index"] = months_since(rows["month"], months.min()) if len(months) else 0.0
    return rows


def _policy(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows, teams = _rows(data, wanted), require(data, "team", "la_id", "rollout_month")
    starts = teams[["la_id", "rollout_month"]].dropna().drop_duplicates()
    one = starts[~starts["la_id"].duplicated(keep=False)].set_index("la_id")["rollout_month"]
    # by place, since looking days up in none at all is an error of pandas
    start = pd.Series(one.reindex(rows["la_id"]).array, index=rows.index)
    rows["policy_start"] = months_since(start, rows["month"].min())
    rows["under_policy"] = rows["month_index"].ge(rows["policy_start"]).astype("float64")
    return rows


UNIT = Unit(
    "authority and month",
    "authorities' months",
    (
        ColumnSource(
            {"la_id": ("team.team_id", "team.la_id"), "month": (), "month_index": ()},
            ("la_id", "month"),
            _rows,
        ),
        ColumnSource(
            dict.fromkeys(("policy_start", "under_policy"), ("team.la_id", *POLICY)),
            ("la_id", "month"),
            _policy,
        ),
        *month_parts("la_id"),
    ),
    ("team.team_id", "team.la_id"),
)
