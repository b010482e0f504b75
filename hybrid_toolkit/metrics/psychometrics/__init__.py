"""Reliability, factor models, invariance, agreement of raters and careless answers."""
