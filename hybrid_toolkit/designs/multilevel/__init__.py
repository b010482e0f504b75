"""Designs with random intercepts or slopes."""
