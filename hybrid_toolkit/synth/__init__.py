"""Synthetic authorities whose truth is known."""
