"""Designs in centred, scaled, orthogonal columns: where a column lies and its unit decide nothing.

Every linear predictor of the toolkit is solved in these columns, and coefficients and covariances are brought back.
A calendar year, a day number of a spreadsheet or a share of one in ten million then give what the same column gives
around zero, and rank is decided once, here, on the centred and scaled problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from hybrid_toolkit.arrays import Floats

OWN = 1e-7
"""Share of its own spread that a column must have apart from those before it; with less it is called a combination of
them. Copies differ by rounding, some 1e-15; a year and its square over three years differ by 1e-4."""
DIGITS = 64 * float(np.finfo(np.float64).eps)
"""Share of a column's greatest size under which a difference is rounding: 1.4e-14, so that a column which lies at 1e8
times its spread is still read to 1.4e-6 of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """A design X = Z R in columns Z that are orthogonal and have mean square 1.

    Parameters
    ----------
    z : Floats
        Shape n x m, the orthogonal columns; those without anything of their own have none.
    r : Floats
        Shape m x m, upper triangular: the kept columns of X are ``z @ r``.
    own : NDArray[np.bool]
        The k, which columns of X carry something of their own.
    """

    z: Floats
    r: Floats
    own: NDArray[np.bool_]

    @property
    def turn(self) -> Floats:
        """From coefficients of Z to coefficients of X: the inverse of ``r``, upper triangular."""
        if not len(self.r):
            return self.r
        size = np.diagonal(self.r)  # units are taken out first, so that the inverse is that of a unit triangle
        inverse = linalg.solve_triangular(self.r / size, np.eye(len(size)))
        return np.asarray(inverse / size[:, None], dtype=np.float64)

    def back(self, a: Any) -> Floats:
        """Coefficients of X from those of Z, last axis."""
        return np.asarray(a @ self.turn.T, dtype=np.float64)

    def into(self, b: Any) -> Floats:
        """Coefficients of Z from those of X, last axis."""
        return np.asarray(b @ self.r.T, dtype=np.float64)

    def back_cov(self, v: Any) -> Floats:
        """Covariance of coefficients of X from that of Z."""
        turn = self.turn
        return np.asarray(turn @ v @ turn.T, dtype=np.float64)

    def without_first(self) -> Scaled:
        """The same without the first column, which only places the others: slopes of a model without intercept."""
        return Scaled(self.z[:, 1:], self.r[1:, 1:], self.own[1:])


def scaled(x: Any, *, intercept: bool = True, reach: Any = None) -> Scaled:
    """A design in orthogonal columns, found one column after the other, each cleaned twice of those before it.

    Parameters
    ----------
    x : Any
        The n x k finite numbers.
    intercept : bool, default True
        Where the first column is constant and not zero, centre the others on one of their own values (the middle one)
        before anything else, a subtraction without rounding.
    reach : Any, optional
        The k root mean squares that ``OWN`` is a share of; by default, and where not a number, the column's own spread.
        A product of columns that lie far away spreads as they do, and has no more of its own than near zero.

    Notes
    -----
    Gram-Schmidt with reorthogonalisation, as exact as Householder's reflections (Giraud, Langou and Rozloznik 2005,
    Computers and Mathematics with Applications 50). A column's error is its own rounding and never that of another.

    Examples
    --------
    >>> year = np.arange(2016.0, 2026.0)
    >>> s = scaled(np.column_stack([np.ones(10), year, year**2, 2 * year - 7]))
    >>> s.own.tolist(), bool(np.allclose(s.z.T @ s.z / 10, np.eye(3)))
    ([True, True, True, False], True)
    """
    m = np.asarray(x, dtype=np.float64)
    n, k = m.shape
    intercept = intercept and bool(k and n and m[0, 0] and (m[:, 0] == m[0, 0]).all())
    q, r, keep = np.empty((k, n)), np.zeros((k, k)), np.zeros(k, dtype=bool)
    found = 0
    for j in range(k):
        middle = float(np.partition(m[:, j], n // 2)[n // 2]) if intercept and j and n else 0.0
        v = m[:, j] - middle
        size = float(np.abs(v).max(initial=0.0))
        far = max(size, abs(middle))
        if not size > DIGITS * far:
            continue
        v = v / size
        spread = v - v.mean() if intercept and j else v
        usual = float(np.sqrt(spread @ spread))
        if reach is not None and np.isfinite(reach[j]):
            usual = min(usual, float(reach[j]) / size * float(np.sqrt(n)))
        least = max(OWN * usual, DIGITS * far / size * float(np.sqrt(n)))
        step = np.zeros(found)
        for _ in range(2):
            h = q[:found] @ v / n
            v = v - h @ q[:found]
            step += h
        rest = float(np.sqrt(v @ v))
        if not rest > least:
            continue
        rms = rest / float(np.sqrt(n))
        r[:found, found] = step * size
        if middle:
            r[0, found] += middle * np.sign(m[0, 0])
        r[found, found] = rms * size
        q[found] = v / rms
        keep[j], found = True, found + 1
    return Scaled(np.ascontiguousarray(q[:found].T), r[:found, :found], keep)


def settled_columns(x: Any) -> Scaled:
    """The scaled columns of a design whose rank was judged before: only what rounding cannot tell is left out.

    Parameters
    ----------
    x : Any
        The n x k finite numbers, the first column constant and not zero.
    """
    return scaled(x, reach=np.zeros(np.shape(x)[1]))


LOST = 1e-10
"""Share of the largest root of a scaled cross-product under which a direction is lost, as where a cluster that is left
out was the only one with some level: rounding leaves some 1e-15, and rank was settled for all rows before."""


def solve_kept(s: Any, right: Any, turn: Any) -> Floats:
    """Solutions of symmetric systems along the columns of ``Scaled``, brought back; for a lost direction the shortest.

    Parameters
    ----------
    s : Any
        ... x m x m, cross-products or information of scaled columns.
    right : Any
        ... x m.
    turn : Any
        Shape k x m, the way back.

    Returns
    -------
    Floats
        ... x k coefficients of the columns themselves. Where rows are left out and a level goes with them, its own
        coefficient is 0 and the others are untouched, as in the columns' own pseudo-inverse.

    Examples
    --------
    >>> solve_kept(np.diag([4.0, 0.0]), np.array([2.0, 0.0]), np.eye(2)).tolist()
    [0.5, 0.0]
    """
    values, vectors = np.linalg.eigh(s)
    there = values > LOST * np.maximum(values[..., -1:], 0)
    inner = np.where(there, 1 / np.where(there, values, 1.0), 0.0)
    a = ((np.swapaxes(vectors, -1, -2) @ np.asarray(right)[..., None])[..., 0] * inner)[..., None]
    out = (turn @ vectors @ a)[..., 0]
    if there.all():
        return np.asarray(out, dtype=np.float64)
    size = 1 / np.sqrt(np.square(turn).sum(axis=-1))
    flat, full = out.reshape(-1, out.shape[-1]), there.reshape(-1, there.shape[-1])
    base = vectors.reshape(-1, *vectors.shape[-2:])
    for i in np.flatnonzero(~full.all(axis=1)):
        null = size[:, None] * (turn @ base[i][:, ~full[i]])
        flat[i] -= null @ np.linalg.lstsq(null, size * flat[i], rcond=None)[0] / size
    return np.asarray(flat.reshape(out.shape), dtype=np.float64)
