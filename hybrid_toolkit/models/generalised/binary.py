"""Binary outcomes: logistic and complementary log-log regression with clustered intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.models.generalised.fisher_scoring import solve_glm
from hybrid_toolkit.models.generalised.glm_result import GeneralisedFit, Made, read_rows
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.result_rows import as_terms, check_choice, zero_one
from hybrid_toolkit.models.terms.terms import Terms, pinned

BINARY_LINKS = {
    "logit": "logistic regression",
    "probit": "probit regression",
    "cloglog": "complementary log-log regression",
}


def fit_binary(
    frame: pd.DataFrame,
    *,
    outcome: str,
    terms: Terms,
    cluster: str | None = None,
    link: str = "logit",
    variance: str = "jackknife",
    conf_level: float = 0.95,
) -> GeneralisedFit:
    """Regression of a yes/no outcome.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an observation; rows with a missing value are left out and counted.
    outcome : str
        0/1.
    terms : Terms
        Terms or columns; an intercept is added.
    cluster : str | None, optional
        Rows of one cluster depend on each other; None gives the model's own errors.
    link : str, default "logit"
        Key of ``BINARY_LINKS``.
    variance : str, default "jackknife"
        Where there is a cluster ``"jackknife"``, t with effective clusters - 1 of each slope, or ``"sandwich"``, t with
        clusters - 1, whose errors are too small with few clusters.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    GeneralisedFit
        A fitted generalised linear model: arrays only.

    Raises
    ------
    EstimationError
        An outcome that takes one value, perfect prediction (``SEPARATION``), one cluster, a singular design.
    CoverageError
        A column is not there.

    Notes
    -----
    McCullagh and Nelder (1989), Generalized Linear Models. Separation: Albert and Anderson (1984), Biometrika 71.

    References
    ----------
    - Albert, A. and Anderson, J. A. (1984). Biometrika 71, 1-10.
    - McCullagh, P. and Nelder, J. A. (1989). Generalized Linear Models, second edition.

    Examples
    --------
    Odds of 1 to 3 and of 3 to 1: the slope is the log of nine.

    >>> f = pd.DataFrame({"left": [1, 0, 0, 0, 1, 1, 1, 0], "remote": [0, 0, 0, 0, 1, 1, 1, 1]})
    >>> round(float(np.exp(fit_binary(f, outcome="left", terms=["remote"]).estimate[1])), 6)
    9.0
    """
    check_arguments(fit_binary, locals())
    check_choice("link", link, BINARY_LINKS)
    rows, names, x, group = read_rows(frame, outcome, terms, cluster, None, variance, conf_level)
    y = zero_one(rows, outcome)
    found = solve_glm(x, y, link=link, what=f"'{outcome}'")
    chi = float(((y - found.mean) ** 2 / np.maximum(found.mean * (1 - found.mean), 1e-300)).sum())
    model_terms = pinned(rows, as_terms(frame, terms))
    made = Made(outcome, BINARY_LINKS[link], link, cluster, variance, conf_level, len(frame), model_terms)
    return made.result(names, x, y, found, group, chi, np.inf)
