"""Minima, maxima, ranges and percentiles near the end, as they are or worked upon, found by looking in the data."""
