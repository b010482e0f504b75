"""Columns of a linear model made orthogonal to what stands beside them, fixed effects taken out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.columns.scaling import DIGITS, OWN
from hybrid_toolkit.models.linear.cluster_crossproducts import demean, independent, inverse
from hybrid_toolkit.models.linear.crossed_effects import CrossedLevels

_MOST_LEFT = 0.01
"""A column that keeps so much of its sum of squares has lost at most one digit of ten, and is not cleaned again."""
_SAMPLE = 50_000
"""Values that are enough to find one near the middle of a column."""


def middle_value(values: Array) -> float:
    """One of the values near the middle of a column, to take off without rounding."""
    some = values[:: max(1, len(values) // _SAMPLE)]
    return float(np.partition(some, len(some) // 2)[len(some) // 2])


class ScaledColumns:
    """Columns of a linear model made orthogonal to nuisance columns and levels, which stay as they are.

    Parameters
    ----------
    base : Array
        The n x k nuisance columns, levels, or the intercept; those that others determine are left out.
    absorbed : Codes | None
        The fixed effect that is taken out of everything.
    crossed : CrossedLevels | None
        A second one; its levels are nuisance columns that are counted and not made.
    """

    def __init__(self, base: Array, absorbed: Codes | None, crossed: CrossedLevels | None) -> None:
        self.absorbed, self.crossed, self.n = absorbed, crossed, len(base)
        self._unit_rows = None if absorbed is None else np.bincount(absorbed).astype(np.float64)
        inside = base if absorbed is None or not base.shape[1] else demean(base, absorbed)
        gram, totals = inside.T @ inside, (base**2).sum(axis=0)
        if crossed is not None:
            across = np.array([crossed.products(c) for c in inside.T]).reshape(-1, len(crossed.sizes))
            gram = np.block([[crossed.gram(), across.T], [across, gram]])
            totals = np.append(crossed.sizes, totals)
        self.own = independent(gram, totals)
        wide = len(totals) - base.shape[1]
        self.counted = np.flatnonzero(self.own[:wide])
        self._inner = np.ascontiguousarray(inside.T[self.own[wide:]])
        self.columns: list[Array] = list(self._inner)
        self.of_base = gram[np.ix_(self.own, self.own)]
        self.inner = inverse(self.of_base)
        self.base = len(self.inner)
        self.at: dict[str, int] = {}
        self.parts: list[Array] = [np.eye(self.base)[:, i] for i in range(self.base)]

    def take_means(self, v: Array) -> None:
        """Take the unit means off a column, in its own place."""
        if self.absorbed is not None and self._unit_rows is not None:
            v -= (np.bincount(self.absorbed, weights=v) / self._unit_rows)[self.absorbed]

    def levels(self, h: Array) -> Array:
        """Weights of the counted columns at the place of each level."""
        out = np.zeros(0 if self.crossed is None else len(self.crossed.sizes))
        out[self.counted] = h
        return out

    def take_levels(self, v: Array, h: Array) -> None:
        """Take the counted columns times ``h``, within units, off a column in its own place."""
        if self.crossed is not None:
            v -= self.crossed.outer(h)
            v += self.crossed.unit_means(h)

    def _products(self, inside: Array) -> Array:
        """Products of the base with a column without unit means."""
        rest = self._inner @ inside
        return rest if self.crossed is None else np.append(self.crossed.products(inside)[self.counted], rest)

    def gram(self, m: Array) -> Array:
        """Cross-products of the counted columns and of those of ``m``, which have no unit means."""
        inner = m.T @ m
        if self.crossed is None:
            return np.asarray(inner)
        k = len(self.counted)
        across = np.array([self.crossed.products(c)[self.counted] for c in m.T])
        return np.block([[self.of_base[:k, :k], across.T], [across, inner]])

    def _clean(self, inside: Array) -> Array:
        """Take the base off a column, in its own place; its weights."""
        k = len(self.counted)
        h = self.inner @ self._products(inside)
        for weight, column in zip(h[k:], self._inner, strict=True):
            inside -= weight * column
        self.take_levels(inside, self.levels(h[:k]))
        return np.asarray(h)

    def add(self, name: str, values: Array, *, past: Sequence[str], reach: float = np.inf) -> None:
        """Place a column unless it has nothing of its own beside the base and the columns of ``past`` placed so far.

        ``reach`` is the root mean square of a product of centred columns, where it is one (see ``scaled``).
        """
        middle = middle_value(values)
        inside = values - middle
        size = max(float(inside.max(initial=0.0)), -float(inside.min(initial=0.0)))
        far = max(size, abs(middle))
        if not size > DIGITS * far:
            return
        inside /= size
        wide = float(np.sqrt(self.n))
        # around its mean; a value of the middle was taken off, so no digits are lost in the difference
        spread = float(inside @ inside) - self.n * float(inside.mean()) ** 2
        usual = min(float(np.sqrt(max(0.0, spread))), reach / size * wide)
        least = max(OWN * usual, DIGITS * far / size * wide)
        self.take_means(inside)
        before = [self.at[c] for c in past if c in self.at]
        skip = len(self.counted)  # places of the counted columns, which stand in no list
        step = np.zeros(skip + len(self.columns))
        for _ in range(2):
            h, before_it = np.zeros(len(step)), float(inside @ inside)
            if self.base:
                h[: self.base] = self._clean(inside)
            for i in before:
                h[i] = self.columns[i - skip] @ inside / self.n
                inside -= h[i] * self.columns[i - skip]
            step += h
            if inside @ inside > _MOST_LEFT * before_it:
                break
        rest = float(np.sqrt(inside @ inside))
        if not rest > least:
            return
        rms = rest / wide
        self.at[name] = len(step)
        inside /= rms
        self.columns.append(inside)
        part = np.append(step * size, rms * size)
        if self.absorbed is None and middle:
            part[0] += middle  # the intercept is the first of the base; within a fixed effect a constant is nothing
        self.parts.append(part)

    def r(self, at: Codes) -> Array:
        """k x k: the columns of the model as combinations of the scaled ones."""
        whole = np.zeros((len(self.parts), len(at)))
        for j, i in enumerate(at):
            whole[: len(self.parts[i]), j] = self.parts[i]
        return whole[at]
