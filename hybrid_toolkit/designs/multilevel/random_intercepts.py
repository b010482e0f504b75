"""Designs for yes/no outcomes, counts and answers in order with a random intercept for each group."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.designs.base import Design, FitOf, RowsOf
from hybrid_toolkit.designs.checks import judge_departure, p_words
from hybrid_toolkit.designs.model_columns import DesignFit, ModelColumns, noun
from hybrid_toolkit.designs.regression import outcomes
from hybrid_toolkit.designs.regression.supplementary import ConfounderScale
from hybrid_toolkit.models.multilevel.glmm import fit_glmm
from hybrid_toolkit.models.multilevel.glmm_result import GlmmFit
from hybrid_toolkit.models.terms.arguments import numbers
from hybrid_toolkit.result import Check


def fit_family(family: str) -> FitOf:
    """A fit of one family: the intercept varies over the unit that is seen again, or else over the cluster.

    Errors leave out clusters in turn. Rows of a team are alike by more than its intercept (people are seen again, what
    befalls a team lasts), and the model's own errors would take them for independent there.
    """

    def fit_random(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
        if family == "ordinal":
            outcomes.few_answers(frame, plan.outcome)
        again = bool(plan.panel_id) and plan.panel_id != plan.cluster
        fit = fit_glmm(
            frame,
            outcome=plan.outcome,
            terms=outcomes.plan_terms(frame, plan),
            groups=plan.panel_id if again else plan.cluster,
            family="negative binomial" if plan.setting("family", family) == "negative binomial" else family,
            exposure_time=(plan.duration or None) if family == "poisson" else None,
            cluster=plan.cluster,
            nodes=int(float(plan.setting("nodes", 9.0))),
            conf_level=plan.conf_level,
        )
        return DesignFit(plan, outcomes.coefficient_row(fit.tidy(), plan), fit)

    return fit_random


def spread_row(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """The spread of the intercepts over groups."""
    assert isinstance(fit.fit, GlmmFit)
    return fit.fit.tidy().iloc[[-1]].assign(role="variance")


def over_all(fit_with: FitOf) -> RowsOf:
    """The slope over all groups at once, with clustered errors."""

    def population_slope(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
        return fit_with(frame, fit.plan).as_row("over all groups, clustered")

    return population_slope


def check_spread(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Do groups differ at all?"""
    found = fit.fit
    assert isinstance(found, GlmmFit)
    what = noun(found.group, many=True)
    message = (
        f"The spread between {what} lies at zero: a model without it says the same."
        if found.at_boundary
        else f"Intercepts vary over {found.n_groups} {what} with a standard deviation of {found.sd_random:.2f}."
    )
    return Check("variances", None, message, found.sd_random)


def check_group_exposure(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """Is the exposure unrelated to the intercepts, as the model has it? Its group means should carry nothing."""
    plan, found = fit.plan, fit.fit
    assert isinstance(found, GlmmFit)
    if plan.moderator or "group_mean_of_exposure" in frame:
        return None
    x = pd.Series(numbers(frame, plan.exposure), index=frame.index)
    mean = x.groupby(frame[found.group]).transform("mean")
    if not (x - mean).abs().max() > 0:
        return Check("groups' exposure", None, "The exposure does not vary within groups, so this cannot be assessed.")
    wider = fit_glmm(
        frame.assign(group_mean_of_exposure=mean),
        outcome=plan.outcome,
        terms=[*outcomes.plan_terms(frame, plan), "group_mean_of_exposure"],
        groups=found.group,
        family=found.family,
        exposure_time=(plan.duration or None) if "binomial" != found.family != "ordinal" else None,
        cluster=plan.cluster,
        conf_level=plan.conf_level,
    )
    rows = wider.tidy()
    row = rows[rows["term"] == "group_mean_of_exposure"].iloc[0]
    p = float(row["p_value"])
    good, weak = judge_departure(row, fit)
    message = (
        f"Groups with more exposure differ otherwise too ({p_words(p)}): compare rows within groups."
        if good is False
        else f"Groups with more exposure do not clearly differ otherwise ({p_words(p)}){weak}."
    )
    return Check("groups' exposure", good, message, p, 0.05)


def _design(
    name: str, title: str, family: str, kind: str, plain: FitOf, scale: ConfounderScale, **more: object
) -> Design:
    return outcomes.design_of(
        f"{name}-random-intercept",
        title,
        f"The slope on the {kind.replace('-', ' ')} for each unit of exposure, rows of one group alike in what is "
        "recorded compared.",
        "The intercepts of groups are unrelated to the exposure and vary as a normal curve.",
        (kind,),
        fit_family(family),
        (check_spread, check_group_exposure),
        (spread_row, over_all(plain)),
        scale,
        **more,
    )


_BINARY = _design(
    "binary",
    "A yes/no outcome in groups that differ",
    "binomial",
    "log-odds",
    outcomes.fit_yes_no,
    "log-odds",
    outcome_kinds=outcomes.BINARY,
)
_COUNT = _design(
    "count",
    "A count in groups that differ",
    "poisson",
    "log-rate",
    outcomes.fit_count,
    "log-rate",
    settings={"family": ("poisson", "negative binomial")},
    outcome_kinds=outcomes.WHOLE,
)
_ORDINAL = _design(
    "ordinal",
    "Answers in order, in groups that differ",
    "ordinal",
    "log-odds",
    outcomes.fit_order,
    "log-odds",
    outcome_kinds=outcomes.IN_ORDER,
)

ALL = (_BINARY, _COUNT, _ORDINAL)
