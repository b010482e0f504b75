"""Estimators behind one face: columns in, arrays and frames out. No fitted-model object leaves this room.

The linear core and the terms load with the room; every other estimator loads on first use, and with it what it needs.
A function whose module has its name loads with the room too: loaded later, the module would stand in its place.
"""

from importlib import import_module
from typing import Any

from hybrid_toolkit.models.inference.wild_bootstrap import wild_bootstrap
from hybrid_toolkit.models.linear.linear import LinearFit, fit_linear
from hybrid_toolkit.models.linear.pyfixest_engine import fit_linear_pyfixest
from hybrid_toolkit.models.multilevel.variance_components import VarianceComponents, fit_variance_components
from hybrid_toolkit.models.planning.slope_power import slope_power
from hybrid_toolkit.models.terms.result_rows import as_terms
from hybrid_toolkit.models.terms.splines import Spline, spline
from hybrid_toolkit.models.terms.terms import Category, Column, Interaction, Term, as_term

_LATER = {
    "adjusted_for_confounder": "sensitivity.unmeasured_confounding",
    "bacon_decomposition": "rollout.bacon",
    "benchmark_confounder": "sensitivity.unmeasured_confounding",
    "check_balance": "weighting.balance",
    "cluster_power": "planning.sample_size",
    "concordance": "survival.concordance",
    "design_effect": "planning.sample_size",
    "e_value": "sensitivity.unmeasured_confounding",
    "equivalence_test": "inference.equivalence",
    "fit_binary": "generalised.binary",
    "fit_counts": "generalised.counts",
    "fit_cox": "survival.cox",
    "fit_cr2": "inference.cr2_errors",
    "fit_discrete_time": "survival.discrete_time",
    "fit_dose": "rollout.dose",
    "fit_doubly_robust": "weighting.propensity_weighting",
    "fit_event_study": "rollout.event_study",
    "fit_glmm": "multilevel.glmm",
    "fit_group_time": "rollout.group_time",
    "fit_interrupted": "series.interrupted_series",
    "fit_interrupted_counts": "series.interrupted_counts",
    "fit_kaplan_meier": "survival.kaplan_meier",
    "fit_mediation": "mediation.mediation",
    "fit_mixed": "multilevel.mixed",
    "fit_ols": "linear.ols",
    "fit_ordinal": "generalised.ordinal",
    "fit_pooled_slopes": "multilevel.pooled_slopes",
    "fit_random_effects": "inference.meta_analysis",
    "fit_random_order": "rollout.random_order",
    "fit_randomised": "inference.randomised_trial",
    "fit_response_weighted": "weighting.nonresponse_weighting",
    "fit_stepped_wedge": "rollout.stepped_wedge",
    "fit_synthetic_control": "series.synthetic_control",
    "fit_synthetic_did": "series.synthetic_did",
    "fit_two_by_two": "rollout.two_by_two",
    "fit_two_way": "inference.two_way_errors",
    "fit_weighted": "weighting.propensity_weighting",
    "fit_within_between": "multilevel.within_between",
    "honest_bounds": "sensitivity.parallel_trends_bounds",
    "person_periods": "survival.discrete_time",
    "pretest_power": "planning.pretrend_power",
    "randomisation_test": "inference.randomisation_inference",
    "robustness_value": "sensitivity.unmeasured_confounding",
    "slope_for_power": "planning.pretrend_power",
    "specification_curve": "sensitivity.specification_curve",
    "stepped_wedge_power": "planning.wedge_power",
    "survey_estimate": "weighting.survey",
    "fit_survey_regression": "weighting.survey_regression",
    "two_sample_power": "planning.sample_size",
}
"""Public name -> module that holds it."""

__all__ = [
    *_LATER,
    "Category",
    "Column",
    "Interaction",
    "LinearFit",
    "Spline",
    "Term",
    "VarianceComponents",
    "as_term",
    "as_terms",
    "fit_linear",
    "fit_linear_pyfixest",
    "fit_variance_components",
    "slope_power",
    "spline",
    "wild_bootstrap",
]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f"hybrid_toolkit.models.{_LATER[name]}"), name)
    raise AttributeError(f"module 'hybrid_toolkit.models' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
