"""Designs for one or a few long time series."""
