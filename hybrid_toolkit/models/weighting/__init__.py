"""Propensity weights, doubly robust estimates, balance and weights for non-response."""
