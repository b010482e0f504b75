"""The parts of a mediation as a function of cross-products, and how far they move: influence, jackknife, bootstrap."""

from __future__ import annotations

from typing import Any

import numpy as np

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.columns.numeric_columns import LOST, Scaled
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.inference.clusters import cluster_grams

_LARGEST = 20_000_000
"""Numbers of cross-products that the bootstrap keeps cluster by cluster."""


class Split:
    """The parts as a function of cross-products of scaled columns of: ones, exposure, covariates, mediator, product.

    Parameters
    ----------
    basis : Scaled
        These columns as scaled ones, in this order.
    y : Array
        The n outcomes, the last of the cross-products.
    k : int
        Columns of the mediator's model.
    interaction : bool
        A product is among them.
    low : float
        The contrast.
    high : float
        The contrast.
    """

    def __init__(self, basis: Scaled, y: Array, k: int, interaction: bool, low: float, high: float) -> None:
        self.w, self.basis, self.k = np.column_stack([basis.z, y]), basis, k
        self.interaction, self.low, self.high = interaction, low, high
        self.turn = basis.turn

    def coefficients(self, s: Array) -> tuple[Array, Array, Array]:
        """Coefficients of mediator and outcome, and means of the mediator model's columns."""
        k, r = self.k, self.basis.r
        to_m = s[..., :k, : k + 1] @ r[: k + 1, k]
        a = np.linalg.solve(s[..., :k, :k], to_m[..., None])[..., 0] @ self.turn[:k, :k].T
        b = np.linalg.solve(s[..., :-1, :-1], s[..., :-1, -1, None])[..., 0] @ self.turn.T
        mean = s[..., 0, :k] / s[..., 0, :1] @ r[:k, :k]
        return np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64), mean

    def parts(self, a: Any, b: Any, mean: Any) -> Any:
        """All parts, last axis in the order of the names."""
        gap, path, slope = self.high - self.low, a[..., 1], b[..., self.k]
        if not self.interaction:
            indirect, direct = path * slope * gap, b[..., 1] * gap
            total = indirect + direct
            return np.stack([indirect, direct, total, indirect / total, path, slope], axis=-1)
        bend = b[..., self.k + 1]
        at_zero = (mean * a).sum(axis=-1) - mean[..., 1] * path

        def indirect_at(x: float) -> Any:
            return path * gap * (slope + bend * x)

        def direct_at(x: float) -> Any:
            return gap * (b[..., 1] + bend * (at_zero + path * x))

        total = indirect_at(self.high) + direct_at(self.low)
        share = indirect_at(self.high) / total
        first = [indirect_at(self.high), direct_at(self.low), total, share, indirect_at(self.low)]
        last = [direct_at(self.high), path, slope + bend * self.low, slope + bend * self.high]
        return np.stack([*first, *last], axis=-1)

    def delta(self, groups: Codes, n_clusters: int) -> tuple[Array, Array]:
        """Parts and their cluster-robust errors, from the influence of every row on all coefficients."""
        w, k, n = self.w, self.k, len(self.w)
        a, b, mean = self.coefficients(w.T @ w)
        z, turn, r = w[:, :-1], self.turn, self.basis.r
        x = z[:, :k]
        # the mediator is the columns up to its own times those of r; what they leave is its own
        pieces = [
            (x * (r[k, k] * z[:, k])[:, None]) @ turn[:k, :k].T / n,
            (z * (w[:, -1] - z @ self.basis.into(b))[:, None]) @ turn.T / n,
            (x - x.mean(axis=0)) @ r[:k, :k] / n,
        ]
        rows = np.column_stack(pieces)
        sums = np.zeros((n_clusters, rows.shape[1]))
        np.add.at(sums, groups, rows)
        factor = n_clusters / (n_clusters - 1) * (n - 1) / (n - z.shape[1])
        at = np.concatenate([a, b, mean])
        step = 1e-30  # a complex step gives derivatives without rounding
        moved = at + 1j * step * np.eye(len(at))
        cut = [len(a), len(a) + len(b)]
        slope = np.imag(self.parts(*np.split(moved, cut, axis=1))) / step
        se = np.sqrt(factor * ((sums @ slope) ** 2).sum(axis=0))
        return np.asarray(self.parts(a, b, mean)), np.asarray(se)

    def left_out(self, groups: Codes, n_clusters: int) -> tuple[Array, Array]:
        """All coefficients and means, side by side: from all clusters, and without each cluster in turn.

        Raises
        ------
        EstimationError
            A cluster is the only one with some level of a covariate.
        """
        grams = cluster_grams(self.w, groups)
        total = grams.sum(axis=0)
        at = np.concatenate(self.coefficients(total))
        if not self._carries(total - grams).all():
            raise EstimationError(
                "without one of the clusters the models are singular: it alone has some level of a covariate.",
                fix="Use the delta method, or fewer covariates.",
                code="JACKKNIFE",
            )
        return at, np.concatenate(self.coefficients(total - grams), axis=-1)

    def _carries(self, s: Array) -> Any:
        """Whether cross-products of some rows leave every direction something."""
        roots = np.linalg.eigvalsh(s[:, :-1, :-1])
        return roots[:, 0] > LOST * roots[:, -1]

    def drawn(self, at: Array, without: Array, draws: int, seed: int, df: float) -> Array:
        """Parts of coefficients drawn from a multivariate t around theirs, with the jackknife's covariance."""
        rng, n = np.random.default_rng(seed), len(without)
        scale = np.sqrt((n - 1) / n * df / rng.chisquare(df, draws))
        moved = at + (scale[:, None] * rng.standard_normal((draws, n))) @ (without - at)
        return self.parts_of(moved)

    def parts_of(self, all_: Array) -> Array:
        """All parts of coefficients and means that lie side by side."""
        k, p = self.k, self.w.shape[1] - 1
        return np.asarray(self.parts(*np.split(all_, [k, k + p], axis=-1)))

    def bootstrap(self, groups: Codes, n_clusters: int, draws: int, seed: int) -> Array:
        """Parts in samples of whole clusters drawn with replacement, those that are singular left out."""
        rng = np.random.default_rng(seed)
        p = self.w.shape[1]
        small = n_clusters * p * p <= _LARGEST
        grams = cluster_grams(self.w, groups).reshape(n_clusters, -1) if small else None
        out: list[Array] = []
        for done in range(0, draws, 100):
            drawn = rng.integers(0, n_clusters, (min(100, draws - done), n_clusters))
            count = np.stack([np.bincount(d, minlength=n_clusters) for d in drawn]).astype(np.float64)
            if grams is not None:
                s = (count @ grams).reshape(-1, p, p)
            else:
                s = np.stack([(self.w * c[groups][:, None]).T @ self.w for c in count])
            kept = self._carries(s)
            if kept.any():
                out.extend(self.parts(*self.coefficients(s[kept])))
        if len(out) < max(2, 0.9 * draws):
            raise EstimationError(
                f"{draws - len(out)} of {draws} bootstrap samples of clusters were singular.",
                fix="Use the delta method, fewer covariates, or more clusters.",
                code="BOOTSTRAP",
            )
        return np.array(out)
