"""Predictors of a synthetic control: a column's mean over periods of its own, or its value in single ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import plain
from hybrid_toolkit.errors import EstimationError, agreeing, plural
from hybrid_toolkit.models.rollout.panel_data import PanelData
from hybrid_toolkit.models.terms.arguments import check_column, numbers
from hybrid_toolkit.models.terms.periods import read_times
from hybrid_toolkit.models.terms.result_rows import as_names

Predictors: TypeAlias = str | Sequence[str] | Mapping[str, Any]
"""Names of columns, or column -> its periods: None, a first and a last period, or a list of either."""

_HOW = (
    'Write predictors={"income": None, "beer": (1984, 1988), "smoking": [1975, 1980]}: None for every period before '
    "the start, two periods for the mean from one to the other, a list for a predictor each."
)


@dataclass(frozen=True, slots=True, eq=False)
class ControlPredictors:
    """What the control must match, by unit and period.

    Parameters
    ----------
    names : tuple[str, ...]
        The k predictors, in words.
    x : Array
        Units x periods x k; NaN where a period has no value.
    used : NDArray[np.bool_]
        k x periods; those that a predictor is averaged over.
    weights : Array | None
        k weights that the caller sets, sum 1; None where they are searched for.
    """

    names: tuple[str, ...]
    x: Array
    used: NDArray[np.bool_]
    weights: Array | None

    def means(self) -> Array:
        """Units x k; each predictor's mean over the values in its periods, NaN where there is none."""
        there = self.used.T[None] & np.isfinite(self.x)
        sums, counts = np.where(there, self.x, 0.0).sum(axis=1), there.sum(axis=1)
        return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)

    def until(self, start: int) -> ControlPredictors:
        """The predictors that every unit has before an earlier start, each over its periods before it."""
        earlier = self.used & (np.arange(self.used.shape[1]) < start)
        kept = ~np.isnan(replace(self, used=earlier).means().sum(axis=0))
        v = None if self.weights is None else self.weights[kept]
        if v is not None:
            v = v / v.sum() if v.sum() > 0 else None
        return ControlPredictors(
            tuple(n for n, k in zip(self.names, kept.tolist(), strict=True) if k), self.x[:, :, kept], earlier[kept], v
        )


def read_predictors(
    frame: pd.DataFrame,
    p: PanelData,
    start: int,
    *,
    panel_id: str,
    time: str,
    asked: Predictors,
    weights: ArrayLike | None,
) -> ControlPredictors:
    """The predictors of a panel's units.

    Parameters
    ----------
    frame : pd.DataFrame
        The rows; a missing value is passed over.
    p : PanelData
        The panel.
    start : int
        Position of the first period after the change.
    panel_id : str
        Column of the units.
    time : str
        Column of the periods.
    asked : Predictors
        As ``fit_synthetic_control`` takes them.
    weights : Sequence[float] | None
        The predictors' weights, where the caller sets them.

    Returns
    -------
    ControlPredictors
        The predictors of the panel's units.

    Raises
    ------
    EstimationError
        Periods that are not before the start or not in the panel; weights that are no weights of these predictors.
    CoverageError
        A column is not there.
    """
    spans = _spans(asked)
    index = pd.RangeIndex(len(frame))
    units = pd.Index(p.units).get_indexer(pd.Index(plain(frame[check_column(frame, panel_id)])))
    raw = frame[check_column(frame, time)].set_axis(index)
    period = pd.Index(p.times).get_indexer(pd.Index(read_times(raw)[0]))
    inside = (units >= 0) & (period >= 0)
    cell = units[inside] * len(p.times) + period[inside]
    names, used, columns = [], [], []
    for column, span in spans:
        first, last = (0, start - 1) if span is None else (position(p, raw, t, column, start) for t in span)
        if last < first:
            raise EstimationError(
                f"the periods of predictor '{column}' end before they begin.", fix=_HOW, code="PREDICTOR-PERIODS"
            )
        values = numbers(frame, column)[inside]
        there = np.isfinite(values)
        count = np.bincount(cell[there], minlength=p.y.size)
        total = np.bincount(cell[there], weights=values[there], minlength=p.y.size)
        table = np.where(count > 0, total / np.maximum(count, 1), np.nan).reshape(p.y.shape)
        at = np.zeros(len(p.times), dtype=bool)
        at[first : last + 1] = True
        when = "" if span is None else f" {p.label(first)}" + ("" if last == first else f" to {p.label(last)}")
        names.append(column + when)
        used.append(at)
        columns.append(table)
    x = np.stack(columns, axis=2) if columns else np.empty((*p.y.shape, 0))
    marks = np.array(used) if used else np.empty((0, len(p.times)), dtype=bool)
    return ControlPredictors(tuple(names), x, marks, _given(weights, len(names)))


def without_lacking(p: PanelData, told: ControlPredictors, unbalanced: str) -> tuple[PanelData, ControlPredictors]:
    """The panel and its predictors without units that have no value of one, or an error that counts them.

    Raises
    ------
    EstimationError
        ``PREDICTOR-MISSING``.
    """
    lacks = np.asarray(np.isnan(told.means()))
    lost = np.asarray(lacks.any(axis=1))
    if not lost.any():
        return p, told
    if unbalanced == "error" or lost[~p.untreated].all():
        where = [n for n, gone in zip(told.names, np.asarray(lacks.any(axis=0)), strict=True) if gone]
        raise EstimationError(
            f"{int(lost.sum())} of {plural(len(lost), 'unit')} {agreeing(int(lost.sum()), 'has', 'have')} no value of "
            f"{plural(len(where), 'predictor')} in {agreeing(len(where), 'its', 'their')} periods: {', '.join(where)}.",
            fix="Complete them, name periods that have values, or set unbalanced='drop' to leave unchanged units out.",
            code="PREDICTOR-MISSING",
        )
    keep = ~lost
    kept = replace(
        p,
        y=p.y[keep],
        x=p.x[keep],
        start=p.start[keep],
        clusters=p.clusters[keep],
        units=p.units[keep],
        n_incomplete=p.n_incomplete + int(lost.sum()),
        n_free_lost=p.n_free_lost + int((lost & p.untreated).sum()),
    )
    return kept, replace(told, x=told.x[keep])


def fit_window(p: PanelData, raw: pd.Series[Any], start: int, periods: Sequence[object] | None) -> NDArray[np.bool_]:
    """Which periods the control's fit is judged over: those from a first to a last one, or all before the start.

    Raises
    ------
    EstimationError
        ``PREDICTOR-PERIODS``, periods that are not two, or not before the start.
    """
    at = np.arange(len(p.times)) < start
    if periods is None:
        return at
    if len(periods) != 2:
        raise EstimationError(
            f"fit_periods names {plural(len(periods), 'period')}; a first and a last one are needed.",
            fix="Write fit_periods=(1960, 1989).",
            code="PREDICTOR-PERIODS",
        )
    first, last = (position(p, raw, t, "fit_periods", start) for t in periods)
    at[:first] = False
    at[last + 1 :] = False
    if not at.any():
        raise EstimationError(
            "fit_periods ends before it begins.", fix="Write fit_periods=(1960, 1989).", code="PREDICTOR-PERIODS"
        )
    return at


def position(p: PanelData, raw: pd.Series[Any], asked: object, of: str, start: int) -> int:
    """The place of a period that the caller names, among those before the start.

    Raises
    ------
    EstimationError
        ``PREDICTOR-PERIODS``, it is not one of them.
    """
    known = pd.Index(p.times)
    plainly = isinstance(asked, int | float | np.number) and p.times.dtype.kind in "iuf"
    value = asked if plainly else read_times(raw, pd.Series([asked], dtype=object, name="fit_periods"))[1].iloc[0]
    at = int(known.get_indexer(pd.Index([value]))[0]) if pd.notna(value) else -1
    if not 0 <= at < start:
        why = "is not among the periods" if at < 0 else "is not before the start"
        raise EstimationError(
            f"a period that is named for '{of}' {why}; {plural(start, 'period')} before the start are there.",
            fix="Name periods of the time column from before the start, written as they are there.",
            code="PREDICTOR-PERIODS",
        )
    return at


def _spans(asked: Predictors) -> list[tuple[str, tuple[object, object] | None]]:
    """Column and its first and last period, a row a predictor."""
    if not isinstance(asked, Mapping):
        return [(c, None) for c in as_names(asked, "predictors")]
    out: list[tuple[str, tuple[object, object] | None]] = []
    for column, periods in asked.items():
        for one in periods if isinstance(periods, list) else [periods]:
            if one is None:
                out.append((column, None))
            elif not isinstance(one, tuple):
                out.append((column, (one, one)))
            elif len(one) == 2:
                out.append((column, (one[0], one[1])))
            else:
                raise EstimationError(
                    f"the periods of predictor '{column}' are {len(one)} in place of a first and a last one.",
                    fix=_HOW,
                    code="PREDICTOR-PERIODS",
                )
    return out


def _given(weights: ArrayLike | None, k: int) -> Array | None:
    if weights is None:
        return None
    v = np.asarray(weights, dtype=np.float64)
    if v.shape != (k,) or not np.isfinite(v).all() or (v < 0).any() or not v.sum() > 0:
        raise EstimationError(
            f"predictor_weights are {plural(v.size, 'number')} for {plural(k, 'predictor')}; expected a number from 0 "
            "up for each, not all 0.",
            fix=f"Pass {plural(k, 'weight')} in the order of the predictors, as in the column weight of fit.balance.",
            code="PREDICTOR-WEIGHTS",
        )
    return np.asarray(v / v.sum())
