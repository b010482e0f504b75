"""Sensitivity analysis: unmeasured confounding, specification curves, bounds on trends."""
