"""How well a factor model fits: chi-square and its scaled form, CFI, TLI, RMSEA, SRMR, information criteria."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.metrics.psychometrics.factor_model import FactorLayout, Moments, Slopes, Solution, implied, slopes

_ROWS = 2000


@dataclass(frozen=True, slots=True)
class FitIndices:
    """Fit of a factor model.

    Parameters
    ----------
    chi2 : float
        Likelihood-ratio statistic against the model that fits exactly.
    df : int
        Its degrees of freedom.
    p_value : float
        Its p-value.
    scaling : float
        Satorra-Bentler scaling factor; 1 where answers are normal.
    chi2_scaled : float
        The statistic ``chi2`` / scaling.
    p_scaled : float
        Its p-value.
    baseline_chi2 : float
        Likelihood-ratio statistic of the model of unrelated items.
    baseline_df : int
        Its degrees of freedom.
    cfi : float
        Comparative fit index, from ``chi2``.
    tli : float
        Tucker-Lewis index, from ``chi2``.
    rmsea : float
        Root mean square error of approximation, from ``chi2``.
    rmsea_low : float
        Lower end of its 90% interval.
    rmsea_high : float
        Upper end of its 90% interval.
    cfi_robust : float
        Comparative fit index with the scaling factor.
    rmsea_robust : float
        Root mean square error of approximation with the scaling factor.
    srmr : float
        Root mean square of the standardised residual covariances.
    srmr_means : float
        With the residual means among them.
    loglik : float
        Log-likelihood of the model with means.
    aic : float
        Its Akaike information criterion.
    bic : float
        Its Bayesian information criterion.
    n_parameters : int
        Its number of parameters.
    """

    chi2: float
    df: int
    p_value: float
    scaling: float
    chi2_scaled: float
    p_scaled: float
    baseline_chi2: float
    baseline_df: int
    cfi: float
    tli: float
    rmsea: float
    rmsea_low: float
    rmsea_high: float
    cfi_robust: float
    rmsea_robust: float
    srmr: float
    srmr_means: float
    loglik: float
    aic: float
    bic: float
    n_parameters: int


@dataclass(frozen=True, slots=True)
class Spread:
    """What the rows say of the sampling variance of the moments.

    Parameters
    ----------
    trace : float
        Tr(V C), V the normal-theory weights of the moments and C their estimated covariance.
    meat : Array
        Covariance of the scores of the parameters, q x q.
    """

    trace: float
    meat: Array


def _chunks(rows: int) -> Iterator[slice]:
    for start in range(0, rows, _ROWS):
        yield slice(start, start + _ROWS)


def spread(
    groups: list[Moments], model: list[tuple[Array, Slopes]], size: int, clusters: list[npt.NDArray[np.int_]] | None
) -> Spread:
    """Distribution-free spread of the moments, seen through a model's weights.

    A row's contribution to group g is (e e' - S, e), e the row less the mean; rows of one cluster are added up, also
    across groups (Satorra and Bentler 1994; Muthen and Satorra 1995 for clusters).
    """
    scores: Array
    many = 0 if clusters is None else 1 + max(int(c.max()) for c in clusters)
    by_cluster, meat, trace = np.zeros((many, size)), np.zeros((size, size)), 0.0
    for group, (have, (cov, slope)) in enumerate(zip(groups, model, strict=True)):
        root = np.linalg.cholesky(cov)
        inverse = np.linalg.inv(cov)
        q, p = slope.mean.shape
        whitened = np.linalg.solve(root, have.centred.T).T
        middle = whitened.T @ whitened / have.n
        weighed = have.centred @ inverse
        bends = slope.cov.reshape(q, p * p).T
        offset = 0.5 * bends.T @ (inverse @ have.cov @ inverse).ravel()
        if clusters is None:
            length = (whitened**2).sum(axis=1)
            bent = ((whitened @ middle) * whitened).sum(axis=1)
            trace += float((0.5 * (length**2 - 2 * bent + (middle**2).sum()) + length).sum()) / have.n
        else:
            for code in np.unique(clusters[group]):
                mine = whitened[clusters[group] == code]
                inner, first = mine.T @ mine - len(mine) * middle, mine.sum(axis=0)
                trace += float(0.5 * (inner**2).sum() + first @ first) / have.n
        for rows in _chunks(have.n):
            z = weighed[rows]
            pairs = (z[:, :, None] * z[:, None, :]).reshape(len(z), p * p)
            scores = 0.5 * pairs @ bends - offset + z @ slope.mean.T
            if clusters is None:
                meat[np.ix_(slope.places, slope.places)] += scores.T @ scores
            else:
                wide = np.zeros((len(scores), size))
                wide[:, slope.places] = scores
                np.add.at(by_cluster, clusters[group][rows], wide)
    if clusters is not None:
        seen = len(np.unique(np.concatenate(clusters)))
        correction = seen / (seen - 1)
        return Spread(trace * correction, correction * by_cluster.T @ by_cluster)
    return Spread(trace, meat)


def model_of(layout: FactorLayout, values: Array) -> list[tuple[Array, Slopes]]:
    """Implied covariance and slopes of each group."""
    return [(implied(layout, values, g)[1], slopes(layout, values, g)) for g in range(layout.n_groups)]


def model_spread(
    layout: FactorLayout, solution: Solution, groups: list[Moments], clusters: list[npt.NDArray[np.int_]] | None
) -> Spread:
    """The spread seen through a fitted model."""
    return spread(groups, model_of(layout, solution.values), layout.size, clusters)


def _baseline(groups: list[Moments], clusters: list[npt.NDArray[np.int_]] | None) -> tuple[float, int, float]:
    """Chi-square, degrees of freedom and scaling factor of unrelated items, with own means and variances a group."""
    p = len(groups[0].mean)
    chi2, model, inverse = 0.0, [], np.zeros((2 * p * len(groups), 2 * p * len(groups)))
    for g, have in enumerate(groups):
        variance = np.diag(have.cov)
        chi2 += have.n * float(np.log(variance).sum() - np.linalg.slogdet(have.cov)[1])
        places = np.arange(2 * p) + 2 * p * g
        d_mean, d_cov = np.zeros((2 * p, p)), np.zeros((2 * p, p, p))
        d_mean[:p] = np.eye(p)
        d_cov[np.arange(p) + p, np.arange(p), np.arange(p)] = 1.0
        model.append((np.diag(variance), Slopes(places, d_mean, d_cov)))
        inverse[places, places] = np.concatenate([variance, 2 * variance**2]) / have.n
    df = len(groups) * p * (p - 1) // 2
    seen = spread(groups, model, len(inverse), clusters)
    return chi2, df, (seen.trace - float((inverse * seen.meat).sum())) / df if df else 1.0


def rmsea_interval(chi2: float, df: int, n: int, n_groups: int, level: float = 0.90) -> tuple[float, float]:
    """Interval of the RMSEA from the noncentral chi-square (Steiger 1990).

    Examples
    --------
    >>> [round(x, 3) for x in rmsea_interval(85.306, 24, 301, 1)]
    [0.071, 0.114]
    """
    if df < 1:
        return 0.0, 0.0
    out = []
    for share in ((1 + level) / 2, (1 - level) / 2):
        if float(stats.chi2.cdf(chi2, df)) <= share:
            out.append(0.0)
            continue
        top = max(chi2, 1.0)
        while float(stats.ncx2.cdf(chi2, df, top)) > share:
            top *= 2
        at = optimize.brentq(lambda nc, s=share: float(stats.ncx2.cdf(chi2, df, nc)) - s, 1e-10, top)
        out.append(float(np.sqrt(float(at) / (n * df) * n_groups)))
    return out[0], out[1]


def _srmr(layout: FactorLayout, values: Array, groups: list[Moments]) -> tuple[float, float]:
    """Root mean square of residuals over observed standard deviations, weighed by rows; without and with means."""
    total, plain, with_means = sum(g.n for g in groups), 0.0, 0.0
    for g, have in enumerate(groups):
        mean, cov = implied(layout, values, g)
        sd = np.sqrt(np.diag(have.cov))
        left = ((have.cov - cov) / np.outer(sd, sd))[np.tril_indices(len(sd))]
        means = (have.mean - mean) / sd
        plain += have.n / total * float(np.sqrt((left**2).mean()))
        with_means += have.n / total * float(np.sqrt(np.concatenate([left, means]) @ np.concatenate([left, means])
                                                     / (len(left) + len(means))))  # fmt: skip
    return plain, with_means


def fit_indices(
    layout: FactorLayout,
    solution: Solution,
    groups: list[Moments],
    seen: Spread,
    *,
    clusters: list[npt.NDArray[np.int_]] | None,
    log_scale: float,
) -> FitIndices:
    """Every index of a fitted model.

    Parameters
    ----------
    seen : Spread
        The spread through the fitted model.
    log_scale : float
        Sum of the logs of the items' standard deviations, to bring the likelihood to the items' own units.

    Notes
    -----
    CFI = 1 - max(T - df, 0) / max(Tb - dfb, T - df, 0); TLI = (Tb/dfb - T/df) / (Tb/dfb - 1); RMSEA =
    sqrt(groups max(T - df, 0) / (n df)); the robust forms put c df for df, c the scaling factor (Brosseau-Liard and
    Savalei 2014). The likelihood is that of covariances with divisor n.
    """
    n, df, chi2 = sum(g.n for g in groups), layout.df, solution.chi2
    scaling = (seen.trace - float((solution.inverse * seen.meat).sum())) / df if df else 1.0
    scaling = scaling if scaling > 0 else float("nan")
    base, base_df, base_scaling = _baseline(groups, clusters)

    def cfi(factor: float, base_factor: float) -> float:
        over = max(chi2 - factor * df, 0.0)
        worst = max(base - base_factor * base_df, over, 0.0)
        return 1.0 - over / worst if worst > 0 else 1.0

    def rmsea(factor: float) -> float:
        return float(np.sqrt(max(chi2 - factor * df, 0.0) / (n * df) * len(groups))) if df else 0.0

    ratio = base / base_df if base_df else float("nan")
    low, high = rmsea_interval(chi2, df, n, len(groups))
    p = len(layout.belongs)
    saturated = -0.5 * sum(
        g.n * (p * np.log(2 * np.pi) + float(np.linalg.slogdet(g.cov)[1]) + 2 * log_scale + p) for g in groups
    )
    loglik = float(saturated - chi2 / 2)
    plain, with_means = _srmr(layout, solution.values, groups)
    return FitIndices(
        chi2=chi2,
        df=df,
        p_value=float(stats.chi2.sf(chi2, df)) if df else float("nan"),
        scaling=scaling,
        chi2_scaled=chi2 / scaling,
        p_scaled=float(stats.chi2.sf(chi2 / scaling, df)) if df else float("nan"),
        baseline_chi2=base,
        baseline_df=base_df,
        cfi=cfi(1.0, 1.0),
        tli=(ratio - chi2 / df) / (ratio - 1) if df and ratio > 1 else 1.0 if not df else float("nan"),
        rmsea=rmsea(1.0),
        rmsea_low=low,
        rmsea_high=high,
        cfi_robust=cfi(scaling, base_scaling),
        rmsea_robust=rmsea(scaling),
        srmr=plain,
        srmr_means=with_means,
        loglik=loglik,
        aic=-2 * loglik + 2 * layout.size,
        bic=-2 * loglik + float(np.log(n)) * layout.size,
        n_parameters=layout.size,
    )
