"""The size of a user's own data, so that a study is tried at the numbers it will have."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.policy import FLOOR_ROUNDING, FLOOR_THRESHOLD
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.synth.sizes import Size

DATED = (("worker_month", "month"), ("contact", "held_date"), ("survey", "month"), ("attendance_day", "date"))
"""Where months can be read off, best first."""
_STEP = FLOOR_ROUNDING
"""Workers are counted to the nearest five before they are shared out over teams: a diagnosis and its trial log are sent
on as simulated, and an exact number of workers, yesterday and today, tells that one has left."""
FALLBACK_TEAMS, FALLBACK_WORKERS = 24, 10.0
"""For data of authority totals alone, whose studies do not look into teams."""


def size_of(data: EvaluationData) -> Size:
    """Teams, workers a team, months and waves of some data: numbers only, nothing of what stands in them.

    Parameters
    ----------
    data : EvaluationData
        The tables that are there decide: ``team`` or the teams named in ``worker``; workers in post in a month, from
        ``worker_month``, or those not known to have left; months from the first dated table; waves from ``survey``.

    Raises
    ------
    StudyError
        Neither teams nor authority totals are there.
    UsageError
        Fewer than two teams or two workers a team.

    Notes
    -----
    The number of workers is rounded to five, as counts are where they leave; months and waves are counted from the
    first to the last in which as many people stand as a figure needs. Simulated waves come every four months.
    Where the data have more waves than fit, the months are raised.

    Examples
    --------
    >>> teams = pd.DataFrame({"team_id": list("abc")})
    >>> workers = pd.DataFrame({"worker_id": range(30), "team_id": list("abc") * 10})
    >>> size = size_of(EvaluationData({"team": teams, "worker": workers}))
    >>> size.teams_per_la, size.workers_per_team, size.months, size.waves
    (3, 10.0, 1, 0)
    """
    authorities = _authorities(data)
    teams = _teams(data)
    if teams == 0 and not data.has("la_year"):
        raise StudyError(
            "the size cannot be read off these data: they have no table 'team' and no column 'worker.team_id'.",
            fix="Add one of them, or give a Size.",
            code="SIZE-UNKNOWN",
        )
    waves = len(_with_enough(data.table("survey"), "wave")) if data.has("survey", "wave") else 0
    months = max(_months(data), 4 * waves - 1, 1)
    workers = _STEP * round(_workers(data) / _STEP) / teams if teams else FALLBACK_WORKERS
    each = round(teams / authorities) if teams else FALLBACK_TEAMS
    workers = round(workers, 1)
    name = f"like the data: {authorities * each} teams, {workers:g} workers a team, {months} months, {waves} waves"
    return Size(name, authorities, each, workers, months, waves)


def _distinct(data: EvaluationData, table: str, column: str) -> int:
    return int(data.table(table)[column].nunique()) if data.has(table, column) else 0


def _authorities(data: EvaluationData) -> int:
    return max((_distinct(data, t, "la_id") for t in ("team", "la", "la_year")), default=0) or 1


def _teams(data: EvaluationData) -> int:
    return _distinct(data, "worker", "team_id") or _distinct(data, "team", "team_id")


def _workers(data: EvaluationData) -> float:
    """Workers in post at a time."""
    if data.has("worker_month", "worker_id", "month"):
        rows = data.table("worker_month")
        in_post = rows.groupby("month")["worker_id"].nunique()
        enough = _with_enough(rows, "month")
        return float(in_post[enough].mean() if len(enough) else in_post.mean())
    if not data.has("worker", "worker_id"):
        return FALLBACK_WORKERS * max(_teams(data), 1)
    workers = data.table("worker")
    return float(workers["leave_date"].isna().sum() if "leave_date" in workers else len(workers))


def _months(data: EvaluationData) -> int:
    for table, column in DATED:
        if data.has(table, column):
            rows = data.table(table)
            dated = rows.assign(**{column: pd.to_datetime(rows[column]).dt.to_period("M")})
            if dated[column].notna().any():
                months = _with_enough(dated, column)
                return int((months.max() - months.min()).n + 1) if len(months) else 1
    return 0


def _with_enough(rows: pd.DataFrame, column: str) -> pd.Index:
    """The months or waves in which enough people stand: a lone date, far from all others, is one person's."""
    who = next((c for c in ("worker_id", "family_id", "child_id") if c in rows), None)
    by = rows.groupby(column, observed=True)
    counts = by.size() if who is None else by[who].nunique()
    return counts.index[counts >= FLOOR_THRESHOLD]
