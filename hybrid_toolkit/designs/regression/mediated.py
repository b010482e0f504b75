"""The design of mediation: how much of an association goes through a mediator."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from hybrid_toolkit.designs import checks
from hybrid_toolkit.designs.base import Design
from hybrid_toolkit.designs.checks import CHECK_LEVEL, p_words
from hybrid_toolkit.designs.model_columns import DesignFit, ModelColumns
from hybrid_toolkit.designs.regression import regression_checks as shared
from hybrid_toolkit.designs.regression import supplementary
from hybrid_toolkit.designs.regression.supplementary import check_e_value
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.mediation.mediation import MediationFit, fit_mediation
from hybrid_toolkit.models.terms.terms import Category, as_term
from hybrid_toolkit.result import Check


def _fit(frame: pd.DataFrame, plan: ModelColumns, *, interaction: bool, confounders: tuple[str, ...]) -> DesignFit:
    if len(plan.mediators) != 1:
        raise EstimationError(
            f"{len(plan.mediators)} mediators are named; this design splits an association by one.",
            fix="Name one mediator, and declare a study for each other one.",
            code="MEDIATORS",
        )
    fit = fit_mediation(
        frame,
        outcome=plan.outcome,
        exposure=plan.exposure,
        mediator=plan.mediators[0],
        covariates=[*(as_term(frame, c) for c in confounders), *(Category(c) for c in plan.fixed_effects)],
        interaction=interaction,
        cluster=plan.cluster,
        interval=str(plan.setting("interval", "monte-carlo")),
        conf_level=plan.conf_level,
    )
    rows = fit.tidy()
    row = rows[rows["term"] == ("total indirect" if interaction else "indirect")]
    return DesignFit(plan, row.assign(term=f"{plan.exposure} through {plan.mediators[0]}", unit=plan.unit), fit)


def fit_indirect(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The indirect part."""
    interaction = bool(plan.setting("interaction", False))
    return _fit(frame, plan, interaction=interaction, confounders=plan.confounders)


def fit_unadjusted(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The same with nothing held constant."""
    return _fit(frame, replace(plan, fixed_effects=()), interaction=False, confounders=())


def _mediation(fit: DesignFit) -> MediationFit:
    assert isinstance(fit.fit, MediationFit)
    return fit.fit


WEAK_CORRELATION = 0.1
"""Correlation of errors that a weak confounder reaches: Cohen's small correlation (1988)."""


def check_path(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """The exposure goes with the mediator at all."""
    rows = _mediation(fit).tidy()
    row = rows[rows["term"] == "exposure to mediator"].iloc[0]
    good = bool(row["p_value"] < CHECK_LEVEL)
    message = (
        f"The exposure goes with a difference of {row['estimate']:+.3f} in the mediator ({p_words(row['p_value'])})"
        + ("." if good else ": without a first step there is nothing to pass on.")
    )
    return Check("first path", good, message, float(row["p_value"]), CHECK_LEVEL)


def check_residual_correlation(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """How much an unmeasured common cause of mediator and outcome would have to do, where there is a part."""
    rho = _mediation(fit).residual_correlation
    if rho is None:
        return None
    low, high = fit.interval
    good = None if low <= 0 <= high else abs(rho) >= WEAK_CORRELATION
    message = (
        f"A confounder of mediator and outcome that correlated their errors at {rho:+.2f} leaves no indirect part"
        + (": a weak one would do." if good is False else ".")
    )
    return Check("mediator and outcome", good, message, rho, WEAK_CORRELATION)


def check_interaction(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """Whether the mediator's slope differs with the exposure."""
    if _mediation(fit).interaction:
        return None
    other = _fit(frame, fit.plan, interaction=True, confounders=fit.plan.confounders)
    low, high = fit.interval
    least, most = other.interval  # at the ends of the exposure a slope of its own is told ill: its interval counts too
    good = bool(low <= other.estimate <= high or least <= fit.estimate <= most)
    message = f"With an exposure by mediator interaction the indirect part is {other.estimate:+.3f}" + (
        ", no further off than chance brings it." if good else ", outside the interval without it: use the interaction."
    )
    return Check("interaction", good, message, other.estimate)


def parts(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """Every other part of the split."""
    rows = _mediation(fit).tidy()
    main = "total indirect" if _mediation(fit).interaction else "indirect"
    return rows[rows["term"] != main].assign(role="part", unit=fit.plan.unit)


def with_interaction(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """The indirect part with the interaction taken the other way."""
    there = not _mediation(fit).interaction
    other = _fit(frame, fit.plan, interaction=there, confounders=fit.plan.confounders)
    return other.as_row(f"{'with' if there else 'without'} exposure by mediator")


MEDIATION = Design(
    id="mediation",
    title="An association split by a mediator",
    grade="associational",
    estimand=(
        "The interventional indirect part: the difference in the outcome if the mediator were moved from its spread "
        "without the exposure to its spread with it, the exposure itself unchanged."
    ),
    assumptions=(
        "Nothing that is not recorded moves both exposure and outcome.",
        "Nothing that is not recorded moves both mediator and outcome.",
        "Nothing that is not recorded moves both exposure and mediator.",
        "Nothing that the exposure moves is a common cause of mediator and outcome.",
        "Mediator and outcome are linear in what is adjusted for.",
    ),
    identifies=("indirect",),
    needs=("mediators",),
    check_list=(
        checks.check_clusters,
        checks.check_missing(0.30),
        check_path,
        check_interaction,
        check_residual_correlation,
        checks.check_response,
        checks.check_attrition,
        supplementary.check_residuals,
        shared.check_left_out(fit_indirect),
        check_e_value("difference"),
        supplementary.check_unadjusted(fit_unadjusted),
    ),
    supplementary=(parts, with_interaction, supplementary.unadjusted_supplement(fit_unadjusted)),
    fit_with=fit_indirect,
    unadjusted_with=fit_unadjusted,
    settings={"interaction": (False, True), "interval": ("monte-carlo", "jackknife", "delta", "bootstrap")},
)

ALL = (MEDIATION,)
