"""Two weighted means as a function of the models behind them: the arithmetic of weights and of double robustness."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.columns.numeric_columns import scaled
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.inference.clustered_variance import cluster_sums
from hybrid_toolkit.models.weighting.propensity_score import Propensity, fit_propensity


class WeightedContrast:
    """The two means as a function of the coefficients of the models behind them, and their influence function.

    Parameters
    ----------
    y : Array
        The n outcomes.
    d : Array
        Treatment, n zeros and ones.
    x : Array
        Columns of the model of treatment, n x k, the first one a column of ones.
    z : Array
        Columns of the model of the outcome, n x m, the first one a column of ones.
    estimand : str
        ``"ATE"``, ``"ATT"`` or ``"ATO"``.
    how : str
        ``"weights"`` or ``"doubly-robust"``.
    score : Propensity
        Fitted chances.
    link : str, default "logit"
        ``"logit"`` or ``"probit"``.
    normalised : bool, default True
        The weights of each group are divided by their sum.

    Raises
    ------
    EstimationError
        A group has too few rows for a model of its outcome.
    """

    def __init__(
        self,
        y: Array,
        d: Array,
        x: Array,
        z: Array,
        estimand: str,
        how: str,
        score: Propensity,
        *,
        link: str = "logit",
        normalised: bool = True,
    ) -> None:
        self.y, self.d, self.x, self.z, self.estimand, self.how = y, d, x, z, estimand, how
        self.link, self.normalised = link, normalised
        self.k, self.m = x.shape[1], z.shape[1]
        parts, influence = [score.b], [score.influence]
        for arm in (d, 1 - d) if how == "doubly-robust" else ():
            mine = scaled(z[arm == 1])
            if not mine.own.all():
                raise EstimationError(
                    f"a group has {int(arm.sum())} rows, which cannot carry {self.m} coefficients of the covariates: "
                    "it has no more rows, or a covariate does not vary there or is determined by others.",
                    fix="Use fewer covariates, or weights alone.",
                    code="SINGULAR",
                )
            b = mine.back(mine.z.T @ y[arm == 1] / len(mine.z))
            parts.append(b)
            inner = mine.turn @ mine.turn.T * (len(y) / len(mine.z))
            influence.append((arm * (y - z @ b))[:, None] * z @ inner)
        self.nuisance, self.of_nuisance = np.concatenate(parts), np.column_stack(influence)

    def weights(self, chance: Any) -> tuple[Any, Any, Any]:
        """Weights of treated, of others, and of whom the estimand is about."""
        d, e = self.d, chance
        if self.estimand == "ATE":
            return d / e, (1 - d) / (1 - e), np.ones_like(e)
        if self.estimand == "ATT":
            return d + 0 * e, (1 - d) * e / (1 - e), d + 0 * e
        return d * (1 - e), (1 - d) * e, e * (1 - e)

    def _models(self, nuisance: Any) -> tuple[Any, Any, Any]:
        k = self.k
        eta = self.x @ nuisance[:k]
        chance = special.ndtr(eta) if self.link == "probit" else 1 / (1 + np.exp(-eta))
        if self.how == "weights":
            return chance, 0.0 * chance, 0.0 * chance
        return chance, self.z @ nuisance[k : k + self.m], self.z @ nuisance[k + self.m :]

    def means(self, nuisance: Any) -> Any:
        """The mean of the treated and of the others."""
        chance, m1, m0 = self._models(nuisance)
        w1, w0, h = self.weights(chance)
        n1, n0 = (w1.sum(), w0.sum()) if self.normalised else (h.sum(), h.sum())
        one = (h * m1).sum() / h.sum() + (w1 * (self.y - m1)).sum() / n1
        zero = (h * m0).sum() / h.sum() + (w0 * (self.y - m0)).sum() / n0
        return np.array([one, zero])

    def from_influence(self, group: Codes) -> float:
        """Cluster-robust error from the influence function."""
        sums = cluster_sums(self.influence()[:, None], group)
        g = len(sums)
        return float(np.sqrt((sums**2).sum() * g / (g - 1)) / len(self.y))

    def left_out(self, group: Codes) -> float:
        """Error from leaving out each cluster in turn; where the rest cannot be fitted, from its influence."""
        whole = self.means(self.nuisance)
        steps, lost = [], []
        for g in range(int(group.max()) + 1):
            keep = group != g
            y, d, x, z = self.y[keep], self.d[keep], self.x[keep], self.z[keep]
            try:
                score = fit_propensity(d, x, start=self.nuisance[: self.k], link=self.link)
                rest = WeightedContrast(
                    y, d, x, z, self.estimand, self.how, score, link=self.link, normalised=self.normalised
                )
            except EstimationError:
                lost.append(g)
                continue
            one, zero = rest.means(rest.nuisance) - whole
            steps.append(float(one - zero))
        if lost:
            sums = cluster_sums(self.influence()[:, None], group)[:, 0]
            steps += [float(-sums[g] / (len(self.y) - (group == g).sum())) for g in lost]
        return float(np.sqrt((len(steps) - 1) / len(steps) * np.square(steps).sum()))

    def influence(self) -> Array:
        """Influence of each row on the difference (its mean is zero)."""
        chance, m1, m0 = self._models(self.nuisance)
        w1, w0, h = self.weights(chance)
        y = self.y
        gap = m1 - m0
        out = h / h.mean() * (gap - (h * gap).sum() / h.sum())
        for sign, w, m in ((1.0, w1, m1), (-1.0, w0, m0)):
            size = w if self.normalised else h  # what the weighted residuals are divided by the sum of
            out = out + sign * (w * (y - m) - size * (w * (y - m)).sum() / size.sum()) / size.mean()
        step = 1e-30  # a complex step gives derivatives without rounding
        moved = self.nuisance + 1j * step * np.eye(len(self.nuisance))
        slope = np.array([np.imag(one - zero) / step for one, zero in map(self.means, moved)])
        return np.asarray(out + self.of_nuisance @ slope)
