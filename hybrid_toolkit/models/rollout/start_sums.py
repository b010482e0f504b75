"""Group-time effects without covariates from sums by cluster and start: means, and what each cluster adds to them.

All units of a cluster that start together enter an effect by their sum alone. So each effect and each cluster's part in
it takes a few passes over a table of clusters and starts by periods; where units are clusters it is the panel itself.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from hybrid_toolkit.arrays import Array, Codes


@dataclass(frozen=True, slots=True, eq=False)
class StartSums:
    """Sums of a panel over the units of one cluster and one start.

    Parameters
    ----------
    start : Codes
        Pairs; position of the start among the starts.
    cluster : Codes
        Pairs; code of the cluster.
    units : Array
        Pairs; units behind each.
    y : Array
        Pairs x periods; sums of the outcome.
    """

    start: Codes
    cluster: Codes
    units: Array
    y: Array

    def effects(self, own: Codes, at: Codes, before: Codes, free: NDArray[np.bool_]) -> tuple[Array, StartInfluence]:
        """Differences in differences and what each cluster adds to them.

        Parameters
        ----------
        own : Codes
            The k starts, as positions, whose effect is asked for.
        at : Codes
            The k periods.
        before : Codes
            The k base periods.
        free : NDArray[np.bool_]
            Shape k x starts; the starts that are compared with.

        Returns
        -------
        tuple[Array, StartInfluence]
            The k effects, and what clusters add to any weighted sums of them.
        """
        starts = free.shape[1]
        order = np.argsort(self.start, kind="stable")
        edges = np.searchsorted(self.start[order], np.arange(starts + 1))
        y = self.y[order]  # one copy, in which each start is one block of rows
        size = np.bincount(self.start, weights=self.units, minlength=starts)
        blocks = [slice(int(a), int(b)) for a, b in itertools.pairwise(edges)]
        sums = np.array([np.ones(b.stop - b.start) @ y[b] for b in blocks])
        gap = sums[:, at] - sums[:, before]  # starts x k
        of_free = np.maximum(free @ size, 1.0)
        up, still = gap[own, np.arange(len(own))] / size[own], np.where(free.T, gap, 0.0).sum(axis=0) / of_free
        live = at != before
        # a row of start s adds sum over k of w (y_at - y_before - mean) / n: minus that where it is compared with
        share = np.where(own == np.arange(starts)[:, None], 1 / size[own], 0.0) - np.where(free.T, 1 / of_free, 0.0)
        mean = np.where(own == np.arange(starts)[:, None], up, still)
        influence = StartInfluence(
            y=y,
            units=self.units[order],
            cluster=self.cluster[order],
            blocks=tuple(blocks),
            at=at,
            before=before,
            share=np.where(live, share, 0.0),
            taken=np.where(live, share * mean, 0.0),
            n_clusters=int(self.cluster.max()) + 1,
        )
        return np.where(live, up - still, 0.0), influence


@dataclass(frozen=True, slots=True, eq=False)
class StartInfluence:
    """What clusters add to effects, worked out for the sums of effects that are asked for.

    A table of clusters by effects would be many times the panel; a weighted sum of effects takes one pass over it.

    Parameters
    ----------
    y : Array
        Pairs x periods, sorted by start.
    units : Array
        Pairs; units behind each.
    cluster : Codes
        Pairs; code of the cluster.
    blocks : tuple[slice, ...]
        Rows of each start.
    at : Codes
        The k periods.
    before : Codes
        The k base periods.
    share : Array
        Starts x k; what a unit of a start weighs in an effect.
    taken : Array
        Starts x k; the same times the mean that it is compared with.
    n_clusters : int
        Clusters.
    factor : float
        A factor on all.
    """

    y: Array
    units: Array
    cluster: Codes
    blocks: tuple[slice, ...]
    at: Codes
    before: Codes
    share: Array
    taken: Array
    n_clusters: int
    factor: float = 1.0

    def __matmul__(self, weights: Array) -> Array:
        """Clusters x m for k x m weights of effects, or clusters for k."""
        w = self.factor * (weights[:, None] if weights.ndim == 1 else weights)
        out = np.zeros((self.n_clusters, w.shape[1]))
        for s, rows in enumerate(self.blocks):
            of_periods = np.zeros((self.y.shape[1], w.shape[1]))
            each = self.share[s][:, None] * w
            np.add.at(of_periods, self.at, each)
            np.add.at(of_periods, self.before, -each)
            # a cluster stands once in the rows of a start
            out[self.cluster[rows]] += self.y[rows] @ of_periods - np.outer(self.units[rows], self.taken[s] @ w)
        return out[:, 0] if weights.ndim == 1 else out

    def whole(self) -> Array:
        """Clusters x k: the table itself, whose sums over clusters are 0.

        Returns
        -------
        Array
            Clusters x k.
        """
        return self @ np.eye(len(self.at))


def start_sums(y: Array, start: Codes, clusters: Codes, starts: int) -> StartSums:
    """The sums of a panel (units x periods), whose units have a start and a cluster each."""
    many = int(clusters.max()) + 1
    if many == len(clusters):
        return StartSums(start, clusters, np.ones(len(start)), y)
    pairs, place = np.unique(clusters * starts + start, return_inverse=True)
    adds = sparse.csr_array((np.ones(len(start)), (place, np.arange(len(start)))), shape=(len(pairs), len(start)))
    return StartSums(pairs % starts, pairs // starts, np.bincount(place).astype(np.float64), np.asarray(adds @ y))


def side_weights(own: Codes, free: NDArray[np.bool_]) -> tuple[Array, Array]:
    """How often each start is treated, and compared with, in some effects."""
    return np.bincount(own, minlength=free.shape[1]).astype(np.float64), free.sum(axis=0).astype(np.float64)
