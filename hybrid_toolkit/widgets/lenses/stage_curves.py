"""A smooth curve of an outcome over the remote share for each career stage, with bands clustered on teams."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.metrics.constructs.stage_gap import StageSlopeGap, restricted_cubic, stage_estimates
from hybrid_toolkit.metrics.intervals.interval import Estimate, clustered_interval
from hybrid_toolkit.metrics.intervals.statistics import linear_combinations, people_told, regressions_of

_LEAST_KNOTS, _LEAST_VALUES = 3, 4
"""A restricted cubic spline needs three knots, and a line through fewer than four shares is not told from one."""
CURVE_STAGES = ("asye", "early", "mid", "late")
GRID = tuple(np.round(np.arange(0, 1.001, 0.05), 2).tolist())
"""Remote shares at which curves are drawn and read."""
TELL = "rests_on"
"""Column with the people on whom a figure rests: one far from all others tells a slope, and a curve where it ends."""
_COLUMNS = ("stage", "at", "estimate", "conf_low", "conf_high", "n", "n_clusters", "unit", TELL)


def curve_rows(rows: pd.DataFrame, outcome: str, *, least: int) -> pd.DataFrame:
    """Fitted means with intervals, one row a stage and grid point within the middle nine tenths of the stage.

    A point stands there where it rests on enough people: where a curve ends would tell of one who lies far off.

    Parameters
    ----------
    rows : pd.DataFrame
        Columns ``worker_id``, ``team_id``, ``stage``, ``rs_desk`` and the outcome, none missing but ``team_id``.
    outcome : str
        The outcome.
    least : int
        People that a stage needs to be fitted; a stage with fewer has one row without an estimate.

    Returns
    -------
    pd.DataFrame
        Frame with ``_COLUMNS``; ``n`` counts workers.
    """
    found: list[tuple[object, ...]] = []
    knots = _knots(rows)
    for stage in CURVE_STAGES:
        mine = rows[rows["stage"].eq(stage)]
        people, cluster = mine["worker_id"].nunique(), mine["team_id"].fillna(mine["worker_id"])
        groups = cluster.nunique()
        if people < least or mine["rs_desk"].nunique() < _LEAST_VALUES:
            if people:
                found.append((stage, 0.0, *(np.nan,) * 3, people, groups, "score", 0.0))
            continue
        x, y = (mine[c].to_numpy(dtype=float) for c in ("rs_desk", outcome))
        low, high = np.quantile(x, [0.05, 0.95])
        steps = np.array([g for g in GRID if low <= g <= high])
        weights = np.column_stack([np.ones(len(steps)), _terms(steps, knots)[0]])
        who, drawn = pd.factorize(mine["worker_id"])[0], len(found)
        for at, estimate in zip(steps, _combinations(_design(x, knots), y, weights), strict=True):
            tell = people_told(estimate.regression, who) if estimate.regression is not None else 0.0
            if tell < least:
                continue
            i = clustered_interval(estimate, cluster)
            found.append((stage, float(at), estimate.value, i.conf_low, i.conf_high, people, groups, "score", tell))
        if len(found) == drawn:
            found.append((stage, 0.0, *(np.nan,) * 3, people, groups, "score", 0.0))
    return pd.DataFrame(found, columns=list(_COLUMNS))


def slope_rows(rows: pd.DataFrame, outcome: str, gap: str, *, least: int) -> pd.DataFrame:
    """The mean slope of each stage and the gap of early minus mid career, as ``stage_slopes`` and metric MB2 give them.

    Parameters
    ----------
    rows : pd.DataFrame
        As in ``curve_rows``.
    outcome : str
        As in ``curve_rows``.
    gap : str
        What to call the gap.
    least : int
        As in ``curve_rows``.

    Returns
    -------
    pd.DataFrame
        Frame: ``term``, ``estimate``, ``conf_low``, ``conf_high``, ``n`` workers, ``n_clusters``, ``unit``, ``TELL``.
    """
    enough = [s for s in CURVE_STAGES if rows.loc[rows["stage"].eq(s), "worker_id"].nunique() >= least]
    inside = rows[rows["stage"].isin(enough)].reset_index(drop=True)
    found: list[tuple[object, ...]] = []
    who = pd.factorize(inside["worker_id"])[0]
    cluster, group = inside["team_id"].fillna(inside["worker_id"]), inside["stage"].to_numpy(dtype=str)
    for stage, one in stage_estimates(inside, outcome, "rs_desk", group, enough)[0].items() if enough else ():
        i, there = clustered_interval(one, cluster), group == stage
        people = inside.loc[there, "worker_id"].nunique()
        tell = people_told(one.regression, who) if one.regression is not None else 0.0
        found.append((stage, one.value, i.conf_low, i.conf_high, people, cluster[there].nunique(), "score", tell))
    made = StageSlopeGap(outcome, "rs_desk", "stage")(rows)
    used = rows[made.used]
    teams = used["team_id"].fillna(used["worker_id"]).nunique()
    i = clustered_interval(made, rows["team_id"].fillna(rows["worker_id"]))
    smallest = min(used.loc[used["stage"].eq("mid"), "worker_id"].nunique(),
                   used.loc[used["stage"].isin(("asye", "early")), "worker_id"].nunique())  # fmt: skip
    if made.value == made.value:
        tell = people_told(made.regression, pd.factorize(used["worker_id"])[0]) if made.regression is not None else 0.0
        found.append((gap, made.value, i.conf_low, i.conf_high, smallest, teams, "score", tell))
    names = ["term", "estimate", "conf_low", "conf_high", "n", "n_clusters", "unit", TELL]
    return pd.DataFrame(found, columns=names)


def _combinations(design: Array, y: Array, weights: Array) -> list[Estimate]:
    """Several combinations of the coefficients of one least-squares fit, one a row of the weights."""
    values, influence, rank = linear_combinations(design, y, weights)
    used = np.ones(len(y), dtype=bool)
    return [
        Estimate(float(v), influence[:, k], used, rank, regression=fit)
        for k, (v, fit) in enumerate(zip(values, regressions_of(design, y, weights), strict=True))
    ]


def _design(x: Array, knots: Array) -> Array:
    return np.column_stack([np.ones(len(x)), _terms(x, knots)[0]])


def _knots(rows: pd.DataFrame) -> Array:
    found: Array = np.quantile(rows["rs_desk"].to_numpy(dtype=float), [0.1, 0.5, 0.9])
    return found


def _terms(x: Array, knots: Array) -> tuple[Array, Array]:
    """Spline terms and their slopes; a straight line where the shares hardly vary."""
    if len(np.unique(knots)) < _LEAST_KNOTS:
        return x[:, None], np.ones((len(x), 1))
    return restricted_cubic(x, knots)
