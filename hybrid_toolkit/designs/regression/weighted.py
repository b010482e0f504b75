"""Designs that make two groups alike by weights: propensity weighting and its doubly robust form."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from hybrid_toolkit.designs import checks
from hybrid_toolkit.designs.base import Design, FitOf, unadjusted_fit
from hybrid_toolkit.designs.model_columns import YES_NO, DesignFit, ModelColumns
from hybrid_toolkit.designs.regression import regression_checks as shared
from hybrid_toolkit.designs.regression import supplementary
from hybrid_toolkit.designs.regression.supplementary import check_e_value, check_specifications
from hybrid_toolkit.models.terms.terms import as_term
from hybrid_toolkit.models.weighting.balance import ALIKE
from hybrid_toolkit.models.weighting.propensity_weighting import fit_doubly_robust, fit_weighted
from hybrid_toolkit.models.weighting.weighted_result import WEIGHTING_ESTIMANDS, WeightedFit
from hybrid_toolkit.result import Check

MIN_EFFECTIVE = 0.25
"""Least effective sample as a share of a group's rows."""
_EDGE = 0.02
"""Fitted chances beyond this from 0 or 1 mean that few could have been in the other group."""


def _fit(frame: pd.DataFrame, plan: ModelColumns, how: str, **changed: object) -> DesignFit:
    fit = (fit_doubly_robust if how == "doubly-robust" else fit_weighted)(
        frame,
        outcome=plan.outcome,
        treatment=plan.exposure,
        covariates=[as_term(frame, c) for c in (*plan.confounders, *plan.fixed_effects)],
        estimand=str(changed.get("estimand", plan.setting("estimand", "ATE"))),
        trim=float(str(changed.get("trim", plan.setting("trim", 0.0)))),
        cluster=plan.cluster,
        conf_level=plan.conf_level,
    )
    return DesignFit(plan, fit.tidy().assign(term=plan.target, unit=plan.unit), fit)


def fit_weights(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """Weights alone."""
    return _fit(frame, plan, "weights")


def fit_robust(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """Weights and a model of the outcome."""
    return _fit(frame, plan, "doubly-robust")


def _weighted(fit: DesignFit) -> WeightedFit:
    assert isinstance(fit.fit, WeightedFit)
    return fit.fit


def check_weighted_balance(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Both groups alike after weights on all that was recorded."""
    table = _weighted(fit).balance
    worst, before = float(table["after"].abs().max()), float(table["before"].abs().max())
    good = worst < ALIKE
    message = f"The largest standardised difference is {before:.2f} before and {worst:.2f} after weights" + (
        f", under the {ALIKE} that counts as alike." if good else f", above the {ALIKE} that counts as alike."
    )
    return Check("balance", good, message, worst, ALIKE)


def check_weighted_overlap(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Everyone could have been in either group."""
    found = _weighted(fit)
    low, high = found.chance_low, found.chance_high
    good = low > _EDGE and high < 1 - _EDGE
    message = f"98% of fitted chances lie between {low:.2f} and {high:.2f}" + (
        ": both groups could be found almost anywhere."
        if good
        else ": for some there is hardly anybody to compare with."
    )
    return Check("overlap", good, message, min(low, 1 - high), _EDGE)


def check_effective_size(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """No few rows carry most of the weight."""
    found = _weighted(fit)
    treated, others = found.effective_treated / found.n_treated, found.effective_control / (found.n - found.n_treated)
    least = min(treated, others)
    good = least >= MIN_EFFECTIVE
    message = f"After weights the groups are worth {treated:.0%} and {others:.0%} of their rows" + (
        "." if good else ": a few rows carry the estimate."
    )
    return Check("effective sample", good, message, least, MIN_EFFECTIVE)


def other_estimands(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The same comparison among others: those treated, all, those with overlap."""
    here, how = _weighted(fit).estimand, _weighted(fit).how
    rows = [
        _fit(frame, fit.plan, how, estimand=e).as_row(f"among {WEIGHTING_ESTIMANDS[e]}")
        for e in WEIGHTING_ESTIMANDS
        if e != here
    ]
    return pd.concat(rows, ignore_index=True)


def trimmed(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """Without those whose chance is below 5% or above 95%, and by the other method."""
    how = _weighted(fit).how
    other = "weights" if how == "doubly-robust" else "doubly-robust"
    rows = [
        _fit(frame, fit.plan, how, trim=0.05).as_row("chances from 5% to 95% only"),
        _fit(frame, fit.plan, other).as_row(other.replace("-", " ")),
    ]
    return pd.concat(rows, ignore_index=True)


def _unadjusted(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    return unadjusted_fit(frame, replace(plan, settings=()))


def _design(id: str, title: str, how: str, fit_with: FitOf) -> Design:
    return Design(
        id=id,
        title=title,
        grade="associational",
        estimand=(
            "The mean difference in the outcome between two groups, had both the same make-up in all that is "
            f"recorded; {how}."
        ),
        assumptions=(
            "Nothing that is not recorded moves both who is in which group and the outcome.",
            "Everyone could have been in either group: no recorded feature decides it.",
            "One row's group does not touch another row's outcome.",
            "The model of who is in which group is right"
            + (", or the model of the outcome is." if how.startswith("by weights and") else "."),
        ),
        identifies=("effect",),
        needs=("confounders",),
        check_list=(
            checks.check_clusters,
            checks.check_missing(0.30),
            check_weighted_overlap,
            check_weighted_balance,
            check_effective_size,
            checks.check_response,
            checks.check_attrition,
            shared.check_left_out(fit_with),
            check_e_value("difference"),
            check_specifications(fit_with),
            supplementary.check_unadjusted(_unadjusted),
        ),
        supplementary=(trimmed, other_estimands, supplementary.unadjusted_supplement(_unadjusted)),
        fit_with=fit_with,
        unadjusted_with=_unadjusted,
        settings={"estimand": tuple(WEIGHTING_ESTIMANDS), "trim": ()},
        exposure_kinds=(YES_NO,),
    )


WEIGHTED = _design("propensity-weights", "Groups balanced by propensity weights", "by weights", fit_weights)
DOUBLY_ROBUST = _design(
    "doubly-robust",
    "Groups balanced by weights and by a model of the outcome",
    "by weights and a model of the outcome",
    fit_robust,
)
ALL = (WEIGHTED, DOUBLY_ROBUST)
