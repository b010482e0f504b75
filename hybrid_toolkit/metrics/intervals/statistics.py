"""Statistics beside the mean, each with the influence of every row: ratios, differences in differences, slopes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import Scaled, scaled
from hybrid_toolkit.metrics.intervals.interval import Estimate, Regression, column_values, complete, no_estimate


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
        top, bottom = (np.where(used, column_values(frame, c), 0.0) for c in self.columns)
        total = float(bottom.sum())
        if not used.any() or total <= 0:
            return no_estimate(frame, used, "no values" if not used.any() else "the denominator is zero")
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
        y = np.where(used, column_values(frame, self.column), 0.0)
        a, b = (frame[c].astype("boolean").fillna(False).to_numpy(dtype=bool) for c in (self.first, self.second))
        value, influence, smallest = 0.0, np.zeros(len(frame)), len(frame)
        which = a.astype(np.intp) + 2 * b
        for sign, cell in ((1, a & b), (-1, ~a & b), (-1, a & ~b), (1, ~a & ~b)):
            inside = cell & used
            smallest = min(smallest, int(inside.sum()))
            if not inside.any():
                return no_estimate(frame, used, f"a cell of {self.first} by {self.second} is empty")
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
            return no_estimate(frame, used, f"{self.on} does not vary")
        design = np.column_stack([np.ones(len(rows)), column_values(rows, self.on), *_adjustments(rows, self.adjust)])
        y, weights = column_values(rows, self.column), np.eye(design.shape[1])[1]
        value, part, rank = linear_combination(design, y, weights)
        influence = np.zeros(len(frame))
        influence[used] = part
        fit = regression_of(design, y, weights)
        if np.isin(
            design[:, 1], (0.0, 1.0)
        ).all():  # of a yes or no it is a gap, and each side is held to enough people
            fit = replace(fit, sides=design[:, 1] == 1)
        return Estimate(value, influence, used, rank, regression=fit)


def _adjustments(rows: pd.DataFrame, names: Sequence[str]) -> list[Array]:
    parts: list[Array] = []
    for name in names:
        if pd.api.types.is_numeric_dtype(rows[name]) or pd.api.types.is_bool_dtype(rows[name]):
            parts.append(column_values(rows, name))
        else:
            dummies = pd.get_dummies(rows[name], drop_first=True, dtype="float64").to_numpy()
            parts.extend(dummies[:, i] for i in range(dummies.shape[1]))
    return parts


def regression_of(design: Array, y: Array, weights: Array) -> Regression:
    """A least-squares fit of y on a design as leaving clusters out needs it; see ``linear_combination``.

    In orthogonal columns, so that a year is as good as a year less 2016.
    """
    return regressions_of(design, y, weights[None, :])[0]


def regressions_of(design: Array, y: Array, weights: Array) -> list[Regression]:
    """The same for several rows of weights."""
    basis, _, _, residual = _fitted(design, y)
    return [Regression(basis.z, residual, w) for w in weights[:, basis.own] @ basis.turn]


def _fitted(design: Array, y: Array) -> tuple[Scaled, Array, float, Array]:
    """The design in orthogonal columns, their coefficients for y less its middle, the middle, and the residuals."""
    basis, middle = scaled(design), float(np.median(y)) if (design[:, 0] == 1).all() else 0.0
    a = basis.z.T @ (y - middle) / len(y)
    return basis, a, middle, y - middle - basis.z @ a


def people_told(fit: Regression, people: npt.NDArray[np.integer[Any]]) -> float:
    """On how many people a combination of a fit's coefficients rests, whose outcomes it weighs: 1 where one tells it.

    Of a gap between two groups, the side with fewer: with the slope of the other it tells that of this one.

    Parameters
    ----------
    fit : Regression
        The fit, with the combination's weights.
    people : npt.NDArray[np.integer[Any]]
        Code of the person of each of its rows.

    Examples
    --------
    Eleven lie close together, and one far off: the slope is that one's.

    >>> x = np.r_[np.linspace(0, 0.01, 11), 1.0]
    >>> design = np.column_stack([np.ones(12), x])
    >>> [round(people_told(regression_of(design, x, w), np.arange(12))) for w in np.eye(2)]
    [11, 1]
    """
    weights = fit.design @ fit.weights  # times the rows: the columns are orthogonal
    found = []
    for side in [np.ones(len(weights), dtype=bool)] if fit.sides is None else [fit.sides, ~fit.sides]:
        squares = np.bincount(people[side], weights=np.square(weights[side]))
        total = float(np.square(squares).sum())
        found.append(float(squares.sum()) ** 2 / total if total > 0 else 0.0)
    return min(found)


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
    basis, a, middle, residual = _fitted(design, y)
    w = weights[:, basis.own] @ basis.turn
    influence = (basis.z @ w.T) / len(y) * residual[:, None]
    return np.asarray(w @ a + middle * weights[:, 0]), influence, int(basis.own.sum())
