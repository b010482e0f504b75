"""Mean change of treated less untreated units, doubly robust, with its influence function."""

from __future__ import annotations

import numpy as np

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import scaled
from hybrid_toolkit.errors import EstimationError, plural


def doubly_robust(change: Array, treated: Array, x: Array) -> tuple[float, Array]:
    """Mean change of the treated less what their covariates predict, with its influence function.

    Parameters
    ----------
    change : Array
        The n changes of the outcome.
    treated : Array
        The n zeros and ones.
    x : Array
        Shape n x k, the first column ones.

    Raises
    ------
    EstimationError
        Too few controls, or covariates that tell treated from untreated apart.

    Notes
    -----
    Sant'Anna and Zhao (2020), section 3: outcome regression by least squares, propensity by maximum likelihood.
    """
    n, k = x.shape
    control = 1 - treated
    if control.sum() <= k or treated.sum() < 1 or not scaled(x[treated == 0]).own.all():
        raise EstimationError(
            f"{plural(int(control.sum()), 'comparison unit')} cannot carry {k} coefficients of the covariates.",
            fix="Use fewer covariates, or bring more untreated units.",
            code="TOO-FEW-CONTROLS",
        )
    x = scaled(x).z
    ps, hessian = _propensity(treated, x)
    gram = np.linalg.inv((x * control[:, None]).T @ x / n)
    resid = change - x @ (gram @ ((x * control[:, None]).T @ change / n))
    of_outcome = (control * resid)[:, None] * x @ gram
    of_score = (treated - ps)[:, None] * x @ hessian * n
    w = ps * control / (1 - ps)
    up, still = (treated * resid).mean() / treated.mean(), (w * resid).mean() / w.mean()
    f_up = treated * (resid - up) - of_outcome @ (treated[:, None] * x).mean(axis=0)
    f_still = w * (resid - still) + of_score @ ((w * (resid - still))[:, None] * x).mean(axis=0)
    f_still -= of_outcome @ (w[:, None] * x).mean(axis=0)
    return float(up - still), f_up / treated.mean() - f_still / w.mean()


def _propensity(treated: Array, x: Array) -> tuple[Array, Array]:
    """Fitted probabilities and the inverse information of a logistic regression, by Newton's steps."""
    z, b = x, np.zeros(x.shape[1])
    for _ in range(50):
        ps = 1 / (1 + np.exp(-np.clip(z @ b, -30, 30)))
        information = (z * (ps * (1 - ps))[:, None]).T @ z
        try:
            step = np.linalg.solve(information, z.T @ (treated - ps))
        except np.linalg.LinAlgError:
            break
        b = b + step
        if np.abs(step).max() < 1e-11 * max(1.0, float(np.abs(b).max())):
            if ps.max() < 1 - 1e-6:
                return ps, np.asarray(np.linalg.inv(information), dtype=np.float64)
            break
    raise EstimationError(
        "the covariates tell treated from untreated units apart: there is no overlap to compare within.",
        fix="Use fewer or coarser covariates, or restrict to units that could have been either.",
        code="OVERLAP",
    )
