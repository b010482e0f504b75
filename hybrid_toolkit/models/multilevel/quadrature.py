"""The likelihood of a model with one random intercept, by adaptive Gauss-Hermite quadrature.

Every function takes a stack of parameter vectors at once, so that derivatives by differences are one call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import special

from hybrid_toolkit.arrays import Array, Codes

_MODE_FOUND = 1e-10
"""Last Newton step to a group's mode; its error is of the square of it, below what a number holds."""
_STEP = 1e-4
"""Step of the differences, in units of the search (columns of unit spread)."""


class Family(Protocol):
    """The outcome given the linear predictor."""

    @property
    def n_extra(self) -> int:
        """Parameters of its own."""
        ...

    def row(self, eta: Array, extra: Array) -> tuple[Array, Array, Array]:
        """Log-likelihood of rows, its slope along eta, and its curvature (negative).

        ``eta`` has shape (stack, nodes, n), ``extra`` (stack, n_extra).
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Binomial:
    """Successes out of trials, logit link."""

    y: Array
    trials: Array
    n_extra: int = 0

    def row(self, eta: Array, extra: Array) -> tuple[Array, Array, Array]:
        """See ``Family``."""
        p = special.expit(eta)
        constant = (
            special.gammaln(self.trials + 1) - special.gammaln(self.y + 1) - special.gammaln(self.trials - self.y + 1)
        )
        value = self.y * eta - self.trials * np.logaddexp(0, eta) + constant
        return value, self.y - self.trials * p, -self.trials * p * (1 - p)


@dataclass(frozen=True, slots=True, eq=False)
class Count:
    """Counts, log link; with one extra parameter (the log of the size) a negative binomial."""

    y: Array
    n_extra: int = 0

    def row(self, eta: Array, extra: Array) -> tuple[Array, Array, Array]:
        """See ``Family``."""
        eta = np.clip(eta, -30, 30)
        rate = np.exp(eta)
        if not self.n_extra:
            return self.y * eta - rate - special.gammaln(self.y + 1), self.y - rate, -rate
        theta = np.exp(np.clip(extra[:, 0], -10, 14))[:, None, None]
        value = special.gammaln(self.y + theta) - special.gammaln(theta) - special.gammaln(self.y + 1)
        value = value + theta * np.log(theta) + self.y * eta - (self.y + theta) * np.log(theta + rate)
        share = theta / (theta + rate)
        return value, (self.y - rate) * share, -(self.y + theta) * rate / (theta + rate) * share


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """Answers in order, cumulative logit; extra: the first threshold, then logs of the gaps between them."""

    answer: Codes
    n_extra: int

    def row(self, eta: Array, extra: Array) -> tuple[Array, Array, Array]:
        """See ``Family``."""
        cuts = thresholds(extra)
        far = np.full((len(cuts), 1), 40.0 + np.abs(cuts).max())
        ends = np.concatenate([-far, cuts, far], axis=1)
        up = special.expit(ends[:, self.answer + 1][:, None, :] - eta)
        low = special.expit(ends[:, self.answer][:, None, :] - eta)
        p = np.maximum(up - low, 1e-300)
        # the slope of log(F(a) - F(b)) along a shift is 1 - F(a) - F(b)
        return np.log(p), up + low - 1, -(up * (1 - up) + low * (1 - low))


def thresholds(extra: Array) -> Array:
    """Cut points in order, from the first and the logs of the gaps.

    Examples
    --------
    >>> thresholds(np.array([[-1.0, 0.0, 0.0]])).tolist()
    [[-1.0, 0.0, 1.0]]
    """
    gaps = np.exp(np.clip(extra[:, 1:], -30, 30))
    return np.concatenate([extra[:, :1], extra[:, :1] + np.cumsum(gaps, axis=1)], axis=1)


class Marginal:
    """The log-likelihood with the random intercept integrated out.

    Parameters
    ----------
    x : Array
        Shape n x k, rows sorted by group.
    offset : Array
        The n.
    group : Codes
        The n codes 0..G-1, sorted.
    family : Family
        The outcome.
    nodes : int
        Points of the quadrature; 1 is Laplace's approximation.

    Notes
    -----
    Parameters are k slopes, the standard deviation of the intercept (its sign is free), then the family's own.
    Pinheiro and Bates (1995), Journal of Computational and Graphical Statistics 4.
    """

    def __init__(self, x: Array, offset: Array, group: Codes, family: Family, nodes: int) -> None:
        self.x, self.offset, self.group, self.family = x, offset, group, family
        self.k, self.starts = x.shape[1], np.flatnonzero(np.diff(group, prepend=-1))
        point, weight = np.polynomial.hermite.hermgauss(nodes)
        self.point, self.log_weight = point, np.log(weight) + point**2
        self.mode = np.zeros((1, len(self.starts)))

    def _sum(self, rows: Array) -> Array:
        return np.add.reduceat(rows, self.starts, axis=-1)

    def _modes(self, fixed: Array, s: Array, extra: Array) -> tuple[Array, Array]:
        """Most likely intercepts (in standard deviations) and the curvature there: stack x groups."""
        u = np.broadcast_to(self.mode, (len(fixed), self.mode.shape[1]))
        bend = np.ones_like(u)
        for _ in range(40):
            _, d1, d2 = self.family.row((fixed + s * u[:, self.group])[:, None, :], extra)
            bend = 1 - s**2 * self._sum(d2[:, 0])
            step = np.clip((s * self._sum(d1[:, 0]) - u) / bend, -1, 1)
            u = u + step
            if np.abs(step).max() < _MODE_FOUND:
                break
        return u, bend

    def groups(self, at: Array) -> Array:
        """Log-likelihood of each group at each of a stack of parameters: stack x groups."""
        k = self.k
        fixed, s, extra = at[:, :k] @ self.x.T + self.offset, at[:, k : k + 1], at[:, k + 1 :]
        u, bend = self._modes(fixed, s, extra)
        if len(at) == 1:
            self.mode = u
        scale = np.sqrt(2 / bend)
        z = u[:, None, :] + scale[:, None, :] * self.point[:, None]
        value = self._sum(self.family.row(fixed[:, None, :] + s[:, None, :] * z[..., self.group], extra)[0])
        value = value - z**2 / 2 + self.log_weight[:, None]
        return np.asarray(special.logsumexp(value, axis=1) + np.log(scale) - 0.5 * np.log(2 * np.pi))

    def value(self, at: Array) -> float:
        """Log-likelihood."""
        return float(self.groups(at[None]).sum())

    def slope(self, at: Array) -> Array:
        """Slope of each group's log-likelihood: groups x parameters."""
        moved = np.concatenate([at + _STEP * np.eye(len(at)), at - _STEP * np.eye(len(at))])
        found = self.groups(moved)
        return np.asarray((found[: len(at)] - found[len(at) :]).T / (2 * _STEP))

    def curvature(self, at: Array) -> Array:
        """Minus the second derivatives of each group's log-likelihood: groups x parameters x parameters."""
        p, h = len(at), 10 * _STEP
        a, b = np.triu_indices(p)
        e = h * np.eye(p)
        signs = ((1, 1), (1, -1), (-1, 1), (-1, -1))
        found = self.groups(np.concatenate([at + i * e[a] + j * e[b] for i, j in signs]))
        pp, pm, mp, mm = np.split(found, 4)
        out = np.zeros((found.shape[1], p, p))
        out[:, a, b] = out[:, b, a] = (-(pp - pm - mp + mm) / (4 * h**2)).T
        return out
