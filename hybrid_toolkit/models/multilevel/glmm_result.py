"""What a fit with random intercepts for yes/no answers and counts says."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.multilevel.random_parts import RandomPart, component_names, components_table
from hybrid_toolkit.models.terms.result_rows import NamedCoefficients, tidy_rows
from hybrid_toolkit.result import ResultBase

GLMM_FAMILIES = {
    "binomial": "logistic regression",
    "poisson": "Poisson regression",
    "negative binomial": "negative binomial regression",
    "ordinal": "proportional odds",
}
_UNITS = {"binomial": "log odds", "poisson": "log rate", "negative binomial": "log rate", "ordinal": "log odds"}


@dataclass(frozen=True, eq=False)
class GlmmFit(NamedCoefficients, ResultBase):
    """A model with random intercepts, and slopes where named: arrays only.

    Parameters
    ----------
    outcome : str
        Column of the outcome.
    group : str
        Column of the group; of several groupings all, with commas.
    family : str
        Key of ``GLMM_FAMILIES``.
    terms : tuple[str, ...]
        Names of the k slopes (with an intercept, or without one where there are thresholds).
    estimate : Array
        The k slopes.
    vcov : Array
        Their k x k variance.
    thresholds : Array
        Cut points between answers, empty for other families; threshold_names : what they part.
    threshold_names : tuple[str, ...]
        Names of the cut points; empty for other families.
    sd_random : float
        Standard deviation of the intercepts over groups (the first grouping's), on the scale of the link.
    theta : float
        Size of a negative binomial, infinite otherwise.
    df : float
        Degrees of freedom of the t reference, groups (or clusters) less one.
    log_likelihood : float
        Log-likelihood at the optimum.
    aic : float
        Akaike information criterion at the optimum.
    nodes : int
        Points of the quadrature.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_groups : int
        Groups.
    n_clusters : int
        Clusters; the groups where no cluster was named.
    at_boundary : bool
        The spread lies at zero.
    converged : bool
        The search ended at an optimum.
    conf_level : float
        Level of the intervals.
    behind : Array, optional
        Clusters on the smaller side of each slope, or effective ones (see ``support``); a slope that rests on one has
        no interval.
    free : Array, optional
        Degrees of freedom of each slope's t, effective clusters less one where clusters that hold the groups were
        named, else ``df``.
    random : tuple[RandomPart, ...], optional
        One ``RandomPart`` a grouping, where there are several or slopes vary.

    Examples
    --------
    >>> from hybrid_toolkit.models import fit_glmm
    >>> rng = np.random.default_rng(0)
    >>> team, x = np.repeat(np.arange(60), 20), rng.normal(size=1200)
    >>> chance = 1 / (1 + np.exp(-(0.5 * x + rng.normal(0, 0.8, 60)[team])))
    >>> f = pd.DataFrame({"yes": (rng.random(1200) < chance) * 1, "x": x, "team": team})
    >>> fit = fit_glmm(f, outcome="yes", terms=["x"], groups="team")
    >>> fit.tidy()[["term", "estimate"]].round(1).values.tolist(), fit.n_groups
    ([['(Intercept)', 0.0], ['x', 0.6], ['sd (Intercept) | team', 0.9]], 60)
    """

    outcome: str
    group: str
    family: str
    terms: tuple[str, ...]
    estimate: Array
    vcov: Array = field(repr=False)
    thresholds: Array
    threshold_names: tuple[str, ...]
    sd_random: float
    theta: float
    df: float
    log_likelihood: float
    aic: float
    nodes: int
    n: int
    n_missing: int
    n_groups: int
    n_clusters: int
    at_boundary: bool
    converged: bool
    conf_level: float
    behind: Array = field(default_factory=lambda: np.empty(0), repr=False)
    free: Array = field(default_factory=lambda: np.empty(0), repr=False)
    random: tuple[RandomPart, ...] = ()

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        how = "Laplace" if self.nodes == 1 else f"{self.nodes} points of adaptive quadrature"
        slopes = any(len(p.names) > 1 for p in self.random)
        what = "random intercepts and slopes" if slopes else "a random intercept"
        return f"{GLMM_FAMILIES[self.family]} with {what} for each {self.group.replace(', ', ' and each ')}, {how}"

    @property
    def icc(self) -> float:
        """Share of the variance between groups on the scale of the link, where that has a variance of its own.

        Of several groupings it is that of the first, among rows at a mean of 0 of what has a slope.
        """
        own = np.pi**2 / 3 if _UNITS[self.family] == "log odds" else np.nan
        whole = sum(float(p.sd[0]) ** 2 for p in self.random) or self.sd_random**2
        return float(self.sd_random**2 / (whole + own))

    def tidy(self) -> pd.DataFrame:
        """Slopes, thresholds, and the spreads of the random effects (without an interval).

        Returns
        -------
        pd.DataFrame
            Slopes, thresholds, and the spreads of the random effects (without an interval).
        """
        k, unit = len(self.terms), _UNITS[self.family]
        se = np.sqrt(np.clip(np.diagonal(self.vcov), 0, None))
        alone = RandomPart(self.group, ("(Intercept)",), np.array([self.sd_random]), np.ones((1, 1)), self.n_groups)
        spread = components_table(self.random or (alone,))
        names = [*self.terms, *self.threshold_names, *component_names(spread)]
        b = [*self.estimate, *self.thresholds, *spread["estimate"]]
        errors = [*se[: k + len(self.thresholds)], *np.full(len(spread), np.nan)]
        rest = len(b) - k
        df = np.append(self.free, np.full(rest, self.df))
        rows = tidy_rows(names, b, errors, n=self.n, conf_level=self.conf_level, df=df, unit=unit)
        return support.withheld(rows, np.append(self.behind, np.full(rest, float(self.n_clusters))))

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, groups, method, likelihood, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, groups, method, likelihood, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_groups": [self.n_groups],
                "n_clusters": [self.n_clusters],
                "clusters_behind": [float(self.behind.min(initial=np.inf))],
                "method": [self.method],
                "sd_random": [self.sd_random],
                "theta": [self.theta],
                "log_likelihood": [self.log_likelihood],
                "aic": [self.aic],
                "at_boundary": [self.at_boundary],
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
        notes = []
        if not self.converged:
            notes.append("The search did not converge: do not use these figures.")
        if self.at_boundary:
            notes.append("The spread between groups lies at zero: a model without them says the same.")
        if self.family == "poisson" and not any(p.n_groups == self.n for p in self.random):
            notes.append("Where counts vary more than chance alone makes them, these intervals are too narrow: fit the")
            notes.append("negative binomial beside it.")
        few = support.few_words(float(self.behind.min(initial=np.inf)), holds=True).strip()
        notes += [few] if few else []
        return " ".join(
            [
                f"{self.outcome}: {self.method}; {self.n:,} rows in {self.n_groups:,} groups, {self.n_missing:,} left "
                f"out as incomplete. Spread between groups {self.sd_random:.2f}.",
                *notes,
                "Slopes compare rows of one group, and are further from zero than those over all groups. A model "
                "describes association; the study design decides what more it can show.",
            ]
        )
