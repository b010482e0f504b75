"""Estimators behind one face: columns in, arrays and frames out. No fitted-model object leaves this room.

The linear core and the terms load with the room; every other estimator loads on first use, and with it what it needs.
"""

from importlib import import_module
from typing import Any

from hybrid_toolkit.models.linear import LinearFit, fit_linear
from hybrid_toolkit.models.second_engine import fit_linear_pyfixest
from hybrid_toolkit.models.terms import Category, Column, Interaction, Spline, Term, as_term, spline
from hybrid_toolkit.models.variance import VarianceComponents, fit_variance_components

_LATER = {
    "adjusted_for_confounder": "sensitivity",
    "benchmark_confounder": "sensitivity",
    "check_balance": "balance",
    "cluster_power": "power",
    "design_effect": "power",
    "e_value": "sensitivity",
    "equivalence_test": "equivalence",
    "fit_binary": "binary",
    "fit_counts": "counts",
    "fit_cox": "cox",
    "fit_cr2": "few_clusters",
    "fit_discrete_time": "discrete_time",
    "fit_dose": "dose",
    "fit_doubly_robust": "weighting",
    "fit_event_study": "event_study",
    "fit_glmm": "glmm",
    "fit_group_time": "did",
    "fit_interrupted": "its",
    "fit_interrupted_counts": "its_counts",
    "fit_kaplan_meier": "survival",
    "fit_mediation": "mediation",
    "fit_mixed": "mixed",
    "fit_ols": "ols",
    "fit_ordinal": "ordinal",
    "fit_pooled_slopes": "pooled_slopes",
    "fit_random_effects": "random_effects",
    "fit_random_order": "random_order",
    "fit_randomised": "randomised",
    "fit_response_weighted": "nonresponse",
    "fit_stepped_wedge": "stepped_wedge",
    "fit_synthetic_control": "synthetic_control",
    "fit_synthetic_did": "synthetic_did",
    "fit_two_by_two": "two_by_two",
    "fit_two_way": "few_clusters",
    "fit_weighted": "weighting",
    "fit_within_between": "within_between",
    "honest_bounds": "honest",
    "person_periods": "discrete_time",
    "pretest_power": "pretrend_power",
    "randomisation_test": "randomisation",
    "robustness_value": "sensitivity",
    "slope_for_power": "pretrend_power",
    "specification_curve": "spec_curve",
    "two_sample_power": "power",
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
    "fit_linear",
    "fit_linear_pyfixest",
    "fit_variance_components",
    "spline",
]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f"hybrid_toolkit.models.{_LATER[name]}"), name)
    raise AttributeError(f"module 'hybrid_toolkit.models' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
