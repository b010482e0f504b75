"""One row an authority and month: every authority with a team, in every month of the period.

``month_index`` counts months from 1, the first month of the rows. The month of a change is a setting of the study.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.frames import require
from hybrid_toolkit.study.units.calendar import months_since
from hybrid_toolkit.study.units.months import month_parts, span
from hybrid_toolkit.study.units.part import Part, Unit


def _rows(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    areas = require(data, "team", "team_id", "la_id")[["la_id"]].dropna().drop_duplicates()
    months = span(data, wanted)
    rows = areas.merge(pd.DataFrame({"month": months}), how="cross")
    rows["month_index"] = months_since(rows["month"], months.min()) if len(months) else 0.0
    return rows


UNIT = Unit(
    "authority and month",
    "authorities' months",
    (
        Part(
            {"la_id": ("team.team_id", "team.la_id"), "month": (), "month_index": ()},
            ("la_id", "month"),
            _rows,
        ),
        *month_parts("la_id"),
    ),
)
