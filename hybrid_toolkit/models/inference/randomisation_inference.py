"""Randomisation inference where whole clusters were assigned to a policy: exact when there are few assignments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from math import comb, prod

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.design_matrix import codes, complete_rows
from hybrid_toolkit.models.terms.result_rows import check_level, varying, zero_one
from hybrid_toolkit.result import TIDY_COLUMNS, ResultBase

_LEAST_DRAWS = 99
"""Draws with which a p-value can be as small as 0.01."""
_VARIES = 1e-12
"""Sum of squares within a cluster above which a column that should be constant there is not."""


@dataclass(frozen=True, slots=True)
class RandomisationTest(ResultBase):
    """A difference between clusters under a policy and the others, with a p-value from the assignment alone.

    Parameters
    ----------
    outcome : str
        Column of the outcome.
    treatment : str
        Column of the treatment.
    estimate : float
        Mean of treated clusters' means less that of the others, in units of the outcome.
    p_value : float
        Share of assignments with a difference as far from zero, the one that happened among them.
    conf_low : float
        The least constant difference that the same test would not reject; infinite with very few.
    conf_high : float
        The greatest constant difference that the same test would not reject; infinite with very few.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_clusters : int
        Clusters.
    n_treated : int
        Treated clusters.
    assignments : int
        How many were tried.
    exact : bool
        Whether they are all there are.
    conf_level : float
        Level of the interval.
    converged : bool, default True
        Always True here.

    Examples
    --------
    >>> f = pd.DataFrame({"y": [1.0, 2, 3, 7, 8, 9], "late": [0, 0, 0, 1, 1, 1], "team": list("abcdef")})
    >>> got = randomisation_test(f, outcome="y", treatment="late", cluster="team")
    >>> got.tidy()[["term", "estimate", "p_value"]].values.tolist()
    [['late', 6.0, 0.1]]
    """

    outcome: str
    treatment: str
    estimate: float
    p_value: float
    conf_low: float
    conf_high: float
    n: int
    n_missing: int
    n_clusters: int
    n_treated: int
    assignments: int
    exact: bool
    conf_level: float
    converged: bool = True

    @property
    def method(self) -> str:
        """What was done, in words."""
        which = f"all {self.assignments:,} assignments" if self.exact else f"{self.assignments:,} drawn assignments"
        return f"difference of cluster means, randomisation inference over {which}"

    def tidy(self, *, unit: str = "") -> pd.DataFrame:
        """One row with the columns of ``TIDY_COLUMNS``; there is no standard error.

        Parameters
        ----------
        unit : str, optional
            Unit of the estimate.

        Returns
        -------
        pd.DataFrame
            One row with the columns of ``TIDY_COLUMNS``; there is no standard error.
        """
        row = (self.treatment, self.estimate, np.nan, self.conf_low, self.conf_high, self.p_value, self.n, unit)
        return pd.DataFrame([row], columns=list(TIDY_COLUMNS))

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, clusters, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, clusters, method, convergence.
        """
        names = ("n", "n_missing", "n_clusters", "n_treated", "method", "converged")
        return pd.DataFrame({name: [getattr(self, name)] for name in names})

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        least = 1 / self.assignments
        return (
            f"{self.outcome}: {self.n_treated} of {self.n_clusters} clusters treated; difference {self.estimate:+.3f}, "
            f"p = {self.p_value:.3f} ({self.method}; no p-value could be under {least:.3g}). It is a test of no "
            "difference for any cluster if chance decided which were treated; where chance did not, it only describes."
        )


def randomisation_test(
    frame: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    cluster: str,
    strata: str = "",
    draws: int = 9_999,
    seed: int = 0,
    conf_level: float = 0.95,
) -> RandomisationTest:
    """Compare treated clusters with the others under every way in which as many could have been treated.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an observation; rows with a missing value are left out and counted.
    outcome : str
        Numeric column.
    treatment : str
        0/1, the same for every row of a cluster.
    cluster : str
        Column of what was assigned.
    strata : str, optional
        Column, the same for every row of a cluster, within which clusters were assigned.
    draws : int, default 9999
        Assignments to draw where there are more than that; otherwise all are used.
    seed : int, default 0
        Seed of these draws.
    conf_level : float, default 0.95
        Level of the interval.

    Returns
    -------
    RandomisationTest
        A difference between clusters under a policy and the others, with a p-value from the assignment alone.

    Raises
    ------
    EstimationError
        Treatment or stratum changes within a cluster, one arm only, a constant outcome, too few draws.
    CoverageError
        A column is not there.

    Notes
    -----
    Fisher (1935); interval by inversion under a constant difference, as in Imbens and Rubin (2015), Causal Inference,
    section 5.7.

    References
    ----------
    - Fisher, R. A. (1935). The Design of Experiments.
    - Imbens, G. W. and Rubin, D. B. (2015). Causal Inference, section 5.7.

    Examples
    --------
    Three clusters of each arm that do not overlap: 2 of the 20 assignments are as extreme.

    >>> f = pd.DataFrame({"y": [1.0, 2, 3, 7, 8, 9], "late": [0, 0, 0, 1, 1, 1], "team": list("abcdef")})
    >>> got = randomisation_test(f, outcome="y", treatment="late", cluster="team")
    >>> got.estimate, got.p_value, got.exact, got.assignments
    (6.0, 0.1, True, 20)
    """
    check_arguments(randomisation_test, locals())
    check_level(conf_level)
    if draws < _LEAST_DRAWS:
        raise EstimationError(f"draws must be {_LEAST_DRAWS} or more.", fix="Ask for 999 or more.", code="DRAWS")
    rows = complete_rows(frame, [outcome, treatment, cluster, *([strata] if strata else [])])
    y, d = varying(rows, outcome), zero_one(rows, treatment)
    group = codes(rows, cluster)
    stratum = codes(rows, strata) if strata else np.zeros(len(rows), dtype=np.intp)
    for name, values in ((treatment, d), (strata, stratum.astype(float))):
        _constant(name, values, group, cluster)
    first = np.unique(group, return_index=True)[1]
    arm, part = d[first], stratum[first]
    mean = np.bincount(group, weights=y - np.median(y)) / np.bincount(group)
    z, exact = _assignments(arm, part, draws, seed)
    weights = z / z.sum(axis=1, keepdims=True) - (1 - z) / (1 - z).sum(axis=1, keepdims=True)
    moved, shift = weights @ mean, weights @ arm
    estimate = float(mean[arm == 1].mean() - mean[arm == 0].mean())
    reach = float(np.ptp(mean))

    def p_at(tau: float) -> float:
        as_far = np.abs(moved - tau * shift) >= abs(estimate - tau) - 1e-10 * reach
        return float(as_far.mean()) if exact else float((1 + as_far.sum()) / (1 + len(as_far)))

    low, high = _ends(p_at, estimate, float(np.ptp(mean)), 1 - conf_level)
    return RandomisationTest(
        outcome=outcome,
        treatment=treatment,
        estimate=estimate,
        p_value=p_at(0.0),
        conf_low=low,
        conf_high=high,
        n=len(rows),
        n_missing=len(frame) - len(rows),
        n_clusters=len(arm),
        n_treated=int(arm.sum()),
        assignments=len(z),
        exact=exact,
        conf_level=conf_level,
    )


def _constant(name: str, values: Array, group: Codes, cluster: str) -> None:
    sizes = np.bincount(group)
    mean = np.bincount(group, weights=values) / sizes
    mixed = int((np.bincount(group, weights=(values - mean[group]) ** 2) > _VARIES).sum())
    if mixed:
        raise EstimationError(
            f"'{name}' changes within {plural(mixed, 'cluster')} of '{cluster}'.",
            fix="Name what was assigned as the cluster.",
            code="CLUSTER-ARMS",
        )


def _assignments(arm: Array, part: Codes, draws: int, seed: int) -> tuple[Array, bool]:
    """Assignments x clusters of 0/1, and whether they are all there are."""
    parts = [np.flatnonzero(part == k) for k in range(int(part.max()) + 1)]
    treated = [int(arm[at].sum()) for at in parts]
    ways = prod(comb(len(at), k) for at, k in zip(parts, treated, strict=True))
    if ways < 2:
        raise EstimationError(
            "only one assignment was possible within the strata.",
            fix="Use strata that hold treated and untreated clusters.",
            code="ASSIGNMENTS",
        )
    if ways <= draws:
        return np.array(list(_every(parts, treated, len(arm)))), True
    rng = np.random.default_rng(seed)
    z = np.zeros((draws, len(arm)))
    for at, k in zip(parts, treated, strict=True):
        order = rng.random((draws, len(at))).argsort(axis=1)[:, :k]
        np.put_along_axis(z, at[order], 1.0, axis=1)
    return z, False


def _every(parts: list[Codes], treated: list[int], clusters: int) -> Iterator[Array]:
    for chosen in product(*(combinations(at.tolist(), k) for at, k in zip(parts, treated, strict=True))):
        z = np.zeros(clusters)
        z[[i for each in chosen for i in each]] = 1.0
        yield z


def _ends(p_at: Callable[[float], float], estimate: float, spread: float, alpha: float) -> tuple[float, float]:
    ends = []
    for side in (-1.0, 1.0):
        outside = 4 * spread
        if p_at(estimate + side * outside) > alpha and p_at(estimate + side * 1e6 * spread) > alpha:
            ends.append(side * np.inf)
            continue
        inside = 0.0
        while p_at(estimate + side * outside) > alpha:
            outside *= 2
        for _ in range(50):
            middle = (inside + outside) / 2
            if p_at(estimate + side * middle) > alpha:
                inside = middle
            else:
                outside = middle
        ends.append(estimate + side * outside)
    return float(ends[0]), float(ends[1])
