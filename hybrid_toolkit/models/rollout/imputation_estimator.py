"""Imputation: what unit and period effects of the untreated foretell, the gaps to it, and their errors.

Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91, 3253-3285, section 4.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.rollout.panel_blocks import NEVER
from hybrid_toolkit.models.rollout.panel_data import PanelData


def lead_label(p: PanelData, e: int) -> int:
    """A time since the start in the periods' own units."""
    g = p.cohorts[0] if e >= -p.cohorts[0] and p.cohorts[0] + e < len(p.times) else p.cohorts[-1]
    return int(p.lead(np.array([min(max(g + e, 0), len(p.times) - 1)]), np.array([g]))[0])


@dataclass(frozen=True, eq=False)
class Untreated:
    """Every observation against what unit and period effects of the untreated ones foretell.

    Parameters
    ----------
    free : NDArray[np.bool]
        Unit-periods before the start.
    treated : NDArray[np.bool]
        Unit-periods after the start in a period that has a comparison.
    lead : NDArray[np.int64]
        Periods since the start where treated, else ``NEVER``.
    z : Any
        Columns of units and periods.
    gram : Any
        Their cross-product over the untreated.
    gap : Array
        Outcome less what is foretold.
    missed : int
        Unit-periods after the start in periods without a comparison.
    """

    free: NDArray[np.bool_]
    treated: NDArray[np.bool_]
    lead: NDArray[np.int64]
    z: Any
    gram: Any
    gap: Array
    missed: int

    def effects(self) -> tuple[list[int], Array]:
        """Leads, and the mean gap: over all treated, then by lead."""
        gap = self.gap[self.treated]
        leads, place = np.unique(self.lead[self.treated], return_inverse=True)
        by_lead = np.bincount(place, weights=gap) / np.bincount(place)
        return [int(e) for e in leads], np.concatenate([[gap.mean()], by_lead])


def foretell(p: PanelData) -> Untreated:
    """Unit and period effects of the untreated observations, and every observation against them.

    Raises
    ------
    EstimationError
        No unit is untreated in the period of the first start.
    """
    n, last = p.y.shape
    position = np.tile(np.arange(last), (n, 1))
    free = position < p.start[:, None]
    known: NDArray[np.bool_] = np.asarray(free.any(axis=0))
    if not known[: p.cohorts[0] + 1].all():
        raise EstimationError(
            "no unit is untreated in the period of the first start.",
            fix="Add at least 1 unit that is untreated then.",
            code="NO-UNTREATED",
        )
    treated = ~free & known
    unit = np.repeat(np.arange(n), last)
    rows = np.arange(n * last)
    inner = position.ravel() > 0
    full: Any = sparse.csr_array(
        (
            np.ones(n * last + int(inner.sum())),
            (np.concatenate([rows, rows[inner]]), np.concatenate([unit, n + position.ravel()[inner] - 1])),
        ),
        shape=(n * last, n + last - 1),
    )
    z = full[:, np.concatenate([np.ones(n, bool), known[1:]])]
    f = free.ravel()
    z0 = z[f]
    gram = (z0.T @ z0).tocsc()
    y = p.y.ravel() - np.median(p.y)  # unit effects take a constant up, the sums of squares do not
    lead = np.where(treated, position - np.where(p.start == NEVER, 0, p.start)[:, None], NEVER).ravel()
    return Untreated(
        free=f,
        treated=treated.ravel(),
        lead=lead,
        z=z,
        gram=gram,
        gap=y - z @ spsolve(gram, z0.T @ y[f]),
        missed=int((~free & ~known).sum()),
    )


def impute(p: PanelData) -> tuple[list[str], Array, Array, int]:
    """Effects as outcomes less those that unit and period effects of untreated observations foretell."""
    got = foretell(p)
    last, d = p.y.shape[1], got.treated
    leads, b = got.effects()
    cell = pd.Series(got.gap[d]).groupby([np.repeat(p.start, last)[d], got.lead[d]]).transform("mean").to_numpy()
    error = got.gap.copy()
    error[d] -= cell
    se = []
    clusters = int(p.clusters.max()) + 1
    for at in [d, *(got.lead == e for e in leads)]:
        w = at / at.sum()
        v = np.where(at, w, 0.0)
        v[got.free] = -(got.z[got.free] @ spsolve(got.gram, got.z.T @ w))
        sums = np.bincount(np.repeat(p.clusters, last), weights=v * error * (got.free | d), minlength=clusters)
        se.append(float(np.sqrt((sums**2).sum() * clusters / (clusters - 1))))
    return ["overall", *(f"time {lead_label(p, e)}" for e in leads)], b, np.array(se), got.missed


def left_out(p: PanelData, b: Array) -> Array:
    """Jackknife errors of what ``impute`` finds: every cluster left out in turn; an effect that needs it stays."""
    count = int(p.clusters.max()) + 1
    place = {e: i for i, e in enumerate(foretell(p).effects()[0], start=1)}
    moved = np.zeros((count, len(b)))
    for c in range(count):
        stay = p.clusters != c
        part = PanelData(
            p.y[stay], p.x[stay], p.start[stay], p.times, np.unique(p.clusters[stay], return_inverse=True)[1], 0, 0
        )
        if not part.cohorts:
            continue
        try:
            leads, found = foretell(part).effects()
        except EstimationError:  # the cluster is the only comparison of a period
            continue
        at = [0, *(place[e] for e in leads)]
        moved[c, at] = found - b[at]
    return np.asarray(np.sqrt((moved**2).sum(axis=0) * (count - 1) / count))
