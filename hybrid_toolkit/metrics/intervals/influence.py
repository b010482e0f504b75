"""Statistics with their influence values, so that every interval is made the same way from clusters.

A statistic gives its value and, for each row, how much that row moved it. The variance of the statistic is then the
clustered sum of squares of those movements (the sandwich), whatever the statistic is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import scaled


@dataclass(frozen=True, slots=True)
class Crossed:
    """A second factor that crosses the clusters: its label for every part of a row, and the influence of that part.

    Parameters
    ----------
    labels : npt.NDArray[Any]
        Label of the rows of each part; a part without a label counts for nothing.
    influence : Array
        Influence values, rows x parts; parts of a row sum to its influence.
    """

    labels: npt.NDArray[Any]
    influence: Array

    def rows(self, which: npt.NDArray[np.bool_], *, of: int, sign: float = 1.0) -> Crossed:
        """These parts as those of the rows ``which`` of a longer frame of ``of`` rows, with a sign."""
        labels = np.full((of, self.labels.shape[1]), None if self.labels.dtype == object else np.nan, self.labels.dtype)
        influence = np.zeros((of, self.labels.shape[1]))
        labels[which], influence[which] = self.labels, sign * self.influence
        return Crossed(labels, influence)

    def beside(self, other: Crossed) -> Crossed:
        """Both sets of parts, row by row."""
        return Crossed(np.hstack([self.labels, other.labels]), np.hstack([self.influence, other.influence]))


@dataclass(frozen=True, slots=True)
class Regression:
    """What leaving clusters out of a least-squares fit needs, for the rows used, in their order.

    Parameters
    ----------
    design : Array
        Rows x k.
    residual : Array
        Rows.
    weights : Array
        The k; the estimate is their sum of products with the coefficients.
    """

    design: Array
    residual: Array
    weights: Array


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and the influence of each row on it (zero for rows that were not used).

    Parameters
    ----------
    value : float
        The statistic; NaN where it cannot be had, with the ``reason``.
    influence : Array
        One number a row of the frame; they sum to zero.
    used : npt.NDArray[np.bool]
        Which rows were used.
    parameters : int, default 1
        Parameters fitted, for the small-sample factor (N - 1) / (N - parameters).
    crossed : Crossed | None, optional
        A second factor whose levels move units of every cluster, such as raters or months.
    size : Array | None, optional
        What each row adds to the denominator of its mean or ratio (1 for a mean), 0 where it is not used; None where
        the statistic is not made of means.
    cell : npt.NDArray[np.intp] | None, optional
        Which of several means each row belongs to, from 0; None where there is one mean.
    regression : Regression | None, optional
        For a coefficient, what leaving clusters out needs.
    """

    value: float
    influence: Array
    used: npt.NDArray[np.bool_]
    parameters: int = 1
    reason: str = ""
    crossed: Crossed | None = None
    size: Array | None = None
    cell: npt.NDArray[np.intp] | None = None
    regression: Regression | None = None


class Statistic(Protocol):
    """What a metric computes from its unit frame."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the unit frame that a row must have to be used."""
        ...

    def __call__(self, frame: pd.DataFrame) -> Estimate:
        """The statistic over these rows."""
        ...


def complete(frame: pd.DataFrame, columns: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which rows have a value in all of these columns."""
    return frame[list(columns)].notna().all(axis=1).to_numpy(dtype=bool)


def _values(frame: pd.DataFrame, column: str) -> Array:
    return frame[column].astype("float64").to_numpy()


def _none(frame: pd.DataFrame, used: npt.NDArray[np.bool_], reason: str) -> Estimate:
    return Estimate(float("nan"), np.zeros(len(frame)), used, 1, reason)


@dataclass(frozen=True, slots=True)
class MeanOf:
    """The mean of one column.

    Parameters
    ----------
    column : str
        The column.
    crossed : str, optional
        A second factor that moves units of all clusters alike: a column of that name (``month``), or columns
        ``rater_1``, ``rater_2``, ... beside ``<column>_1``, ``<column>_2``, ... whose mean over a row is its value.

    Examples
    --------
    >>> MeanOf("x")(pd.DataFrame({"x": [1.0, 3.0, None]})).value
    2.0
    """

    column: str
    crossed: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def __call__(self, frame: pd.DataFrame) -> Estimate:
        """Mean over the rows that have a value."""
        used = complete(frame, self.columns)
        if not used.any():
            return _none(frame, used, "no values")
        y = np.where(used, _values(frame, self.column), 0.0)
        mean = float(y[used].mean())
        influence = np.where(used, y - mean, 0.0) / used.sum()
        crossed = self._crossed(frame, influence, used, mean)
        return Estimate(mean, influence, used, crossed=crossed, size=used.astype("float64"))

    def _crossed(
        self, frame: pd.DataFrame, influence: Array, used: npt.NDArray[np.bool_], mean: float
    ) -> Crossed | None:
        if not self.crossed:
            return None
        if self.crossed in frame:
            return Crossed(_labels(frame[self.crossed]), influence[:, None])
        parts = [k for k in range(1, len(frame.columns)) if f"{self.crossed}_{k}" in frame]
        if not parts:
            return None
        y = frame[[f"{self.column}_{k}" for k in parts]].to_numpy(dtype="float64")
        known = ~np.isnan(y) & used[:, None]
        share = known / np.maximum(known.sum(axis=1, keepdims=True), 1) / used.sum()
        labels = frame[[f"{self.crossed}_{k}" for k in parts]].to_numpy(dtype=object)
        return Crossed(labels, np.where(known, y - mean, 0.0) * share)


def _labels(values: pd.Series[Any]) -> npt.NDArray[Any]:
    """Labels of a factor as one column; dates as numbers, which are quicker to compare."""
    if pd.api.types.is_datetime64_dtype(values.dtype):
        day = values.to_numpy(dtype="datetime64[us]")
        return np.where(np.isnat(day), np.nan, day.astype("int64").astype("float64"))[:, None]
    return values.to_numpy(dtype=object)[:, None]


@dataclass(frozen=True, slots=True)
class RatioOf:
    """The sum of one column over the sum of another, linearised.

    Examples
    --------
    >>> RatioOf("a", "b")(pd.DataFrame({"a": [1.0, 2.0], "b": [2.0, 4.0]})).value
    0.5
    """

    top: str
    bottom: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Both columns."""
        return (self.top, self.bottom)

    def __call__(self, frame: pd.DataFrame) -> Estimate:
        """Ratio over the rows that have both."""
        used = complete(frame, self.columns)
        top, bottom = (np.where(used, _values(frame, c), 0.0) for c in self.columns)
        total = float(bottom.sum())
        if not used.any() or total <= 0:
            return _none(frame, used, "no values" if not used.any() else "the denominator is zero")
        ratio = float(top.sum()) / total
        return Estimate(ratio, (top - ratio * bottom) / total, used, size=bottom)


@dataclass(frozen=True, slots=True)
class DifferenceInDifferences:
    """[mean(y | a, b) - mean(y | not a, b)] - [mean(y | a, not b) - mean(y | not a, not b)], from the four cells.

    Parameters
    ----------
    column : str
        The y.
    first : str
        The yes/no column a.
    second : str
        The yes/no column b.
    min_cell : int, default 1
        Rows each cell needs.

    Examples
    --------
    >>> f = pd.DataFrame({"y": [0.2, 0.8, 0.7, 0.9], "a": [1, 0, 1, 0], "b": [1, 1, 0, 0]})
    >>> round(DifferenceInDifferences("y", "a", "b")(f).value, 10)
    -0.4
    """

    column: str
    first: str
    second: str
    min_cell: int = 1

    @property
    def columns(self) -> tuple[str, ...]:
        """All three columns."""
        return (self.column, self.first, self.second)

    def __call__(self, frame: pd.DataFrame) -> Estimate:
        """The contrast over the rows that have all three."""
        used = complete(frame, self.columns)
        y = np.where(used, _values(frame, self.column), 0.0)
        a, b = (frame[c].astype("boolean").fillna(False).to_numpy(dtype=bool) for c in (self.first, self.second))
        value, influence, smallest = 0.0, np.zeros(len(frame)), len(frame)
        which = a.astype(np.intp) + 2 * b
        for sign, cell in ((1, a & b), (-1, ~a & b), (-1, a & ~b), (1, ~a & ~b)):
            inside = cell & used
            smallest = min(smallest, int(inside.sum()))
            if not inside.any():
                return _none(frame, used, f"a cell of {self.first} by {self.second} is empty")
            mean = float(y[inside].mean())
            value += sign * mean
            influence += sign * np.where(inside, y - mean, 0.0) / inside.sum()
        reason = "" if smallest >= self.min_cell else f"a cell has fewer than {self.min_cell} rows"
        return Estimate(value, influence, used, 4, reason, size=used.astype("float64"), cell=which)


@dataclass(frozen=True, slots=True)
class Slope:
    """The coefficient of one column in a linear regression on it and on other columns (text columns as classes).

    Examples
    --------
    >>> round(Slope("y", "x")(pd.DataFrame({"y": [1.0, 3.0, 5.0], "x": [0.0, 1.0, 2.0]})).value, 10)
    2.0
    """

    column: str
    on: str
    adjust: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The outcome, the column it is regressed on, and the adjustments."""
        return (self.column, self.on, *self.adjust)

    def __call__(self, frame: pd.DataFrame) -> Estimate:
        """The coefficient over the rows that have all columns."""
        used = complete(frame, self.columns)
        rows = frame.loc[used]
        if len(rows) < 3 or rows[self.on].nunique() < 2:
            return _none(frame, used, f"{self.on} does not vary")
        design = np.column_stack([np.ones(len(rows)), _values(rows, self.on), *_adjustments(rows, self.adjust)])
        y, weights = _values(rows, self.column), np.eye(design.shape[1])[1]
        value, part, rank = linear_combination(design, y, weights)
        influence = np.zeros(len(frame))
        influence[used] = part
        return Estimate(value, influence, used, rank, regression=regression_of(design, y, weights))


def _adjustments(rows: pd.DataFrame, names: Sequence[str]) -> list[Array]:
    parts: list[Array] = []
    for name in names:
        if pd.api.types.is_numeric_dtype(rows[name]) or pd.api.types.is_bool_dtype(rows[name]):
            parts.append(_values(rows, name))
        else:
            dummies = pd.get_dummies(rows[name], drop_first=True, dtype="float64").to_numpy()
            parts.extend(dummies[:, i] for i in range(dummies.shape[1]))
    return parts


def regression_of(design: Array, y: Array, weights: Array) -> Regression:
    """A least-squares fit of y on a design as leaving clusters out needs it; see ``linear_combination``."""
    coefficients = np.linalg.pinv(design.T @ design, hermitian=True) @ design.T @ y
    return Regression(design, y - design @ coefficients, weights)


def linear_combination(design: Array, y: Array, weights: Array) -> tuple[float, Array, int]:
    """weights'b of the least-squares fit b of y on a design, its influence on each row, and the rank.

    Parameters
    ----------
    design : Array
        Shape n x k.
    y : Array
        The n.
    weights : Array
        The k. Columns that others already hold are left out.
    """
    values, influence, rank = linear_combinations(design, y, weights[None, :])
    return float(values[0]), influence[:, 0], rank


def linear_combinations(design: Array, y: Array, weights: Array) -> tuple[Array, Array, int]:
    """The same for several rows of weights: m values, n x m influences, and the rank."""
    basis, middle = scaled(design), float(np.median(y)) if (design[:, 0] == 1).all() else 0.0
    a = basis.z.T @ (y - middle) / len(y)
    residual = y - middle - basis.z @ a
    w = weights[:, basis.own] @ basis.turn
    influence = (basis.z @ w.T) / len(y) * residual[:, None]
    return np.asarray(w @ a + middle * weights[:, 0]), influence, int(basis.own.sum())
