"""Yes/no outcomes and counts with several groupings, crossed or nested, and with slopes that vary over them.

The search and Laplace's approximation are those of the library mixedlm. Its optimum is made exact by Newton's steps and
its errors are those of the whole curvature, as lme4 has them: the library's own hold the variances for known.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import Scaled
from hybrid_toolkit.errors import EstimationError, from_extra
from hybrid_toolkit.models.generalised.fisher_scoring import FAR
from hybrid_toolkit.models.multilevel.random_parts import RandomColumns, RandomPart

_STEP, _SMALL = 0.01, 1e-4
"""Steps of second and first differences: columns have unit spread, and the deviance is known to some ten digits."""
_EDGE = 1e-3
"""A standard deviation (on the scale of the link) below this lies at zero, and is held there."""
_NEWTON = 6
"""Steps from an optimum that the search has found to some four digits; two are usual."""
_DONE = 1e-6
"""Gain in the deviance of one more step below which the search has ended."""


@dataclass(frozen=True, slots=True, eq=False)
class CrossedOptimum:
    """What the search found.

    Parameters
    ----------
    slopes : Array
        The k slopes, in the columns' own units.
    vcov : Array
        Their covariance.
    random : tuple[RandomPart, ...]
        The random effects of each grouping.
    log_likelihood : float
        Laplace's approximation at the optimum.
    n_parameters : int
        Slopes and parameters of the random effects.
    at_boundary : bool
        A spread lies at zero.
    """

    slopes: Array
    vcov: Array
    random: tuple[RandomPart, ...]
    log_likelihood: float
    n_parameters: int
    at_boundary: bool


def crossed_optimum(
    basis: Scaled, y: Array, trials: Array | None, offset: Array | None, made: RandomColumns
) -> CrossedOptimum:
    """The model's optimum and its curvature.

    Parameters
    ----------
    basis : Scaled
        The columns of the fixed part in unit spread, a constant first.
    y : Array
        Counts, or successes out of ``trials``.
    trials : Array | None
        Trials; None for counts.
    offset : Array | None
        Added to the linear predictor.
    made : RandomColumns
        The groupings.

    Returns
    -------
    CrossedOptimum
        What the search found.

    Raises
    ------
    EstimationError
        ``NOT-CONVERGED``: the search did not end at an optimum.

    References
    ----------
    - Bates, D., Maechler, M., Bolker, B. and Walker, S. (2015). Journal of Statistical Software 67(1).
    """
    k = basis.z.shape[1]
    data = {**{f"x{i}": basis.z[:, i] for i in range(1, k)}, **made.data, "y": y if trials is None else y / trials}
    text = " + ".join(["y ~ 1", *(f"x{i}" for i in range(1, k)), *made.text])
    fit = _search(text, pd.DataFrame(data), trials, offset)
    at, held, curvature, value = _polish(fit)
    slopes = len(at) - k
    if (np.abs(at[slopes + 1 :]) > FAR).any():
        raise _lost()
    free = np.flatnonzero(~held)
    covariance = np.zeros((len(at), len(at)))
    covariance[np.ix_(free, free)] = np.linalg.inv(curvature[np.ix_(free, free)] / 2)  # of the deviance: twice as much
    return CrossedOptimum(
        slopes=basis.back(at[slopes:]),
        vcov=basis.back_cov(covariance[slopes:, slopes:]),
        random=made.parts_of(_covariances(fit, at[:slopes], made)),
        log_likelihood=float(fit.logLik().value) - (value - float(fit.deviance)) / 2,
        n_parameters=len(at),
        at_boundary=bool(held.any()),
    )


def _lost() -> EstimationError:
    return EstimationError(
        "the search for the variances of the model did not end at an optimum, so there is no estimate.",
        fix="Use fewer random slopes or groupings, or bring more rows a group.",
        code="NOT-CONVERGED",
    )


def _search(text: str, data: pd.DataFrame, trials: Array | None, offset: Array | None) -> Any:
    with from_extra("engines"):
        import mixedlm
        from mixedlm import families

    family = families.Poisson() if trials is None else families.Binomial()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an edge or a failed search is told by the result itself
        try:
            return mixedlm.glmer(text, data, family=family, weights=trials, offset=offset)
        except (ValueError, RuntimeError, ArithmeticError, np.linalg.LinAlgError):
            raise _lost() from None


def _polish(fit: Any) -> tuple[Array, Any, Array, float]:
    """The optimum, which parameters are held at an edge, the deviance's second derivatives there, and the deviance."""
    from mixedlm.estimation.joint_glmm import JointGLMMObjective

    joint = JointGLMMObjective(fit.matrices, fit.family, 1, pirls_tol=1e-12, pirls_maxiter=200)
    at = np.concatenate([np.asarray(fit.theta), np.asarray(fit.beta)])
    lowest = np.array([-np.inf if low is None else low for low, _ in joint.bounds])
    held = (lowest == 0) & (at < _EDGE)
    at = np.where(held, 0.0, at)
    free = np.flatnonzero(~held)

    def deviance(p: Array) -> float:
        value, _, _, done = joint.evaluate(p)
        if not done or not np.isfinite(value):
            raise _lost()
        return float(value)

    value = deviance(at)
    for _ in range(_NEWTON):
        slope, curvature = _derivatives(deviance, at, free, value)
        part = curvature[np.ix_(free, free)]
        if not np.isfinite(part).all() or np.linalg.eigvalsh(part).min() <= 0:
            raise _lost()
        step = np.zeros(len(at))
        step[free] = -np.linalg.solve(part, slope[free])
        gain = -float(slope @ step) / 2
        if gain < _DONE:
            return at, held, curvature, value
        size = 1.0
        while ((at + size * step)[lowest == 0] < 0).any() or deviance(at + size * step) > value:
            size /= 2
            if size < _EDGE:
                raise _lost()
        at = at + size * step
        value = deviance(at)
    raise _lost()


def _derivatives(deviance: Any, at: Array, free: Any, value: float) -> tuple[Array, Array]:
    """First and second derivatives by central differences along the free parameters."""
    p = len(at)
    e = np.zeros((p, p))
    for i in free:  # a spread near zero cannot be moved beyond it
        e[i, i] = min(_STEP, at[i] / 4) if 0 < at[i] < 4 * _STEP else _STEP
    slope, curvature = np.zeros(p), np.zeros((p, p))
    for n, i in enumerate(free):
        up, down = deviance(at + e[i]), deviance(at - e[i])
        small = e[i] * (_SMALL / _STEP)
        slope[i] = (deviance(at + small) - deviance(at - small)) / (2 * small[i])
        curvature[i, i] = (up - 2 * value + down) / e[i, i] ** 2
        for j in free[:n]:
            corners = [deviance(at + a * e[i] + b * e[j]) for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
            curvature[i, j] = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * e[i, i] * e[j, j])
            curvature[j, i] = curvature[i, j]
    return slope, curvature


def _covariances(fit: Any, theta: Array, made: RandomColumns) -> list[Array]:
    """The covariance of each grouping from the parameters: lower triangles, column by row, as lme4 has them."""
    found: dict[str, Array] = {}
    place = 0
    for part in fit.matrices.random_structures:
        q = part.n_terms
        half = np.zeros((q, q))
        for i in range(q):
            for j in range(i + 1):
                if i == j or part.correlated:
                    half[i, j] = theta[place]
                    place += 1
        name = part.grouping_factor
        block = half @ half.T
        before = found.get(name)
        if before is None:
            found[name] = block
        else:  # slopes that are kept apart stand in blocks of their own
            whole = np.zeros((len(before) + q, len(before) + q))
            whole[: len(before), : len(before)], whole[len(before) :, len(before) :] = before, block
            found[name] = whole
    return [found[f"g{i}"] for i in range(len(made.plan))]
