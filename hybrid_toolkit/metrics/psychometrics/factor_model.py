"""Factor models with means for several groups: which parameters there are, what they imply, maximum likelihood."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hybrid_toolkit.arrays import Array

_SHORTEST = 1e-6
"""Share of a step under which no shorter one is tried."""
_FLAT = 1e-5
"""Rise of the chi-square that a step promises, under which a search that finds none has ended at its optimum."""

Places = npt.NDArray[np.int_]

CLOSE = 1e-8
"""The fit has converged when the next scoring step would lower chi-square by less than this."""


@dataclass(frozen=True, slots=True)
class Moments:
    """What one group's complete rows say: rows, means, covariances (divisor n), and the centred rows.

    Items are on one scale in all groups: (answer - grand mean) / pooled standard deviation within groups.
    """

    n: int
    mean: Array
    cov: Array
    centred: Array


@dataclass(frozen=True, slots=True)
class FactorLayout:
    """Where each matrix entry of each group takes its value: a place in the parameter vector, or -1 for a fixed one.

    Parameters
    ----------
    belongs : Places
        Factor of each item.
    loading : Places
        Place of each item's loading, groups x items; the fixed ones are 1.
    factor_cov : Places
        Groups x factors x factors; the fixed ones are variances of 1.
    residual : Places
        Residual variances, groups x items; always free.
    intercept : Places
        Intercepts, groups x items; always free.
    factor_mean : Places
        Groups x factors; the fixed ones are 0.
    size : int
        Length of the parameter vector.
    """

    belongs: Places
    loading: Places
    factor_cov: Places
    residual: Places
    intercept: Places
    factor_mean: Places
    size: int

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(self.loading)

    @property
    def df(self) -> int:
        """Degrees of freedom: means and covariances less parameters."""
        p = len(self.belongs)
        return self.n_groups * (p * (p + 1) // 2 + p) - self.size


def lay_out_factors(
    belongs: Places, n_groups: int, equal: Collection[str], free: Collection[tuple[str, int]], markers: Places | None
) -> FactorLayout:
    """The layout of a model.

    Loadings, intercepts and residuals named in ``equal`` are the same in all groups but for the (kind, item) pairs
    of ``free``. With ``markers`` (one item a factor) these loadings are 1 and factor variances free; without, factor
    variances are 1 in the first group and, where loadings are equal, free in the others. Factor means are 0 in the
    first group and, where intercepts are equal, free in the others.
    """
    p, k = len(belongs), int(belongs.max()) + 1
    used = 0

    def take() -> int:
        nonlocal used
        used += 1
        return used - 1

    def items(kind: str, fixed: Collection[int] = ()) -> Places:
        out = np.full((n_groups, p), -1)
        for item in range(p):
            if item in fixed:
                continue
            shared = kind in equal and (kind, item) not in free
            first = take()
            out[:, item] = first if shared else [first, *(take() for _ in range(n_groups - 1))]
        return out

    loading = items("loadings", () if markers is None else markers.tolist())
    factor_cov, factor_mean = np.full((n_groups, k, k), -1), np.full((n_groups, k), -1)
    for group in range(n_groups):
        for a in range(k):
            for b in range(a + 1):
                if a != b or markers is not None or (group and "loadings" in equal):
                    factor_cov[group, a, b] = factor_cov[group, b, a] = take()
    residual, intercept = items("residuals"), items("intercepts")
    if "intercepts" in equal:
        for group in range(1, n_groups):
            factor_mean[group] = [take() for _ in range(k)]
    return FactorLayout(belongs, loading, factor_cov, residual, intercept, factor_mean, used)


def _fill(places: Places, values: Array, fixed: float) -> Array:
    return np.where(places >= 0, values[np.maximum(places, 0)], fixed)


def matrices(layout: FactorLayout, values: Array, group: int) -> tuple[Array, Array, Array, Array, Array]:
    """Loadings (items x factors), factor covariances, residual variances, intercepts, factor means of one group."""
    p, k = len(layout.belongs), layout.factor_cov.shape[1]
    loadings = np.zeros((p, k))
    loadings[np.arange(p), layout.belongs] = _fill(layout.loading[group], values, 1.0)
    factor_cov = np.where(layout.factor_cov[group] >= 0, values[np.maximum(layout.factor_cov[group], 0)], np.eye(k))
    return (
        loadings,
        factor_cov,
        values[layout.residual[group]],
        values[layout.intercept[group]],
        _fill(layout.factor_mean[group], values, 0.0),
    )


def implied(layout: FactorLayout, values: Array, group: int) -> tuple[Array, Array]:
    """Means and covariances that the model implies for one group: tau + L a and L P L' + diag(residuals)."""
    loadings, factor_cov, residual, intercept, factor_mean = matrices(layout, values, group)
    return intercept + loadings @ factor_mean, loadings @ factor_cov @ loadings.T + np.diag(residual)


def carry(layout: FactorLayout, values: Array, wider: FactorLayout) -> Array:
    """The same model in a layout with more parameters; not finite where a factor variance to be made 1 is not above 0.

    Where the wider layout fixes a factor's variance or mean that this one does not, loadings and intercepts take it up.
    """
    out = np.zeros(wider.size)
    for g in range(layout.n_groups):
        loadings, cov, residual, intercept, mean = matrices(layout, values, g)
        fixed = np.diag(wider.factor_cov[g]) < 0
        if fixed.any() and (np.diag(cov)[fixed] <= 0).any():
            return np.full(wider.size, np.nan)
        unit = np.where(fixed, np.sqrt(np.where(fixed, np.diag(cov), 1.0)), 1.0)
        loadings, cov, mean = loadings * unit, cov / np.outer(unit, unit), mean / unit
        intercept = intercept + loadings @ np.where(wider.factor_mean[g] < 0, mean, 0.0)
        flat = loadings[np.arange(len(layout.belongs)), layout.belongs]
        for places, have in (
            (wider.loading[g], flat),
            (wider.factor_cov[g], cov),
            (wider.residual[g], residual),
            (wider.intercept[g], intercept),
            (wider.factor_mean[g], mean),
        ):
            out[places[places >= 0]] = have[places >= 0]
    return out


@dataclass(frozen=True, slots=True)
class Slopes:
    """Derivatives of one group's implied moments by its own parameters: places, d mean (q x p), d cov (q x p x p)."""

    places: Places
    mean: Array
    cov: Array


def slopes(layout: FactorLayout, values: Array, group: int) -> Slopes:
    """Derivatives of the implied means and covariances of one group."""
    loadings, factor_cov, _, _, factor_mean = matrices(layout, values, group)
    parts = (layout.loading, layout.factor_cov, layout.residual, layout.intercept, layout.factor_mean)
    places = np.unique(np.concatenate([part[group].ravel() for part in parts]))
    places = places[places >= 0]
    at = {int(place): row for row, place in enumerate(places)}
    p, k = loadings.shape
    d_mean, d_cov = np.zeros((len(places), p)), np.zeros((len(places), p, p))
    common = factor_cov @ loadings.T
    for item in range(p):
        factor, place = layout.belongs[item], int(layout.loading[group, item])
        if place >= 0:
            d_cov[at[place], item, :] += common[factor]
            d_cov[at[place], :, item] += common[factor]
            d_mean[at[place], item] = factor_mean[factor]
        d_cov[at[int(layout.residual[group, item])], item, item] = 1.0
        d_mean[at[int(layout.intercept[group, item])], item] = 1.0
    for a in range(k):
        for b in range(a + 1):
            place = int(layout.factor_cov[group, a, b])
            if place >= 0:
                outer = np.outer(loadings[:, a], loadings[:, b])
                d_cov[at[place]] = outer if a == b else outer + outer.T
        place = int(layout.factor_mean[group, a])
        if place >= 0:
            d_mean[at[place]] = loadings[:, a]
    return Slopes(places, d_mean, d_cov)


def chi_square(layout: FactorLayout, values: Array, groups: list[Moments]) -> float:
    """Likelihood-ratio chi-square against the saturated model; infinite where an implied covariance is not proper."""
    total = 0.0
    for group, have in enumerate(groups):
        mean, cov = implied(layout, values, group)
        try:
            root = np.linalg.cholesky(cov)
        except np.linalg.LinAlgError:
            return float("inf")
        gap = np.linalg.solve(root, have.mean - mean)
        inner = np.linalg.solve(root, np.linalg.solve(root, have.cov).T)
        logs = 2 * np.log(np.diag(root)).sum() - np.linalg.slogdet(have.cov)[1]
        total += have.n * float(logs + np.trace(inner) - len(mean) + gap @ gap)
    return total


def score_and_information(layout: FactorLayout, values: Array, groups: list[Moments]) -> tuple[Array, Array]:
    """Gradient of the log-likelihood and expected information, over all rows.

    Information of parameters a, b: sum over groups of n (tr(V S_a V S_b) / 2 + m_a' V m_b), V the inverse implied
    covariance, S_a and m_a the derivatives of the implied moments (Bollen 1989, appendix 4B).
    """
    score, information = np.zeros(layout.size), np.zeros((layout.size, layout.size))
    for group, have in enumerate(groups):
        mean, cov = implied(layout, values, group)
        slope = slopes(layout, values, group)
        inverse = np.linalg.inv(cov)
        gap = have.mean - mean
        pull = inverse @ (have.cov + np.outer(gap, gap) - cov) @ inverse
        turned = inverse @ slope.cov
        q, p = slope.mean.shape
        flat = turned.reshape(q, p * p)
        crossed = turned.transpose(0, 2, 1).reshape(q, p * p)
        score[slope.places] += have.n * (
            0.5 * slope.cov.reshape(q, p * p) @ pull.ravel() + slope.mean @ (inverse @ gap)
        )
        part = 0.5 * flat @ crossed.T + slope.mean @ inverse @ slope.mean.T
        information[np.ix_(slope.places, slope.places)] += have.n * part
    return score, information


def inverse_information(information: Array) -> tuple[Array, bool]:
    """Inverse of the information, and whether it is of full rank (judged after scaling to a unit diagonal)."""
    size = np.sqrt(np.maximum(np.diag(information), 1e-300))
    roots, vectors = np.linalg.eigh(information / np.outer(size, size))
    full = bool(roots[0] > 1e-9 * roots[-1])
    kept = roots > 1e-9 * roots[-1]
    half = vectors[:, kept] / np.sqrt(roots[kept])
    return (half @ half.T) / np.outer(size, size), full


def start_values(layout: FactorLayout, groups: list[Moments]) -> Array:
    """Start values from the first principal axis of each factor's items, pooled over the groups."""
    total = sum(g.n for g in groups)
    pooled = np.asarray(sum(g.n * g.cov for g in groups) / total)
    p, k = len(layout.belongs), layout.factor_cov.shape[1]
    loading, weights = np.zeros(p), np.zeros((p, k))
    for factor in range(k):
        mine = np.flatnonzero(layout.belongs == factor)
        roots, vectors = np.linalg.eigh(pooled[np.ix_(mine, mine)])
        axis = vectors[:, -1] * np.sign(vectors[np.argmax(np.abs(vectors[:, -1])), -1])
        raw = axis * np.sqrt(max(roots[-1] - 0.5, 0.25))
        loading[mine] = np.sign(raw) * np.clip(np.abs(raw), 0.2, 0.9)
        weights[mine, factor] = axis
    spread = weights.T @ pooled @ weights
    related = spread / np.sqrt(np.outer(np.diag(spread), np.diag(spread)))
    fixed = (layout.loading[0] < 0).nonzero()[0]
    scale = np.ones(k)
    scale[layout.belongs[fixed]] = loading[fixed]
    values = np.zeros(layout.size)
    for group, have in enumerate(groups):
        put = layout.loading[group] >= 0
        values[layout.loading[group][put]] = (loading / scale[layout.belongs])[put]
        put_cov = layout.factor_cov[group] >= 0
        values[layout.factor_cov[group][put_cov]] = (related * np.outer(scale, scale))[put_cov]
        values[layout.residual[group]] = np.maximum(np.diag(pooled) - loading**2, 0.2)
        values[layout.intercept[group]] = have.mean if group == 0 else values[layout.intercept[group]]
    for group, have in enumerate(groups):
        own = layout.intercept[group] != layout.intercept[0]
        values[layout.intercept[group][own]] = have.mean[own]
    return values


@dataclass(frozen=True, slots=True)
class Solution:
    """A fitted layout: parameter values, chi-square, inverse information, rank, convergence and steps taken."""

    values: Array
    chi2: float
    inverse: Array
    full_rank: bool
    converged: bool
    steps: int


def fit_layout(
    layout: FactorLayout, groups: list[Moments], *, start: Array | None = None, max_iter: int = 500
) -> Solution:
    """Maximum likelihood by Fisher scoring with step halving; ``converged`` says whether it got there."""
    values = start_values(layout, groups) if start is None else start.copy()
    best = chi_square(layout, values, groups)
    converged, steps = False, 0
    score, information = score_and_information(layout, values, groups)
    inverse, full = inverse_information(information)
    while steps < max_iter:
        step = inverse @ score
        if float(score @ step) < CLOSE:
            converged = True
            break
        length, moved = 1.0, False
        while length > _SHORTEST:
            trial = chi_square(layout, values + length * step, groups)
            if trial < best:
                values, best, moved = values + length * step, trial, True
                break
            length /= 2
        if not moved:
            converged = float(score @ step) < _FLAT
            break
        steps += 1
        score, information = score_and_information(layout, values, groups)
        inverse, full = inverse_information(information)
    return Solution(values, best, inverse, full, converged, steps)
