"""A stepped wedge: clusters cross over to the policy at planned steps; a mixed model adjusted for time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.multilevel.mixed import fit_mixed
from hybrid_toolkit.models.multilevel.mixed_result import MixedFit
from hybrid_toolkit.models.terms.arguments import check_arguments, check_column
from hybrid_toolkit.models.terms.design_matrix import codes, complete_rows
from hybrid_toolkit.models.terms.periods import read_times
from hybrid_toolkit.models.terms.result_rows import as_terms, check_choice, check_level, term_columns, tidy_rows
from hybrid_toolkit.models.terms.terms import Category, Column, Terms
from hybrid_toolkit.result import ResultBase

_LEAST_CLUSTERS = 4
"""Two sequences of two clusters: with fewer, nothing shows how clusters of one sequence differ."""

CORRELATIONS = {
    "nested": "an effect of each cluster and of each cluster's period",
    "exchangeable": "an effect of each cluster only",
}
"""What rows of one cluster share."""


@dataclass(frozen=True, eq=False)
class SteppedWedgeFit(ResultBase):
    """The effect of crossing over, periods held constant.

    Parameters
    ----------
    outcome : str
        Column of the outcome.
    cluster : str
        Column of the cluster.
    time : str
        Column of the time.
    estimate : float
        The effect in units of the outcome.
    std_error : float
        Its standard error.
    df : float
        Degrees of freedom (Satterthwaite, at most clusters less 2).
    icc : float
        Share of variance that rows of one cluster and period have in common.
    cac : float
        The part of it that stays from one period to the next (1 where the model has no effect of periods).
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_clusters : int
        Clusters.
    n_periods : int
        Periods.
    n_steps : int
        Periods in which some cluster crosses over.
    correlation : str
        Key of ``CORRELATIONS``, as fitted.
    model : MixedFit
        The mixed model.
    conf_level : float
        Level of the interval.
    converged : bool
        The search ended at an optimum.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> f = pd.DataFrame({"team": np.repeat(range(12), 35), "step": np.tile(np.repeat(range(7), 5), 12)})
    >>> f["start"] = 1 + f["team"] % 6
    >>> f["y"] = 0.2 * f["step"] + 1.0 * (f["step"] >= f["start"]) + rng.normal(0, 0.5, 12)[f["team"]]
    >>> f["y"] += rng.normal(size=len(f))
    >>> fit = fit_stepped_wedge(f, outcome="y", cluster="team", time="step", first_treated="start")
    >>> fit.n_clusters, fit.n_periods, fit.correlation
    (12, 7, 'nested')
    """

    outcome: str
    cluster: str
    time: str
    estimate: float
    std_error: float
    df: float
    icc: float
    cac: float
    n: int
    n_missing: int
    n_clusters: int
    n_periods: int
    n_steps: int
    correlation: str
    model: MixedFit = field(repr=False)
    conf_level: float
    converged: bool

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return f"linear mixed model adjusted for periods, with {CORRELATIONS[self.correlation]}"

    def tidy(self) -> pd.DataFrame:
        """One row: the effect.

        Returns
        -------
        pd.DataFrame
            One row: the effect.
        """
        b, se = [self.estimate], [self.std_error]
        return tidy_rows(["effect"], b, se, n=self.n, conf_level=self.conf_level, df=self.df)

    def glance(self) -> pd.DataFrame:
        """One row: clusters, periods, steps, likeness, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: clusters, periods, steps, likeness, method, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_clusters": [self.n_clusters],
                "n_periods": [self.n_periods],
                "n_steps": [self.n_steps],
                "icc": [self.icc],
                "cac": [self.cac],
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
        notes = [
            "The search did not converge: do not use these figures." if not self.converged else "",
            "Without an effect of each cluster's period the interval is too narrow where rows of one period are alike."
            if self.correlation == "exchangeable"
            else "",
        ]
        said = " ".join(n for n in notes if n)
        return (
            f"{self.outcome}: {self.method}; {self.n:,} rows in {self.n_clusters} clusters and {self.n_periods} "
            f"periods with {self.n_steps} steps, {self.n_missing:,} rows left out; intraclass correlation "
            f"{self.icc:.3f}, cluster autocorrelation {self.cac:.2f}.{' ' + said if said else ''} It is the effect of "
            "the policy if the order was drawn at random, the effect does not change with time under the policy, and "
            "no "
            "cluster's policy touches another."
        )


def fit_stepped_wedge(
    frame: pd.DataFrame,
    *,
    outcome: str,
    cluster: str,
    time: str,
    first_treated: str,
    covariates: Terms = (),
    correlation: str = "nested",
    conf_level: float = 0.95,
) -> SteppedWedgeFit:
    """Effect of the policy in a stepped wedge.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a person and period, or one row a cluster and period; rows with a missing value are left out.
    outcome : str
        Numeric.
    cluster : str
        Column of what crosses over.
    time : str
        Column of numbered or dated periods.
    first_treated : str
        The cluster's first period under the policy; missing for never.
    covariates : Terms, optional
        Terms or columns from before.
    correlation : str, default "nested"
        Key of ``CORRELATIONS``; with one row a cluster and period it is always ``"exchangeable"``, since the residual
        is then the cluster's period.
    conf_level : float, default 0.95
        Level of the interval.

    Returns
    -------
    SteppedWedgeFit
        The effect of crossing over, adjusted for periods.

    Raises
    ------
    EstimationError
        No cluster crosses over, no period in which clusters differ, a start that changes within a cluster, fewer than 4
        clusters, a mixed model that cannot be fitted.
    CoverageError
        A column is not there.

    Notes
    -----
    Hussey and Hughes (2007), Contemporary Clinical Trials 28, 182-191; the effect of a cluster's period as in Hooper,
    Teerenstra, de Hoop and Eldridge (2016), Statistics in Medicine 35, 4718-4728. Fitted by mixedlm. Degrees of
    freedom: Satterthwaite's, no more than clusters less 2, since the model's own are too many with few clusters
    (Li 2020, Statistics in Medicine 39, 438-455).

    References
    ----------
    - Hooper, R., Teerenstra, S., de Hoop, E. and Eldridge, S. (2016). Statistics in Medicine 35, 4718-4728.
    - Hussey, M. A. and Hughes, J. P. (2007). Contemporary Clinical Trials 28, 182-191.
    - Li, F. (2020). Statistics in Medicine 39, 438-455.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> f = pd.DataFrame({"team": np.repeat(range(12), 35), "step": np.tile(np.repeat(range(7), 5), 12)})
    >>> f["start"] = 1 + f["team"] % 6
    >>> f["y"] = 0.2 * f["step"] + 1.0 * (f["step"] >= f["start"]) + rng.normal(0, 0.5, 12)[f["team"]]
    >>> f["y"] += rng.normal(size=len(f))
    >>> fit = fit_stepped_wedge(f, outcome="y", cluster="team", time="step", first_treated="start")
    >>> fit.n_steps, bool(fit.tidy()["conf_low"].item() < 1 < fit.tidy()["conf_high"].item())
    (6, True)
    """
    check_arguments(fit_stepped_wedge, locals())
    check_level(conf_level)
    check_choice("correlation", correlation, CORRELATIONS)
    frame = frame.reset_index(drop=True) if isinstance(frame, pd.DataFrame) else frame
    terms = as_terms(frame, covariates, what="covariates")
    rows = complete_rows(frame, [outcome, cluster, time, *term_columns(terms)])
    rows[time], starts = read_times(rows[time], frame.loc[rows.index, check_column(frame, first_treated)])
    on = _on(rows, starts, time)
    codes(rows, cluster)  # a column that mixes kinds of values cannot be grouped
    n_steps = _check(rows, starts, on, cluster, time)
    cells = rows.groupby([cluster, time]).ngroups
    single = cells == len(rows)
    work = rows.assign(policy_=on, period_=codes(rows, time).astype(str))
    groups: list[str | tuple[str, ...]] = [cluster]
    if correlation == "nested" and not single:
        groups.append((cluster, "period_"))
    model = fit_mixed(
        work,
        outcome=outcome,
        groups=groups,
        terms=[Column("policy_"), Category("period_"), *terms],
        conf_level=conf_level,
    )
    at = model.terms.index("policy_")
    shared = [float(part.sd[0]) ** 2 for part in model.random]
    between, inside = shared[0], sum(shared[1:])
    n_clusters = int(rows[cluster].nunique())
    return SteppedWedgeFit(
        outcome=outcome,
        cluster=cluster,
        time=time,
        estimate=float(model.estimate[at]),
        std_error=float(np.sqrt(model.vcov[at, at])),
        df=min(float(model.df[at]), n_clusters - 2.0),
        icc=(between + inside) / (between + inside + model.residual_sd**2),
        cac=between / (between + inside) if between + inside > 0 else 1.0,
        n=len(rows),
        n_missing=len(frame) - len(rows),
        n_clusters=n_clusters,
        n_periods=int(rows[time].nunique()),
        n_steps=n_steps,
        correlation="exchangeable" if len(groups) == 1 else "nested",
        model=model,
        conf_level=conf_level,
        converged=model.converged,
    )


def _on(rows: pd.DataFrame, starts: pd.Series[float], time: str) -> pd.Series[float]:
    """1.0 from the start on."""
    try:
        return (starts.notna() & (rows[time] >= starts.where(starts.notna(), rows[time].max()))).astype("float64")
    except TypeError:
        raise EstimationError(
            f"column '{starts.name}' cannot be compared with the periods: expected the same kind of value.",
            fix="Write the first period under the policy in the same form as the period, missing for never.",
            code="TREATMENT-KIND",
        ) from None


def _check(rows: pd.DataFrame, starts: pd.Series[float], on: pd.Series[float], cluster: str, time: str) -> int:
    """Number of steps, once the rows can carry the design."""
    changed = int((starts.groupby(rows[cluster]).nunique(dropna=False) > 1).sum())
    if changed:
        raise EstimationError(
            f"the start changes within {plural(changed, 'cluster')}: a cluster crosses over once.",
            fix="Set the same start in every row of a cluster.",
            code="TREATMENT-REVERSES",
        )
    n = int(rows[cluster].nunique())
    if n < _LEAST_CLUSTERS:
        raise EstimationError(
            f"A stepped wedge needs at least {_LEAST_CLUSTERS} clusters; there are {n}.",
            fix=f"Include at least {plural(_LEAST_CLUSTERS - n, 'more cluster')}, or use another design.",
            code="CLUSTERS",
        )
    moved = on.groupby(rows[cluster]).agg(["min", "max"])
    crossed = (moved["min"] == 0) & (moved["max"] == 1)
    if not crossed.any():
        raise EstimationError(
            "no cluster has rows both before and after its start of the policy.",
            fix="Add earlier or later periods.",
            code="NO-TREATED",
        )
    share = on.groupby(rows[time]).mean()
    if not share.between(0, 1, inclusive="neither").any():
        raise EstimationError(
            "in every period all clusters are under the policy or none is: its effect cannot be distinguished from "
            "time.",
            fix="Add clusters that cross over at different steps.",
            code="NO-UNTREATED",
        )
    by_cluster = starts.groupby(rows[cluster]).first()
    return int(by_cluster[crossed].nunique())
