"""Generalised linear models by Fisher's scoring: the search that binary, count and discrete-time fits share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import Scaled, settled_columns
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.generalised.separation import perfectly_separated

FLAT = 1e-8
"""Information on a slope below this, for columns scaled to spread 1, is rounding: the root of a float's 1e-16."""
_NO_RISE = 1e-15
"""A rise of the likelihood that a floating-point number (2e-16 of its size) can no longer show."""
FAR, RAGGED = 15.0, 1e3
"""A slope this far from zero, for one standard deviation of its column, or a variance as large, is a reason to look
for separation; only what a linear programme finds is called so."""
GLM_LINKS = {"logit": "log odds", "probit": "probit", "cloglog": "log hazard", "log": "log rate"}
"""Links and the unit of their slopes."""


@dataclass(frozen=True, slots=True, eq=False)
class ScoringSolution:
    """A solved model.

    Parameters
    ----------
    b : Array
        The k coefficients; 0 for a column that the others determine in these rows.
    mean : Array
        The n fitted means.
    scores : Array
        Shape n x m, along the columns of ``basis``, in which the information is Z'WZ; ``basis`` brings what follows
        from both back to the columns of x.
    weight : Array
        The n working weights.
    log_likelihood : float
        Up to what does not depend on the coefficients for ``"log"``.
    basis : Scaled
        The columns that the model was solved in.
    """

    b: Array
    mean: Array
    scores: Array
    weight: Array
    log_likelihood: float
    basis: Scaled

    @property
    def information(self) -> Array:
        """Expected information of the coefficients of ``basis``."""
        root = self.basis.z * np.sqrt(self.weight)[:, None]
        return np.asarray(root.T @ root, dtype=np.float64)


def _pieces(eta: Array, y: Array, link: str, theta: float) -> tuple[Array, Array, Array, float]:
    """Mean, slope of the log-likelihood along eta, expected curvature, log-likelihood."""
    eta = np.clip(eta, -30, 30)
    if link == "logit":
        mean = special.expit(eta)
        value = float((y * eta - np.logaddexp(0, eta)).sum())
        return mean, y - mean, mean * (1 - mean), value
    if link == "probit":
        mean, d = special.ndtr(eta), np.exp(-(eta**2) / 2) / np.sqrt(2 * np.pi)
        safe = np.maximum(mean * special.ndtr(-eta), 1e-300)
        value = float((y * special.log_ndtr(eta) + (1 - y) * special.log_ndtr(-eta)).sum())
        return mean, (y - mean) * d / safe, d**2 / safe, value
    rate = np.exp(eta)
    if link == "cloglog":
        mean = -np.expm1(-rate)
        safe = np.maximum(mean, 1e-300)
        bend = np.exp(-rate) * rate / safe
        value = float((y * np.log(safe) - (1 - y) * rate).sum())
        return mean, (y - mean) / safe * rate, bend * rate, value
    if np.isfinite(theta):
        value = float((y * eta - (y + theta) * np.log(theta + rate) + theta * np.log(theta)).sum())
        value += float((special.gammaln(y + theta) - special.gammaln(theta) - special.gammaln(y + 1)).sum())
        share = theta / (theta + rate)
        return rate, (y - rate) * share, rate * share, value
    return rate, y - rate, rate, float((y * eta - rate - special.gammaln(y + 1)).sum())


def solve_glm(
    x: Array,
    y: Array,
    *,
    link: str,
    offset: Array | None = None,
    theta: float = np.inf,
    start: Array | None = None,
    what: str = "the outcome",
    code: str = "SEPARATION",
) -> ScoringSolution:
    """Maximum likelihood; the first column of ``x`` is the intercept.

    Parameters
    ----------
    x : Array
        Shape n x k.
    y : Array
        The n outcomes.
    link : str
        Key of ``GLM_LINKS``.
    offset : Array | None, optional
        The n known parts of the predictor.
    theta : float, optional
        Size of a negative binomial (variance mean + mean squared / theta); infinite for a Poisson.
    start : Array | None, optional
        Coefficients to start from.
    what : str, default "the outcome"
        What was fitted, in words for the error at separation.
    code : str, default "SEPARATION"
        Code of the error at separation.

    Raises
    ------
    EstimationError
        Columns that tell the outcome without error, so that no finite slope fits best; a search that does not end.

    Examples
    --------
    >>> x = np.column_stack([np.ones(4), [0.0, 0, 1, 1]])
    >>> solve_glm(x, np.array([1.0, 3, 4, 4]), link="log").b.round(3).tolist()
    [0.693, 0.693]
    """
    add = np.zeros(len(y)) if offset is None else offset
    basis = settled_columns(x)
    z = basis.z
    b = basis.into(start[basis.own]) if start is not None else _first(z.shape[1], y, add, link)
    mean, slope, weight, value = _pieces(z @ b + add, y, link, theta)
    converged, known = False, False
    for _ in range(60):
        information = (z * weight[:, None]).T @ z
        try:
            step = np.linalg.solve(information, z.T @ slope)
        except np.linalg.LinAlgError:
            break
        gain = float((z.T @ slope) @ step)
        if gain < 1e-11 * max(1.0, abs(value)):  # the likelihood itself can show no smaller rise
            b, converged = b + step, True
            mean, slope, weight, value = _pieces(z @ b + add, y, link, theta)
            if gain < _NO_RISE:
                break
            continue
        for half in range(25):
            trial = _pieces(z @ (b + step / 2**half) + add, y, link, theta)
            if np.isfinite(trial[3]) and trial[3] >= value:
                break
        else:
            break
        b, (mean, slope, weight, value) = b + step / 2**half, trial
        if not known and np.abs(b[1:]).max(initial=0) > 2 * FAR:
            _not_apart(z, y, link, what, code)
            known = True  # a finite optimum lies further out
    if not known and _suspect((z * weight[:, None]).T @ z, b):
        _not_apart(z, y, link, what, code)
    if not converged:
        raise EstimationError(
            f"the search for the model of {what} did not end, so there is no estimate.",
            fix="Use fewer terms, or join levels that are rare.",
            code="NOT-CONVERGED",
        )
    out = np.zeros(len(basis.own))
    out[basis.own] = basis.back(b)
    return ScoringSolution(out, mean, z * slope[:, None], weight, value, basis)


def _first(k: int, y: Array, add: Array, link: str) -> Array:
    """Coefficients to start from: the intercept alone."""
    b = np.zeros(k)
    share = float(np.clip(y.mean(), 1e-3, 1 - 1e-3))
    if link == "log":
        b[0] = np.log(max(float(y.sum()), 0.5) / float(np.exp(add).sum()))
    else:
        inverse = {"logit": special.logit(share), "probit": special.ndtri(share)}
        b[0] = inverse.get(link, np.log(-np.log1p(-share)))
    return b


def _suspect(information: Array, b: Array) -> bool:
    """Whether slopes lie far out or are hardly known, for one standard deviation of what a column has of its own."""
    size = np.diagonal(information)
    if not np.isfinite(b).all() or not np.isfinite(information).all() or size.min() < FLAT:
        return True
    try:
        spread = np.diagonal(np.linalg.inv(information))
    except np.linalg.LinAlgError:
        return True
    return bool((np.abs(b[1:]) > FAR).any() or (spread > RAGGED).any() or (spread < 0).any())


def _not_apart(z: Array, y: Array, link: str, what: str, code: str) -> None:
    found = perfectly_separated(z, y, counts=link == "log")
    if found:
        raise EstimationError(
            f"separation: {plural(found, 'column predicts', 'columns predict')} {what} perfectly, without a finite "
            "estimate of the slope.",
            fix="Merge levels that are rare, leave the column out, or keep to rows where both answers could occur.",
            code=code,
        )
