"""Designs that compare rows by regression, weights or decomposition."""
