"""Supervision held against supervision due."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.unit_frames import flag_values, look_up, month_of, optional, require


def supervision_months(data: EvaluationData, *, due_per_month: float = 1.0) -> pd.DataFrame:
    """Supervision held against supervision due, one row a worker and month (MB4).

    Columns: ``worker_id``, ``team_id``, ``month``, ``sessions``, ``due`` (``due_per_month``, the local standard),
    ``reflective``, ``in_person``, ``observed`` (sessions of that kind) and the sessions in which each was recorded
    (``reflective_n``, ``in_person_n``, ``observed_n``). Worker-months come from ``worker_month`` where it is there, so
    that a month without a session counts; otherwise only months with a session can be seen.

    Raises
    ------
    CoverageError
        There is no ``supervision`` table.
    """
    rows = require(data, "supervision", "worker_id", "date")
    seen = pd.DataFrame({"worker_id": rows["worker_id"], "month": month_of(rows["date"]), "sessions": 1.0})
    mode = rows["mode"] if "mode" in rows else pd.Series(pd.NA, index=rows.index, dtype="str")
    kinds = {
        "reflective": flag_values(rows, "reflective"),
        "in_person": mode.eq("in_person").astype("boolean").where(mode.notna()),
        "observed": flag_values(rows, "observed"),
    }
    for name, kind in kinds.items():
        seen[name] = kind.fillna(False).astype("float64")
        seen[f"{name}_n"] = kind.notna().astype("float64")
    total = seen.groupby(["worker_id", "month"]).sum()
    months = optional(data, "worker_month", "worker_id", "month")
    if months is not None:
        keys = months[["worker_id", "month"]].astype({"month": "datetime64[us]"})
        total = keys.merge(total.reset_index(), on=["worker_id", "month"], how="left").fillna(
            dict.fromkeys(total.columns, 0.0)
        )
    else:
        total = total.reset_index()
    total["due"] = due_per_month
    return look_up(total, optional(data, "worker", "team_id"), "worker_id", ["team_id"])
