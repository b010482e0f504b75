"""Figures, each drawn from a Release or a causal graph."""
