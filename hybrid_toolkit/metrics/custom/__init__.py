"""Metrics that a user declares, and the grammar of their formulas."""
