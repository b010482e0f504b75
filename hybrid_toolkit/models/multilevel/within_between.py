"""The same unit over time, and units beside each other, in one model: within-between (Mundlak's hybrid)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import DIGITS, OWN
from hybrid_toolkit.errors import EstimationError, agreeing, plural
from hybrid_toolkit.models.linear.linear import fit_linear
from hybrid_toolkit.models.multilevel.mixed import fit_mixed
from hybrid_toolkit.models.multilevel.mixed_result import MixedFit
from hybrid_toolkit.models.terms.arguments import check_arguments, numbers
from hybrid_toolkit.models.terms.design_matrix import codes, complete_rows
from hybrid_toolkit.models.terms.result_rows import as_terms, check_choice, term_columns
from hybrid_toolkit.models.terms.terms import Column, Term, Terms
from hybrid_toolkit.result import SIGNS, ResultBase

RANDOM = {
    "intercept": "random intercepts of units and clusters",
    "slope": "the same, and a slope within units that varies over them",
    "none": "none",
}


@dataclass(frozen=True, eq=False)
class WithinBetweenFit(ResultBase):
    """Slopes within units over time and between units, and the test that they are one.

    Parameters
    ----------
    exposure : str
        Column of the exposure.
    panel_id : str
        Column of the panel id.
    cluster : str
        Column of the cluster.
    rows : pd.DataFrame
        Tidy rows ``within``, ``between``, ``context`` (between less within), then standard deviations of random parts;
        in units of the outcome for each unit of exposure.
    outcome : str
        Column of the outcome.
    mixed : MixedFit | None
        The mixed model that tells how units and clusters differ, or None where it was not asked for.
    within_share : float
        Share of the exposure's variance that lies within units.
    n : int
        Units used.
    n_missing : int
        Rows left out for a missing value.
    n_units : int
        Treated units.
    n_clusters : int
        Control units.
    conf_level : float
        Level of the intervals.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> unit = np.repeat(np.arange(200), 4)
    >>> x = rng.normal(size=200)[unit] + rng.normal(size=800)
    >>> y = 0.5 * x + rng.normal(size=200)[unit] + rng.normal(size=800)
    >>> f = pd.DataFrame({"y": y, "x": x, "worker": unit, "team": unit // 10})
    >>> fit = fit_within_between(f, outcome="y", exposure="x", panel_id="worker", cluster="team")
    >>> fit.tidy()["term"].tolist(), round(fit.within_share, 1)
    (['within', 'between', 'context', 'sd (Intercept) | worker', 'sd (Intercept) | team', 'sd residual'], 0.4)
    """

    exposure: str
    panel_id: str
    cluster: str
    rows: pd.DataFrame = field(repr=False)
    outcome: str
    mixed: MixedFit | None = field(repr=False)
    within_share: float
    n: int
    n_missing: int
    n_units: int
    n_clusters: int
    conf_level: float

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return f"within-between model of {self.panel_id}, errors clustered on {self.cluster}"

    @property
    def converged(self) -> bool:
        """Whether the mixed model ended at an optimum."""
        return self.mixed is None or self.mixed.converged

    def tidy(self) -> pd.DataFrame:
        """One row a slope.

        Returns
        -------
        pd.DataFrame
            One row a slope.
        """
        return self.rows.copy()

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, units, clusters, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, units, clusters, method, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_units": [self.n_units],
                "n_clusters": [self.n_clusters],
                "method": [self.method],
                "within_share": [self.within_share],
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
        context = self.rows.set_index("term").loc["context"]
        apart = (
            "The two slopes differ, so units with more exposure differ in other ways too"
            if context["p_value"] < SIGNS
            else "No sign that the two slopes differ"
        )
        bad = "" if self.converged else " The search did not converge: do not use these figures."
        return (
            f"{self.outcome}: {self.method}; {self.n:,} rows of {self.n_units:,} units in {self.n_clusters} "
            f"clusters, {self.n_missing:,} left out. {self.within_share:.0%} of the variance of exposure lies within "
            f"units. {apart} (p = {context['p_value']:.2f}).{bad} The slope within units is free of whatever does "
            "not change about a unit, and of nothing else."
        )


def fit_within_between(
    frame: pd.DataFrame,
    *,
    outcome: str,
    exposure: str,
    panel_id: str,
    cluster: str,
    covariates: Terms = (),
    random: str = "intercept",
    conf_level: float = 0.95,
) -> WithinBetweenFit:
    """Slopes on a unit's own deviations from its mean, and on that mean.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a unit and period; rows with a missing value are left out and counted.
    outcome : str
        Numeric column of the outcome.
    exposure : str
        Numeric column of the exposure.
    panel_id : str
        Column of the unit that is seen again.
    cluster : str
        What units lie in; it may be the unit itself.
    covariates : Terms, optional
        Terms or columns to adjust for, such as the period as a ``Category``.
    random : str, default "intercept"
        Key of ``RANDOM``, the random parts that are told beside the slopes.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    WithinBetweenFit
        Slopes within units over time and between units, and the test that they are one.

    Raises
    ------
    EstimationError
        An exposure that does not vary within units or between them, a unit in two clusters, one cluster, a singular
        design, a constant outcome.
    CoverageError
        A column is not there.

    Notes
    -----
    Mundlak (1978), Econometrica 46; Bell and Jones (2015), Political Science Research and Methods 3. The random
    parts come from restricted maximum likelihood. The slopes and their intervals come from least squares on the same
    columns with a leave-one-cluster-out jackknife, which in balanced data gives the same slopes and needs no
    likeness to be modelled rightly.

    References
    ----------
    - Bell, A. and Jones, K. (2015). Political Science Research and Methods 3, 133-153.
    - Mundlak, Y. (1978). Econometrica 46, 69-85.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> unit = np.repeat(np.arange(200), 4)
    >>> x = rng.normal(size=200)[unit] + rng.normal(size=800)
    >>> y = 0.5 * x + rng.normal(size=200)[unit] + rng.normal(size=800)
    >>> f = pd.DataFrame({"y": y, "x": x, "worker": unit, "team": unit // 10})
    >>> fit = fit_within_between(f, outcome="y", exposure="x", panel_id="worker", cluster="team")
    >>> fit.tidy()["estimate"].round(1).tolist()[0]
    0.5
    """
    check_arguments(fit_within_between, locals())
    check_choice("random", random, RANDOM)
    held = as_terms(frame, covariates, what="covariates")
    taken = {"within", "between"} & set(term_columns(held))
    if taken:
        raise EstimationError(
            "a covariate is called within or between, which this model makes itself.",
            fix="Rename the column in your frame.",
            code="TERM-TWICE",
        )
    keep = [outcome, exposure, panel_id, cluster, *term_columns(held)]
    rows = complete_rows(frame, keep)
    split = pd.Series(codes(rows, cluster)).groupby(codes(rows, panel_id)).nunique()
    if (split > 1).any():
        raise EstimationError(
            f"{plural(int((split > 1).sum()), 'unit')} of '{panel_id}' "
            f"{agreeing(int((split > 1).sum()), 'lies', 'lie')} in more than one '{cluster}'.",
            fix="Use clusters that a unit does not change, or name the pair as the unit.",
            code="CLUSTERS-CROSSED",
        )
    middle = float(np.median(numbers(rows, exposure))) if len(rows) else 0.0
    x = pd.Series(numbers(rows, exposure) - middle, index=rows.index)
    mean = x.groupby(codes(rows, panel_id)).transform("mean")
    inside, across = x - mean, mean
    within, between, whole = (np.asarray(v.to_numpy(), dtype=np.float64) for v in (inside, across, x))
    _varies(within, between, whole, abs(middle), exposure, panel_id)
    across = across + middle
    made = rows.assign(within=inside, between=across)
    terms = [Column("within"), Column("between"), *held]
    mixed = _random_parts(made, outcome, terms, cluster, panel_id, random)
    fit = fit_linear(made, outcome=outcome, terms=terms, cluster=cluster, conf_level=conf_level)
    parts = [
        fit.combine({"within": 1.0}, term="within"),
        fit.combine({"between": 1.0}, term="between"),
        fit.combine({"between": 1.0, "within": -1.0}, term="context"),
    ]
    if mixed is not None:
        spread = mixed.tidy()
        parts.append(spread[spread["term"].str.startswith(("sd ", "corr "))])
    return WithinBetweenFit(
        exposure=exposure,
        panel_id=panel_id,
        cluster=cluster,
        outcome=outcome,
        rows=pd.concat(parts, ignore_index=True),
        mixed=mixed,
        within_share=float(inside.var(ddof=0) / x.var(ddof=0)),
        n=len(rows),
        n_missing=len(frame) - len(rows),
        n_units=int(rows[panel_id].nunique()),
        n_clusters=fit.n_clusters,
        conf_level=conf_level,
    )


def _random_parts(
    made: pd.DataFrame, outcome: str, terms: Sequence[Term], cluster: str, panel_id: str, random: str
) -> MixedFit | None:
    if random == "none":
        return None
    groups: dict[str | tuple[str, ...], list[str]] = {panel_id: ["within"] if random == "slope" else []}
    if cluster != panel_id:
        groups[cluster] = []
    return fit_mixed(made, outcome=outcome, groups=groups, terms=terms, df_method="normal")


def _varies(inside: Array, across: Array, x: Array, far: float, exposure: str, panel_id: str) -> None:
    for v, where in ((inside, "within any"), (across, "between the means of")):
        if not len(v) or not v.std() > max(OWN * x.std(), DIGITS * far):
            raise EstimationError(
                f"exposure '{exposure}' does not vary {where} '{panel_id}'.",
                fix="Use a design for what varies: a comparison of units, or of the same unit over time.",
                code="SINGULAR",
            )
