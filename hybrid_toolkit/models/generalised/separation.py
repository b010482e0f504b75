"""Separation: a direction along which the likelihood rises without end, found or ruled out by a linear programme."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from hybrid_toolkit.arrays import Array

_AT_BOUND = 0.5
"""With a direction that separates, some part of the best one stands at its bound of 1; without one it is zero."""
_CLEAR, _ROUNDING = 1e-5, 1e-6
"""Margin by which some row is told apart, and what the linear programme may be off by."""


def perfectly_separated(z: Array, y: Array, *, counts: bool = False) -> int:
    """Columns that tell the outcome without error, wholly or in part of the rows; 0 where a finite estimate exists.

    Parameters
    ----------
    z : Array
        Shape n x k, orthogonal columns with mean square 1, the first constant (``metrics.scaling``).
    y : Array
        The n zeros and ones; with ``counts`` numbers from 0.

    Notes
    -----
    Albert and Anderson (1984), Biometrika 71; the programme of Konis (2007), Computational algorithms for detecting
    separation, section 4.3. Counts: Santos Silva and Tenreyro (2010), Economics Letters 107.

    Examples
    --------
    >>> x = np.array([-3.0, -1, 1, 3]) / np.sqrt(5)
    >>> z = np.column_stack([np.ones(4), x])
    >>> perfectly_separated(z, np.array([0.0, 0, 1, 1])), perfectly_separated(z, np.array([0.0, 1, 0, 1]))
    (1, 0)
    """
    if counts:
        signed, still = -z[y == 0], z[y > 0]
    else:
        signed, still = z * np.where(y > 0.5, 1.0, -1.0)[:, None], z[:0]
    return recession(signed, still)


def told_apart(z: Array, answer: NDArray[np.intp]) -> int:
    """Columns that tell ordered answers apart without error; 0 where a finite estimate exists.

    Parameters
    ----------
    z : Array
        Shape n x k, orthogonal columns with mean square 1, no constant.
    answer : NDArray[np.intp]
        The n from 0, every answer occurs.

    Examples
    --------
    >>> x = np.array([[-3.0], [-1], [1], [3]]) / np.sqrt(5)
    >>> told_apart(x, np.array([0, 1, 1, 2])), told_apart(x, np.array([0, 2, 1, 2]))
    (1, 0)
    """
    cuts = int(answer.max())
    rows = []
    for j in range(cuts):
        above = np.where(answer > j, 1.0, -1.0)[:, None]
        threshold = np.zeros((len(z), cuts))
        threshold[:, j] = -1.0
        near = (answer == j) | (answer == j + 1)  # rows further away are held by the order of the thresholds
        rows.append((np.column_stack([threshold, z]) * above)[near])
    order = np.zeros((cuts - 1, cuts + z.shape[1]))
    for j in range(cuts - 1):
        order[j, j], order[j, j + 1] = -1.0, 1.0
    return recession(np.vstack([*rows, order]), first=cuts)


def recession(signed: Array, still: Array | None = None, *, first: int = 1) -> int:
    """How many columns take part in a direction d with ``signed @ d`` nowhere below 0 and ``still @ d`` zero, or 0.

    Parameters
    ----------
    signed : Array
        Rows by columns of mean square about 1.
    still : Array | None, optional
        Rows by columns of mean square about 1.
    first : int, default 1
        Columns before this one are not counted.
    """
    signed = np.unique(signed, axis=0)
    if not len(signed):
        return 0
    held: dict[str, Any] = {}
    if still is not None and len(still):
        rows = np.linalg.qr(np.unique(still, axis=0), mode="r")  # the same null space in few rows
        held = {"A_eq": rows, "b_eq": np.zeros(len(rows))}
    found = optimize.linprog(
        -signed.sum(axis=0) / np.abs(signed).sum(), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1), **held
    )
    if found.status != 0:
        return 0
    d = np.asarray(found.x, dtype=np.float64)
    margin = signed @ d
    if not (np.abs(d).max() > _AT_BOUND and margin.max() > _CLEAR and margin.min() > -_ROUNDING):
        return 0
    return max(1, int((np.abs(d[first:]) > _ROUNDING).sum()))
