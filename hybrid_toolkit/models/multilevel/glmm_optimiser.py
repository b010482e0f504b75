"""The search for the optimum of a model with a random intercept, and the way back to the columns' own units."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.generalised.fisher_scoring import FAR, RAGGED
from hybrid_toolkit.models.inference import clustered_variance as clustered
from hybrid_toolkit.models.linear.cluster_crossproducts import Codes
from hybrid_toolkit.models.multilevel.quadrature import Family, Marginal, thresholds


class Search:
    """The search in columns of unit spread, and the way back to the columns' own units."""

    def __init__(self, x: Array, offset: Array, g: Codes, made: Family, nodes: int, *, ordered: bool) -> None:
        self.ordered, self.made = ordered, made
        columns = x[:, 1:] if ordered else x
        self.centre, self.scale = columns.mean(axis=0), columns.std(axis=0)
        if not ordered:
            self.centre[0], self.scale[0] = 0.0, 1.0
        self.k = columns.shape[1]
        self.model = Marginal((columns - self.centre) / self.scale, offset, g, made, nodes)

    def _linear(self) -> Array:
        """From slopes in units of the search to slopes in the columns' own units."""
        out = np.diag(1 / self.scale)
        if not self.ordered:
            out[0] -= self.centre / self.scale
        return out

    def run(self, start: Array, outcome: str) -> tuple[Array, bool]:
        """Parameters at the optimum and whether it is one."""
        at = start.copy()
        at[: self.k] = np.linalg.solve(self._linear(), start[: self.k])
        search: Any = optimize.minimize
        found = search(
            lambda b: -self.model.value(b),
            at,
            jac=lambda b: -self.model.slope(b).sum(axis=0),
            method="BFGS",
            options={"gtol": 1e-5, "maxiter": 300},
        )
        at = np.asarray(found.x, dtype=np.float64)
        information = self.model.curvature(at).sum(axis=0)
        slope = self.model.slope(at).sum(axis=0)
        spread = np.diagonal(np.linalg.pinv(information, hermitian=True, rcond=1e-13))[: self.k]
        apart = (np.abs(at[: self.k]) > FAR) | (np.abs(spread) > RAGGED)
        if not self.ordered:
            apart[0] = False
        if apart.any() or not np.isfinite(at).all():
            raise EstimationError(
                f"separation: {int(apart.sum())} column(s) tell '{outcome}' without error, so their slopes have no "
                "finite estimate.",
                fix="Join levels that are rare, or leave the column out.",
                code="SEPARATION",
            )
        gain = float(slope @ np.linalg.pinv(information, hermitian=True) @ slope)
        return at, bool(abs(gain) < 1e-5)

    def slopes(self, at: Array) -> Array:
        """Slopes in the columns' own units."""
        return np.asarray(self._linear() @ at[: self.k])

    def cuts(self, at: Array) -> Array:
        """Thresholds in the columns' own units."""
        if not self.ordered:
            return np.empty(0)
        return np.asarray(thresholds(at[None, self.k + 1 :])[0] + self.centre @ (at[: self.k] / self.scale))

    def turn(self, at: Array) -> Array:
        """Derivatives of slopes, spread, and thresholds (or extra parameters) in the parameters of the search."""
        p, k = len(at), self.k
        out = np.eye(p)
        out[:k, :k] = self._linear()
        if self.ordered:
            cuts = np.eye(p - k - 1)
            cuts[:, 0] = 1.0
            gaps = np.exp(at[k + 2 :])
            cuts[1:, 1:] = np.tril(np.broadcast_to(gaps, (len(gaps), len(gaps))))
            out[k + 1 :, k + 1 :] = cuts
            out[k + 1 :, :k] = self.centre / self.scale
        return out

    def variance(self, at: Array, cluster: Codes | None) -> tuple[Array, int]:
        """Variance of the parameters of the search, and the clusters behind it."""
        each = self.model.curvature(at)
        information = each.sum(axis=0)
        if cluster is None:
            return np.asarray(np.linalg.pinv(information, hermitian=True)), len(each)
        size = int(cluster.max()) + 1
        parts = np.zeros((size, *information.shape))
        np.add.at(parts, cluster, each)
        scores = clustered.cluster_sums(self.model.slope(at), cluster)
        return clustered.linear_jackknife(scores, information, parts), size
