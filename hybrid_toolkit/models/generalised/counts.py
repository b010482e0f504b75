"""Counts: Poisson and negative binomial regression with clustered intervals and time at risk."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import optimize, special

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.generalised.fisher_scoring import ScoringSolution, solve_glm
from hybrid_toolkit.models.generalised.glm_result import QUASI, GeneralisedFit, Made, read_rows
from hybrid_toolkit.models.terms.arguments import check_arguments, numbers
from hybrid_toolkit.models.terms.result_rows import as_terms, check_choice, varying
from hybrid_toolkit.models.terms.terms import Terms, pinned

_COUNTS = {"poisson": "Poisson regression", "negative binomial": "negative binomial regression"}


def fit_counts(
    frame: pd.DataFrame,
    *,
    outcome: str,
    terms: Terms,
    exposure_time: str | None = None,
    cluster: str | None = None,
    family: str = "poisson",
    variance: str = "jackknife",
    conf_level: float = 0.95,
) -> GeneralisedFit:
    """Regression of a count, with time at risk where it differs.

    Parameters
    ----------
    frame : pd.DataFrame
        As in ``fit_binary``.
    outcome : str
        Whole numbers from 0.
    terms : Terms
        As in ``fit_binary``.
    exposure_time : str | None, optional
        Column of time at risk, above 0; slopes are then of log rates.
    cluster : str | None, optional
        As in ``fit_binary``.
    family : str, default "poisson"
        Key of ``_COUNTS``. With a cluster a Poisson needs no more than the mean to be right.
    variance : str, default "jackknife"
        As in ``fit_binary``, or ``"quasi-poisson"``: model-based errors times the root of Pearson's dispersion, t with
        rows less coefficients, for a Poisson of rows that do not depend on each other.
    conf_level : float, default 0.95
        As in ``fit_binary``.

    Returns
    -------
    GeneralisedFit
        A fitted generalised linear model: arrays only.

    Raises
    ------
    EstimationError
        Counts that are not whole numbers from 0, no event, time at risk not above 0, perfect prediction, one cluster, a
        singular design, a negative binomial on counts that vary no more than a Poisson's, quasi-Poisson errors with a
        cluster or another family.
    CoverageError
        A column is not there.

    Notes
    -----
    Gourieroux, Monfort and Trognon (1984), Econometrica 52 (a Poisson with clustered errors); negative binomial as
    in Venables and Ripley (2002), section 7.4 (``glm.nb``); quasi-Poisson as in McCullagh and Nelder (1989),
    section 6.2, and R's ``quasipoisson``.

    References
    ----------
    - McCullagh, P. and Nelder, J. A. (1989). Generalized Linear Models, second edition.
    - Gourieroux, C., Monfort, A. and Trognon, A. (1984). Econometrica 52, 701-720.
    - Venables, W. N. and Ripley, B. D. (2002). Modern Applied Statistics with S, fourth edition.

    Examples
    --------
    >>> f = pd.DataFrame({"visits": [1, 3, 2, 2, 4, 4, 3, 5], "remote": [0, 0, 0, 0, 1, 1, 1, 1]})
    >>> round(float(np.exp(fit_counts(f, outcome="visits", terms=["remote"]).estimate[1])), 6)
    2.0
    """
    check_arguments(fit_counts, locals())
    check_choice("family", family, _COUNTS)
    variances = ("jackknife", "sandwich", QUASI)
    rows, names, x, group = read_rows(frame, outcome, terms, cluster, exposure_time, variance, conf_level, variances)
    if variance == QUASI and (cluster is not None or family != "poisson"):
        raise EstimationError(
            "quasi-Poisson errors are for a Poisson of rows that do not depend on each other.",
            fix='Leave out the cluster and the family, or set variance="jackknife".',
            code="QUASI-POISSON",
        )
    y = whole_counts(rows, outcome)
    varying(rows, outcome)
    offset = log_time(rows, exposure_time)
    theta = np.inf
    found = solve_glm(x, y, link="log", offset=offset, what=f"'{outcome}'")
    if family == "negative binomial":
        theta, found = _negative_binomial(x, y, offset, found, outcome)
    spread = found.mean * (1 + (found.mean / theta if np.isfinite(theta) else 0.0))
    chi = float(((y - found.mean) ** 2 / np.maximum(spread, 1e-300)).sum())
    model_terms = pinned(rows, as_terms(frame, terms))
    made = Made(outcome, _COUNTS[family], "log", cluster, variance, conf_level, len(frame), model_terms)
    return made.result(names, x, y, found, group, chi, theta)


def whole_counts(rows: pd.DataFrame, name: str) -> Array:
    """A column of whole numbers from 0, at least one above 0.

    Raises
    ------
    EstimationError
        It holds anything else, or no event.
    """
    y = numbers(rows, name)
    bad = int((~np.isfinite(y) | (y < 0) | (y != np.round(y))).sum())
    if bad or not y.sum() > 0:
        raise EstimationError(
            f"outcome '{name}' holds {plural(bad, 'value that is', 'values that are')} not whole numbers from 0"
            + ("." if y.sum() > 0 else ", and no event at all."),
            fix="Pass counts; model a rate by its count and its time at risk.",
            code="COUNTS" if bad else "NO-EVENT",
        )
    return y


def log_time(rows: pd.DataFrame, name: str | None) -> Array | None:
    """The log of a column of time at risk, or None.

    Raises
    ------
    EstimationError
        It holds a value that is not above 0.
    """
    if name is None:
        return None
    time = numbers(rows, name)
    bad = int((~np.isfinite(time) | (time <= 0)).sum())
    if bad:
        raise EstimationError(
            f"{plural(bad, 'row has', 'rows have')} a '{name}' that is not above 0.",
            fix="Pass time at risk above 0.",
            code="TIMES",
        )
    return np.asarray(np.log(time))


def _negative_binomial(
    x: Array, y: Array, offset: Array | None, found: ScoringSolution, name: str
) -> tuple[float, ScoringSolution]:
    """Size and coefficients in turn, each by maximum likelihood given the other, until both stand."""
    theta = 1.0
    for _ in range(60):
        last = theta
        theta = _size(y, found.mean, name)
        found = solve_glm(x, y, link="log", offset=offset, theta=theta, start=found.b, what=f"'{name}'")
        if abs(theta - last) < 1e-8 * theta:
            break
    else:
        raise EstimationError(
            f"the search for the size of the negative binomial of '{name}' did not end, so there is no estimate.",
            fix="Use the Poisson with a cluster.",
            code="NOT-CONVERGED",
        )
    return theta, found


def _size(y: Array, mean: Array, name: str) -> float:
    def slope(log_theta: float) -> float:
        t = np.exp(log_theta)
        parts = special.digamma(y + t) - special.digamma(t) + np.log(t) + 1 - np.log(t + mean) - (y + t) / (t + mean)
        return float(parts.sum())

    low, high = np.log(1e-4), np.log(1e5)
    if not slope(low) > 0 > slope(high):
        raise EstimationError(
            f"outcome '{name}' varies no more than a Poisson's, so a negative binomial has no finite size.",
            fix="Use the Poisson.",
            code="NO-OVERDISPERSION",
        )
    return float(np.exp(optimize.brentq(slope, low, high, xtol=1e-12)))
