"""Interrupted time series of counts: a change of level and slope of a rate."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.generalised.fisher_scoring import solve_glm
from hybrid_toolkit.models.series.autocorrelation import SeriesFit, ar1_reml, inside_range, newey_west
from hybrid_toolkit.models.series.count_series_result import FAMILIES, CountSeriesFit
from hybrid_toolkit.models.series.left_over import beyond_neighbours
from hybrid_toolkit.models.series.segmented_design import (
    check_both_periods,
    effect_part,
    positions,
    segment_columns,
)
from hybrid_toolkit.models.terms.arguments import check_arguments, numbers
from hybrid_toolkit.models.terms.design_matrix import complete_rows
from hybrid_toolkit.models.terms.result_rows import (
    as_terms,
    check_choice,
    check_level,
    frozen,
    term_columns,
    varying,
    zero_one,
)
from hybrid_toolkit.models.terms.terms import Terms

_STILL = 1e-6
"""Steps on the log scale below this change no rate in its sixth digit."""
_ERRORS = {
    "ar1": "first-order autocorrelation of Pearson residuals by restricted maximum likelihood",
    "newey-west": "Newey-West",
}


def fit_interrupted_counts(
    frame: pd.DataFrame,
    *,
    outcome: str,
    time: str,
    start: object,
    exposure_time: str | None = None,
    control: str | None = None,
    covariates: Terms = (),
    season: int | None = None,
    harmonics: int | None = None,
    family: str = "poisson",
    errors: str = "ar1",
    conf_level: float = 0.95,
) -> CountSeriesFit:
    """Change of level and slope of a rate from a known period on.

    Parameters
    ----------
    frame : pd.DataFrame
        See ``fit_interrupted``.
    outcome : str
        Counts.
    time : str
        See ``fit_interrupted``.
    start : object
        See ``fit_interrupted``.
    exposure_time : str | None, optional
        Column with what they are counted over, such as children in need; its log is an offset.
    control : str | None, optional
        See ``fit_interrupted``.
    covariates : Terms, optional
        See ``fit_interrupted``.
    season : int | None, optional
        See ``fit_interrupted``.
    harmonics : int | None, optional
        See ``fit_interrupted``.
    family : str, default "poisson"
        Key of ``FAMILIES``.
    errors : str, default "ar1"
        Key of ``_ERRORS``.
    conf_level : float, default 0.95
        See ``fit_interrupted``.

    Returns
    -------
    CountSeriesFit
        A segmented regression of counts; estimates are on the log scale, so ``exp`` gives ratios of rates.

    Raises
    ------
    EstimationError
        Negative or broken counts, an exposure time of 0, no event on one side of the start, and as ``fit_interrupted``.
    CoverageError
        A column is not there.

    Notes
    -----
    Generalised least squares on the working response, weighted and with first-order autocorrelation, until the
    coefficients stand (Zeger 1988, Biometrika 75, 621-629; McCullagh and Nelder 1989, section 2.5). With no
    autocorrelation the estimates are those of the usual log-linear regression, errors times the square root of the
    dispersion.

    References
    ----------
    - McCullagh, P. and Nelder, J. A. (1989). Generalized Linear Models, second edition.
    - Zeger, S. L. (1988). Biometrika 75, 621-629.

    Examples
    --------
    >>> counts = [10, 12, 9, 11, 10, 12, 10, 9, 20, 22, 19, 24, 21, 20, 19, 22]
    >>> f = pd.DataFrame({"month": range(16), "referrals": counts})
    >>> fit = fit_interrupted_counts(f, outcome="referrals", time="month", start=8)
    >>> fit.terms[0], round(float(np.exp(fit.estimate[0])), 1)
    ('level change', 2.1)
    """
    check_arguments(fit_interrupted_counts, locals())
    check_level(conf_level)
    check_choice("family", family, FAMILIES)
    check_choice("errors", errors, _ERRORS)
    extra = as_terms(frame, covariates, what="covariates")
    named = [
        outcome,
        time,
        *([control] if control else []),
        *([exposure_time] if exposure_time else []),
        *term_columns(extra),
    ]
    rows = complete_rows(frame, named)
    y0 = _counts(rows, outcome)
    changed = zero_one(rows, control) if control else np.ones(len(rows))
    at, begin = positions(rows[time], start)
    order = np.lexsort((at, changed))
    rows, y, at, changed = rows.iloc[order], y0[order], at[order], changed[order]
    check_both_periods(at, begin, changed, time)
    _events(y, at >= begin, changed)
    offset = np.log(_exposure_time(rows, exposure_time))
    names, x, wanted = segment_columns(rows, at, begin, changed, control is not None, extra, season, harmonics)
    new = np.concatenate([[True], (np.diff(changed) != 0)])
    step = np.where(new, 0, np.diff(at, prepend=at[0]))
    fit, mu, root, working = _solve(y, x, offset, step, family, errors)
    inside_range(fit)
    weights = np.array(list(wanted.values()))
    mine = changed == 1
    late = (at >= begin) & mine
    without = mu * np.exp(-effect_part(x, names, fit.b, late))
    pearson = (y - mu) * root / mu
    free = len(y) - x.shape[1]
    return CountSeriesFit(
        outcome=outcome,
        time=time,
        control=control,
        terms=tuple(wanted),
        estimate=frozen(weights @ fit.b),
        std_error=frozen(np.sqrt(np.einsum("ij,jk,ik->i", weights, fit.vcov, weights))),
        df=frozen([fit.degrees(w) for w in weights]),
        path=pd.DataFrame(
            {"period": rows[time].to_numpy()[mine], "observed": y[mine], "fitted": mu[mine], "without": without[mine]}
        ),
        rho=fit.rho,
        dispersion=float(pearson @ pearson) / free,
        left_over_p=beyond_neighbours(root * working, x * root[:, None], step),
        n=len(y),
        n_missing=len(frame) - len(y),
        n_before=int(((at < begin) & mine).sum()),
        n_after=int(late.sum()),
        family=family,
        errors=errors,
        converged=True,
        conf_level=conf_level,
    )


_STEPS = 100
"""Steps of the search."""


def _solve(
    y: Array, x: Array, offset: Array, step: NDArray[np.int64], family: str, errors: str
) -> tuple[SeriesFit, Array, Array, Array]:
    """The fit, its means, the square roots of its weights and the response that it was fitted to.

    Begun at the likeliest coefficients of independent counts, which exist or are refused, and moved by halved steps
    where a whole one would throw a mean far off: begun at the counts themselves it ran away in short series of few.
    """
    likeliest = solve_glm(x, y, link="log", offset=offset, what="the counts")
    b, alpha, size = likeliest.b, 0.0, 1.0
    mu = likeliest.mean
    for turn in range(_STEPS):
        if family == "negative-binomial":
            alpha = max(0.0, float((((y - mu) ** 2 - mu) / mu**2).sum() / (len(y) - x.shape[1])))
        root = np.sqrt(mu / (1 + alpha * mu))
        working = np.log(mu) - offset + (y - mu) / mu
        z, w = root * working, x * root[:, None]
        try:
            fit = ar1_reml(z, w, step) if errors == "ar1" else newey_west(z, w, step, _lags(len(y)))
        except np.linalg.LinAlgError:
            break
        moved = x @ (fit.b - b)
        if not np.isfinite(moved).all():
            break
        if float(np.abs(moved).max()) < _STILL:
            if _far_off(y, mu, fit, likeliest.log_likelihood):
                break
            return fit, mu, root, working
        if turn > _STEPS // 2:
            size = 0.5  # two answers in turn
        b = b + _share(moved, size) * (fit.b - b)
        mu = np.exp(x @ b + offset)
    raise EstimationError(
        f"the search for the changes of the {len(y)} counts did not end, so there is no estimate: they are too few, or "
        "neighbouring periods too much alike.",
        fix="Use longer periods, a longer series, or errors='newey-west'.",
        code="NOT-CONVERGED",
    )


def _share(moved: Array, size: float) -> float:
    """How much of a step to take, so that no mean changes by more than a factor of about seven at once."""
    return min(size, 2.0 / max(float(np.abs(moved).max()), 1e-300))


def _far_off(y: Array, mu: Array, fit: SeriesFit, likeliest: float) -> bool:
    """Whether means lie nowhere near the counts, or the errors have no width beside them."""
    value = float((y * np.log(mu) - mu - special.gammaln(y + 1)).sum())
    lost = likeliest - value  # half the rise of the deviance for allowing for autocorrelation
    return lost > 10 + 0.5 * len(y) or not (np.diagonal(fit.vcov) > 0).all()


def _lags(n: int) -> int:
    return int(4 * (n / 100) ** (2 / 9))


def _counts(rows: pd.DataFrame, outcome: str) -> Array:
    y = varying(rows, outcome)
    wrong = int(((y < 0) | (y != np.round(y))).sum())
    if wrong:
        raise EstimationError(
            f"outcome '{outcome}' holds {plural(wrong, 'value that is', 'values that are')} not counts.",
            fix="Pass whole numbers from 0 up, or use fit_interrupted for a mean or a rate.",
            code="NOT-COUNTS",
        )
    return y


def _exposure_time(rows: pd.DataFrame, column: str | None) -> Array:
    if column is None:
        return np.ones(len(rows))
    over = numbers(rows, column)
    wrong = int((~(over > 0)).sum())
    if wrong:
        raise EstimationError(
            f"column '{column}' is not above 0 in {plural(wrong, 'row')}, so there is no rate.",
            fix="Leave these periods out, or check how it was counted.",
            code="EXPOSURE",
        )
    return over


def _events(y: Array, after: NDArray[np.bool_], changed: Array) -> None:
    for who in np.unique(changed):
        for side, name in ((after, "from"), (~after, "before")):
            if y[side & (changed == who)].sum() == 0:
                raise EstimationError(
                    f"a series has no event {name} the start: its rate has no logarithm.",
                    fix="Use longer periods, or more of them.",
                    code="NO-EVENTS",
                )
