"""What a linear fit leaves over: residuals row by row, and the classical errors that sensitivity measures need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.models.linear import cluster_crossproducts as g
from hybrid_toolkit.models.terms.design_matrix import complete_rows, prepare_matrix
from hybrid_toolkit.models.terms.result_rows import as_instruments, as_names, as_terms
from hybrid_toolkit.models.terms.terms import Terms


@dataclass(frozen=True, eq=False)
class LinearResiduals:
    """Residuals of a linear fit.

    Parameters
    ----------
    values : pd.Series[float]
        One a complete row, indexed as in the frame.
    df : int
        Residual degrees of freedom, fixed effects counted.
    std_error : Mapping[str, float]
        Classical error of each coefficient by name.
    """

    values: pd.Series[float] = field(repr=False)
    df: int
    std_error: Mapping[str, float]


def linear_residuals(
    frame: pd.DataFrame,
    *,
    outcome: str,
    terms: Terms,
    cluster: str,
    fixed_effects: str | Sequence[str] = (),
    instruments: Mapping[str, Terms] | None = None,
) -> LinearResiduals:
    """Residuals of the model of ``fit_linear``, whose parameters these are.

    Raises
    ------
    EstimationError
        As ``fit_linear``.
    CoverageError
        As ``fit_linear``.

    Examples
    --------
    >>> from hybrid_toolkit.models import Column
    >>> f = pd.DataFrame({"y": [0.0, 2, 1, 3], "x": [0.0, 1, 0, 1], "team": list("aabb")})
    >>> got = linear_residuals(f, outcome="y", terms=[Column("x")], cluster="team")
    >>> got.values.round(6).tolist(), got.df, round(got.std_error["x"], 4)
    ([-0.5, -0.5, 0.5, 0.5], 2, 0.7071)
    """
    lists, used = as_instruments(frame, instruments), as_terms(frame, terms)
    fixed_effects = as_names(fixed_effects, "fixed_effects")
    p = prepare_matrix(frame, outcome, used, cluster, fixed_effects, lists)
    m = p.raw if p.absorbed is None else g.demean(p.raw, p.absorbed)
    total = p.grams.sum(axis=0)
    b = g.solve_crossproducts(total, p.layout)
    left: Array = m[:, p.layout.y] - m[:, p.layout.x] @ b
    every = [*used, *(t for ts in lists.values() for t in ts)]
    index = complete_rows(frame, [outcome, cluster, *fixed_effects, *(c for t in every for c in t.columns)]).index
    levels = 0 if p.absorbed is None else int(p.absorbed.max()) + 1
    df = max(1, p.n - len(p.layout.x) - levels)
    inner = np.diagonal(p.back_cov(g.inverse(total[np.ix_(p.layout.x, p.layout.x)])))
    errors = np.sqrt(np.clip(inner * float(left @ left) / df, 0, None))
    return LinearResiduals(
        values=pd.Series(left, index=index),
        df=df,
        std_error={name: float(e) for name, e in zip(p.x_names, errors, strict=True) if name not in p.nuisance},
    )
