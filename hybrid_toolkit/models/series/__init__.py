"""Interrupted time series, synthetic control and synthetic difference in differences."""
