"""The chance of being treated, given what was recorded: a regression that refuses perfect separation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.generalised.fisher_scoring import solve_glm

_EDGE = 1e-6
"""A fitted chance this close to 0 or 1 leaves nobody to compare with."""


@dataclass(frozen=True, slots=True, eq=False)
class Propensity:
    """Fitted chances.

    Parameters
    ----------
    b : Array
        The k coefficients.
    chance : Array
        The n fitted chances.
    influence : Array
        Shape n x k, of each row on the coefficients, so that the coefficients' error is the mean of its rows.
    """

    b: Array
    chance: Array
    influence: Array


def fit_propensity(treated: Array, x: Array, *, start: Array | None = None, link: str = "logit") -> Propensity:
    """Regression of treatment on the columns of ``x``, the first of which is ones; ``start`` saves steps.

    Raises
    ------
    EstimationError
        The columns tell treated from untreated apart (code ``OVERLAP``).

    Examples
    --------
    >>> x = np.column_stack([np.ones(8), [0.0, 0, 0, 0, 1, 1, 1, 1]])
    >>> fit_propensity(np.array([0.0, 0, 0, 1, 0, 1, 1, 1]), x).chance.round(2).tolist()
    [0.25, 0.25, 0.25, 0.25, 0.75, 0.75, 0.75, 0.75]
    """
    found = solve_glm(x, treated, link=link, start=start, what="treated from untreated rows", code="OVERLAP")
    lost = int(((found.mean < _EDGE) | (found.mean > 1 - _EDGE)).sum())
    if lost > len(treated) / 2:
        raise EstimationError(
            f"{lost} of {plural(len(treated), 'row')} could have been in one group only: no overlap to compare within.",
            fix="Use fewer or coarser covariates, or keep to rows that could have been either.",
            code="OVERLAP",
        )
    influence = np.zeros(x.shape)
    inner = np.linalg.inv(found.information / len(treated))
    influence[:, found.basis.own] = found.basis.back(found.scores @ inner)
    return Propensity(found.b, found.mean, influence)
