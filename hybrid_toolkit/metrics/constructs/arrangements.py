"""How arrangements are made, and who gets what (metrics ME2, MG1 to MG3)."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.unit_frames import (
    flag_values,
    look_up,
    month_of,
    number_values,
    optional,
    require,
    worker_month_exposure,
)

ELIGIBLE_ROLES = ("4", "5", "6")
"""Roles for which a hybrid arrangement could be made: all below first-line manager."""
ADJUSTMENT_DAYS = 90
"""Days within which a requested adjustment should be in place. A local standard; settable."""


def formality(data: EvaluationData) -> pd.DataFrame:
    """Formality of each arrangement spell (ME2): the mean of four yes/no, 0 to 1, missing where one of them is.

    Written; reason recorded; next review within twelve months of the start; adjustments considered (a date stands for
    yes, no date for no). Columns: ``spell_id``, ``worker_id``, ``team_id``, ``month``, the four, ``formality``, and
    ``formality_recorded``, the mean of the first three: what stands beside adjustments cannot be made of them.

    Raises
    ------
    CoverageError
        ``arrangement_spell`` lacks one of the columns.
    """
    rows = require(
        data,
        "arrangement_spell",
        *("spell_id", "worker_id", "start_date", "written", "rationale", "review_date", "ra_considered_date"),
    )
    out = look_up(rows[["spell_id", "worker_id"]], optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    out["month"] = month_of(rows["start_date"])
    out["written"] = flag_values(rows, "written").astype("float64")
    out["rationale"] = flag_values(rows, "rationale").astype("float64")
    out["reviewed"] = rows["review_date"].le(rows["start_date"] + pd.DateOffset(months=12)).astype("float64")
    out["considered"] = rows["ra_considered_date"].notna().astype("float64")
    parts = out[["written", "rationale", "reviewed", "considered"]]
    out["formality"] = parts.mean(axis=1, skipna=False)
    out["formality_recorded"] = parts.drop(columns="considered").mean(axis=1, skipna=False)
    return out.reset_index(drop=True)


def latest_spells(data: EvaluationData) -> pd.DataFrame:
    """Each worker's latest arrangement spell, with what was asked for, agreed and worked (MG1, MG2).

    Columns: ``worker_id``, ``team_id``, ``role``, ``requested_rs``, ``approved_rs``, ``preferred_rs``, ``hybrid``
    (0/1: a share above zero was agreed), ``wants_home`` (0/1: the share preferred is above zero), ``rs_desk`` (mean
    monthly share from the spell's first month on), ``preference_gap`` = |rs_desk - preferred_rs|, ``eligible`` (role
    below first-line manager).

    Raises
    ------
    CoverageError
        ``arrangement_spell`` lacks ``start_date``.
    """
    rows = require(data, "arrangement_spell", "spell_id", "worker_id", "start_date")
    last = rows.sort_values(["start_date", "spell_id"]).drop_duplicates("worker_id", keep="last")
    out = look_up(last[["worker_id"]], optional(data, "worker", "worker_id"), "worker_id", ["team_id", "role"])
    for name in ("requested_rs", "approved_rs", "preferred_rs"):
        out[name] = number_values(last, name)
    out["hybrid"] = out["approved_rs"].gt(0).astype("float64").where(out["approved_rs"].notna())
    out["wants_home"] = out["preferred_rs"].gt(0).astype("float64").where(out["preferred_rs"].notna())
    out["eligible"] = out["role"].isin(ELIGIBLE_ROLES)
    out["rs_desk"] = float("nan")
    if data.has("worker_month", "h_home", "h_office"):
        months = worker_month_exposure(data)[["worker_id", "month", "rs_desk"]]
        start = last.assign(first=month_of(last["start_date"])).set_index("worker_id")["first"]
        months = months[months["month"].to_numpy() >= start.reindex(months["worker_id"]).to_numpy()]
        out["rs_desk"] = out["worker_id"].map(months.groupby("worker_id")["rs_desk"].mean()).astype("float64")
    out["preference_gap"] = (out["rs_desk"] - out["preferred_rs"]).abs()
    return out.reset_index(drop=True)


def arrangement_holders(data: EvaluationData) -> pd.DataFrame:
    """Who has a hybrid arrangement, one row a worker in a role for which one could be made (MG1).

    Columns: ``worker_id``, ``team_id``, ``role``, ``hybrid`` (0/1: the latest spell agrees a share above zero). A
    worker without any spell has no arrangement and counts as 0; one whose latest spell has no agreed share is missing.

    Raises
    ------
    CoverageError
        ``worker`` lacks ``role``, or ``arrangement_spell`` lacks ``start_date``.
    """
    workers = require(data, "worker", "worker_id", "role")
    out = workers.loc[
        workers["role"].isin(ELIGIBLE_ROLES), [c for c in ("worker_id", "team_id", "role") if c in workers]
    ]
    spells = latest_spells(data).set_index("worker_id")
    without = ~out["worker_id"].isin(spells.index)
    out["hybrid"] = out["worker_id"].map(spells["hybrid"]).mask(without, 0.0)
    return out.reset_index(drop=True)


def adjustments(data: EvaluationData, *, within_days: int = ADJUSTMENT_DAYS) -> pd.DataFrame:
    """Reasonable adjustments, one row a spell (MG3).

    Columns: ``spell_id``, ``worker_id``, ``team_id``, ``month``; ``considered`` (0/1: a date is there); ``in_time`` =
    1 where an adjustment that was requested was in place within ``within_days``, 0 where it was later or is not in
    place though the days have passed, missing where none was requested or the days have not passed by the last date
    of the table.

    Raises
    ------
    CoverageError
        ``arrangement_spell`` lacks an adjustment date.
    """
    dates = ("ra_requested_date", "ra_considered_date", "ra_implemented_date")
    rows = require(data, "arrangement_spell", "spell_id", "worker_id", "start_date", *dates)
    out = look_up(rows[["spell_id", "worker_id"]], optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    out["month"] = month_of(rows["start_date"])
    out["considered"] = rows["ra_considered_date"].notna().astype("float64")
    asked, done = rows["ra_requested_date"], rows["ra_implemented_date"]
    last = rows[["start_date", *dates]].max().max()
    days = (done - asked).dt.days
    passed = done.notna() | (asked + pd.Timedelta(days=within_days)).le(last)
    out["in_time"] = days.le(within_days).astype("float64").where(asked.notna() & passed)
    return out.reset_index(drop=True)
