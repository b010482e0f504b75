"""Two groups, two spans of time: the plain difference in differences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.linear.linear import fit_linear
from hybrid_toolkit.models.rollout.panel_data import PanelColumns, PanelData
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.result_rows import as_terms, check_level, tidy_rows
from hybrid_toolkit.models.terms.terms import Column, Terms
from hybrid_toolkit.result import ResultBase

_FEW_UNITS = 5
"""Units of the smaller group under which an interval leans on their being like each other."""


@dataclass(frozen=True, eq=False)
class TwoByTwoFit(ResultBase):
    """The change of the treated units less the change of the untreated ones.

    Parameters
    ----------
    outcome : str
        Name of the outcome.
    estimate : float
        The effect in units of the outcome.
    std_error : float
        Its standard error.
    df : float
        Degrees of freedom.
    treated_before : float
        Mean of the treated before the start.
    treated_after : float
        Mean of the treated after it.
    control_before : float
        Mean of the controls before the start.
    control_after : float
        Mean of the controls after it.
    n : int
        Rows used.
    n_missing : int
        Rows of units left out because they lack a period.
    n_treated : int
        Treated units.
    n_control : int
        Control units.
    n_clusters : int
        Clusters.
    errors : str
        How the error was found, in words.
    conf_level : float
        Level of the interval.
    behind : float, optional
        Clusters on the smaller side, or effective ones where those are fewer (see ``support``).
    converged : bool, default True
        Always True here: means are computed.

    Examples
    --------
    >>> f = pd.DataFrame({"team": list("aabbccdd"), "year": [1, 2] * 4, "y": [1.0, 4, 2, 5.5, 0, 1, 3, 4.5]})
    >>> f["start"] = [2, 2, 2, 2, 0, 0, 0, 0]
    >>> fit = fit_two_by_two(f, outcome="y", panel_id="team", time="year", first_treated="start")
    >>> fit.treated_after - fit.treated_before, fit.control_after - fit.control_before, fit.estimate
    (3.25, 1.25, 2.0)
    """

    outcome: str
    estimate: float
    std_error: float
    df: float
    treated_before: float
    treated_after: float
    control_before: float
    control_after: float
    n: int
    n_missing: int
    n_treated: int
    n_control: int
    n_clusters: int
    errors: str
    conf_level: float
    behind: float = np.inf
    converged: bool = True

    def clusters_behind(self, term: str = "effect") -> float:
        """Clusters on the smaller side, or their effective number where that is less.

        Parameters
        ----------
        term : str, default "effect"
            Name of the effect, of which there is one.

        Returns
        -------
        float
            The number of clusters, at most the effective number.
        """
        return self.behind

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return f"difference in differences of two groups and two spans of time, {self.errors}"

    def tidy(self) -> pd.DataFrame:
        """One row: the effect.

        Returns
        -------
        pd.DataFrame
            One row: the effect.
        """
        b, se = [self.estimate], [self.std_error]
        rows = tidy_rows(["effect"], b, se, n=self.n, conf_level=self.conf_level, df=self.df)
        return support.withheld(rows, np.array([self.behind]))

    def glance(self) -> pd.DataFrame:
        """One row: units, clusters, what was left out, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: units, clusters, what was left out, method, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_treated": [self.n_treated],
                "n_control": [self.n_control],
                "n_clusters": [self.n_clusters],
                "clusters_behind": [self.behind],
                "n_missing": [self.n_missing],
                "method": [self.method],
                "converged": [self.converged],
            }
        )

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        few = min(self.n_treated, self.n_control)
        rough = f" The smaller group has {few} units: read the interval as rough." if few < _FEW_UNITS else ""
        rough += support.few_words(self.behind, holds=True) if self.behind < few else ""
        return (
            f"{self.outcome}: {self.method}; {self.n_treated} treated and {self.n_control} untreated units, "
            f"{self.n_clusters} clusters, {self.n_missing} rows of incomplete units left out.{rough} It is an effect "
            "on the treated only if both groups would have moved in parallel without treatment, and did not move "
            "ahead of it."
        )


def fit_two_by_two(
    frame: pd.DataFrame,
    *,
    outcome: str,
    panel_id: str,
    time: str,
    first_treated: str | None = None,
    treatment: str | None = None,
    covariates: Terms = (),
    cluster: str | None = None,
    unbalanced: str = "error",
    conf_level: float = 0.95,
) -> TwoByTwoFit:
    """Change of the treated from before to after the one start, less that of the untreated.

    Each unit is brought to one change first (mean after less mean before), so that likeness of a unit's periods
    cannot make the interval too narrow (Bertrand, Duflo and Mullainathan 2004).

    Parameters
    ----------
    frame : pd.DataFrame
        See ``fit_group_time``.
    outcome : str
        See ``fit_group_time``.
    panel_id : str
        See ``fit_group_time``.
    time : str
        See ``fit_group_time``.
    first_treated : str | None, optional
        See ``fit_group_time``.
    treatment : str | None, optional
        See ``fit_group_time``.
    covariates : Terms, optional
        Terms or columns, as they stand in the last period before the start; the change may depend on them.
    cluster : str | None, optional
        Column of clusters of units; default each unit. Without clusters and covariates the error is Welch's, with
        the degrees of freedom of the smaller group where it has under five units; else it is
        the jackknife over clusters (CV3) with effective clusters less one degrees of freedom, and none where one
        cluster holds all treated, or all untreated, units.
    unbalanced : str, default "error"
        See ``fit_group_time``.
    conf_level : float, default 0.95
        See ``fit_group_time``.

    Returns
    -------
    TwoByTwoFit
        The change of the treated units less the change of the untreated ones.

    Raises
    ------
    EstimationError
        Several starts, nobody treated or untreated, one unit in a group, a panel that is not balanced, a treatment that
        switches back, a singular design.
    CoverageError
        A column is not there.

    Notes
    -----
    Bertrand, Duflo and Mullainathan (2004), Quarterly Journal of Economics 119, 249-275, section IV.C; Welch (1947).

    References
    ----------
    - Bertrand, M., Duflo, E. and Mullainathan, S. (2004). Quarterly Journal of Economics 119, 249-275.
    - Welch, B. L. (1947). Biometrika 34, 28-35.

    Examples
    --------
    >>> f = pd.DataFrame({"team": list("aabbccdd"), "year": [1, 2] * 4, "y": [1.0, 4, 2, 5.5, 0, 1, 3, 4.5]})
    >>> f["start"] = [2, 2, 2, 2, 0, 0, 0, 0]
    >>> fit = fit_two_by_two(f, outcome="y", panel_id="team", time="year", first_treated="start")
    >>> fit.estimate, round(fit.std_error, 4)
    (2.0, 0.3536)
    """
    check_arguments(fit_two_by_two, locals())
    check_level(conf_level)
    terms = as_terms(frame, covariates, what="covariates")
    p = PanelColumns(
        outcome=outcome,
        panel_id=panel_id,
        time=time,
        first_treated=first_treated,
        treatment=treatment,
        covariates=tuple(terms),
        cluster=cluster,
        unbalanced=unbalanced,
    ).read(frame)
    start = _one_start(p)
    before, after = p.y[:, :start].mean(axis=1), p.y[:, start:].mean(axis=1)
    treated = p.start == start
    clusters = int(p.clusters.max()) + 1
    if clusters == len(p.start) and p.x.shape[2] == 1:
        estimate, error, df = _welch((after - before)[treated], (after - before)[~treated])
        behind = float(min(treated.sum(), (~treated).sum()))
        how = "Welch's error over units"
    else:
        estimate, error, df, behind = _regressed(p, after - before, treated, start)
        how = "jackknife over clusters"
    return TwoByTwoFit(
        outcome=outcome,
        estimate=estimate,
        std_error=error,
        df=df,
        treated_before=float(before[treated].mean()),
        treated_after=float(after[treated].mean()),
        control_before=float(before[~treated].mean()),
        control_after=float(after[~treated].mean()),
        n=int(p.y.size),
        n_missing=p.n_missing,
        n_treated=int(treated.sum()),
        n_control=int((~treated).sum()),
        n_clusters=clusters,
        errors=how,
        conf_level=conf_level,
        behind=behind,
    )


def _one_start(p: PanelData) -> int:
    """Position of the only start."""
    start, free = p.only_start("two spans of time need"), int(p.untreated.sum())
    if min(free, len(p.start) - free) < 2:
        raise EstimationError(
            f"{len(p.start) - free} treated and {plural(free, 'untreated unit')}: each group needs at least 2."
            f"{p.why_none_free}",
            fix="Add units; for one treated unit use synthetic control or an interrupted series.",
            code="NO-UNTREATED" if free < 2 else "TOO-FEW-TREATED",
        )
    return start


def _welch(a: Array, c: Array) -> tuple[float, float, float]:
    va, vc = a.var(ddof=1) / len(a), c.var(ddof=1) / len(c)
    if not va + vc > 0:
        raise EstimationError(
            "the change does not vary between units, so it has no error.",
            fix="Check how the outcome was made.",
            code="CONSTANT",
        )
    df = (va + vc) ** 2 / (va**2 / (len(a) - 1) + vc**2 / (len(c) - 1))
    few = min(len(a), len(c))
    if few < support.FEW_SIDE:
        df = few - 1.0  # where two or three units happen to lie close, Welch's is too many: 87% for 95% with two of 24
    return float(a.mean() - c.mean()), float(np.sqrt(va + vc)), float(df)


def _regressed(
    p: PanelData, change: Array, treated: NDArray[np.bool_], start: int
) -> tuple[float, float, float, float]:
    """The same by least squares of the change on treatment and covariates, clustered."""
    rows = pd.DataFrame({"change": change, "treated": treated.astype(np.float64), "cluster": p.clusters})
    held = p.x[:, start - 1, 1:]
    for i in range(held.shape[1]):
        rows[f"x{i}"] = held[:, i]
    terms = [Column("treated"), *(Column(f"x{i}") for i in range(held.shape[1]))]
    fit = fit_linear(rows, outcome="change", terms=terms, cluster="cluster")
    at = fit.index("treated")
    free = float(support.degrees(fit.leverage)[at])
    return float(fit.estimate[at]), float(np.sqrt(fit.vcov[at, at])), free, fit.clusters_behind("treated")
