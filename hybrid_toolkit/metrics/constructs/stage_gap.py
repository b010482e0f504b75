"""How the slope of an outcome on remote share differs by career stage (metric MB2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError
from hybrid_toolkit.metrics.constructs.wellbeing import survey_scores
from hybrid_toolkit.metrics.intervals.interval import Estimate, clustered_interval, complete
from hybrid_toolkit.metrics.intervals.statistics import linear_combination, regression_of
from hybrid_toolkit.metrics.unit_frames import EARLY_STAGES, worker_month_exposure

MIN_STAGE = 10
"""Rows a stage needs for its slope."""
_INSTRUMENT = {"informal_learning": "informal_learning", "swemwbs": "swemwbs", "secure_base": "secure_base"}


def stage_gap_frame(data: EvaluationData, outcome: str) -> pd.DataFrame:
    """Survey rows with the outcome, the worker's remote share up to that wave, and the stage.

    ``rs_desk`` is the mean of the worker's monthly shares up to and with the month of the wave. Supervisors are left
    out. Columns: ``worker_id``, ``team_id``, ``wave``, ``month``, ``stage``, ``rs_desk`` and the outcome.

    Raises
    ------
    CoverageError
        No survey, no outcome in it, or no hours in ``worker_month``.
    """
    scores = survey_scores(data, [_INSTRUMENT[outcome]] if outcome in _INSTRUMENT else None)
    if outcome not in scores:
        raise CoverageError(
            f"table 'survey' gives no scale '{outcome}'.", fix="Add its instrument.", code="SCALE-MISSING"
        )
    exposure = worker_month_exposure(data)[["worker_id", "month", "rs_desk"]].dropna()
    pairs = scores[["worker_id", "wave", "month"]].merge(exposure, on="worker_id", suffixes=("", "_rs"))
    pairs = pairs[pairs["month_rs"] <= pairs["month"]]
    share = pairs.groupby(["worker_id", "wave"])["rs_desk"].mean().reset_index()
    out = scores.merge(share, on=["worker_id", "wave"], how="left")
    out = out[out["stage"].ne("supervisor").fillna(True).to_numpy(dtype=bool)]
    return out[["worker_id", "team_id", "wave", "month", "stage", "rs_desk", outcome]].reset_index(drop=True)


def restricted_cubic(x: Array, knots: Array) -> tuple[Array, Array]:
    """Restricted cubic spline terms of x and their derivatives: linear beyond the outer knots (Harrell 2015).

    Examples
    --------
    >>> terms, slopes = restricted_cubic(np.array([0.0, 2.0]), np.array([0.0, 1.0, 2.0]))
    >>> terms.tolist(), slopes[:, 0].tolist()
    ([[0.0, 0.0], [2.0, 1.5]], [1.0, 1.0])
    """
    first, second, last = knots
    span = (last - first) ** 2
    up = (last - first) / (last - second)
    down = (second - first) / (last - second)

    def cube(knot: float) -> Array:
        out: Array = np.maximum(x - knot, 0.0) ** 3
        return out

    def slope(knot: float) -> Array:
        out: Array = 3 * np.maximum(x - knot, 0.0) ** 2
        return out

    bend = (cube(first) - cube(second) * up + cube(last) * down) / span
    bend_slope = (slope(first) - slope(second) * up + slope(last) * down) / span
    return np.column_stack([x, bend]), np.column_stack([np.ones_like(x), bend_slope])


def stage_estimates(
    rows: pd.DataFrame, outcome: str, exposure: str, group: npt.NDArray[np.str_], names: Sequence[str]
) -> tuple[dict[str, Estimate], Estimate]:
    """Mean slope of each group, from one spline a group with common knots, and first minus last.

    Parameters
    ----------
    rows : pd.DataFrame
        Rows with the outcome and the exposure, none missing.
    outcome : str
        Column of the outcome.
    exposure : str
        Column of the exposure.
    group : npt.NDArray[np.str_]
        The group of each row, every one among the names.
    names : Sequence[str]
        The groups, at least one.

    Returns
    -------
    tuple[dict[str, Estimate], Estimate]
        The slope of each group, and that of the first minus that of the last.

    Examples
    --------
    >>> rows = pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0] * 2, "y": [1.0, 3.0, 5.0, 7.0, 1.0, 2.0, 3.0, 4.0]})
    >>> slopes, gap = stage_estimates(rows, "y", "x", np.repeat(["early", "mid"], 4), ("early", "mid"))
    >>> round(slopes["early"].value, 9), round(gap.value, 9)
    (2.0, 1.0)
    """
    x, y = rows[exposure].astype("float64").to_numpy(), rows[outcome].astype("float64").to_numpy()
    knots = np.quantile(x, [0.1, 0.5, 0.9])
    terms: Array
    slopes: Array
    if len(np.unique(knots)) < 3:
        terms, slopes = x[:, None], np.ones((len(x), 1))
    else:
        terms, slopes = restricted_cubic(x, knots)
    average = slopes.mean(axis=0)
    width = terms.shape[1] + 1
    base = np.column_stack([np.ones(len(x)), terms])
    # The first group's curve stands in every row, and each other group adds its own: least squares is solved in
    # columns whose first is constant.
    design = np.hstack([base, *(base * (group == name)[:, None] for name in names[1:])])
    used = np.ones(len(rows), dtype=bool)
    out, picks = {}, []
    for position, name in enumerate(names):
        pick = np.zeros(width * len(names))
        pick[1:width] = average
        pick[position * width + 1 : (position + 1) * width] = average
        picks.append(pick)
        value, influence, rank = linear_combination(design, y, pick)
        out[name] = Estimate(value, influence, used, rank, regression=regression_of(design, y, pick))
    gap = picks[0] - picks[-1]
    value, influence, rank = linear_combination(design, y, gap)
    fit = replace(regression_of(design, y, gap), sides=group == names[-1])
    return out, Estimate(value, influence, used, rank, regression=fit)


@dataclass(frozen=True, slots=True)
class StageSlopeGap:
    """Mean slope among early-career rows minus the mean slope among mid-career rows.

    The mean is over the remote shares of all rows, so that both groups are compared at the same shares.
    """

    outcome: str
    exposure: str
    stage: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Outcome, exposure and stage."""
        return (self.outcome, self.exposure, self.stage)

    def __call__(self, frame: pd.DataFrame) -> Estimate:
        """The gap over rows that have all three and are early or mid-career."""
        used = complete(frame, self.columns)
        stage = frame[self.stage].astype("object").where(frame[self.stage].notna(), "").to_numpy(dtype=str)
        group = np.where(np.isin(stage, EARLY_STAGES), "early", np.where(stage == "mid", "mid", ""))
        inside = used & (group != "")
        few = [g for g in ("early", "mid") if int((inside & (group == g)).sum()) < MIN_STAGE]
        if few:
            reason = f"fewer than {MIN_STAGE} rows in {' and '.join(few)} career"
            return Estimate(float("nan"), np.zeros(len(frame)), used, 1, reason)
        rows = frame.loc[inside]
        _, gap = stage_estimates(rows, self.outcome, self.exposure, group[inside], ("early", "mid"))
        influence = np.zeros(len(frame))
        influence[inside] = gap.influence
        return Estimate(gap.value, influence, inside, gap.parameters, regression=gap.regression)


def stage_slopes(data: EvaluationData, outcome: str = "informal_learning", *, conf_level: float = 0.95) -> pd.DataFrame:
    """Simple slopes: the mean slope of an outcome on remote share in each career stage.

    One restricted cubic spline a stage (knots at the 10th, 50th and 90th percentile of all rows), its slope averaged
    over the remote shares of all rows, with intervals clustered on teams. Stages with fewer than 10 rows are left out.

    Parameters
    ----------
    data : EvaluationData
        The data.
    outcome : str, default "informal_learning"
        Column of the outcome.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pd.DataFrame
        Frame: stage, estimate (points per unit of remote share), conf_low, conf_high, n, n_clusters.

    Raises
    ------
    CoverageError
        As ``stage_gap_frame``.

    Examples
    --------
    >>> from hybrid_toolkit.synth.committed import load_synthetic
    >>> rows = stage_slopes(load_synthetic())
    >>> bool((rows["conf_low"] < rows["conf_high"]).all())
    True
    """
    frame = stage_gap_frame(data, outcome).dropna(subset=[outcome, "rs_desk", "stage"]).reset_index(drop=True)
    size = frame["stage"].value_counts()
    names = tuple(s for s in ("asye", "early", "mid", "late") if size.get(s, 0) >= MIN_STAGE)
    frame = frame[frame["stage"].isin(names)].reset_index(drop=True)
    group = frame["stage"].to_numpy(dtype=str)
    cluster = frame["team_id"].fillna(frame["worker_id"])
    rows = []
    if names:
        for name, estimate in stage_estimates(frame, outcome, "rs_desk", group, names)[0].items():
            i = clustered_interval(estimate, cluster, conf_level=conf_level)
            rows.append((name, estimate.value, i.conf_low, i.conf_high, int(size[name]), i.n_clusters))
    return pd.DataFrame(rows, columns=["stage", "estimate", "conf_low", "conf_high", "n", "n_clusters"])
