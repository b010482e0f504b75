"""Errors clustered two ways: by one grouping, by another, less by both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.inference import clusters as g
from hybrid_toolkit.models.linear.linear import LinearFit, fit_linear
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.design_matrix import complete_rows, prepare_matrix
from hybrid_toolkit.models.terms.result_rows import as_instruments, as_names, as_terms, frozen
from hybrid_toolkit.models.terms.terms import Terms


def fit_two_way(
    frame: pd.DataFrame,
    *,
    outcome: str,
    terms: Terms,
    clusters: tuple[str, str],
    fixed_effects: str | Sequence[str] = (),
    instruments: Mapping[str, Terms] | None = None,
    conf_level: float = 0.95,
) -> LinearFit:
    """The model of ``fit_linear`` with errors that allow for likeness within each of two clusterings that cross.

    Parameters are those of ``fit_linear``, with the names of two columns of clusters. The variance is that of the
    first clustering plus the second less their intersection, each a sandwich with its own small-sample factor; t with
    the fewer clusters less one. A negative eigenvalue, which few clusters can bring, is set to zero.

    Parameters
    ----------
    frame : pd.DataFrame
        The data frame.
    outcome : str
        Column of the outcome.
    terms : Terms
        Regressors; an intercept is added where there is no fixed effect.
    clusters : tuple[str, str]
        The two columns of clusters.
    fixed_effects : str | Sequence[str], optional
        Columns whose levels each get their own intercept.
    instruments : Mapping[str, Terms] | None, optional
        Coefficient name -> terms that stand in for it in the first stage.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    LinearFit
        The model of ``fit_linear`` with errors that allow for likeness within each of two clusterings that cross.

    Raises
    ------
    EstimationError
        Two columns are not named, or as ``fit_linear``.
    CoverageError
        A column is not there.

    Notes
    -----
    Cameron, Gelbach and Miller (2011), Journal of Business & Economic Statistics 29, eq. 2.11 and section 2.3.

    References
    ----------
    - Cameron, A. C., Gelbach, J. B. and Miller, D. L. (2011). Journal of Business & Economic Statistics 29, 238-249.

    Examples
    --------
    >>> from hybrid_toolkit.models import Column
    >>> f = pd.DataFrame({"y": [1.0, 2, 4, 3, 6, 5, 8, 9], "x": range(8), "team": list("aabbccdd"),
    ...                   "month": [1, 2] * 4})
    >>> fit = fit_two_way(f, outcome="y", terms=[Column("x")], clusters=("team", "month"))
    >>> fit.cluster, fit.n_clusters, fit.df
    ('team and month', 2, 1)
    """
    check_arguments(fit_two_way, locals())
    if isinstance(clusters, str) or len(clusters) != 2 or clusters[0] == clusters[1]:
        raise EstimationError(
            "two-way clustering needs the names of two different columns.",
            fix='Pass them as ("team_id", "month").',
            code="TWO-WAY",
        )
    first, second = clusters
    used, stand_ins = as_terms(frame, terms), as_instruments(frame, instruments)
    fixed_effects = as_names(fixed_effects, "fixed_effects")
    needed = [*fixed_effects, *(c for t in (*used, *(t for ts in stand_ins.values() for t in ts)) for c in t.columns)]
    rows = complete_rows(frame, [outcome, first, second, *needed])
    both = "two_way_cluster"
    crossed = rows.assign(**{both: rows.groupby([first, second], sort=False).ngroup()})
    model: dict[str, Any] = {"outcome": outcome, "terms": used, "fixed_effects": fixed_effects}
    model["instruments"] = stand_ins or {}
    parts = []
    for c in (first, second, both):  # in scaled columns, where no eigenvalue depends on a unit
        p = prepare_matrix(crossed, cluster=c, **model)
        parts.append(
            g.crv1(p.grams, p.layout, g.solve_crossproducts(p.grams.sum(axis=0), p.layout), n=p.n, k=p.n_parameters)
        )
    # by each clustering alone: an estimate rests on the fewer of either
    behind = [fit_linear(crossed, cluster=c, variance="sandwich", **model).behind for c in (first, second)]
    values, vectors = np.linalg.eigh(parts[0] + parts[1] - parts[2])
    fewest = min((first, second), key=lambda c: crossed[c].nunique())
    fit = fit_linear(crossed, cluster=fewest, conf_level=conf_level, variance="sandwich", **model)
    keep = [i for i, name in enumerate(p.x_names) if name not in p.nuisance]
    whole = p.back_cov((vectors * np.clip(values, 0, None)) @ vectors.T)
    return replace(
        fit,
        vcov=frozen(whole[np.ix_(keep, keep)]),
        cluster=f"{first} and {second}",
        n_missing=len(frame) - fit.n,
        variance="two-way",
        behind=frozen(np.minimum(*behind)),
    )
