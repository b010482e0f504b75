"""Linear mixed models: random intercepts and correlated slopes for one or more groupings, nested or crossed.

Fitted by the library mixedlm, whose answers are held to lme4's published ones in the tests.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import settled_columns
from hybrid_toolkit.errors import EstimationError, from_extra
from hybrid_toolkit.models.multilevel.mixed_jackknife import cluster_jackknife
from hybrid_toolkit.models.multilevel.mixed_levels import (
    TIME_NAMES,
    clusters_of,
    fewer_effects_than_rows,
    shared_in_time,
)
from hybrid_toolkit.models.multilevel.mixed_result import (
    DF_METHODS,
    MIXED_VARIANCES,
    MixedFit,
)
from hybrid_toolkit.models.multilevel.random_parts import Groupings, level_codes, random_columns, read_groupings
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.design_matrix import complete_rows
from hybrid_toolkit.models.terms.result_rows import (
    as_terms,
    check_choice,
    check_level,
    design,
    frozen,
    term_columns,
    varying,
)
from hybrid_toolkit.models.terms.terms import Terms, pinned

_PERFECT = 1e-7
"""Residual standard deviation, in that of the outcome, that is rounding: terms and groups determine the outcome."""


def fit_mixed(
    frame: pd.DataFrame,
    *,
    outcome: str,
    groups: Groupings,
    terms: Terms = (),
    correlated: bool = True,
    reml: bool = True,
    df_method: str = "satterthwaite",
    time: str | None = None,
    variance: str | None = None,
    conf_level: float = 0.95,
) -> MixedFit:
    """A linear model whose intercept, and slopes where named, vary over groups.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an observation; rows with a missing value in any named column are left out and counted.
    outcome : str
        Numeric column.
    groups : Groupings
        A column; or several, nested or crossed; or grouping -> columns whose slope varies over it. A grouping may be a
        tuple of columns whose combinations are the levels, such as ``("authority", "team")``.
    terms : Terms, optional
        Fixed part (terms or names of columns); an intercept is added.
    correlated : bool, default True
        Slopes correlate with the intercept of their grouping; False holds the correlations at 0.
    reml : bool, default True
        Restricted maximum likelihood (for variances), else maximum likelihood (to compare fixed parts).
    df_method : str, default "satterthwaite"
        ``"satterthwaite"`` (better with few groups) or ``"normal"``.
    time : str | None, optional
        Column of periods. Where a term is the same for all rows of a group in a period and moves between periods, as a
        team's days at home do, rows share what befalls the group then: its combinations with the period become a
        grouping of their own. Without it a column called month, wave, quarter, year or period is looked at, and the
        summary tells what would be added.
    variance : str | None, optional
        ``"model"``, as published, or ``"jackknife"``: the levels of the coarsest grouping are left out in turn, and t
        has their effective number less one degrees of freedom. The default is the jackknife where ``time`` is named and
        a term moves as it says, since what befalls a group then lasts longer than a period.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    MixedFit
        A linear model whose intercept, and slopes where named, vary over groups.

    Raises
    ------
    EstimationError
        One group, as many groups or random effects of a grouping as rows, a singular fixed part, a constant outcome, an
        outcome that the groups determine, a search that failed.
    CoverageError
        A column is not there.

    Notes
    -----
    The model and criterion of Bates, Maechler, Bolker and Walker (2015), Journal of Statistical Software 67(1).
    Columns are brought to unit spread for the search and the answers are turned back.

    References
    ----------
    - Bates, D., Maechler, M., Bolker, B. and Walker, S. (2015). Journal of Statistical Software 67(1).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> team = np.repeat(np.arange(60), 20)
    >>> f = pd.DataFrame({"team": team, "y": rng.normal(0, 1, 60)[team] + rng.normal(0, 2, 1200)})
    >>> fit = fit_mixed(f, outcome="y", groups="team")
    >>> fit.converged, fit.components()["estimate"].round().tolist()
    (True, [1.0, 2.0])
    """
    check_arguments(fit_mixed, locals())
    frame = frame.reset_index(drop=True)  # rows are found again by their place, whatever index two stacked files have
    check_level(conf_level)
    check_choice("df_method", df_method, DF_METHODS)
    if variance is not None:
        check_choice("variance", variance, MIXED_VARIANCES)
    plan = read_groupings(groups)
    fixed = as_terms(frame, terms)
    needed = [outcome, *(c for g, s in plan for c in (*g, *s)), *term_columns(fixed), *([time] if time else [])]
    rows = complete_rows(frame, needed)
    y = varying(rows, outcome)
    names, x = design(rows, fixed)
    period = time or next((c for c in TIME_NAMES if c in frame), None)
    found = shared_in_time(rows, frame.loc[rows.index, period], plan, x) if period else []
    variance = variance or ("jackknife" if time and found else "model")
    if time:
        plan, found = [*plan, *(((*g, time), []) for g in found)], []
    levels = [level_codes(rows, g) for g, _ in plan]
    fewer_effects_than_rows(plan, levels, len(rows), correlated)
    made = random_columns(rows, plan, levels, correlated)
    basis, middle = settled_columns(x), float(np.median(y))
    y_scale = float((y - middle).std())
    data: dict[str, Any] = {"y": (y - middle) / y_scale, **{f"x{i}": basis.z[:, i] for i in range(1, len(names))}}
    data |= made.data
    text = " + ".join(["y ~ 1", *(f"x{i}" for i in range(1, len(names))), *made.text])
    fit = _search(text, pd.DataFrame(data), reml)
    if not fit.sigma > _PERFECT:
        raise EstimationError(
            f"nothing is left within the groups: terms and groups determine '{outcome}' exactly.",
            fix="Check how the outcome was made, or use fewer groups or terms.",
            code="PERFECT-FIT",
        )
    if not fit.converged:
        raise EstimationError(
            "the search for the variances of the mixed model did not end at an optimum, so there is no estimate.",
            fix="Use fewer random slopes or groupings, or bring more rows a group.",
            code="NOT-CONVERGED",
        )
    b = basis.back(np.array(list(fit.fixef().values())) * y_scale)
    b[0] += middle
    coarsest = min(levels, key=lambda code: int(code.max()))
    if variance == "jackknife":
        scaled_b = np.array(list(fit.fixef().values()))
        vcov, df = cluster_jackknife(fit, basis.z, np.asarray(data["y"]), scaled_b, coarsest, basis.turn)
    else:
        vcov, df = basis.back_cov(np.asarray(fit.vcov(), dtype=np.float64)), _degrees(fit, basis.turn, df_method)
    vcov = vcov * y_scale**2
    shift = 2 * (len(y) - (len(names) if reml else 0)) * float(np.log(y_scale))
    if reml:  # the determinant of X'X belongs to the restricted criterion, as lme4 writes it
        shift += 2 * float(np.log(np.diagonal(basis.r)).sum())
    criterion = float(fit.deviance) + shift
    k = len(names) + len(fit.theta) + 1
    return MixedFit(
        outcome=outcome,
        terms=tuple(names),
        estimate=frozen(b),
        vcov=frozen(vcov),
        df=frozen(df),
        random=made.parts(fit, y_scale),
        residual_sd=float(fit.sigma) * y_scale,
        log_likelihood=-criterion / 2,
        criterion=criterion,
        aic=criterion + 2 * k,
        bic=criterion + k * float(np.log(len(y))),
        n=len(y),
        n_missing=len(frame) - len(y),
        reml=reml,
        df_method=df_method,
        converged=True,
        singular=bool(fit.isSingular()),
        conf_level=conf_level,
        model_terms=pinned(rows, fixed),
        behind=frozen(clusters_of(x, coarsest)),
        variance=variance,
        shared=tuple(f"{':'.join(g)} and {period}" for g in found),
    )


def _search(text: str, data: pd.DataFrame, reml: bool) -> Any:
    with from_extra("engines"):
        import mixedlm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an edge or a failed search is told by the result itself
        try:
            return mixedlm.lmer(text, data, REML=reml)
        except (ValueError, RuntimeError, ArithmeticError, np.linalg.LinAlgError) as error:
            raise EstimationError(
                f"the mixed model could not be fitted ({type(error).__name__}).",
                fix="Use fewer random slopes or terms, or check for groups without variation.",
                code="MIXED-MODEL",
            ) from None


def _degrees(fit: Any, turn: Array, df_method: str) -> Array:
    """Satterthwaite's degrees of freedom of sums of the scaled coefficients, one row of ``turn`` each.

    The library gives them for single coefficients only; its derivatives of the variance serve any sum of them.
    """
    k = len(turn)
    if df_method == "normal":
        return np.full(k, np.inf)
    from mixedlm.inference.ddf import _vcov_derivatives

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gradients, of_theta = _vcov_derivatives(fit)
    whole = np.asarray(fit.vcov(), dtype=np.float64)
    size = np.sqrt(np.einsum("ij,jk,ik->i", turn, whole, turn))
    w = turn / np.where(size > 0, size, 1.0)[:, None]
    slopes = np.array([np.einsum("ij,jk,ik->i", w, np.asarray(g), w) for g in gradients]).reshape(-1, k).T
    moved = np.maximum(np.einsum("ij,jk,ik->i", slopes, np.asarray(of_theta), slopes), 0.0)
    free = fit.matrices.n_obs - k
    df = np.clip(2 / (moved + 2 / free), 1.0, free)
    df = np.where(np.isfinite(df), df, np.inf)
    if not fit.REML:  # the library takes the variance of a restricted residual variance for either likelihood
        n = fit.matrices.n_obs
        df = 1 / (1 / df - 1 / (n - k) + 1 / n)
    return np.asarray(df, dtype=np.float64)
