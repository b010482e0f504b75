"""Confidence intervals of metrics, from influence values and clusters."""
