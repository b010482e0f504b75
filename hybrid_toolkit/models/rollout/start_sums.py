"""Group-time effects without covariates from sums by cluster and start: means, and what each cluster adds to them.

All units of a cluster that start together enter an effect by their sum alone. So each effect and each cluster's part in
it takes a few passes over a table of clusters and starts by periods; where units are clusters it is the panel itself.
"""

from __future__ import annotations

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

    def effects(self, own: Codes, at: Codes, before: Codes, free: NDArray[np.bool_]) -> tuple[Array, Array]:
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
        tuple[Array, Array]
            The k effects, and clusters x k, whose sums over clusters are 0.
        """
        starts, many = free.shape[1], int(self.cluster.max()) + 1
        size = np.bincount(self.start, weights=self.units, minlength=starts)
        rows = [np.flatnonzero(self.start == s) for s in range(starts)]
        sums = np.array([self.y[r].sum(axis=0) for r in rows])
        gap = sums[:, at] - sums[:, before]  # starts x k
        of_free = free @ size
        every = np.arange(len(own))
        up, still = gap[own, every] / size[own], np.where(free.T, gap, 0.0).sum(axis=0) / np.maximum(of_free, 1.0)
        live = at != before
        influence = np.zeros((many, len(own)))
        for s, r in enumerate(rows):
            for on, mean, over in (((own == s) & live, up, size[own]), (free[:, s] & live, -still, -of_free)):
                cells = np.flatnonzero(on)
                if not len(cells) or not len(r):
                    continue
                change = self.y[np.ix_(r, at[cells])] - self.y[np.ix_(r, before[cells])]
                change -= self.units[r, None] * (mean[cells] * np.sign(over[cells]))
                change /= over[cells]
                if len(cells) == len(own):
                    influence[self.cluster[r]] += change
                else:
                    influence[np.ix_(self.cluster[r], cells)] += change
        return np.where(live, up - still, 0.0), influence


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
