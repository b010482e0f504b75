"""Two groups made alike by weights, alone or with a model of the outcome: propensity and doubly robust contrasts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.columns.numeric_columns import settled_columns
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.inference.clustered_variance import enough_clusters
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.design_matrix import codes, complete_rows
from hybrid_toolkit.models.terms.result_rows import (
    as_terms,
    check_choice,
    check_level,
    design,
    term_columns,
    varying,
    zero_one,
)
from hybrid_toolkit.models.terms.terms import Terms
from hybrid_toolkit.models.weighting.balance import effective_size, standardised_differences
from hybrid_toolkit.models.weighting.propensity_score import fit_propensity
from hybrid_toolkit.models.weighting.weighted_contrast import WeightedContrast
from hybrid_toolkit.models.weighting.weighted_result import WEIGHTING_ESTIMANDS, WeightedFit

CHANCES = {"logit": "logistic regression", "probit": "probit regression"}
"""Models of the chance of being treated."""
_MOST_REFITS = 400
"""Up to so many clusters each is left out in turn; with more, or with rows of their own, the influence function."""


def fit_weighted(
    frame: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    covariates: Terms,
    estimand: str = "ATE",
    link: str = "logit",
    cluster: str | None = None,
    trim: float = 0.0,
    conf_level: float = 0.95,
) -> WeightedFit:
    """A difference of means weighted by the chance of being treated.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a unit; rows with a missing value are left out and counted.
    outcome : str
        Numeric or 0/1.
    treatment : str
        0/1.
    covariates : Terms
        Terms or columns of the model of treatment.
    estimand : str, default "ATE"
        Key of ``WEIGHTING_ESTIMANDS``.
    link : str, default "logit"
        Key of ``CHANCES``, of that model.
    cluster : str | None, optional
        Rows of one cluster depend on each other; default every row its own. Few clusters are left out in turn, since
        the influence function's errors are too small with few.
    trim : float, default 0.0
        Rows whose fitted chance is below this or above one less this are left out; that changes the estimand.
    conf_level : float, default 0.95
        Level of the interval, t with effective clusters - 1; an estimate with one treated (or one untreated) cluster
        gets none.

    Returns
    -------
    WeightedFit
        A difference of means weighted by the chance of being treated.

    Raises
    ------
    EstimationError
        One group, no overlap (code ``OVERLAP``), one cluster, a singular design, a constant outcome.
    CoverageError
        A column is not there.

    Notes
    -----
    Normalised weights (Hajek). Intervals from the influence function with the estimated chances in it: Lunceford and
    Davidian (2004), Statistics in Medicine 23, 2937-2960. Overlap weights: Li, Morgan and Zaslavsky (2018), JASA 113.

    References
    ----------
    - Li, F., Morgan, K. L. and Zaslavsky, A. M. (2018). Journal of the American Statistical Association 113, 390-400.
    - Lunceford, J. K. and Davidian, M. (2004). Statistics in Medicine 23, 2937-2960.

    Examples
    --------
    >>> f = pd.DataFrame({"d": [0, 0, 0, 1, 0, 1, 1, 1], "x": [0] * 4 + [1] * 4, "y": [1.0, 2, 3, 5, 4, 7, 8, 9]})
    >>> round(fit_weighted(f, outcome="y", treatment="d", covariates=["x"]).estimate, 6)
    3.5
    """
    check_arguments(fit_weighted, locals())
    asked = _Asked(outcome, treatment, estimand, "weights", link, cluster, trim, conf_level)
    return _fit(frame, asked, covariates, None)


def fit_doubly_robust(
    frame: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    covariates: Terms,
    outcome_covariates: Terms | None = None,
    estimand: str = "ATE",
    link: str = "logit",
    normalised: bool = True,
    cluster: str | None = None,
    trim: float = 0.0,
    conf_level: float = 0.95,
) -> WeightedFit:
    """The same by weights and a linear model of the outcome in each group: right if either model is.

    Parameters
    ----------
    frame : pd.DataFrame
        See ``fit_weighted``.
    outcome : str
        See ``fit_weighted``.
    treatment : str
        See ``fit_weighted``.
    covariates : Terms
        See ``fit_weighted``.
    outcome_covariates : Terms | None, optional
        Terms or columns of the model of the outcome; default ``covariates``.
    estimand : str, default "ATE"
        See ``fit_weighted``.
    link : str, default "logit"
        See ``fit_weighted``.
    normalised : bool, default True
        Divide the weights of each group by their sum, which is steadier where overlap is thin; False is the plain
        augmented estimator (Stata's ``teffects aipw``).
    cluster : str | None, optional
        See ``fit_weighted``.
    trim : float, default 0.0
        See ``fit_weighted``.
    conf_level : float, default 0.95
        See ``fit_weighted``.

    Returns
    -------
    WeightedFit
        The same by weights and a linear model of the outcome in each group: right if either model is.

    Notes
    -----
    Augmented weights: Robins, Rotnitzky and Zhao (1994), JASA 89; Bang and Robins (2005),
    Biometrics 61. The influence function holds the error of all three fitted models.

    References
    ----------
    - Bang, H. and Robins, J. M. (2005). Biometrics 61, 962-973.
    - Robins, J. M., Rotnitzky, A. and Zhao, L. P. (1994). Journal of the American Statistical Association 89, 846-866.

    Examples
    --------
    >>> f = pd.DataFrame({"d": [0, 0, 0, 1, 0, 1, 1, 1], "x": [0] * 4 + [1] * 4, "y": [1.0, 2, 3, 5, 4, 7, 8, 9]})
    >>> round(fit_doubly_robust(f, outcome="y", treatment="d", covariates=["x"]).estimate, 6)
    3.5
    """
    check_arguments(fit_doubly_robust, locals())
    asked = _Asked(outcome, treatment, estimand, "doubly-robust", link, cluster, trim, conf_level, normalised)
    return _fit(frame, asked, covariates, outcome_covariates)


class _Asked(NamedTuple):
    """What both estimators are asked for."""

    outcome: str
    treatment: str
    estimand: str
    how: str
    link: str
    cluster: str | None
    trim: float
    conf_level: float
    normalised: bool = True


def _fit(
    frame: pd.DataFrame,
    asked: _Asked,
    covariates: Terms,
    outcome_covariates: Terms | None,
) -> WeightedFit:
    outcome, treatment, estimand, how, link, cluster, trim, conf_level, normalised = asked
    check_level(conf_level)
    check_choice("estimand", estimand, WEIGHTING_ESTIMANDS)
    check_choice("link", link, CHANCES)
    if not 0 <= trim < 0.5:
        raise EstimationError("trim must lie from 0 to below 0.5.", fix="Set a share such as 0.05.", code="TRIM")
    terms = as_terms(frame, covariates, what="covariates")
    more = terms if outcome_covariates is None else as_terms(frame, outcome_covariates, what="outcome_covariates")
    every = [*term_columns(terms), *term_columns(more), *([cluster] if cluster else [])]
    rows = complete_rows(frame, [outcome, treatment, *every])
    y, d = varying(rows, outcome), zero_one(rows, treatment)
    names, given = design(rows, terms)
    x = settled_columns(given).z
    z = x if more is terms else settled_columns(design(rows, more)[1]).z
    middle = float(np.median(y))
    y = y - middle
    group = codes(rows, cluster) if cluster else np.arange(len(rows))
    score = fit_propensity(d, x, link=link)
    kept = (score.chance >= trim) & (score.chance <= 1 - trim)
    n_trimmed = int((~kept).sum())
    if n_trimmed:
        y, d, x, z, given = y[kept], d[kept], x[kept], z[kept], given[kept]
        group = np.unique(group[kept], return_inverse=True)[1]
        if min(d.sum(), (1 - d).sum()) < 2:
            raise EstimationError(
                "trimming leaves fewer than 2 rows in a group.", fix="Reduce the share that is trimmed.", code="OVERLAP"
            )
        score = fit_propensity(d, x, link=link)
    size = enough_clusters(group, cluster or "rows")
    made = WeightedContrast(y, d, x, z, estimand, how, score, link=link, normalised=normalised)
    jackknife = cluster is not None and size <= _MOST_REFITS
    std_error = made.left_out(group) if jackknife else made.from_influence(group)
    weights = made.weights(score.chance)
    one, zero = made.means(made.nuisance)
    leverage, behind = _leverage(weights, d, group, clustered=cluster is not None)
    before, after = standardised_differences(given[:, 1:], d, weights[0], weights[1])
    return WeightedFit(
        outcome=outcome,
        treatment=treatment,
        estimand=estimand,
        how=how,
        estimate=float(one - zero),
        std_error=std_error,
        df=float(support.degrees(leverage)[0]) if cluster else float(size - 1),
        mean_treated=float(one) + middle,
        mean_control=float(zero) + middle,
        balance=pd.DataFrame({"term": names[1:], "before": before, "after": after}),
        chance_low=float(np.quantile(score.chance, 0.01)),
        chance_high=float(np.quantile(score.chance, 0.99)),
        effective_treated=effective_size(weights[0]),
        effective_control=effective_size(weights[1]),
        n=len(y),
        n_treated=int(d.sum()),
        n_trimmed=n_trimmed,
        n_missing=len(frame) - len(rows),
        n_clusters=size,
        errors="jackknife" if jackknife else "influence",
        conf_level=conf_level,
        behind=behind,
    )


def _leverage(weights: tuple[Array, Array, Array], d: Array, group: Codes, *, clustered: bool) -> tuple[Array, float]:
    """Each cluster's part of the variance of the two weighted means, and the clusters behind their difference."""
    arms = [(w * on / (w * on).sum()) ** 2 for w, on in ((weights[0], d), (weights[1], 1 - d))]
    leverage = np.bincount(group, weights=arms[0] + arms[1])[:, None].astype(np.float64)
    return leverage, float(support.behind(leverage, d[:, None], group)[0]) if clustered else np.inf
