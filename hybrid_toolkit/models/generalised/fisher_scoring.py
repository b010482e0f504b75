"""Generalised linear models by Fisher's scoring: the search that binary, count and discrete-time fits share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError

FAR, RAGGED = 15.0, 1e3
"""A slope this far from zero, for one standard deviation of its column, or a variance as large, is a sign of
separation."""
GLM_LINKS = {"logit": "log odds", "probit": "probit", "cloglog": "log hazard", "log": "log rate"}
"""Links and the unit of their slopes."""


@dataclass(frozen=True, slots=True, eq=False)
class ScoringSolution:
    """A solved model.

    Parameters
    ----------
    b : k coefficients. mean : n fitted means. scores : n x k. weight : n working weights, so that X'WX is the
        information. log_likelihood : up to what does not depend on the coefficients for ``"log"``.
    converged : the search ended at an optimum.
    """

    b: Array
    mean: Array
    scores: Array
    weight: Array
    log_likelihood: float
    converged: bool


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
    x : n x k of full rank. y : n outcomes. link : key of ``GLM_LINKS``. offset : n known parts of the predictor.
    theta : size of a negative binomial (variance mean + mean squared / theta); infinite for a Poisson.
    start : coefficients to start from. what, code : words and code of the error at separation.

    Raises
    ------
    EstimationError : columns that tell the outcome without error, so that no finite slope fits best.

    Examples
    --------
    >>> x = np.column_stack([np.ones(4), [0.0, 0, 1, 1]])
    >>> solve_glm(x, np.array([1.0, 3, 4, 4]), link="log").b.round(3).tolist()
    [0.693, 0.693]
    """
    add = np.zeros(len(y)) if offset is None else offset
    centre, scale = x.mean(axis=0), x.std(axis=0)
    plain = scale <= 1e-12 * np.maximum(1.0, np.abs(centre))
    centre, scale = np.where(plain, 0.0, centre), np.where(plain, 1.0, scale)
    z = (x - centre) / scale
    turn = np.diag(1 / scale)
    if plain[0]:
        turn[0] -= centre / scale
    b = np.linalg.solve(turn, start) if start is not None else _first(z, y, add, link, plain)
    mean, slope, weight, value = _pieces(z @ b + add, y, link, theta)
    converged = False
    for _ in range(60):
        information = (z * weight[:, None]).T @ z
        try:
            step = np.linalg.solve(information, z.T @ slope)
        except np.linalg.LinAlgError:
            break
        gain = float((z.T @ slope) @ step)
        if gain < 1e-11 * max(1.0, abs(value)):
            b, converged = b + step, True
            mean, slope, weight, value = _pieces(z @ b + add, y, link, theta)
            break
        for half in range(25):
            trial = _pieces(z @ (b + step / 2**half) + add, y, link, theta)
            if np.isfinite(trial[3]) and trial[3] >= value:
                break
        else:
            break
        b, (mean, slope, weight, value) = b + step / 2**half, trial
        if np.abs(b[~plain]).max(initial=0) > 2 * FAR:
            break
    _not_apart((z * weight[:, None]).T @ z, np.asarray(b, dtype=np.float64), plain, what, code)
    return ScoringSolution(turn @ b, mean, x * slope[:, None], weight, value, converged)


def _first(z: Array, y: Array, add: Array, link: str, plain: NDArray[np.bool_]) -> Array:
    """Coefficients to start from: the intercept alone."""
    b = np.zeros(z.shape[1])
    if not plain[0]:
        return b
    share = float(np.clip(y.mean(), 1e-3, 1 - 1e-3))
    if link == "log":
        b[0] = np.log(max(float(y.sum()), 0.5) / float(np.exp(add).sum()))
    else:
        inverse = {"logit": special.logit(share), "probit": special.ndtri(share)}
        b[0] = inverse.get(link, np.log(-np.log1p(-share)))
    return b


def _not_apart(information: Array, b: Array, plain: NDArray[np.bool_], what: str, code: str) -> None:
    spread = np.diagonal(np.linalg.pinv(information, hermitian=True, rcond=1e-14))
    lost = np.diagonal(information) < 1e-8
    apart = (~np.isfinite(b) | (np.abs(b) > FAR) | (spread > RAGGED) | lost) & ~plain
    if apart.any() or (plain & (lost | (spread > RAGGED))).any():
        raise EstimationError(
            f"separation: {int(apart.sum())} column(s) tell {what} without error, so their slopes have no finite "
            "estimate.",
            fix="Join levels that are rare, leave the column out, or keep to rows where both answers could occur.",
            code=code,
        )
