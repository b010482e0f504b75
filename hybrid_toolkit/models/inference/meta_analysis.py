"""Random-effects meta-analysis: a mean over sites, how much they differ, and where another site would lie."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import LARGEST
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.inference.meta_analysis_result import (
    META_ANALYSIS_INTERVALS,
    META_ANALYSIS_METHODS,
    MIN_FOR_PREDICTION,
    RandomEffects,
)
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.result_rows import check_choice, check_level

PREDICTIONS: Mapping[str, str] = MappingProxyType(
    {
        "confidence-distribution": "over what the variance between sites may be (Nagashima)",
        "t": "with the variance between sites as if known (Higgins)",
    }
)
_DRAWS = 10_000


def fit_random_effects(
    estimates: ArrayLike,
    variances: ArrayLike,
    *,
    n: int = 0,
    method: str = "reml",
    interval: str = "hartung-knapp",
    prediction: str = "confidence-distribution",
    seed: int = 0,
    conf_level: float = 0.95,
) -> RandomEffects:
    """Combine the estimates of several sites that may truly differ.

    Parameters
    ----------
    estimates : ArrayLike
        Estimates, one a site.
    variances : ArrayLike
        Squared standard errors, one a site.
    n : int, default 0
        Rows behind all of them, for the record.
    method : str, default "reml"
        Key of ``META_ANALYSIS_METHODS``, for the variance between sites.
    interval : str, default "hartung-knapp"
        ``"hartung-knapp"`` (t with k - 1 degrees of freedom; the safer one) or ``"normal"``.
    prediction : str, default "confidence-distribution"
        Key of ``PREDICTIONS``. With a dozen sites the t interval holds another site too seldom.
    seed : int, default 0
        Of the draws behind the first of these.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    RandomEffects
        A random-effects mean over sites.

    Raises
    ------
    EstimationError
        Fewer than two sites, unequal lengths, values that are not finite, variances not above zero.

    Notes
    -----
    Viechtbauer (2005), Journal of Educational and Behavioral Statistics 30 (REML); Paule and Mandel (1982), Journal of
    Research of the National Bureau of Standards 87; DerSimonian and Laird (1986), Controlled Clinical Trials 7;
    Hartung and Knapp (2001), Statistics in Medicine 20, with a factor of at least 1 (Roever, Knapp and Friede 2015,
    BMC Medical Research Methodology 15:99; metafor's ``test="adhoc"``); I2 by the typical variance of Higgins and
    Thompson (2002), Statistics in Medicine 21; prediction interval of Nagashima, Noma and Furukawa (2019),
    Statistical Methods in Medical Research 28, the distribution of Q by its first two moments; the t one as IntHout
    and others (2016), BMJ Open 6.

    References
    ----------
    - DerSimonian, R. and Laird, N. (1986). Controlled Clinical Trials 7, 177-188.
    - Hartung, J. and Knapp, G. (2001). Statistics in Medicine 20.
    - Higgins, J. P. T. and Thompson, S. G. (2002). Statistics in Medicine 21, 1539-1558.
    - IntHout, J. and others (2016). BMJ Open 6, e010247.
    - Nagashima, K., Noma, H. and Furukawa, T. A. (2019). Statistical Methods in Medical Research 28, 1689-1702.
    - Paule, R. C. and Mandel, J. (1982). Journal of Research of the National Bureau of Standards 87, 377-385.
    - Viechtbauer, W. (2005). Journal of Educational and Behavioral Statistics 30, 261-293.

    Examples
    --------
    Three sites of equal variance: the mean is their plain mean, and its error that of a sample of three.

    >>> fit = fit_random_effects([1.0, 2.0, 6.0], [1.0, 1.0, 1.0])
    >>> round(fit.estimate, 6), round(fit.std_error**2, 4), round(fit.tau2, 4), round(fit.q, 4)
    (3.0, 2.3333, 6.0, 14.0)
    """
    check_arguments(fit_random_effects, locals())
    check_level(conf_level)
    check_choice("method", method, META_ANALYSIS_METHODS)
    check_choice("interval", interval, META_ANALYSIS_INTERVALS)
    check_choice("prediction", prediction, PREDICTIONS)
    y, v = _checked(estimates, variances)
    k = len(y)
    tau2, converged = _between(y, v, method)
    if not converged:
        raise EstimationError(
            f"the search for the variance between {k} sites did not end, so there is no estimate.",
            fix="Use method='dersimonian-laird', which needs no search.",
            code="NOT-CONVERGED",
        )
    w = 1 / (v + tau2)
    mean = float(w @ y / w.sum())
    q = _spread(0.0, y, v) + k - 1
    plain = 1 / w.sum()
    hartung = interval == "hartung-knapp"
    # estimates more alike than their own errors allow would leave no width: the factor is at least 1, as metafor's
    # "adhoc" has it
    spread = float((w @ (y - mean) ** 2) / (k - 1))
    square = float(plain) * (max(1.0, spread) if hartung else 1.0)
    error = float(np.sqrt(square))
    reference = stats.t(k - 1) if hartung else stats.norm()
    reach = float(reference.ppf(0.5 + conf_level / 2))
    ahead = (float("nan"), float("nan"))
    may = k >= MIN_FOR_PREDICTION and method != "common"
    if may and prediction == "t":
        far = reach * float(np.sqrt(tau2 + square))
        ahead = mean - far, mean + far
    elif may:
        ahead = _another_site(y, v, q, conf_level, seed)
        # another site is at least as uncertain as the mean over sites, whose interval the factor above may have widened
        ahead = min(ahead[0], mean - reach * error), max(ahead[1], mean + reach * error)
    typical = (k - 1) / _scale(v)
    information = (w**2).sum() - 2 * (w**3).sum() / w.sum() + ((w**2).sum() / w.sum()) ** 2
    return RandomEffects(
        estimate=mean,
        std_error=error,
        conf_low=mean - reach * error,
        conf_high=mean + reach * error,
        p_value=float(2 * reference.sf(abs(mean) / error)) if error > 0 else float("nan"),
        prediction_low=ahead[0],
        prediction_high=ahead[1],
        tau2=tau2,
        tau2_se=float(np.sqrt(2 / information)) if method == "reml" else float("nan"),
        i2=float(tau2 / (tau2 + typical)),
        q=q,
        q_p_value=float(stats.chi2.sf(q, k - 1)),
        k=k,
        n=n,
        method=method,
        interval=interval,
        prediction=prediction,
        conf_level=conf_level,
        converged=converged,
    )


def _another_site(y: Array, v: Array, q: float, conf_level: float, seed: int) -> tuple[float, float]:
    """Quantiles of another site's true value over the confidence distribution of the variance between sites."""
    k, rng = len(y), np.random.default_rng(seed)
    top = 100 * float(np.ptp(y) ** 2) + float(v.max())
    grid = np.concatenate([[0.0], np.geomspace(1e-4 * float(v.min()), top, 240)])
    above = np.maximum.accumulate(_q_above(q, v, grid))  # rises with the variance between sites
    kept = np.concatenate([[True], np.diff(above) > 0])
    tau2 = np.interp(rng.random(_DRAWS), above[kept], grid[kept])
    w = 1 / (v + tau2[:, None])
    total = w.sum(axis=1)
    mean = w @ y / total
    error = np.sqrt((w * (y - mean[:, None]) ** 2).sum(axis=1) / total / (k - 1))
    drawn = mean + rng.standard_normal(_DRAWS) * np.sqrt(tau2) - rng.standard_t(k - 1, _DRAWS) * error
    low, high = np.quantile(drawn, [0.5 - conf_level / 2, 0.5 + conf_level / 2])
    return float(low), float(high)


def _q_above(q: float, v: Array, tau2: Array) -> Array:
    """Chance that Cochran's Q exceeds a value at variances between sites: a gamma with its mean and variance."""
    w = 1 / v
    a = np.diag(w) - np.outer(w, w) / w.sum()
    spread = v[:, None] + tau2
    first = np.diagonal(a) @ spread
    second = 2 * (spread * (a**2 @ spread)).sum(axis=0)
    out: Array = stats.gamma.sf(q, first**2 / second, scale=second / first)
    return out


def _checked(estimates: ArrayLike, variances: ArrayLike) -> tuple[Array, Array]:
    try:
        y, v = np.asarray(estimates, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    except (TypeError, ValueError):
        raise EstimationError(
            "estimates and variances must be two lists of numbers.",
            fix="Pass one number of each for every site.",
            code="SITES",
        ) from None
    if y.ndim != 1 or y.shape != v.shape:
        raise EstimationError(
            "estimates and variances must be two lists of one length.",
            fix="Pass one of each for every site.",
            code="SITES",
        )
    if len(y) < 2:
        raise EstimationError(
            f"{plural(len(y), 'site was', 'sites were')} given; combining needs at least 2.",
            fix="Add sites until there are at least 2.",
            code="SITES",
        )
    bad = np.flatnonzero(~((np.abs(y) < LARGEST) & (v > 1 / LARGEST) & (v < LARGEST)))
    if len(bad):
        raise EstimationError(
            f"{plural(len(bad), 'site has', 'sites have')} an estimate that is not finite or a variance not above zero "
            f"(or numbers beyond {LARGEST:.0e}), at positions {', '.join(map(str, bad[:5]))}.",
            fix="Leave them out, or correct their fit.",
            code="SITES",
        )
    return y, v


def _between(y: Array, v: Array, method: str) -> tuple[float, bool]:
    """The variance between sites and whether its search ended."""
    if method == "common":
        return 0.0, True
    if method == "dersimonian-laird":
        return max(0.0, _spread(0.0, y, v) / _scale(v)), True
    return _paule_mandel(y, v) if method == "paule-mandel" else _likeliest(y, v, restricted=method == "reml")


def _scale(v: Array) -> float:
    """What the expectation of Q rises by for each unit of variance between sites."""
    w = 1 / v
    return float(w.sum() - (w**2).sum() / w.sum())


def _spread(tau2: float, y: Array, v: Array) -> float:
    """Generalised Q at a variance between sites, less its expectation k - 1."""
    w = 1 / (v + tau2)
    return float(w @ (y - w @ y / w.sum()) ** 2) - (len(y) - 1)


def _paule_mandel(y: Array, v: Array) -> tuple[float, bool]:
    """The variance at which Q is k - 1; zero where Q is under it already."""
    if _spread(0.0, y, v) <= 0:
        return 0.0, True
    high = float(np.ptp(y) ** 2)
    return float(optimize.brentq(_spread, 0.0, high, args=(y, v), xtol=1e-14, rtol=1e-12)), True


def _likeliest(y: Array, v: Array, *, restricted: bool) -> tuple[float, bool]:
    """The largest (restricted) likelihood, over a grid first since it may have two tops."""

    def loss(tau2: float) -> float:
        w = 1 / (v + tau2)
        rest = w @ (y - w @ y / w.sum()) ** 2
        return float(-np.log(w).sum() + (np.log(w.sum()) if restricted else 0.0) + rest)

    top = float(4 * np.ptp(y) ** 2) + float(v.max())
    grid = np.concatenate([[0.0], np.geomspace(1e-6 * float(v.min()), top, 200)])
    at = int(np.argmin([loss(t) for t in grid]))
    if at == 0:
        return 0.0, True
    low, high = grid[at - 1], grid[min(at + 1, len(grid) - 1)]
    found = optimize.minimize_scalar(
        loss, bounds=(low, high), method="bounded", options={"xatol": 1e-10 * (high - low)}
    )
    return float(found.x), bool(found.success)
