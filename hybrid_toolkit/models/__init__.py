"""Estimators behind one face: columns in, arrays and frames out. No fitted-model object leaves this room."""

from hybrid_toolkit.models.linear import LinearFit, fit_linear
from hybrid_toolkit.models.second_engine import fit_linear_pyfixest
from hybrid_toolkit.models.terms import Category, Column, Interaction, Spline, Term, as_term, spline
from hybrid_toolkit.models.variance import VarianceComponents, fit_variance_components

__all__ = [
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
