"""A difference in means split by two linear models: twofold, pooled or threefold, as a whole or by covariate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.columns.numeric_columns import as_numbers, scaled, solve_kept
from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.inequality.decomposition import (
    Decomposition,
    jackknife_parts,
    two_group_degrees,
    two_groups,
)
from hybrid_toolkit.metrics.measured_columns import measured

OAXACA_FORMS: Mapping[str, tuple[str, ...]] = {
    "twofold": ("composition", "coefficients"),
    "pooled": ("composition", "coefficients"),
    "threefold": ("composition", "coefficients", "interaction"),
}
"""The parts of each form, in order."""


def oaxaca_blinder(
    frame: pd.DataFrame,
    *,
    outcome: str,
    group: str,
    reference: object,
    covariates: Sequence[str],
    form: str = "twofold",
    detailed: bool = False,
    cluster: str | None = None,
    conf_level: float = 0.95,
) -> Decomposition:
    """Split the difference in mean outcome (group minus reference) by two linear models.

    With means x and coefficients b of the group (1) and the reference (0):

    - twofold: composition ``(x1 - x0)'b0``, coefficients ``x1'(b1 - b0)``;
    - threefold: composition ``(x1 - x0)'b0``, coefficients ``x0'(b1 - b0)``, interaction ``(x1 - x0)'(b1 - b0)``;
    - pooled: composition ``(x1 - x0)'b``, with b from both groups and a shift of the group beside, and coefficients,
      what is left.

    The choice of reference changes a twofold split; run it both ways.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a unit; rows with a missing value in a named column are left out and counted.
    outcome : str
        Column of the outcome.
    group : str
        Column with two values.
    reference : object
        The value that the other is compared with.
    covariates : Sequence[str]
        Columns of numbers, yes/no, or text, whose levels but the first become 0/1 columns. The models add an intercept.
    form : str, default "twofold"
        ``"twofold"``, ``"pooled"`` or ``"threefold"``.
    detailed : bool, default False
        Add each covariate's share of every part; its levels are taken together. What a covariate adds to the
        coefficients rests on where its zero lies, and for text on the first level: only ``composition`` is free of it.
    cluster : str | None, optional
        Column of the clusters.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    Decomposition
        A difference between two groups and its parts.

    Raises
    ------
    MeasureError
        A column is absent, not two groups, too few clusters, covariates that are collinear in a group, or another form.

    References
    ----------
    - Jann, B. (2008). Stata Journal 8, 453-479, equations 2 to 8.

    Examples
    --------
    >>> f = pd.DataFrame({"y": [3, 5, 7, 1, 2, 3.0], "x": [1, 2, 3, 0, 1, 2.0], "g": list("aaabbb")})
    >>> model = {"outcome": "y", "group": "g", "reference": "b", "covariates": ["x"]}
    >>> oaxaca_blinder(f, **model).tidy()["estimate"].round(4).tolist()
    [3.0, 1.0, 2.0]
    >>> oaxaca_blinder(f, **model, form="threefold").tidy()["estimate"].round(4).tolist()
    [3.0, 1.0, 1.0, 1.0]
    """
    if form not in OAXACA_FORMS:
        raise MeasureError(
            "the form of a decomposition is unknown.",
            fix=f"Use one of: {', '.join(OAXACA_FORMS)}.",
            code="FORM-UNKNOWN",
        )
    kept, is_reference, codes, missing = two_groups(
        frame, columns=[outcome, *covariates], group=group, reference=reference, cluster=cluster
    )
    y = measured(kept[outcome], outcome)
    y = y - float(np.median(y))
    x, middle, of = covariate_columns(kept, covariates)
    for name, g in (("reference", is_reference), ("other", ~is_reference)):
        if not scaled(x[g]).own.all():
            raise MeasureError(
                f"In the {name} group ({int(g.sum())} rows) the {len(covariates)} covariates are collinear.",
                fix="Drop a covariate, or give more rows.",
                code="COVARIATES-COLLINEAR",
            )
    design = scaled(x)
    slopes_only = design.without_first().turn
    adds: Floats = (of[:, None] == np.arange(len(covariates) + 1)).astype(np.float64)

    def coefficients(rows: NDArray[np.bool_]) -> Floats:
        z = design.z[rows]
        return solve_kept(z.T @ z, z.T @ y[rows], design.turn)

    def pooled(one: NDArray[np.bool_], zero: NDArray[np.bool_]) -> Floats:
        z = np.concatenate([design.z[g, 1:] - design.z[g, 1:].mean(axis=0) for g in (one, zero)])
        v = np.concatenate([y[g] - y[g].mean() for g in (one, zero)])
        return np.append(0.0, solve_kept(z.T @ z, z.T @ v, slopes_only))

    def parts(keep: NDArray[np.bool_]) -> Floats:
        one, zero = ~is_reference & keep, is_reference & keep
        b1, b0 = coefficients(one), coefficients(zero)
        x1, x0 = x[one].mean(axis=0), x[zero].mean(axis=0)
        apart = b1 - b0
        if form == "threefold":
            found = [(x1 - x0) * b0, x0 * apart, (x1 - x0) * apart]
        elif form == "pooled":
            b = pooled(one, zero)
            found = [(x1 - x0) * b, x1 * (b1 - b) + x0 * (b - b0)]
        else:
            found = [(x1 - x0) * b0, x1 * apart]
        at = [v.sum() for v in found]
        if detailed:
            # columns are centred on a value of their own; the part that this moved to the intercept goes back
            back = middle * apart
            found[1] = found[1] + back
            found[1][0] -= back.sum()
            shares = [v @ adds for v in found]
            at += [s for v in shares[:1] for s in v[1:]] + [s for v in shares[1:2] for s in np.append(v[1:], v[0])]
            at += [s for v in shares[2:] for s in v[1:]]
        return np.array([y[one].mean() - y[zero].mean(), *at])

    names = ["difference", *OAXACA_FORMS[form]]
    if detailed:
        names += [f"composition {c}" for c in covariates] + [f"coefficients {c}" for c in (*covariates, "(Intercept)")]
        names += [f"interaction {c}" for c in covariates] if form == "threefold" else []
    table = jackknife_parts(parts, codes, names, conf_level, outcome, two_group_degrees(codes, is_reference))
    method = "oaxaca-blinder" if form == "twofold" else f"oaxaca-blinder, {form}"
    return Decomposition(method, table, len(kept), missing, int(codes.max()) + 1, str(reference))


def covariate_columns(kept: pd.DataFrame, covariates: Sequence[str]) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """The columns with an intercept, each centred on a value of its own, those values, and its covariate's place."""
    columns, middle, of = [np.ones(len(kept))], [0.0], [0]
    for i, name in enumerate(covariates, 1):
        text = as_numbers(kept[name]) is None
        levels = sorted(kept[name].unique(), key=str)[1:] if text else []
        made = [(kept[name] == v).to_numpy(dtype=float) for v in levels] if text else [measured(kept[name], name)]
        for column in made:
            at = 0.0 if text else float(np.partition(column, len(column) // 2)[len(column) // 2])
            columns.append(column - at)
            middle.append(at)
            of.append(i)
    return np.column_stack(columns), np.array(middle), np.array(of)
