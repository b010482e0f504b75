"""Confirmatory factor analysis with means, for one or several groups."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.errors import UsageError, plural
from hybrid_toolkit.metrics.psychometrics.factor_data import FactorData, prepare_answers
from hybrid_toolkit.metrics.psychometrics.factor_estimates import FactorSolution, parameter_table, solve_factor_model
from hybrid_toolkit.metrics.psychometrics.factor_indices import FitIndices
from hybrid_toolkit.result import SMALLEST_P, TIDY_COLUMNS, ResultBase

EQUAL = ("loadings", "intercepts", "residuals")
"""What can be held equal across groups."""
IDENTIFICATIONS = ("marker", "unit")
"""How a factor gets its unit: its first item's loading is 1, or its variance (in the first group) is 1."""


@dataclass(frozen=True)
class FactorFit(ResultBase):
    """A fitted factor model.

    Parameters
    ----------
    factors : Mapping[str, tuple[str, ...]]
        Items of each factor.
    groups : tuple[str, ...]
        Names of the groups.
    n : tuple[int, ...]
        Complete rows of each group.
    n_dropped : int
        Rows left out for a missing answer or group.
    equal : tuple[str, ...]
        What was held equal across groups.
    free : tuple[tuple[str, str], ...]
        The (kind, item) pairs that were not held equal.
    identification : str
        ``marker`` or ``unit``.
    variance : str
        ``normal`` (expected information) or ``robust`` (sandwich).
    estimates : pd.DataFrame
        One row a parameter and group: ``group``, ``kind``, ``factor``, ``item``, ``estimate``, ``std_error`` (missing
        where fixed), ``standardized``, ``standardized_error``.
    indices : FitIndices
        How well it fits.
    converged : bool
        Whether the maximum was reached.
    steps : int
        Steps that it took.
    heywood : tuple[str, ...]
        Variances estimated below zero, and correlations of factors beyond 1.
    notes : tuple[str, ...]
        What a reader must know.
    conf_level : float, default 0.95
        Level of the intervals.

    Examples
    --------
    >>> rng = np.random.default_rng(1); f = rng.normal(size=2000)
    >>> x = pd.DataFrame({i: 0.8 * f + 0.6 * rng.normal(size=2000) for i in "abcd"})
    >>> fit = fit_factor_model(x, factors={"skill": list("abcd")}, identification="unit")
    >>> fit.loadings()[["item", "standardized"]].round(1).values.tolist()
    [['a', 0.8], ['b', 0.8], ['c', 0.8], ['d', 0.8]]
    """

    factors: Mapping[str, tuple[str, ...]]
    groups: tuple[str, ...]
    n: tuple[int, ...]
    n_dropped: int
    equal: tuple[str, ...]
    free: tuple[tuple[str, str], ...]
    identification: str
    variance: str
    estimates: pd.DataFrame = field(repr=False)
    indices: FitIndices
    converged: bool
    steps: int
    heywood: tuple[str, ...]
    notes: tuple[str, ...]
    conf_level: float = 0.95

    def tidy(self) -> pd.DataFrame:
        """One row a parameter and group: the columns of every result, then group, kind, factor, item, standardised.

        Returns
        -------
        pd.DataFrame
            One row a parameter and group: the columns of every result, then group, kind, factor, item, standardised.
        """
        e = self.estimates
        z = float(stats.norm.ppf((1 + self.conf_level) / 2))
        half = z * e["std_error"]
        words = {
            "loading": e["factor"] + " -> " + e["item"],
            "intercept": e["item"] + " intercept",
            "residual variance": e["item"] + " residual variance",
            "factor covariance": e["factor"] + " with " + e["item"],
            "factor variance": e["factor"] + " variance",
            "factor mean": e["factor"] + " mean",
        }
        term = pd.Series("", index=e.index, dtype="str")
        for kind, text in words.items():
            term = term.where(e["kind"] != kind, text)
        size = dict(zip(self.groups, self.n, strict=True))
        out = pd.DataFrame(
            {
                "term": term,
                "estimate": e["estimate"],
                "std_error": e["std_error"],
                "conf_low": e["estimate"] - half,
                "conf_high": e["estimate"] + half,
                "p_value": 2 * stats.norm.sf(np.abs(e["estimate"] / e["std_error"])),
                "n": e["group"].map(size),
                "unit": "points of the items",
            }
        )[list(TIDY_COLUMNS)]
        return pd.concat([out, e[["group", "kind", "factor", "item", "standardized", "standardized_error"]]], axis=1)

    def loadings(self) -> pd.DataFrame:
        """The loadings: group, factor, item, estimate, std_error, standardized, standardized_error.

        Returns
        -------
        pd.DataFrame
            The loadings: group, factor, item, estimate, std_error, standardized, standardized_error.
        """
        e = self.estimates
        keep = ["group", "factor", "item", "estimate", "std_error", "standardized", "standardized_error"]
        return e.loc[e["kind"] == "loading", keep].reset_index(drop=True)

    def shown(self) -> pd.DataFrame:
        """The rows of ``tidy`` with the standardised estimate and, where there are several, the group.

        Returns
        -------
        pd.DataFrame
            The rows of ``tidy`` with the standardised estimate and, where there are several, the group.
        """
        columns = ["term", "estimate", "std_error", "conf_low", "conf_high", "standardized"]
        return self.tidy()[[*(["group"] if len(self.groups) > 1 else []), *columns]]

    def glance(self) -> pd.DataFrame:
        """One row: n, n_dropped, n_groups, every index of fit, method, converged, heywood (a count).

        Returns
        -------
        pd.DataFrame
            One row: n, n_dropped, n_groups, every index of fit, method, converged, heywood (a count).
        """
        values = {name: getattr(self.indices, name) for name in FitIndices.__slots__}
        equal = f"; equal across groups: {', '.join(self.equal)}" if self.equal else ""
        row = {
            "n": sum(self.n),
            "n_dropped": self.n_dropped,
            "n_groups": len(self.groups),
            **values,
            "method": f"maximum likelihood with means{equal}",
            "converged": self.converged,
            "heywood": len(self.heywood),
        }
        return pd.DataFrame([row])

    def prose(self) -> str:
        """Prose: the fit, what went wrong, and how to read it.

        Returns
        -------
        str
            Prose: the fit, what went wrong, and how to read it.
        """
        i = self.indices
        groups = "" if len(self.groups) == 1 else f" in {len(self.groups)} groups"
        items = sum(map(len, self.factors.values()))
        text = f"{plural(len(self.factors), 'factor')} of {items} items, {sum(self.n):,} rows{groups}"
        text += f" ({self.n_dropped:,} left out for missing answers)."
        if not self.converged:
            text += " The fit did not converge: no figure of it may be used."
        if i.df:
            text += (
                f" Chi-square {i.chi2:.1f} on {i.df} degrees of freedom ({_p(i.p_value)}; scaled {i.chi2_scaled:.1f}, "
                f"{_p(i.p_scaled)}); CFI {i.cfi:.3f}, TLI {i.tli:.3f}, RMSEA {i.rmsea:.3f} "
                f"(90% {i.rmsea_low:.3f} to {i.rmsea_high:.3f}), SRMR {i.srmr:.3f}."
            )
        else:
            text += " It has no degrees of freedom: it fits any data, and its fit says nothing."
        if self.heywood:
            text += f" Not admissible: {'; '.join(self.heywood)}; the model is wrong or the rows are too few."
        return " ".join([text, *self.notes])


def _p(value: float) -> str:
    return "p < .001" if value < SMALLEST_P else f"p = {value:.3f}"


def fit_factor_model(
    frame: pd.DataFrame,
    *,
    factors: Mapping[str, Sequence[str]],
    group: str | None = None,
    equal: Collection[str] = (),
    free: Collection[tuple[str, str]] = (),
    identification: str = "marker",
    variance: str = "normal",
    cluster: str | None = None,
    conf_level: float = 0.95,
    max_iter: int = 500,
) -> FactorFit:
    """Confirmatory factor analysis by maximum likelihood: each item measures one factor, factors may be related.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a respondent, one column an item, already reversed. Rows with a missing answer are left out and counted.
    factors : Mapping[str, Sequence[str]]
        Items of each factor: 3 or more of a single factor, 2 or more of each of several.
    group : str | None, optional
        Column of groups that are fitted together.
    equal : Collection[str], optional
        What is the same in all groups: ``loadings``, ``intercepts``, ``residuals``. With equal intercepts the factor
        means of the first group are 0 and those of the others are estimated.
    free : Collection[tuple[str, str]], optional
        (kind, item) pairs left free all the same, such as ``("intercepts", "x3")``.
    identification : str, default "marker"
        ``marker``: the first item (that is not freed) of a factor has loading 1; ``unit``: the factor variance is 1, in
        the first group where loadings are equal.
    variance : str, default "normal"
        Standard errors from the expected information (``normal``) or a sandwich (``robust``).
    cluster : str | None, optional
        Column of clusters, such as teams; standard errors and scaling then allow for them.
    conf_level : float, default 0.95
        Level of the intervals.
    max_iter : int, default 500
        Most steps of the search.

    Returns
    -------
    FactorFit
        A fitted factor model.

    Raises
    ------
    UsageError
        An unknown word in ``equal``, ``free``, ``identification`` or ``variance``.
    MeasureError
        The model is not identified, an item does not vary, rows are too few, items repeat one another. A fit that does
        not converge raises nothing: ``converged`` and ``summary()`` say so.

    Notes
    -----
    Means = intercepts + L a, covariances = L P L' + diagonal; the likelihood is normal with divisor n, maximised by
    Fisher scoring (Joreskog 1971). Indices: ``FitIndices``. The scaled chi-square is Satorra and Bentler's (1994).

    References
    ----------
    - Joreskog, K. G. (1971). Psychometrika 36, 409-426.
    - Satorra, A. and Bentler, P. M. (1994), in von Eye, A. and Clogg, C. C. (eds), Latent Variables Analysis.

    Examples
    --------
    >>> rng = np.random.default_rng(1); f = rng.normal(size=2000)
    >>> x = pd.DataFrame({i: 0.8 * f + 0.6 * rng.normal(size=2000) for i in "abcd"})
    >>> fit = fit_factor_model(x, factors={"skill": list("abcd")}, identification="unit")
    >>> fit.indices.df, bool((fit.loadings()["standardized"] - 0.8).abs().max() < 0.05)
    (2, True)
    """
    _words(equal, free, identification, variance, group)
    ready = prepare_answers(frame, factors, group=group, cluster=cluster)
    return fit_prepared(
        ready,
        equal=equal,
        free=free,
        identification=identification,
        variance="robust" if cluster is not None else variance,
        conf_level=conf_level,
        max_iter=max_iter,
    )[0]


def _words(
    equal: Collection[str], free: Collection[tuple[str, str]], identification: str, variance: str, group: str | None
) -> None:
    if isinstance(equal, str):
        raise UsageError("equal is one text.", fix='Pass a tuple, such as ("loadings",).', code="FACTOR-EQUAL")
    odd = [w for w in [*equal, *(pair[0] for pair in free)] if w not in EQUAL]
    if odd:
        raise UsageError(
            f"equal and free know {', '.join(EQUAL)}; there is no '{odd[0]}'.",
            fix="Use only these words.",
            code="FACTOR-EQUAL",
        )
    if equal and group is None:
        raise UsageError("equal needs groups.", fix="Name the column in group.", code="FACTOR-EQUAL")
    if identification not in IDENTIFICATIONS or variance not in ("normal", "robust"):
        raise UsageError(
            "identification is marker or unit, variance is normal or robust.",
            fix="Use only these words.",
            code="FACTOR-OPTION",
        )


def fit_prepared(
    ready: FactorData,
    *,
    equal: Collection[str] = (),
    free: Collection[tuple[str, str]] = (),
    identification: str = "unit",
    variance: str = "normal",
    conf_level: float = 0.95,
    max_iter: int = 500,
) -> tuple[FactorFit, FactorSolution]:
    """Fit prepared rows; what was solved comes along, for score tests. Raises as ``solve_factor_model``."""
    solved = solve_factor_model(ready, equal=equal, free=free, identification=identification, max_iter=max_iter)
    solution = solved.solution
    cov = solution.inverse
    if variance == "robust":
        cov = solution.inverse @ solved.spread.meat @ solution.inverse
    estimates, heywood = parameter_table(ready, solved.layout, solution.values, cov)
    fit = FactorFit(
        factors=ready.factors,
        groups=ready.groups,
        n=tuple(m.n for m in ready.moments),
        n_dropped=ready.n_dropped,
        equal=tuple(w for w in EQUAL if w in equal),
        free=tuple(free),
        identification=identification,
        variance=variance,
        estimates=estimates,
        indices=solved.indices,
        converged=solution.converged,
        steps=solution.steps,
        heywood=heywood,
        notes=ready.notes,
        conf_level=conf_level,
    )
    return fit, solved
