"""The search for the optimum of a model with a random intercept, and the way back to the columns' own units."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.columns.numeric_columns import LOST, settled_columns
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.generalised.fisher_scoring import FAR, RAGGED
from hybrid_toolkit.models.generalised.separation import perfectly_separated, told_apart
from hybrid_toolkit.models.inference import clustered_variance as clustered
from hybrid_toolkit.models.multilevel.quadrature import Binomial, Count, Family, Marginal, Ordered, thresholds

_ALONG = 0.1
"""Share of a flat direction that lies along a slope, from which the slope itself is not known; assumed."""
_SETTLED = 1e-5
"""Log likelihood still to be gained at the end of a search, the square of the way left in standard errors: 0.3%."""


class Search:
    """The search in columns of unit spread, and the way back to the columns' own units."""

    def __init__(self, x: Array, offset: Array, g: Codes, made: Family, nodes: int, *, ordered: bool) -> None:
        self.ordered, self.made = ordered, made
        self.whole = settled_columns(x)
        self.basis = self.whole.without_first() if ordered else self.whole
        self.k = self.basis.z.shape[1]
        self.model = Marginal(self.basis.z, offset, g, made, nodes)

    def run(self, start: Array, outcome: str) -> Array:
        """Parameters at the optimum.

        Raises
        ------
        EstimationError
            Separation, or a search that does not end.
        """
        at = start.copy()
        at[: self.k] = self.basis.into(start[: self.k])
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
        if not np.isfinite(at).all() or not np.isfinite(information).all():
            raise self._lost(outcome)
        roots, vectors = np.linalg.eigh(information)
        kept = np.abs(roots) > LOST * np.abs(roots).max()
        # at a spread of zero the curvature along the spread may vanish; along slopes it may not
        slack = np.abs(vectors[: self.k, ~kept]).max(initial=0) > _ALONG
        first = 0 if self.ordered else 1
        if slack or (np.abs(at[first : self.k]) > FAR).any() or (np.abs(roots[kept]) < 1 / RAGGED).any():
            self._not_apart(outcome)
        inner = vectors[:, kept].T @ slope
        gain = float((inner**2 / roots[kept]).sum())
        if slack or abs(gain) >= _SETTLED:
            raise self._lost(outcome)
        return at

    def _lost(self, outcome: str) -> EstimationError:
        return EstimationError(
            f"the search for the model of '{outcome}' did not end at an optimum, so there is no estimate.",
            fix="Use fewer terms, join levels that are rare, or leave the random intercept out.",
            code="NOT-CONVERGED",
        )

    def _not_apart(self, outcome: str) -> None:
        """Groups held apart, columns that tell the outcome without error leave no finite estimate."""
        made = self.made
        if isinstance(made, Binomial):
            both = np.vstack([self.basis.z[made.y > 0], self.basis.z[made.y < made.trials]])
            yes = np.concatenate([np.ones(int((made.y > 0).sum())), np.zeros(int((made.y < made.trials).sum()))])
            found = perfectly_separated(both, yes)
        elif isinstance(made, Count):
            found = perfectly_separated(self.basis.z, made.y, counts=True)
        else:
            assert isinstance(made, Ordered)
            found = told_apart(self.basis.z, made.answer)
        if found:
            raise EstimationError(
                f"separation: {plural(found, 'column predicts', 'columns predict')} '{outcome}' perfectly, without a "
                "finite estimate of the slope.",
                fix="Merge levels that are rare, or leave the column out.",
                code="SEPARATION",
            )

    def slopes(self, at: Array) -> Array:
        """Slopes in the columns' own units."""
        return self.basis.back(at[: self.k])

    def cuts(self, at: Array) -> Array:
        """Thresholds in the columns' own units."""
        if not self.ordered:
            return np.empty(0)
        return np.asarray(thresholds(at[None, self.k + 1 :])[0] + self.whole.r[0, 1:] @ self.slopes(at))

    def turn(self, at: Array) -> Array:
        """Derivatives of slopes, spread, and thresholds (or extra parameters) in the parameters of the search."""
        p, k = len(at), self.k
        out = np.eye(p)
        out[:k, :k] = self.basis.turn
        if self.ordered:
            cuts = np.eye(p - k - 1)
            cuts[:, 0] = 1.0
            gaps = np.exp(at[k + 2 :])
            cuts[1:, 1:] = np.tril(np.broadcast_to(gaps, (len(gaps), len(gaps))))
            out[k + 1 :, k + 1 :] = cuts
            out[k + 1 :, :k] = self.whole.r[0, 1:] @ self.basis.turn
        return out

    def variance(self, at: Array, cluster: Codes | None) -> tuple[Array, int]:
        """Variance of what ``turn`` leads to, and the clusters behind it."""
        each, turn = self.model.curvature(at), self.turn(at)
        information = each.sum(axis=0)
        if cluster is None:
            roots, vectors = np.linalg.eigh(information)
            kept = np.abs(roots) > LOST * np.abs(roots).max()  # at a spread of zero it may have no curvature
            half = turn @ vectors[:, kept]
            return np.asarray((half / roots[kept]) @ half.T), len(each)
        size = int(cluster.max()) + 1
        parts = np.zeros((size, *information.shape))
        np.add.at(parts, cluster, each)
        scores = clustered.cluster_sums(self.model.slope(at), cluster)
        return clustered.linear_jackknife(scores, information, parts, turn), size
