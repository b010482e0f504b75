"""From a plan to a mixed model, a within-between model and pooled slopes; their checks and the rows beside them."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from hybrid_toolkit.designs import checks
from hybrid_toolkit.designs.base import SMALL, fit_plan, share_told, terms_of
from hybrid_toolkit.designs.checks import p_words
from hybrid_toolkit.designs.model_columns import DesignFit, ModelColumns, noun
from hybrid_toolkit.designs.regression.supplementary import few_cluster_rows
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.multilevel.mixed import fit_mixed
from hybrid_toolkit.models.multilevel.mixed_levels import TIME_NAMES
from hybrid_toolkit.models.multilevel.mixed_result import MixedFit
from hybrid_toolkit.models.multilevel.pooled_slopes import PooledSlopesFit, fit_pooled_slopes
from hybrid_toolkit.models.multilevel.within_between import WithinBetweenFit, fit_within_between
from hybrid_toolkit.models.sensitivity.unmeasured_confounding import robustness_value
from hybrid_toolkit.models.terms.terms import Category, Term, as_term
from hybrid_toolkit.result import Check

FEWEST_ROWS = 20
"""Rows of a group below which its own slope is not shown: it would tell of a few people."""
MIN_WITHIN = 0.05
"""Least share of the exposure's variance within units."""


def fit_multilevel(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """A linear mixed model: a random intercept for the cluster, and for the unit where it is seen again.

    Where the exposure is one for a cluster's rows of a period and moves between periods, the cluster's periods have
    intercepts too.
    """
    held: list[Term] = [Category(c) for c in plan.fixed_effects]
    fit = fit_mixed(
        frame,
        outcome=plan.outcome,
        groups=[plan.cluster, *([plan.panel_id] if plan.panel_id and plan.panel_id != plan.cluster else [])],
        terms=[*terms_of(frame, plan), *held],
        time=plan.time or next((c for c in TIME_NAMES if c in frame), None),
        conf_level=plan.conf_level,
    )
    rows = fit.tidy()
    return DesignFit(plan, _row(rows, plan.target, plan), fit)


def fit_hybrid(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The slope on a unit's own deviations from its mean."""
    held = [*(as_term(frame, c) for c in plan.confounders), *(Category(c) for c in plan.fixed_effects)]
    if plan.time and plan.time not in (*plan.confounders, *plan.fixed_effects):
        held.append(Category(plan.time))
    fit = fit_within_between(
        frame,
        outcome=plan.outcome,
        exposure=plan.exposure,
        panel_id=plan.panel_id,
        cluster=plan.cluster,
        covariates=held,
        random="none",
        conf_level=plan.conf_level,
    )
    return DesignFit(plan, _row(fit.tidy(), "within", plan).assign(term=plan.target), fit)


def fit_pooled(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The mean slope over groups, with each group's own beside it."""
    fit = fit_pooled_slopes(
        frame,
        outcome=plan.outcome,
        exposure=plan.exposure,
        group=plan.groups,
        cluster=plan.cluster,
        covariates=[as_term(frame, c) for c in plan.confounders],
        fixed_effects=plan.fixed_effects,
        conf_level=plan.conf_level,
    )
    return DesignFit(plan, _row(fit.tidy(), "mean slope", plan).assign(term=plan.exposure), fit)


def _row(rows: pd.DataFrame, term: str, plan: ModelColumns) -> pd.DataFrame:
    return rows[rows["term"] == term].iloc[[0]].assign(unit=plan.unit).reset_index(drop=True)


def spread_rows(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """Standard deviations between and within groups."""
    assert isinstance(fit.fit, MixedFit)
    rows = fit.fit.tidy()
    return rows[rows["term"].str.startswith("sd ")].assign(role="variance")


def clustered_version(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """The same slope by least squares with clustered errors."""
    return fit_plan(frame, fit.plan).as_row("least squares, clustered")


def check_singular(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """The variances lie inside what is possible."""
    mixed = fit.fit
    assert isinstance(mixed, MixedFit)
    message = (
        "A variance lies at zero: the groups differ no more than their rows do."
        if mixed.singular
        else "All variances lie inside what is possible."
    )
    return Check("variances", None, message)


def check_context(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Are the slopes within units and between them one (Mundlak's test)?"""
    assert isinstance(fit.fit, WithinBetweenFit)
    rows = fit.fit.tidy()
    row = rows[rows["term"] == "context"].iloc[0]
    apart = row["p_value"] < checks.CHECK_LEVEL
    what = noun(fit.plan.panel_id, many=True)
    message = (
        f"The slope between {what} less the slope within them is {row['estimate']:+.3f} ({p_words(row['p_value'])})"
        + (
            f": {what} with more exposure differ in other ways, so only the slope within is used."
            if apart
            else ": no sign that they differ."
        )
    )
    return Check("within and between", None, message, float(row["p_value"]))


def check_within(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """The exposure varies within units."""
    assert isinstance(fit.fit, WithinBetweenFit)
    share = fit.fit.within_share
    good = share >= MIN_WITHIN
    message = f"{share:.0%} of the variance of exposure lies within each {noun(fit.plan.panel_id)}" + (
        "." if good else ": too little to learn from."
    )
    return Check("variation within", good, message, share, MIN_WITHIN)


def check_drop_out(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """Units seen to the end began where the others began."""
    plan = fit.plan
    if not plan.time or not plan.panel_id:
        return None
    used = frame[[plan.outcome, plan.panel_id, plan.time]].dropna().reset_index(drop=True)
    last = used.groupby(plan.panel_id)[plan.time].transform("max") == used[plan.time].max()
    first = used[used[plan.time] == used[plan.time].min()]
    stayed = last.reindex(first.index)
    if min(int(stayed.sum()), int((~stayed).sum())) < SMALL:
        return Check("attrition", None, "Too few people were lost to follow-up to compare where they had started.")
    y = first[plan.outcome].astype(float)
    gap = float((y[stayed].mean() - y[~stayed].mean()) / y.std())
    good, weak = checks.small_gap(gap, int(stayed.sum()), int((~stayed).sum()))
    message = (
        f"{share_told(float(stayed.mean()), frame)} of people seen first were also seen last. People who dropped out "
        f"had started {abs(gap):.1f} standard deviations {'lower' if gap > 0 else 'higher'}{weak}."
    )
    return Check("attrition", good, message, gap, checks.MOST_GAP)


def within_rows(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """The slope between units, and the difference."""
    assert isinstance(fit.fit, WithinBetweenFit)
    rows = fit.fit.tidy()
    return rows[rows["term"] != "within"].assign(role="slope", unit=fit.plan.unit)


def random_rows(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """How units and clusters differ, and how the slope within units varies over units."""
    plan = fit.plan
    found = fit_within_between(
        frame,
        outcome=plan.outcome,
        exposure=plan.exposure,
        panel_id=plan.panel_id,
        cluster=plan.cluster,
        random="slope",
    )
    rows = found.tidy()
    return rows[rows["term"].str.startswith("sd ")].assign(role="variance")


def seen_throughout(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The slope among units that were seen in every period."""
    plan = fit.plan
    if not plan.time:
        return None
    used = frame.dropna(subset=[plan.outcome, plan.exposure, plan.panel_id, plan.time])
    periods = used.groupby(plan.panel_id)[plan.time].transform("nunique")
    whole = used[periods == used[plan.time].nunique()]
    return fit_hybrid(whole, plan).as_row("units seen in every period")


def pooled_rows(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """Each group's slope after pooling; groups under twenty rows are not shown."""
    assert isinstance(fit.fit, PooledSlopesFit)
    rows = fit.fit.tidy().iloc[1:]
    return rows[rows["n"] >= FEWEST_ROWS].assign(role="group slope", unit=fit.plan.unit)


def common_slope(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """One slope for all groups."""
    plan = replace(fit.plan, moderator="", confounders=tuple(dict.fromkeys((*fit.plan.confounders, fit.plan.groups))))
    return fit_plan(frame, plan).as_row("one slope for all groups")


def check_heterogeneity(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Do slopes differ between groups at all?"""
    assert isinstance(fit.fit, PooledSlopesFit)
    p = fit.fit.heterogeneity[2]
    message = (
        f"Slopes vary over groups with a standard deviation of {fit.fit.sd_random:.3f} ({p_words(p)} that they are one)"
        + ("." if p < checks.CHECK_LEVEL else ": no sign that they differ.")
    )
    return Check("heterogeneity", None, message, p)


def least_squares_few_clusters(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The same slope by least squares with what is made for few clusters, beside a mixed model."""
    rows = few_cluster_rows(frame, fit_plan(frame, fit.plan))
    return None if rows is None else rows.assign(term="least squares, " + rows["term"])


def check_robustness(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """The share of what is left of exposure and outcome that a confounder would have to explain."""
    row = fit.row.iloc[0]
    try:
        found = robustness_value(float(row["estimate"]), float(row["std_error"]), df=max(2, fit.fit.n_clusters - 1))
    except EstimationError:
        return None
    message = (
        f"A confounder that explained {found.rv:.0%} of what is left of both exposure and outcome (counted in "
        f"clusters) would bring the estimate to nothing; {found.rv_alpha:.0%} would open the interval to it."
    )
    return Check("unmeasured confounding", None, message, found.rv)
