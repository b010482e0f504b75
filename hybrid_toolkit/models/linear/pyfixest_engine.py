"""The same model by pyfixest: a second engine to check the first one with."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError, from_extra, plural
from hybrid_toolkit.models.terms.arguments import check_arguments, numbers, told_names
from hybrid_toolkit.models.terms.design_matrix import codes, complete_rows
from hybrid_toolkit.models.terms.result_rows import (
    as_instruments,
    as_names,
    as_terms,
    check_choice,
    check_level,
    varying,
)
from hybrid_toolkit.models.terms.terms import Terms, design_columns
from hybrid_toolkit.result import TIDY_COLUMNS


def fit_linear_pyfixest(
    frame: pd.DataFrame,
    *,
    outcome: str,
    terms: Terms,
    cluster: str,
    fixed_effects: str | Sequence[str] = (),
    instruments: Mapping[str, Terms] | None = None,
    conf_level: float = 0.95,
    variance: str = "sandwich",
) -> pd.DataFrame:
    """Tidy rows of the model of ``fit_linear``, fitted by pyfixest under column names of our own making.

    Parameters are those of ``fit_linear``. pyfixest gives the jackknife only without instruments, and as a bare sum
    of squares, which is brought to the (G-1)/G scale of CV3 here. Its first call compiles for some seconds.

    Parameters
    ----------
    frame : pd.DataFrame
        The data frame.
    outcome : str
        Column of the outcome.
    terms : Terms
        Regressors; an intercept is added where there is no fixed effect.
    cluster : str
        Column of the clusters.
    fixed_effects : str | Sequence[str], optional
        Columns whose levels each get their own intercept.
    instruments : Mapping[str, Terms] | None, optional
        Coefficient name -> terms that stand in for it in the first stage.
    conf_level : float, default 0.95
        Level of the intervals.
    variance : str, default "sandwich"
        Key of ``VARIANCES``.

    Returns
    -------
    pd.DataFrame
        Tidy rows of the model of ``fit_linear``, fitted by pyfixest under column names of our own making.

    Raises
    ------
    EstimationError
        Pyfixest could not fit the model, a column is determined by others (``SINGULAR``), or the jackknife was asked
        for with instruments.

    Examples
    --------
    >>> frame = pd.DataFrame({"y": [1.0, 2, 4, 3, 6, 5, 8, 9], "x": range(8), "team": list("aabbccdd")})
    >>> rows = fit_linear_pyfixest(frame, outcome="y", terms=["x"], cluster="team")
    >>> rows[["term", "estimate"]].round(3).values.tolist()
    [['(Intercept)', 0.917], ['x', 1.095]]
    """
    check_arguments(fit_linear_pyfixest, locals())
    check_level(conf_level)
    check_choice("variance", variance, ("sandwich", "jackknife"))
    if instruments and variance == "jackknife":
        raise EstimationError(
            "pyfixest has no clustered jackknife for instrumented models.",
            fix="Use fit_linear, or the sandwich variance.",
            code="ENGINE",
        )
    with from_extra("engines"):
        import pyfixest

    lists, used = as_instruments(frame, instruments), as_terms(frame, terms)
    fixed_effects = as_names(fixed_effects, "fixed_effects")
    every = [*used, *(t for ts in lists.values() for t in ts)]
    rows = complete_rows(frame, [outcome, cluster, *fixed_effects, *(c for t in every for c in t.columns)])
    varying(rows, outcome)
    given = design_columns(rows, used)
    if len(rows) <= len(given) + 1:
        raise EstimationError(
            f"{len(rows)} complete rows cannot carry {len(given) + 1} coefficients.",
            fix=f"Add at least {plural(len(given) + 2 - len(rows), 'row')}, or use fewer terms.",
            code="TOO-FEW-ROWS",
        )
    z = _unit(design_columns(rows, [t for ts in lists.values() for t in ts]))[0]
    x, middles, sizes = _unit(given)
    of_y, middle_of, size_of = _unit({"y": numbers(rows, outcome)})
    y, middle, size = of_y["y"], middle_of["y"], size_of["y"]
    plain = {f"x{i}": c for i, c in enumerate(x) if c not in lists}
    bent = {f"w{i}": c for i, c in enumerate(lists)}
    safe = pd.DataFrame(
        {
            "y": y,
            **{k: x[c] for k, c in {**plain, **bent}.items()},
            **{f"z{i}": v for i, v in enumerate(z.values())},
            **{f"f{i}": codes(rows, c) for i, c in enumerate(fixed_effects)},
            "g": codes(rows, cluster),
        }
    )
    effects = " + ".join(f"f{i}" for i in range(len(fixed_effects)))
    parts = [f"y ~ {' + '.join(plain) or '1'}"]
    parts += [effects] if effects else []
    parts += [f"{' + '.join(bent)} ~ {' + '.join(f'z{i}' for i in range(len(z)))}"] if lists else []
    kind, ssc = ("CRV3", pyfixest.ssc(k_adj=False, G_adj=False)) if variance == "jackknife" else ("CRV1", None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its own dependencies
            fit = pyfixest.feols(" | ".join(parts), data=safe, vcov={kind: "g"}, **({"ssc": ssc} if ssc else {}))
            table, found = fit.tidy(), np.asarray(fit._vcov, dtype=np.float64)
    except Exception as error:
        raise EstimationError(
            f"pyfixest could not fit the model ({type(error).__name__}).",
            fix="Check for columns without variation.",
            code="ENGINE",
        ) from None
    names = {**plain, **bent, "Intercept": "(Intercept)"}
    lost = [c for c in given if c not in {names[str(c)] for c in table.index}]
    if lost:
        raise EstimationError(
            f"{plural(len(lost), 'column varies', 'columns vary')} only with other columns or fixed effects: "
            f"{told_names(lost)}.",
            fix="Leave out the column, or the fixed effect or column that determines it.",
            code="SINGULAR",
        )
    clusters = safe["g"].nunique()
    told: list[str] = [str(names[str(c)]) for c in table.index]
    turn: Array = np.diag(np.array([size / sizes.get(c, 1.0) for c in told], dtype=np.float64))
    if "(Intercept)" in told:
        turn[told.index("(Intercept)")] = [-size * middles[c] / sizes[c] if c in sizes else size for c in told]
    b = turn @ table["Estimate"].to_numpy()
    if "(Intercept)" in told:
        b[told.index("(Intercept)")] += middle
    se = np.sqrt(np.diagonal(turn @ found @ turn.T))
    se = se * (np.sqrt((clusters - 1) / clusters) if variance == "jackknife" else 1.0)
    half = stats.t.ppf(0.5 + conf_level / 2, clusters - 1) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stats.t.sf(np.abs(b / se), clusters - 1)
    values = (told, b, se, b - half, b + half, p, len(rows), "")
    return pd.DataFrame(dict(zip(TIDY_COLUMNS, values, strict=True)))


def _unit(columns: Mapping[str, Array]) -> tuple[dict[str, Array], dict[str, float], dict[str, float]]:
    """Columns less one of their own values over their reach, those values and the reaches."""
    middles = {c: float(np.partition(v, len(v) // 2)[len(v) // 2]) for c, v in columns.items()}
    sizes = {c: float(np.abs(v - middles[c]).max()) or 1.0 for c, v in columns.items()}
    return {c: (v - middles[c]) / sizes[c] for c, v in columns.items()}, middles, sizes
