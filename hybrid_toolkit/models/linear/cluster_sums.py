"""Sums of products by cluster and cell, from which many studies are fitted at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hybrid_toolkit.arrays import Array


@dataclass(frozen=True, slots=True, eq=False)
class ClusterSums:
    """Sums over the rows of G clusters in each of B studies; a first axis of length 1 serves every study.

    Parameters
    ----------
    names : tuple[str, ...]
        Names of the p regressors, an intercept among them.
    n : Array
        (B or 1, G) rows.
    xx : Array
        (B or 1, G, p, p) cross-products.
    xs : Array
        (B or 1, G, p) sums of the regressors.
    xy : Array
        (B, G, p) products with the outcome.
    ys : Array
        Sum of the outcome, (B, G).
    yy : Array
        Sum of its square, (B, G).
    """

    names: tuple[str, ...]
    n: Array
    xx: Array
    xs: Array
    xy: Array
    ys: Array
    yy: Array

    @property
    def rows(self) -> Array:
        """(B or 1,) rows of a study."""
        return np.asarray(self.n.sum(axis=-1), dtype=np.float64)

    def only(self, names: tuple[str, ...]) -> ClusterSums:
        """The sums of some of the regressors."""
        at = np.array([self.names.index(n) for n in names])
        xx = self.xx[..., at[:, None], at[None, :]]
        return ClusterSums(names, self.n, xx, self.xs[..., at], self.xy[..., at], self.ys, self.yy)


def cell_sums(names: tuple[str, ...], x: Array, n: Array, sums: Array, squares: Array) -> ClusterSums:
    """Sums by cluster from cells whose rows share one row of regressors, such as a team in a period.

    Parameters
    ----------
    names : tuple[str, ...]
        Names of the p regressors.
    x : Array
        (G, T, p) regressors of each cell.
    n : Array
        (G, T) rows of each cell.
    sums : Array
        (B, G, T) sum of the outcome.
    squares : Array
        (B, G) sum of its square.

    Examples
    --------
    >>> s = cell_sums(("one",), np.ones((2, 1, 1)), np.full((2, 1), 3.0), np.ones((5, 2, 1)), np.ones((5, 2)))
    >>> s.xx.shape, s.xy.shape, float(s.rows[0])
    ((1, 2, 1, 1), (5, 2, 1), 6.0)
    """
    return ClusterSums(
        names=names,
        n=n.sum(axis=1)[None],
        xx=np.einsum("gtp,gt,gtq->gpq", x, n, x)[None],
        xs=np.einsum("gtp,gt->gp", x, n)[None],
        xy=np.matmul(sums.transpose(1, 0, 2), x).transpose(1, 0, 2),
        ys=sums.sum(axis=2),
        yy=squares,
    )
