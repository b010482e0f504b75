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
from scipy import stats

Floats = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and the influence of each row on it (zero for rows that were not used).

    Parameters
    ----------
    value : the statistic; NaN where it cannot be had, with the ``reason``.
    influence : one number a row of the frame; they sum to zero.
    used : which rows were used.
    parameters : parameters fitted, for the small-sample factor (N - 1) / (N - parameters).
    """

    value: float
    influence: Floats
    used: npt.NDArray[np.bool_]
    parameters: int = 1
    reason: str = ""


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


def _values(frame: pd.DataFrame, column: str) -> Floats:
    return frame[column].astype("float64").to_numpy()


def _none(frame: pd.DataFrame, used: npt.NDArray[np.bool_], reason: str) -> Estimate:
    return Estimate(float("nan"), np.zeros(len(frame)), used, 1, reason)


@dataclass(frozen=True, slots=True)
class MeanOf:
    """The mean of one column.

    Examples
    --------
    >>> MeanOf("x")(pd.DataFrame({"x": [1.0, 3.0, None]})).value
    2.0
    """

    column: str

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
        return Estimate(mean, np.where(used, y - mean, 0.0) / used.sum(), used)


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
        return Estimate(ratio, (top - ratio * bottom) / total, used)


@dataclass(frozen=True, slots=True)
class DifferenceInDifferences:
    """[mean(y | a, b) - mean(y | not a, b)] - [mean(y | a, not b) - mean(y | not a, not b)], from the four cells.

    Parameters
    ----------
    column : y.
    first, second : two yes/no columns a and b.
    min_cell : rows each cell needs.

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
        for sign, cell in ((1, a & b), (-1, ~a & b), (-1, a & ~b), (1, ~a & ~b)):
            inside = cell & used
            smallest = min(smallest, int(inside.sum()))
            if not inside.any():
                return _none(frame, used, f"a cell of {self.first} by {self.second} is empty")
            mean = float(y[inside].mean())
            value += sign * mean
            influence += sign * np.where(inside, y - mean, 0.0) / inside.sum()
        reason = "" if smallest >= self.min_cell else f"a cell has fewer than {self.min_cell} rows"
        return Estimate(value, influence, used, 4, reason)


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
        value, part, rank = linear_combination(design, _values(rows, self.column), np.eye(design.shape[1])[1])
        influence = np.zeros(len(frame))
        influence[used] = part
        return Estimate(value, influence, used, rank)


def _adjustments(rows: pd.DataFrame, names: Sequence[str]) -> list[Floats]:
    parts: list[Floats] = []
    for name in names:
        if pd.api.types.is_numeric_dtype(rows[name]) or pd.api.types.is_bool_dtype(rows[name]):
            parts.append(_values(rows, name))
        else:
            dummies = pd.get_dummies(rows[name], drop_first=True, dtype="float64").to_numpy()
            parts.extend(dummies[:, i] for i in range(dummies.shape[1]))
    return parts


def linear_combination(design: Floats, y: Floats, weights: Floats) -> tuple[float, Floats, int]:
    """weights'b of the least-squares fit b of y on a design, its influence on each row, and the rank.

    Columns that others already hold are left out by the pseudo-inverse.
    """
    inverse = np.linalg.pinv(design.T @ design, hermitian=True)
    coefficients = inverse @ design.T @ y
    residual = y - design @ coefficients
    influence = (design @ (inverse @ weights)) * residual
    return float(weights @ coefficients), influence, int(np.linalg.matrix_rank(design))


@dataclass(frozen=True, slots=True)
class Interval:
    """A clustered interval: standard error, limits and clusters."""

    std_error: float
    conf_low: float
    conf_high: float
    n_clusters: int


def clustered_interval(estimate: Estimate, cluster: pd.Series[str], *, conf_level: float = 0.95) -> Interval:
    """Interval of an estimate from the influence summed within clusters, with t on G - 1 degrees of freedom.

    Variance = G/(G-1) (N-1)/(N-k) x sum over clusters of (sum of influence)^2, the usual clustered sandwich. A row
    whose cluster is not known is a cluster of its own. Missing where there are fewer than two clusters or the values
    do not vary.

    Examples
    --------
    >>> y = pd.DataFrame({"y": [1.0, 2.0, 3.0, 6.0]})
    >>> i = clustered_interval(MeanOf("y")(y), pd.Series(["a", "a", "b", "b"]))
    >>> round(i.std_error, 6), i.n_clusters
    (1.5, 2)
    """
    used = estimate.used
    n = int(used.sum())
    code, names = pd.factorize(cluster[used])
    lone = code < 0
    code = np.where(lone, len(names) + np.cumsum(lone) - 1, code)
    groups = int(code.max()) + 1 if n else 0
    nothing = Interval(float("nan"), float("nan"), float("nan"), groups)
    if groups < 2 or n <= estimate.parameters or np.isnan(estimate.value):
        return nothing
    sums = np.bincount(code, weights=estimate.influence[used], minlength=groups)
    factor = groups / (groups - 1) * (n - 1) / (n - estimate.parameters)
    error = float(np.sqrt(factor * np.sum(sums**2)))
    if error <= 1e-12 * max(1.0, abs(estimate.value)):
        return nothing
    half = float(stats.t.ppf(0.5 + conf_level / 2, groups - 1)) * error
    return Interval(error, estimate.value - half, estimate.value + half, groups)
