"""Generalised linear models: yes/no outcomes, counts and ordered answers."""
