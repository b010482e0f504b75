"""Difference in differences: policies that start at one time or several."""
