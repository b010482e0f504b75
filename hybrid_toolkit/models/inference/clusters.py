"""Fits kept cluster by cluster: cross-products, the jackknife, and how many clusters an estimate rests on.

Coefficients, cluster-robust variance and the exact leave-one-cluster-out jackknife of least squares and two-stage least
squares all follow from the sums ``M_g' M_g`` of each cluster g, where M holds regressors, instruments and outcome. A
study of 14,000 contacts in 24 teams becomes 24 small matrices, so one fit takes milliseconds and leaving out each team
in turn costs nothing.

An interval over clusters learns the spread of an estimate from clusters that differ in the exposure. With three teams
under a policy and 21 without, the spread of three means decides, whatever the 24 in all. So every clustered fit counts:

- *sides*: for a column of two values, the clusters that hold each; the smaller count is that of the smaller side;
- *effective clusters*: one over the sum of squares of the clusters' shares of a coefficient's partial leverage, which
  is their number where all weigh alike and falls to 1 where one giant, or one treated team, carries it all.

The t reference of a jackknife then has as many degrees of freedom as effective clusters less one. In draws of the
worlds of ``trust/dgps/authority.py`` (2 to 12 of 8 to 40 teams treated, one or two giants) such intervals hold the
truth in 94% to 99%, where clusters less one holds it in 89% to 97%.

Carter, Schnepel and Steigerwald (2017), Review of Economics and Statistics 99; MacKinnon, Nielsen and Webb (2023),
Stata Journal 23 (partial leverage); MacKinnon and Webb (2017), Journal of Applied Econometrics 32 (few treated).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.columns.numeric_columns import scaled

ALONE = 1.5
"""Fewer clusters than this are one: no interval can be learned from them."""
FEW_SIDE = 5
"""With fewer clusters on the smaller side an estimate is called to rest on few."""
WITHOUT_INTERVAL = (
    "One cluster carries this estimate, so no interval can be had from clusters. What can answer: synthetic control or "
    "an interrupted series for one unit that changed; a two-by-two comparison with randomisation inference for several."
)
"""What is said where an interval is withheld."""


@dataclass(frozen=True, slots=True, eq=False)
class CrossProductLayout:
    """Which columns of M are regressors, instruments (exogenous regressors among them) and the outcome."""

    x: Codes
    z: Codes
    y: int

    @property
    def iv(self) -> bool:
        """Whether some regressor is instrumented."""
        return not np.array_equal(self.x, self.z)


def demean(m: Array, codes: Codes) -> Array:
    """Each column less its mean within group (the within transformation of one fixed effect)."""
    counts = np.bincount(codes)
    means = np.column_stack([np.bincount(codes, weights=c) for c in m.T]) / np.maximum(counts, 1)[:, None]
    out: Array = m - means[codes]
    return out


def cluster_grams(m: Array, clusters: Codes) -> Array:
    """``M_g' M_g`` of each cluster: shape (clusters, p, p)."""
    order = np.argsort(clusters, kind="stable")
    blocks = np.split(m[order], np.flatnonzero(np.diff(clusters[order])) + 1)
    return np.stack([b.T @ b for b in blocks])


def solve_crossproducts(s: Array, lay: CrossProductLayout) -> Array:
    """Coefficients from cross-products; ``s`` may be one matrix or a stack of them.

    Two-stage least squares: b = (X'Z (Z'Z)^- Z'X)^- X'Z (Z'Z)^- Z'y. The pseudo-inverse serves a left-out
    cluster that was the only one with some level of a category.
    """
    zx, zy = s[..., lay.z[:, None], lay.x[None, :]], s[..., lay.z, lay.y][..., None]
    if not lay.iv:
        out: Array = (inverse(zx) @ zy)[..., 0]
        return out
    first = np.swapaxes(zx, -1, -2) @ inverse(s[..., lay.z[:, None], lay.z[None, :]])
    out = (inverse(first @ zx) @ (first @ zy))[..., 0]
    return out


def inverse(a: Array) -> Array:
    """Symmetric pseudo-inverse after scaling to a unit diagonal."""
    d = np.sqrt(np.clip(np.diagonal(a, axis1=-2, axis2=-1), 0, None))
    d = np.where(d > 0, d, 1.0)
    scale = d[..., :, None] * d[..., None, :]
    out: Array = np.linalg.pinv(a / scale, rcond=1e-11, hermitian=True) / scale
    return out


def crv1(grams: Array, lay: CrossProductLayout, b: Array, *, n: int, k: int) -> Array:
    """Cluster-robust variance (Liang and Zeger 1986), times G/(G-1) x (n-1)/(n-k)."""
    s = grams.sum(axis=0)
    zx = s[np.ix_(lay.z, lay.x)]
    pi = inverse(s[np.ix_(lay.z, lay.z)]) @ zx
    scores = (grams[:, lay.z, lay.y] - grams[:, lay.z[:, None], lay.x[None, :]] @ b) @ pi
    bread = inverse(pi.T @ zx)
    g = len(grams)
    out: Array = bread @ (scores.T @ scores) @ bread * (g / (g - 1)) * ((n - 1) / (n - k))
    return out


def jackknife(left_out: Array, b: Array) -> Array:
    """Cluster jackknife variance, CV3: (G-1)/G x sum of (b_(g) - b)(b_(g) - b)' (MacKinnon, Nielsen, Webb 2023)."""
    d = left_out - b
    g = len(left_out)
    out: Array = (g - 1) / g * (d.T @ d)
    return out


def share_explained(total: Array, lay: CrossProductLayout, b: Array, squares: float) -> float:
    """Share of the outcome's sum of squares that coefficients account for, from cross-products over all clusters."""
    left = total[lay.y, lay.y] - 2 * b @ total[lay.x, lay.y] + b @ total[np.ix_(lay.x, lay.x)] @ b
    return float(1 - left / squares) if squares > 0 else float("nan")


def fitted_crossproducts(grams: Array, lay: CrossProductLayout) -> Array:
    """Cross-products of the regressors by cluster; with instruments, of what the first stage fits of them."""
    if not lay.iv:
        return grams[:, lay.x[:, None], lay.x[None, :]]
    total = grams.sum(axis=0)
    pi = inverse(total[np.ix_(lay.z, lay.z)]) @ total[np.ix_(lay.z, lay.x)]
    return np.asarray(pi.T @ grams[:, lay.z[:, None], lay.z[None, :]] @ pi)


def first_stage_f(grams: Array, lay: CrossProductLayout, *, n: int, k: int) -> float | None:
    """The smallest F of the excluded instruments over the instrumented columns, cluster-robust (sandwich)."""
    if not lay.iv:
        return None
    smallest = np.inf
    excluded = np.flatnonzero(~np.isin(lay.z, lay.x))
    for target in lay.x[~np.isin(lay.x, lay.z)]:
        stage = CrossProductLayout(lay.z, lay.z, int(target))
        b = solve_crossproducts(grams.sum(axis=0), stage)
        v = crv1(grams, stage, b, n=n, k=k)
        part = b[excluded]
        smallest = min(smallest, float(part @ inverse(v[np.ix_(excluded, excluded)]) @ part / len(excluded)))
    return smallest


def independent(s: Array, totals: Array, *, tolerance: float = 1e-9) -> NDArray[np.bool_]:
    """Which columns are not a combination of those before them (nor of the fixed effects), by sweeping.

    Parameters
    ----------
    s : Array
        The p x p cross-products, fixed effects taken out.
    totals : Array
        The p sums of squares before the fixed effects were taken out.
    tolerance : float, default 1e-09
        Share of its sum of squares that a column must have of its own.

    Examples
    --------
    >>> m = np.array([[1.0, 0, 1], [0, 1, 1], [1, 1, 2]])
    >>> independent(m.T @ m, (m**2).sum(axis=0)).tolist()
    [True, True, False]
    """
    keep = np.zeros(len(s), dtype=bool)
    rest = s.copy()
    for j in range(len(s)):
        pivot = rest[j, j]
        if totals[j] > 0 and pivot > tolerance * totals[j]:
            keep[j] = True
            rest = rest - np.outer(rest[:, j], rest[j]) / pivot
    return keep


def leverages(parts: Array, keep: Codes | None = None, *, turn: Array | None = None) -> Array:
    """Each cluster's part of the variance of each coefficient, if every row had a like error of its own.

    Parameters
    ----------
    parts : Array
        Clusters x p x p cross-products of the (weighted) columns, or information.
    keep : Codes | None, optional
        Positions of the k columns asked for; default all.
    turn : Array | None, optional
        Shape k x p, the way from coefficients of these columns to those asked about, where they are others.

    Returns
    -------
    Array
        Clusters x k: the diagonal of S P_g S, with S the inverse of the sum of ``parts``.

    Examples
    --------
    Two clusters of a mean, one three times as large: it carries three quarters.

    >>> leverages(np.array([[[1.0]], [[3.0]]])).round(4).tolist()
    [[0.0625], [0.1875]]
    """
    whole = inverse(parts.sum(axis=0))
    way = whole if turn is None else whole @ turn.T
    way = way if keep is None else way[:, keep]
    out: Array = np.clip(np.einsum("ij,gij->gj", way, parts @ way), 0, None)
    return out


def column_leverages(x: Array, group: Codes) -> Array:
    """Each cluster's leverage on the coefficients of columns as they stand in the data; clusters x k.

    The cross-products are those of centred, scaled columns, so that no unit decides.
    """
    basis = scaled(x)
    return leverages(cluster_grams(basis.z, group), turn=basis.turn)


def effective(weight: Array) -> Array:
    """Effective number of clusters: one over the sum of squares of the shares, over the first axis.

    Examples
    --------
    >>> effective(np.array([1.0, 1, 1, 1])).item(), effective(np.array([1.0, 0, 0, 0])).item()
    (4.0, 1.0)
    """
    total, squares = weight.sum(axis=0), (weight**2).sum(axis=0)
    safe = np.where(squares > 0, squares, 1.0)
    return np.asarray(np.where(squares > 0, total**2 / safe, float(len(weight))), dtype=np.float64)


def sides(column: Array, group: Codes) -> float:
    """Clusters on the smaller side of a column of two values: that of those with either; infinite for any other.

    Examples
    --------
    >>> team = np.array([0, 0, 1, 1, 2, 2])
    >>> sides(np.array([0.0, 0, 0, 0, 1, 1]), team), sides(np.array([0.0, 1, 2, 3, 4, 5]), team)
    (1.0, inf)
    """
    low, high = (column.min(), column.max()) if len(column) else (0.0, 0.0)
    up = column == high
    if low == high or not (up | (column == low)).all():
        return np.inf
    count = int(group.max()) + 1
    with_up = np.bincount(group[up], minlength=count)
    size = np.bincount(group, minlength=count)
    return float(min((with_up > 0).sum(), (with_up < size).sum()))


def behind(leverage: Array, columns: Array, group: Codes) -> Array:
    """Clusters behind each coefficient: on the smaller side of a column of two values, and never above the effective.

    Parameters
    ----------
    leverage : Array
        Clusters x k, as ``leverages`` gives them.
    columns : Array
        The n x k columns as they stand in the data.
    group : Codes
        Codes of the n rows' clusters.
    """
    each = np.array([sides(columns[:, j], group) for j in range(columns.shape[1])])
    out: Array = np.minimum(each, effective(leverage))
    return out


def degrees(leverage: Array) -> Array:
    """Degrees of freedom of each coefficient's t: effective clusters less one, from 1 to clusters less one."""
    out: Array = np.clip(effective(leverage) - 1, 1.0, max(1.0, len(leverage) - 1.0))
    return out


def joined(leverage: Array, weights: Array) -> Array:
    """Clusters' leverage on a weighted sum of coefficients, by the largest that it can be (Cauchy and Schwarz)."""
    return np.asarray((np.sqrt(leverage) @ np.abs(weights)) ** 2)


def two_sides(treated: Array, control: Array) -> tuple[float, float]:
    """Clusters on the smaller side of a difference of two means, effective ones, and the degrees of freedom of its t.

    Parameters
    ----------
    treated : Array
        Clusters; the rows (or units) of each that stand on that side, 0 for none.
    control : Array
        Clusters; the rows (or units) of each that stand on that side, 0 for none.

    Examples
    --------
    Three teams against 21, each of one size:

    >>> d = np.array([1.0] * 3 + [0.0] * 21)
    >>> count, df = two_sides(d, 1 - d)
    >>> count, round(df, 2)
    (3.0, 2.91)
    """
    count = float(min((treated > 0).sum(), (control > 0).sum()))
    if not count:
        return 0.0, 1.0
    one, other = treated / treated.sum(), control / control.sum()
    # n rows of a cluster with equal errors of their own add n / N^2 to the variance of the mean of N rows
    weight = one / treated.sum() + other / control.sum()
    found = float(effective(weight))
    count = min(count, float(effective(treated)), float(effective(control)))
    return min(count, found), float(np.clip(found - 1, 1.0, max(1.0, len(treated) - 1.0)))


def withheld(rows: pd.DataFrame, clusters: Array) -> pd.DataFrame:
    """Tidy rows with ``clusters_behind``; one that rests on a single cluster keeps its estimate and nothing more.

    Examples
    --------
    >>> rows = pd.DataFrame({"estimate": [1.0, 2.0], "std_error": 0.5, "conf_low": 0.0, "conf_high": 3.0,
    ...                      "p_value": 0.1})
    >>> withheld(rows, np.array([1.0, 6.0]))["std_error"].tolist()
    [nan, 0.5]
    """
    out = rows.assign(clusters_behind=np.asarray(clusters, dtype=np.float64))
    alone = out["clusters_behind"] < ALONE
    if alone.any():
        out.loc[alone, ["std_error", "conf_low", "conf_high", "p_value"]] = np.nan
    return out


def few_words(clusters: float, *, holds: bool = False) -> str:
    """What a summary adds where an estimate rests on few clusters; empty where it does not.

    Parameters
    ----------
    clusters : float
        Clusters behind the estimate.
    holds : bool, default False
        Its interval is made for few.
    """
    if not clusters < FEW_SIDE:
        return ""
    if clusters < ALONE:
        return f" {WITHOUT_INTERVAL}"
    beside = "" if holds else ": take CR2, the wild cluster bootstrap or randomisation inference beside it"
    return f" {clusters:.1f} clusters carry the estimate, or one side of it{beside}."
