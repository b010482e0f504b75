"""Columns of a linear model made orthogonal to what stands beside them, fixed effects taken out.

A second fixed effect within a first, such as months within workers, is taken out by counting and without a column a
level. With C the table of counts (units by levels) and n the units' rows, a column of a level less its units' means has
cross-products ``D'D - C' diag(1/n) C`` with the others, and its product with a column v that has no unit means left is
the sum of v over the level's rows. So nothing of the size rows x levels is ever made.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.columns.numeric_columns import DIGITS, OWN
from hybrid_toolkit.models.inference.clusters import demean, independent, inverse


def unit_sums(values: Array, at: Codes, count: int) -> Array:
    """Sums of the columns of ``values`` (n x k) over the rows of each of ``count`` groups; groups x k."""
    sums = [np.bincount(at, weights=c, minlength=count) for c in values.T]
    return np.column_stack(sums) if sums else np.zeros((count, 0))


class ClusterSpells:
    """The parts of the units of a fixed effect that lie in one cluster each: the units themselves unless some move.

    Parameters
    ----------
    unit : Codes
        Codes of the n rows in the fixed effect that is taken out.
    clusters : Codes
        Codes of the n rows in the clusters.
    """

    def __init__(self, unit: Codes, clusters: Codes) -> None:
        self.unit_rows = np.bincount(unit)
        of_unit = np.zeros(len(self.unit_rows), dtype=np.intp)
        of_unit[unit] = clusters
        self.whole = bool((of_unit[unit] == clusters).all())
        if self.whole:
            self.at, self.unit, self.cluster = unit, np.arange(len(of_unit)), of_unit
        else:
            wide = int(clusters.max()) + 1
            pairs, self.at = np.unique(unit * wide + clusters, return_inverse=True)
            self.unit, self.cluster = pairs // wide, pairs % wide
        self.rows = np.bincount(self.at, minlength=len(self.unit))
        self.n_clusters = int(clusters.max()) + 1

    def by_cluster(self, left: Array, right: Array) -> Array:
        """Sum over the spells of each cluster of the products of two rows; clusters x p x q."""
        order = np.argsort(self.cluster, kind="stable")
        ends = np.searchsorted(self.cluster[order], np.arange(self.n_clusters + 1))
        left, right = left[order], right[order]
        return np.stack([left[a:b].T @ right[a:b] for a, b in pairwise(ends)])

    def left_out(self, sums: Array, grams: Array) -> Array:
        """Cross-products without each cluster in turn, the unit means taken out afresh.

        Parameters
        ----------
        sums : Array
            ClusterSpells x p; sums of the columns, which have no unit means left.
        grams : Array
            Clusters x p x p; their cross-products.
        """
        out: Array = grams.sum(axis=0) - grams
        if self.whole:
            return out
        # what stays of a unit whose sum was 0 sums to minus what left, and its mean goes
        stay = (self.unit_rows[self.unit] - self.rows).astype(np.float64)
        weighted = np.where(stay[:, None] > 0, sums / np.maximum(stay, 1.0)[:, None], 0.0)
        return np.asarray(out - self.by_cluster(weighted, sums))


class CrossedLevels:
    """The 0/1 columns of the second effect, all levels but the first, as codes.

    Parameters
    ----------
    spells : ClusterSpells
        The fixed effect that is taken out, and the clusters.
    unit : Codes
        Codes of the n rows in that effect.
    level : Codes
        Codes in the second one.
    clusters : Codes
        Codes in the clusters.
    """

    def __init__(self, spells: ClusterSpells, unit: Codes, level: Codes, clusters: Codes) -> None:
        self.spells, self.unit, self.level, self.count = spells, unit, level, int(level.max()) + 1
        self.sizes = np.bincount(level).astype(np.float64)[1:]
        self.at = clusters * self.count + level
        counts = self._counts(spells.at, len(spells.unit))
        if spells.whole:
            of_units = counts
        else:
            of_units = self._counts(unit, len(spells.unit_rows))
        self.means = of_units / spells.unit_rows[:, None]
        if spells.whole:  # a unit's rows are its mean's, so nothing is left of their sums
            self.sums = np.zeros(counts.shape)
            self.grams = -spells.by_cluster(counts, self.means)
        else:
            mean = self.means[spells.unit]
            of_means = mean * spells.rows[:, None]
            self.sums = counts - of_means
            cross = spells.by_cluster(counts, mean)
            self.grams = spells.by_cluster(of_means, mean) - cross - np.swapaxes(cross, 1, 2)
        every = np.arange(self.count - 1)
        rows = np.bincount(self.at, minlength=spells.n_clusters * self.count).reshape(-1, self.count)
        self.nested = bool(((rows > 0).sum(axis=0) <= 1).all())  # each level lies in one cluster
        self.grams[:, every, every] += rows[:, 1:]

    def _counts(self, at: Codes, count: int) -> Array:
        """Rows by group and level, the first level left out."""
        flat = np.bincount(at * self.count + self.level, minlength=count * self.count)
        return flat.reshape(count, self.count)[:, 1:].astype(np.float64)

    def _by_level(self, v: Array) -> Array:
        """Sums of a column by cluster and level, the first level left out."""
        flat = np.bincount(self.at, weights=v, minlength=self.spells.n_clusters * self.count)
        return flat.reshape(-1, self.count)[:, 1:].astype(np.float64)

    def gram(self) -> Array:
        """Cross-products of the columns within units."""
        return np.asarray(self.grams.sum(axis=0))

    def products(self, inside: Array) -> Array:
        """Products of the columns with one that has no unit means left."""
        return np.bincount(self.level, weights=inside, minlength=self.count)[1:]

    def outer(self, h: Array) -> Array:
        """The sum of the columns times ``h``, row by row."""
        return np.asarray(np.append(0.0, h)[self.level])

    def unit_means(self, h: Array) -> Array:
        """The mean of that sum in each unit, row by row."""
        return np.asarray((self.means @ h)[self.unit])

    def columns(self, kept: Codes) -> Array:
        """The columns themselves (n x k), for what cannot do without them."""
        return np.asarray(self.level[:, None] == kept + 1, dtype=np.float64)

    def cluster_grams(self, kept: Codes, inside: Array, clusters: Codes) -> tuple[Array, Array]:
        """Cross-products of the kept columns, and of others without unit means, cluster by cluster; and spells' sums.

        Returns
        -------
        tuple[Array, Array]
            Clusters x p x p, and spells x p; the kept columns of levels stand first.
        """
        spells, k, more = self.spells, len(kept), inside.shape[1]
        shape = (len(spells.unit), k + more)
        sums = np.zeros(shape) if spells.whole else unit_sums(inside, spells.at, shape[0])
        out = np.zeros((spells.n_clusters, k + more, k + more))
        out[:, :k, :k] = self.grams[:, kept[:, None], kept]
        lost = 0.0 if spells.whole else spells.by_cluster(self.means[spells.unit][:, kept], sums)
        across = np.stack([self._by_level(v)[:, kept] for v in inside.T], axis=2) - lost
        out[:, :k, k:], out[:, k:, :k] = across, np.swapaxes(across, 1, 2)
        for j in range(more):
            for i in range(j + 1):
                both = np.bincount(clusters, weights=inside[:, i] * inside[:, j], minlength=spells.n_clusters)
                out[:, k + i, k + j] = out[:, k + j, k + i] = both
        return out, sums if spells.whole else np.column_stack([self.sums[:, kept], sums])


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
