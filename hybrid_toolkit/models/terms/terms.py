"""The terms of a linear model as data: columns, categories, interactions, splines. No formula text anywhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import CoverageError, EstimationError

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*\Z")


def check_column(frame: pd.DataFrame, name: str) -> str:
    """The name itself, once it is a column of the frame; it is looked up and never evaluated.

    Raises
    ------
    EstimationError : no column has that name and it is an expression or a formula.
    CoverageError : the frame has no such column.
    """
    if isinstance(name, str) and name in frame.columns:
        return name
    if not isinstance(name, str) or not _IDENTIFIER.match(name):
        raise EstimationError(
            "a term is not the name of one column: expressions and formulas are not evaluated.",
            fix="Name a column; join columns with Interaction, bend one with Spline.",
            code="TERM-NOT-A-COLUMN",
        )
    raise CoverageError(
        f"the data have no column '{name}', which the model needs.",
        fix="Add the column, or leave it out of the study.",
        code="COLUMN-MISSING",
    )


def numbers(frame: pd.DataFrame, name: str) -> Array:
    """A numeric or yes/no column as floats, missing as NaN.

    Raises
    ------
    EstimationError : the column holds text.
    """
    values = frame[check_column(frame, name)]
    if not (pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)):
        raise EstimationError(
            f"column '{name}' is not numeric: expected numbers or yes/no.",
            fix="Use Category for a column of codes.",
            code="TERM-NOT-NUMERIC",
        )
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


@dataclass(frozen=True, slots=True)
class Column:
    """A number or a yes/no column, as it is."""

    name: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the frame that the term reads."""
        return (self.name,)

    def build(self, frame: pd.DataFrame) -> dict[str, Array]:
        """Columns of the design matrix by name."""
        return {self.name: numbers(frame, self.name)}


@dataclass(frozen=True, slots=True)
class Category:
    """A column of codes, as one 0/1 column for each code but the first in sorted order."""

    name: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the frame that the term reads."""
        return (self.name,)

    def build(self, frame: pd.DataFrame) -> dict[str, Array]:
        """Columns of the design matrix by name."""
        codes, levels = pd.factorize(frame[check_column(frame, self.name)], sort=True)
        return {f"{self.name}[{level}]": (codes == i).astype(np.float64) for i, level in enumerate(levels) if i}


@dataclass(frozen=True, slots=True)
class Spline:
    """A natural cubic spline: straight beyond its outer knots (Hastie, Tibshirani and Friedman 2009, eq. 5.4-5.5).

    Parameters
    ----------
    name : numeric column.
    knots : increasing, at least three; the term has ``len(knots) - 1`` columns.
    """

    name: str
    knots: tuple[float, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the frame that the term reads."""
        return (self.name,)

    def build(self, frame: pd.DataFrame) -> dict[str, Array]:
        """Columns of the design matrix by name."""
        return self.basis(numbers(frame, self.name))

    def basis(self, x: Array) -> dict[str, Array]:
        """The basis at given points, by name; the first column is ``x`` itself.

        Examples
        --------
        >>> b = Spline("x", (0.0, 1.0, 2.0)).basis(np.array([-1.0, 0.0, 1.0]))
        >>> [v.tolist() for v in b.values()]
        [[-1.0, 0.0, 1.0], [0.0, 0.0, 0.5]]
        """
        k = np.asarray(self.knots)

        def d(i: int) -> Array:
            out: Array = (np.clip(x - k[i], 0, None) ** 3 - np.clip(x - k[-1], 0, None) ** 3) / (k[-1] - k[i])
            return out

        last = d(len(k) - 2)
        bent = {f"{self.name}~{i + 1}": d(i) - last for i in range(len(k) - 2)}
        return {self.name: x, **bent}


@dataclass(frozen=True, slots=True)
class Interaction:
    """Every product of a column of one term with a column of another; main effects are named apart."""

    left: Column | Category | Spline
    right: Column | Category | Spline

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the frame that the term reads."""
        return (*self.left.columns, *self.right.columns)

    def build(self, frame: pd.DataFrame) -> dict[str, Array]:
        """Columns of the design matrix by name."""
        right = self.right.build(frame)
        return {f"{a}:{b}": u * v for a, u in self.left.build(frame).items() for b, v in right.items()}


Term: TypeAlias = Column | Category | Spline | Interaction


def as_term(frame: pd.DataFrame, name: str) -> Column | Category:
    """A column of numbers or yes/no as ``Column``, of codes or dates as ``Category``.

    Examples
    --------
    >>> f = pd.DataFrame({"risk": [1, 2], "need": ["cin", "cp"]})
    >>> as_term(f, "risk"), as_term(f, "need")
    (Column(name='risk'), Category(name='need'))
    """
    values = frame[check_column(frame, name)]
    numeric = pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)
    return Column(name) if numeric else Category(name)


def spline(frame: pd.DataFrame, name: str, *, df: int = 3) -> Spline:
    """A natural spline with ``df`` columns, its knots at spread quantiles of the data (Harrell 2015, table 2.3).

    Raises
    ------
    EstimationError : the column takes too few distinct values for its knots.
    """
    at = {2: (0.10, 0.5, 0.90), 3: (0.05, 0.35, 0.65, 0.95), 4: (0.05, 0.275, 0.5, 0.725, 0.95)}[df]
    x = numbers(frame, name)
    knots = np.unique(np.quantile(x[np.isfinite(x)], at)) if np.isfinite(x).any() else np.array([])
    if len(knots) < len(at):
        raise EstimationError(
            f"column '{name}' has too few distinct values for a spline with {df} columns.",
            fix="Use the column as it is.",
            code="SPLINE-KNOTS",
        )
    return Spline(name, tuple(float(k) for k in knots))


def design_columns(frame: pd.DataFrame, terms: Sequence[Term]) -> dict[str, Array]:
    """All columns of several terms by name, in order.

    Raises
    ------
    EstimationError : two terms give the same column.
    """
    out: dict[str, Array] = {}
    for term in terms:
        for name, values in term.build(frame).items():
            if name in out:
                raise EstimationError(f"'{name}' stands twice among the terms.", fix="Name it once.", code="TERM-TWICE")
            out[name] = values
    return out
