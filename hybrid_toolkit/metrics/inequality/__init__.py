"""Inequality indices and decompositions of a difference between groups."""
